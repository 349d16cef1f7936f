import FluxClient
import HTTPServer

/// A trained style that the local service has, so that lists of them can be read and `flux-lora` be asked (contract §10).
struct TrainedStyle: Sendable {
    let id: String
    let name: String
    /// The service's word, such as `READY`.
    let status: String
    let triggerWord: String
    let imageCount: Int
    let createdAt: String

    var isReady: Bool { status == "READY" }

    /// Newest first.
    static let all = [
        TrainedStyle(
            id: "10000000-0000-4000-8000-000000000004", name: "Winter catalogue", status: "TRAINING",
            triggerWord: "WINTERCAT", imageCount: 24, createdAt: "2026-03-14T16:20:00.000Z"),
        TrainedStyle(
            id: "10000000-0000-4000-8000-000000000003", name: "House mascot", status: "READY",
            triggerWord: "MASCOT", imageCount: 18, createdAt: "2026-02-20T09:00:00.000Z"),
        TrainedStyle(
            id: "10000000-0000-4000-8000-000000000002", name: "Watercolour line", status: "READY",
            triggerWord: "AQUALINE", imageCount: 32, createdAt: "2026-01-11T11:30:00.000Z"),
        TrainedStyle(
            id: "10000000-0000-4000-8000-000000000001", name: "Old brand look", status: "ARCHIVED",
            triggerWord: "OLDBRAND", imageCount: 12, createdAt: "2025-10-02T08:15:00.000Z"),
    ]

    static let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "status": .string(status), "isReady": .bool(isReady),
            "triggerWord": .string(triggerWord), "imageCount": .integer(Int64(imageCount)), "steps": 1_000,
            "createdAt": .string(createdAt),
        ]
    }
}

/// `GET /v2/loras` and `GET /v2/loras/{id}` (contract §10).
extension Service {
    func loras(_ request: Request) -> Response {
        var details: [String: [String]] = [:]
        var limit = 20
        if let word = request.queryValue("limit") {
            limit = Int(word) ?? 0
            if !(1...100).contains(limit) { details["limit"] = ["Expected a whole number from 1 to 100"] }
        }
        var includesArchived = false
        switch request.queryValue("includeArchived") {
        case nil, "false": break
        case "true": includesArchived = true
        default: details["includeArchived"] = ["Expected true or false"]
        }
        let listed = TrainedStyle.all.filter { includesArchived || $0.status != "ARCHIVED" }
        var rest = listed[...]
        if let cursor = request.queryValue("cursor") {
            if let last = listed.firstIndex(where: { $0.id == cursor }) {
                rest = listed[(last + 1)...]
            } else {
                details["cursor"] = ["Invalid cursor"]
            }
        }
        guard details.isEmpty else { return .invalid(details) }
        let page = rest.prefix(limit)
        let next = rest.count > limit ? page.last.map { JSONValue.string($0.id) } : nil
        return .json(200, ["items": .array(page.map(\.json)), "nextCursor": next ?? .null])
    }

    func lora(_ id: String) -> Response {
        guard id.isUUID else { return .invalid(["id": ["Invalid uuid"]]) }
        return TrainedStyle.known[id.lowercased()].map { .json(200, $0.json) } ?? .error(404, "LoRA not found")
    }
}
