// TurboJPEG: JPEG files in FluxImaging.
#pragma once
#include <turbojpeg.h>
