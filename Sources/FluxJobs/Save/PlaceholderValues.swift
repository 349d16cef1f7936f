import FluxClient

/// What the placeholders of a file pattern stand for, for one picture (lua-api §5).
///
/// | Placeholder | Value |
/// |---|---|
/// | `{model}` `{prompt}` `{name}` | of the request; `{name}` is empty without a label |
/// | `{seed}` | the seed that was sent; `random` where none was |
/// | `{id}` | the service's id of the job |
/// | `{index}` | the picture's place within its job, from 1 |
/// | `{n}` | counts the pictures that this process saves, from 1 |
/// | `{date}` `{time}` | when the picture was made, by the service's clock in local time: `2026-03-15`, `10-00-32` |
/// | `{width}` `{height}` | pixels of the picture itself |
/// | `{ext}` | the real format: `jpg`, `png`, `webp`, `gif` |
/// | a label of the caller's | as it is, before all others of that name |
/// | any parameter | as sent, else the model's default, else empty; of a picture parameter, the file's name |
struct PlaceholderValues {
    static let fixed = [
        "model", "seed", "prompt", "name", "index", "id", "n", "date", "time", "width", "height", "ext",
    ]

    var request: JobRequest
    var snapshot: JobSnapshot
    var picture: Picture
    /// The running number of the save.
    var number: Int
    /// The caller's own, which stand before the others.
    var labels: [String: String] = [:]
    var moment: LocalTime
    var catalogue = Catalogue.flux

    /// All names that mean something for this picture.
    var known: [String] { Self.known(of: request, labels: labels, catalogue) }

    static func known(
        of request: JobRequest, labels: [String: String], _ catalogue: Catalogue = .flux
    ) -> [String] {
        var names = Set(request.parameters.keys).union(request.images.keys).union(labels.keys)
        names.formUnion((catalogue[request.model]?.parameters ?? []).map(\.name))
        return fixed + names.subtracting(fixed).sorted()
    }

    /// The value, not yet fit for a file name; nil for an unknown name.
    func text(of name: String) -> String? {
        if let label = labels[name] { return label }
        return switch name {
        case "model": request.model
        case "seed": request.seed.map(String.init) ?? "random"
        case "prompt": request.prompt
        case "name": request.name ?? ""
        case "index": String(picture.index)
        case "id": snapshot.id ?? ""
        case "n": String(number)
        case "date": moment.date
        case "time": moment.time
        case "width": String(picture.width)
        case "height": String(picture.height)
        case "ext": picture.format.fileExtension
        default: parameter(name)
        }
    }

    private func parameter(_ name: String) -> String? {
        if let sources = request.images[name] { return sources.map(Self.text).joined(separator: "+") }
        if let value = request.parameters[name] { return Self.text(value) }
        return catalogue[request.model]?[parameter: name].map { $0.defaultValue.map(Self.text) ?? "" }
    }

    private static func text(_ source: ImageSource) -> String {
        switch source {
        case .url(let place), .file(let place):
            let path = place.prefix { $0 != "?" && $0 != "#" }
            return String(FileNameText.divided(path.split(separator: "/").last.map(String.init) ?? "").stem)
        case .picture(let job, _):
            return job.snapshot.id.map { String($0.prefix(8)) } ?? "job\(job.number)"
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): Int64(exactly: value).map(String.init) ?? String(value)
        case .string(let value): value
        case .array(let values): values.map(text).joined(separator: "+")
        case .object(let values): values.keys.sorted().joined(separator: "+")
        }
    }
}
