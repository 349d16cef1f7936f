import FluxImaging
import Foundation
import Testing

/// The way back from a picture to its request.
@Suite(.timeLimit(.minutes(2))) struct ReadTests {
    @Test func aReadRequestIsAnsweredFromWhatWasMade() async throws {
        let program = try Program()
        defer { program.remove() }
        let ask = """
            for _, format in ipairs { "png", "jpg", "webp" } do
              flux.save(flux.generate { prompt = "a fox, \\"red\\"", seed = 7, resolution = "0.5MP", output_format = format },
                "fox.{ext}")
            end
            local mask = flux.mask("fox.png", { rect = { 9, 9, 90, 90 } }, { file = "mask.png" })
            flux.save(flux.edit { image = "fox.png", mask = mask, prompt = "a hare", seed = 3 }, "hare.jpg")
            """
        try program.write(ask, to: "ask.lua")
        #expect(try await program.run(["ask.lua"]).status == 0)
        try program.write(
            """
            for _, name in ipairs { "fox.png", "fox.jpg", "fox.webp" } do
              print(flux.await(flux.generate((flux.read(name)))).reused)
            end
            print(flux.await(flux.edit((flux.read("hare.jpg")))).reused)
            """, to: "again.lua")
        let again = try await program.run(["again.lua"])
        #expect(again.output == "true\ntrue\ntrue\ntrue\n", "\(again.error)")

        // What is printed is Lua that asks for the same.
        let printed = try await program.run(["read", "fox.png", "hare.jpg", "mask.png"])
        #expect(printed.status == 1)
        #expect(printed.error == "fluxlua: mask.png tells nothing of how it was made\n")
        try program.write(printed.output, to: "printed.lua")
        let run = try await program.run(["printed.lua"])
        #expect(run.status == 0 && run.summary?.hasPrefix("2 jobs: 0 made, 2 reused") == true, "\(run.error)")
    }

    @Test func textsOfOtherProgramsBecomeRequests() async throws {
        let program = try Program()
        defer { program.remove() }
        let raster = try Raster(width: 8, height: 8, red: 1, green: 2, blue: 3).encoded(as: .png)
        func png(_ keyword: String, _ text: String, to name: String) throws {
            let body = Array("tEXt\(keyword)".utf8) + [0] + Array(text.utf8)
            var crc: UInt32 = 0xFFFF_FFFF
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
            let chunk = number(UInt32(body.count - 4)) + body + number(~crc)
            try Data(Array(raster[..<33]) + chunk + raster[33...]).write(
                to: program.folder.appendingPathComponent(name))
        }
        try png(
            "parameters",
            "a castle, \"tall\"\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 512x768, Version: v1.6.0",
            to: "a1111.png")
        try png(
            "prompt",
            #"{"3":{"class_type":"KSampler","inputs":{"seed":9,"positive":["6",0]}},"#
                + #""6":{"class_type":"CLIPTextEncode","inputs":{"text":"a boat"}}}"#, to: "comfy.png")
        try png("invokeai_metadata", #"{"positive_prompt":"a tree","seed":4,"steps":30}"#, to: "invoke.png")
        try program.write(
            """
            for _, name in ipairs { "a1111.png", "comfy.png", "invoke.png" } do
              local request, by, rest = flux.read(name)
              print(by, request.prompt, request.seed, request.width, request.height, rest.Sampler, rest["Negative prompt"])
              print(flux.await(flux.generate(request)).ok)
            end
            """, to: "read.lua")
        let result = try await program.run(["read.lua"])
        #expect(
            result.output == """
                A1111\ta castle, "tall"\t5\t512\t768\tEuler a\tfog
                true
                ComfyUI\ta boat\t9\tnil\tnil\tnil\tnil
                true
                InvokeAI\ta tree\t4\tnil\tnil\tnil\tnil
                true

                """, "\(result.error)")
    }
}
