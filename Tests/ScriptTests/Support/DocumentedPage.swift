import Foundation
import Testing

/// A page of the documentation, or the README, with its fenced blocks. A comment on the line before a block says what it is:
///
///     <!-- file: words.txt -->     the block is a file that blocks below it read
///     <!-- not run: why -->        it is only checked: Lua compiles, and commands and options are spelled right
///
/// A block that begins with `-- name.lua` has that name. After a block, one of `output` is what it prints, and one of
/// `error` what it tells on stderr when it fails; `…` stands for any text.
struct DocumentedPage: CustomTestStringConvertible {
    struct Block {
        var language: String
        var text: String
        /// Of its first line in the page.
        var line: Int
        var file: String?
        var isOnlyChecked = false
    }

    /// From the root of the project.
    var path: String
    var source: String

    var testDescription: String { path }

    static func all() throws -> [DocumentedPage] {
        let sources = Program.root.appendingPathComponent("Sources")
        let pages = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let paths = pages.filter { $0.contains(".docc/") && $0.hasSuffix(".md") }.map { "Sources/" + $0 }.sorted()
        return try (["README.md", "CHANGELOG.md"] + paths).map { path in
            let file = Program.root.appendingPathComponent(path)
            return DocumentedPage(path: path, source: try String(contentsOf: file, encoding: .utf8))
        }
    }

    var blocks: [Block] {
        var blocks: [Block] = []
        var open: Block?
        var before = ""
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```"), let block = open {
                blocks.append(block)
                open = nil
            } else if line.hasPrefix("```") {
                open = Block(
                    language: String(line.dropFirst(3)), text: "", line: index + 2,
                    file: Self.value("file", in: before),
                    isOnlyChecked: Self.value("not run", in: before) != nil)
            } else if open != nil {
                open?.text += line + "\n"
            }
            before = String(line)
        }
        return blocks
    }

    private static func value(_ name: String, in comment: String) -> String? {
        guard comment.hasPrefix("<!-- \(name): "), comment.hasSuffix(" -->") else { return nil }
        return String(comment.dropFirst("<!-- \(name): ".count).dropLast(" -->".count))
    }

    /// Where its links lead, but for those within it and to other hosts.
    var links: [String] {
        source.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.output.1) }.filter {
            !$0.hasPrefix("#") && !$0.contains("://")
        }
    }
}
