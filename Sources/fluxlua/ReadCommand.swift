import CommandLineKit
import FluxClient
import FluxModule

/// `fluxlua read FILE…`
struct ReadOptions: RunnableCommand {
    var files: [String] = []
    var isJSON = false

    func run(in host: HostEnvironment) -> Int32 { ReadCommand(host: host, options: self).run() }
}

extension ReadOptions {
    static let declaration = CommandDeclaration<ReadOptions>(
        "read", "print the requests that made pictures",
        discussion: """
            The requests that made pictures, ready to be pasted into a script: of pictures that were saved here, and of those \
            of A1111's web UI, Forge, SD.Next, ComfyUI, SwarmUI, Fooocus, InvokeAI, NovelAI, Draw Things, Easy Diffusion and \
            Midjourney, as far as there are counterparts. What has none follows as comments.
            """,
        arguments: [
            Argument(
                "FILE", .severalTimes, completion: .anyFile, whenMissing: "'read' needs at least one picture"
            ) { options, text, _ in options.files.append(text) }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .json(
                        help: "one JSON object for each file: file, program, call, request, rest; or file, error",
                        \.isJSON)
                ])
        ],
        examples: [Example("fluxlua read out/*.jpg >> again.lua", "a script that makes them again")],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "every file had a request in it"),
            ExitStatusDescription(ExitStatus.scriptFailed, "at least one file had none"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}

/// `fluxlua read FILE…`: what pictures were made with, as Lua that can be pasted into a script.
struct ReadCommand {
    let host: HostEnvironment
    let options: ReadOptions

    func run() -> Int32 {
        var status = ExitStatus.success
        for (index, file) in options.files.enumerated() {
            var text: String
            do throws(FluxError) {
                let origin = try PictureOrigin(file: file)
                text = options.isJSON ? origin.json(of: file).line : origin.lua(of: file)
                if !options.isJSON, index > 0 { text = "\n" + text }
            } catch {
                status = ExitStatus.scriptFailed
                host.tell(error)
                guard options.isJSON else { continue }
                text = JSONValue.object(["file": .string(file), "error": .string(error.message)]).line
            }
            let written = host.put(text)
            guard written == ExitStatus.success else { return written }
        }
        return status
    }
}

extension PictureOrigin {
    fileprivate func json(of file: String) -> JSONValue {
        [
            "file": .string(file), "program": .string(program), "call": .string(call.rawValue),
            "request": .object(request), "rest": .object(rest.merging(jobPictures) { $1 }.mapValues(JSONValue.string)),
        ]
    }

    /// A call that makes it again; the file, the program and what else is known as comments.
    fileprivate func lua(of file: String) -> String {
        let first = ["model", "prompt", "seed"]
        let names = first.filter { request[$0] != nil } + request.keys.filter { !first.contains($0) }.sorted()
        var text = "-- \(file.onOneLine), made with \(program.onOneLine)\nflux.\(call.rawValue) {\n"
        for name in names {
            guard let value = jobPictures[name] ?? request[name].map(LuaText.of) else { continue }
            text += "  \(LuaText.name(name)) = \(value),\n"
        }
        text += "}\n"
        for (name, value) in rest.sorted(by: { $0.key < $1.key }) {
            text += "-- \(name.onOneLine.cut(to: 60)): \(value.onOneLine.cut(to: 300))\n"
        }
        return text
    }
}

extension String {
    fileprivate func cut(to limit: Int) -> String { count > limit ? prefix(limit - 1) + "…" : self }
}

/// Values as Lua reads them.
enum LuaText {
    private static let words: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    static func of(_ value: JSONValue) -> String {
        switch value {
        case .null: return "nil"
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let whole): return String(whole)
        case .number(let number): return number.isFinite ? number.description : "nil"
        case .string(let text): return quoted(text)
        case .array(let items): return items.isEmpty ? "{}" : "{ \(items.map(of).joined(separator: ", ")) }"
        case .object(let members):
            let fields = members.sorted { $0.key < $1.key }.map { "\(name($0.key)) = \(of($0.value))" }
            return fields.isEmpty ? "{}" : "{ \(fields.joined(separator: ", ")) }"
        }
    }

    /// The name of a field, in brackets where it is no plain word.
    static func name(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        let isPlain = isWord && !words.contains(text) && text.utf8.first.map { $0 > UInt8(ascii: "9") } ?? false
        return isPlain ? text : "[\(quoted(text))]"
    }

    /// Nothing in it steers a terminal or turns the order of letters around: what could is spelled out.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // They join emoji and letters.
            case "\u{200D}", "\u{200C}": result.unicodeScalars.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
