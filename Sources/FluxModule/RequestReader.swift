import FluxClient
import FluxJobs
import LuaRuntime

/// Reads what an author passes to `flux.generate`, `flux.edit` or `flux.estimate`, and refuses what is wrong before anything is sent.
struct RequestReader {
    let module: FluxModule
    let call: SubmitCall
    /// What messages begin with.
    let name: String
    /// Where many requests are read together: pictures that were looked at already.
    var files: CheckedFiles?

    struct Reading {
        var request: JobRequest
        var warnings: [String]
    }

    func read(_ value: LuaValue, origin: String?) throws(LuaError) -> Reading {
        var fields = try fields(of: value)
        let hasOwnKey = fields["params_key"] != nil || fields["params"] != nil
        if hasOwnKey, fields["model"] == nil {
            throw wrong("'params_key' needs 'model', the model's name at the service")
        }
        var request = JobRequest(call: call, model: try model(from: &fields), prompt: "", origin: origin)
        if let prompt = fields.removeValue(forKey: "prompt") { request.prompt = try text(prompt, "prompt") }
        if let label = fields.removeValue(forKey: "name") { request.name = try text(label, "name") }
        if let url = fields.removeValue(forKey: "webhook_url") { request.webhookURL = try text(url, "webhook_url") }
        if let events = fields.removeValue(forKey: "webhook_events") { request.webhookEvents = try self.events(events) }
        if let fresh = fields.removeValue(forKey: "fresh") {
            guard case .boolean(let isFresh) = fresh else {
                throw wrong("'fresh' must be true or false (got \(fresh.shown))")
            }
            request.isFresh = isFresh
        }
        if hasOwnKey { return try withOwnKey(request, fields) }
        let model = module.catalogue[request.model]
        let wantsNoSeed = fields["seed"] == false
        if wantsNoSeed { fields["seed"] = nil }
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) {
            switch model?[parameter: field]?.kind {
            case .image, .images: request.images[field] = try images(value, field)
            default:
                guard let json = value.json else { throw wrong("'\(field)' cannot be a \(value.typeName)") }
                request.parameters[field] = json
            }
        }
        if call == .edit && request.parameters["mode"] == nil {
            if request.images["mask"] != nil {
                request.parameters["mode"] = "inpaint"
            } else if request.parameters["outpaint"] != nil {
                request.parameters["mode"] = "outpaint"
            }
        }
        let warnings = try check(request)
        try inspectMask(of: &request, given: fields)
        try inspectSides(of: request, given: fields)
        if let seed = request.parameters.removeValue(forKey: "seed") {
            request.seed = seed.integerValue
        } else if !wantsNoSeed, model?[parameter: "seed"] != nil {
            request.seed = module.drawSeed()
            request.seedIsDrawn = true
        }
        return Reading(request: request, warnings: warnings)
    }

    /// A model that only the service knows: what stands in `params` goes out as it is, under the key that it wants.
    private func withOwnKey(_ known: JobRequest, _ fields: [String: LuaValue]) throws(LuaError) -> Reading {
        var request = known
        var fields = fields
        guard let key = fields.removeValue(forKey: "params_key") else {
            guard module.catalogue[request.model] == nil else {
                throw wrong("'params' needs 'params_key'; put the parameters of \(request.model) beside the prompt")
            }
            throw wrong(
                "'params' needs 'params_key', the name of the model's own object in a request, such as \"fluxParams\"")
        }
        request.parametersKey = try text(key, "params_key")
        let parameters = fields.removeValue(forKey: "params") ?? .table(LuaTable())
        if let field = fields.keys.sorted().first {
            throw wrong("'\(field)' does not go beside 'params_key': put the model's parameters into 'params'")
        }
        guard let table = parameters.table, table.items.isEmpty else {
            throw wrong("'params' must be a table such as { seed = 7 } (got \(parameters.shown))")
        }
        for (key, value) in table.pairs {
            guard let field = key.string else { throw wrong("'params' has the key \(key.shown), which is not a name") }
            if value.object(JobObject.self) != nil || value.object(PictureObject.self) != nil {
                request.images[field] = [try image(value, field)]
            } else {
                request.parameters[field] = try value.jsonValue(named: "params.\(field)", in: name)
            }
        }
        let warnings = try check(request)
        if let seed = request.parameters["seed"]?.integerValue {
            request.parameters["seed"] = nil
            request.seed = seed
        }
        return Reading(request: request, warnings: warnings)
    }

    private func fields(of value: LuaValue) throws(LuaError) -> [String: LuaValue] {
        if case .string = value { return ["prompt": value] }
        guard let table = value.table else {
            throw wrong("expected a table such as { prompt = \"…\" } or a prompt, got \(value.typeName)")
        }
        guard table.items.isEmpty else {
            throw wrong("expected named fields such as prompt = \"…\", got a list")
        }
        var fields: [String: LuaValue] = [:]
        for (key, value) in table.pairs {
            guard let name = key.string else { throw wrong("expected named fields, got the key \(key.shown)") }
            fields[name] = value
        }
        return fields
    }

    private func model(from fields: inout [String: LuaValue]) throws(LuaError) -> String {
        if let value = fields.removeValue(forKey: "model") { return try text(value, "model") }
        if let model = module.settings.model, module.catalogue[model]?.call == call { return model }
        return call.usualModel
    }

    private func text(_ value: LuaValue, _ field: String) throws(LuaError) -> String {
        if let text = value.string { return text }
        if case .bytes = value { throw wrong("'\(field)' must be UTF-8 text") }
        throw wrong("'\(field)' must be a string (got \(value.shown))")
    }

    private func events(_ value: LuaValue) throws(LuaError) -> [String] {
        guard let table = value.table, table.pairs.isEmpty else {
            throw wrong("'webhook_events' must be a list of strings (got \(value.shown))")
        }
        var events: [String] = []
        for item in table.items { events.append(try text(item, "webhook_events")) }
        if let problem = Catalogue.problem(withWebhookEvents: events) { throw wrong(problem.message) }
        return events
    }

    /// Checks against the catalogue, with names in place of pictures that have no URL yet. Returns the warnings.
    private func check(_ request: JobRequest) throws(LuaError) -> [String] {
        var parameters = request.parameters
        for (field, sources) in request.images {
            let names = sources.map { JSONValue.string($0.shown) }
            if case .images = module.catalogue[request.model]?[parameter: field]?.kind {
                parameters[field] = .array(names)
            } else {
                parameters[field] = names.count == 1 ? names[0] : .array(names)
            }
        }
        let validation = module.catalogue.validate(
            ImageRequest(
                call: request.call, model: request.model, prompt: request.prompt, parameters: parameters,
                webhookURL: request.webhookURL, webhookEvents: request.webhookEvents,
                parametersKey: request.parametersKey))
        if let first = validation.problems.first {
            var details: [String: LuaValue] = [:]
            for problem in validation.problems.reversed() { details[problem.field] = .string(problem.message) }
            var fields = ["details": LuaValue.fields(details)]
            fields["hint"] = hint(for: first, request).map(LuaValue.string)
            throw LuaError(kind: "invalid", "\(name): \(first.message)", fields: fields)
        }
        return validation.warnings.map(\.message)
    }

    /// A model that nobody knows and that is no slip of the pen may be one that only the service has.
    private func hint(for problem: Problem, _ request: JobRequest) -> String? {
        if problem.field == "model", let model = module.catalogue[request.model], model.call != call {
            return "use flux.\(model.call.rawValue) for it; flux.\(call.rawValue) usually takes \(call.usualModel)"
        }
        guard problem.field == "model", request.parametersKey == nil,
            Suggestion.closest(to: request.model, in: module.catalogue.models.map(\.id)) == nil
        else { return nil }
        return "request other models of the service with 'params_key' and 'params'; flux.models() lists them"
    }

    func wrong(_ message: String) -> LuaError { LuaError(kind: "invalid", "\(name): \(message)") }

    // MARK: Pictures

    private func images(_ value: LuaValue, _ field: String) throws(LuaError) -> [ImageSource] {
        guard let table = value.table else { return [try image(value, field)] }
        guard table.pairs.isEmpty else { throw wrong("\(field): expected a picture or a list of pictures") }
        var sources: [ImageSource] = []
        for item in table.items { sources.append(try image(item, field)) }
        return sources
    }

    private func image(_ value: LuaValue, _ field: String) throws(LuaError) -> ImageSource {
        if let job: JobObject = value.object() { return .picture(job.job, index: 1) }
        if let picture: PictureObject = value.object() {
            return .picture(picture.owner.job, index: picture.picture.index)
        }
        guard let text = value.string else {
            if case .bytes = value {
                throw wrong("\(field): the file's name must be UTF-8 text; rename the file")
            }
            throw wrong("\(field): expected a URL, a file, a job or a picture of a job, got \(value.typeName)")
        }
        if text.hasPrefix("http://") || text.hasPrefix("https://") { return .url(text) }
        // In a plan, what was saved is not there; what would have been is.
        if let standIn = module.saver.standIn(for: text) { return .file(standIn) }
        let problem = files.map { $0.problem(with: text) } ?? LocalPicture.problem(with: text, module)
        if let problem { throw wrong("\(field): \(problem)") }
        return .file(text)
    }
}

extension ImageSource {
    /// As it is shown, and checked, before it has a URL.
    var shown: String {
        switch self {
        case .url(let url): url
        case .file(let path): path
        case .picture(let job, let index): "job \(job.number), picture \(index)"
        }
    }
}
