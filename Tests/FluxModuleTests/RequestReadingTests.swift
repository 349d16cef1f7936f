import FluxClient
import TestSupport
import Testing

/// What an author writes, and what of it is sent.
@Suite struct RequestReadingTests {
    /// Contract: each message as lua-api §1 words it, and all others of its kind.
    @Test(arguments: [
        // Those of lua-api §1.
        (
            "flux.generate { prompt = 'x', resolutoin = '2MP' }",
            "flux.generate: unknown parameter 'resolutoin' for flux-2-pro (did you mean 'resolution'?)"
        ),
        (
            "flux.generate { prompt = 'x', resolution = '3MP' }",
            #"flux.generate: 'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got "3MP")"#
        ),
        (
            "flux.edit { prompt = 'x', image = 'https://a/b.png', mode = 'inpaint' }",
            "flux.edit: inpaint needs 'mask' (white = repaint, black = keep)"
        ),
        (
            "flux.generate { prompt = 'x', image_prompt = 'refs/mug.jpg' }",
            "flux.generate: image_prompt: no such file: refs/mug.jpg"
        ),
        // The request itself.
        ("flux.generate()", #"flux.generate: expected a table such as { prompt = "…" } or a prompt, got nil"#),
        ("flux.edit(7)", #"flux.edit: expected a table such as { prompt = "…" } or a prompt, got number"#),
        ("flux.generate { 'x' }", #"flux.generate: expected named fields such as prompt = "…", got a list"#),
        ("flux.generate { prompt = 'x', [true] = 1 }", "flux.generate: expected named fields, got the key true"),
        ("flux.generate { prompt = 'x', [1.5] = 1 }", "flux.generate: expected named fields, got the key 1.5"),
        // Model and prompt.
        (
            "flux.generate { model = 'flux-2-por', prompt = 'x' }",
            "flux.generate: unknown model 'flux-2-por' (did you mean 'flux-2-pro'?)"
        ),
        (
            "flux.edit { model = 'zzz', prompt = 'x' }", "flux.edit: unknown model 'zzz' (known: flux-fill-pro)"
        ),
        ("flux.generate { model = 7, prompt = 'x' }", "flux.generate: 'model' must be a string (got 7)"),
        (
            "flux.generate { model = 'flux-fill-pro', prompt = 'x' }",
            "flux.generate: flux-fill-pro is a model for edit, not for generate"
        ),
        (
            "flux.edit { model = 'flux-2-pro', prompt = 'x' }",
            "flux.edit: flux-2-pro is a model for generate, not for edit"
        ),
        ("flux.generate {}", "flux.generate: 'prompt' must be 1 to 2000 characters long (it is empty)"),
        (
            "flux.generate { promt = 'x' }",
            "flux.generate: unknown parameter 'promt' for flux-2-pro (did you mean 'prompt'?)"
        ),
        ("flux.generate ''", "flux.generate: 'prompt' must be 1 to 2000 characters long (it is empty)"),
        (
            "flux.generate(('é'):rep(2001))", "flux.generate: 'prompt' must be 1 to 2000 characters long (got 2001)"
        ),
        ("flux.generate { prompt = {} }", "flux.generate: 'prompt' must be a string (got table)"),
        (#"flux.generate { prompt = '\xff' }"#, "flux.generate: 'prompt' must be UTF-8 text"),
        // Values.
        (
            "flux.generate { prompt = 'x', seed = 'a' }", #"flux.generate: 'seed' must be a whole number (got "a")"#
        ),
        ("flux.generate { prompt = 'x', seed = 1.5 }", "flux.generate: 'seed' must be a whole number (got 1.5)"),
        (
            "flux.generate { prompt = 'x', prompt_upsampling = 1 }",
            "flux.generate: 'prompt_upsampling' must be true or false (got 1)"
        ),
        (
            "flux.generate { prompt = 'x', output_quality = 101 }",
            "flux.generate: 'output_quality' must be a whole number from 0 to 100 (got 101)"
        ),
        (
            "flux.generate { prompt = 'x', image_prompt_strength = -0.05 }",
            "flux.generate: 'image_prompt_strength' must be a number from 0 to 1 (got -0.05)"
        ),
        (
            "flux.generate { prompt = 'x', image_prompt_strength = 0/0 }",
            "flux.generate: 'image_prompt_strength' cannot be a number"
        ),
        (
            "flux.generate { prompt = 'x', aspect_ratio = 'wide' }",
            "flux.generate: 'aspect_ratio' must be a ratio of two whole numbers, such as 1:1, 3:4, 4:3, 9:16, 16:9 (got \"wide\")"
        ),
        ("flux.generate { prompt = 'x', resolution = print }", "flux.generate: 'resolution' cannot be a function"),
        (
            "flux.generate { prompt = 'x', resolution = {} }",
            #"flux.generate: 'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got a list)"#
        ),
        (
            "flux.generate { model = 'flux-lora', prompt = 'x' }",
            "flux.generate: flux-lora needs 'loraId' (the trained style to apply)"
        ),
        (
            "flux.generate { prompt = 'x', mask = 'm.png' }",
            "flux.generate: unknown parameter 'mask' for flux-2-pro (it belongs to flux-fill-pro, ideogram-v2, ideogram-v2-turbo, ideogram-v2a, ideogram-v2a-turbo, ideogram-v3-balanced, ideogram-v3-turbo and 5 more)"
        ),
        ("flux.generate { prompt = 'x', name = 1 }", "flux.generate: 'name' must be a string (got 1)"),
        ("flux.generate { prompt = 'x', fresh = 1 }", "flux.generate: 'fresh' must be true or false (got 1)"),
        // Edits.
        (
            "flux.edit { prompt = 'x', image = 'https://a/b.png' }",
            "flux.edit: edit needs 'mask' (inpaint: white = repaint, black = keep) or 'outpaint' (where to extend)"
        ),
        (
            "flux.edit { prompt = 'x', image = 'https://a/b.png', mode = 'outpaint' }",
            #"flux.edit: outpaint needs 'outpaint' (where to extend, such as "Zoom out 1.5x")"#
        ),
        (
            "flux.edit { prompt = 'x', outpaint = 'Make square' }",
            "flux.edit: flux-fill-pro needs 'image' (the picture to edit)"
        ),
        (
            "flux.edit { prompt = 'x', image = 'https://a/b.png', outpaint = 'sideways' }",
            #"flux.edit: 'outpaint' must be one of "Zoom out 1.5x", "Zoom out 2x", "Make square", "Left outpaint", "Right outpaint", "Top outpaint", "Bottom outpaint" (got "sideways")"#
        ),
        // Pictures.
        ("flux.generate { prompt = 'x', image_prompt = '.' }", "flux.generate: image_prompt: not a file: ."),
        (
            "flux.generate { prompt = 'x', image_prompt = 7 }",
            "flux.generate: image_prompt: expected a URL, a file, a job or a picture of a job, got number"
        ),
        (
            "flux.generate { prompt = 'x', input_images = { a = 'b' } }",
            "flux.generate: input_images: expected a picture or a list of pictures"
        ),
        (
            "flux.generate { prompt = 'x', image_prompt = { 'https://a/1.png', 'https://a/2.png' } }",
            "flux.generate: 'image_prompt' must be a picture (got a list)"
        ),
        (
            "local all = {} for i = 1, 11 do all[i] = 'https://a/b.png' end flux.generate { prompt = 'x', input_images = all }",
            "flux.generate: 'input_images' takes at most 10 pictures (got 11)"
        ),
        // Webhooks.
        (
            "flux.generate { prompt = 'x', webhook_url = 'nowhere' }",
            #"flux.generate: 'webhook_url' must be an http:// or https:// address (got "nowhere")"#
        ),
        (
            "flux.generate { prompt = 'x', webhook_url = 'https://a/b', webhook_events = {} }",
            #"flux.generate: 'webhook_events' must name at least one of "progress", "completed", "failed""#
        ),
        (
            "flux.generate { prompt = 'x', webhook_url = 'https://a/b', webhook_events = { 'done' } }",
            #"flux.generate: 'webhook_events' must be among "progress", "completed", "failed" (got "done")"#
        ),
        (
            "flux.generate { prompt = 'x', webhook_url = 'https://a/b', webhook_events = 'completed' }",
            #"flux.generate: 'webhook_events' must be a list of strings (got "completed")"#
        ),
    ])
    func wrongRequestIsRefusedInThoseWordsBeforeAnythingIsOpened(_ call: String, _ message: String) async throws {
        let bench = try await Bench()
        #expect(try await bench.complaint(of: call) == "ask.lua:1: " + message)
        #expect(bench.module.openedEngine == nil && bench.service.state.requests.isEmpty)
    }

    @Test func allThatIsWrongIsInTheDetails() async throws {
        let bench = try await Bench()
        let values = try await bench.run(
            """
            local _, err = pcall(flux.generate, { prompt = "", seed = "a", steps = 99 })
            return err.kind, err.details.prompt, err.details.seed, err.details.steps
            """)
        #expect(
            values == [
                "invalid", "'prompt' must be 1 to 2000 characters long (it is empty)",
                "'seed' must be a whole number (got \"a\")", "'steps' must be a whole number from 1 to 50 (got 99)",
            ])
    }

    @Test func fileThatIsNoPictureOrTooLargeIsRefused() async throws {
        let bench = try await Bench()
        let text = try bench.folder.write(Array("no picture".utf8), to: "text.png")
        #expect(
            try await bench.complaint(of: "flux.generate { prompt = 'x', image_prompt = '\(text)' }")
                == "ask.lua:1: flux.generate: image_prompt: not a PNG, JPEG, WebP or GIF picture: \(text)")
        let large = bench.folder.path + "/large.gif"
        try await bench.run(
            "local file = io.open('\(large)', 'w') file:write('GIF89a') file:seek('set', 25 << 20) file:write('x') file:close()"
        )
        #expect(
            try await bench.complaint(of: "flux.generate { prompt = 'x', image_prompt = '\(large)' }")
                == "ask.lua:1: flux.generate: image_prompt: \(large) is larger than 25 MB, the most that the service accepts"
        )
    }

    // MARK: What is sent

    /// The body of the first submission.
    private func body(_ source: String, bench: Bench) async throws -> JSONValue {
        try await bench.run(source)
        await until { !bench.sent.isEmpty }
        return bench.sent[0]
    }

    @Test func aStringStandsForItsPrompt() async throws {
        let bench = try await Bench(drawSeed: { 12 })
        #expect(
            try await body("flux.generate 'a mug'", bench: bench)
                == ["model": "flux-2-pro", "prompt": "a mug", "fluxParams": ["seed": 12]])
    }

    @Test func parametersAreFlatAndFloatsThatAreWholeAreWhole() async throws {
        let bench = try await Bench()
        let source = """
            flux.generate {
              prompt = "a mug", model = "flux-1.1-pro", name = "label", fresh = true, seed = 7.0, output_quality = 80.0,
              image_prompt_strength = 0.25, raw = true, image_prompt = "https://a/b.png",
            }
            """
        #expect(
            try await body(source, bench: bench) == [
                "model": "flux-1.1-pro", "prompt": "a mug",
                "fluxParams": [
                    "seed": 7, "output_quality": 80, "image_prompt_strength": 0.25, "raw": true,
                    "image_prompt": "https://a/b.png",
                ],
            ])
    }

    @Test func seedThatIsFalseIsNotSent() async throws {
        let bench = try await Bench()
        #expect(
            try await body("job = flux.generate { prompt = 'x', seed = false }", bench: bench)
                == ["model": "flux-2-pro", "prompt": "x"])
        #expect(try await bench.run("return job.seed") == [.nil])
    }

    @Test func seedThatWasDrawnIsRecorded() async throws {
        let bench = try await Bench(drawSeed: { 31 })
        #expect(try await bench.run("return flux.generate('x').seed") == [31])
    }

    @Test(arguments: [("mask = 'https://a/m.png'", "inpaint"), ("outpaint = 'Make square'", "outpaint")])
    func modeOfAnEditFollowsFromWhatIsGiven(_ field: String, _ mode: String) async throws {
        let bench = try await Bench()
        let sent = try await body(
            "job = flux.edit { prompt = 'x', image = 'https://a/b.png', \(field) }", bench: bench)
        #expect(sent["model"] == "flux-fill-pro")
        #expect(sent["fluxFillParams"]?["mode"] == .string(mode))
        #expect(sent["fluxFillParams"]?["prompt"] == "x" && sent["prompt"] == nil)
        #expect(try await bench.run("return job.params.mode") == [.string(mode)])
    }

    @Test func webhookGoesAlong() async throws {
        let bench = try await Bench()
        let sent = try await body(
            "flux.generate { prompt = 'x', webhook_url = 'https://a/b', webhook_events = { 'failed' } }", bench: bench)
        #expect(sent["webhookUrl"] == "https://a/b" && sent["webhookEvents"] == ["failed"])
    }

    @Test func localFileIsSentAsTheUrlOfItsUpload() async throws {
        let bench = try await Bench()
        let file = try bench.folder.write(Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0, 0x3B], to: "a.gif")
        let sent = try await body("job = flux.generate { prompt = 'x', image_prompt = '\(file)' }", bench: bench)
        #expect(sent["fluxParams"]?["image_prompt"] == "https://uploads.example/file.png")
        #expect(try await bench.run("return job.params.image_prompt") == [.string(file)])
    }

    @Test func pictureOfAJobIsSentByItsUrlAndTheJobByItsFirst() async throws {
        let bench = try await Bench()
        try await bench.run("first = flux.generate 'one'")
        await until { bench.sent.count == 1 }
        bench.service.change { $0.jobs[0].pictures = 2 }
        bench.service.tell(1, status: "COMPLETED")
        _ = try await bench.runToEnd("assert(first:await())")
        try await bench.run(
            """
            flux.generate { prompt = "two", image_prompt = first }
            flux.generate { prompt = "three", image_prompt = first.images[2] }
            flux.generate { prompt = "four", input_images = { first.images[2], "https://a/b.png", first } }
            """)
        await until { bench.sent.count == 4 }
        let (one, two): (JSONValue, JSONValue) = ("https://cdn.example/1-1.png", "https://cdn.example/1-2.png")
        func parameters(_ prompt: JSONValue) -> JSONValue? {
            bench.sent.first { $0["prompt"] == prompt }?["fluxParams"]
        }
        #expect(parameters("two")?["image_prompt"] == one)
        #expect(parameters("three")?["image_prompt"] == two)
        #expect(parameters("four")?["input_images"] == [two, "https://a/b.png", one])
    }

    // MARK: Warnings

    @Test func warningIsGivenOnceWithThePlaceThatCausedIt() async throws {
        let bench = try await Bench()
        try await bench.run(
            """
            local request = { prompt = "x", steps = 20, aspect_ratio = "21:9" }
            flux.generate(request)
            flux.generate(request)
            flux.generate { prompt = "x", guidance = 3 }
            """)
        #expect(
            bench.notices == [
                "ask.lua:2: warning: flux.generate: 'aspect_ratio' is documented for flux-2-pro as "
                    + "1:1, 3:4, 4:3, 9:16, 16:9 (got \"21:9\")",
                "ask.lua:2: warning: flux.generate: 'steps' is not documented for flux-2-pro; the service may ignore it",
                "ask.lua:4: warning: flux.generate: 'guidance' is not documented for flux-2-pro; the service may ignore it",
            ])
    }

    @Test func documentedRequestGivesNoWarning() async throws {
        let bench = try await Bench()
        try await bench.run("flux.generate { prompt = 'x', resolution = '4MP', aspect_ratio = '16:9' }")
        #expect(bench.notices.isEmpty)
    }
}
