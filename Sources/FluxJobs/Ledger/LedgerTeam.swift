import Dispatch
import FluxClient
import PostgreSQL
import SQL
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A run's place among those that share a ledger on a server: says again and again that the run lives, hears what the
/// others do, and takes over the looks at the service when nobody makes them.
///
/// It has a thread and a connection of its own, so that it goes on while the ledger writes. What it can not do while the
/// server is away it does when that is back.
final class LedgerTeam: RunPresence {
    private struct State {
        var listener: (@Sendable (LedgerEvent) -> Void)?
        var pause: Int64?
        /// What the listener was told last.
        var watches: Bool?
        var isStopped = false
    }

    private let address: String
    private let run: Int64
    private let account: String
    private let state = Mutex(State())
    private let hasStopped = DispatchSemaphore(value: 0)
    private let wakeReader: Int32
    private let wakeWriter: Int32

    /// How often a run says that it lives: several times within its lease.
    private static let heartbeat = Duration.seconds(5)
    /// How often who does not make the looks tries to.
    private static let election = Duration.seconds(1)
    private static let longestWait = Duration.seconds(4)

    init(address: String, run: Int64, account: String) {
        self.address = address
        self.run = run
        self.account = account
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        (wakeReader, wakeWriter) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        // A queue of its own is a thread while it works.
        DispatchQueue(label: "fluxlua.team").async { self.main() }
    }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    // MARK: Of any thread

    func listen(_ body: @escaping @Sendable (LedgerEvent) -> Void) {
        state.withLock { $0.listener = body }
        wake()
    }

    /// Whether this run makes the looks; nil: that is not decided yet.
    var watches: Bool? { state.withLock { $0.watches } }

    func tellPause(until: Int64) {
        state.withLock { $0.pause = max($0.pause ?? 0, until) }
        wake()
    }

    func release(_ run: Int64) { abandon() }

    func abandon() {
        state.withLock { $0.isStopped = true }
        wake()
        hasStopped.wait()
        hasStopped.signal()
    }

    // The server forgets nothing.
    func raise(request: Int64) {}

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeWriter, &byte, 1)
    }

    private func send(_ event: LedgerEvent) {
        let listener = state.withLock { state in
            if case .watches(let watches) = event { state.watches = watches }
            return state.listener
        }
        listener?(event)
    }

    private var hasListener: Bool { state.withLock { $0.listener != nil } }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    // MARK: The thread

    private func main() {
        defer { hasStopped.signal() }
        var wait = Duration.milliseconds(250)
        while !isStopped {
            do throws(SQLError) {
                try serve { wait = .milliseconds(250) }
            } catch {
                // Nobody knows who looks now: better each looks after its own.
                send(.watches(true))
                sleep(wait, nil)
                wait = min(wait * 2, Self.longestWait)
            }
        }
    }

    /// Serves on one connection, until it breaks or the run ends.
    private func serve(connected: () -> Void) throws(SQLError) {
        let connection = try PostgreSQLConnection(url: address, patience: 10_000)
        try connection.execute("SET search_path = fluxlua, public; LISTEN fluxlua")
        connected()
        send(.connected)
        let clock = ContinuousClock()
        var watches: Bool?
        var (nextBeat, nextElection) = (clock.now, clock.now)
        while !isStopped {
            if clock.now >= nextBeat {
                try connection.run(
                    "UPDATE runs SET lease_until = \(PostgreSQLLedger.now) + ? WHERE id = ? AND ended_at IS NULL",
                    [.integer(PostgreSQLLedger.lease), .integer(run)])
                nextBeat = clock.now + Self.heartbeat
            }
            // Who has asked for nothing does not look either, and leaves that to others.
            let isCandidate = watches != true && hasListener
            if isCandidate, clock.now >= nextElection {
                let isElected = try takesTheWatch(connection)
                if isElected != watches { send(.watches(isElected)) }
                watches = isElected
                nextElection = clock.now + Self.election
            }
            if let pause = state.withLock({ state in
                defer { state.pause = nil }
                return state.pause
            }) {
                try connection.run("SELECT pg_notify('fluxlua', ?)", [.text("\(run) p \(pause)")])
            }
            for (_, payload) in try connection.notifications() {
                if let event = event(payload) { send(event) }
            }
            let next = isCandidate ? min(nextBeat, nextElection) : nextBeat
            sleep(clock.now.duration(to: next), connection.descriptor)
        }
    }

    /// The lock goes with the connection, however that ends.
    private func takesTheWatch(_ connection: PostgreSQLConnection) throws(SQLError) -> Bool {
        let row = try connection.run(
            "SELECT pg_try_advisory_lock(\(PostgreSQLLedger.watcherLockClass), hashtext(?)) AS taken", [.text(account)]
        ).first
        return row?["taken"].text == "t"
    }

    private func sleep(_ duration: Duration, _ descriptor: Int32?) {
        guard duration > .zero else { return }
        var descriptors = [pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)]
        if let descriptor { descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
        let (seconds, attoseconds) = duration.components
        _ = poll(
            &descriptors, nfds_t(descriptors.count), Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeReader, &bytes, bytes.count) > 0 {}
    }

    // MARK: What is told

    /// `RUN c KEY KEY …` or `RUN p MILLISECONDS`.
    static func message(from run: Int64, changed keys: [String]) -> String {
        "\(run) c \(keys.joined(separator: " "))"
    }

    private func event(_ message: String) -> LedgerEvent? {
        let words = message.split(separator: " ")
        guard words.count >= 3, words[0] != String(run) else { return nil }
        switch words[1] {
        case "c": return .changed(words.dropFirst(2).map(String.init))
        case "p": return Int64(words[2]).map { .paused(until: $0) }
        default: return nil
        }
    }
}
