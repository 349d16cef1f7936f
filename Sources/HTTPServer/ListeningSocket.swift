#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A TCP socket that listens. It is opened here and not by libmicrohttpd, which does not say why it could not.
package struct ListeningSocket {
    package let descriptor: Int32
    /// The port that was bound, also where the system chose it.
    package let port: UInt16

    /// Port 0 lets the system choose a free one.
    package init(host: String, port: UInt16, loopbackOnly: Bool = false) throws(ListeningError) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Darwin)
            hints.ai_socktype = SOCK_STREAM
        #else
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #endif
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let address = found?.pointee else {
            throw .cannotListen("no address for host '\(host)': \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(found) }
        guard !loopbackOnly || Self.isLoopback(address) else { throw .notLoopback(host: host) }

        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { throw .cannotListen(Self.lastError) }
        do throws(ListeningError) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
                throw errno == EADDRINUSE
                    ? .addressInUse(host: host, port: port) : .cannotListen("\(host):\(port): \(Self.lastError)")
            }
            // The kernel cuts the backlog to what it allows; a thousand clients may knock at once.
            guard listen(descriptor, 4096) == 0 else {
                throw errno == EADDRINUSE ? .addressInUse(host: host, port: port) : .cannotListen(Self.lastError)
            }
            self.port = try Self.boundPort(of: descriptor)
        } catch {
            _ = Self.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Whether only programs of this machine reach it: 127.0.0.0/8 or ::1, which is what a name stands for that counts.
    private static func isLoopback(_ address: addrinfo) -> Bool {
        guard let socketAddress = address.ai_addr else { return false }
        switch address.ai_family {
        case AF_INET:
            return socketAddress.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
            }
        case AF_INET6:
            return socketAddress.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { $0.elementsEqual([UInt8](repeating: 0, count: 15) + [1]) }
            }
        default: return false
        }
    }

    package func close() { _ = Self.close(descriptor) }

    private static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
            Darwin.close(descriptor)
        #else
            Glibc.close(descriptor)
        #endif
    }

    private static func boundPort(of descriptor: Int32) throws(ListeningError) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer -> UInt16? in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> UInt16? in
                guard getsockname(descriptor, generic, &length) == 0 else { return nil }
                // The port lies at the same place in sockaddr_in and sockaddr_in6.
                return generic.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
        guard let port else { throw .cannotListen(lastError) }
        return port
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

/// A thousand connections need more descriptors than the usual soft limit of 1,024 when their clients live in the same
/// process. The hard limit stays the system's.
package func raiseDescriptorLimit(to wanted: UInt64) {
    var limit = rlimit()
    #if canImport(Darwin)
        let resource = RLIMIT_NOFILE
    #else
        let resource = RLIMIT_NOFILE.rawValue
    #endif
    #if canImport(Darwin)
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(limit.rlim_max, wanted)
        setrlimit(resource, &limit)
    #else
        guard getrlimit(__rlimit_resource_t(resource), &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
        setrlimit(__rlimit_resource_t(resource), &limit)
    #endif
}
