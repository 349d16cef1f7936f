// libcurl: the transport of FluxClient.
#pragma once
#include <curl/curl.h>

// Swift cannot call C's variadic functions; one wrapper for each type of argument.

static inline CURLcode fluxlua_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fluxlua_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fluxlua_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fluxlua_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*fluxlua_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode fluxlua_easy_set_callback(CURL *easy, CURLoption option, fluxlua_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode fluxlua_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode fluxlua_easy_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode fluxlua_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
