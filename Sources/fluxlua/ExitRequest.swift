import LuaRuntime
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `os.exit` of a script: the script ends at once, but pictures that are paid for are still fetched.
final class ExitRequest: Sendable {
    private let requested = Mutex<Int32?>(nil)

    /// The status that the script asked for; nil when it asked for none.
    var status: Int32? { requested.withLock { $0 } }

    /// The script is to end as if it had asked for that itself.
    func end(_ lua: LuaRuntime, with status: Int32) async {
        requested.withLock { $0 = status }
        await lua.cancelAllTasks()
    }

    /// - Parameter cleanUp: what must not be left behind where only leaving at once is possible.
    func install(in lua: LuaRuntime, cleanUp: @escaping @Sendable () -> Void) async throws(LuaError) {
        try await lua.register("os.exit") { [weak lua] call throws(LuaError) in
            let status = try Self.status(call)
            self.requested.withLock { $0 = status }
            guard call.canWait, let lua else {
                // Inside a callback of C code nothing can be suspended.
                cleanUp()
                ExitStatus.leave(status)
            }
            // The script never goes on from here.
            let wait = try call.wait()
            Task { await lua.cancelAllTasks() }
            return .wait(wait)
        }
    }

    /// What the stock function takes, and what it says of anything else.
    private static func status(_ call: borrowing LuaCall) throws(LuaError) -> Int32 {
        let value = try call[1]
        var reason = "number expected, got \(call.typeName(1))"
        switch value {
        case .nil: return EXIT_SUCCESS
        case .boolean(let isWell): return isWell ? EXIT_SUCCESS : EXIT_FAILURE
        case .integer(let code): return Int32(truncatingIfNeeded: code)
        default:
            if let number = value.number ?? value.string.flatMap(Double.init) {
                if let code = Int64(exactly: number) { return Int32(truncatingIfNeeded: code) }
                reason = "number has no integer representation"
            }
        }
        let place = call.place.isEmpty ? "" : "\(call.place): "
        // A string, as a stock function raises it.
        let message = "\(place)bad argument #1 to 'exit' (\(reason))"
        throw LuaError(message, value: .string(message))
    }
}
