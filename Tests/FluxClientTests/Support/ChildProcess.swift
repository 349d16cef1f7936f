import Foundation

/// A program that serves a test; killed when the test lets go of it.
///
/// Not Foundation's `Process`, which itself fails under the address sanitizer.
final class ChildProcess: Sendable {
    /// Its standard output and standard error together.
    let output: FileHandle
    private let identifier: pid_t

    init(_ arguments: [String]) throws {
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for stream in [1, 2] as [Int32] {
            posix_spawn_file_actions_adddup2(&actions, pipe.fileHandleForWriting.fileDescriptor, stream)
        }
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawnp(&identifier, arguments[0], &actions, nil, &words, environ)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT) }
        self.identifier = identifier
        try pipe.fileHandleForWriting.close()
    }

    deinit {
        kill(identifier, SIGKILL)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits until its output contains `text`. An error tells what it printed before it ended.
    func waitForOutput(_ text: String) throws {
        var all: [UInt8] = []
        while all.firstRange(of: Array(text.utf8)) == nil {
            let piece = output.availableData
            guard !piece.isEmpty else { throw Ended(output: String(decoding: all, as: UTF8.self)) }
            all += piece
        }
    }

    struct Ended: Error { var output: String }
}

/// A certificate for loopback that signs itself, made for one test.
struct Certificate {
    let path: String
    let keyPath: String

    init(in folder: TemporaryFolder) throws {
        path = folder.file("certificate.pem")
        keyPath = folder.file("key.pem")
        let maker = try ChildProcess(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyPath, "-out", path,
            ])
        // Its output ends when it does.
        let output = try maker.output.readToEnd() ?? Data()
        guard FileManager.default.fileExists(atPath: path) else {
            throw ChildProcess.Ended(output: String(decoding: output, as: UTF8.self))
        }
    }
}
