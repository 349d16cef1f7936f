// GNU libmicrohttpd: the HTTP server of FluxSimulator.
#pragma once
#include <microhttpd.h>

/// MHD_start_daemon is variadic, which Swift cannot call. Serves a listening socket, which the daemon then owns, from
/// `threads` polling threads (epoll where the system has it); `completed` is told of the end of each request.
static inline struct MHD_Daemon *mhd_serve(MHD_socket listener, unsigned int threads, unsigned int connection_limit,
                                           unsigned int idle_seconds, MHD_AccessHandlerCallback handler,
                                           MHD_RequestCompletedCallback completed, void *context) {
    return MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, context,
                            MHD_OPTION_LISTEN_SOCKET, listener,
                            MHD_OPTION_THREAD_POOL_SIZE, threads,
                            MHD_OPTION_CONNECTION_LIMIT, connection_limit,
                            MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
                            MHD_OPTION_NOTIFY_COMPLETED, completed, context,
                            MHD_OPTION_END);
}
