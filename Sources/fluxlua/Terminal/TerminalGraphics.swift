import CChafa
import CommandLineKit

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How a terminal shows pictures.
enum TerminalGraphics: Equatable, Sendable {
    /// None at all.
    case off
    case kitty
    case iTerm2
    case sixel
    /// Half blocks and their like, in the colours that there are.
    case symbols(Colours)

    enum Colours: Equatable, Sendable {
        case all
        case of256
        case of16
        case none
    }

    /// - Parameters:
    ///   - ask: asks the terminal itself, where its surroundings do not tell.
    init(_ environment: (String) -> String?, ask: () -> TerminalCapabilities?) {
        func variable(_ name: String) -> String { environment(name) ?? "" }
        let symbols = TerminalGraphics.symbols(Self.colours(environment))
        switch variable(EnvironmentVariable.pictures.name) {
        case "off": self = .off
        case "kitty": self = .kitty
        case "iterm2": self = .iTerm2
        case "sixel": self = .sixel
        case "symbols": self = symbols
        case _ where variable("TERM") == "dumb": self = .off
        case _ where variable("TERM").hasPrefix("tmux") || variable("TERM").hasPrefix("screen"):
            // They draw the screen themselves, and pass no pictures on; newer ones know sixel, and say so.
            self = ask()?.knowsSixel == true ? .sixel : symbols
        case _ where variable("TERM") == "xterm-kitty" || variable("TERM") == "xterm-ghostty": self = .kitty
        case _ where ["iTerm.app", "WezTerm"].contains(variable("TERM_PROGRAM")): self = .iTerm2
        default:
            let answer = ask()
            self = answer?.knowsKitty == true ? .kitty : answer?.knowsSixel == true ? .sixel : symbols
        }
    }

    private static func colours(_ environment: (String) -> String?) -> Colours {
        if environment("NO_COLOR")?.isEmpty == false { return .none }
        if ["truecolor", "24bit"].contains(environment("COLORTERM") ?? "") { return .all }
        let terminal = environment("TERM") ?? ""
        if terminal.contains("256color") || terminal.hasPrefix("xterm") { return .of256 }
        return .of16
    }
}

/// What a terminal says of itself.
struct TerminalCapabilities: Equatable, Sendable {
    var knowsKitty = false
    var knowsSixel = false

    /// Asks whether kitty's pictures are known, then for the terminal's attributes, which every terminal answers: with
    /// that answer the other has come or never will.
    static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[c"

    /// - Parameter text: all that has come so far.
    /// - Returns: nil as long as the attributes have not come whole.
    init?(_ text: String) {
        guard let attributes = text.firstMatch(of: #/\x{1B}\[\?([0-9;]*)c/#)?.output.1 else { return nil }
        knowsKitty = text.contains("\u{1B}_Gi=31;OK")
        knowsSixel = attributes.split(separator: ";").contains("4")
    }

    /// Asks the terminal that this process has, for no longer than a fifth of a second; nil when it does not say. Nothing
    /// is asked while somebody types.
    static func ask() -> TerminalCapabilities? {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return nil }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard !hasInput(terminal, milliseconds: 0), tcsetattr(terminal, TCSANOW, &raw) == 0 else { return nil }
        // What still comes after the time is up goes too: it must not stand on the prompt.
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        _ = HostEnvironment.write(Array(question.utf8)[...], to: terminal)
        var text = ""
        var left = 20
        while left > 0 {
            guard hasInput(terminal, milliseconds: 10) else {
                left -= 1
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = read(terminal, &bytes, bytes.count)
            guard count > 0 else { break }
            text += String(decoding: bytes.prefix(count), as: UTF8.self)
            if let answer = TerminalCapabilities(text) { return answer }
        }
        return nil
    }

    private static func hasInput(_ terminal: Int32, milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) == 1
    }
}
