import Foundation
import Testing

/// A script of `Tests/Scripts` with what it must print, in comments of its own:
///
///     --[[ stdout
///     …
///     ]]
///     --[[ stderr
///     …
///     ]]
///     -- arguments: a b
///     -- exit status: 1
///
/// `…` in an expected text stands for any text.
struct Lesson: CustomTestStringConvertible {
    var name: String
    var source: String

    var testDescription: String { name }

    static func all() throws -> [Lesson] {
        let folder = Program.root.appendingPathComponent("Tests/Scripts")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".lua") }.sorted()
            .map { name in
                Lesson(name: name, source: try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
            }
    }

    var output: String { block("stdout") }
    var error: String { block("stderr") }
    var status: Int32 { value("exit status").flatMap { Int32($0) } ?? 0 }
    var arguments: [String] { value("arguments")?.split(separator: " ").map(String.init) ?? [] }
    var options: [String] { value("options")?.split(separator: " ").map(String.init) ?? [] }

    private func block(_ name: String) -> String {
        guard let start = source.range(of: "--[[ \(name)\n"),
            let end = source.range(of: "]]", range: start.upperBound..<source.endIndex)
        else { return "" }
        return String(source[start.upperBound..<end.lowerBound])
    }

    private func value(_ name: String) -> String? {
        guard let start = source.range(of: "\n-- \(name): ") else { return nil }
        return String(source[start.upperBound...].prefix { $0 != "\n" })
    }

    static func matches(_ text: String, _ expected: String) -> Bool {
        let pieces = expected.components(separatedBy: "…")
        guard pieces.count > 1 else { return text == expected }
        var rest = text[...]
        for (index, piece) in pieces.enumerated() {
            if index == 0 {
                guard rest.hasPrefix(piece) else { return false }
                rest = rest.dropFirst(piece.count)
            } else if index == pieces.count - 1 {
                return rest.hasSuffix(piece)
            } else {
                guard let found = rest.range(of: piece) else { return false }
                rest = rest[found.upperBound...]
            }
        }
        return true
    }
}
