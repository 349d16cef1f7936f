import CSpawn
import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Another program, started by `posix_spawn`: Foundation's `Process` reads past a directory entry when it looks for what
/// to close, and now and then that ends the tests.
public final class ChildProcess: Sendable {
    public struct Failure: Error {
        public var code: Int32
    }

    public let identifier: pid_t
    /// What it writes to stdout and to stderr.
    public let output: FileHandle
    public let error: FileHandle
    /// As `waitpid` tells it; nil as long as nobody has waited for its end.
    private let status = Mutex<Int32?>(nil)

    /// It gets these three streams and no other file, a process group of its own, and no signal blocked or ignored.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String,
        input: FileHandle = .nullDevice
    ) throws {
        let (output, error) = (Pipe(), Pipe())
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var identifier = pid_t()
        let code = cs_spawn(
            &identifier, program, words, variables, folder, input.fileDescriptor,
            output.fileHandleForWriting.fileDescriptor, error.fileHandleForWriting.fileDescriptor)
        guard code == 0 else { throw Failure(code: code) }
        self.identifier = identifier
        self.output = output.fileHandleForReading
        self.error = error.fileHandleForReading
        // Whoever reads learns of the end when the program has ended.
        try output.fileHandleForWriting.close()
        try error.fileHandleForWriting.close()
    }

    /// Nothing when its end was waited for: its number may be that of another process by now.
    public func signal(_ number: Int32) {
        status.withLock { if $0 == nil { kill(identifier, number) } }
    }

    /// Blocks until it has ended.
    /// - Returns: its exit status; 128 and the signal that ended it.
    public func wait() -> Int32 {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let status = status.withLock { status in
            if let status { return status }
            var told: Int32 = 0
            waitpid(identifier, &told, 0)
            status = told
            return told
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    /// Waits for the end; what it printed, what it told on stderr, and its exit status. Blocks.
    public func result() -> (output: String, error: String, status: Int32) {
        let said = Mutex("")
        let reader = Thread { [error] in
            let text = String(decoding: (try? error.readToEnd()) ?? Data(), as: UTF8.self)
            said.withLock { $0 = text }
        }
        reader.start()
        let printed = String(decoding: (try? output.readToEnd()) ?? Data(), as: UTF8.self)
        let status = wait()
        while !reader.isFinished { sched_yield() }
        return (printed, said.withLock { $0 }, status)
    }
}
