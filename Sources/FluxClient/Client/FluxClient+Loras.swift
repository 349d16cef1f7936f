/// A trained style (contract §10).
public struct Lora: Sendable, Hashable {
    /// What `loraId` of `flux-lora` takes.
    public var id: String
    /// All that the service said.
    public var raw: JSONValue

    public init(id: String, raw: JSONValue = .null) {
        self.id = id
        self.raw = raw
    }

    init(_ json: JSONValue) throws(FluxError) {
        guard let id = json["id"]?.stringValue, !id.isEmpty else {
            throw FluxError.unreadable("a LoRA without its id", json)
        }
        self.init(id: id, raw: json)
    }
}

extension FluxClient {
    /// The account's LoRAs: `GET /v2/loras`, page by page (contract §10).
    public func loras(includingArchived: Bool = false) async throws(FluxError) -> [Lora] {
        var loras: [Lora] = []
        var cursor: String?
        var seen: Set<String> = []
        repeat {
            var query = "limit=100"
            if includingArchived { query += "&includeArchived=true" }
            if let cursor { query += "&cursor=\(cursor.percentEncoded)" }
            let page = try await call(try request(.get, "/v2/loras?\(query)")) { json throws(FluxError) in
                guard let items = json["items"]?.arrayValue else {
                    throw FluxError.unreadable("a list of LoRAs without 'items'", json)
                }
                var page = (loras: [Lora](), cursor: json["nextCursor"]?.stringValue)
                for item in items { page.loras.append(try Lora(item)) }
                return page
            }
            loras += page.loras
            // A service that gives a cursor twice would be asked for ever.
            cursor = page.cursor.flatMap { !$0.isEmpty && seen.insert($0).inserted ? $0 : nil }
        } while cursor != nil
        return loras
    }

    /// One LoRA: `GET /v2/loras/{id}`. `.invalid` with status 404 when the service knows none of that id.
    public func lora(_ id: String) async throws(FluxError) -> Lora {
        do throws(FluxError) {
            return try await call(try request(.get, "/v2/loras/\(id.percentEncoded)"), reading: Lora.init)
        } catch {
            guard error.status == 404 else { throw error }
            var error = error
            error.message = "the service knows no LoRA \(id)"
            error.hint = "flux.loras() lists them"
            throw error
        }
    }
}
