import FluxClient
import LuaRuntime

/// An entry of `flux.models()`:
///
/// | Field | |
/// |---|---|
/// | `model`, `title` | `flux-2-pro`, `Flux 2 Pro` |
/// | `call` | its function: `generate`, `edit`, `upscale`, `remove_background`; absent of a model that only the service knows |
/// | `params_key` | the key of the model's own object in a request |
/// | `cost` | `{ least, most }` in credits for one picture; absent where nobody tells |
/// | `seconds` | what the service states as usual; absent where it states nothing |
/// | `parameters` | a list of `{ name, type, required, default, documented, summary }` and, by type, `min`, `max`, `step` (numbers), `values` (choice, ratio, a few numbers), `limit` (images) |
///
/// Types are `boolean`, `integer`, `number`, `choice`, `text`, `ratio` (`W:H`), `image` and `images`.
enum ModelDescription {
    static func of(_ model: Model, _ prices: PriceList) -> LuaValue {
        .fields([
            "model": .string(model.id), "title": .string(model.title), "call": .string(model.call.rawValue),
            "params_key": .string(model.parametersKey), "cost": cost(prices.credits(ofModel: model.id)),
            "seconds": plain(model.averageDuration?.inSeconds),
            "parameters": .list(model.parameters.map(parameter)),
        ])
    }

    /// One that only the service knows.
    static func of(_ listing: ModelListing) -> LuaValue {
        .fields([
            "model": .string(listing.id), "title": LuaValue(listing.title), "cost": cost(listing.credits),
            "params_key": LuaValue(listing.parametersKey), "parameters": .list([]),
        ])
    }

    /// Whole numbers print without a point; what has no bound has no field.
    private static func plain(_ number: Double?) -> LuaValue {
        guard let number, number.isFinite else { return .nil }
        return Int64(exactly: number).map(LuaValue.integer) ?? .number(number)
    }

    private static func cost(_ credits: ClosedRange<Int>?) -> LuaValue {
        guard let credits else { return .nil }
        return .fields(["least": LuaValue(credits.lowerBound), "most": LuaValue(credits.upperBound)])
    }

    private static func parameter(_ parameter: Parameter) -> LuaValue {
        var fields: [String: LuaValue] = [
            "name": .string(parameter.name), "required": .boolean(parameter.isRequired),
            "documented": .boolean(parameter.isDocumented), "summary": .string(parameter.summary),
        ]
        fields["default"] = parameter.defaultValue.map { LuaValue($0) }
        switch parameter.kind {
        case .boolean: fields["type"] = "boolean"
        case .integer(let range):
            fields["type"] = "integer"
            fields["min"] = LuaValue(range?.lowerBound)
            fields["max"] = LuaValue(range?.upperBound)
        case .number(let range, let step):
            fields["type"] = "number"
            fields["min"] = plain(range.lowerBound)
            fields["max"] = plain(range.upperBound)
            fields["step"] = plain(step)
        case .choice(let values):
            fields["type"] = "choice"
            fields["values"] = .list(values.map(LuaValue.string))
        case .numberChoice(let values):
            fields["type"] = "number"
            fields["values"] = .list(values.map(plain))
        case .text: fields["type"] = "text"
        case .aspectRatio(let documented):
            fields["type"] = "ratio"
            fields["values"] = documented.isEmpty ? .nil : .list(documented.map(LuaValue.string))
        case .image: fields["type"] = "image"
        case .images(let limit):
            fields["type"] = "images"
            if limit < .max { fields["limit"] = LuaValue(limit) }
        }
        return .fields(fields)
    }
}
