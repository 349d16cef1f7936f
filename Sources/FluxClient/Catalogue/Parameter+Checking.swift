extension Parameter.Kind {
    /// What is wrong with a value, to be put behind the parameter's name; nil when it fits.
    ///
    /// `documented` are the values to name when they are narrower: `must be one of …` lists what the product page lists.
    func complaint(about value: JSONValue, listing documented: Parameter.Kind? = nil) -> String? {
        guard !accepts(value) else { return nil }
        if case .images(let limit) = self, let count = value.arrayValue?.count, count > limit {
            return "takes at most \(limit) pictures (got \(count))"
        }
        if case .choice = self, let documented { return "must be \(documented.demand) (got \(value.shown))" }
        return "must be \(demand) (got \(value.shown))"
    }

    /// Whether a value is within, its step aside.
    func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .boolean:
            return value.boolValue != nil
        case .integer(let range):
            guard let integer = value.integerValue else { return false }
            return range?.contains(integer) ?? true
        case .number(let range, _):
            guard let number = value.numberValue, number.isFinite else { return false }
            return range.contains(number)
        case .choice(let choices):
            guard let string = value.stringValue else { return false }
            return choices.contains(string)
        case .numberChoice(let choices):
            return value.numberValue.map(choices.contains) ?? false
        case .text(let length):
            guard let string = value.stringValue else { return false }
            return length.contains(string.unicodeScalars.count)
        case .aspectRatio:
            return value.stringValue?.isAspectRatio ?? false
        case .image:
            return value.stringValue.map { !$0.isEmpty } ?? false
        case .images(let limit):
            guard let pictures = value.arrayValue, pictures.count <= limit else { return false }
            return pictures.allSatisfy { Self.image.accepts($0) }
        }
    }

    /// What a value must be, in words.
    var demand: String {
        switch self {
        case .boolean: return "true or false"
        case .integer(nil): return "a whole number"
        case .integer(let range?): return "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range, _):
            guard range.lowerBound.isFinite, range.upperBound.isFinite else { return "a number" }
            return "a number from \(range.lowerBound.plain) to \(range.upperBound.plain)"
        case .choice(let choices): return "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
        case .numberChoice(let choices): return "one of " + choices.map(\.plain).joined(separator: ", ")
        case .text(let length):
            if length.upperBound == .max { return length.lowerBound > 0 ? "a text that is not empty" : "a text" }
            return "a text of \(length.lowerBound) to \(length.upperBound) characters"
        case .aspectRatio(let documented):
            let example = documented.isEmpty ? "16:9" : documented.joined(separator: ", ")
            return "a ratio of two whole numbers, such as \(example)"
        case .image: return "a picture"
        case .images: return "a list of pictures"
        }
    }
}

extension Parameter {
    /// The warning for a value that is accepted but not documented; nil for what the product page lists (contract §9).
    func remark(about value: JSONValue, for model: Model) -> String? {
        guard isDocumented else { return "'\(name)' is not documented for \(model.id); the service may ignore it" }
        if let documented, let complaint = documented.complaint(about: value) {
            return "by its documentation, '\(name)' of \(model.id) \(complaint)"
        }
        switch kind {
        case .aspectRatio(let ratios) where !ratios.isEmpty:
            guard let ratio = value.stringValue, !ratios.contains(ratio) else { return nil }
            return "'\(name)' is documented for \(model.id) as \(ratios.joined(separator: ", ")) (got \(value.shown))"
        case .number(let range, let step?):
            guard let number = value.numberValue else { return nil }
            let steps = (number - range.lowerBound) / step
            guard abs(steps - steps.rounded()) > 1e-6 else { return nil }
            return "'\(name)' is documented for \(model.id) in steps of \(step.plain) (got \(value.shown))"
        default:
            return nil
        }
    }
}

extension JSONValue {
    /// As a message shows a value that someone gave: short, strings in quotes, tables by their kind only.
    var shown: String {
        switch self {
        case .array: "a list"
        case .object: "a table"
        case .string(let string): JSONValue.string(string.shortened(to: 60)).encodedString
        case .number(let number): number.plain
        default: encodedString
        }
    }
}

extension Double {
    /// Without the point of a whole number: `2`, `1.5`.
    var plain: String { Int64(exactly: self)?.description ?? description }
}

extension String {
    /// Cut for a message, with an ellipsis where something is missing.
    package func shortened(to limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end != endIndex else { return self }
        return self[..<end] + "…"
    }

    /// `W:H`, whole numbers above zero.
    var isAspectRatio: Bool {
        let sides = utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return sides.count == 2
            && sides.allSatisfy { side in
                !side.isEmpty && side.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && side.contains { $0 != 0x30 }
            }
    }

    /// An absolute http(s) URL with a host, no white space or control characters.
    package var isWebAddress: Bool {
        // By bytes: as a character, the last slash would take in a mark that follows it.
        for scheme in ["http://".utf8, "https://".utf8] where utf8.prefix(scheme.count).equalsIgnoringCase(scheme) {
            guard let first = utf8.dropFirst(scheme.count).first else { return false }
            let isHost = first != UInt8(ascii: "/") && first != UInt8(ascii: ":") && first != UInt8(ascii: "?")
            return isHost && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
        return false
    }
}
