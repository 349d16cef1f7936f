// libspng: PNG files in FluxImaging.
#pragma once
#include <spng.h>
