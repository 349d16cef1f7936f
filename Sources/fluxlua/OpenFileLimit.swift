import FluxClient
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The files and connections that the process may have open at a time.
enum OpenFileLimit {
    /// Fills the places of standard streams that whoever started the program has closed. Otherwise the next file that is
    /// opened would take one, and what a script prints would land in it. Reading and writing fail there as they should.
    static func fillStandardStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The first that is free is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// More is of no use.
    private static let wanted = 4096
    /// Of the program itself, with its ledger, and some for the script.
    private static let reserved = 32

    /// Takes as many as are allowed, and fits to them what is done at a time.
    /// - Parameter servesItself: the service is in this process, which then has both ends of each connection.
    /// - Returns: connections of each of the transport's threads.
    /// - Throws: kind `io` when nothing can be done with so few.
    static func fit(_ configuration: inout EngineConfiguration, servesItself: Bool) throws(FluxError) -> Int {
        let limit = raisedLimit()
        // A picture that is fetched has a file beside its connection; three threads have connections.
        let places = (limit - reserved) / (servesItself ? 8 : 5)
        guard places > 0 else {
            throw FluxError(
                .io, "only \(limit) files may be open at a time here, which is too few",
                hint: "allow more before starting fluxlua: ulimit -n 256")
        }
        configuration.fetchConcurrency = min(configuration.fetchConcurrency, places)
        configuration.submissionConcurrency = min(configuration.submissionConcurrency, places)
        return min(CurlTransport.usualConnectionsPerHost, places)
    }

    private static func raisedLimit() -> Int {
        var limit = rlimit()
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        if limit.rlim_cur < limit.rlim_max, limit.rlim_cur < rlim_t(wanted) {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, rlim_t(wanted)))
    }
}
