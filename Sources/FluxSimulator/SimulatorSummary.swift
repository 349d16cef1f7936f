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
        let now = time.elapsed()
        let log = log.withLock { $0 }
        return books.withLock { books in
            let states = books.jobs.map { (status: $0.status(at: now), cost: $0.cost) }
            return SimulatorSummary(
                requests: log.requests, answers: log.answers, jobs: states.count, replays: books.replayCount,
                completed: states.count { $0.status == .completed }, failed: states.count { $0.status == .failed },
                creditsBilled: states.reduce(0) { $0 + ($1.status == .failed ? 0 : $1.cost) },
                creditsLeft: books.credits(at: now))
        }
    }
}
