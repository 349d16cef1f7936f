import FluxClient

/// A request of one of the four main models with every parameter that its product page documents (contract §3).
struct FullRequest: Sendable {
    var name: String
    var call: SubmitCall
    var model: String
    var format: String
    /// Without pictures and without the prompt.
    var parameters: [String: JSONValue]
    /// The parameters that are pictures; `true`: a list of them.
    var pictures: [String: Bool]

    static let prompt = "A matte black mug on marble, morning light"

    static let all = [
        FullRequest(
            name: "flux-2-pro", call: .generate, model: "flux-2-pro", format: "webp",
            parameters: [
                "resolution": "0.5MP", "aspect_ratio": "4:3", "image_prompt_strength": 0.35, "output_format": "webp",
                "output_quality": 80, "prompt_upsampling": true, "seed": 42,
            ],
            pictures: ["image_prompt": false, "input_images": true]),
        FullRequest(
            name: "flux-1.1-pro", call: .generate, model: "flux-1.1-pro", format: "jpg",
            parameters: [
                "aspect_ratio": "16:9", "width": 512, "height": 288, "image_prompt_strength": 0.5,
                "output_format": "jpg", "output_quality": 0, "raw": true, "seed": 42,
            ],
            pictures: ["image_prompt": false]),
        FullRequest(
            name: "flux-1.1-pro-ultra", call: .generate, model: "flux-1.1-pro-ultra", format: "png",
            parameters: [
                "aspect_ratio": "9:16", "image_prompt_strength": 1, "output_format": "png", "output_quality": 100,
                "raw": false, "seed": 42,
            ],
            pictures: ["image_prompt": false]),
        FullRequest(
            name: "flux-fill-pro, inpaint", call: .edit, model: "flux-fill-pro", format: "png",
            parameters: [
                "mode": "inpaint", "steps": 50, "guidance": 2.5, "safety_tolerance": 6, "output_format": "png",
                "prompt_upsampling": false, "seed": 42,
            ],
            pictures: ["image": false, "mask": false]),
        FullRequest(
            name: "flux-fill-pro, outpaint", call: .edit, model: "flux-fill-pro", format: "jpg",
            parameters: [
                "mode": "outpaint", "outpaint": "Left outpaint", "steps": 1, "guidance": 5, "safety_tolerance": 1,
                "output_format": "jpg", "prompt_upsampling": true, "seed": 42,
            ],
            pictures: ["image": false]),
    ]

    private static let webhook = "https://example.com/hook"
    private static let events = ["progress", "completed", "failed"]

    private func parameters(picture: String) -> [String: JSONValue] {
        var all = parameters
        for (name, isList) in pictures { all[name] = isList ? [.string(picture)] : .string(picture) }
        return all
    }

    /// As another client writes it, in either spelling of contract §9; `picture` is a URL.
    func body(_ dialect: Dialect, picture: String) -> JSONValue {
        var inner = parameters(picture: picture)
        var outer: [String: JSONValue] = ["model": .string(model)]
        if call == .edit && dialect == .description {
            inner["prompt"] = .string(Self.prompt)
        } else {
            outer["prompt"] = .string(Self.prompt)
        }
        outer[call == .edit ? "fluxFillParams" : "fluxParams"] = .object(inner)
        switch dialect {
        case .description:
            outer["webhookUrl"] = .string(Self.webhook)
            outer["webhookEvents"] = .array(Self.events.map { .string($0) })
        case .productPages: outer["webhook_url"] = .string(Self.webhook)
        }
        return .object(outer)
    }

    /// As a script author writes it; `picture` is a file.
    func lua(picture: String) -> String {
        var fields = parameters(picture: picture)
        fields["model"] = .string(model)
        fields["prompt"] = .string(Self.prompt)
        fields["webhook_url"] = .string(Self.webhook)
        fields["webhook_events"] = .array(Self.events.map { .string($0) })
        return "flux.\(call.rawValue) \(Self.lua(.object(fields)))"
    }

    private static func lua(_ value: JSONValue) -> String {
        switch value {
        case .array(let items): "{ \(items.map(lua).joined(separator: ", ")) }"
        case .object(let fields): "{ \(fields.map { "\($0.key) = \(lua($0.value))" }.joined(separator: ", ")) }"
        default: String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}
