import FluxClient

/// What the texts of another program's picture tell, whichever of their many ways it uses.
struct ForeignPicture {
    var program: String
    var prompt: String?
    var negative: String?
    var seed: Int64?
    /// In pixels.
    var width: Int?
    var height: Int?
    /// `W:H`, of a program that knows no pixels.
    var aspectRatio: String?
    /// By the program's own names.
    var rest: [String: String] = [:]

    init(program: String) { self.program = program }

    /// - Parameter named: texts by their names.
    init?(_ named: [String: String]) {
        let software = named["Software"] ?? ""
        // Some of NovelAI's WebP pictures have all their texts in one.
        if let inner = JSONText.object(named["UserComment"])?.compactMapValues(\.stringValue), inner["Comment"] != nil,
            let picture = Self.plain(inner)
        {
            self = picture
        } else if let picture = Self.plain(named) {
            self = picture
        } else {
            return nil
        }
        if rest["Software"] == nil, !software.isEmpty, software != program { rest["Software"] = software }
    }

    private static func plain(_ named: [String: String]) -> ForeignPicture? {
        invoke(named) ?? novel(named) ?? parameters(named) ?? comfy(named) ?? drawThings(named) ?? midjourney(named)
            ?? separate(named)
    }

    /// As the call of a model takes it.
    func origin(for model: Model?) -> PictureOrigin {
        var request: [String: JSONValue] = [:]
        var rest = rest
        if let prompt, !prompt.isEmpty { request["prompt"] = .string(prompt) }
        if let negative, !negative.isEmpty { rest["Negative prompt"] = negative }
        if let seed { request["seed"] = .integer(seed) }
        if let aspectRatio {
            let sides = aspectRatio.split(separator: ":").compactMap { Int($0) }
            if sides.count == 2, sides[0] > 0, sides[1] > 0, model?[parameter: "aspect_ratio"] != nil {
                request["aspect_ratio"] = .string("\(sides[0]):\(sides[1])")
            } else {
                rest["aspect ratio"] = aspectRatio
            }
        }
        if let width, let height, width > 0, height > 0 {
            let size = SizeParameters(width: width, height: height)
            request.merge(size.parameters(for: model)) { _, new in new }
            if request["width"] == nil, rest["Size"] == nil { rest["size"] = "\(width)x\(height)" }
        }
        var origin = PictureOrigin(program: program)
        origin.request = request
        origin.rest = rest
        return origin
    }
}

/// A size in pixels, in the words that a model has for it.
struct SizeParameters {
    var width: Int
    var height: Int

    /// Sides where the model documents them for that size; otherwise the aspect ratio, the nearest documented one where
    /// one is near.
    func parameters(for model: Model?) -> [String: JSONValue] {
        guard let model else { return [:] }
        if takes(width, as: "width", model), takes(height, as: "height", model) {
            return ["width": .integer(Int64(width)), "height": .integer(Int64(height))]
        }
        guard case .aspectRatio(let documented)? = model[parameter: "aspect_ratio"]?.kind else { return [:] }
        let divisor = Self.commonDivisor(width, height)
        let exact = "\(width / divisor):\(height / divisor)"
        let ratio = Double(width) / Double(height)
        // An eighth more or less: 832×1216 and 512×768 are 3:4, and 21:9 is not 16:9.
        let near = documented.map { (name: $0, distance: max(Self.value($0) / ratio, ratio / Self.value($0))) }
            .filter { $0.distance <= 1.126 }
        return ["aspect_ratio": .string(near.min { $0.distance < $1.distance }?.name ?? exact)]
    }

    private func takes(_ side: Int, as name: String, _ model: Model) -> Bool {
        guard let parameter = model[parameter: name], parameter.isDocumented else { return false }
        return parameter.kind.takes(Int64(side)) && parameter.documented?.takes(Int64(side)) ?? true
    }

    private static func value(_ ratio: String) -> Double {
        let sides = ratio.split(separator: ":").compactMap { Double($0) }
        return sides.count == 2 ? sides[0] / sides[1] : .infinity
    }

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
}

extension Parameter.Kind {
    fileprivate func takes(_ number: Int64) -> Bool {
        guard case .integer(let range) = self else { return false }
        return range?.contains(number) ?? true
    }
}

/// JSON inside texts.
enum JSONText {
    static func object(_ text: String?) -> [String: JSONValue]? {
        guard let text, text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        return (try? JSONValue(parsing: Array(text.utf8)))?.objectValue
    }
}

extension JSONValue {
    /// Strings as they are, anything else as JSON.
    var plainText: String { stringValue ?? encodedString }

    /// A whole number that is 0 or more, also one in quotes.
    var wholeNumber: Int64? {
        let number = integerValue ?? stringValue.flatMap { Int64($0) }
        return number.flatMap { $0 >= 0 ? $0 : nil }
    }
}
