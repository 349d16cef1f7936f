import FluxClient

/// What a simulator has done so far.
public struct SimulatorSummary: Sendable, Hashable {
    /// Requests by call, such as `POST /v2/images/generate` or `GET /v2/jobs/{id}`; what has no route under `other`.
    public var requests: [String: Int]
    /// Answers by HTTP status; answers that broke off under 0.
    public var answers: [Int: Int]
    /// Jobs that were accepted.
    public var jobs: Int
    /// Submits that gave an earlier job of the same idempotency key.
    public var replays: Int
    public var completed: Int
    public var failed: Int
    /// Credits of all jobs but the failed ones.
    public var creditsBilled: Int
    /// What the account still holds.
    public var creditsLeft: Int

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
}

extension Service {
    func summary() -> SimulatorSummary {
        let log = log.withLock { $0 }
        return withBooks { books in
            SimulatorSummary(
                requests: log.requests, answers: log.answers, jobs: books.tally.made, replays: books.tally.replayed,
                completed: books.tally.completed, failed: books.tally.failed, creditsBilled: books.tally.billed,
                creditsLeft: books.credits)
        }
    }
}
