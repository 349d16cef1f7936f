import FluxClient
import FluxImaging
import Foundation
import LuaRuntime
import TestSupport
import Testing

/// `flux.models`, `flux.account`, `flux.estimate`, `flux.upload`.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
    private static let listing: JSONValue = [
        "models": [
            ["id": "flux-2-pro", "costMin": 8, "costMax": 12],
            ["id": "flux-lora", "credits": 5],
            ["id": "other-model", "label": "Other Model", "credits": 4.5, "parametersKey": "otherParams"],
        ]
    ]

    private func bench(models: HTTPResponse = FakeService.answer(200, listing)) async throws -> Bench {
        let bench = try await Bench()
        bench.service.change { $0.models = models }
        return bench
    }

    // MARK: flux.models

    @Test func modelsAreReadByNumberAndByNameWithWhatTheServiceCharges() async throws {
        let values = try await bench().runToEnd(
            """
            local models, err = flux.models()
            local pro, fill = models[1], models["flux-fill-pro"]
            local strength, size = pro.parameters.image_prompt_strength, pro.parameters["resolution"]
            return err, pro.model, pro.title, pro.call, pro.params_key, pro.cost.least, pro.cost.most, pro.seconds,
              fill.call, fill.cost.least, fill.cost.most, models["flux-2-max"].cost, models["no-such"],
              strength.type, strength.min, strength.max, strength.step, strength.default,
              size.type, #size.values, size.default, size.documented, pro.parameters.input_images.limit,
              fill.parameters.image.required, fill.parameters.seed.summary
            """)
        #expect(
            values == [
                .nil, "flux-2-pro", "Flux 2 Pro", "generate", "fluxParams", 8, 12, 15, "edit", 9, 9, .nil, .nil,
                "number", 0, 1, .number(0.05), .number(0.5), "choice", 5, "2MP", true, 10, true,
                "the same number reproduces the same result",
            ])
    }

    @Test func modelsThatOnlyTheServiceKnowsComeLast() async throws {
        let values = try await bench().runToEnd(
            """
            local models = flux.models()
            local other = models[#models]
            return #models, other.model, other.title, other.cost.most, other.params_key, other.call, #other.parameters
            """)
        #expect(values == [56, "other-model", "Other Model", 5, "otherParams", .nil, 0])
    }

    @Test func everyTypeOfParameterIsToldInItsWord() async throws {
        let values = try await bench().runToEnd(
            """
            local types, seen = {}, {}
            for _, model in ipairs(flux.models()) do
              for _, parameter in ipairs(model.parameters) do
                if not seen[parameter.type] then types[#types + 1] = parameter.type end
                seen[parameter.type] = true
              end
            end
            table.sort(types)
            return table.concat(types, " ")
            """)
        #expect(values == ["boolean choice image images integer number ratio text"])
    }

    @Test func serviceThatDoesNotAnswerLeavesTheCatalogueAndSaysWhyCostsAreMissing() async throws {
        let values = try await bench(models: FakeService.answer(503, ["error": "down"])).runToEnd(
            """
            local models, err = flux.models()
            return #models, models["flux-fill-pro"].cost.most, models["flux-2-pro"].cost, err.kind
            """)
        #expect(values == [55, 9, .nil, "service"])
    }

    @Test func serviceIsAskedOnceForWhatModelsCost() async throws {
        let bench = try await bench()
        _ = try await bench.runToEnd("flux.models() flux.models() flux.estimate 'x'")
        #expect(bench.service.state.requests == ["GET /v2/models"])
    }

    // MARK: flux.account

    @Test func accountTellsCreditsAndPlan() async throws {
        let bench = try await bench()
        bench.service.change {
            $0.account = FakeService.answer(
                200,
                [
                    "user": ["name": "Ada"], "team": ["credits": 120, "plan": "pro"], "apiKey": ["prefix": "afk_1234"],
                ])
        }
        let values = try await bench.runToEnd("local a = flux.account() return a.user, a.credits, a.plan, a.key")
        #expect(values == ["Ada", 120, "pro", "afk_1234"])
    }

    @Test func keyThatIsRefusedComesBackWithAHint() async throws {
        let bench = try await bench()
        bench.service.change { $0.account = FakeService.answer(401, ["error": "Invalid API key"]) }
        let values = try await bench.runToEnd(
            "local a, err = flux.account() return a, err.kind, err.hint, tostring(err)")
        #expect(
            values == [
                .nil, "auth", "set APIFRAME_API_KEY to your key, which begins with afk_",
                "the service does not know the API key: Invalid API key",
            ])
    }

    // MARK: flux.estimate

    @Test(arguments: [
        ("'x'", 8, 12), ("{ prompt = 'x' }", 8, 12), ("{}", 0, 0),
        ("{ { prompt = 'x' }, 'y', { prompt = 'z', image = 'https://a/b.png', outpaint = 'Make square' } }", 25, 33),
        ("{ model = 'flux-lora', loraId = 'a', prompt = 'x', num_outputs = 4 }", 5, 20),
        ("{ model = 'flux-fill-pro', image = 'https://a/b.png', mask = 'https://a/m.png', prompt = 'x' }", 9, 9),
        ("{ model = 'other-model', params_key = 'otherParams', prompt = 'x' }", 5, 5),
    ])
    func estimateAddsUpWhatRequestsCost(_ argument: String, _ least: Int64, _ most: Int64) async throws {
        let bench = try await bench()
        #expect(
            try await bench.runToEnd("return flux.estimate(\(argument))") == [.integer(least), .integer(most)])
        #expect(bench.service.state.requests == ["GET /v2/models"])
    }

    @Test func estimateTellsWhyItCannotKnow() async throws {
        let silent = try await bench(models: FakeService.answer(503, ["error": "down"]))
        #expect(try await silent.runToEnd("return select(2, flux.estimate 'x').kind") == ["service"])
        let known = try await bench(models: FakeService.answer(503, ["error": "down"]))
        let edit = "{ image = 'https://a/b.png', outpaint = 'Make square', prompt = 'x' }"
        #expect(try await known.runToEnd("return flux.estimate(\(edit))") == [9, 9])
        let unpriced = try await bench()
        #expect(
            try await unpriced.runToEnd("return flux.estimate { model = 'flux-2-max', prompt = 'x' }").last?.table?[
                "message"] == "the service does not say what flux-2-max costs")
    }

    @Test(arguments: [
        ("{ prompt = '' }", "'prompt' must be 1 to 2000 characters long (it is empty)"),
        ("{ 'x', { prompt = 'y', resolutoin = '1MP' } }", "item 2: unknown parameter 'resolutoin' for flux-2-pro"),
        ("{ 'x', 7 }", "item 2: expected a table such as { prompt = \"…\" } or a prompt, got number"),
        ("nil", "expected a table such as { prompt = \"…\" } or a prompt, got nil"),
        ("{ prompt = 'x', image_prompt = 'no.png' }", "image_prompt: no such file: no.png"),
    ])
    func estimateRefusesWhatGenerateRefuses(_ argument: String, _ message: String) async throws {
        let bench = try await bench()
        let said = try await bench.complaint(of: "flux.estimate(\(argument))")
        #expect(said.hasPrefix("ask.lua:1: flux.estimate: \(message)"), "\(said)")
        #expect(bench.service.state.requests.isEmpty)
    }

    // MARK: flux.upload

    @Test func uploadGivesAURLAndSendsAContentOnce() async throws {
        let bench = try await bench()
        let path = bench.folder.path + "/a.png"
        let picture = try Raster(width: 2, height: 2, red: 1, green: 2, blue: 3).encoded(as: .png)
        try Data(picture).write(to: URL(fileURLWithPath: path))
        let values = try await bench.runToEnd("return flux.upload '\(path)', flux.upload '\(path)'")
        #expect(values == ["https://uploads.example/file.png", "https://uploads.example/file.png"])
        #expect(bench.service.state.requests == ["POST /v2/uploads"])
    }

    @Test(arguments: [
        ("'no.png'", "no such file: no.png"), ("'/'", "not a file: /"),
        ("'/dev/null'", "not a file: /dev/null"), ("7", "expected the path of a picture (got 7)"),
        ("", "expected the path of a picture (got nil)"),
    ])
    func uploadOfWhatIsNoPictureIsAnErrorAtItsLine(_ argument: String, _ message: String) async throws {
        let bench = try await bench()
        #expect(try await bench.complaint(of: "flux.upload(\(argument))") == "ask.lua:1: flux.upload: \(message)")
        #expect(bench.service.state.requests.isEmpty)
    }
}
