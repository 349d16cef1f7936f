import LuaRuntime
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `os.exit` of a script: it ends there and then, but in order, so that what is paid for still comes in.
final class ExitRequest: Sendable {
    private let requested = Mutex<Int32?>(nil)

    /// The status that the script asked for; nil when it asked for none.
    var status: Int32? { requested.withLock { $0 } }

    /// - Parameter cleanUp: what must not be left behind where only leaving at once is possible.
    func install(in lua: LuaRuntime, cleanUp: @escaping @Sendable () -> Void) async throws(LuaError) {
        try await lua.register("os.exit") { [weak lua] call throws(LuaError) in
            let status = try Self.status(from: try call[1])
            self.requested.withLock { $0 = status }
            guard call.canWait, let lua else {
                // Inside a callback of C code nothing can be suspended.
                cleanUp()
                exit(status)
            }
            // The script never goes on from here.
            let wait = try call.wait()
            Task { await lua.cancelAllTasks() }
            return .wait(wait)
        }
    }

    private static func status(from value: LuaValue) throws(LuaError) -> Int32 {
        switch value {
        case .nil, .boolean(true): return EXIT_SUCCESS
        case .boolean(false): return EXIT_FAILURE
        default:
            guard let code = value.integer else {
                throw LuaError(
                    kind: "invalid", "bad argument #1 to 'exit' (number expected, got \(value.typeName))")
            }
            return Int32(truncatingIfNeeded: code)
        }
    }
}
