// libcurl: the transport of FluxClient.
#pragma once
#include <curl/curl.h>
