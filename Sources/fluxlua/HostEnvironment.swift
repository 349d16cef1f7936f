import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The program's environment. Tests provide their own.
struct HostEnvironment: Sendable {
    /// With the program's name in front.
    var arguments: [String]
    /// The same, byte by byte: an argument need not be UTF-8 text.
    var rawArguments: [[UInt8]]
    var environment: @Sendable (String) -> String?
    var writeOutput: @Sendable (String) -> Void
    /// Writes to stdout, and gives the code of the error that kept it from doing so, or 0.
    var tryOutput: @Sendable (String) -> Int32
    var writeError: @Sendable (String) -> Void
    /// Asks for a line that is not shown; nil when the typing was given up.
    var readSecret: @Sendable (_ prompt: String) -> String?
    /// Asks for one key at a terminal; nil for Ctrl-C.
    var readKey: @Sendable (_ prompt: String) -> Character?
    var inputIsTerminal: Bool
    var errorIsTerminal: Bool
    /// Cells of a line of the terminal that stdout is; nil where it is none.
    var outputWidth: Int?
    /// Cells of a line of the terminal that stderr is, as it is at the moment; nil where it is none.
    var errorWidth: @Sendable () -> Int?
    /// The window of the terminal that stdout is, as it is at the moment; nil where it is none.
    var window: @Sendable () -> TerminalWindow?
    /// Asks the terminal what it can; nil when it does not say.
    var askTerminal: @Sendable () -> TerminalCapabilities?
    /// Milliseconds since 1970.
    var now: @Sendable () -> Int64
    /// Seconds of a clock that only goes forward.
    var monotonic: @Sendable () -> Double
    var sleep: @Sendable (Duration) async throws -> Void
    /// Takes secrets out of all that the program writes on its streams.
    var redaction = Redaction()

    static var real: HostEnvironment {
        var host = HostEnvironment(
            arguments: CommandLine.arguments,
            rawArguments: (0..<Int(CommandLine.argc)).map { index in
                CommandLine.unsafeArgv[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
            },
            environment: { name in getenv(name).map { String(cString: $0) } },
            writeOutput: { _ = HostEnvironment.write($0, to: STDOUT_FILENO) },
            tryOutput: { HostEnvironment.write($0, to: STDOUT_FILENO) },
            writeError: { _ = HostEnvironment.write($0, to: STDERR_FILENO) },
            readSecret: { TerminalInput.readSecret(prompt: $0) }, readKey: { TerminalInput.readKey(prompt: $0) },
            inputIsTerminal: isatty(STDIN_FILENO) == 1,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            outputWidth: terminalWidth(of: STDOUT_FILENO),
            errorWidth: { terminalWidth(of: STDERR_FILENO) },
            window: { TerminalWindow.ofOutput() }, askTerminal: { TerminalCapabilities.ask() },
            now: {
                let time = time(of: CLOCK_REALTIME)
                return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
            },
            monotonic: {
                let time = time(of: CLOCK_MONOTONIC)
                return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
            },
            sleep: { try await Task.sleep(for: $0) })
        // A file that cannot be read is told by what needs its keys.
        let keys = (try? KeyFile(host).keys()) ?? []
        let redaction = Redaction(
            environment: host.environment, addresses: host.arguments.filter { $0.contains("postgres") }
        ).with(keys)
        host.redaction = redaction
        host.writeOutput = { _ = HostEnvironment.write(redaction.cleaned($0), to: STDOUT_FILENO) }
        host.tryOutput = { HostEnvironment.write(redaction.cleaned($0), to: STDOUT_FILENO) }
        host.writeError = { _ = HostEnvironment.write(redaction.cleaned($0), to: STDERR_FILENO) }
        return host
    }

    private static func time(of clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }

    /// The same, with all that is written going through the one writer of the terminal.
    func through(_ output: TerminalOutput) -> HostEnvironment {
        var host = self
        let redaction = redaction
        host.writeOutput = { _ = HostEnvironment.printed(redaction.cleaned($0), through: output, to: STDOUT_FILENO) }
        host.tryOutput = { HostEnvironment.printed(redaction.cleaned($0), through: output, to: STDOUT_FILENO) }
        host.writeError = { _ = HostEnvironment.printed(redaction.cleaned($0), through: output, to: STDERR_FILENO) }
        return host
    }

    private static func printed(_ text: String, through output: TerminalOutput, to descriptor: Int32) -> Int32 {
        // What the script printed before comes first.
        fflush(nil)
        return output.print(Array(text.utf8), to: descriptor)
    }

    /// A line of the program's own on stderr.
    func say(_ line: String) { writeError("fluxlua: \(line)\n") }

    /// Writes what a command was asked for, and gives its exit status: that of a closed pipe where nobody reads on.
    func put(_ text: String) -> Int32 {
        switch tryOutput(text) {
        case 0: return ExitStatus.success
        case EPIPE: return ExitStatus.interrupted(by: SIGPIPE)
        case let code:
            say("cannot write the output: \(String(cString: strerror(code)).lowercased())")
            return ExitStatus.scriptFailed
        }
    }

    private static func terminalWidth(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 { return columns }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// - Returns: 0, or the code of what went wrong.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        // What the script printed before comes first.
        fflush(nil)
        return write(Array(text.utf8)[...], to: descriptor)
    }

    /// - Returns: 0, or the code of what went wrong.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return errno }
            bytes = bytes.dropFirst(count)
        }
        return 0
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

    /// Ends the process, with what was printed so far. Not by `exit`: it has libraries such as OpenSSL take their data
    /// apart while other threads still close connections, and a crash there would look like the script's.
    static func leave(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }
}
