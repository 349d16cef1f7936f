import LuaBridge

/// The thread that watches computing time and the process's memory, from its start to the closing of the host.
final class LuaWatchdog {
    private let whenStuck: @Sendable (LuaLimit) -> Void

    /// On the thread that owns the host; that keeps the watchdog until it is closed.
    init(
        _ host: OpaquePointer, _ limits: LuaLimits, wake: Int32, whenStuck: @escaping @Sendable (LuaLimit) -> Void
    ) throws(LuaError) {
        self.whenStuck = whenStuck
        var options = lb_watch_options(
            time_nanoseconds: limits.computing.map { max(1, Self.nanoseconds($0)) } ?? 0,
            process_bytes: limits.processMemory ?? 0, grace_nanoseconds: Self.nanoseconds(limits.grace),
            on_stuck: { context, limit in
                guard let context, let limit = LuaLimit(limit) else { return }
                Unmanaged<LuaWatchdog>.fromOpaque(context).takeUnretainedValue().whenStuck(limit)
            },
            context: nil, wake: wake)
        options.context = Unmanaged.passUnretained(self).toOpaque()
        guard lb_watch(host, &options) == 0 else { throw LuaError(kind: "io", "no thread to watch the limits") }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : whole + attoseconds / 1_000_000_000
    }
}
