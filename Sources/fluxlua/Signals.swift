#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Signals reach one thread: that of the script, or the one that waits for them.
enum Signals {
    static let stopping: [Int32] = [SIGINT, SIGTERM]

    /// Before the first thread is made; threads inherit it. A closed pipe then is an error of the call, except where the
    /// signal is let through again.
    static func blockInEveryThread() {
        var set = set(of: stopping + [SIGPIPE])
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Lets the calling thread end the process when it writes to a closed pipe, as other tools do; also where the parent
    /// ignores the signal, since `print` tells nobody that a write failed.
    static func endOnClosedPipe() {
        signal(SIGPIPE, SIG_DFL)
        var set = set(of: [SIGPIPE])
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
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
