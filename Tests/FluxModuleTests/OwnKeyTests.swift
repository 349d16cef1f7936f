import FluxClient
import LuaRuntime
import TestSupport
import Testing

/// `params_key` and `params`: models that only the service knows.
@Suite(.timeLimit(.minutes(5))) struct OwnKeyTests {
    @Test func parametersGoOutAsTheyAreUnderTheirKey() async throws {
        let bench = try await Bench()
        let values = try await bench.runToEnd(
            """
            local job = flux.generate {
              model = "other-model", params_key = "otherParams", prompt = "a fox", name = "n",
              webhook_url = "https://a.example/hook", webhook_events = { "failed" },
              params = { seed = 7, size = { 1, 2.5 }, style = flux.json.null, none = flux.json.empty_object, ok = true },
            }
            while not job.id do flux.sleep(1) end
            return job.seed, job.params.ok, job.model
            """)
        #expect(values == [7, true, "other-model"])
        #expect(
            bench.sent == [
                [
                    "model": "other-model", "prompt": "a fox", "webhookUrl": "https://a.example/hook",
                    "webhookEvents": ["failed"],
                    "otherParams": ["seed": 7, "size": [1, 2.5], "style": nil, "none": [:], "ok": true],
                ]
            ])
    }

    @Test func noSeedIsDrawnAndNoPromptIsNeeded() async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate { model = 'upscaler', params_key = 'p', params = { factor = 2 } }")
        await until { bench.sent.count == 1 }
        #expect(bench.sent == [["model": "upscaler", "p": ["factor": 2]]])
        #expect(try await bench.run("return job.seed") == [.nil])
    }

    @Test func editCarriesItsPromptWhereTheServiceWantsIt() async throws {
        let bench = try await Bench()
        try await bench.run("flux.edit { model = 'other-edit', params_key = 'p', prompt = 'x' }")
        await until { bench.sent.count == 1 }
        #expect(bench.sent == [["model": "other-edit", "p": ["prompt": "x"]]])
    }

    @Test func jobStandsForItsFirstPicture() async throws {
        let bench = try await Bench()
        try await bench.run("first = flux.generate 'x'")
        await until { bench.sent.count == 1 }
        bench.service.tell(1, status: "COMPLETED")
        _ = try await bench.runToEnd("first:await()")
        try await bench.run(
            "flux.generate { model = 'other', params_key = 'p', params = { a = first, b = first.images[1] } }")
        await until { bench.sent.count == 2 }
        let url: JSONValue = "https://cdn.example/1-1.png"
        #expect(bench.sent.last == ["model": "other", "p": ["a": url, "b": url]])
    }

    @Test func refusalOfTheServiceIsReadableAndCarriesItsDetails() async throws {
        let bench = try await Bench()
        bench.service.change {
            $0.refusal = FakeService.answer(
                400,
                [
                    "error": "Validation failed",
                    "details": ["p.size": ["too large"], "p.a": ["odd", "even"], "p.b": ["b"], "p.c": ["c"]],
                ])
        }
        let values = try await bench.runToEnd(
            """
            local job, err = flux.await(flux.generate { model = "other", params_key = "p", prompt = "x" })
            return job, err.kind, err.status, err.message, err.details["p.size"]
            """)
        #expect(
            values == [
                .nil, "invalid", 400,
                "the service refused the request: Validation failed: p.a: odd, even; p.b: b; p.c: c; and 1 more",
                "too large",
            ])
    }

    @Test func modelThatNobodyKnowsIsRefusedWithAHintAtTheOtherWay() async throws {
        let bench = try await Bench()
        let hints = try await bench.run(
            """
            local _, far = pcall(flux.generate, { model = "midjourney", prompt = "x" })
            local _, near = pcall(flux.generate, { model = "flux-2-por", prompt = "x" })
            return far.hint, near.hint
            """)
        #expect(
            hints == [
                "request other models of the service with 'params_key' and 'params'; flux.models() lists them",
                .nil,
            ])
    }

    @Test(arguments: [
        ("{ params_key = 'p', prompt = 'x' }", "'params_key' needs 'model', the model's name at the service"),
        (
            "{ model = 'flux-2-pro', params = { seed = 7 }, prompt = 'x' }",
            "'params' needs 'params_key'; put the parameters of flux-2-pro beside the prompt"
        ),
        (
            "{ model = 'm', params = { seed = 7 }, prompt = 'x' }",
            "'params' needs 'params_key', the name of the model's own object in a request, such as \"fluxParams\""
        ),
        (
            "{ model = 'm', params_key = 'p', seed = 7 }",
            "'seed' does not go beside 'params_key': put the model's parameters into 'params'"
        ),
        (
            "{ model = 'm', params_key = 'prompt' }",
            "'params_key' must be the name of the model's own object in a request, such as \"fluxParams\" (got \"prompt\")"
        ),
        ("{ model = 'm', params_key = 7 }", "'params_key' must be a string (got 7)"),
        ("{ model = '', params_key = 'p' }", "'model' must not be empty"),
        ("{ model = 'm', params_key = 'p', params = 7 }", "'params' must be a table such as { seed = 7 } (got 7)"),
        (
            "{ model = 'm', params_key = 'p', params = { 7 } }",
            "'params' must be a table such as { seed = 7 } (got table)"
        ),
        (
            "{ model = 'm', params_key = 'p', params = { [true] = 1 } }",
            "'params' has the key true, which is not a name"
        ),
        (
            "{ model = 'm', params_key = 'p', params = { a = { b = print } } }",
            "params.a.b is a function, not a value that JSON has"
        ),
        ("{ model = 'flux-9', prompt = 'x' }", "unknown model 'flux-9'"),
    ])
    func wrongRequestIsAnErrorAtItsLine(_ argument: String, _ message: String) async throws {
        let bench = try await Bench()
        let said = try await bench.complaint(of: "flux.generate(\(argument))")
        #expect(said.hasPrefix("ask.lua:1: flux.generate: \(message)"), "\(said)")
        #expect(bench.service.state.requests.isEmpty)
    }
}
