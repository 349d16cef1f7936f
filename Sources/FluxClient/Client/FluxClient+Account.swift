extension FluxClient {
    /// The service's own catalogue of image models: `GET /v2/models` (contract §1).
    public func models() async throws(FluxError) -> [ModelListing] {
        try await call(try request(.get, "/v2/models?modality=image"), reading: ModelListing.list)
    }

    /// Whose key it is, and what it can still pay: `GET /v2/me` (contract §1).
    public func account() async throws(FluxError) -> Account {
        try await call(try request(.get, "/v2/me"), reading: Account.init)
    }
}
