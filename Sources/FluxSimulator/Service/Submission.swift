import FluxClient
import FluxImaging
import StandIns

/// A submit's body, understood and found right.
struct Submission: Sendable {
    let request: ImageRequest
    let model: Model
    /// The body as it came; `GET /v2/jobs/{id}` shows it.
    let input: JSONValue
    /// Where the request's pictures are.
    let references: [Reference]

    struct Reference: Sendable, Hashable {
        let parameter: String
        let url: String
    }

    /// JSON path → messages.
    struct Refusal: Error, Sendable, Hashable {
        var details: [String: [String]] = [:]

        mutating func add(_ path: String, _ message: String) { details[path, default: []].append(message) }
    }

    var seed: Int64? { request.parameters["seed"]?.integerValue }

    /// Credits of a picture of a model for which the service documents none.
    static let usualCredits = 10

    /// Of the picture that is made larger, once somebody has looked at it.
    var givenSize: PixelSize?

    /// Whether the price follows from the size of what is made (contract §10).
    var isPricedBySize: Bool { model.id == UpscalePrice.model }

    var cost: Int {
        if isPricedBySize, let givenSize {
            return UpscalePrice.credits(of: Enlarging.size(of: givenSize, factor: request.enlargement))
        }
        return (model.credits ?? Self.usualCredits) * pictureCount
    }

    var pictureCount: Int { Model.pictureCount(request.parameters) }

    /// Extension of its files, which is also its format's name.
    var format: String {
        let asked = (request.parameters["output_format"] ?? request.parameters["format"])?.stringValue
        return PictureFormat.of(asked, cutsOut: model.call == .removeBackground).rawValue
    }

    /// Reads and checks a body as the service does: unknown keys are refused at both levels (contract §2), in the
    /// spelling of the accepted dialects (contract §9), values by the catalogue.
    init(
        _ body: JSONValue, call: SubmitCall, accepting dialect: SimulatorConfiguration.AcceptedDialect,
        catalogue: Catalogue = .flux
    ) throws(Refusal) {
        var refusal = Refusal()
        guard let members = body.objectValue else {
            refusal.add("", "Expected an object")
            throw refusal
        }
        let name = Self.text("model", of: members, required: true, &refusal) ?? ""
        guard refusal.details.isEmpty, let model = catalogue[name], model.call == call else {
            if refusal.details.isEmpty {
                let known = catalogue.models(for: call).map(\.id).joined(separator: ", ")
                refusal.add("model", "Invalid model '\(name)', expected one of \(known)")
            }
            throw refusal
        }

        let spelling = Spelling(call: call, model: model, dialect: dialect)
        let known = spelling.topLevelKeys
        for key in members.keys.sorted() where !known.contains(key) {
            refusal.add(key, "Unrecognized key")
        }
        var parameters: [String: JSONValue] = [:]
        if let value = members[model.parametersKey] {
            if let object = value.objectValue {
                parameters = object
            } else {
                refusal.add(model.parametersKey, "Expected an object")
            }
        }
        let prompt = spelling.takePrompt(members, &parameters, &refusal)
        let webhookURL = spelling.webhookURL(members, &refusal)
        let events = spelling.webhookEvents(members, &refusal)

        let request = ImageRequest(
            call: call, model: model.id, prompt: prompt.text, parameters: parameters, webhookURL: webhookURL,
            webhookEvents: events)
        for problem in catalogue.validate(request).problems {
            switch problem.field {
            case "prompt":
                if refusal.details[prompt.path] == nil { refusal.add(prompt.path, problem.message) }
            case "webhook_url": refusal.add(spelling.webhookURLKey(in: members), problem.message)
            case "webhook_events": refusal.add("webhookEvents", problem.message)
            default: refusal.add("\(model.parametersKey).\(problem.field)", problem.message)
            }
        }
        if let id = parameters["loraId"]?.stringValue, let lora = TrainedStyle.known[id], !lora.isReady {
            refusal.add("\(model.parametersKey).loraId", "LoRA '\(id)' is not ready (\(lora.status))")
        }
        let references = Self.references(in: request, model, &refusal)
        guard refusal.details.isEmpty else { throw refusal }

        self.request = request
        self.model = model
        self.references = references
        input = body
    }

    /// The catalogue takes any text for a picture, since a client may still hold a path; the wire takes URLs.
    private static func references(
        in request: ImageRequest, _ model: Model, _ refusal: inout Refusal
    ) -> [Reference] {
        var references: [Reference] = []
        for parameter in model.parameters {
            guard let value = request.parameters[parameter.name] else { continue }
            let path = "\(model.parametersKey).\(parameter.name)"
            switch parameter.kind {
            case .image:
                if let url = value.stringValue { references.append(Reference(parameter: parameter.name, url: url)) }
                if let url = value.stringValue, !isURL(url) { refusal.add(path, "Invalid url") }
            case .images:
                for (index, url) in (value.arrayValue ?? []).map({ $0.stringValue ?? "" }).enumerated() {
                    references.append(Reference(parameter: parameter.name, url: url))
                    if !isURL(url) { refusal.add("\(path).\(index)", "Invalid url") }
                }
            default: break
            }
        }
        return references
    }

    private static func isURL(_ text: String) -> Bool {
        text.isWebAddress
            || text.utf8.starts(with: "data:image/".utf8) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    fileprivate static func text(
        _ key: String, of members: [String: JSONValue], required: Bool, _ refusal: inout Refusal
    ) -> String? {
        guard let value = members[key] else {
            if required { refusal.add(key, "Required") }
            return nil
        }
        if value.stringValue == nil { refusal.add(key, "Expected a string") }
        return value.stringValue
    }
}

/// What the accepted dialects call the fields that they spell differently (contract §9).
private struct Spelling {
    let call: SubmitCall
    let model: Model
    let dialect: SimulatorConfiguration.AcceptedDialect

    private var takesDescription: Bool { dialect != .productPages }
    private var takesPages: Bool { dialect != .interfaceDescription }
    private var takesPromptInside: Bool {
        switch call {
        case .generate: false
        case .edit: takesDescription
        case .upscale, .removeBackground: model.prompt != .none
        }
    }
    private var takesPromptOnTop: Bool { call == .generate || call == .edit && takesPages }

    var topLevelKeys: Set<String> {
        var keys: Set<String> = ["model", model.parametersKey]
        if takesPromptOnTop { keys.insert("prompt") }
        if takesDescription { keys.formUnion(["webhookUrl", "webhookEvents"]) }
        if takesPages { keys.insert("webhook_url") }
        return keys
    }

    /// The prompt and the path under which it was, or should have been; an edit's may be among the parameters, where the
    /// catalogue does not want it.
    func takePrompt(
        _ members: [String: JSONValue], _ parameters: inout [String: JSONValue], _ refusal: inout Submission.Refusal
    ) -> (text: String, path: String) {
        let innerPath = "\(model.parametersKey).prompt"
        let inner = takesPromptInside ? parameters.removeValue(forKey: "prompt") : nil
        // Not for the catalogue, whose word for it would not tell this one from the prompt at top level.
        if parameters.removeValue(forKey: "prompt") != nil { refusal.add(innerPath, "Unrecognized key") }
        let outer = takesPromptOnTop ? members["prompt"] : nil
        let path = outer != nil || !takesPromptInside ? "prompt" : innerPath
        if inner != nil, outer != nil { refusal.add(path, "Given twice: also as \(innerPath)") }
        guard let value = outer ?? inner else {
            if model.prompt == .required { refusal.add(path, "Required") }
            return ("", path)
        }
        guard let text = value.stringValue else {
            refusal.add(path, "Expected a string")
            return ("", path)
        }
        return (text, path)
    }

    func webhookURLKey(in members: [String: JSONValue]) -> String {
        takesPages && members["webhook_url"] != nil ? "webhook_url" : "webhookUrl"
    }

    func webhookURL(_ members: [String: JSONValue], _ refusal: inout Submission.Refusal) -> String? {
        let key = webhookURLKey(in: members)
        guard topLevelKeys.contains(key) else { return nil }
        return Submission.text(key, of: members, required: false, &refusal)
    }

    func webhookEvents(_ members: [String: JSONValue], _ refusal: inout Submission.Refusal) -> [String] {
        guard takesDescription, let value = members["webhookEvents"] else { return [] }
        guard let items = value.arrayValue, !items.isEmpty else {
            refusal.add("webhookEvents", "Expected a list of at least one event")
            return []
        }
        return items.map { $0.stringValue ?? "" }
    }
}
