import FluxClient
import FluxImaging
import FluxJobs

/// How a picture was made, as its file tells.
public struct PictureOrigin: Sendable {
    /// What `flux.generate` or `flux.edit` takes to make it again, as far as it has counterparts there.
    public var request: [String: JSONValue] = [:]
    /// The program that wrote it, such as `fluxlua` or `A1111`.
    public var program: String
    /// What has no counterpart, as text: name → value.
    public var rest: [String: String] = [:]

    /// The largest file that is looked into.
    private static let sizeLimit = 256 << 20

    /// - Throws: `.io` when the file cannot be read, `.invalid` when it is no picture or tells nothing.
    public init(file path: String) throws(FluxError) {
        guard PictureFile.size(of: path) ?? 0 <= Self.sizeLimit else {
            throw FluxError(.invalid, "\(path) is larger than 256 MB")
        }
        let bytes = try PictureFile.contents(of: path)
        let origin: PictureOrigin?
        do throws(ImagingError) {
            origin = try Self(bytes)
        } catch {
            throw FluxError(.invalid, "\(path): \(error)")
        }
        guard let origin else { throw FluxError(.invalid, "\(path) tells nothing of how it was made") }
        self = origin
    }

    private init(program: String) { self.program = program }

    /// Nil when the picture tells nothing.
    init?(_ bytes: [UInt8]) throws(ImagingError) {
        // What we wrote ourselves, also where another program has put its own beside it.
        if let ours = (try? ImageMetadata(reading: bytes)) ?? nil {
            self.init(ours)
            return
        }
        let data = try EmbeddedData(reading: bytes)
        let exif = data.exif.map { ExifReader($0) }
        func text(_ keyword: String) -> String? { data.texts.first { $0.keyword == keyword }?.text }
        if let text = text("parameters") ?? exif?.userComment, let origin = Self(generationText: text) {
            self = origin
        } else if let text = text("invokeai_metadata"), let origin = Self(invoke: text) {
            self = origin
        } else if let text = text("prompt"), let origin = Self(comfy: text) {
            self = origin
        } else if let comment = text("Comment"), let origin = Self(novel: comment, text("Description")) {
            self = origin
        } else if let comment = exif?.userComment ?? exif?.imageDescription ?? text("Description") {
            self.init(program: exif?.software ?? text("Software") ?? "unknown")
            request["prompt"] = .string(comment)
        } else {
            return nil
        }
    }

    private init(_ metadata: ImageMetadata) {
        self.init(program: metadata.software)
        if let text = metadata.parameters, case .object(let parameters)? = try? JSONValue(parsing: Array(text.utf8)) {
            request = parameters
        }
        request["prompt"] = .string(metadata.prompt)
        request["model"] = .string(metadata.model)
        request["seed"] = metadata.seed.map(JSONValue.integer) ?? .bool(false)
    }

    private init?(generationText text: String) {
        let generation = GenerationText(text)
        guard !generation.pairs.isEmpty else { return nil }
        let version = generation["Version"] ?? ""
        let program =
            ["ComfyUI", "Fooocus", "SwarmUI", "Forge"].first { version.contains($0) }
            ?? (version.hasPrefix("f") ? "Forge" : "A1111")
        self.init(program: program)
        request["prompt"] = .string(generation.prompt)
        setSeed(generation["Seed"])
        let sides = (generation["Size"] ?? "").split(separator: "x").compactMap { Int64($0) }
        if sides.count == 2 { setSize(sides[0], sides[1]) }
        for pair in generation.pairs where pair.name != "Seed" && (pair.name != "Size" || request["width"] == nil) {
            rest[pair.name] = pair.value
        }
        if let negative = generation.negativePrompt { rest["Negative prompt"] = negative }
    }

    private init?(invoke text: String) {
        guard case .object(let members)? = try? JSONValue(parsing: Array(text.utf8)),
            let prompt = members["positive_prompt"]?.stringValue
        else { return nil }
        self.init(program: "InvokeAI")
        request["prompt"] = .string(prompt)
        setSeed(members["seed"]?.integerValue.map(String.init))
        if let width = members["width"]?.integerValue, let height = members["height"]?.integerValue {
            setSize(width, height)
        }
        keep(members, except: ["positive_prompt", "seed", "width", "height"])
    }

    private init?(novel text: String, _ description: String?) {
        guard case .object(let members)? = try? JSONValue(parsing: Array(text.utf8)),
            let prompt = members["prompt"]?.stringValue ?? description
        else { return nil }
        self.init(program: "NovelAI")
        request["prompt"] = .string(prompt)
        setSeed(members["seed"]?.integerValue.map(String.init))
        if let width = members["width"]?.integerValue, let height = members["height"]?.integerValue {
            setSize(width, height)
        }
        keep(members, except: ["prompt", "seed", "width", "height"])
    }

    /// ComfyUI keeps its whole graph: the sampler's seed, and the text that leads to it.
    private init?(comfy text: String) {
        guard case .object(let nodes)? = try? JSONValue(parsing: Array(text.utf8)),
            nodes.values.contains(where: { $0["class_type"] != nil })
        else { return nil }
        self.init(program: "ComfyUI")
        rest["prompt"] = text
        for (_, node) in nodes.sorted(by: { $0.key < $1.key }) {
            guard let inputs = node["inputs"], let seed = inputs["seed"] ?? inputs["noise_seed"] else { continue }
            setSeed(seed.integerValue.map(String.init))
            guard case .array(let link)? = inputs["positive"], let source = link.first?.stringValue,
                let prompt = nodes[source]?["inputs"]?["text"]?.stringValue
            else { continue }
            request["prompt"] = .string(prompt)
            break
        }
    }

    private mutating func setSeed(_ text: String?) {
        if let seed = text.flatMap({ Int64($0) }), seed >= 0 { request["seed"] = .integer(seed) }
    }

    /// Sides that the service makes (contract §3).
    private mutating func setSize(_ width: Int64, _ height: Int64) {
        guard (256...2048).contains(width), (256...2048).contains(height) else { return }
        request["width"] = .integer(width)
        request["height"] = .integer(height)
    }

    private mutating func keep(_ members: [String: JSONValue], except known: Set<String>) {
        for (name, value) in members where !known.contains(name) {
            rest[name] = value.stringValue ?? String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}
