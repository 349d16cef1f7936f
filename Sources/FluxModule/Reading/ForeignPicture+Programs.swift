import FluxClient

/// How each of the programs tells it.
extension ForeignPicture {
    // MARK: A1111's web UI and its kin

    static func parameters(_ named: [String: String]) -> ForeignPicture? {
        let json = JSONText.object(named["parameters"]) ?? JSONText.object(named["UserComment"])
        if let picture = json.flatMap({ jsonParameters($0, named) }) { return picture }
        for name in ["parameters", "UserComment", "Comment"] {
            if let text = named[name].flatMap({ ParametersText($0) }) { return ForeignPicture(text, named) }
        }
        guard let prompt = named["parameters"], JSONText.object(prompt) == nil else { return nil }
        // Nothing but a prompt.
        var picture = ForeignPicture(program: named["Software"] ?? "A1111")
        picture.prompt = prompt
        return picture
    }

    init(_ text: ParametersText, _ named: [String: String]) {
        self.init(program: Self.program(of: text))
        (prompt, negative) = text.prompts
        for (name, value) in text.pairs {
            switch name {
            case "Seed": seed = Int64(value).flatMap { $0 >= 0 ? $0 : nil }
            case "Size":
                let sides = value.lowercased().split(separator: "x").map { Int($0) }
                if sides.count == 2 { (width, height) = (sides[0], sides[1]) }
            default: break
            }
            if name != "Seed" || seed == nil, rest[name] == nil { rest[name] = value }
        }
        if !text.tail.isEmpty { rest["text"] = text.tail }
        for name in ["prompt", "workflow"] {
            if let graph = named[name] { rest[name] = graph }
        }
    }

    private static func program(of text: ParametersText) -> String {
        if let app = text["App"] { return app }
        let version = text["Version"] ?? ""
        if version == "ComfyUI" || version.hasPrefix("Fooocus") { return version }
        // Such as f2.0.1v1.10.1-previous-313-g8a042934.
        if version.first == "f", version.dropFirst().first?.isNumber == true { return "Forge" }
        if version.isEmpty, text["Civitai resources"] != nil { return "Civitai" }
        return "A1111"
    }

    /// SwarmUI and Fooocus write JSON in the place of that text.
    private static func jsonParameters(_ json: [String: JSONValue], _ named: [String: String]) -> ForeignPicture? {
        if let members = json["sui_image_params"]?.objectValue {
            var picture = ForeignPicture(program: "SwarmUI", members)
            for (name, value) in json where name != "sui_image_params" { picture.rest[name] = value.plainText }
            return picture
        }
        guard json["prompt"]?.stringValue != nil else { return nil }
        let version = json["version"]?.stringValue ?? ""
        let isFooocus = named["fooocus_scheme"] != nil || version.hasPrefix("Fooocus")
        return ForeignPicture(program: isFooocus ? "Fooocus" : named["Software"] ?? "an unnamed program", json)
    }

    // MARK: Names and values

    private static let promptNames = ["prompt", "positive_prompt", "c"]
    private static let negativeNames = ["negative_prompt", "negativeprompt", "uc"]
    private static let sizeNames = ["size", "resolution"]

    /// From names and values that mean the same in many programs.
    init(program: String, _ members: [String: JSONValue]) {
        self.init(program: program)
        var members = members
        func take<Value>(_ names: [String], _ value: (JSONValue) -> Value?) -> Value? {
            for name in names {
                guard let member = members[name], let taken = value(member) else { continue }
                members[name] = nil
                return taken
            }
            return nil
        }
        prompt = take(Self.promptNames) { $0.stringValue }
        negative = take(Self.negativeNames) { $0.stringValue }
        seed = take(["seed"]) { $0.wholeNumber }
        width = take(["width"]) { $0.wholeNumber.flatMap { Int($0) } }
        height = take(["height"]) { $0.wholeNumber.flatMap { Int($0) } }
        if width == nil, let sides = take(Self.sizeNames, { $0.stringValue.flatMap(Self.sides) }) {
            (width, height) = sides
        }
        rest = members.mapValues(\.plainText)
    }

    /// `512x768`, `(1024, 1024)`
    private static func sides(_ text: String) -> (Int, Int)? {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1] else { return nil }
        return (width, height)
    }

    /// Easy Diffusion and others give each value a text of its own.
    static func separate(_ named: [String: String]) -> ForeignPicture? {
        guard named["prompt"] != nil, named["seed"] != nil || named["negative_prompt"] != nil else { return nil }
        let isEasy = named["use_stable_diffusion_model"] != nil
        let program = isEasy ? "Easy Diffusion" : named["Software"] ?? "an unnamed program"
        return ForeignPicture(program: program, named.mapValues(JSONValue.string))
    }

    // MARK: Others

    static func novel(_ named: [String: String]) -> ForeignPicture? {
        guard named["Software"] == "NovelAI" || named["Title"]?.contains("NovelAI") == true else { return nil }
        var picture = ForeignPicture(program: "NovelAI", JSONText.object(named["Comment"]) ?? [:])
        picture.prompt = picture.prompt ?? named["Description"]
        if let source = named["Source"] { picture.rest["Source"] = source }
        return picture
    }

    static func drawThings(_ named: [String: String]) -> ForeignPicture? {
        guard let json = JSONText.object(named["UserComment"]), json["c"]?.stringValue != nil else { return nil }
        return ForeignPicture(program: "Draw Things", json)
    }

    static func invoke(_ named: [String: String]) -> ForeignPicture? {
        if let json = JSONText.object(named["invokeai_metadata"]) { return ForeignPicture(program: "InvokeAI", json) }
        if var json = JSONText.object(named["sd-metadata"]) {
            let image = json.removeValue(forKey: "image")?.objectValue ?? [:]
            var picture = ForeignPicture(program: "InvokeAI", json.merging(image) { first, _ in first })
            // A list of prompts, each with its weight.
            if picture.prompt == nil {
                picture.prompt = image["prompt"]?.arrayValue?.first?["prompt"]?.stringValue
                picture.rest["prompt"] = nil
            }
            return picture
        }
        guard let text = named["Dream"] else { return nil }
        var picture = ForeignPicture(program: "InvokeAI")
        picture.rest["Dream"] = text
        // "a prompt in quotes" -s 50 -S 123 -W 512 -H 512
        var work = text.utf8.count
        if let length = JSONScanner.length(of: Array(text.utf8)[...], work: &work) {
            picture.prompt = (try? JSONValue(parsing: Array(text.utf8.prefix(length))))?.stringValue
            let words = text.utf8.dropFirst(length).split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            for (word, value) in zip(words, words.dropFirst()) {
                switch word {
                case "-S": picture.seed = Int64(value)
                case "-W": picture.width = Int(value)
                case "-H": picture.height = Int(value)
                default: break
                }
            }
        }
        return picture
    }

    /// `a red cat --ar 16:9 --seed 7 --v 6.1 Job ID: 0000…`
    static func midjourney(_ named: [String: String]) -> ForeignPicture? {
        guard let text = named["Description"], let mark = text.firstRange(of: "Job ID: ") else { return nil }
        var picture = ForeignPicture(program: "Midjourney")
        picture.rest["Job ID"] = String(text[mark.upperBound...])
        let asked = text[..<mark.lowerBound].split(separator: " --", omittingEmptySubsequences: false)
        picture.prompt = asked.first.map { String($0).trimmingBlanks }
        for option in asked.dropFirst() {
            let name = String(option.prefix { $0 != " " })
            let value = String(option.dropFirst(name.count)).trimmingBlanks
            switch name {
            case "ar", "aspect": picture.aspectRatio = value
            case "seed" where Int64(value) != nil: picture.seed = Int64(value)
            case "no": picture.negative = value
            default: picture.rest["--" + name] = value
            }
        }
        return picture
    }
}

extension String {
    /// Without blanks at either end.
    var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text.drop { $0 == " " })
    }
}
