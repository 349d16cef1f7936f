/// How a picture came to be, as it travels inside the picture's file (lua-api §5).
///
/// It is written where viewers and designers' tools look: an XMP packet in each format (description, creator tool,
/// the IPTC's properties for generated pictures, and every field under a namespace of our own), EXIF in JPEG and WebP,
/// text chunks in PNG. Pixels are not touched: the compressed picture data is copied byte for byte.
public struct ImageMetadata: Sendable, Hashable {
    public var prompt: String
    /// The service's model name, such as `flux-2-pro`.
    public var model: String
    public var seed: Int64?
    /// The request's other parameters, as JSON text.
    public var parameters: String?
    /// Which call takes the request, where its model does not tell: such as `edit`.
    public var call: String?
    /// The name of the model's own object in a request, where the model is not of those that everybody knows.
    public var parametersKey: String?
    /// A file had no room for all of it: parameters, or the end of the prompt, are missing.
    public internal(set) var isCut = false
    /// The program that asked for the picture.
    public var software: String

    public init(
        prompt: String, model: String, seed: Int64? = nil, parameters: String? = nil, call: String? = nil,
        parametersKey: String? = nil, software: String = "fluxlua"
    ) {
        self.prompt = prompt
        self.model = model
        self.seed = seed
        self.parameters = parameters
        self.call = call
        self.parametersKey = parametersKey
        self.software = software
    }

    /// The same file with this metadata inside.
    ///
    /// Metadata of ours from an earlier call is replaced. Foreign metadata stays: an XMP packet of the file gets ours
    /// added, except for properties that it has itself; a foreign EXIF block is left as it is. In PNG the texts named
    /// `Description`, `Software` and `parameters` are replaced. Characters that XML cannot carry are left out. A JPEG
    /// segment holds 64 KB: what does not fit is dropped, the parameters first.
    /// - Throws: `ImagingError` when the file is of no known format, is broken, or is a GIF, which has no place for it.
    public func embedded(in file: [UInt8]) throws(ImagingError) -> [UInt8] {
        try composed(with: ByteSource(file)).bytes(of: file)
    }

    /// The same file, told as what is new in it and what is copied. Of JPEG and PNG no more is read than what stands around
    /// the pixels; a WebP is read whole, since libwebpmux makes the new one.
    /// - Throws: as `embedded(in:)`, and `.unreadable`.
    public func composed(with file: ByteSource) throws(ImagingError) -> ComposedFile {
        guard let format = ImageFormat.detect(try file.bytes(0..<16)) else { throw .unknownFormat }
        let clean = cleaned()
        switch format {
        case .jpg: return try JPEGSegments(parsing: file).embedding(clean).composed
        case .png: return try PNGChunks(parsing: file).embedding(clean).composed
        case .webp: return ComposedFile(try WebPMetadata.embed(clean, in: try file.bytes()))
        case .gif: throw .unsupported("GIF pictures have no place for metadata")
        }
    }

    /// What `embedded(in:)` has written, also after another program has rewritten the XMP packet; nil where there is none.
    /// - Throws: `ImagingError` when the file is of no known format or broken.
    public init?(reading file: [UInt8]) throws(ImagingError) {
        let header = try ImageHeader(parsing: file)
        let packet: [UInt8]? =
            switch header.format {
            case .jpg: try JPEGSegments(parsing: ByteSource(file)).xmp
            case .png: try PNGChunks(parsing: ByteSource(file)).xmp
            case .webp: try WebPMetadata.chunk("XMP ", of: file)
            case .gif: nil
            }
        guard let packet, let metadata = XMPPacket(packet).metadata else { return nil }
        self = metadata
    }

    /// Whether a text comes back from a file as it was: XML cannot carry most control characters.
    public static func carries(_ text: String) -> Bool { XMLText.clean(text) == text }

    /// The fields as one text, the way programs for generated pictures write and read it: the prompt, then one line
    /// of `Name: value` pairs in which a value with commas is quoted as JSON.
    var parametersText: String {
        var pairs: [String] = []
        if let seed { pairs.append("Seed: \(seed)") }
        pairs.append("Model: \(model)")
        if let call { pairs.append("Flux call: \(Self.quoted(call))") }
        if let parametersKey { pairs.append("Flux parameters key: \(Self.quoted(parametersKey))") }
        if let parameters { pairs.append("Flux parameters: \(Self.quoted(parameters))") }
        pairs.append("Version: \(software)")
        return prompt + "\n" + pairs.joined(separator: ", ")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == "\"" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return "\"\(escaped)\""
    }

    /// Itself, then what is left of it as space gets scarce.
    var reductions: [ImageMetadata] {
        var withoutParameters = self
        withoutParameters.parameters = nil
        withoutParameters.isCut = parameters != nil
        var shortened = withoutParameters
        // At most six bytes a character when escaped, three times in a packet: below 64 KB with room to spare.
        let scalars = prompt.unicodeScalars
        if scalars.count > 3_000 {
            shortened.prompt = String(String.UnicodeScalarView(scalars.prefix(3_000))) + "…"
            shortened.isCut = true
        }
        return [self, withoutParameters, shortened]
    }

    private func cleaned() -> ImageMetadata {
        ImageMetadata(
            prompt: XMLText.clean(prompt), model: XMLText.clean(model), seed: seed,
            parameters: parameters.map(XMLText.clean), call: call.map(XMLText.clean),
            parametersKey: parametersKey.map(XMLText.clean), software: XMLText.clean(software))
    }
}
