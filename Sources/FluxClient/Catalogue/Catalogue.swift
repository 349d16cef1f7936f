/// The models that this client knows. Validation, completion, help, editor definitions and the local service all read
/// this one (contract §3).
public struct Catalogue: Sendable {
    /// The Flux models of contract §3, and the service's other image models (contract §10).
    public static let flux = Catalogue(models: FluxModels.all + ImageModels.all)

    /// The four main models first.
    public let models: [Model]

    public init(models: [Model]) { self.models = models }

    /// The model of that exact name.
    public subscript(id: String) -> Model? { models.first { $0.id == id } }

    /// The models that a submit call takes.
    public func models(for call: SubmitCall) -> [Model] { models.filter { $0.call == call } }
}

extension Model {
    /// The parameter of that exact name.
    public subscript(parameter name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// How the models call the number of pictures that one job makes.
    private static let pictureCounts: Set = ["num_outputs", "number_of_images", "num_images", "n"]

    /// How many pictures a request with these parameters asks for, 1 or more.
    public static func pictureCount(_ parameters: [String: JSONValue]) -> Int {
        max(1, pictureCounts.compactMap { parameters[$0]?.integerValue }.map { Int(clamping: $0) }.max() ?? 1)
    }
}
