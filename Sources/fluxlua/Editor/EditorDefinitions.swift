import FluxClient
import FluxStandardLibrary

/// The definitions of `flux` for editors, in the notation of the Lua language server: the functions from
/// `stdlib/definitions.lua`, then a class for each model's requests, made from the catalogue.
enum EditorDefinitions {
    static func text(of catalogue: Catalogue) -> String {
        var text = String(decoding: StandardLibrary.definitions, as: UTF8.self)
        text += "\n---@alias flux.Model \(catalogue.models.map { literal($0.id) }.joined(separator: "|"))\n"
        for model in catalogue.models { text += "\n" + definition(of: model) }
        for (name, call) in [
            ("GenerateRequest", SubmitCall.generate), ("EditRequest", .edit), ("UpscaleRequest", .upscale),
            ("RemoveBackgroundRequest", .removeBackground),
        ] {
            let models = catalogue.models.filter { $0.call == call }.map(className)
            text += "\n---@alias flux.\(name) \(models.joined(separator: "|"))\n"
        }
        return text
    }

    /// `flux.Flux2ProRequest` of `flux-2-pro`.
    private static func className(_ model: Model) -> String {
        let words = model.id.split { !$0.isLetter && !$0.isNumber }
        return "flux." + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Request"
    }

    /// The models of requests that name none (lua-api §1).
    private static let usual = Set(SubmitCall.allCases.map(\.usualModel))

    private static func definition(of model: Model) -> String {
        var text = "--- \(model.title), called with flux.\(model.call.rawValue)\n"
        text += "---@class \(className(model)): flux.Request\n"
        text += "---@field model\(usual.contains(model.id) ? "?" : "") \(literal(model.id))\n"
        for parameter in model.parameters {
            let isOptional = !parameter.isRequired || parameter.defaultValue != nil
            var remarks = [parameter.summary]
            if case .integer(.some) = parameter.kind { remarks.append(parameter.values) }
            if case .number = parameter.kind { remarks.append(parameter.values) }
            if let value = parameter.defaultValue { remarks.append("default \(LuaText.of(value))") }
            if !parameter.isDocumented { remarks.append("not on the model's product page") }
            text +=
                "---@field \(parameter.name)\(isOptional ? "?" : "") \(type(of: parameter)) \(remarks.joined(separator: "; "))\n"
        }
        return text
    }

    private static func type(of parameter: Parameter) -> String {
        // `false` sends no seed.
        if parameter.name == "seed" { return "integer|false" }
        return switch parameter.kind {
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .choice(let values): values.map(literal).joined(separator: "|")
        case .numberChoice(let values): values.map(Completer.short).joined(separator: "|")
        case .text: "string"
        case .aspectRatio(let documented): (documented.map(literal) + ["string"]).joined(separator: "|")
        case .image: "flux.Picture"
        case .images: "flux.Picture[]"
        }
    }

    private static func literal(_ text: String) -> String { LuaText.of(.string(text)) }
}
