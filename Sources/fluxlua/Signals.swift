#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Signals reach one thread: the script's, or the one that waits for them.
enum Signals {
    static let stopping: [Int32] = [SIGINT, SIGTERM]
    /// What stops a script: also that nobody reads on what it prints.
    static let stoppingScripts = stopping + [SIGPIPE]

    /// Before the first thread is made; threads inherit it. A closed pipe then is an error of the call, except on the
    /// script's thread, which gets the signal.
    static func blockInEveryThread() {
        var set = set(of: stoppingScripts)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for one of the stopping signals. Blocks the calling thread.
    static func waitForStop() -> Int32 {
        var set = set(of: stopping)
        var signal: Int32 = 0
        sigwait(&set, &signal)
        return signal
    }

    private static func set(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
