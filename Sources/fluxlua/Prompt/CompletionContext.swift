import FluxClient

/// Where the cursor is in a piece of Lua, and what could come next.
enum CompletionContext: Equatable {
    /// A name behind others: `flux.gen`, `job.im`, `str`.
    case name(path: [String], prefix: String, isMethod: Bool)
    /// A field of a request: `flux.generate { reso`.
    case field(function: String, model: String?, given: [String], prefix: String)
    /// A value of a field, outside of quotes: `flux.generate { resolution = `.
    case value(function: String, model: String?, field: String, prefix: String)
    /// Inside quotes: of a field of a request, or of an argument of a function.
    case text(function: String, model: String?, field: String?, prefix: String)
    /// A word behind `:` or `?` at the beginning of a line.
    case command(prefix: String)
    case none

    /// What takes a request.
    static let requests = Set(SubmitCall.allCases.map { "flux.\($0.rawValue)" } + ["flux.sweep", "flux.estimate"])

    /// - Parameter text: all before the cursor.
    init(_ text: String) {
        if let first = text.first(where: { $0 != " " }), first == ":" || first == "?" {
            let word = text.drop { $0 == " " }.dropFirst()
            self = .command(prefix: String(word))
            return
        }
        var scanner = Scanner()
        scanner.scan(text)
        self = scanner.context
    }

    /// What an open bracket belongs to.
    private struct Level {
        var function: String
        var isTable: Bool
        var field: String?
        var given: [String] = []
        var model: String?
    }

    private struct Scanner {
        private var levels: [Level] = []
        /// The name, with what it is a part of, that ends where the scanner stands; and whether a blank followed.
        private var name = ""
        private var isBehindBlank = false
        private var quoted: String?

        mutating func scan(_ text: String) {
            var rest = Substring(text)
            while let character = rest.first {
                rest.removeFirst()
                switch character {
                case "\"", "'": readText(until: character, &rest)
                case "-" where rest.first == "-": comment(&rest)
                case "{", "(":
                    // `flux.generate({ … })` is the same as `flux.generate { … }`.
                    let isWrapped = character == "{" && name.isEmpty && levels.last?.isTable == false
                    let function = isWrapped ? levels.last?.function ?? "" : name
                    levels.append(Level(function: function, isTable: character == "{"))
                    endName()
                case "}", ")":
                    _ = levels.popLast()
                    endName()
                case ",", ";":
                    if !levels.isEmpty { levels[levels.count - 1].field = nil }
                    endName()
                case "=":
                    if rest.first != "=", var level = levels.last, level.isTable, !name.isEmpty {
                        level.field = name
                        level.given.append(name)
                        levels[levels.count - 1] = level
                    }
                    endName()
                case _ where character.isLetter || character.isNumber || "_.:".contains(character):
                    if isBehindBlank { endName() }
                    name.append(character)
                case _ where character.isWhitespace: isBehindBlank = true
                default: endName()
                }
            }
        }

        private mutating func endName() {
            name = ""
            isBehindBlank = false
        }

        private mutating func readText(until quote: Character, _ rest: inout Substring) {
            var text = ""
            while let character = rest.first {
                rest.removeFirst()
                if character == quote {
                    if let last = levels.indices.last, levels[last].field == "model" { levels[last].model = text }
                    return endName()
                }
                text.append(character)
                if character == "\\", let next = rest.first {
                    text.append(next)
                    rest.removeFirst()
                }
            }
            quoted = text
        }

        private mutating func comment(_ rest: inout Substring) {
            while let character = rest.first, character != "\n" { rest.removeFirst() }
        }

        var context: CompletionContext {
            if let quoted {
                // `flux.read "…` has no bracket.
                let level = name.isEmpty ? levels.last : nil
                return .text(
                    function: level?.function ?? name, model: level?.model, field: level?.field, prefix: quoted)
            }
            let prefix = isBehindBlank ? "" : name
            if let level = levels.last, level.isTable, CompletionContext.requests.contains(level.function) {
                if let field = level.field {
                    if !prefix.contains(where: { ".:".contains($0) }) {
                        return .value(function: level.function, model: level.model, field: field, prefix: prefix)
                    }
                } else {
                    return .field(
                        function: level.function, model: level.model, given: level.given, prefix: prefix)
                }
            }
            if prefix.isEmpty, !name.isEmpty { return .none }
            var parts = prefix.split(omittingEmptySubsequences: false) { ".:".contains($0) }.map(String.init)
            let last = parts.popLast() ?? ""
            let isMethod = prefix.last { ".:".contains($0) } == ":"
            return .name(path: parts, prefix: last, isMethod: isMethod)
        }
    }
}
