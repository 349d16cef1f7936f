import CEdit

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// libedit at a terminal: lines with editing and a history that is kept in a file.
final class LineEditor {
    enum Line {
        case text(String)
        /// Ctrl-C: what was typed is dropped.
        case abandoned
    }

    private let editor: OpaquePointer
    private let list: OpaquePointer
    private let historyFile: String?
    private var prompt: UnsafeMutablePointer<CChar>
    private var isAbandoned = false

    /// Home, End and Delete as xterm, tmux and the Linux console send them.
    private static let terminalKeys = [
        ("\\e[1~", "ed-move-to-beg"), ("\\e[7~", "ed-move-to-beg"), ("\\e[H", "ed-move-to-beg"),
        ("\\eOH", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"), ("\\e[8~", "ed-move-to-end"),
        ("\\e[F", "ed-move-to-end"), ("\\eOF", "ed-move-to-end"), ("\\e[3~", "ed-delete-next-char"),
    ]

    init?(history file: String?) {
        setlocale(LC_CTYPE, "")
        guard let editor = ce_open("fluxlua") else { return nil }
        guard let list = history_init(), let prompt = strdup("") else {
            el_end(editor)
            return nil
        }
        self.editor = editor
        self.list = list
        self.prompt = prompt
        historyFile = file
        ce_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
        ce_set_prompt(editor) { editor in LineEditor.of(editor)?.prompt }
        ce_set_keys(editor, "emacs")
        // Ctrl-C is a key while a line is edited, not a signal.
        ce_set_terminal(editor, "-d", "-isig")
        ce_add_command(editor, "abandon", "Drop the line") { editor, _ in
            guard let editor, let owner = LineEditor.of(editor) else { return UInt8(CC_ERROR) }
            owner.isAbandoned = true
            return UInt8(CC_EOF)
        }
        ce_bind(editor, "^C", "abandon")
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

    /// The next line without its end; nil at the end of input. Blocks.
    func line(prompt text: String) -> Line? {
        free(prompt)
        prompt = strdup(text)
        // libedit prompts at a terminal only.
        if isatty(STDIN_FILENO) == 0 { print(text, terminator: "") }
        isAbandoned = false
        var count: Int32 = 0
        let bytes = el_gets(editor, &count)
        if isAbandoned {
            print("^C")
            return .abandoned
        }
        guard let bytes, count > 0 else { return nil }
        return .text(String(cString: bytes).trimmingLineEnd)
    }

    /// Adds to the history, in memory and in its file.
    func remember(_ text: String) {
        ce_history_add(list, text)
        guard let historyFile else { return }
        makeFolders(for: historyFile)
        ce_history_save(list, historyFile)
        chmod(historyFile, 0o600)
    }

    private func makeFolders(for file: String) {
        for (index, character) in zip(file.indices, file) where character == "/" && index != file.startIndex {
            mkdir(String(file[..<index]), 0o700)
        }
    }
}

extension String {
    fileprivate var trimmingLineEnd: String {
        hasSuffix("\n") ? String(dropLast()) : self
    }
}
