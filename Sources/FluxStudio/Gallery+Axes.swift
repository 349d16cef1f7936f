import FluxClient

extension Gallery {
    /// Axes for pictures that no sweep has put in order: each field in which they differ. One that is different in nearly
    /// every picture would make a table of holes, and is left out.
    public mutating func findAxes(longest: Int = 40) {
        let names = Set(pictures.flatMap(\.parameters.keys)).sorted()
        let fields: [(name: String, value: (GalleryPicture) -> JSONValue)] =
            [("prompt", { .string($0.prompt) }), ("model", { .string($0.model) })]
            + names.map { name in (name, { $0.parameters[name] ?? .null }) }
            + [("seed", { $0.seed.map(JSONValue.integer) ?? .null })]
        var places = [[Int]](repeating: [], count: pictures.count)
        axes = []
        for field in fields {
            var values: [JSONValue: Int] = [:]
            var inOrder: [JSONValue] = []
            var column: [Int] = []
            for picture in pictures {
                let value = field.value(picture)
                if values[value] == nil {
                    values[value] = inOrder.count
                    inOrder.append(value)
                }
                column.append(values[value] ?? 0)
            }
            guard (2...longest).contains(inOrder.count), inOrder.count * 2 <= pictures.count + 1 else { continue }
            axes.append(Axis(name: field.name, values: inOrder, labels: inOrder.map(Self.label)))
            for (index, place) in column.enumerated() { places[index].append(place) }
        }
        guard !axes.isEmpty else { return }
        for index in pictures.indices { pictures[index].place = places[index] }
    }

    static func label(_ value: JSONValue) -> String {
        switch value {
        case .null: "none"
        case .string(let text): text
        default: String(decoding: value.encoded(), as: UTF8.self)
        }
    }
}
