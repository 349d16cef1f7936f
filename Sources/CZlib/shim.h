// zlib: compressed texts in PNG files.
#pragma once
#define ZLIB_CONST
#include <zlib.h>
