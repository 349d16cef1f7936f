import FluxClient

/// ComfyUI stores no prompt but a graph of nodes: `{ "3": { "class_type": "KSampler", "inputs": { "positive": ["6", 0] } } }`.
/// What leads from the sampler to a text, a seed and a size is followed; the graph itself goes along.
extension ForeignPicture {
    static func comfy(_ named: [String: String]) -> ForeignPicture? {
        var texts: [String: String] = [:]
        for name in ["prompt", "workflow"] { texts[name] = named[name] }
        // In WebP and JPEG they stand in tags that cameras use: `prompt:{…}`.
        for tag in ["Make", "Model", "Description"] {
            for name in ["prompt", "workflow"] where texts[name] == nil {
                if let text = named[tag], text.hasPrefix("\(name):") {
                    texts[name] = String(text.dropFirst(name.count + 1))
                }
            }
        }
        let isGraph = texts["prompt"].map { $0.contains("\"class_type\"") } ?? false
        let isWorkflow = texts["workflow"].map { $0.contains("\"nodes\"") } ?? false
        guard isGraph || isWorkflow else { return nil }
        var picture = ForeignPicture(program: "ComfyUI")
        picture.rest = texts
        if let json = JSONText.object(texts["prompt"]) { picture.take(ComfyGraph(json)) }
        return picture
    }

    private mutating func take(_ graph: ComfyGraph) {
        guard let sampler = graph.sampler else { return }
        prompt = graph.text(from: sampler, ["positive", "guider", "conditioning"])
        negative = graph.text(from: sampler, ["negative"])
        if negative == prompt { negative = nil }
        seed = graph.find(from: sampler, ["seed", "noise_seed", "noise"]) { node in
            ["seed", "noise_seed", "value", "int"].lazy.compactMap { node[$0]?.wholeNumber }.first
        }
        let size = graph.find(from: sampler, ["latent_image", "latent"]) { node -> (Int, Int)? in
            guard let width = node["width"]?.wholeNumber, let height = node["height"]?.wholeNumber else { return nil }
            return (Int(width), Int(height))
        }
        if let size { (width, height) = size }
    }
}

struct ComfyGraph {
    typealias Inputs = [String: JSONValue]

    private var classes: [String: String] = [:]
    private var inputs: [String: Inputs] = [:]

    init(_ json: [String: JSONValue]) {
        for (name, node) in json {
            classes[name] = node["class_type"]?.stringValue
            inputs[name] = node["inputs"]?.objectValue
        }
    }

    /// The inputs of what makes the picture: the first sampler by number. Several make it in steps, of which the first has
    /// the seed and the size.
    var sampler: Inputs? {
        let names = classes.filter { $0.value.contains("Sampler") && $0.value != "KSamplerSelect" }.keys
            .filter { name in ["positive", "guider", "conditioning"].contains { inputs[name]?[$0] != nil } }
        return names.min { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }.flatMap { inputs[$0] }
    }

    private static let textNames = ["text", "t5xxl", "clip_l", "text_g", "prompt", "string", "value"]

    func text(from node: Inputs, _ names: [String]) -> String? {
        find(from: node, names) { node in
            Self.textNames.lazy.compactMap { node[$0]?.stringValue }.first { !$0.isEmpty }
        }
    }

    /// The first thing that `value` finds on the way from one of the inputs of a node, which may itself have it. Each node
    /// is looked at once: a graph may go in circles.
    func find<Value>(from start: Inputs, _ names: [String], _ value: (Inputs) -> Value?) -> Value? {
        let own = start.filter { names.contains($0.key) }
        if let found = value(own) { return found }
        var seen: Set<String> = []
        var waiting = names.compactMap { start[$0].flatMap(Self.link) }
        var next = 0
        while next < waiting.count {
            let name = waiting[next]
            next += 1
            guard seen.insert(name).inserted, let node = inputs[name] else { continue }
            if let found = value(node) { return found }
            waiting += node.sorted { $0.key < $1.key }.compactMap { Self.link($0.value) }
        }
        return nil
    }

    /// `["6", 0]`: an output of another node.
    private static func link(_ value: JSONValue) -> String? {
        guard let pair = value.arrayValue, pair.count == 2, pair[1].integerValue != nil else { return nil }
        return pair[0].stringValue
    }
}
