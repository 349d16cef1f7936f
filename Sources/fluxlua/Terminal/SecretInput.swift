#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A line that is typed without being shown.
enum SecretInput {
    /// - Returns: the first line where the input is no terminal; nil when Ctrl-C or Ctrl-D ended the typing.
    static func read(prompt: String) -> String? {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return line { _ in false } }
        let before = settings
        // Signals would be left waiting: the program looks at Ctrl-C itself.
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        _ = World.write(prompt, to: STDERR_FILENO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        defer {
            var before = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            _ = World.write("\n", to: STDERR_FILENO)
        }
        return line { $0 == 3 || $0 == 4 }
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
