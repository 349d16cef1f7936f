import Foundation

/// One of the tests that are written in Python, which has what drives terminals and browsers: it gets the program, a service
/// and a folder of its own.
enum PythonSession {
    /// - Parameter name: below `Tests`.
    static func run(_ name: String, _ service: ServedService) async throws -> Program.Result {
        let program = try Program()
        defer { program.remove() }
        let test = Program.root.appendingPathComponent("Tests/\(name)").path
        return try await program.start(
            ["-B", test, program.executable.path, service.baseURL, program.folder.path],
            of: URL(fileURLWithPath: "/usr/bin/python3")
        ).result()
    }
}
