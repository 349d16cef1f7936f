import FluxClient
import Testing

struct EncodingTests {
    private let generation = ImageRequest(
        call: .generate, model: "flux-2-pro", prompt: "a \"mug\"/é", parameters: ["seed": 42, "resolution": "2MP"],
        webhookURL: "https://example.org/hook", webhookEvents: ["completed", "failed"])

    private let edit = ImageRequest(
        call: .edit, model: "flux-fill-pro", prompt: "a mug",
        parameters: ["image": "https://x.org/a.png", "mode": "outpaint", "outpaint": "Make square"],
        webhookURL: "https://example.org/hook")

    private func body(_ request: ImageRequest, _ dialect: Dialect) -> String {
        String(decoding: request.encoded(in: dialect).body, as: UTF8.self)
    }

    @Test func spellsAGenerationAsTheDescription() {
        #expect(
            body(generation, .description)
                == #"{"fluxParams":{"resolution":"2MP","seed":42},"model":"flux-2-pro","prompt":"a \"mug\"/é","#
                + #""webhookEvents":["completed","failed"],"webhookUrl":"https://example.org/hook"}"#)
        #expect(generation.encoded(in: .description).path == "/v2/images/generate")
    }

    @Test func spellsAGenerationAsTheProductPages() {
        #expect(
            body(generation, .productPages)
                == #"{"fluxParams":{"resolution":"2MP","seed":42},"model":"flux-2-pro","prompt":"a \"mug\"/é","#
                + #""webhook_url":"https://example.org/hook"}"#)
    }

    @Test func putsTheEditsPromptWhereTheDialectHasIt() {
        #expect(
            body(edit, .description)
                == #"{"fluxFillParams":{"image":"https://x.org/a.png","mode":"outpaint","outpaint":"Make square","#
                + #""prompt":"a mug"},"model":"flux-fill-pro","webhookUrl":"https://example.org/hook"}"#)
        #expect(
            body(edit, .productPages)
                == #"{"fluxFillParams":{"image":"https://x.org/a.png","mode":"outpaint","outpaint":"Make square"},"#
                + #""model":"flux-fill-pro","prompt":"a mug","webhook_url":"https://example.org/hook"}"#)
        #expect(edit.encoded(in: .description).path == "/v2/images/edit")
    }

    @Test func leavesOutEmptyObjects() {
        let request = ImageRequest(call: .generate, model: "flux-2-pro", prompt: "a mug")
        for dialect in Dialect.allCases {
            #expect(body(request, dialect) == #"{"model":"flux-2-pro","prompt":"a mug"}"#)
        }
    }

    @Test func usesTheModelsOwnKey() {
        let request = ImageRequest(call: .generate, model: "flux-lora", prompt: "a", parameters: ["loraId": "x"])
        #expect(body(request, .description) == #"{"fluxLoraParams":{"loraId":"x"},"model":"flux-lora","prompt":"a"}"#)
    }
}
