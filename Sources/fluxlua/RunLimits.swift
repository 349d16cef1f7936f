import LuaRuntime

/// `--memory`, `--time` and `--max-jobs`: what a run may use. Nil: any amount.
struct RunLimits: Equatable {
    /// Bytes.
    var memory: Int?
    var computing: Duration?
    var jobs: Int?

    /// Of `--memory`: bytes.
    static let memory: @Sendable (String) -> Int? = { bytes($0).flatMap { $0 >= 1 << 20 ? $0 : nil } }

    /// Of `--time`.
    static let computing: @Sendable (String) -> Duration? = { text in
        Double(text).flatMap { $0 > 0 && $0 <= 1e9 ? .seconds($0) : nil }
    }

    /// With what a script from someone else gets where nothing else is said.
    var ofSandbox: RunLimits {
        RunLimits(memory: memory ?? 256 << 20, computing: computing ?? .seconds(60), jobs: jobs ?? 100)
    }

    /// Those that the Lua runtime keeps. What a script makes the program keep for it outside of Lua is seen in the memory
    /// of the whole process, of which the engine and the local service need their share.
    var ofLua: LuaLimits {
        LuaLimits(memory: memory, processMemory: memory.map { $0 * 2 + 1 << 30 }, computing: computing)
    }

    /// `512M`: a whole number of kibi-, mebi- or gibibytes.
    private static func bytes(_ text: String) -> Int? {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        guard let unit = text.last, let shift = shifts[Character(unit.uppercased())], let count = Int(text.dropLast()),
            (0..<1 << 24).contains(count)
        else { return nil }
        return count << shift
    }

    private static func text(bytes: Int) -> String {
        if bytes % (1 << 30) == 0 { return "\(bytes >> 30) GB" }
        return bytes % (1 << 20) == 0 ? "\(bytes >> 20) MB" : "\(bytes >> 10) KB"
    }

    /// What is said when a script has reached a limit.
    func message(reaching limit: LuaLimit) -> String {
        switch limit {
        case .memory:
            let size = memory.map(Self.text(bytes:)) ?? "it may"
            return "the script needs more memory than \(size) (--memory raises the limit)"
        case .computing:
            let seconds = computing.map { $0 / .seconds(1) } ?? 0
            let text = seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
            return "the script has computed for more than \(text) s (--time raises the limit)"
        }
    }
}
