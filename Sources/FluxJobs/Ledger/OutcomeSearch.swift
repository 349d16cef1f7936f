import FluxClient

/// Whether a job of the service's list is the one that a request made, whose answer was lost.
enum OutcomeSearch {
    enum Verdict: Sendable, Hashable {
        case same
        case different
        /// The service does not tell enough of what the job was asked with.
        case unclear
    }

    /// When the job can have been made, by the service's clock.
    static func window(of record: RequestRecord, clockOffset: Int64) -> ClosedRange<Int64> {
        let from = record.writtenAt + clockOffset - 15 * 60_000
        return from...max(from, record.sentAt + clockOffset + 2 * 3_600_000)
    }

    /// Whether a list whose oldest job was made at that time still shows all that was made since the request was written
    /// down. A service may forget old jobs: that a list which begins later does not show one tells nothing.
    static func reachesBack(to record: RequestRecord, oldest: Int64, clockOffset: Int64) -> Bool {
        // Jobs that were asked for together, or nearly so, are forgotten together.
        oldest <= record.writtenAt + clockOffset + 60_000
    }

    /// Compares what was sent with what the service says that a job was asked with. It may have filled in defaults; what
    /// was sent must all be there.
    static func verdict(sent body: [UInt8], input: JSONValue?) -> Verdict {
        guard let input, let sent = try? JSONValue(parsing: body) else { return .unclear }
        return compare(sent, input)
    }

    private static func compare(_ sent: JSONValue, _ told: JSONValue) -> Verdict {
        guard case .object(let members) = sent else { return sent.normalised == told.normalised ? .same : .different }
        guard case .object(let known) = told else { return .unclear }
        var verdict = Verdict.same
        for (name, value) in members {
            guard let other = known[name] else {
                verdict = .unclear
                continue
            }
            switch compare(value, other) {
            case .different: return .different
            case .unclear: verdict = .unclear
            case .same: break
            }
        }
        return verdict
    }
}
