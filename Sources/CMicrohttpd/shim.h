// GNU libmicrohttpd: the HTTP server of FluxSimulator.
#pragma once
#include <microhttpd.h>
#include <string.h>

/// Decodes in place. A path or value with a NUL in it stays as it is: C would take it for another, shorter one.
static inline size_t mhd_unescape(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/// MHD_start_daemon is variadic, which Swift cannot call. Serves a listening socket, which the daemon then owns, from
/// `threads` polling threads (epoll where the system has it); `completed` is told of the end of each request, `notified`
/// of the beginning and end of each connection. `memory` holds a connection's head, each of its values, and what is read
/// at once: a head beyond it gets a page of the library's own, and more query items than it holds no answer at all. More
/// than 32 KB of it are given back to the system at the connection's end.
static inline struct MHD_Daemon *mhd_serve(MHD_socket listener, unsigned int threads, unsigned int connection_limit,
                                           size_t memory, unsigned int idle_seconds,
                                           MHD_AccessHandlerCallback handler,
                                           MHD_RequestCompletedCallback completed,
                                           MHD_NotifyConnectionCallback notified, void *context) {
    return MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, context,
                            MHD_OPTION_LISTEN_SOCKET, listener,
                            MHD_OPTION_THREAD_POOL_SIZE, threads,
                            MHD_OPTION_CONNECTION_LIMIT, connection_limit,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory,
                            MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
                            MHD_OPTION_NOTIFY_COMPLETED, completed, context,
                            MHD_OPTION_NOTIFY_CONNECTION, notified, context,
                            MHD_OPTION_UNESCAPE_CALLBACK, mhd_unescape, NULL,
                            MHD_OPTION_END);
}

/// The socket of a connection, or -1. MHD_get_connection_info is variadic.
static inline int mhd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? (int)info->connect_fd : -1;
}
