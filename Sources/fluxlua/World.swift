#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the program finds around it. Tests bring their own.
struct World: Sendable {
    /// With the program's name in front.
    var arguments: [String]
    var environment: @Sendable (String) -> String?
    var writeOutput: @Sendable (String) -> Void
    var writeError: @Sendable (String) -> Void
    var inputIsTerminal: Bool
    var errorIsTerminal: Bool

    static var real: World {
        World(
            arguments: CommandLine.arguments,
            environment: { name in getenv(name).map { String(cString: $0) } },
            writeOutput: { World.write($0, to: STDOUT_FILENO) },
            writeError: { World.write($0, to: STDERR_FILENO) },
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1)
    }

    /// A line of the program's own on stderr.
    func say(_ line: String) { writeError("fluxlua: \(line)\n") }

    private static func write(_ text: String, to descriptor: Int32) {
        // What the script printed before comes first.
        fflush(nil)
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// Exit statuses (lua-api §9).
enum ExitStatus {
    static let success: Int32 = 0
    static let scriptFailed: Int32 = 1
    static let usage: Int32 = 2
    static let jobsFailed: Int32 = 3

    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
