import Synchronization

/// Messages to the runtime from other threads. Many messages cost one wake-up.
final class LuaMailbox: Sendable {
    enum Message: Sendable {
        case finished(Int64, LuaResumption)
        case reconsider(Int64)
        case letGo(Int64)
    }

    private struct Content {
        var messages: [Message] = []
        var isAnnounced = false
    }

    private let content = Mutex(Content())
    private let thread: LuaThread
    private let receive = Mutex<Callback?>(nil)

    init(thread: LuaThread) { self.thread = thread }

    /// What runs on the runtime's thread when messages are there.
    func onMail(_ body: @escaping @Sendable () -> Void) { receive.withLock { $0 = Callback(body: body) } }

    func send(_ message: Message) {
        let isFirst = content.withLock { content in
            content.messages.append(message)
            defer { content.isAnnounced = true }
            return !content.isAnnounced
        }
        if isFirst { thread.perform { [self] in receive.withLock { $0 }?() } }
    }

    func takeAll() -> [Message] {
        content.withLock { content in
            defer { content = Content() }
            return content.messages
        }
    }
}
