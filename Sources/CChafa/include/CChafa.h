// Pictures for terminals, by chafa, which is loaded when the first one is shown.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { CCHAFA_SYMBOLS, CCHAFA_SIXEL, CCHAFA_KITTY, CCHAFA_ITERM2 };
enum { CCHAFA_TRUECOLOUR = 0, CCHAFA_256_COLOURS = 1, CCHAFA_16_COLOURS = 3, CCHAFA_NO_COLOURS = 5 };

/// Draws a picture of four bytes a pixel (red, green, blue, alpha, colours not multiplied by alpha) on so many columns and
/// rows of a terminal. Cells are so many pixels large. The text is `free`d by the caller; NULL where chafa is not
/// installed.
char *cchafa_draw(
    const uint8_t *pixels, int width, int height, int columns, int rows, int cell_width, int cell_height, int form,
    int colours);
