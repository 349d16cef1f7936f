import Foundation
import TestSupport
import Testing

@testable import fluxlua

/// Every example of the documentation, as its reader would run it: the blocks of a page one after the other, in one folder
/// that has `scripts`, without a key.
@Suite(.timeLimit(.minutes(5))) struct DocumentationTests {
    @Test(arguments: try DocumentedPage.all())
    func examplesDoWhatThePageSays(_ page: DocumentedPage) async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["PATH"] = "\(Program.folderOfProducts.path):\(program.environment["PATH"] ?? "")"
        try FileManager.default.createSymbolicLink(
            at: program.file("scripts"), withDestinationURL: Program.root.appendingPathComponent("scripts"))
        let port = try String(freePort())
        let blocks = page.blocks
        for (index, block) in blocks.enumerated() {
            let place = Comment(rawValue: "\(page.path):\(block.line)")
            let next = index + 1 < blocks.count ? blocks[index + 1] : nil
            if let file = block.file {
                try Self.write(block.text, to: file, of: program)
            } else if block.isOnlyChecked {
                try await check(block, place, in: program)
            } else {
                var example = block
                example.text = block.text.replacing("8080", with: port)
                try await run(example, place, expecting: next, in: program)
            }
        }
    }

    private func run(
        _ block: DocumentedPage.Block, _ place: Comment, expecting next: DocumentedPage.Block?, in program: Program
    ) async throws {
        let result: Program.Result
        switch block.language {
        case "lua":
            let name = block.text.prefixMatch(of: #/-- ([\w.]+\.lua)\n/#).map { String($0.output.1) } ?? "example.lua"
            try program.write(block.text, to: name)
            result = try await program.run([name])
        case "sh":
            // What it leaves running ends with it.
            let whole = "trap 'set +e; left=$(jobs -p); test -z \"$left\" || kill $left; wait' EXIT\n" + block.text
            result = try await program.run(["-euc", whole], of: URL(fileURLWithPath: "/bin/bash"))
        case "prompt":
            let lines = block.text.split(separator: "\n").map { $0.replacing(#/^flux> /#, with: "") + "\n" }
            result = try await program.run(["-i"], input: lines.joined())
            #expect(!result.error.contains("stdin:"), "\(place): \(result.error)")
        case "swift":
            #expect(try Self.isCompiled(block.text), "\(place): no file below Tests has these lines")
            return
        case "output", "error", "yaml", "text":
            return
        default:
            Issue.record("\(place): nothing is known of blocks of '\(block.language)'")
            return
        }
        let error = result.error.replacing(
            #/fluxlua: no APIFRAME_API_KEY: .*\n/#, with: "")
        switch next?.language {
        case "error":
            let expected = next?.text ?? ""
            #expect(Lesson.matches(error, expected), "\(place):\n\(error)")
            #expect(result.status == 1, place)
            return
        case "output":
            #expect(Lesson.matches(result.output, next?.text ?? ""), "\(place):\n\(result.output)\(error)")
        default:
            break
        }
        #expect(result.status == 0, "\(place): \(error)")
        if block.language == "lua" { #expect(error == "", place) }
    }

    /// Of what cannot be run here: whether it could be.
    private func check(_ block: DocumentedPage.Block, _ place: Comment, in program: Program) async throws {
        switch block.language {
        case "lua":
            try program.write(block.text, to: "example.lua")
            let result = try await program.run(["-e", "assert(loadfile('example.lua'))"])
            #expect(result.status == 0, "\(place): \(result.error)")
        case "sh":
            let result = try await program.run(["-nc", block.text], of: URL(fileURLWithPath: "/bin/bash"))
            #expect(result.status == 0, "\(place): \(result.error)")
            for line in block.text.split(separator: "\n") {
                // As a shell splits it, without its comment and the variables in front of it.
                let line = line.replacing(#/\s+#.*| &$/#, with: "").replacing(#/^([A-Z_]+=\S+ )+/#, with: "")
                guard line.hasPrefix("fluxlua ") else { continue }
                let words = try await program.run(
                    ["-c", "printf '%s\\n' \(line)"], of: URL(fileURLWithPath: "/bin/bash"))
                #expect(throws: Never.self, "\(place): \(line)") {
                    _ = try Fluxlua.parse(words.output.split(separator: "\n").map(String.init))
                }
            }
        default:
            Issue.record("\(place): a block of '\(block.language)' cannot be checked")
        }
    }

    @Test func referenceNamesEachFunctionAndEachModel() async throws {
        let program = try Program()
        defer { program.remove() }
        let names = try await program.run([
            "--simulate", "-e", "for name in pairs(flux) do print('flux.' .. name) end",
            "-e", "for _, model in ipairs(flux.models()) do print('`' .. model.model .. '`') end",
        ])
        let page = try #require(try DocumentedPage.all().first { $0.path.hasSuffix("/FluxTable.md") })
        #expect(names.output.contains("flux.generate\n") && names.output.contains("`flux-2-pro`\n"))
        for name in names.output.split(separator: "\n") where !name.hasPrefix("flux._") {
            let isNamed = page.source.contains(name)
            #expect(isNamed, "\(name)")
        }
    }

    @Test func linksOfTheReadmeLeadToFiles() throws {
        let readme = try #require(try DocumentedPage.all().first { $0.path == "README.md" })
        #expect(!readme.links.isEmpty)
        for link in readme.links {
            let file = Program.root.appendingPathComponent(String(link.prefix { $0 != "#" }))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(link)")
        }
        #expect(readme.source.split(separator: "\n", omittingEmptySubsequences: false).count <= 121)
    }

    /// Apart from its indentation.
    private static func isCompiled(_ text: String) throws -> Bool {
        func lines(_ text: String) -> String {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
                .joined(separator: "\n")
        }
        let tests = Program.root.appendingPathComponent("Tests")
        let files = FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []
        return try files.contains { file in
            guard file.hasSuffix(".swift") else { return false }
            return lines(try String(contentsOf: tests.appendingPathComponent(file), encoding: .utf8)).contains(
                lines(text))
        }
    }

    private static func write(_ text: String, to file: String, of program: Program) throws {
        try FileManager.default.createDirectory(
            at: program.file(file).deletingLastPathComponent(), withIntermediateDirectories: true)
        try program.write(text, to: file)
    }
}
