// GNU libmicrohttpd: the HTTP server of FluxSimulator.
#pragma once
#include <microhttpd.h>
