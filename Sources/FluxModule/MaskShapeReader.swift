import FluxClient
import FluxDrawing
import LuaRuntime

/// Reads the shapes of a mask as authors write them.
struct MaskShapeReader {
    static let examples = """
        expected a shape such as { rect = { x, y, width, height } }, { ellipse = { x, y, rx, ry } } or \
        { polygon = { { x, y }, … } }, a list of shapes, or "transparent"
        """
    private static let names = ["rect", "ellipse", "polygon"]

    /// What messages begin with, such as `shape 2: `.
    private let place: String

    static func shapes(_ value: LuaValue) throws(LuaError) -> [MaskShape] {
        guard let table = value.table else { throw MaskArguments.wrong("\(examples), got \(value.typeName)") }
        if table.items.isEmpty {
            guard !table.pairs.isEmpty else { throw MaskArguments.wrong("there is no shape in the list") }
            return [try MaskShapeReader(place: "").shape(value)]
        }
        if let key = table.pairs.keys.min(by: { $0.shown < $1.shown }) {
            let isShape = key.string.map(names.contains) == true
            let advice = isShape ? "give each shape a table of its own, { { rect = … }, { ellipse = … } }" : examples
            throw MaskArguments.wrong("the list of shapes has the key \(key.shown): \(advice)")
        }
        var shapes: [MaskShape] = []
        for (index, item) in table.items.enumerated() {
            shapes.append(try MaskShapeReader(place: "shape \(index + 1): ").shape(item))
        }
        return shapes
    }

    private func shape(_ value: LuaValue) throws(LuaError) -> MaskShape {
        guard let table = value.table, table.items.isEmpty, let key = table.pairs.keys.first else {
            throw wrong("expected a shape such as { rect = { x, y, width, height } } (got \(value.shown))")
        }
        for key in table.pairs.keys where !Self.names.contains(key.string ?? "") {
            let name = key.string ?? key.shown
            throw wrong("unknown shape '\(name)'\(NumberReader.question(for: name, in: Self.names))")
        }
        guard table.pairs.count == 1, let name = key.string, let content = table.pairs[key] else {
            throw wrong("one table has several shapes; give each a table of its own, { { rect = … }, { ellipse = … } }")
        }
        switch name {
        case "rect":
            let numbers = try numbers(content, of: name, ["x", "y", "width", "height"])
            return .rect(MaskShape.Point(numbers[0], numbers[1]), width: numbers[2], height: numbers[3])
        case "ellipse":
            let numbers = try numbers(content, of: name, ["x", "y", "rx", "ry"])
            return .ellipse(MaskShape.Point(numbers[0], numbers[1]), rx: numbers[2], ry: numbers[3])
        default:
            return .polygon(try points(content))
        }
    }

    /// A place and two lengths.
    private func numbers(_ value: LuaValue, of shape: String, _ fields: [String]) throws(LuaError) -> [Double] {
        guard let table = value.table else {
            let form = fields.joined(separator: ", ")
            throw wrong("'\(shape)' must be { \(form) } (got \(value.shown))")
        }
        let numbers = try NumberReader(table, named: "\(place)'\(shape)'", fields: fields).values
        for (number, field) in zip(numbers, fields).dropFirst(2) where number <= 0 {
            throw wrong("'\(shape)': '\(field)' must be more than 0 (got \(LuaValue(number).shown))")
        }
        return numbers
    }

    private func points(_ value: LuaValue) throws(LuaError) -> [MaskShape.Point] {
        guard let table = value.table, table.pairs.isEmpty, table.items.allSatisfy({ $0.table != nil }) else {
            throw wrong("'polygon' must be a list of points such as { { 10, 10 }, { 200, 10 }, { 100, 150 } }")
        }
        guard table.items.count >= 3 else {
            throw wrong("'polygon' needs three points or more (got \(table.items.count))")
        }
        var points: [MaskShape.Point] = []
        for (index, item) in table.items.enumerated() {
            let name = "\(place)'polygon': point \(index + 1)"
            let numbers = try NumberReader(item.table ?? LuaTable(), named: name, fields: ["x", "y"]).values
            points.append(MaskShape.Point(numbers[0], numbers[1]))
        }
        return points
    }

    private func wrong(_ message: String) -> LuaError { MaskArguments.wrong(place + message) }
}

/// Numbers that an author gives by name or in order: `{ x = 10, y = 20 }` or `{ 10, 20 }`.
struct NumberReader {
    let values: [Double]

    /// Farther than any picture reaches, and near enough to be drawn.
    private static let farthest = 1_000_000.0

    init(_ table: LuaTable, named name: String, fields: [String]) throws(LuaError) {
        for key in table.pairs.keys where !fields.contains(key.string ?? "") {
            let field = key.string ?? key.shown
            throw MaskArguments.wrong("\(name): unknown field '\(field)'\(Self.question(for: field, in: fields))")
        }
        let form = "{ \(fields.joined(separator: ", ")) }"
        guard table.items.isEmpty || table.pairs.isEmpty && table.items.count == fields.count else {
            let got = table.pairs.isEmpty ? "\(table.items.count) values" : "some with names and some without"
            throw MaskArguments.wrong("\(name) must be \(form) (got \(got))")
        }
        var values: [Double] = []
        for (index, field) in fields.enumerated() {
            let value = table.items.isEmpty ? table[field] : table.items[index]
            if value.isNil { throw MaskArguments.wrong("\(name) must be \(form): '\(field)' is missing") }
            guard let number = value.number, abs(number) <= Self.farthest else {
                let what = value.number == nil ? "a number" : "between -1,000,000 and 1,000,000"
                throw MaskArguments.wrong("\(name): '\(field)' must be \(what) (got \(value.shown))")
            }
            values.append(number)
        }
        self.values = values
    }
    /// What was probably meant, or else all there is.
    static func question(for name: String, in names: [String]) -> String {
        // Of one letter any other would be a neighbour.
        let start = names.first { !name.isEmpty && ($0.hasPrefix(name) || name.hasPrefix($0) && $0.count > 1) }
        if let start { return " (did you mean '\(start)'?)" }
        let question = name.count > 1 ? Suggestion.question(for: name, in: names) : ""
        guard question.isEmpty else { return question }
        return " (there are \(names.dropLast().joined(separator: ", ")) and \(names.last ?? ""))"
    }
}
