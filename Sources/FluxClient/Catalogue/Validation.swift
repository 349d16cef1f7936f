/// What is wrong with a request, found before anything is sent or paid.
public struct Validation: Sendable {
    /// Errors, the one most worth reading first; none: the request may be sent.
    public var problems: [Problem]
    /// What the interface description accepts but the model's product page does not document (contract §9).
    public var warnings: [Problem]

    public init(problems: [Problem] = [], warnings: [Problem] = []) {
        self.problems = problems
        self.warnings = warnings
    }
}

/// One thing wrong, in the words of lua-api §1, without the name of the called function.
public struct Problem: Sendable, Hashable {
    /// `model`, `prompt`, `webhook_url`, `webhook_events` or a parameter's name.
    public var field: String
    public var message: String

    public init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }
}

extension Catalogue {
    /// Characters of a prompt (Unicode scalars).
    public static let promptLength = 1...2000
    /// What `webhook_events` may name.
    public static let webhookEvents = ["progress", "completed", "failed"]

    /// Checks a request: never refuses what the interface description accepts (contract §9).
    ///
    /// Pictures may still be paths: they only have to be strings. The caller has set `mode` of an edit.
    public func validate(_ request: ImageRequest) -> Validation {
        var validation = Validation()
        let model = self[request.model]
        if let key = request.parametersKey {
            checkOwnKey(key, request, &validation)
        } else if let model, model.call == request.call {
            // First the names: a prompt may be missing because its own is misspelt.
            for name in request.parameters.keys.sorted() where model[parameter: name] == nil {
                validation.problems.append(Problem(name, unknownParameter(name, model)))
            }
            checkPrompt(request, model, &validation)
            checkParameters(request, model, &validation)
            if model.call == .edit { checkEdit(request, &validation) }
        } else {
            validation.problems.append(Problem("model", wrongModel(request, model)))
            checkPrompt(request, model, &validation)
        }
        checkWebhook(request, &validation)
        return validation
    }

    /// Checks `webhook_events` where they are present, that is also an empty list; nil when they are right.
    public static func problem(withWebhookEvents events: [String]) -> Problem? {
        let known = webhookEvents.map { "\"\($0)\"" }.joined(separator: ", ")
        guard !events.isEmpty else {
            return Problem("webhook_events", "'webhook_events' must name at least one of \(known)")
        }
        guard let unknown = events.first(where: { !webhookEvents.contains($0) }) else { return nil }
        let got = JSONValue.string(unknown).shown
        return Problem("webhook_events", "'webhook_events' must be among \(known) (got \(got))")
    }

    /// A model that only the service knows: it has the word on prompt and parameters.
    private func checkOwnKey(_ key: String, _ request: ImageRequest, _ validation: inout Validation) {
        if request.model.isEmpty { validation.problems.append(Problem("model", "'model' must not be empty")) }
        let taken = ["model", "prompt", "webhookUrl", "webhookEvents", "webhook_url"]
        if key.isEmpty || taken.contains(key) {
            let message = "'params_key' must be the name of the model's own object in a request, such as \"fluxParams\""
            validation.problems.append(Problem("params_key", "\(message) (got \(JSONValue.string(key).shown))"))
        }
    }

    private func wrongModel(_ request: ImageRequest, _ model: Model?) -> String {
        if let model {
            return "\(model.id) is a model for \(model.call.rawValue), not for \(request.call.rawValue)"
        }
        let fitting = models(for: request.call).map(\.id)
        let question = Suggestion.question(for: request.model, in: fitting + models.map(\.id))
        let known = question.isEmpty ? " (known: \(Self.listed(fitting)))" : question
        return "unknown model '\(request.model.shortened(to: 60))'\(known)"
    }

    /// Names for a message, the last of many only counted.
    private static func listed(_ names: [String]) -> String {
        let most = 8
        guard names.count > most else { return names.joined(separator: ", ") }
        return "\(names.prefix(most - 1).joined(separator: ", ")) and \(names.count - most + 1) more"
    }

    private func checkPrompt(_ request: ImageRequest, _ model: Model?, _ validation: inout Validation) {
        let length = request.prompt.unicodeScalars.count
        if model?.prompt == .some(.none), length > 0 {
            validation.problems.append(Problem("prompt", "\(request.model) takes no 'prompt'"))
            return
        }
        let takesNone = model.map { $0.prompt != .required } ?? (request.call != .generate && request.call != .edit)
        guard length > 0 || !takesNone else { return }
        guard !Self.promptLength.contains(length) else { return }
        let got = length == 0 ? "it is empty" : "got \(length)"
        validation.problems.append(Problem("prompt", "'prompt' must be 1 to 2000 characters long (\(got))"))
    }

    private func checkParameters(_ request: ImageRequest, _ model: Model, _ validation: inout Validation) {
        for name in request.parameters.keys.sorted() {
            guard let parameter = model[parameter: name], let value = request.parameters[name] else { continue }
            if let complaint = parameter.kind.complaint(about: value, listing: parameter.documented) {
                validation.problems.append(Problem(name, "'\(name)' \(complaint)"))
            } else if let remark = parameter.remark(about: value, for: model) {
                validation.warnings.append(Problem(name, remark))
            }
        }
        // What an edit needs depends on its mode; `checkEdit` words it.
        for parameter in model.parameters where parameter.isRequired && request.parameters[parameter.name] == nil {
            guard parameter.name != "mode" else { continue }
            let message = "\(model.id) needs '\(parameter.name)' (\(parameter.summary))"
            validation.problems.append(Problem(parameter.name, message))
        }
    }

    private func unknownParameter(_ name: String, _ model: Model) -> String {
        let unknown = "unknown parameter '\(name.shortened(to: 60))' for \(model.id)"
        let owners = models.filter { $0[parameter: name] != nil }.map(\.id)
        guard owners.isEmpty else { return "\(unknown) (it belongs to \(Self.listed(owners)))" }
        let candidates =
            model.parameters.map(\.name) + (model.prompt == .none ? [] : ["prompt"]) + [
                "model", "webhook_url", "webhook_events",
            ]
        return unknown + Suggestion.question(for: name, in: candidates)
    }

    private func checkEdit(_ request: ImageRequest, _ validation: inout Validation) {
        let hasMask = request.parameters["mask"] != nil
        let hasOutpaint = request.parameters["outpaint"] != nil
        switch request.parameters["mode"]?.stringValue {
        case "inpaint":
            if !hasMask {
                validation.problems.append(Problem("mask", "inpaint needs 'mask' (white = repaint, black = keep)"))
            }
            if hasOutpaint {
                validation.warnings.append(Problem("outpaint", "'outpaint' is documented for mode \"outpaint\" only"))
            }
        case "outpaint":
            if !hasOutpaint {
                validation.problems.append(
                    Problem("outpaint", "outpaint needs 'outpaint' (where to extend, such as \"Zoom out 1.5x\")"))
            }
            if hasMask {
                validation.warnings.append(Problem("mask", "'mask' is documented for mode \"inpaint\" only"))
            }
        default:
            guard request.parameters["mode"] == nil else { return }
            let message =
                hasMask || hasOutpaint
                ? "edit needs 'mode' (\"inpaint\" or \"outpaint\")"
                : "edit needs 'mask' (inpaint: white = repaint, black = keep) or 'outpaint' (where to extend)"
            validation.problems.append(Problem("mode", message))
        }
    }

    private func checkWebhook(_ request: ImageRequest, _ validation: inout Validation) {
        if let url = request.webhookURL, !url.isWebAddress {
            let got = JSONValue.string(url).shown
            validation.problems.append(
                Problem("webhook_url", "'webhook_url' must be an http:// or https:// address (got \(got))"))
        }
        guard !request.webhookEvents.isEmpty else { return }
        if let problem = Self.problem(withWebhookEvents: request.webhookEvents) {
            validation.problems.append(problem)
        } else if request.webhookURL == nil {
            validation.warnings.append(Problem("webhook_events", "'webhook_events' does nothing without 'webhook_url'"))
        }
    }
}
