// libcurl, the transport of FluxClient: loaded with the first request.
#ifndef __APPLE__
#include <stdarg.h>

#include "CLate.h"

#pragma GCC visibility push(hidden)
#include <curl/curl.h>
// libcurl's header checks their arguments by macros of the same names.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

LATE_LIBRARY("libcurl.so.4")

LATE_FUNCTION(curl_mime *, curl_mime_init, (CURL *easy), (easy))
LATE_PROCEDURE(curl_mime_free, (curl_mime *mime), (mime))
LATE_FUNCTION(curl_mimepart *, curl_mime_addpart, (curl_mime *mime), (mime))
LATE_FUNCTION(CURLcode, curl_mime_name, (curl_mimepart *part, const char *name), (part, name))
LATE_FUNCTION(CURLcode, curl_mime_filename, (curl_mimepart *part, const char *filename), (part, filename))
LATE_FUNCTION(CURLcode, curl_mime_type, (curl_mimepart *part, const char *mimetype), (part, mimetype))
LATE_FUNCTION(CURLcode, curl_mime_filedata, (curl_mimepart *part, const char *filename), (part, filename))
LATE_FUNCTION(char *, curl_version, (void), ())
LATE_PROCEDURE(curl_free, (void *p), (p))
LATE_FUNCTION(CURLcode, curl_global_init, (long flags), (flags))
LATE_FUNCTION(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *data), (list, data))
LATE_PROCEDURE(curl_slist_free_all, (struct curl_slist *list), (list))
LATE_FUNCTION(curl_version_info_data *, curl_version_info, (CURLversion age), (age))
LATE_FUNCTION(const char *, curl_easy_strerror, (CURLcode code), (code))
LATE_FUNCTION(CURL *, curl_easy_init, (void), ())
LATE_PROCEDURE(curl_easy_cleanup, (CURL *curl), (curl))
LATE_PROCEDURE(curl_easy_reset, (CURL *curl), (curl))
LATE_FUNCTION(CURLM *, curl_multi_init, (void), ())
LATE_FUNCTION(CURLMcode, curl_multi_add_handle, (CURLM *multi_handle, CURL *curl_handle), (multi_handle, curl_handle))
LATE_FUNCTION(CURLMcode, curl_multi_remove_handle, (CURLM *multi_handle, CURL *curl_handle), (multi_handle, curl_handle))
LATE_FUNCTION(CURLMcode, curl_multi_poll, (CURLM *multi_handle, struct curl_waitfd extra_fds[], unsigned int extra_nfds, int timeout_ms, int *ret), (multi_handle, extra_fds, extra_nfds, timeout_ms, ret))
LATE_FUNCTION(CURLMcode, curl_multi_wakeup, (CURLM *multi_handle), (multi_handle))
LATE_FUNCTION(CURLMcode, curl_multi_perform, (CURLM *multi_handle, int *running_handles), (multi_handle, running_handles))
LATE_FUNCTION(CURLMcode, curl_multi_cleanup, (CURLM *multi_handle), (multi_handle))
LATE_FUNCTION(CURLMsg *, curl_multi_info_read, (CURLM *multi_handle, int *msgs_in_queue), (multi_handle, msgs_in_queue))
LATE_FUNCTION(const char *, curl_multi_strerror, (CURLMcode code), (code))
LATE_FUNCTION(CURLU *, curl_url, (void), ())
LATE_PROCEDURE(curl_url_cleanup, (CURLU *handle), (handle))
LATE_FUNCTION(CURLUcode, curl_url_get, (CURLU *handle, CURLUPart what, char **part, unsigned int flags), (handle, what, part, flags))
LATE_FUNCTION(CURLUcode, curl_url_set, (CURLU *handle, CURLUPart what, const char *part, unsigned int flags), (handle, what, part, flags))

// Each takes one more argument: a long, a curl_off_t or a pointer, which all travel alike where they are equally large.
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *), "a 64-bit system");

#define LATE_VARIADIC(result, name, handle, selector)                                        \
  result name(handle *object, selector which, ...) {                                         \
    va_list arguments;                                                                       \
    va_start(arguments, which);                                                              \
    void *argument = va_arg(arguments, void *);                                              \
    va_end(arguments);                                                                       \
    LATE_FIND(name)                                                                          \
    return function(object, which, argument);                                                \
  }

LATE_VARIADIC(CURLcode, curl_easy_setopt, CURL, CURLoption)
LATE_VARIADIC(CURLcode, curl_easy_getinfo, CURL, CURLINFO)
LATE_VARIADIC(CURLMcode, curl_multi_setopt, CURLM, CURLMoption)

#pragma GCC visibility pop
#endif
