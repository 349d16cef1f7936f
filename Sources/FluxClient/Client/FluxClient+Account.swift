extension FluxClient {
    /// The service's own catalogue of image models: `GET /v2/models` (contract §1).
    public func models() async throws(FluxError) -> [ModelListing] {
        try ModelListing.list(try await call(try request(.get, "/v2/models?modality=image")))
    }

    /// Whose key it is, and what it can still pay: `GET /v2/me` (contract §1).
    public func account() async throws(FluxError) -> Account {
        try Account(try await call(try request(.get, "/v2/me")))
    }
}
