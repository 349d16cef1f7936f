import Synchronization

/// The body of an answer that goes on for as long as both sides like, such as server-sent events.
package final class ResponseStream: Sendable, Hashable {
    private struct State {
        var waiting: [UInt8] = []
        var hasEnded = false
        var isClosed = false
        /// Wakes the connection that rests.
        var wake: (@Sendable () -> Void)?
        var onClose: (@Sendable () -> Void)?
    }

    /// What a client that reads nothing may leave behind; then it is given up.
    private static let limit = 4 << 20

    private let state = Mutex(State())

    package init() {}

    /// Sends bytes, from any thread. False: nobody reads any more.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        let (wake, isOpen) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
            guard !state.isClosed, !state.hasEnded else { return (nil, false) }
            state.waiting += bytes
            if state.waiting.count > Self.limit { state.hasEnded = true }
            defer { state.wake = nil }
            return (state.wake, true)
        }
        wake?()
        return isOpen
    }

    /// Ends the answer, once all of it is read.
    package func end() {
        let wake = state.withLock { state in
            state.hasEnded = true
            defer { state.wake = nil }
            return state.wake
        }
        wake?()
    }

    /// Called once when the client has gone, or the answer ended.
    package func onClose(_ body: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.onClose = body }
            return state.isClosed
        }
        if isClosed { body() }
    }

    /// Moves what is waiting into a buffer; 0: nothing is there, and `rest` says what wakes the connection; nil: the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, rest: () -> (@Sendable () -> Void)?) -> Int? {
        state.withLock { state in
            if state.waiting.isEmpty {
                guard !state.hasEnded, let wake = rest() else { return nil }
                state.wake = wake
                return 0
            }
            let count = min(buffer.count, state.waiting.count)
            buffer.copyBytes(from: state.waiting[..<count])
            state.waiting.removeFirst(count)
            return count
        }
    }

    func closed() {
        let onClose = state.withLock { state in
            state.isClosed = true
            state.wake = nil
            defer { state.onClose = nil }
            return state.onClose
        }
        onClose?()
    }

    package static func == (one: ResponseStream, other: ResponseStream) -> Bool { one === other }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// The connection's side of a stream.
final class StreamedBody: PiecewiseBody {
    private let stream: ResponseStream
    private unowned let server: HTTPServer
    private let connection: OpaquePointer

    /// `MHD_CONTENT_READER_END_OF_STREAM`, a macro with a cast, which Swift does not import.
    private static let end = -1

    init(_ stream: ResponseStream, _ server: HTTPServer, _ connection: OpaquePointer) {
        self.stream = stream
        self.server = server
        self.connection = connection
    }

    deinit { stream.closed() }

    func read(from position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        stream.read(into: buffer) { server.rest(connection) } ?? Self.end
    }
}
