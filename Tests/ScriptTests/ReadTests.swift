import FluxImaging
import Foundation
import Testing

/// The way back from a picture to its request.
@Suite(.timeLimit(.minutes(5))) struct ReadTests {
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
        #expect(printed.error == "fluxlua: mask.png does not say how it was made\n")
        try program.write(printed.output, to: "printed.lua")
        let run = try await program.run(["printed.lua"])
        #expect(run.status == 0 && run.summary?.hasPrefix("2 jobs: 0 made, 2 reused") == true, "\(run.error)")
    }

    @Test func whatAFileCannotNameKeepsTheRequestFromBeingPaid() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(Raster(width: 64, height: 64, red: 1, green: 2, blue: 3).encoded(as: .png), to: "a.png")
        let elsewhere = try Program()
        defer { elsewhere.remove() }
        try elsewhere.write(Raster(width: 64, height: 64, red: 1, green: 2, blue: 3).encoded(as: .png), to: "a.png")
        let ask = """
            flux.config { first_look = 0 }
            local source = flux.generate { prompt = "a fox", seed = 1 }
            local function ask(name, picture)
              flux.save(flux.generate { prompt = "a hare", seed = 2, image_prompt = picture }, name .. ".{ext}")
            end
            ask("job", source)
            ask("inside", "\(program.file("a.png").path)")
            ask("outside", "\(elsewhere.file("a.png").path)")
            for _, name in ipairs { "job", "inside", "outside" } do
              local request, _, rest = flux.read(name .. ".jpg")
              local ok, result = pcall(flux.generate, request)
              print(name, request.image_prompt, rest.image_prompt, ok or tostring(result))
            end
            """
        try program.write(ask, to: "ask.lua")
        let result = try await program.run(["ask.lua"])
        let expected = """
            job\ta picture of an earlier job\tflux.job("…").images[1]\task.lua:11: flux.generate: …no such file…
            inside\ta.png\tnil\ttrue
            outside\ta picture that the file does not name\tit was outside…\task.lua:11: flux.generate: …no such file…

            """
        #expect(Lesson.matches(result.output, expected), "\(result.output)\(result.error)")
        #expect(!(try program.bytes("outside.jpg")).contains(Array(elsewhere.folder.path.utf8)))
        // As Lua, the earlier job is asked for its picture.
        let printed = try await program.run(["read", "job.jpg"])
        #expect(printed.output.contains("  image_prompt = flux.job(\""), "\(printed.output)")
        try program.write(printed.output, to: "printed.lua")
        let run = try await program.run(["printed.lua"])
        #expect(run.status == 0 && run.summary?.contains("0 made, 1 reused") == true, "\(run.error)")
    }

    @Test func everyRequestComesBackAsItWas() async throws {
        let program = try Program()
        defer { program.remove() }
        let ask = """
            flux.config { first_look = 0 }
            local requests = {
              -- A line break as drawing programs copy it, and what XML has no room for.
              { prompt = "a fox\\vin snow \\u{FFFE}\\r\\n\\x1b[1m <&'\\">", seed = 7 },
              { prompt = "a fox", seed = false },
              { prompt = "a fox", seed = 7, image_prompt_strength = 0.35, raw = true },
              { model = "flux-1.1-pro", params_key = "fluxParams", prompt = "a fox", params = { seed = 7, width = 256 } },
            }
            for index, request in ipairs(requests) do
              for _, format in ipairs { "png", "jpg", "webp" } do
                (request.params or request).output_format = format
                local path = flux.save(flux.generate(request), index .. ".{ext}")
                local read = flux.read(path)
                read.model = request.model and read.model
                print(path, flux.inspect(read) == flux.inspect(request))
              end
            end
            """
        try program.write(ask, to: "ask.lua")
        let result = try await program.run(["ask.lua"])
        let names = (1...4).flatMap { index in ["png", "jpg", "webp"].map { "\(index).\($0)\ttrue\n" } }
        #expect(result.output == names.joined(), "\(result.error)")
        // In a plan, what would be saved can be read too.
        try FileManager.default.removeItem(at: program.file("1.png"))
        let plan = try await program.run(["plan", "ask.lua"])
        #expect(plan.error.contains("1.png\ttrue\n"), "\(plan.error)")
    }

    @Test func aRequestIsReadFromTheTextWhereAnotherProgramHasRemovedTheRest() async throws {
        let program = try Program()
        defer { program.remove() }
        let metadata = ImageMetadata(
            prompt: "Negative prompt: is my prompt\nSteps: 1, Seed: 2, Size: 3", model: "flux-2-pro", seed: 7,
            parameters: "{\"resolution\":\"0.5MP\"}")
        let files: [(String, ImageFormat, String)] = [
            ("a.png", .png, "XML:com.adobe.xmp"), ("a.jpg", .jpg, "http://ns.adobe.com/xap/1.0/"),
            ("a.webp", .webp, "XMP "),
        ]
        for (name, format, mark) in files {
            var file = try metadata.embedded(
                in: Raster(width: 8, height: 8, red: 1, green: 2, blue: 3).encoded(as: format))
            let place = try #require(file.firstRange(of: Array(mark.utf8)))
            file.replaceSubrange(place, with: mark.utf8.map { $0 == 0x58 || $0 == 0x78 ? 0x71 : $0 })
            try program.write(file, to: name)
            let result = try await program.run(["read", "--json", name])
            #expect(
                result.output == """
                    {"call":"generate","file":"\(name)","program":"fluxlua","request":{"model":"flux-2-pro","prompt":\
                    "Negative prompt: is my prompt\\nSteps: 1, Seed: 2, Size: 3","resolution":"0.5MP","seed":7},"rest":{}}

                    """, "\(result.error)")
        }
    }

    @Test func eachFileIsToldOrWhyNot() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("no picture", to: "notes.txt")
        let result = try await program.run(["read", "--json", "none.png", "notes.txt", "."])
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 1 && lines.count == 3)
        #expect(lines.last?.hasPrefix("{\"error\":\"cannot read .: ") == true, "\(result.output)")
        #expect(
            lines.dropFirst().first
                == #"{"error":"notes.txt: not a PNG, JPEG, WebP or GIF picture","file":"notes.txt"}"#)
        #expect(result.error.contains("notes.txt: not a PNG"))
        #expect(try await program.run(["read"]).status == 2)
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
              print(by, request.prompt, request.seed, request.aspect_ratio, rest.Size, rest.Sampler, rest["Negative prompt"])
              print(flux.await(flux.generate(request)).ok)
            end
            """, to: "read.lua")
        let result = try await program.run(["read.lua"])
        #expect(
            result.output == """
                A1111\ta castle, "tall"\t5\t3:4\t512x768\tEuler a\tfog
                true
                ComfyUI\ta boat\t9\tnil\tnil\tnil\tnil
                true
                InvokeAI\ta tree\t4\tnil\tnil\tnil\tnil
                true

                """, "\(result.error)")
    }
}
