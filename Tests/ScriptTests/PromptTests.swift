import Foundation
import Testing

/// `flux.prompts` with a folder of wildcards, run as a user would. What templates make is in `Tests/Scripts`.
@Suite(.timeLimit(.minutes(5))) struct PromptTests {
    /// A folder with a script's own folder in it, which has wildcards, and a secret beside it.
    private func program(_ code: String) throws -> Program {
        let program = try Program()
        for name in ["mugs/wildcards/animals/wild", "mine"] {
            try FileManager.default.createDirectory(at: program.file(name), withIntermediateDirectories: true)
        }
        try program.write("red\nblue\n", to: "mugs/wildcards/colour.txt")
        try program.write("cat\ndog\n", to: "mugs/wildcards/animals/pets.txt")
        try program.write("__colour__ fox\n", to: "mugs/wildcards/animals/wild/foxes.txt")
        try program.write("no wildcard", to: "mugs/wildcards/animals/notes.md")
        try program.write("hidden\n", to: "mugs/wildcards/.old.txt")
        try program.write("secret\n", to: "mine/secret.txt")
        try program.write(code, to: "mugs/script.lua")
        return program
    }

    private func run(_ code: String, options: [String] = []) async throws -> Program.Result {
        let program = try program(code)
        defer { program.remove() }
        return try await program.run(options + ["mugs/script.lua"])
    }

    private static let showAll = """
        local function show(template, options)
          options = options or {}
          options.mode = "all"
          local ok, made = pcall(function() return flux.prompts(template, options), nil end)
          print(ok and table.concat(made, ", ") or made)
        end

        """

    @Test(arguments: [[], ["--sandbox", "--simulate"]])
    func wildcardsAreBesideTheScript(_ options: [String]) async throws {
        let result = try await run(
            Self.showAll + """
                show "__colour__"
                show "__animals/pets__"
                show "__animals/*__"
                show "__animals/**__"
                show "__**/foxes__"
                show "__**/pets__"
                show "__**__"
                show "__*__"
                show "__*/*/fox*__"
                show "__animals/cats__"
                show "__notes__"
                show "__animal/pets__"
                show("__pets__", { wildcards = "mugs/wildcards/animals/" })
                show("__pets__", { wildcards = "nowhere" })
                """, options: options)
        let isSandboxed = !options.isEmpty
        let unreachable =
            isSandboxed
            ? """
            line 1, column 1: wildcard 'pets' cannot be read: nowhere/pets.txt: outside the folders of the sandbox
            """
            : "line 1, column 1: no wildcard 'pets': there is no nowhere/pets.txt"
        #expect(
            result.output == """
                red, blue
                cat, dog
                cat, dog
                cat, dog, red fox, blue fox
                red fox, blue fox
                cat, dog
                cat, dog, red fox, blue fox, red, blue
                red, blue
                red fox, blue fox
                mugs/script.lua:4: flux.prompts: line 1, column 1: no wildcard 'animals/cats': there is no \
                mugs/wildcards/animals/cats.txt (did you mean 'animals/pets'?)
                  __animals/cats__
                  ^
                mugs/script.lua:4: flux.prompts: line 1, column 1: no wildcard 'notes': there is no \
                mugs/wildcards/notes.txt
                  __notes__
                  ^
                mugs/script.lua:4: flux.prompts: line 1, column 1: no wildcard 'animal/pets': there is no \
                mugs/wildcards/animal/pets.txt (did you mean 'animals/pets'?)
                  __animal/pets__
                  ^
                cat, dog
                mugs/script.lua:4: flux.prompts: \(unreachable)
                  __pets__
                  ^

                """)
        #expect(result.status == 0, "\(result.error)")
    }

    @Test func sandboxedTemplatesReadNothingOutside() async throws {
        let program = try program(
            Self.showAll + """
                show("__secret__", { wildcards = "mine" })
                show("__*__", { wildcards = "mine" })
                show("__mine/secret__", { wildcards = "mugs/.." })
                show("__**__", { wildcards = "mugs/.." })
                show "__linked__"
                show "__out/secret__"
                show "__out/*__"
                show "__l*__"
                print(pcall(flux.lines, "mine/secret.txt"))
                print(pcall(flux.csv, "mine/secret.txt"))
                print(flux.words)
                """)
        defer { program.remove() }
        for (name, target) in [("linked.txt", "../../mine/secret.txt"), ("out", "../../mine")] {
            try FileManager.default.createSymbolicLink(
                atPath: program.file("mugs/wildcards/\(name)").path, withDestinationPath: target)
        }
        let result = try await program.run(["--sandbox", "--simulate", "mugs/script.lua"])
        #expect(!result.output.contains("\nsecret\n") && !result.output.hasPrefix("secret"))
        let lines = result.output.split(separator: "\n")
        #expect(lines.count { $0.contains("outside the folders") } == 6, "\(result.output)")
        #expect(lines.count { $0.contains("fits") } == 4, "\(result.output)")
        #expect(result.output.hasSuffix("nil\n"))
        #expect(result.status == 0, "\(result.error)")
    }

    @Test func aFolderThatLeadsToItselfIsReadOnce() async throws {
        let program = try program(Self.showAll + "show '__**/pets__'")
        defer { program.remove() }
        try FileManager.default.createSymbolicLink(
            atPath: program.file("mugs/wildcards/animals/again").path, withDestinationPath: "..")
        #expect(try await program.run(["mugs/script.lua"]).output == "cat, dog\n")
    }

    @Test func withoutAScriptWildcardsAreInTheWorkingFolder() async throws {
        let program = try program("")
        defer { program.remove() }
        try FileManager.default.createDirectory(at: program.file("wildcards"), withIntermediateDirectories: true)
        // Notepad's "Unicode".
        try program.write(
            [0xFF, 0xFE] + "grün\r\nblau\r\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            to: "wildcards/farbe.txt")
        let result = try await program.run(["-e", "print(table.unpack((flux.prompts('__farbe__', { mode = 'all' }))))"])
        #expect(result.output == "grün\tblau\n")
    }

    @Test func aScriptThatIsRunAgainMakesTheSamePromptsAndPaysNothingTwice() async throws {
        let program = try program(
            """
            local prompts = flux.prompts("a {red|blue|green|grey} mug on {oak|pine}", { count = tonumber(arg[1]) })
            for seed, prompt in ipairs(prompts) do
              local request = { model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256 }
              assert(flux.generate(request):await())
            end
            """)
        defer { program.remove() }
        let first = try await program.run(["--simulate", "mugs/script.lua", "3"])
        #expect(first.summary?.hasPrefix("3 jobs: 3 made, 0 reused") == true, "\(first.summary ?? first.error)")
        let grown = try await program.run(["--simulate", "mugs/script.lua", "5"])
        #expect(grown.summary?.hasPrefix("5 jobs: 2 made, 3 reused") == true, "\(grown.summary ?? grown.error)")
    }
}
