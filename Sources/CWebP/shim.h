// libwebp: WebP files in FluxImaging.
#pragma once
#include <webp/decode.h>
#include <webp/encode.h>
