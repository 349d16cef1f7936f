import FluxClient
import FluxModule
import LuaRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What could be typed at the cursor, with a few words on each.
struct Completion: Equatable, Sendable {
    /// The whole word, of which the prefix is typed already.
    var word: String
    /// What follows it, when it is the only one: ` = `, a closing quote.
    var ending = ""
    var explanation = ""
}

/// Finds completions in the catalogue, in the living values of the interpreter, and among files.
struct Completer: Sendable {
    let lua: LuaRuntime
    var catalogue = Catalogue.flux

    /// Functions whose texts are names of files.
    private static let fileFunctions: Set = [
        "flux.read", "flux.upload", "flux.upscale", "flux.remove_background", "flux.show", "flux.csv", "flux.lines",
        "flux.mask", "io.open", "io.lines", "dofile",
        "loadfile",
    ]

    /// Sorted, each once.
    func completions(_ context: CompletionContext) async -> (prefix: String, all: [Completion]) {
        switch context {
        case .none: return ("", [])
        case .command(let prefix): return (prefix, matching(prefix, Self.commands))
        case .field(let function, let model, let given, let prefix):
            let known = fields(function, model).filter { !given.contains($0.word) }
            return (prefix, matching(prefix, known))
        case .value(let function, let model, let field, let prefix):
            return (prefix, matching(prefix, values(function, model, field, isQuoted: false)))
        case .text(let function, let model, let field, let prefix):
            guard let field else {
                return (prefix, Self.fileFunctions.contains(function) ? files(prefix) : [])
            }
            if isPicture(field, function, model) { return (prefix, files(prefix)) }
            return (prefix, matching(prefix, values(function, model, field, isQuoted: true)))
        case .name(let path, let prefix, let isMethod):
            return (prefix, matching(prefix, await names(path, isMethod: isMethod)))
        }
    }

    private static var commands: [Completion] {
        PromptCommand.all.map { Completion(word: $0.name, ending: " ", explanation: $0.summary) }
            + HelpTopic.all.map { Completion(word: $0.name, explanation: $0.summary) }
    }

    private func matching(_ prefix: String, _ all: [Completion]) -> [Completion] {
        var seen: Set<String> = []
        return all.filter { $0.word.hasPrefix(prefix) && seen.insert($0.word).inserted }.sorted { $0.word < $1.word }
    }

    // MARK: Requests

    private func models(_ function: String) -> [Model] {
        Self.call(function).map(catalogue.models(for:)) ?? catalogue.models
    }

    /// The call that a function is for; nil of one that takes any request, such as `flux.sweep`.
    private static func call(_ function: String) -> SubmitCall? {
        function.hasPrefix("flux.") ? SubmitCall(rawValue: String(function.dropFirst(5))) : nil
    }

    /// Of the model that the request names, or of the usual one.
    private func parameters(_ function: String, _ model: String?) -> [Parameter] {
        if let model, let known = catalogue[model] { return known.parameters }
        let usual = catalogue[(Self.call(function) ?? .generate).usualModel]
        return usual?.parameters ?? []
    }

    private func fields(_ function: String, _ model: String?) -> [Completion] {
        var all = [
            Completion(word: "model", ending: " = ", explanation: "which model makes it"),
            Completion(word: "prompt", ending: " = ", explanation: "what the picture shows"),
            Completion(word: "name", ending: " = ", explanation: "a label of yours, for file names"),
            Completion(word: "fresh", ending: " = ", explanation: "true: a new picture, even if it was made before"),
        ]
        if function == "flux.sweep" {
            all.append(Completion(word: "where", ending: " = ", explanation: "leaves cells out"))
            all.append(Completion(word: "axes", ending: " = ", explanation: "the order of the axes"))
        }
        return all
            + parameters(function, model).map {
                Completion(word: $0.name, ending: " = ", explanation: "\($0.summary)\(Self.range(of: $0))")
            }
    }

    static func range(of parameter: Parameter) -> String {
        switch parameter.kind {
        case .integer(let range?): " (\(range.lowerBound)–\(range.upperBound))"
        case .number(let range, _) where range.lowerBound.isFinite && range.upperBound.isFinite:
            " (\(short(range.lowerBound))–\(short(range.upperBound)))"
        case .choice(let values): " (\(values.joined(separator: ", ")))"
        case .numberChoice(let values): " (\(values.map(short).joined(separator: ", ")))"
        default: ""
        }
    }

    static func short(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }

    private func isPicture(_ field: String, _ function: String, _ model: String?) -> Bool {
        switch parameters(function, model).first(where: { $0.name == field })?.kind {
        case .image, .images: true
        default: false
        }
    }

    private func values(_ function: String, _ model: String?, _ field: String, isQuoted: Bool) -> [Completion] {
        func text(_ word: String, _ explanation: String = "") -> Completion {
            isQuoted
                ? Completion(word: word, ending: "\"", explanation: explanation)
                : Completion(word: "\"\(word)\"", explanation: explanation)
        }
        if field == "model" { return models(function).map { text($0.id, $0.title) } }
        guard let parameter = parameters(function, model).first(where: { $0.name == field }) else { return [] }
        if case .text = parameter.kind, case .choice(let values)? = parameter.documented {
            return values.map { text($0) }
        }
        switch parameter.kind {
        case .choice(let values):
            return values.map { text($0, parameter.defaultValue == .string($0) ? "the default" : "") }
        case .numberChoice(let values) where !isQuoted: return values.map { Completion(word: Self.short($0)) }
        case .aspectRatio(let values): return values.map { text($0) }
        case .boolean where !isQuoted: return [Completion(word: "true"), Completion(word: "false")]
        default: return []
        }
    }

    // MARK: Living values

    /// What a path leads to: the names in it, and what kind of value it is.
    private static let look = """
        local path = ...
        local value = _G
        for _, name in ipairs(path) do
          local ok, next = pcall(function() return value[name] end)
          if not ok or next == nil then return {}, "nil" end
          value = next
        end
        local names, kind = {}, type(value)
        local function add(from)
          if type(from) ~= "table" then return end
          for name, item in next, from do
            if type(name) == "string" and name:match("^[%a_][%w_]*$") then names[name] = type(item) end
          end
        end
        local meta = getmetatable(value)
        if kind == "table" then add(value) end
        if kind == "string" then add(string) end
        local from, depth = meta, 0
        while type(from) == "table" and depth < 10 do
          add(rawget(from, "methods"))
          local index = rawget(from, "__index")
          add(index)
          from, depth = type(index) == "table" and getmetatable(index) or nil, depth + 1
        end
        if kind == "userdata" or type(meta) == "table" and rawget(meta, "__tostring") then
          kind = tostring(value):match("^(%a+)") or kind
        end
        return names, kind
        """

    private func names(_ path: [String], isMethod: Bool) async -> [Completion] {
        let found = try? await lua.run(Self.look, name: "=[prompt]", [.list(path.map(LuaValue.string))])
        guard let found, found.count == 2 else { return [] }
        var all: [Completion] = []
        for (key, type) in found[0].table?.pairs ?? [:] {
            guard let name = key.string else { continue }
            let isFunction = type.string == "function"
            if isMethod, !isFunction { continue }
            let topic = HelpTopic[(path + [name]).joined(separator: ".")]
            all.append(
                Completion(word: name, explanation: topic?.summary ?? (isFunction ? "function" : type.string ?? "")))
        }
        let kind = found[1].string ?? ""
        for (name, words) in FluxModule.members(of: kind, methodsOnly: isMethod) {
            all.append(Completion(word: name, explanation: words))
        }
        if path.isEmpty { all += Self.keywords.map { Completion(word: $0, explanation: "Lua") } }
        return all
    }

    private static let keywords = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    // MARK: Files

    private func files(_ prefix: String) -> [Completion] {
        let slash = prefix.lastIndex(of: "/")
        let folder = slash.map { String(prefix[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        let start = prefix.dropFirst(folder.count)
        return names.filter { $0.hasPrefix(start) && ($0.first != "." || start.first == ".") }.sorted().map { name in
            let path = folder + name
            var isFolder: Bool { (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil }
            return isFolder ? Completion(word: path + "/", explanation: "folder") : Completion(word: path, ending: "\"")
        }
    }
}
