// libwebp and libwebpmux: WebP files, and the metadata inside them, in FluxImaging.
#pragma once
#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>
