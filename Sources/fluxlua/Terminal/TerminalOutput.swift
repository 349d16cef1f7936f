import CTerminal
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The one writer of the terminal. What scripts and the program print stands as if nothing else were there; below it, in
/// lines that come and go, is what is under way.
///
/// The cursor rests at the beginning of these lines, so that they can be taken away whatever became of the window since.
final class TerminalOutput: Sendable {
    /// Writes bytes to a descriptor; 0, or the code of what went wrong.
    typealias Write = @Sendable (ArraySlice<UInt8>, Int32) -> Int32

    private struct State {
        /// What is to be seen below; empty: nothing.
        var lines: [String] = []
        var isDrawn = false
        /// Of what was printed: nothing is drawn behind half a line.
        var isAtLineStart = true
        /// While a line is edited, what is printed waits for who edits it.
        var isEditing = false
        var waiting: [UInt8] = []
    }

    private let state = Mutex(State())
    private let write: Write
    /// Can be read from when something waits to be printed above the line that is edited; -1 where that cannot be.
    let wakeDescriptor: Int32
    private let wakeEnd: Int32

    init(write: @escaping Write) {
        self.write = write
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        (wakeDescriptor, wakeEnd) = (ends[0], ends[1])
    }

    deinit {
        if wakeDescriptor >= 0 {
            close(wakeDescriptor)
            close(wakeEnd)
        }
    }

    /// What is printed, above the lines that come and go.
    /// - Returns: 0, or the code of what went wrong.
    func print(_ bytes: some BidirectionalCollection<UInt8>, to descriptor: Int32) -> Int32 {
        state.withLock { state in
            guard let last = bytes.last else { return 0 }
            if state.isEditing {
                state.waiting += bytes
                var signal: UInt8 = 0
                _ = systemWrite(wakeEnd, &signal, 1)
                return 0
            }
            clear(&state)
            let code = write(Array(bytes)[...], descriptor)
            state.isAtLineStart = last == UInt8(ascii: "\n")
            redraw(&state)
            return code
        }
    }

    /// Draws the lines, in place of those drawn before. Each must fit the window.
    func draw(_ lines: [String]) {
        state.withLock { state in
            guard lines != state.lines || !state.isDrawn else { return }
            state.lines = lines
            redraw(&state)
        }
    }

    /// Takes the lines away.
    func erase() {
        state.withLock { state in
            state.lines = []
            clear(&state)
        }
    }

    // MARK: While a line is edited

    func beginEditing() { state.withLock { $0.isEditing = true } }

    /// What waited for the end of a line that was never ended is printed now.
    func endEditing() {
        let rest = state.withLock { state in
            state.isEditing = false
            defer { state.waiting = [] }
            return state.waiting
        }
        _ = print(rest, to: STDOUT_FILENO)
    }

    /// What waits to be printed, up to its last line's end; the rest waits on.
    func takeWaiting() -> [UInt8] {
        var signals = [UInt8](repeating: 0, count: 64)
        while systemRead(wakeDescriptor, &signals, signals.count) == signals.count {}
        return state.withLock { state in
            guard let end = state.waiting.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
            let whole = Array(state.waiting[...end])
            state.waiting.removeFirst(whole.count)
            return whole
        }
    }

    private func clear(_ state: inout State) {
        guard state.isDrawn else { return }
        state.isDrawn = false
        _ = write(Array("\r\u{1B}[J".utf8)[...], STDERR_FILENO)
    }

    private func redraw(_ state: inout State) {
        guard state.isAtLineStart, !state.lines.isEmpty else { return }
        var text = "\r\u{1B}[J" + state.lines.joined(separator: "\r\n")
        if state.lines.count > 1 { text += "\u{1B}[\(state.lines.count - 1)A" }
        text += "\r"
        state.isDrawn = write(Array(text.utf8)[...], STDERR_FILENO) == 0
    }

    // MARK: The C library's streams

    private static let shared = Mutex<TerminalOutput?>(nil)

    /// Takes over what C code and Lua print, which must not have been used so far. For the rest of the process.
    func takeOverStreams(output: Bool, error: Bool) {
        Self.shared.withLock { $0 = self }
        let writer: ct_writer = { descriptor, bytes, count in
            guard let owner = TerminalOutput.shared.withLock(\.self) else { return -1 }
            let code = owner.print(UnsafeRawBufferPointer(start: bytes, count: count), to: descriptor)
            if code == 0 { return count }
            errno = code
            return -1
        }
        if output { ct_redirect(STDOUT_FILENO, writer) }
        if error { ct_redirect(STDERR_FILENO, writer) }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
