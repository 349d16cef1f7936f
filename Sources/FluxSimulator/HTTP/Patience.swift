import Synchronization

/// When each connection must have come further. libmicrohttpd closes connections that say nothing for a while; one that
/// sends a byte every few seconds it would serve for ever.
final class Patience: Sendable {
    struct Terms: Sendable {
        /// For the head of a request, and for its body beside the time that its bytes may take.
        var allowance = Duration.seconds(30)
        /// The slowest body that is waited for.
        var bytesPerSecond = 16 << 10
        /// Between two requests, beside the allowance; libmicrohttpd closes those that are silent so long.
        var idle = Duration.seconds(75)
    }

    /// A connection, named by its address.
    typealias Name = UInt

    private struct Entry {
        let descriptor: Int32
        /// Nil while the server is at work on its answer.
        var deadline: Duration?
    }

    private let entries = Mutex<[Name: Entry]>([:])
    private let terms: Terms
    private let time: ServiceTime

    init(_ terms: Terms, _ time: ServiceTime) {
        self.terms = terms
        self.time = time
    }

    func connectionOpened(_ name: Name, descriptor: Int32) {
        let deadline = time.elapsed() + terms.allowance
        entries.withLock { $0[name] = Entry(descriptor: descriptor, deadline: deadline) }
    }

    /// Called before its descriptor is closed, so that no other connection's is ever shut down for it.
    func connectionClosed(_ name: Name) {
        entries.withLock { $0[name] = nil }
    }

    /// - Parameter length: of the body to come, as announced, or else the longest that is read.
    func headArrived(_ name: Name, length: Int) {
        move(name, to: time.elapsed() + terms.allowance + .seconds(1) * (length / terms.bytesPerSecond))
    }

    func requestArrived(_ name: Name) { move(name, to: nil) }

    func answered(_ name: Name) { move(name, to: time.elapsed() + terms.idle + terms.allowance) }

    private func move(_ name: Name, to deadline: Duration?) {
        entries.withLock { $0[name]?.deadline = deadline }
    }

    /// Shuts down, once a second, every connection whose time is up; its thread then sees the end of it. Ends when
    /// cancelled.
    func watch() async {
        while (try? await time.sleep(until: time.elapsed() + .seconds(1))) != nil {
            let now = time.elapsed()
            entries.withLock { entries in
                for (name, entry) in entries {
                    guard let deadline = entry.deadline, deadline <= now else { continue }
                    shutDown(entry.descriptor)
                    entries[name]?.deadline = nil
                }
            }
        }
    }
}
