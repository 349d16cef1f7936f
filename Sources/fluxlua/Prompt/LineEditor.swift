import CEdit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// libedit at a terminal: lines with editing, completion, and a history that is kept in a file. Other output that comes
/// while a line is edited goes through `TerminalOutput`.
///
/// Unchecked, since it is used by one thread at a time: the prompt asks for one line after the other, and waits for each.
final class LineEditor: @unchecked Sendable {
    enum Line: Sendable {
        case text(String)
        /// Ctrl-C: what was typed is dropped.
        case abandoned
    }

    /// What could stand before the cursor, of all that is typed so far, with the part that is typed already.
    typealias Complete = (_ before: String) -> (prefix: String, all: [Completion])

    private let editor: OpaquePointer
    private let list: OpaquePointer
    private let historyFile: String?
    private let output: TerminalOutput
    private let isTerminal: Bool
    private let complete: Complete
    private var prompt: UnsafeMutablePointer<CChar>
    private var promptWidth = 0
    private var isAbandoned = false
    /// Of entries that are not finished: what stands before the line that is edited.
    private var before = ""
    private var columns = 0

    /// Home, End and Delete as xterm, tmux and the Linux console send them.
    private static let terminalKeys = [
        ("\\e[1~", "ed-move-to-beg"), ("\\e[7~", "ed-move-to-beg"), ("\\e[H", "ed-move-to-beg"),
        ("\\eOH", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"), ("\\e[8~", "ed-move-to-end"),
        ("\\e[F", "ed-move-to-end"), ("\\eOF", "ed-move-to-end"), ("\\e[3~", "ed-delete-next-char"),
    ]

    /// - Parameter isTerminal: false: what is read is no terminal's, and nothing but output is written.
    init?(history file: String?, isTerminal: Bool, output: TerminalOutput, complete: @escaping Complete) {
        setlocale(LC_CTYPE, "")
        guard let editor = ce_open("fluxlua") else { return nil }
        guard let list = history_init(), let prompt = strdup("") else {
            el_end(editor)
            return nil
        }
        self.editor = editor
        self.list = list
        self.prompt = prompt
        self.output = output
        self.isTerminal = isTerminal
        self.complete = complete
        historyFile = file
        ce_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
        ce_set_prompt(editor) { editor in LineEditor.of(editor)?.prompt }
        ce_set_reader(editor) { editor, character in
            guard let owner = LineEditor.of(editor), let character else { return -1 }
            return owner.read(character)
        }
        ce_set_keys(editor, "emacs")
        // Ctrl-C is a key while a line is edited, not a signal.
        ce_set_terminal(editor, "-d", "-isig")
        ce_add_command(editor, "abandon", "Drop the line") { editor, _ in
            guard let owner = LineEditor.of(editor) else { return UInt8(CC_ERROR) }
            owner.isAbandoned = true
            return UInt8(CC_EOF)
        }
        ce_add_command(editor, "complete", "Complete the word") { editor, _ in
            LineEditor.of(editor)?.completeWord() ?? UInt8(CC_ERROR)
        }
        ce_add_command(editor, "paste", "Take what is pasted as it is") { editor, _ in
            LineEditor.of(editor)?.paste() ?? UInt8(CC_ERROR)
        }
        ce_bind(editor, "^C", "abandon")
        ce_bind(editor, "\\t", "complete")
        ce_bind(editor, "\\e[200~", "paste")
        ce_bind(editor, "^R", "em-inc-search-prev")
        for (keys, command) in Self.terminalKeys { ce_bind(editor, keys, command) }
        ce_history_size(list, 1000)
        ce_history_unique(list)
        ce_use_history(editor, list)
        if let file { ce_history_load(list, file) }
    }

    deinit {
        history_end(list)
        el_end(editor)
        free(prompt)
    }

    private static func of(_ editor: OpaquePointer?) -> LineEditor? {
        guard let editor, let data = ce_client_data(editor) else { return nil }
        return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue()
    }

    // MARK: Lines

    /// The next line without its end; nil at the end of input. Blocks.
    /// - Parameters:
    ///   - text: the prompt; colours are given apart.
    ///   - before: what was typed of the same entry, for completion.
    func line(prompt text: String, colours: Bool, before: String) -> Line? {
        free(prompt)
        prompt = strdup(colours ? "\u{1}\u{1B}[1;34m\u{1}\(text)\u{1}\u{1B}[0m\u{1}" : text)
        promptWidth = TextWidth().of(text)
        self.before = before
        isAbandoned = false
        columns = Self.terminalColumns()
        guard isTerminal else {
            _ = output.print(Array(text.utf8), to: STDOUT_FILENO)
            return readLine(strippingNewline: true).map(Line.text)
        }
        write("\u{1B}[?2004h")
        output.beginEditing()
        var count: Int32 = 0
        let bytes = el_gets(editor, &count)
        let line = bytes.flatMap { count > 0 ? String(cString: $0).trimmingLineEnd : nil }
        write("\u{1B}[?2004l")
        if isAbandoned { write("^C\r\n") }
        output.endEditing()
        if isAbandoned { return .abandoned }
        return line.map(Line.text)
    }

    /// Adds to the history, in memory and in its file.
    func remember(_ text: String) {
        ce_history_add(list, text)
        guard let historyFile, isTerminal else { return }
        makeFolders(for: historyFile)
        let before = umask(0o077)
        ce_history_save(list, historyFile)
        umask(before)
        chmod(historyFile, 0o600)
    }

    private func makeFolders(for file: String) {
        for (index, character) in zip(file.indices, file) where character == "/" && index != file.startIndex {
            mkdir(String(file[..<index]), 0o700)
        }
    }

    private func write(_ text: String) { _ = HostEnvironment.write(Array(text.utf8)[...], to: STDOUT_FILENO) }

    // MARK: Reading

    /// One character, as soon as somebody types it. Meanwhile what others say is printed above the line, and the window
    /// may get another size.
    private func read(_ character: UnsafeMutablePointer<wchar_t>) -> Int32 {
        while true {
            var ready = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output.wakeDescriptor, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&ready, 2, 250)
            if count < 0, errno != EINTR { return -1 }
            if Self.terminalColumns() != columns {
                columns = Self.terminalColumns()
                el_resize(editor)
                ce_refresh(editor)
            }
            if ready[1].revents != 0 { printWaiting() }
            guard count > 0, ready[0].revents != 0 else { continue }
            return readScalar(character)
        }
    }

    private func readScalar(_ character: UnsafeMutablePointer<wchar_t>) -> Int32 {
        var bytes: [UInt8] = []
        while bytes.count < 4 {
            var byte: UInt8 = 0
            let count = systemRead(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? Int32(count) : -1 }
            bytes.append(byte)
            if let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first {
                character.pointee = wchar_t(bitPattern: scalar.value)
                return 1
            }
        }
        // No UTF-8: as it is, so that nothing hangs.
        character.pointee = wchar_t(bytes[0])
        return 1
    }

    /// Prints what waits above the line that is edited, and draws the line anew below it.
    private func printWaiting() {
        let text = output.takeWaiting()
        guard !text.isEmpty else { return }
        let rows = rowsAboveCursor()
        var all = rows > 0 ? Array("\u{1B}[\(rows)A".utf8) : []
        all += "\r\u{1B}[J".utf8
        all += text
        if text.last != UInt8(ascii: "\n") { all += "\r\n".utf8 }
        _ = HostEnvironment.write(all[...], to: STDOUT_FILENO)
        ce_refresh(editor)
    }

    private func rowsAboveCursor() -> Int {
        let measure = TextWidth()
        var (rows, column) = (0, promptWidth)
        for character in textBeforeCursor {
            if character == "\n" {
                (rows, column) = (rows + 1, 0)
                continue
            }
            let width = measure.of(character)
            if column + width > max(columns, 1) { (rows, column) = (rows + 1, 0) }
            column += width
        }
        return rows + (column >= max(columns, 1) ? 1 : 0)
    }

    private var textBeforeCursor: String {
        guard let line = el_line(editor), let start = line.pointee.buffer, let cursor = line.pointee.cursor else {
            return ""
        }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: cursor - start), as: UTF8.self)
    }

    private static func terminalColumns() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    // MARK: Keys

    /// What is pasted is one entry, whatever line ends are in it.
    private func paste() -> UInt8 {
        var text = ""
        let end = "\u{1B}[201~"
        while !text.hasSuffix(end) {
            var character = wchar_t()
            guard read(&character) == 1, let scalar = Unicode.Scalar(UInt32(bitPattern: character)) else { break }
            text.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
        }
        if text.hasSuffix(end) { text.removeLast(end.count) }
        while text.last == "\n" { text.removeLast() }
        el_insertstr(editor, text.replacing("\t", with: "  "))
        return UInt8(CC_REFRESH)
    }

    private static let mostShown = 16

    private func completeWord() -> UInt8 {
        let (prefix, all) = complete(before + textBeforeCursor)
        guard let first = all.first else {
            write("\u{7}")
            return UInt8(CC_NORM)
        }
        var common = Substring(first.word)
        for other in all.dropFirst() { common = common[..<common.commonEnd(with: other.word)] }
        let rest = common.dropFirst(prefix.count)
        if all.count == 1 {
            el_insertstr(editor, rest + first.ending)
            return UInt8(CC_REFRESH)
        }
        if !rest.isEmpty {
            el_insertstr(editor, String(rest))
            return UInt8(CC_REFRESH)
        }
        list(all)
        return UInt8(CC_REFRESH)
    }

    /// The completions below each other, with what they mean.
    private func list(_ all: [Completion]) {
        let measure = TextWidth()
        let widest = min(all.map { measure.of($0.word) }.max() ?? 0, columns / 2)
        var text = "\r\n"
        for one in all.prefix(Self.mostShown) {
            let word = measure.cut(one.word, to: widest)
            let space = String(repeating: " ", count: widest - measure.of(word))
            text += measure.cut("  \(word)\(space)  \(one.explanation)", to: columns - 1) + "\r\n"
        }
        if all.count > Self.mostShown { text += "  and \(all.count - Self.mostShown) more\r\n" }
        write(text)
        ce_refresh(editor)
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

extension String {
    fileprivate var trimmingLineEnd: String {
        hasSuffix("\n") ? String(dropLast()) : self
    }
}

extension Substring {
    fileprivate func commonEnd(with other: String) -> Index {
        var index = startIndex
        var place = other.startIndex
        while index < endIndex, place < other.endIndex, self[index] == other[place] {
            index = self.index(after: index)
            place = other.index(after: place)
        }
        return index
    }
}
