// Cairo, Pango and GObject: loaded when something is drawn (CLate.h).
#ifndef __APPLE__
// For dladdr.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CLate.h"

#pragma GCC visibility push(hidden)
#include "CPangoCairo.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;

// A relocatable fluxlua has fonts beside its libraries. They are for systems that say nothing of fonts: elsewhere the
// system's fonts are taken, in the ways that its user has chosen.
static void use_own_fonts(void) {
  if (getenv("FONTCONFIG_FILE") != NULL || getenv("FONTCONFIG_PATH") != NULL) return;
  if (access("/etc/fonts/fonts.conf", R_OK) == 0) return;
  Dl_info info;
  char path[PATH_MAX];
  void *function = dlsym(library, "pango_cairo_create_layout");
  if (function == NULL || dladdr(function, &info) == 0) return;
  const char *end = strrchr(info.dli_fname, '/');
  if (end == NULL) return;
  int length = snprintf(path, sizeof path, "%.*s/fonts/fonts.conf", (int)(end - info.dli_fname), info.dli_fname);
  if (length < 0 || (size_t)length >= sizeof path || access(path, R_OK) != 0) return;

  void *fontconfig = dlopen("libfontconfig.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (fontconfig == NULL) return;
  void *(*create)(void) = (void *(*)(void))dlsym(fontconfig, "FcConfigCreate");
  int (*parse)(void *, const unsigned char *, int) =
      (int (*)(void *, const unsigned char *, int))dlsym(fontconfig, "FcConfigParseAndLoad");
  int (*set_current)(void *) = (int (*)(void *))dlsym(fontconfig, "FcConfigSetCurrent");
  void (*destroy)(void *) = (void (*)(void *))dlsym(fontconfig, "FcConfigDestroy");
  if (create == NULL || parse == NULL || set_current == NULL || destroy == NULL) return;
  void *settings = create();
  if (settings == NULL) return;
  if (parse(settings, (const unsigned char *)path, 1)) set_current(settings);
  destroy(settings);
}

// It brings Cairo, Pango and GObject with it.
static void load(void) {
  library = dlopen("libpangocairo-1.0.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (library != NULL) use_own_fonts();
}

// NULL where the library is not installed: then no surface can be made, which is told as an error.
static void *find(const char *name) {
  pthread_once(&once, load);
  return library == NULL ? NULL : dlsym(library, name);
}

LATE_PROCEDURE(cairo_clip, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_close_path, (cairo_t *cr), (cr))
LATE_FUNCTION(cairo_t *, cairo_create, (cairo_surface_t *target), (target))
LATE_PROCEDURE(cairo_curve_to, (cairo_t *cr, double x1, double y1, double x2, double y2, double x3, double y3), (cr, x1, y1, x2, y2, x3, y3))
LATE_PROCEDURE(cairo_destroy, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_fill, (cairo_t *cr), (cr))
LATE_FUNCTION(cairo_font_options_t *, cairo_font_options_create, (void), ())
LATE_PROCEDURE(cairo_font_options_destroy, (cairo_font_options_t *options), (options))
LATE_PROCEDURE(cairo_font_options_set_antialias, (cairo_font_options_t *options, cairo_antialias_t antialias), (options, antialias))
LATE_PROCEDURE(cairo_font_options_set_hint_metrics, (cairo_font_options_t *options, cairo_hint_metrics_t hint_metrics), (options, hint_metrics))
LATE_PROCEDURE(cairo_font_options_set_hint_style, (cairo_font_options_t *options, cairo_hint_style_t hint_style), (options, hint_style))
LATE_FUNCTION(cairo_pattern_t *, cairo_get_source, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_identity_matrix, (cairo_t *cr), (cr))
LATE_FUNCTION(cairo_surface_t *, cairo_image_surface_create, (cairo_format_t format, int width, int height), (format, width, height))
LATE_FUNCTION(cairo_surface_t *, cairo_image_surface_create_for_data, (unsigned char *data, cairo_format_t format, int width, int height, int stride), (data, format, width, height, stride))
LATE_FUNCTION(unsigned char *, cairo_image_surface_get_data, (cairo_surface_t *surface), (surface))
LATE_FUNCTION(int, cairo_image_surface_get_stride, (cairo_surface_t *surface), (surface))
LATE_PROCEDURE(cairo_line_to, (cairo_t *cr, double x, double y), (cr, x, y))
LATE_PROCEDURE(cairo_mask, (cairo_t *cr, cairo_pattern_t *pattern), (cr, pattern))
LATE_PROCEDURE(cairo_move_to, (cairo_t *cr, double x, double y), (cr, x, y))
LATE_PROCEDURE(cairo_new_path, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_paint, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_paint_with_alpha, (cairo_t *cr, double alpha), (cr, alpha))
LATE_PROCEDURE(cairo_pattern_add_color_stop_rgba, (cairo_pattern_t *pattern, double offset, double red, double green, double blue, double alpha), (pattern, offset, red, green, blue, alpha))
LATE_FUNCTION(cairo_pattern_t *, cairo_pattern_create_for_surface, (cairo_surface_t *surface), (surface))
LATE_FUNCTION(cairo_pattern_t *, cairo_pattern_create_linear, (double x0, double y0, double x1, double y1), (x0, y0, x1, y1))
LATE_FUNCTION(cairo_pattern_t *, cairo_pattern_create_radial, (double cx0, double cy0, double radius0, double cx1, double cy1, double radius1), (cx0, cy0, radius0, cx1, cy1, radius1))
LATE_PROCEDURE(cairo_pattern_destroy, (cairo_pattern_t *pattern), (pattern))
LATE_PROCEDURE(cairo_pattern_set_extend, (cairo_pattern_t *pattern, cairo_extend_t extend), (pattern, extend))
LATE_PROCEDURE(cairo_pattern_set_filter, (cairo_pattern_t *pattern, cairo_filter_t filter), (pattern, filter))
LATE_PROCEDURE(cairo_pattern_set_matrix, (cairo_pattern_t *pattern, const cairo_matrix_t *matrix), (pattern, matrix))
LATE_PROCEDURE(cairo_rectangle, (cairo_t *cr, double x, double y, double width, double height), (cr, x, y, width, height))
LATE_PROCEDURE(cairo_restore, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_rotate, (cairo_t *cr, double angle), (cr, angle))
LATE_PROCEDURE(cairo_save, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_scale, (cairo_t *cr, double sx, double sy), (cr, sx, sy))
LATE_PROCEDURE(cairo_set_line_cap, (cairo_t *cr, cairo_line_cap_t line_cap), (cr, line_cap))
LATE_PROCEDURE(cairo_set_line_join, (cairo_t *cr, cairo_line_join_t line_join), (cr, line_join))
LATE_PROCEDURE(cairo_set_line_width, (cairo_t *cr, double width), (cr, width))
LATE_PROCEDURE(cairo_set_source, (cairo_t *cr, cairo_pattern_t *source), (cr, source))
LATE_PROCEDURE(cairo_set_source_rgb, (cairo_t *cr, double red, double green, double blue), (cr, red, green, blue))
LATE_PROCEDURE(cairo_set_source_rgba, (cairo_t *cr, double red, double green, double blue, double alpha), (cr, red, green, blue, alpha))
LATE_PROCEDURE(cairo_set_source_surface, (cairo_t *cr, cairo_surface_t *surface, double x, double y), (cr, surface, x, y))
LATE_FUNCTION(cairo_status_t, cairo_status, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_stroke, (cairo_t *cr), (cr))
LATE_PROCEDURE(cairo_surface_destroy, (cairo_surface_t *surface), (surface))
LATE_PROCEDURE(cairo_surface_finish, (cairo_surface_t *surface), (surface))
LATE_PROCEDURE(cairo_surface_flush, (cairo_surface_t *surface), (surface))
LATE_PROCEDURE(cairo_surface_mark_dirty, (cairo_surface_t *surface), (surface))
LATE_FUNCTION(cairo_status_t, cairo_surface_status, (cairo_surface_t *surface), (surface))
LATE_PROCEDURE(cairo_translate, (cairo_t *cr, double tx, double ty), (cr, tx, ty))
LATE_PROCEDURE(g_object_unref, (void *object), (object))
LATE_PROCEDURE(pango_cairo_context_set_font_options, (PangoContext *context, const cairo_font_options_t *options), (context, options))
LATE_FUNCTION(PangoLayout *, pango_cairo_create_layout, (cairo_t *context), (context))
LATE_PROCEDURE(pango_cairo_show_layout, (cairo_t *context, PangoLayout *layout), (context, layout))
LATE_FUNCTION(PangoFontset *, pango_context_load_fontset, (PangoContext *context, const PangoFontDescription *description, PangoLanguage *language), (context, description, language))
LATE_PROCEDURE(pango_context_set_round_glyph_positions, (PangoContext *context, int round), (context, round))
LATE_PROCEDURE(pango_font_description_free, (PangoFontDescription *description), (description))
LATE_FUNCTION(PangoFontDescription *, pango_font_description_from_string, (const char *text), (text))
LATE_PROCEDURE(pango_font_description_set_absolute_size, (PangoFontDescription *description, double size), (description, size))
LATE_PROCEDURE(pango_layout_context_changed, (PangoLayout *layout), (layout))
LATE_FUNCTION(int, pango_font_has_char, (PangoFont *font, uint32_t character), (font, character))
LATE_FUNCTION(PangoFont *, pango_fontset_get_font, (PangoFontset *fonts, unsigned int character), (fonts, character))
LATE_FUNCTION(PangoLayout *, pango_layout_copy, (PangoLayout *layout), (layout))
LATE_FUNCTION(PangoContext *, pango_layout_get_context, (PangoLayout *layout), (layout))
LATE_FUNCTION(PangoLayoutIter *, pango_layout_get_iter, (PangoLayout *layout), (layout))
LATE_PROCEDURE(pango_layout_get_pixel_size, (PangoLayout *layout, int *width, int *height), (layout, width, height))
LATE_FUNCTION(int, pango_layout_get_unknown_glyphs_count, (PangoLayout *layout), (layout))
LATE_PROCEDURE(pango_layout_iter_free, (PangoLayoutIter *iterator), (iterator))
LATE_FUNCTION(PangoGlyphItem *, pango_layout_iter_get_run_readonly, (PangoLayoutIter *iterator), (iterator))
LATE_FUNCTION(int, pango_layout_iter_next_run, (PangoLayoutIter *iterator), (iterator))
LATE_PROCEDURE(pango_layout_set_alignment, (PangoLayout *layout, PangoAlignment alignment), (layout, alignment))
LATE_PROCEDURE(pango_layout_set_ellipsize, (PangoLayout *layout, PangoEllipsizeMode ellipsize), (layout, ellipsize))
LATE_PROCEDURE(pango_layout_set_font_description, (PangoLayout *layout, const PangoFontDescription *description), (layout, description))
LATE_PROCEDURE(pango_layout_set_height, (PangoLayout *layout, int height), (layout, height))
LATE_PROCEDURE(pango_layout_set_text, (PangoLayout *layout, const char *text, int length), (layout, text, length))
LATE_PROCEDURE(pango_layout_set_width, (PangoLayout *layout, int width), (layout, width))
LATE_PROCEDURE(pango_layout_set_wrap, (PangoLayout *layout, PangoWrapMode wrap), (layout, wrap))

#pragma GCC visibility pop
#endif
