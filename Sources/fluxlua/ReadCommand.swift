import FluxClient
import FluxModule

/// `fluxlua read FILE…`
struct ReadOptions: Equatable {
    var files: [String] = []
    var isJSON = false
}

/// `fluxlua read FILE…`: the requests that made pictures, ready to be pasted into a script.
struct ReadCommand {
    let world: World
    let options: ReadOptions

    /// 1 when one of the files tells nothing; the others are printed all the same.
    func run() -> Int32 {
        var status = ExitStatus.success
        for file in options.files {
            do throws(FluxError) {
                let origin = try PictureOrigin(file: file)
                let written = world.put(options.isJSON ? json(origin, file) : lua(origin, file))
                if written != ExitStatus.success { return written }
            } catch {
                world.tell(error)
                status = ExitStatus.scriptFailed
            }
        }
        return status
    }

    private func json(_ origin: PictureOrigin, _ file: String) -> String {
        let object: JSONValue = [
            "file": .string(file), "program": .string(origin.program), "request": .object(origin.request),
            "rest": .object(origin.rest.mapValues(JSONValue.string)),
        ]
        return object.line
    }

    private func lua(_ origin: PictureOrigin, _ file: String) -> String {
        let call = origin.request["mode"] != nil || origin.request["mask"] != nil ? "edit" : "generate"
        var lines = ["-- \(file.onOneLine), made with \(origin.program.onOneLine)", "flux.\(call) {"]
        let first = ["model", "prompt", "seed"]
        let names =
            first.filter { origin.request[$0] != nil } + origin.request.keys.sorted().filter { !first.contains($0) }
        for name in names {
            guard let value = origin.request[name] else { continue }
            lines.append("  \(Self.isName(name) ? name : "[\(Self.quoted(name))]") = \(Self.text(of: value)),")
        }
        lines.append("}")
        // What has no counterpart stands behind it, as comments.
        for (name, value) in origin.rest.sorted(by: { $0.key < $1.key }) {
            lines.append("-- \(name.onOneLine): \(value.onOneLine)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil
    }

    /// A value as Lua writes it.
    private static func text(of value: JSONValue) -> String {
        switch value {
        case .string(let text): return quoted(text)
        case .array(let items): return "{ " + items.map(text).joined(separator: ", ") + " }"
        case .object(let members):
            let parts = members.sorted { $0.key < $1.key }.map { "[\(quoted($0.key))] = \(text(of: $0.value))" }
            return "{ " + parts.joined(separator: ", ") + " }"
        case .null: return "nil"
        default: return String(decoding: value.encoded(), as: UTF8.self)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value)
                result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
