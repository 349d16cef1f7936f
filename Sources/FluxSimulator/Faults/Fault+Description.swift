extension Fault: CustomStringConvertible {
    /// The shortest text form that is read as this fault.
    public var description: String {
        var words = effect.words
        if let prompt { words.append("prompt=\(prompt)") }
        if let call, call != effect.usualCall { words.append("call=\(call.rawValue)") }
        if after > 0 { words.append("after=\(after)") }
        if every > 1 { words.append("every=\(every)") }
        if rate < 1 { words.append("rate=\(rate)") }
        if let times { words.append("times=\(times)") }
        return words.isEmpty ? effect.kind : "\(effect.kind):\(words.joined(separator: ","))"
    }
}

extension Fault.Effect {
    /// What stands before the colon.
    var kind: String {
        switch self {
        case .answer(let status, _, _): String(status)
        case .drop: "drop"
        case .dropAnswer: "drop-answer"
        case .delay: "delay"
        case .cut: "cut"
        case .slow: "slow"
        case .wrongPicture: "wrong"
        case .failJob(let reason): reason == Fault.moderationReason ? "moderated" : "fail"
        case .latePictures: "late"
        case .result: "result"
        case .webhook(let trouble): "webhook-\(trouble.rawValue)"
        case .clock: "clock"
        }
    }

    /// What it says about itself behind the colon.
    fileprivate var words: [String] {
        switch self {
        case .answer(_, let body, let retryAfter):
            (body == .json ? [] : ["body=\(body.rawValue)"]) + Self.words(retryAfter)
        case .drop(let reset): reset ? ["how=rst"] : []
        case .dropAnswer(let loss): loss == .afterHead ? [] : ["how=\(loss.rawValue)"]
        case .delay(let duration), .latePictures(let duration): ["seconds=\(Self.seconds(duration))"]
        case .cut(let bytes): bytes.map { ["bytes=\($0)"] } ?? []
        case .slow(let speed): ["speed=\(speed)"]
        case .wrongPicture(let how): how == .other ? [] : ["how=\(how.rawValue)"]
        case .failJob(let reason):
            [Fault.defaultReason, Fault.moderationReason].contains(reason) ? [] : ["reason=\(reason)"]
        case .result(let shape): ["shape=\(shape.rawValue)"]
        case .webhook: []
        case .clock(let seconds): ["seconds=\(seconds)"]
        }
    }

    /// `3`, or `0.5`
    private static func seconds(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return Int(exactly: seconds).map { String($0) } ?? String(seconds)
    }

    private static func words(_ retryAfter: Fault.RetryAfter?) -> [String] {
        switch retryAfter {
        case .seconds(let seconds): ["retry-after=\(seconds)"]
        case .date(let seconds): ["retry-after-date=\(seconds)"]
        case nil: []
        }
    }
}
