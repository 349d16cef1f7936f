import FluxClient
import HTTPServer

/// Answers in the shapes of the service.
extension Response {
    static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: value.encoded())
    }

    /// The shape of every error (contract §5): `{ "error": text }`, and what this kind of error adds.
    static func error(_ status: Int, _ text: String, _ extra: [String: JSONValue] = [:]) -> Response {
        json(status, .object(extra.merging(["error": .string(text)]) { $1 }))
    }

    /// A 400 of the service's validation: JSON path → messages.
    static func invalid(_ details: [String: [String]]) -> Response {
        error(400, "Validation failed", ["details": .object(details.mapValues { .array($0.map(JSONValue.string)) })])
    }
}
