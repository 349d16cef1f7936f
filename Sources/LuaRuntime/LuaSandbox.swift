import LuaBridge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The folders of scripts from someone else: below the one they may write and read, below the other read. Links are
/// resolved: what they lead to must be inside too.
public final class LuaSandbox: Sendable {
    public enum Access: Sendable {
        case reading
        case writing
    }

    /// Never changed after it was made, so usable from any thread.
    nonisolated(unsafe) let folders: OpaquePointer

    /// - Parameters:
    ///   - readable: for reading only; nil: there is no such folder. It must be there.
    ///   - writable: need not be there yet.
    public init(readable: String?, writable: String) throws(LuaError) {
        var code: Int32 = 0
        guard let folders = lb_folders_new(readable, writable, &code) else {
            let named = [readable, writable].compactMap { $0 }.joined(separator: " and ")
            throw LuaError(kind: "io", "no sandbox in \(named): \(Self.reason(code))")
        }
        self.folders = folders
    }

    deinit { lb_folders_free(folders) }

    /// Why a file must not be used, whether it is there or not; nil when it may.
    public func refusal(of path: String, for access: Access) -> String? {
        let code = lb_folders_check(folders, path, path.utf8.count, access == .writing)
        return code == 0 ? nil : Self.reason(code)
    }

    private static func reason(_ code: Int32) -> String {
        code == LB_OUTSIDE ? "outside the folders of the sandbox" : String(cString: strerror(code)).lowercased()
    }
}

extension LuaRuntime {
    /// Takes from the scripts what reaches beyond the sandbox's folders: processes, libraries, bytecode, other files, the
    /// environment, `debug`, finalizers. Before the first script, once, and for good. What host functions do is not
    /// confined.
    public func confine(to sandbox: LuaSandbox) throws(LuaError) {
        let state = try state
        state.sandbox = sandbox
        try state.check(lb_confine(state.host, sandbox.folders))
    }
}
