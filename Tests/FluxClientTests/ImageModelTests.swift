import FluxClient
import Foundation
import Testing

/// The catalogue beside the facts of the service's interface description (`Tests/Wire/models.json`, contract §10).
struct ImageModelTests {
    private static func facts() throws -> [JSONValue] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Wire/models.json")
        return try #require(try JSONValue(parsing: Array(Data(contentsOf: file)))["models"]?.arrayValue)
    }

    @Test func knowsEveryImageModelAndNoOther() throws {
        let ids = try Self.facts().map { try #require($0["model"]?.stringValue) }
        #expect(ids.count > 50)
        #expect(Set(Catalogue.flux.models.map(\.id)).symmetricDifference(ids) == [])
        #expect(Catalogue.flux.models.count == ids.count)
    }

    @Test func asksEachModelAsTheDescriptionDoes() throws {
        for fact in try Self.facts() {
            let model = try #require(Catalogue.flux[fact["model"]?.stringValue ?? ""])
            #expect("POST \(model.call.path)" == fact["call"]?.stringValue, "\(model.id)")
            #expect(model.parametersKey == fact["key"]?.stringValue, "\(model.id)")
            let required = (fact["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { $0 != "prompt" }
            #expect(Set(model.parameters.filter(\.isRequired).map(\.name)) == Set(required), "\(model.id)")
            let inner = fact["parameters"]?["prompt"] != nil
            let isRequired = fact["required"]?.arrayValue?.contains("prompt") == true
            let expected: PromptUse =
                switch fact["prompt"]?.stringValue {
                case "none": .none
                case "required": .required
                default: inner && !isRequired ? .optional : .required
                }
            #expect(model.prompt == expected, "\(model.id)")
        }
    }

    @Test func takesOfEachParameterWhatTheDescriptionTakes() throws {
        for fact in try Self.facts() {
            let model = try #require(Catalogue.flux[fact["model"]?.stringValue ?? ""])
            var facts = fact["parameters"]?.objectValue ?? [:]
            facts["prompt"] = nil
            #expect(Set(model.parameters.map(\.name)) == Set(facts.keys), "\(model.id)")
            for parameter in model.parameters {
                let fact = try #require(facts[parameter.name])
                #expect(Self.fits(parameter.kind, fact), "\(model.id).\(parameter.name): \(parameter.kind), \(fact)")
            }
        }
    }

    private static func fits(_ kind: Parameter.Kind, _ fact: JSONValue) -> Bool {
        let type = fact["type"]?.stringValue
        let (least, most) = (fact["minimum"]?.numberValue, fact["maximum"]?.numberValue)
        switch kind {
        case .boolean: return type == "boolean"
        case .integer(let range):
            return type == "integer" && range.map { Double($0.lowerBound) } == least
                && range.map { Double($0.upperBound) } == most
        case .number(let range, _):
            return type == "number" && fact["values"] == nil && range.lowerBound == least && range.upperBound == most
        case .choice(let values):
            return type == "string"
                && Set(fact["values"]?.arrayValue ?? []) == Set(values.map(JSONValue.string))
        case .numberChoice(let values):
            return type == "number" && fact["values"]?.arrayValue?.map(\.numberValue) == values
        case .text(let length):
            return type == "string" && fact["values"] == nil && fact["pattern"] == nil
                && length.upperBound == fact["maxLength"]?.integerValue.map { Int($0) } ?? .max
        case .aspectRatio: return fact["pattern"] != nil
        case .image: return type == "url"
        // Of one list the description tells neither kind nor length.
        case .images(.max): return fact["type"] == ["array", "null"]
        case .images(let limit):
            return type == "array" && fact["items"] == "url" && fact["maxItems"] == .integer(Int64(limit))
        }
    }

    // MARK: Requests

    private func body(_ request: ImageRequest, _ dialect: Dialect) -> String {
        String(decoding: request.encoded(in: dialect).body, as: UTF8.self)
    }

    @Test(arguments: Dialect.allCases) func putsThePromptOfAnUpscaleAmongItsParametersOrNowhere(_ dialect: Dialect) {
        var request = ImageRequest(
            call: .upscale, model: "clarity-upscale", prompt: "sharp", parameters: ["image": "https://a/b.png"])
        #expect(
            body(request, dialect)
                == #"{"clarityUpscaleParams":{"image":"https://a/b.png","prompt":"sharp"},"model":"clarity-upscale"}"#)
        request.prompt = ""
        #expect(
            body(request, dialect)
                == #"{"clarityUpscaleParams":{"image":"https://a/b.png"},"model":"clarity-upscale"}"#)
        #expect(request.encoded(in: dialect).path == "/v2/images/upscale")
    }

    @Test func readsBackWhatItWrote() throws {
        for (call, model, prompt) in [
            (SubmitCall.upscale, "topaz-image-upscale", ""), (.upscale, "clarity-upscale", "sharp"),
            (.removeBackground, "bria-bg-remove", ""),
        ] {
            let request = ImageRequest(
                call: call, model: model, prompt: prompt, parameters: ["image": "https://a/b.png"])
            let body = try JSONValue(parsing: request.encoded(in: .description).body)
            #expect(ImageRequest(body: body) == request)
        }
    }

    @Test func countsThePicturesOfEveryFamily() {
        #expect(Model.pictureCount([:]) == 1)
        #expect(Model.pictureCount(["number_of_images": 4]) == 4)
        #expect(Model.pictureCount(["n": 2]) == 2)
        #expect(Model.pictureCount(["num_images": 0]) == 1)
        let prices = PriceList(listings: [ModelListing(id: "kling-image", credits: 3...3)])
        #expect(prices.credits(ofModel: "kling-image", parameters: ["n": 4]) == 3...12)
    }
}
