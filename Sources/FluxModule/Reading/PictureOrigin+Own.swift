import FluxClient
import FluxImaging
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Our own pictures: what is put into them when they are saved, and taken out again.
extension PictureOrigin {
    /// The same request: asked again, it is the same to the ledger.
    init(_ metadata: ImageMetadata, _ catalogue: Catalogue) {
        self.init(program: metadata.software.isEmpty ? "fluxlua" : metadata.software)
        let model = catalogue[metadata.model]
        call = metadata.call.flatMap(SubmitCall.init) ?? model?.call ?? .generate
        var members: [String: JSONValue] = [:]
        if let text = metadata.parameters, let json = try? JSONValue(parsing: Array(text.utf8)) {
            members = json.objectValue ?? [:]
        }
        var prompt = JSONValue.string(metadata.prompt)
        if metadata.parametersKey == nil, let exact = members.removeValue(forKey: ImageMetadata.exactPrompt) {
            prompt = exact
        }
        for (name, value) in members {
            if value.isNull {
                members[name] = "a picture that the file does not name"
                rest[name] = "it was outside the script's folder, or its URL had a password in it"
            } else if value.mentionsJob {
                members[name] = "a picture of an earlier job"
                jobPictures[name] = value.luaOfPictures
            }
        }
        if let key = metadata.parametersKey {
            if let seed = metadata.seed { members["seed"] = .integer(seed) }
            request["params_key"] = .string(key)
            request["params"] = .object(members)
        } else {
            request = members
            // Without this word one would be drawn.
            let none: JSONValue? = model.map { $0[parameter: "seed"] == nil } == true ? nil : false
            request["seed"] = metadata.seed.map(JSONValue.integer) ?? none
        }
        request["prompt"] = prompt
        request["model"] = .string(metadata.model)
        if metadata.isCut { rest["missing"] = "the file had no room for the whole request" }
    }

    /// What a picture of this request would tell.
    init(_ request: JobRequest, _ catalogue: Catalogue) { self.init(ImageMetadata(of: request), catalogue) }
}

extension ImageMetadata {
    /// Beside the parameters, where XML cannot carry the prompt as it is; no parameter has a name of two words.
    fileprivate static let exactPrompt = "exact prompt"

    /// What makes the request this one. Nothing that differs from run to run, and no label or webhook.
    init(of request: JobRequest) {
        var parameters = request.parameters
        for (name, sources) in request.images {
            let stored = sources.map(\.stored)
            parameters[name] = stored.count == 1 ? stored[0] : .array(stored)
            // What they are called is nobody else's business; that there were some is.
            if stored.contains(.null) { parameters[name] = .null }
        }
        if request.parametersKey == nil, !Self.carries(request.prompt) {
            parameters[Self.exactPrompt] = .string(request.prompt)
        }
        let text = parameters.isEmpty ? nil : JSONValue.object(parameters).encodedString
        self.init(
            prompt: request.prompt, model: request.model, seed: request.seed, parameters: text.map(Self.escaped),
            call: request.call == .generate ? nil : request.call.rawValue, parametersKey: request.parametersKey)
    }

    /// JSON text with what XML cannot carry in JSON's own spelling: it can only stand in strings.
    private static func escaped(_ json: String) -> String {
        guard !carries(json) else { return json }
        var text = ""
        for scalar in json.unicodeScalars {
            if carries(String(scalar)) {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }
}

extension ImageSource {
    /// What it is called on other machines too, and tells nothing of this one: an address, a file in the script's folder. A
    /// picture of a job has its job.
    fileprivate var stored: JSONValue {
        switch self {
        case .url(let url): hasPassword(url) ? .null : .string(url)
        case .file(let path): PathInFolder.of(path).map(JSONValue.string) ?? .null
        case .picture(let job, let index):
            job.snapshot.id.map { ["job": .string($0), "picture": .integer(Int64(index))] } ?? .null
        }
    }

    private func hasPassword(_ url: String) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        return url[scheme.upperBound...].prefix { !"/?#".contains($0) }.contains("@")
    }
}

/// Paths as they are written from the working directory.
enum PathInFolder {
    /// Nil for what lies outside.
    static func of(_ path: String) -> String? {
        guard path.hasPrefix("/") else { return path }
        guard let buffer = getcwd(nil, 0) else { return nil }
        defer { free(buffer) }
        let folder = String(cString: buffer) + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : nil
    }
}

extension JSONValue {
    private var jobPicture: (id: String, index: Int64)? {
        guard let members = objectValue, members.count == 2, let id = members["job"]?.stringValue,
            FluxClient.isJobID(id), let index = members["picture"]?.integerValue
        else { return nil }
        return (id, index)
    }

    fileprivate var mentionsJob: Bool {
        jobPicture != nil || arrayValue?.contains { $0.jobPicture != nil } ?? false
    }

    /// Pictures as a script can write them.
    fileprivate var luaOfPictures: String {
        if let (id, index) = jobPicture { return "flux.job(\"\(id)\").images[\(index)]" }
        if let items = arrayValue { return "{ \(items.map(\.luaOfPictures).joined(separator: ", ")) }" }
        return encodedString
    }
}
