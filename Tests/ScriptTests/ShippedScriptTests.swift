import FluxImaging
import Foundation
import Testing

/// Every script of `scripts/`, as a designer runs it the first time.
@Suite(.timeLimit(.minutes(5))) struct ShippedScriptTests {
    static func all() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Program.root.appendingPathComponent("scripts").path)
            .filter { $0.hasSuffix(".lua") }.sorted()
    }

    private func run(_ script: String, _ arguments: [String] = [], in program: Program) async throws -> Program.Result {
        try await program.run([Program.root.appendingPathComponent("scripts/\(script)").path] + arguments)
    }

    /// Those that have no test of their own below, where they run without arguments too.
    static func others() throws -> [String] {
        try all().filter { !["sweep_seeds.lua", "replace_sign.lua"].contains($0) }
    }

    @Test(arguments: try others())
    func scriptRunsWithoutArgumentsAndNamesTheFilesThatItLeaves(_ script: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await run(script, in: program)
        #expect(result.status == 0, "\(result.error)")
        #expect(
            result.error
                == "fluxlua: no APIFRAME_API_KEY: using the local service, which draws stand-in pictures; nothing is paid\n"
        )
        let files = program.files()
        #expect(!files.isEmpty)
        for file in files {
            #expect(result.output.contains(file), "\(file) in:\n\(result.output)")
            let header = try ImageHeader(parsing: program.bytes(file))
            #expect(header.format == (file.hasSuffix(".png") ? .png : .jpg))
        }
    }

    @Test(arguments: try all())
    func scriptTellsItsUsageInItsFirstComment(_ script: String) throws {
        let file = Program.root.appendingPathComponent("scripts/\(script)")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let comment = lines.prefix { $0.hasPrefix("--") }
        #expect(comment.contains { $0.hasPrefix("-- usage: fluxlua \(script)") })
    }

    @Test func sweepMakesEightDifferentPicturesOfTwoMegapixelsAndTheSameOnesAgain() async throws {
        let program = try Program()
        defer { program.remove() }
        let first = try await run("sweep_seeds.lua", in: program)
        #expect(first.status == 0, "\(first.error)")
        let lines = (1...8).map { "\($0)\tout/\($0).jpg" }
        #expect(first.output.split(separator: "\n").map(String.init).sorted() == lines)
        let files = program.files()
        #expect(files == (1...8).map { "out/\($0).jpg" })
        let pictures = try files.map { try program.bytes($0) }
        #expect(Set(pictures).count == 8)
        for picture in pictures {
            let raster = try Raster(decoding: picture)
            #expect(ImageFormat.detect(picture) == .jpg)
            #expect((1_900_000...2_100_000).contains(raster.width * raster.height))
        }

        let second = try await run("sweep_seeds.lua", in: program)
        #expect(second.output.split(separator: "\n").map(String.init).sorted() == lines)
        #expect(program.files() == files)
        #expect(try files.map { try program.bytes($0) } == pictures)
    }

    @Test func sweepTakesPromptAndSeedsFromItsArguments() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await run("sweep_seeds.lua", ["a fox", "41", "42"], in: program)
        #expect(result.output.split(separator: "\n").sorted() == ["41\tout/41.jpg", "42\tout/42.jpg"])
        let metadata = try ImageMetadata(reading: program.bytes("out/42.jpg"))
        #expect(metadata?.prompt == "a fox" && metadata?.seed == 42 && metadata?.model == "flux-2-pro")
    }

    @Test func sweepTellsOfSeedsThatFailedAndKeepsTheOthers() async throws {
        let program = try Program()
        defer { program.remove() }
        let script = Program.root.appendingPathComponent("scripts/sweep_seeds.lua").path
        let result = try await program.run(["--fault", "fail:every=2,reason=out of paint", script, "a fox", "1", "2"])
        let lines = result.output.split(separator: "\n").sorted()
        #expect(lines.count == 2 && lines.contains { $0.hasSuffix("failed: the job failed: out of paint") })
        #expect(program.files().count == 1 && result.status == 0)
    }

    @Test func bestOfGoesOnWithTheNextSeedAndGivesUpAfterItsTries() async throws {
        let program = try Program()
        defer { program.remove() }
        let script = Program.root.appendingPathComponent("scripts/best_of.lua").path
        let some = try await program.run(["--fault", "fail:every=1,times=2,reason=bad luck", script, "a fox", "3"])
        #expect(
            some.output == """
                seed 1 failed: the job failed: bad luck
                seed 2 failed: the job failed: bad luck
                seed 3 worked\tout/best/3.jpg

                """)
        let none = try await program.run(["--fault", "fail:every=1", script, "a fox", "2"])
        #expect(none.error.contains("none of 2 seeds worked") && none.status == 1)
    }

    @Test func replacedSignKeepsWhatTheMaskKeepsToThePixel() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await run("replace_sign.lua", in: program)
        #expect(result.output == "before\tout/sign/before.png\nafter\tout/sign/after.png\n")
        #expect(result.status == 0, "\(result.error)")
        let before = try Raster(decoding: program.bytes("out/sign/before.png"))
        let after = try Raster(decoding: program.bytes("out/sign/after.png"))
        #expect(before.size == after.size)
        let corners = [(0, 0), (before.width - 1, 0), (0, before.height - 1), (before.width - 1, before.height - 1)]
        for (x, y) in corners { #expect(before[x, y] == after[x, y]) }
        #expect(before != after)
    }
}
