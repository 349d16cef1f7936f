import FluxClient
import LuaRuntime

/// What a script may do through the `flux` table. By default everything.
public struct Restrictions: Sendable {
    /// The most jobs that a run may ask for; nil: any number.
    public var maximumJobs: Int?
    /// For a script from someone else: which files it may name; nil: any.
    public var files: FileAccess?

    public init(maximumJobs: Int? = nil, files: FileAccess? = nil) {
        self.maximumJobs = maximumJobs
        self.files = files
    }

    func checkWriting(_ path: String) throws(FluxError) {
        if let reason = files?.refusalOfWriting(path) {
            throw FluxError(
                .io, "cannot write \(path): \(reason)",
                hint: "a script in a sandbox writes below its output folder only")
        }
    }
}

extension FluxModule {
    /// What the user has made before, and who they are, is no business of a script from someone else.
    private static let privateFunctions = ["flux.job", "flux.jobs", "flux.account", "flux.loras"]

    func restrict(_ lua: LuaRuntime) async throws(LuaError) {
        guard restrictions.files != nil else { return }
        for name in Self.privateFunctions {
            try await lua.register(name) { _ throws(LuaError) in
                throw LuaError(kind: "invalid", "'\(name)' is not available in the sandbox")
            }
        }
    }
}

/// Which files a script may name.
public struct FileAccess: Sendable {
    /// Why a file must not be read or written; nil when it may.
    public var refusalOfReading: @Sendable (String) -> String?
    public var refusalOfWriting: @Sendable (String) -> String?

    public init(
        refusalOfReading: @escaping @Sendable (String) -> String?,
        refusalOfWriting: @escaping @Sendable (String) -> String?
    ) {
        self.refusalOfReading = refusalOfReading
        self.refusalOfWriting = refusalOfWriting
    }
}
