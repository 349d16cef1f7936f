import FluxClient

/// The result of one check.
struct Finding: Equatable, Sendable {
    enum Verdict: String, Sendable {
        case good
        /// Worth knowing; nothing is wrong with it.
        case note
        case wrong
    }

    /// One word: `key`, `network`.
    var subject: String
    var verdict: Verdict
    var text: String
    /// What to do about it.
    var advice: String?

    static func good(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .good, text: text)
    }

    static func note(_ subject: String, _ text: String, _ advice: String? = nil) -> Finding {
        Finding(subject: subject, verdict: .note, text: text, advice: advice)
    }

    static func wrong(_ subject: String, _ text: String, _ advice: String?) -> Finding {
        Finding(subject: subject, verdict: .wrong, text: text, advice: advice)
    }

    static func wrong(_ subject: String, _ error: FluxError) -> Finding { wrong(subject, error.message, error.hint) }

    /// `good   key       from APIFRAME_API_KEY: 900 credits`, with what to do in a line of its own.
    var line: String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        let start = padded(verdict == .wrong ? "WRONG" : verdict.rawValue, 7) + padded(subject, 10)
        return start + text + "\n" + (advice.map { String(repeating: " ", count: 17) + "→ \($0)\n" } ?? "")
    }

    var json: JSONValue {
        var object: [String: JSONValue] = [
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "text": .string(text),
        ]
        object["advice"] = advice.map(JSONValue.string)
        return .object(object)
    }
}
