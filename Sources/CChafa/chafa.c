#include "CChafa.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

// As chafa's and GLib's references have them; stable since chafa 1.6.
typedef struct {
  char *text;
  size_t length, allocated;
} string;

enum { RGBA_UNASSOCIATED = 4, BLOCKS_HALVES_QUARTERS = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 7 | 1 << 8 | 1 << 9 };

static struct {
  void *(*config_new)(void);
  void (*config_unref)(void *);
  void (*set_geometry)(void *, int, int);
  void (*set_cell_geometry)(void *, int, int);
  void (*set_pixel_mode)(void *, int);
  void (*set_canvas_mode)(void *, int);
  void (*set_symbol_map)(void *, const void *);
  void *(*map_new)(void);
  void (*map_add)(void *, unsigned);
  void (*map_unref)(void *);
  void *(*canvas_new)(const void *);
  void (*canvas_unref)(void *);
  void (*draw)(void *, int, const uint8_t *, int, int, int);
  string *(*print)(void *, void *);
  void *(*db_new)(void);
  void *(*fallback)(void *);
  void (*db_unref)(void *);
  void (*info_unref)(void *);
  char *(*string_free)(string *, int);
} chafa;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;

static void load(void) {
#ifdef __APPLE__
  void *library = dlopen("libchafa.0.dylib", RTLD_LAZY | RTLD_LOCAL);
#else
  void *library = dlopen("libchafa.so.0", RTLD_LAZY | RTLD_LOCAL);
#endif
  if (library == NULL) return;
  const struct {
    const char *name;
    void *place;
  } functions[] = {
      {"chafa_canvas_config_new", &chafa.config_new},
      {"chafa_canvas_config_unref", &chafa.config_unref},
      {"chafa_canvas_config_set_geometry", &chafa.set_geometry},
      {"chafa_canvas_config_set_cell_geometry", &chafa.set_cell_geometry},
      {"chafa_canvas_config_set_pixel_mode", &chafa.set_pixel_mode},
      {"chafa_canvas_config_set_canvas_mode", &chafa.set_canvas_mode},
      {"chafa_canvas_config_set_symbol_map", &chafa.set_symbol_map},
      {"chafa_symbol_map_new", &chafa.map_new},
      {"chafa_symbol_map_add_by_tags", &chafa.map_add},
      {"chafa_symbol_map_unref", &chafa.map_unref},
      {"chafa_canvas_new", &chafa.canvas_new},
      {"chafa_canvas_unref", &chafa.canvas_unref},
      {"chafa_canvas_draw_all_pixels", &chafa.draw},
      {"chafa_canvas_print", &chafa.print},
      {"chafa_term_db_new", &chafa.db_new},
      {"chafa_term_db_get_fallback_info", &chafa.fallback},
      {"chafa_term_db_unref", &chafa.db_unref},
      {"chafa_term_info_unref", &chafa.info_unref},
      {"g_string_free", &chafa.string_free},
  };
  for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
    void *function = dlsym(library, functions[index].name);
    if (function == NULL) return;
    memcpy(functions[index].place, &function, sizeof function);
  }
  loaded = true;
}

char *cchafa_draw(
    const uint8_t *pixels, int width, int height, int columns, int rows, int cell_width, int cell_height, int form,
    int colours) {
  pthread_once(&once, load);
  if (!loaded) return NULL;
  void *symbols = chafa.map_new(), *config = chafa.config_new();
  chafa.map_add(symbols, BLOCKS_HALVES_QUARTERS);
  chafa.set_symbol_map(config, symbols);
  chafa.set_geometry(config, columns, rows);
  chafa.set_cell_geometry(config, cell_width, cell_height);
  chafa.set_pixel_mode(config, form);
  chafa.set_canvas_mode(config, colours);
  void *canvas = chafa.canvas_new(config);
  chafa.draw(canvas, RGBA_UNASSOCIATED, pixels, width, height, width * 4);
  void *known = chafa.db_new(), *terminal = chafa.fallback(known);
  string *text = chafa.print(canvas, terminal);
  char *copy = strdup(text->text);
  chafa.string_free(text, 1);
  chafa.info_unref(terminal);
  chafa.db_unref(known);
  chafa.canvas_unref(canvas);
  chafa.config_unref(config);
  chafa.map_unref(symbols);
  return copy;
}
