import FluxClient
import FluxJobs

/// What the page shows: pictures with the requests that made them, and the axes of a sweep. `gallery.json` is its form on
/// disk.
public struct Gallery: Sendable, Hashable {
    /// An axis of a sweep.
    public struct Axis: Sendable, Hashable {
        public var name: String
        public var values: [JSONValue]
        /// What the values are called; as many as values.
        public var labels: [String]

        public init(name: String, values: [JSONValue], labels: [String]) {
            self.name = name
            self.values = values
            self.labels = labels
        }
    }

    public var title: String
    /// Whether more is to come.
    public var isRunning: Bool
    public var axes: [Axis]
    public var pictures: [GalleryPicture]

    public init(title: String, isRunning: Bool = false, axes: [Axis] = [], pictures: [GalleryPicture] = []) {
        self.title = title
        self.isRunning = isRunning
        self.axes = axes
        self.pictures = pictures
    }

    /// - Parameters:
    ///   - id: what names this gallery for as long as its folder stands.
    ///   - made: ISO 8601.
    func json(id: String, made: String, catalogue: Catalogue = .flux) -> JSONValue {
        let sized = catalogue.models.filter { $0[parameter: "resolution"] != nil }.map(\.id)
        return [
            "id": .string(id), "title": .string(title), "made": .string(made), "running": .bool(isRunning),
            "sized": .array(sized.map(JSONValue.string)),
            "axes": .array(
                axes.map { axis in
                    [
                        "name": .string(axis.name), "values": .array(axis.values),
                        "labels": .array(axis.labels.map(JSONValue.string)),
                    ]
                }),
            "pictures": .array(keyed().map(\.json)),
        ]
    }

    /// No two pictures have one key: the same job may stand in two cells.
    private func keyed() -> [GalleryPicture] {
        var counts: [String: Int] = [:]
        return pictures.map { picture in
            var picture = picture
            counts[picture.key, default: 0] += 1
            if let count = counts[picture.key], count > 1 { picture.key += "~\(count)" }
            return picture
        }
    }
}

/// A picture, or what stands where one is missing.
public struct GalleryPicture: Sendable, Hashable {
    /// Names it in its gallery, also when that is written again.
    public var key: String
    /// The service's id of the job that made it.
    public var job: String?
    /// Which of its pictures, from 1.
    public var index = 1
    /// The file to show, beside its thumbnail; nil where there is none.
    public var source: Source?
    public var call = SubmitCall.generate
    public var model = ""
    public var prompt = ""
    public var seed: Int64?
    public var name: String?
    /// Parameters without prompt, model and seed, as a script writes them.
    public var parameters: [String: JSONValue] = [:]
    /// The word of `job.status`.
    public var status = "COMPLETED"
    /// Why there is no picture.
    public var error: String?
    /// Credits.
    public var cost: Int?
    /// ISO 8601.
    public var created: String?
    /// In each axis, from 0; nil where the gallery has none.
    public var place: [Int]?
    /// Relative to the gallery's folder; set when they are there.
    public internal(set) var file: String?
    var thumbnail: String?

    public init(key: String) { self.key = key }

    /// One for each picture of a request, whose other fields they share.
    public func each(of pictures: [Picture]) -> [GalleryPicture] {
        pictures.map { picture in
            var one = self
            one.key += "-\(picture.index)"
            one.index = picture.index
            one.source = Source(
                path: picture.path, fileExtension: picture.format.fileExtension, width: picture.width,
                height: picture.height, hash: picture.sha256)
            return one
        }
    }

    /// A picture's file.
    public struct Source: Sendable, Hashable {
        public var path: String
        /// Such as `jpg`.
        public var fileExtension: String
        /// Pixels.
        public var width: Int
        public var height: Int
        /// Names its content: the beginning of its hash.
        public var hash: String
        /// It lies in the gallery's folder already, under this relative name.
        public var standsAt: String?

        public init(
            path: String, fileExtension: String, width: Int, height: Int, hash: String, standsAt: String? = nil
        ) {
            self.path = path
            self.fileExtension = fileExtension
            self.width = width
            self.height = height
            self.hash = hash
            self.standsAt = standsAt
        }
    }

    /// What `gallery.json` says of a picture; nil for what is no entry of it.
    public init?(json: JSONValue) {
        guard let key = json["key"]?.stringValue else { return nil }
        self.init(key: key)
        job = json["job"]?.stringValue
        index = json["index"]?.integerValue.map { Int(clamping: $0) } ?? 1
        call = json["call"]?.stringValue.flatMap(SubmitCall.init) ?? .generate
        model = json["model"]?.stringValue ?? ""
        prompt = json["prompt"]?.stringValue ?? ""
        seed = json["seed"]?.integerValue
        name = json["name"]?.stringValue
        parameters = json["params"]?.objectValue ?? [:]
        cost = json["cost"]?.integerValue.map { Int(clamping: $0) }
        created = json["created"]?.stringValue
        file = json["file"]?.stringValue.flatMap(Self.path)
    }

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        var members: [String: JSONValue] = [
            "key": .string(key), "job": text(job), "index": number(index), "call": .string(call.rawValue),
            "model": .string(model),
            "prompt": .string(prompt), "seed": seed.map(JSONValue.integer) ?? .null, "name": text(name),
            "params": .object(parameters), "status": .string(status), "error": text(error), "cost": number(cost),
            "created": text(created), "file": text(file.map(Self.address)), "thumb": text(thumbnail.map(Self.address)),
            "width": number(source?.width), "height": number(source?.height),
        ]
        if let place { members["place"] = .array(place.map { .integer(Int64($0)) }) }
        return .object(members)
    }

    /// A relative path as an address: each byte but the plain ones is encoded.
    private static func address(_ path: String) -> String {
        var address = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                address.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                address += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return address
    }

    /// The reverse; nil for what is no text.
    private static func path(_ address: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(address.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
