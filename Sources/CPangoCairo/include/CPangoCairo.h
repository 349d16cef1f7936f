// Pango and Cairo: drawing, and text in every script. On Linux they are loaded when the first of these functions is called
// (late.c), since most runs draw nothing.
//
// Cairo's header is the system's. Pango's cannot be: its pkg-config file asks for -pthread, which SwiftPM refuses with a
// warning at every build. So the few calls that labels need are declared here, as Pango's reference has them; their
// layout and names have been stable since Pango 1.50.
#pragma once
#if __has_include(<cairo/cairo.h>)
#include <cairo/cairo.h>
#else
#include <cairo.h>
#endif
#include <stdint.h>

typedef struct _PangoLayout PangoLayout;
typedef struct _PangoContext PangoContext;
typedef struct _PangoFontDescription PangoFontDescription;
typedef struct _PangoLayoutIter PangoLayoutIter;
typedef struct _PangoFontset PangoFontset;
typedef struct _PangoFont PangoFont;
typedef struct _PangoLanguage PangoLanguage;

enum { PANGO_SCALE = 1024 };
typedef enum { PANGO_WRAP_WORD, PANGO_WRAP_CHAR, PANGO_WRAP_WORD_CHAR } PangoWrapMode;
typedef enum { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT } PangoAlignment;
typedef enum { PANGO_ELLIPSIZE_NONE, PANGO_ELLIPSIZE_START, PANGO_ELLIPSIZE_MIDDLE, PANGO_ELLIPSIZE_END } PangoEllipsizeMode;

typedef struct {
  uint32_t glyph;
  struct {
    int32_t width, x_offset, y_offset;
  } geometry;
  unsigned int attributes;
} PangoGlyphInfo;

typedef struct {
  int num_glyphs;
  PangoGlyphInfo *glyphs;
  /// Byte of the run's text for each glyph.
  int *log_clusters;
  int space;
} PangoGlyphString;

/// The first fields of Pango's; never made here, only read through a pointer.
typedef struct {
  int offset, length, num_chars;
} PangoItem;

typedef struct {
  PangoItem *item;
  PangoGlyphString *glyphs;
} PangoGlyphItem;

PangoLayout *pango_cairo_create_layout(cairo_t *context);
void pango_cairo_show_layout(cairo_t *context, PangoLayout *layout);
void pango_cairo_context_set_font_options(PangoContext *context, const cairo_font_options_t *options);
PangoFontset *pango_context_load_fontset(
    PangoContext *context, const PangoFontDescription *description, PangoLanguage *language);
PangoFont *pango_fontset_get_font(PangoFontset *fonts, unsigned int character);
int pango_font_has_char(PangoFont *font, uint32_t character);
void pango_context_set_round_glyph_positions(PangoContext *context, int round);
PangoFontDescription *pango_font_description_from_string(const char *text);
void pango_font_description_set_absolute_size(PangoFontDescription *description, double size);
void pango_font_description_free(PangoFontDescription *description);
PangoLayout *pango_layout_copy(PangoLayout *layout);
PangoContext *pango_layout_get_context(PangoLayout *layout);
void pango_layout_context_changed(PangoLayout *layout);
void pango_layout_set_text(PangoLayout *layout, const char *text, int length);
void pango_layout_set_width(PangoLayout *layout, int width);
void pango_layout_set_height(PangoLayout *layout, int height);
void pango_layout_set_wrap(PangoLayout *layout, PangoWrapMode wrap);
void pango_layout_set_alignment(PangoLayout *layout, PangoAlignment alignment);
void pango_layout_set_ellipsize(PangoLayout *layout, PangoEllipsizeMode ellipsize);
void pango_layout_set_font_description(PangoLayout *layout, const PangoFontDescription *description);
void pango_layout_get_pixel_size(PangoLayout *layout, int *width, int *height);
int pango_layout_get_unknown_glyphs_count(PangoLayout *layout);
PangoLayoutIter *pango_layout_get_iter(PangoLayout *layout);
PangoGlyphItem *pango_layout_iter_get_run_readonly(PangoLayoutIter *iterator);
int pango_layout_iter_next_run(PangoLayoutIter *iterator);
void pango_layout_iter_free(PangoLayoutIter *iterator);
void g_object_unref(void *object);
