import Foundation

/// One of `Tests/Terminal`: works at a pseudo-terminal and looks at the screen.
enum TerminalSession {
    static func run(_ name: String, _ service: ServedService) async throws -> Program.Result {
        let program = try Program()
        defer { program.remove() }
        let test = Program.root.appendingPathComponent("Tests/Terminal/\(name)").path
        return try await program.start(
            [test, program.executable.path, service.baseURL, program.folder.path],
            of: URL(fileURLWithPath: "/usr/bin/python3")
        ).result()
    }
}
