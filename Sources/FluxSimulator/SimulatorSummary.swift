import FluxClient

/// What a simulator has done so far.
public struct SimulatorSummary: Sendable, Hashable {
    /// Requests by call, such as `POST /v2/images/generate` or `GET /v2/jobs/{id}`; what has no route under `other`.
    public var requests: [String: Int] = [:]
    /// Answers by HTTP status; answers that broke off under 0.
    public var answers: [Int: Int] = [:]
    /// Jobs that were accepted.
    public var jobs = 0
    /// Submits that gave an earlier job of the same idempotency key.
    public var replays = 0
    public var completed = 0
    public var failed = 0
    /// Credits of all jobs but the failed ones.
    public var creditsBilled = 0
    /// What the account still holds.
    public var creditsLeft = 0
    /// How often something went wrong on purpose, by kind of fault, such as `429` or `drop-answer`.
    public var faults: [String: Int] = [:]

    public init() {}

    /// What came after `earlier`; the account's credits stay what they are.
    static func - (later: SimulatorSummary, earlier: SimulatorSummary) -> SimulatorSummary {
        func rest<Key>(_ counts: [Key: Int], _ before: [Key: Int]) -> [Key: Int] {
            counts.reduce(into: [:]) { rest, count in
                let number = count.value - (before[count.key] ?? 0)
                if number != 0 { rest[count.key] = number }
            }
        }
        var difference = later
        difference.requests = rest(later.requests, earlier.requests)
        difference.answers = rest(later.answers, earlier.answers)
        difference.faults = rest(later.faults, earlier.faults)
        difference.jobs -= earlier.jobs
        difference.replays -= earlier.replays
        difference.completed -= earlier.completed
        difference.failed -= earlier.failed
        difference.creditsBilled -= earlier.creditsBilled
        return difference
    }

    /// The body of `GET /_sim/log`.
    var json: JSONValue {
        func counts(_ counts: some Sequence<(key: String, value: Int)>) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: counts.map { ($0.key, .integer(Int64($0.value))) }))
        }
        return [
            "requests": counts(requests),
            "answers": counts(answers.map { (key: String($0.key), value: $0.value) }),
            "jobs": counts([
                (key: "made", value: jobs), (key: "replayed", value: replays), (key: "completed", value: completed),
                (key: "failed", value: failed),
            ]),
            "faults": counts(faults),
            "credits": counts([(key: "billed", value: creditsBilled), (key: "left", value: creditsLeft)]),
        ]
    }
}

extension SimulatorSummary: CustomStringConvertible {
    /// One line, such as `4 requests; 1 job (1 completed, 0 failed, 0 replayed); 10 credits billed`.
    public var description: String {
        let all = requests.values.reduce(0, +)
        return "\(all) \(all == 1 ? "request" : "requests"); \(jobs) \(jobs == 1 ? "job" : "jobs") "
            + "(\(completed) completed, \(failed) failed, \(replays) replayed); \(creditsBilled) credits billed"
    }

    /// A line for each call that was made, then how all were answered and what went wrong on purpose, each line ended.
    public var table: String {
        func list(_ counts: some Sequence<(key: String, value: Int)>) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        }
        var lines = requests.sorted { $0.key < $1.key }.map { call, count in
            String(repeating: " ", count: max(0, 8 - String(count).count)) + "\(count)  \(call)"
        }
        let statuses = answers.map { (key: $0.key == 0 ? "broken off" : String($0.key), value: $0.value) }
        if !statuses.isEmpty { lines.append("answers: \(list(statuses))") }
        if !faults.isEmpty { lines.append("faults: \(list(faults.map { $0 }))") }
        return lines.map { "  \($0)\n" }.joined()
    }
}

extension Service {
    func summary() -> SimulatorSummary {
        let log = log.withLock { $0 }
        return withBooks { stateMachine in
            var summary = SimulatorSummary()
            summary.requests = log.requests
            summary.answers = log.answers
            summary.jobs = stateMachine.tally.made
            summary.replays = stateMachine.tally.replayed
            summary.completed = stateMachine.tally.completed
            summary.failed = stateMachine.tally.failed
            summary.creditsBilled = stateMachine.tally.billed
            summary.creditsLeft = stateMachine.credits
            summary.faults = stateMachine.faults.fired
            return summary
        }
    }
}
