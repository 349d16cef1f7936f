import Synchronization

/// When each connection must have come further. libmicrohttpd closes connections that say nothing for a while; one that
/// sends a byte every few seconds it would serve for ever.
package final class ConnectionDeadlines: Sendable {
    package struct Limits: Sendable {
        /// For the head of a request, and for its body beside the time that its bytes may take.
        package var allowance = Duration.seconds(30)
        /// The slowest body that is waited for.
        package var bytesPerSecond = 16 << 10
        /// Between two requests, beside the allowance; libmicrohttpd closes those that are silent so long.
        package var idle = Duration.seconds(75)
    }

    /// A connection, named by its address.
    package typealias ConnectionID = UInt

    private struct Entry {
        package let descriptor: Int32
        /// Nil while the server is at work on its answer.
        package var deadline: Duration?
    }

    private let entries = Mutex<[ConnectionID: Entry]>([:])
    private let terms: Limits
    private let time: ServiceClock

    package init(_ terms: Limits, _ time: ServiceClock) {
        self.terms = terms
        self.time = time
    }

    package func connectionOpened(_ name: ConnectionID, descriptor: Int32) {
        let deadline = time.elapsed() + terms.allowance
        entries.withLock { $0[name] = Entry(descriptor: descriptor, deadline: deadline) }
    }

    /// Called before its descriptor is closed, so that no other connection's is ever shut down for it.
    package func connectionClosed(_ name: ConnectionID) {
        entries.withLock { $0[name] = nil }
    }

    /// - Parameter length: of the body to come, as announced, or else the longest that is read.
    package func headArrived(_ name: ConnectionID, length: Int) {
        move(name, to: time.elapsed() + terms.allowance + .seconds(1) * (length / terms.bytesPerSecond))
    }

    package func requestArrived(_ name: ConnectionID) { move(name, to: nil) }

    package func answered(_ name: ConnectionID) { move(name, to: time.elapsed() + terms.idle + terms.allowance) }

    private func move(_ name: ConnectionID, to deadline: Duration?) {
        entries.withLock { $0[name]?.deadline = deadline }
    }

    /// Shuts down, once a second, every connection whose time is up; its thread then sees the end of it. Ends when
    /// cancelled.
    package func watch() async {
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
