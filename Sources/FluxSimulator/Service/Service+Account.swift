import FluxClient
import HTTPServer
import Synchronization

/// `GET /v2/models` and `GET /v2/me` (contract §1).
extension Service {
    func models(_ request: Request) -> Response {
        let modality = request.queryValue("modality")
        if let modality, !["image", "video", "music"].contains(modality) {
            return .invalid(["modality": ["Invalid modality '\(modality)', expected one of image, video, music"]])
        }
        let models = modality == nil || modality == "image" ? Catalogue.flux.models : []
        return .json(200, ["models": .array(models.map(Self.entry))])
    }

    private static func entry(_ model: Model) -> JSONValue {
        let range = credits(of: model)
        let isFlat = range.lowerBound == range.upperBound
        var entry: [String: JSONValue] = [
            "id": .string(model.id), "label": .string(model.title), "name": .string(model.title),
            "modality": "image", "parametersKey": .string(model.parametersKey),
            "pricingMode": isFlat ? "flat" : "output_megapixels",
            "costMin": .integer(Int64(range.lowerBound)), "costMax": .integer(Int64(range.upperBound)),
        ]
        if isFlat { entry["credits"] = entry["costMin"] }
        return .object(entry)
    }

    /// Of one picture: the least and the most.
    static func credits(of model: Model) -> ClosedRange<Int> {
        if model.id == UpscalePrice.model { return UpscalePrice.range }
        let credits = model.credits ?? Submission.usualCredits
        return credits...credits
    }

    func account(_ request: Request) -> Response {
        let credits = withBooks(\.credits)
        let key = request.header("X-API-Key") ?? ""
        return .json(
            200,
            [
                "user": [
                    "id": "00000000-0000-4000-8000-000000000001", "email": "designer@simulator.invalid",
                    "name": "Simulated designer", "role": "OWNER",
                ],
                "team": [
                    "id": "00000000-0000-4000-8000-000000000002", "name": "Simulator",
                    "credits": .integer(Int64(credits)), "plan": "simulated", "customerId": nil,
                ],
                "apiKey": [
                    "id": "00000000-0000-4000-8000-000000000003", "name": "Simulated key",
                    "prefix": .string(String(key.prefix(8))),
                ],
            ])
    }
}
