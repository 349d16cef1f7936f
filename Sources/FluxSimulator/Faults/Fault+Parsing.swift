extension Fault {
    /// Why a text is no fault.
    public struct ParsingError: Error, Sendable, Hashable, CustomStringConvertible {
        public var description: String
    }

    /// Reads the text form.
    public init(parsing text: String) throws(ParsingError) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var conditions = try Conditions(halves.count == 2 ? halves[1] : "", of: text)
        let effect: Effect
        switch halves.first ?? "" {
        case "fail": effect = .failJob(reason: conditions.take("reason") ?? Fault.defaultReason)
        case "drop-answer": effect = .dropAnswer
        case let word:
            guard let status = Int(word), status == 429 || (500...599).contains(status) else {
                throw ParsingError(
                    description: "fault '\(text)': '\(word)' is none of fail, drop-answer, 429 and 500 to 599")
            }
            effect = .refuse(status: status, retryAfter: try conditions.takeNumber("retry-after", from: 0))
        }
        var call: FaultCall?
        if let name = conditions.values["call"] {
            call = FaultCall(rawValue: name)
            guard call != nil else {
                let known = FaultCall.allCases.map(\.rawValue).joined(separator: ", ")
                throw ParsingError(description: "fault '\(text)': call '\(name)' is none of \(known)")
            }
        }
        if case .refuse = effect { conditions.take("call") }
        let prompt: String? = if case .refuse = effect { nil } else { conditions.take("prompt") }
        self.init(
            effect, prompt: prompt, call: call, every: try conditions.takeNumber("every", from: 1) ?? 1,
            times: try conditions.takeNumber("times", from: 1))
        if let left = conditions.values.keys.min() {
            throw ParsingError(description: "fault '\(text)': '\(left)' does not go with '\(halves[0])'")
        }
    }

    static let defaultReason = "The model could not make this picture"

    private struct Conditions {
        var values: [String: String] = [:]
        let text: String

        init(_ list: Substring, of text: String) throws(ParsingError) {
            self.text = text
            for item in list.split(separator: ",") {
                let pair = item.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, values[String(pair[0])] == nil else {
                    throw ParsingError(description: "fault '\(text)': '\(item)' is no name=value, or is there twice")
                }
                values[String(pair[0])] = String(pair[1])
            }
        }

        @discardableResult
        mutating func take(_ name: String) -> String? { values.removeValue(forKey: name) }

        mutating func takeNumber(_ name: String, from least: Int) throws(ParsingError) -> Int? {
            guard let word = take(name) else { return nil }
            guard let number = Int(word), number >= least else {
                throw ParsingError(description: "fault '\(text)': \(name) must be a whole number from \(least) on")
            }
            return number
        }
    }
}
