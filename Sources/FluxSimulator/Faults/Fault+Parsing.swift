import FluxClient
import HTTPServer

/// The text form: what goes wrong, a colon, and what is said about it, separated by commas.
///
/// | Text | What happens |
/// |---|---|
/// | `429:every=5,retry-after=1` | every fifth request is refused with 429 and `Retry-After: 1`; `retry-after-date=1` says it as a date |
/// | `503:call=submit,times=2` | the first two submits are answered with 503; any status of 400 to 599, and 200 with a `body` |
/// | `502:body=html` | a proxy's page instead of JSON; `body=empty` for nothing at all |
/// | `drop:how=rst` | the connection ends before anything is done: closed (`fin`), or reset (`rst`) |
/// | `drop-answer:every=7` | every seventh job is made, and the answer breaks off after its head, or without a byte (`how=fin`, `rst`) |
/// | `delay:seconds=3` | the answer comes three seconds later |
/// | `cut:bytes=10` | the body ends after ten bytes, while the head promises all of it; by default at its half |
/// | `slow:speed=100` | the body comes at a hundred bytes per second |
/// | `wrong:how=truncated` | the CDN serves half of the file; `other`: other bytes; `html`: a page with status 200 |
/// | `late:seconds=3` | a job's pictures are 404 until three seconds after its end |
/// | `404:call=picture` | pictures are gone |
/// | `fail:prompt=broken` | jobs whose prompt contains "broken" end as FAILED |
/// | `fail:every=5,reason=Out of memory` | every fifth job fails, with this reason |
/// | `moderated` | the job fails, since moderation refused it |
/// | `result:shape=url` | the job's result has another shape: `url`, `list`, `object`, `nested`, `unknown` or `null` |
/// | `webhook-duplicate`, `webhook-reorder`, `webhook-lost` | a job's webhooks come twice, in another order, or not at all |
/// | `clock:seconds=-3600` | all dates that the service tells are an hour behind |
///
/// Conditions go with every one of them but `clock`: `prompt=TEXT`, `after=N`, `every=N`, `times=N`, `rate=P`; and
/// `call=NAME` with those that strike requests.
extension Fault {
    /// Why a text is no fault.
    public struct ParsingError: Error, Sendable, Hashable, CustomStringConvertible {
        public var description: String
    }

    /// Reads the text form.
    public init(parsing text: String) throws(ParsingError) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = halves.first.map { String($0).trimmed } ?? ""
        var words = try FaultArguments(halves.count == 2 ? halves[1] : "", of: text, kind: kind)
        let effect = try Self.effect(kind, &words)
        var call: FaultCall?
        if effect.strikesCalls {
            call = try words.take("call", FaultCall.self)
            if case .wrongPicture = effect, let call, call != .picture {
                throw words.error("'wrong' is for call=picture only")
            }
        }
        self.init(effect, call: call)
        if effect.target != .service {
            prompt = words.take("prompt")
            after = try words.takeWhole("after", from: 0) ?? 0
            every = try words.takeWhole("every", from: 1) ?? 1
            times = try words.takeWhole("times", from: 1)
            rate = try words.takeDecimal("rate", 0...1) ?? 1
        }
        try words.finish()
    }

    static let defaultReason = "The model could not make this picture"
    static let moderationReason = "Flagged by content moderation"

    private static let kinds =
        ["fail", "moderated", "429", "500", "503", "drop", "drop-answer", "delay", "cut", "slow", "wrong", "late"]
        + ["result", "webhook-duplicate", "webhook-reorder", "webhook-lost", "clock"]

    private static func effect(_ kind: String, _ words: inout FaultArguments) throws(ParsingError) -> Effect {
        switch kind {
        case "fail": return .failJob(reason: words.take("reason") ?? defaultReason)
        case "moderated": return .failJob(reason: words.take("reason") ?? moderationReason)
        case "drop":
            let loss = try words.take("how", LostAnswer.self, but: .afterHead) ?? .closed
            return .drop(reset: loss == .reset)
        case "drop-answer": return .dropAnswer(try words.take("how", LostAnswer.self) ?? .afterHead)
        case "delay": return .delay(try words.takeDuration() ?? .seconds(5))
        case "cut": return .cut(bytes: try words.takeWhole("bytes", from: 0))
        case "slow": return .slow(bytesPerSecond: try words.takeWhole("speed", from: 1) ?? 100)
        case "wrong": return .wrongPicture(try words.take("how", WrongPicture.self) ?? .other)
        case "late": return .latePictures(try words.takeDuration() ?? .seconds(2))
        case "result": return .result(try words.take("shape", ResultShape.self) ?? .url)
        case "webhook-duplicate": return .webhook(.duplicate)
        case "webhook-reorder": return .webhook(.reorder)
        case "webhook-lost": return .webhook(.lost)
        case "clock":
            guard let seconds = try words.takeWhole("seconds", from: -maximumSkew, to: maximumSkew) else {
                throw words.error("how far off? seconds=N is missing")
            }
            return .clock(seconds: seconds)
        default: return try answer(kind, &words)
        }
    }

    /// Ten years, either way.
    private static let maximumSkew = 10 * 366 * 86400

    private static func answer(_ kind: String, _ words: inout FaultArguments) throws(ParsingError) -> Effect {
        guard let status = Int(kind), kind.utf8.count == 3 else {
            let question = Suggestion.question(for: kind, in: kinds)
            let list = "; there are \(kinds.joined(separator: ", ")) and the other statuses from 400 to 599"
            throw words.error("'\(kind)' is not a kind of fault\(question.isEmpty ? list : question)")
        }
        let body = try words.take("body", Page.self)
        guard (400...599).contains(status) || (status == 200 && body != nil && body != .json) else {
            throw words.error("a status must be 400 to 599, or 200 with body=html or body=empty")
        }
        var retryAfter = try words.takeWhole("retry-after", from: 0).map(RetryAfter.seconds)
        if let seconds = try words.takeWhole("retry-after-date", from: 0) {
            guard retryAfter == nil else { throw words.error("retry-after and retry-after-date exclude each other") }
            retryAfter = .date(seconds)
        }
        return .answer(status: status, body: body ?? .json, retryAfter: retryAfter)
    }
}

/// The `name=value` pairs of one text, taken out one by one, so that what is left was not meant for this kind of fault.
private struct FaultArguments {
    private var values: [String: String] = [:]
    private var taken: [String] = []
    private let text: String
    private let kind: String

    init(_ list: Substring, of text: String, kind: String) throws(Fault.ParsingError) {
        self.text = text
        self.kind = kind
        for item in list.split(separator: ",") {
            let pair = item.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, values[pair[0].trimmed] == nil else {
                throw error("'\(item)' is not name=value, or is given twice")
            }
            values[pair[0].trimmed] = String(pair[1])
        }
    }

    func error(_ message: String) -> Fault.ParsingError {
        Fault.ParsingError(description: "fault '\(text)': \(message)")
    }

    /// Whatever is left does not go with this kind.
    func finish() throws(Fault.ParsingError) {
        guard let left = values.keys.min() else { return }
        throw error("'\(left)' does not go with '\(kind)'\(Suggestion.question(for: left, in: taken))")
    }

    mutating func take(_ name: String) -> String? {
        taken.append(name)
        return values.removeValue(forKey: name)
    }

    /// One of the words of `Choice`.
    mutating func take<Choice: RawRepresentable<String> & CaseIterable & Equatable>(
        _ name: String, _ type: Choice.Type, but excluded: Choice? = nil
    ) throws(Fault.ParsingError) -> Choice? {
        guard let word = take(name) else { return nil }
        if let choice = Choice(rawValue: word), choice != excluded { return choice }
        let known = Choice.allCases.filter { $0 != excluded }.map(\.rawValue)
        let question = Suggestion.question(for: word, in: known)
        throw error("\(name) '\(word)' is none of \(known.joined(separator: ", "))\(question)")
    }

    mutating func takeWhole(
        _ name: String, from least: Int, to most: Int = 1_000_000_000
    ) throws(Fault.ParsingError) -> Int? {
        guard let word = take(name) else { return nil }
        guard let number = Int(word), (least...most).contains(number) else {
            throw error("\(name) must be a whole number from \(least) to \(most) (got '\(word)')")
        }
        return number
    }

    mutating func takeDecimal(_ name: String, _ range: ClosedRange<Double>) throws(Fault.ParsingError) -> Double? {
        guard let word = take(name) else { return nil }
        guard let number = Double(word), range.contains(number) else {
            throw error("\(name) must be a number from \(range.lowerBound) to \(range.upperBound) (got '\(word)')")
        }
        return number
    }

    /// `seconds=0.5`
    mutating func takeDuration() throws(Fault.ParsingError) -> Duration? {
        try takeDecimal("seconds", 0...86400).map { .milliseconds(Int64(($0 * 1000).rounded())) }
    }
}
