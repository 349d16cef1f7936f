import FluxClient
import Testing

/// A job's `input`, read back.
struct BodyReadingTests {
    private static let requests = [
        ImageRequest(call: .generate, model: "flux-2-pro", prompt: "a fox", parameters: ["seed": 7, "raw": true]),
        ImageRequest(call: .generate, model: "flux-2-pro", prompt: "a fox", webhookURL: "https://a.example/hook"),
        ImageRequest(
            call: .edit, model: "flux-fill-pro", prompt: "a sign",
            parameters: ["mode": "outpaint", "outpaint": "Make square", "image": "https://a.example/a.png"]),
        ImageRequest(
            call: .generate, model: "flux-lora", prompt: "x", parameters: ["loraId": "a"],
            webhookURL: "https://a.example/hook"),
        ImageRequest(
            call: .generate, model: "other", prompt: "x", parameters: ["size": [1, 2]], parametersKey: "otherParams"),
        ImageRequest(call: .generate, model: "other", prompt: "", parametersKey: "otherParams"),
        ImageRequest(call: .generate, model: "flux-2-pro", prompt: "x", parametersKey: "newParams"),
    ]

    @Test(arguments: requests, Dialect.allCases)
    func whatWasEncodedIsReadBack(_ request: ImageRequest, _ dialect: Dialect) throws {
        let body = try JSONValue(parsing: request.encoded(in: dialect).body)
        #expect(ImageRequest(body: body) == request)
    }

    @Test func eventsAreReadBackWhereTheDialectHasThem() throws {
        var request = Self.requests[1]
        request.webhookEvents = ["failed"]
        let body = try JSONValue(parsing: request.encoded(in: .description).body)
        #expect(ImageRequest(body: body) == request)
    }

    @Test func editOfAnUnknownModelIsToldByWhereItsPromptIs() throws {
        let request = ImageRequest(call: .edit, model: "other", prompt: "x", parametersKey: "p")
        let body = try JSONValue(parsing: request.encoded(in: .description).body)
        #expect(ImageRequest(body: body) == request)
    }

    @Test(arguments: [nil, "x", [], [:], ["model": 7]] as [JSONValue])
    func whatNamesNoModelIsNone(_ body: JSONValue) {
        #expect(ImageRequest(body: body) == nil)
    }

    @Test func ownParametersKeyIsCheckedAndNothingElse() {
        func problems(_ key: String, model: String = "m") -> [String] {
            let request = ImageRequest(
                call: .generate, model: model, prompt: "", parameters: ["any": true], parametersKey: key)
            return Catalogue.flux.validate(request).problems.map(\.field)
        }
        #expect(problems("p").isEmpty)
        #expect(problems("prompt") == ["params_key"] && problems("") == ["params_key"])
        #expect(problems("p", model: "") == ["model"])
    }

    @Test(arguments: [
        ("b2c3d4e5-0000-4000-8000-00000000000f", true), ("B2C3D4E5-0000-4000-8000-00000000000F", true),
        ("b2c3d4e5-0000-4000-8000-00000000000g", false), ("b2c3d4e5-0000-4000-8000-0000000000", false),
        ("b2c3d4e500004000800000000000000f", false), ("", false), ("----", false),
        ("b2c3d4e5-0000-4000-8000-0000000000ö", false),
    ])
    func jobIDsAreUUIDs(_ text: String, _ isID: Bool) {
        #expect(FluxClient.isJobID(text) == isID)
    }
}
