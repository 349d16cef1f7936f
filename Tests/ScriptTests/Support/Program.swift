import Foundation
import TestSupport

/// The built program, run as a user would: its own process, its own folder.
struct Program {
    var folder: URL
    /// Where it keeps its ledger and its pictures: beside the folder, so that the scripts' own files stand alone there.
    var data: URL
    var environment: [String: String]
    /// Beside the test bundle.
    var executable = Self.folderOfProducts.appendingPathComponent("fluxlua")

    /// In a new folder that is also the home, without a key.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fluxlua-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        data = folder.appendingPathExtension("data")
        environment = [
            "HOME": folder.path, "XDG_DATA_HOME": data.path,
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "TMPDIR": folder.path, "LANG": "C.UTF-8",
        ]
        for (name, value) in ProcessInfo.processInfo.environment where name.hasSuffix("SAN_OPTIONS") {
            environment[name] = value
        }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Where the test bundle is.
    static let folderOfProducts = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// The interpreter that scripts must not be able to tell from ours.
    static let stock = URL(fileURLWithPath: "/usr/bin/lua5.4")

    struct Result {
        var output: String
        /// Without the line at the end of a run that asked for pictures.
        var error: String
        /// That line without its end and its `fluxlua: `, such as `1 job: 1 made, 0 reused, 0 failed; 10 credits`.
        var summary: String?
        var status: Int32

        init(output: String, error: String, status: Int32) {
            self.output = output
            self.status = status
            // A busy machine may take long enough for a line about the progress.
            let error = error.replacing(#/fluxlua: \d+ of \d+ done; .*\n/#, with: "")
            let lines = error.split(separator: "\n", omittingEmptySubsequences: false)
            // After the last line's end comes an empty one.
            if let last = lines.dropLast().last, let line = last.wholeMatch(of: #/fluxlua: (\d+ jobs?: .*)/#)?.output.1
            {
                summary = String(line)
                self.error = lines.dropLast(2).map { $0 + "\n" }.joined()
            } else {
                self.error = error
            }
        }
    }

    func start(
        _ arguments: [String], input: FileHandle = .nullDevice, of other: URL? = nil
    ) throws -> RunningProgram {
        try RunningProgram(
            ChildProcess(
                (other ?? executable).path, arguments, environment: environment, folder: folder.path, input: input))
    }

    func run(_ arguments: [String], input: String? = nil, of other: URL? = nil) async throws -> Result {
        guard let input else { return try await start(arguments, of: other).result() }
        let pipe = Pipe()
        let program = try start(arguments, input: pipe.fileHandleForReading, of: other)
        try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try pipe.fileHandleForWriting.close()
        return try await program.result()
    }

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: file(name))) }

    /// Every file below a folder, as paths from it, sorted.
    func files(below name: String = "") -> [String] {
        let top = name.isEmpty ? folder.path : file(name).path
        let all = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
        var isFolder: ObjCBool = false
        return all.filter {
            FileManager.default.fileExists(atPath: top + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: file(name)) }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: file(name)) }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
        try? FileManager.default.removeItem(at: data)
    }
}

/// A process whose output is read while it runs.
final class RunningProgram: Sendable {
    private let process: ChildProcess

    init(_ process: ChildProcess) { self.process = process }

    /// Nothing when it has ended.
    func signal(_ number: Int32) { process.signal(number) }

    /// The next line of output; nil at its end.
    func line() async -> String? { await line(of: process.output) }

    /// The next line of what is told on stderr; nil at its end.
    func errorLine() async -> String? { await line(of: process.error) }

    /// Whoever reads the output has gone.
    func closeOutput() throws { try process.output.close() }

    private func line(of handle: FileHandle) async -> String? {
        await onOwnThread {
            var line: [UInt8] = []
            while let byte = handle.readData(ofLength: 1).first {
                if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
                line.append(byte)
            }
            return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    func result() async throws -> Program.Result {
        async let outputText = onOwnThread { [process] in Self.text(of: process.output) }
        async let errorText = onOwnThread { [process] in Self.text(of: process.error) }
        let (output, error) = await (outputText, errorText)
        let status = await onOwnThread { [process] in process.wait() }
        return Program.Result(output: output, error: error, status: status)
    }

    /// Empty once `closeOutput` was called.
    private static func text(of handle: FileHandle) -> String {
        String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// Off the pool of Swift's tasks: reading and waiting block. A test that is given up ends its program.
    private func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: body()) }
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }
}
