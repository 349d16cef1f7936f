// GNU libmicrohttpd: loaded when something is served.
#ifndef __APPLE__
#include <stdarg.h>

#include "CLate.h"

#pragma GCC visibility push(hidden)
#include <microhttpd.h>

LATE_LIBRARY("libmicrohttpd.so.12")

LATE_FUNCTION(enum MHD_Result, MHD_add_response_header, (struct MHD_Response *response, const char *header, const char *content), (response, header, content))
LATE_FUNCTION(struct MHD_Response *, MHD_create_response_from_buffer, (size_t size, void *buffer, enum MHD_ResponseMemoryMode mode), (size, buffer, mode))
LATE_FUNCTION(struct MHD_Response *, MHD_create_response_from_callback, (uint64_t size, size_t block_size, MHD_ContentReaderCallback crc, void *crc_cls, MHD_ContentReaderFreeCallback crfc), (size, block_size, crc, crc_cls, crfc))
LATE_PROCEDURE(MHD_destroy_response, (struct MHD_Response *response), (response))
LATE_FUNCTION(int, MHD_get_connection_values_n, (struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIteratorN iterator, void *iterator_cls), (connection, kind, iterator, iterator_cls))
LATE_FUNCTION(const char *, MHD_get_reason_phrase_for, (unsigned int code), (code))
LATE_FUNCTION(size_t, MHD_http_unescape, (char *val), (val))
LATE_FUNCTION(enum MHD_Result, MHD_queue_response, (struct MHD_Connection *connection, unsigned int status_code, struct MHD_Response *response), (connection, status_code, response))
LATE_PROCEDURE(MHD_resume_connection, (struct MHD_Connection *connection), (connection))
LATE_PROCEDURE(MHD_stop_daemon, (struct MHD_Daemon *daemon), (daemon))
LATE_PROCEDURE(MHD_suspend_connection, (struct MHD_Connection *connection), (connection))

struct MHD_Daemon *MHD_start_daemon(unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback apc, void *apc_cls,
                                    MHD_AccessHandlerCallback dh, void *dh_cls, ...) {
  va_list options;
  va_start(options, dh_cls);
  LATE_FIND(MHD_start_daemon_va)
  struct MHD_Daemon *daemon = function(flags, port, apc, apc_cls, dh, dh_cls, options);
  va_end(options);
  return daemon;
}

// The kinds of information that take another argument are not asked for here.
const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType info_type, ...) {
  LATE_FIND(MHD_get_connection_info)
  return function(connection, info_type);
}

#pragma GCC visibility pop
#endif
