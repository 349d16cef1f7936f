import FluxClient
import FluxDrawing
import FluxImaging
import LuaRuntime

/// What an author passes to `flux.mask`.
struct MaskArguments: Sendable {
    enum Subject: Sendable {
        case size(PixelSize)
        case file(String)
        /// Its first picture, or the one of that number.
        case job(JobObject, index: Int?)
    }

    enum White: Sendable {
        case shapes([MaskShape], inHundredths: Bool)
        /// Where the picture is transparent, or another file.
        case transparency(of: String?)
    }

    var subject: Subject
    var white: White
    /// In pixels.
    var feather: Int
    var isInverted: Bool
    /// Nil: a name of ours in the folder of pictures.
    var file: String?
    var overwrites: Bool
}

extension MaskArguments {
    static let name = "flux.mask"

    /// Far more than the service makes, and what can be drawn in memory.
    private static let mostPixels = Raster.defaultMaximumPixels
    private static let longestSide: Int64 = 16_384
    private static let mostFeather = 1_000.0

    init(picture: LuaValue, shapes: LuaValue, options: LuaValue) throws(LuaError) {
        subject = try Self.subject(picture)
        let options = try Options(
            options, of: Self.name, known: ["feather", "invert", "unit", "from", "file", "overwrite"],
            example: "feather = 20")
        feather = try Self.feather(options)
        isInverted = try options.flag("invert")
        file = try options.text("file")
        overwrites = try options.flag("overwrite")
        let (unit, from) = (try options.text("unit"), try options.text("from"))
        if let unit, unit != "%", unit != "px" {
            throw Self.wrong("'unit' must be \"%\" or \"px\" (got \"\(unit)\")")
        }
        if let file, !file.hasSuffix("/"), !file.lowercased().hasSuffix(".png") {
            throw Self.wrong("'file' must end in .png, or in / for a folder (got \"\(file)\")")
        }
        if let word = shapes.string {
            guard word == "transparent" else {
                let question = Suggestion.question(for: word, in: ["transparent"])
                throw Self.wrong("'\(word)' is not a shape\(question); \(MaskShapeReader.examples)")
            }
            if unit != nil { throw Self.wrong("'unit' goes with shapes, not with \"transparent\"") }
            if from == nil, case .size = subject {
                throw Self.wrong("\"transparent\" needs a picture, or 'from', the file of one")
            }
            white = .transparency(of: from)
        } else {
            if from != nil { throw Self.wrong("'from' goes with \"transparent\", not with shapes") }
            white = .shapes(try MaskShapeReader.shapes(shapes), inHundredths: unit == "%")
        }
    }

    static func wrong(_ message: String) -> LuaError { LuaError(kind: "invalid", "\(name): \(message)") }

    private static func feather(_ options: Options) throws(LuaError) -> Int {
        guard let value = options.value("feather") else { return 0 }
        guard let pixels = value.number, (0...mostFeather).contains(pixels) else {
            throw wrong("'feather' must be a number of pixels from 0 to \(Int(mostFeather)) (got \(value.shown))")
        }
        return Int(pixels.rounded())
    }

    private static func subject(_ value: LuaValue) throws(LuaError) -> Subject {
        if let job: JobObject = value.object() { return .job(job, index: nil) }
        if let picture: PictureObject = value.object() { return .job(picture.owner, index: picture.picture.index) }
        if let path = value.string, !path.isEmpty {
            guard !path.hasPrefix("http://"), !path.hasPrefix("https://") else {
                throw wrong(
                    "the size of a picture on the web is not known here: give { width = …, height = … } instead")
            }
            return .file(path)
        }
        guard let table = value.table else {
            throw wrong("expected a file, a job or { width = 1024, height = 768 }, got \(value.typeName)")
        }
        let sides = try NumberReader(table, named: "the picture", fields: ["width", "height"]).values
        for (side, name) in zip(sides, ["width", "height"]) {
            guard let whole = Int64(exactly: side), (1...longestSide).contains(whole) else {
                throw wrong(
                    "the picture: '\(name)' must be a whole number from 1 to \(longestSide) (got \(LuaValue(side).shown))"
                )
            }
        }
        let size = PixelSize(width: Int(sides[0]), height: Int(sides[1]))
        guard size.width * size.height <= mostPixels else {
            throw wrong("the picture has more than \(mostPixels / 1_000_000) million pixels")
        }
        return .size(size)
    }
}
