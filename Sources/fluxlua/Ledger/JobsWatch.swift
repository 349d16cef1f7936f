import Dispatch
import FluxClient
import FluxJobs

/// `fluxlua jobs --watch`: shows what becomes of the jobs on a ledger, whoever runs them, until it is interrupted.
final class JobsWatch {
    private let host: HostEnvironment
    private let path: String
    private let filter: RecordFilter
    private let isJSON: Bool
    private var reader: LedgerReader
    private var isAway = false
    private var version: Int64?

    /// How often it asks whether anything has changed, in milliseconds.
    private static let interval = 500

    /// - Throws: kind `io` when the ledger cannot be read.
    init(host: HostEnvironment, path: String, filter: RecordFilter, isJSON: Bool) throws(FluxError) {
        self.host = host
        self.path = path
        self.filter = filter
        self.isJSON = isJSON
        reader = try LedgerReader(path: path)
    }

    /// Blocks the calling thread.
    /// - Returns: the exit status: the signal that ended it, or that nobody reads on.
    func run() throws(FluxError) -> Int32 {
        let isStopped = DispatchSemaphore(value: 0)
        let stop = StopSignal { isStopped.signal() }
        let isOnTerminal = host.outputWidth != nil && !isJSON
        var screen = Screen(host: host)
        var changes = Changes()
        while stop.signal == nil {
            do throws(FluxError) {
                if isAway { reader = try LedgerReader(path: path, patience: 0) }
                let version = try reader.version()
                if version != self.version || isAway {
                    let status =
                        isOnTerminal ? try draw(&screen) : host.put(try text(of: changes.read(reader, filter)))
                    guard status == ExitStatus.success else { return status }
                    self.version = version
                } else if isOnTerminal, screen.hasNewSize {
                    guard try draw(&screen) == ExitStatus.success else { return ExitStatus.scriptFailed }
                }
                if isAway { host.say("the ledger can be read again") }
                isAway = false
            } catch {
                // A server comes back; a file that cannot be read stays so.
                guard reader.isShared else { throw error }
                if !isAway { host.say("\(error.message); waiting until it can be read again") }
                isAway = true
            }
            _ = isStopped.wait(timeout: .now() + .milliseconds(Self.interval))
        }
        screen.leave()
        return ExitStatus.interrupted(by: stop.signal ?? 0)
    }

    // MARK: On a terminal

    private func draw(_ screen: inout Screen) throws(FluxError) -> Int32 {
        let size = screen.size
        let work = try work()
        var filter = filter
        // The title, and a line between the tables.
        let room = max(1, size.rows - 2 - (work.isEmpty ? 0 : work.count + 2))
        filter.limit = min(filter.limit ?? room, room)
        let requests = try reader.requests(filter)
        let accounts = Set(requests.map(\.identity.account))
        let table = JobsTable(
            isForPeople: true, tellsService: accounts.count > 1, tellsMember: work.count > 1, now: host.now())
        var lines = members(work, width: size.columns)
        if requests.isEmpty {
            lines.append("no such jobs yet (Ctrl-C ends)")
        } else {
            lines += Self.lines(table.text(of: requests, width: size.columns))
        }
        return screen.draw(lines, size)
    }

    /// Of each member since midnight, or another moment; empty where one machine is alone.
    private func work() throws(FluxError) -> [LedgerReader.MemberWork] {
        let members = try reader.members()
        guard reader.isShared || members.count > 1 else { return [] }
        let since = filter.since ?? TimestampFormat(now: host.now()).since("today") ?? 0
        return try reader.work(since: since)
    }

    private func members(_ work: [LedgerReader.MemberWork], width: Int) -> [String] {
        guard !work.isEmpty else { return [] }
        var table = TextTable(columns: [
            TextTable.Column(title: "MEMBER", canShrink: true), TextTable.Column(title: "OPEN", isNumber: true),
            TextTable.Column(title: "MADE", isNumber: true), TextTable.Column(title: "FAILED", isNumber: true),
            TextTable.Column(title: "CREDITS", isNumber: true),
        ])
        table.rows = work.map { member in
            [
                member.member.isEmpty ? "-" : member.member, String(member.open), String(member.made),
                String(member.failed), String(member.credits),
            ]
        }
        return Self.lines(table.text(width: width)) + [""]
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    /// The lines that stand on the terminal, drawn in place of those before. The cursor rests at their beginning.
    private struct Screen {
        let host: HostEnvironment
        private var lines: [String] = []
        private var drawnSize: TerminalWindow?

        init(host: HostEnvironment) { self.host = host }

        var size: TerminalWindow { host.window() ?? TerminalWindow() }

        var hasNewSize: Bool { drawnSize != size }

        mutating func draw(_ lines: [String], _ size: TerminalWindow) -> Int32 {
            self.lines = Array(lines.prefix(max(1, size.rows - 1)))
            drawnSize = size
            var text = "\r\u{1B}[J" + self.lines.joined(separator: "\r\n")
            if self.lines.count > 1 { text += "\u{1B}[\(self.lines.count - 1)A" }
            return host.put(text + "\r")
        }

        /// What was seen last stays, with the cursor below it.
        func leave() {
            guard !lines.isEmpty else { return }
            _ = host.put("\r\u{1B}[J" + lines.joined(separator: "\r\n") + "\n")
        }
    }

    // MARK: For other programs

    private func text(of requests: [RequestRecord]) throws(FluxError) -> String {
        guard isJSON else {
            return JobsTable(
                isForPeople: false, tellsService: false, tellsMember: reader.isShared, now: host.now()
            ).text(of: requests, width: nil)
        }
        var lines = ""
        for request in requests { lines += try reader.entry(of: request).json.line }
        return lines
    }

    /// What was told of the jobs so far.
    private struct Changes {
        /// The words that were told of jobs without an end.
        private var open: [Int64: String] = [:]
        private var last: Int64?

        /// Few enough for one statement.
        private static let batch = 500

        /// The jobs of which something new is known, in their order.
        mutating func read(_ reader: LedgerReader, _ filter: RecordFilter) throws(FluxError) -> [RequestRecord] {
            var wanted = filter
            // What a job becomes may be what was asked for.
            (wanted.limit, wanted.status) = (nil, nil)
            var records: [RequestRecord]
            if let last {
                (wanted.after, wanted.isOpen) = (last, false)
                records = try reader.requests(wanted)
            } else {
                // Of those before, only what is open is told.
                let newest = try newest(reader)
                last = newest
                wanted.isOpen = true
                records = try reader.requests(wanted).filter { $0.id <= newest }
            }
            (wanted.after, wanted.isOpen) = (nil, false)
            let known = Array(open.keys)
            for start in stride(from: 0, to: known.count, by: Self.batch) {
                wanted.numbers = Array(known[start..<min(start + Self.batch, known.count)])
                records += try reader.requests(wanted)
            }
            var changed: [RequestRecord] = []
            for record in records.sorted(by: { $0.id < $1.id }) {
                last = max(last ?? 0, record.id)
                let word = "\(record.statusWord) \(record.state.rawValue)"
                if open[record.id] != word, filter.picks(record) { changed.append(record) }
                let isOpen = [.written, .accepted, .completed].contains(record.state)
                open[record.id] = isOpen ? word : nil
            }
            return changed
        }

        private func newest(_ reader: LedgerReader) throws(FluxError) -> Int64 {
            var filter = RecordFilter()
            filter.limit = 1
            return try reader.requests(filter).first?.id ?? 0
        }
    }
}

extension RecordFilter {
    /// Whether a job has the status that is asked for.
    fileprivate func picks(_ record: RequestRecord) -> Bool {
        if isOpen { return [.written, .accepted, .completed].contains(record.state) }
        guard let status else { return true }
        return record.status?.rawValue == status.uppercased() || record.state.rawValue == status.lowercased()
    }
}
