/// Counts of what was asked and answered.
struct RequestLog: Sendable {
    /// By call, such as `POST /v2/images/generate`; what has no route under `other`.
    private(set) var requests: [String: Int] = [:]
    /// By HTTP status; answers that broke off under 0.
    private(set) var answers: [Int: Int] = [:]

    mutating func count(_ call: Call?) {
        requests[call?.name ?? "other", default: 0] += 1
    }

    mutating func count(status: Int) {
        answers[status, default: 0] += 1
    }
}
