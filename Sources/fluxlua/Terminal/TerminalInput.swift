#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Questions at the terminal, whose answers come key by key.
enum TerminalInput {
    /// A line that is typed without being shown.
    /// - Returns: the first line where the input is no terminal; nil when Ctrl-C or Ctrl-D ended the typing.
    static func readSecret(prompt: String) -> String? {
        asking(prompt) { line { $0 == 3 || $0 == 4 } } ?? line { _ in false }
    }

    /// One key, which is shown.
    /// - Returns: nil for Ctrl-C, Ctrl-D and no terminal.
    static func readKey(prompt: String) -> Character? {
        let key = asking(prompt) { () -> String? in
            var byte: UInt8 = 0
            var count = systemRead(STDIN_FILENO, &byte)
            while count < 0, errno == EINTR { count = systemRead(STDIN_FILENO, &byte) }
            guard count == 1, byte != 3, byte != 4 else { return nil }
            let text = String(decoding: [byte], as: UTF8.self)
            if (33...126).contains(byte) { _ = HostEnvironment.write(text, to: STDERR_FILENO) }
            return text
        }
        return key??.first
    }

    /// - Returns: nil where the input is no terminal.
    private static func asking(_ prompt: String, _ body: () -> String?) -> String?? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        let before = settings
        // Signals would be left waiting: the program looks at Ctrl-C itself.
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        // Before the question is there to be answered: what is typed quickly would be shown, and then be lost.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        _ = HostEnvironment.write(prompt, to: STDERR_FILENO)
        defer {
            var before = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            _ = HostEnvironment.write("\n", to: STDERR_FILENO)
        }
        return .some(body())
    }

    private static func line(isEnd: (UInt8) -> Bool) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = systemRead(STDIN_FILENO, &byte)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            if isEnd(byte) { return nil }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(decoding: line, as: UTF8.self)
            // Backspace, and Ctrl-U for all of it.
            case 8, 127: _ = line.popLast()
            case 21: line = []
            default: line.append(byte)
            }
        }
        return String(decoding: line, as: UTF8.self)
    }
}

private func systemRead(_ descriptor: Int32, _ byte: inout UInt8) -> Int { read(descriptor, &byte, 1) }
