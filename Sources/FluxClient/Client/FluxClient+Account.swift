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

extension FluxClient {
    /// The service's clock, in seconds since 1970, as its answers tell it; nil where they do not. It needs no key and is
    /// asked once, so that it also tells whether the service is reached at all.
    public func time() async throws(FluxError) -> Int64? {
        let answer = try await transport.send(try request(.get, "/v2/models?modality=image"))
        return answer.headers["Date"].flatMap(Timestamp.seconds(httpDate:))
    }
}
