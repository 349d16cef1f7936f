import FluxClient
import Testing

struct CatalogueTests {
    private func validate(
        _ model: String = "flux-2-pro", _ parameters: [String: JSONValue] = [:], call: SubmitCall = .generate,
        prompt: String = "a mug", webhookURL: String? = nil, webhookEvents: [String] = []
    ) -> Validation {
        Catalogue.flux.validate(
            ImageRequest(
                call: call, model: model, prompt: prompt, parameters: parameters, webhookURL: webhookURL,
                webhookEvents: webhookEvents))
    }

    private func messages(_ model: String, _ parameters: [String: JSONValue]) -> [String] {
        let call: SubmitCall = model == "flux-fill-pro" ? .edit : .generate
        return validate(model, parameters, call: call).problems.map(\.message)
    }

    private func warnings(_ model: String, _ parameters: [String: JSONValue]) -> [String] {
        let validation = validate(model, parameters)
        #expect(validation.problems.isEmpty)
        return validation.warnings.map(\.message)
    }

    // MARK: Data

    @Test func holdsEveryModelOfTheContract() {
        #expect(
            Catalogue.flux.models.prefix(8).map(\.id) == [
                "flux-2-pro", "flux-1.1-pro", "flux-1.1-pro-ultra", "flux-fill-pro", "flux-2-dev", "flux-2-flex",
                "flux-2-max", "flux-lora",
            ])
        #expect(Catalogue.flux.models(for: .edit).map(\.id) == ["flux-fill-pro"])
        #expect(Catalogue.flux["flux-fill-pro"]?.credits == 9)
        #expect(Catalogue.flux["flux-1.1-pro"]?.averageDuration == .seconds(10))
        #expect(Catalogue.flux["flux-lora"]?.parametersKey == "fluxLoraParams")
    }

    @Test func namesEachParameterOnceDocumentedOnesFirst() {
        for model in Catalogue.flux.models {
            let names = model.parameters.map(\.name)
            #expect(Set(names).count == names.count)
            #expect(!names.contains("prompt"))
            let firstUndocumented = model.parameters.firstIndex { !$0.isDocumented } ?? names.count
            #expect(model.parameters[firstUndocumented...].allSatisfy { !$0.isDocumented })
        }
    }

    @Test func acceptsEveryDefaultAndDocumentedChoice() {
        for model in Catalogue.flux.models {
            var parameters: [String: JSONValue] = ["mask": "b.png", "mode": "inpaint"]
                .filter { model[parameter: $0.key] != nil }
            for parameter in model.parameters where parameter.isRequired && parameter.name != "mode" {
                parameters[parameter.name] = "a.png"
            }
            for parameter in model.parameters where parameter.isDocumented && parameter.name != "outpaint" {
                if let value = parameter.defaultValue { parameters[parameter.name] = value }
            }
            let prompt = model.prompt == .none ? "" : "a mug"
            let validation = validate(model.id, parameters, call: model.call, prompt: prompt)
            #expect(validation.problems.isEmpty)
            #expect(validation.warnings.isEmpty)
        }
    }

    @Test func acceptsForEveryFluxParamsModelWhatTheDescriptionAccepts() {
        let accepted: [String: JSONValue] = [
            "aspect_ratio": "21:9", "width": 2048, "height": 256, "steps": 50, "guidance": 1.5, "go_fast": true,
            "resolution": "4MP", "prompt_upsampling": true, "raw": true, "seed": -1, "output_quality": 0,
            "input_images": .array(Array(repeating: "https://example.org/a.png", count: 10)),
            "image_prompt": "https://example.org/a.png", "image_prompt_strength": 0.123, "output_format": "webp",
        ]
        for model in Catalogue.flux.models where model.parametersKey == "fluxParams" {
            #expect(validate(model.id, accepted).problems.isEmpty)
        }
        for model in ["flux-2-pro", "flux-2-dev", "flux-2-flex", "flux-2-max"] {
            #expect(validate(model, ["resolution": "match_input_image"]).problems.isEmpty)
        }
        #expect(validate("flux-1.1-pro", ["resolution": "match_input_image"]).problems.isEmpty)
    }

    // MARK: Problems

    @Test func asksWhatAMistypedParameterMeant() {
        #expect(
            messages("flux-2-pro", ["resolutoin": "1MP"]) == [
                "unknown parameter 'resolutoin' for flux-2-pro (did you mean 'resolution'?)"
            ])
        #expect(
            messages("flux-2-pro", ["outputFormat": "png"]) == [
                "unknown parameter 'outputFormat' for flux-2-pro (did you mean 'output_format'?)"
            ])
        #expect(messages("flux-2-pro", ["zzz": 1]) == ["unknown parameter 'zzz' for flux-2-pro"])
        #expect(
            messages("flux-2-pro", ["loraId": "x"]) == [
                "unknown parameter 'loraId' for flux-2-pro (it belongs to flux-lora)"
            ])
    }

    @Test func listsTheChoicesOfTheProductPage() {
        #expect(
            messages("flux-2-pro", ["resolution": "3MP"]) == [
                #"'resolution' must be one of "0.5MP", "1MP", "2MP", "4MP" (got "3MP")"#
            ])
    }

    @Test(
        arguments: [
            ("seed", "abc", "'seed' must be a whole number (got \"abc\")"),
            ("seed", 1.5, "'seed' must be a whole number (got 1.5)"),
            ("seed", ["a"], "'seed' must be a whole number (got a list)"),
            ("steps", 51, "'steps' must be a whole number from 1 to 50 (got 51)"),
            ("guidance", 1.4, "'guidance' must be a number from 1.5 to 10 (got 1.4)"),
            ("guidance", .number(.nan), "'guidance' must be a number from 1.5 to 10 (got nan)"),
            ("raw", "yes", "'raw' must be true or false (got \"yes\")"),
            ("image_prompt", 7, "'image_prompt' must be a picture (got 7)"),
            ("input_images", "a.png", "'input_images' must be a list of pictures (got \"a.png\")"),
            (
                "aspect_ratio", "wide",
                "'aspect_ratio' must be a ratio of two whole numbers, such as 1:1, 3:4, 4:3, 9:16, 16:9 (got \"wide\")"
            ),
            (
                "aspect_ratio", "0:1",
                "'aspect_ratio' must be a ratio of two whole numbers, such as 1:1, 3:4, 4:3, 9:16, 16:9 (got \"0:1\")"
            ),
        ] as [(String, JSONValue, String)])
    func saysWhatAValueMustBe(_ name: String, _ value: JSONValue, _ message: String) {
        #expect(messages("flux-2-pro", [name: value]) == [message])
        #expect(validate("flux-2-pro", [name: value]).problems.map(\.field) == [name])
    }

    @Test func countsPicturesOfALongList() {
        let many = JSONValue.array(Array(repeating: "a.png", count: 11))
        #expect(messages("flux-2-pro", ["input_images": many]) == ["'input_images' takes at most 10 pictures (got 11)"])
    }

    @Test func takesWholeNumbersHoweverWritten() {
        #expect(messages("flux-2-pro", ["seed": 3.0, "guidance": 3]).isEmpty)
    }

    @Test func suggestsAModel() {
        #expect(
            messages("flux-2-prp", [:]) == ["unknown model 'flux-2-prp' (did you mean 'flux-2-pro'?)"])
        #expect(messages("zebra", [:]).first?.hasPrefix("unknown model 'zebra' (known: flux-2-pro, ") == true)
    }

    @Test func saysWhichCallTakesAModel() {
        #expect(
            validate("flux-fill-pro", call: .generate).problems == [
                Problem("model", "flux-fill-pro is a model for edit, not for generate")
            ])
        #expect(
            validate("flux-2-pro", call: .edit).problems == [
                Problem("model", "flux-2-pro is a model for generate, not for edit")
            ])
    }

    @Test func boundsThePromptInCharacters() {
        #expect(
            validate(prompt: "").problems == [
                Problem("prompt", "'prompt' must be 1 to 2000 characters long (it is empty)")
            ])
        #expect(validate(prompt: String(repeating: "😀", count: 2000)).problems.isEmpty)
        #expect(
            validate(prompt: String(repeating: "a", count: 2001)).problems.map(\.message) == [
                "'prompt' must be 1 to 2000 characters long (got 2001)"
            ])
    }

    @Test func checksWhereAWebhookGoes() {
        #expect(validate(webhookURL: "https://example.org/hook", webhookEvents: ["failed"]).problems.isEmpty)
        #expect(
            validate(webhookURL: "example.org").problems == [
                Problem("webhook_url", "'webhook_url' must be an http:// or https:// address (got \"example.org\")")
            ])
        #expect(!validate(webhookURL: "ftp://example.org").problems.isEmpty)
        #expect(!validate(webhookURL: "https://").problems.isEmpty)
        #expect(
            validate(webhookURL: "https://example.org", webhookEvents: ["done"]).problems.map(\.message) == [
                "'webhook_events' must be among \"progress\", \"completed\", \"failed\" (got \"done\")"
            ])
        #expect(
            Catalogue.problem(withWebhookEvents: [])?.message
                == "'webhook_events' must name at least one of \"progress\", \"completed\", \"failed\"")
    }

    @Test func saysWhatAnEditNeeds() {
        let image: [String: JSONValue] = ["image": "a.png"]
        func with(_ more: [String: JSONValue]) -> [String] {
            messages("flux-fill-pro", image.merging(more) { _, new in new })
        }
        #expect(with(["mode": "inpaint"]) == ["inpaint needs 'mask' (white = repaint, black = keep)"])
        #expect(
            with(["mode": "outpaint"]) == ["outpaint needs 'outpaint' (where to extend, such as \"Zoom out 1.5x\")"])
        #expect(
            with([:]) == [
                "edit needs 'mask' (inpaint: white = repaint, black = keep) or 'outpaint' (where to extend)"
            ])
        #expect(with(["mask": "m.png"]) == ["edit needs 'mode' (\"inpaint\" or \"outpaint\")"])
        #expect(with(["mode": "paint"]) == [#"'mode' must be one of "inpaint", "outpaint" (got "paint")"#])
        #expect(with(["mode": "inpaint", "mask": "m.png"]).isEmpty)
        #expect(
            messages("flux-fill-pro", ["mode": "inpaint", "mask": "m.png"]) == [
                "flux-fill-pro needs 'image' (the picture to edit)"
            ])
        #expect(
            with(["mode": "inpaint", "mask": "m.png", "output_format": "webp"]) == [
                #"'output_format' must be one of "jpg", "png" (got "webp")"#
            ])
    }

    @Test func needsTheStyleOfALora() {
        #expect(messages("flux-lora", [:]) == ["flux-lora needs 'loraId' (the trained style to apply)"])
        #expect(messages("flux-lora", ["loraId": "x", "lora_strength": 1.5, "num_outputs": 4]).isEmpty)
    }

    // MARK: Warnings

    @Test func warnsOncePerValueOutsideTheProductPage() {
        #expect(
            warnings("flux-2-pro", ["raw": true]) == [
                "'raw' is not documented for flux-2-pro; the service may ignore it"
            ])
        #expect(
            warnings("flux-2-pro", ["aspect_ratio": "21:9"]) == [
                "'aspect_ratio' is documented for flux-2-pro as 1:1, 3:4, 4:3, 9:16, 16:9 (got \"21:9\")"
            ])
        #expect(
            warnings("flux-1.1-pro", ["width": 2000]) == [
                "by its documentation, 'width' of flux-1.1-pro must be a whole number from 256 to 1440 (got 2000)"
            ])
        #expect(
            warnings("flux-2-pro", ["input_images": .array(Array(repeating: "a.png", count: 9))]) == [
                "by its documentation, 'input_images' of flux-2-pro takes at most 8 pictures (got 9)"
            ])
        #expect(
            warnings("flux-2-pro", ["image_prompt_strength": 0.33]) == [
                "'image_prompt_strength' is documented for flux-2-pro in steps of 0.05 (got 0.33)"
            ])
        #expect(warnings("flux-2-pro", ["resolution": "match_input_image"]).count == 1)
    }

    @Test func everyStepOfARangeIsDocumented() {
        for step in 0...20 {
            #expect(warnings("flux-2-pro", ["image_prompt_strength": .number(Double(step) * 0.05)]) == [])
        }
    }

    @Test func documentedValuesWarnOfNothing() {
        #expect(warnings("flux-1.1-pro", ["width": 1440, "raw": true, "aspect_ratio": "16:9"]).isEmpty)
        #expect(warnings("flux-2-max", ["steps": 20, "go_fast": true]).isEmpty)
    }

    @Test func suggestionsAreNear() {
        #expect(Suggestion.closest(to: "promt", in: ["prompt", "progress"]) == "prompt")
        #expect(Suggestion.closest(to: "x", in: ["seed"]) == nil)
        #expect(Suggestion.closest(to: "", in: []) == nil)
        #expect(Suggestion.closest(to: "sede", in: ["seed", "side"]) != nil)
    }
}
