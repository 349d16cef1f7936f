/// The notation of the Lua language server's annotations, as its documentation has it: tags, and types with unions, lists,
/// tables, functions, literals and generics.
struct AnnotationGrammar {
    struct Mistake: Error { var line: String }

    private(set) var defined: Set<String> = []
    private var used: Set<String> = []
    private var rest: Substring = ""
    private var line: Substring = ""

    private static let builtIn: Set<String> = [
        "nil", "any", "boolean", "string", "number", "integer", "function", "table", "thread", "userdata", "true",
        "false",
    ]

    var undefined: Set<String> { used.subtracting(defined).subtracting(Self.builtIn) }

    /// - Parameter line: behind `---@`.
    mutating func read(_ line: Substring) throws(Mistake) {
        (self.line, rest) = (line, line)
        switch try word() {
        case "meta": _ = try word()
        case "class":
            defined.insert(try word())
            if take(":") { try type() }
        case "alias":
            defined.insert(try word())
            try type()
        case "field":
            if take("[") {
                try type()
                try expect("]")
            } else {
                _ = try word()
                _ = take("?", spaced: false)
            }
            try type()
        case "param":
            if !take("...") { _ = try word() }
            _ = take("?", spaced: false)
            try type()
        case "return": try type()
        case "overload": try type()
        case "operator":
            _ = try word()
            try expect(":")
            try type()
        case "generic":
            repeat { defined.insert(try word()) } while take(",")
        default: throw Mistake(line: String(line))
        }
    }

    private mutating func type() throws(Mistake) {
        repeat {
            try one()
            while take("[]", spaced: false) {}
            _ = take("?", spaced: false)
        } while take("|", spaced: false)
    }

    private mutating func one() throws(Mistake) {
        skipSpace()
        if take("(") {
            try type()
            try expect(")")
        } else if rest.first == "\"" {
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: "\"") else { throw Mistake(line: String(line)) }
            rest = rest[rest.index(after: end)...]
        } else if rest.first?.isNumber == true {
            rest = rest.drop { $0.isNumber }
        } else if take("{") {
            repeat {
                _ = try word()
                _ = take("?", spaced: false)
                try expect(":")
                try type()
            } while take(",")
            try expect("}")
        } else {
            let name = try word()
            if name == "fun" { return try function() }
            used.insert(name)
            if take("<", spaced: false) {
                repeat { try type() } while take(",")
                try expect(">")
            }
        }
    }

    private mutating func function() throws(Mistake) {
        try expect("(")
        if !take(")") {
            repeat {
                if !take("...") { _ = try word() }
                _ = take("?", spaced: false)
                try expect(":")
                try type()
            } while take(",")
            try expect(")")
        }
        if take(":") { repeat { try type() } while take(",") }
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " } }

    private mutating func take(_ text: String, spaced: Bool = true) -> Bool {
        if spaced { skipSpace() }
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private mutating func expect(_ text: String) throws(Mistake) {
        guard take(text) else { throw Mistake(line: String(line)) }
    }

    private mutating func word() throws(Mistake) -> String {
        skipSpace()
        let word = rest.prefix { $0.isLetter || $0.isNumber || "._-".contains($0) }
        guard let first = word.first, first.isLetter || first == "_" else { throw Mistake(line: String(line)) }
        rest = rest.dropFirst(word.count)
        return String(word)
    }
}
