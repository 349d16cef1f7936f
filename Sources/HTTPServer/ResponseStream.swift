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

    /// What a reader gets.
    enum Reading: Equatable {
        case bytes(Int)
        /// Nothing is there: the connection rests.
        case nothing
        case end
        /// The server is stopping.
        case broken
    }

    /// Moves what is waiting into a buffer.
    /// - Parameter rest: gives what wakes the connection; nil when the server is stopping.
    func read(into buffer: UnsafeMutableRawBufferPointer, rest: () -> (@Sendable () -> Void)?) -> Reading {
        state.withLock { state in
            if state.waiting.isEmpty {
                if state.hasEnded { return .end }
                guard let wake = rest() else { return .broken }
                state.wake = wake
                return .nothing
            }
            let count = min(buffer.count, state.waiting.count)
            buffer.copyBytes(from: state.waiting[..<count])
            state.waiting.removeFirst(count)
            return .bytes(count)
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
        switch stream.read(into: buffer, rest: { server.rest(connection) }) {
        case .bytes(let count): count
        case .nothing: 0
        case .end: Self.end
        // The client learns that more would have come.
        case .broken: PartialBody.end
        }
    }
}
