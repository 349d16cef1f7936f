#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Ends a connection in both directions, as if its client had: whoever serves it reads its end.
func shutDown(_ descriptor: Int32) {
    #if canImport(Darwin)
        _ = shutdown(descriptor, SHUT_RDWR)
    #else
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    #endif
}

/// Ends a connection by a reset (TCP RST), without the orderly end (FIN) that closing it would send. The descriptor stays
/// open.
func reset(_ descriptor: Int32) {
    #if canImport(Darwin)
        // What a close then does; an end in order may come before it.
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    #else
        // Linux dissolves a connection when it is connected to nowhere, and tells the other side by a reset.
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    #endif
}
