import FluxImaging
import Foundation
import Testing

/// Masks in whole runs of the program.
@Suite(.timeLimit(.minutes(5))) struct MaskRunTests {
    private static let script = """
        local photo = flux.generate { prompt = "a mug", seed = 1, output_format = "png", resolution = "0.5MP" }
        local mask = flux.mask(photo, { ellipse = { 50, 50, 20, 20 } }, { unit = "%", feather = 8 })
        local edit = assert(flux.await(flux.edit { image = photo, mask = mask, prompt = "a bowl", seed = 2 }))
        local sign = flux.mask("shop.png", { rect = { 8, 8, 20, 10 } })
        assert(flux.await(flux.edit { image = "shop.png", mask = sign, prompt = "a sign", seed = 2 }))
        print(mask:match "mask%.png$", sign)
        """

    private func shop(in program: Program) throws {
        try program.write(Raster(width: 64, height: 48, red: 90, green: 60, blue: 30).encoded(as: .png), to: "shop.png")
    }

    @Test func editWithTheSameMaskIsNotPaidTwice() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try shop(in: program)
            try program.write(Self.script, to: "edit.lua")
            let first = try await program.run(["edit.lua"])
            #expect(first.output == "mask.png\tout/shop-mask.png\n", "\(first.error)")
            #expect(first.summary?.hasPrefix("3 jobs: 3 made, 0 reused") == true)
            let files = program.files()
            let again = try await program.run(["edit.lua"])
            #expect(again.summary?.hasPrefix("3 jobs: 0 made, 3 reused") == true, "\(again.error)")
            #expect(program.files() == files)
            // Also where the masks are not: they are drawn for the plan.
            try FileManager.default.removeItem(at: program.file("out"))
            let plan = try await program.run(["plan", "edit.lua"])
            #expect(plan.output.contains("3 jobs: 0 new, 3 reused"), "\(plan.output)")
            #expect(program.files() == ["edit.lua", "shop.png"])
        }
    }

    @Test func planWritesNoMaskAndChecksAllTheSame() async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:1"
        program.environment["APIFRAME_API_KEY"] = "afk_of_the_tests"
        try shop(in: program)
        let more = """

            -- How large a job's picture will be is only guessed.
            local guess = flux.generate { prompt = "a mug", seed = 1 }
            flux.edit { image = guess, mask = sign, prompt = "x" }
            flux.edit { image = "shop.png", mask = flux.save(guess, "guess.{ext}"), prompt = "x" }
            flux.mask(guess, { rect = { 5000, 5000, 10, 10 } })
            flux.mask(guess, "transparent")
            print(pcall(flux.mask, "shop.png", { rect = { 100, 0, 9, 9 } }))
            local tiny = flux.mask({ width = 9, height = 9 }, { rect = { 1, 1, 2, 2 } })
            flux.edit { image = "shop.png", mask = tiny, prompt = "x" }
            """
        try program.write(Self.script + more, to: "edit.lua")
        let plan = try await program.run(["plan", "edit.lua"])
        #expect(plan.error.contains("mask.png\tout/shop-mask.png\n"))
        #expect(plan.error.contains("edit.lua:13: flux.mask: the shape lies outside the picture, which is 64 × 48"))
        let fault = "edit.lua:15: flux.edit: mask: out/mask-9x9.png is 9 × 9, but the picture is 64 × 48;"
        #expect(plan.error.contains(fault), "\(plan.error)")
        #expect(plan.status == 1)
        #expect(program.files() == ["edit.lua", "shop.png"])
    }

    @Test func faultOfAMaskIsFoundBeforeAnythingIsSent() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try shop(in: program)
            try program.write(
                Raster(width: 64, height: 48, red: 0, green: 0, blue: 0).encoded(as: .png), to: "black.png")
            let code = "flux.edit { image = 'shop.png', mask = 'black.png', prompt = 'x' }"
            let result = try await program.run(["-e", code])
            #expect(result.error.contains("mask: black.png has nothing white in it"), "\(result.error)")
            #expect(result.status == 1)
            #expect(try await service.requests().isEmpty)
        }
    }
}
