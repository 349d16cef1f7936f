import FluxClient
import FluxImaging
import FluxJobs

/// How a picture was made, as its file tells.
public struct PictureOrigin: Sendable, Hashable {
    /// The function that takes the request.
    public var call = SubmitCall.generate
    /// What made the picture, such as `fluxlua` or `A1111`.
    public var program: String
    /// What `flux.generate` or `flux.edit` takes to make it again. Of another program's picture: prompt, seed and size, as
    /// far as they are known.
    public var request: [String: JSONValue] = [:]
    /// What has no counterpart in a request, as text: name → value.
    public var rest: [String: String] = [:]
    /// Parameter → pictures of earlier jobs, as a script writes them. In the request stands what no file is called: nobody
    /// shall pay for a picture without them by mistake.
    public var jobPictures: [String: String] = [:]

    /// No more of a file is looked at.
    private static let limit = 64 << 20

    init(program: String) { self.program = program }

    /// - Parameter model: where a request without a model goes: sizes of other programs are put as it takes them.
    /// - Throws: kind `io` when the file cannot be read, `invalid` when it is no picture, is broken, or tells nothing.
    public init(file path: String, catalogue: Catalogue = .flux, model: String = "flux-2-pro") throws(FluxError) {
        try self.init(
            bytes: try PictureFile.contents(of: path, limit: Self.limit), of: path, catalogue: catalogue, model: model)
    }

    /// - Parameter bytes: of the file `path`, or its beginning.
    public init(
        bytes: [UInt8], of path: String, catalogue: Catalogue = .flux, model: String = "flux-2-pro"
    ) throws(FluxError) {
        let data: EmbeddedData
        do throws(ImagingError) {
            data = try EmbeddedData(reading: bytes)
        } catch {
            throw FluxError(.invalid, "\(path): \(error)")
        }
        guard let origin = Self.origin(data, catalogue, catalogue[model]) else {
            let part = bytes.count < Self.limit ? path : "the beginning of \(path)"
            throw FluxError(.invalid, "\(part) does not say how it was made")
        }
        self = origin
    }

    static func origin(_ data: EmbeddedData, _ catalogue: Catalogue, _ model: Model?) -> PictureOrigin? {
        // What we wrote ourselves, also where another program has put its own beside it.
        if let own = data.own { return PictureOrigin(own, catalogue) }
        let texts = texts(of: data)
        // A program that does not know XMP may have kept the text alone.
        for name in ["parameters", "UserComment"] {
            if let own = texts[name].flatMap({ ParametersText($0) })?.own { return PictureOrigin(own, catalogue) }
        }
        return ForeignPicture(texts)?.origin(for: model)
    }

    /// By the keyword of a PNG text, or what stands for it in other places. Of several with one name the first counts.
    private static func texts(of data: EmbeddedData) -> [String: String] {
        let exif = data.exif.map { ExifReader($0) }
        var texts = Dictionary(data.texts.map { ($0.keyword, $0.text) }, uniquingKeysWith: { first, _ in first })
        func add(_ name: String, _ text: String?) {
            if let text, texts[name] == nil { texts[name] = text }
        }
        add("UserComment", exif?.userComment)
        add("Description", exif?.imageDescription)
        add("Software", exif?.software)
        add("Make", exif?.make)
        add("Model", exif?.model)
        add("UserComment", data.xmpText("exif:UserComment"))
        add("Description", data.xmpText("dc:description"))
        add("Software", data.xmpText("xmp:CreatorTool"))
        return texts
    }
}
