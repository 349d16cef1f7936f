extension FluxClient {
    /// Submits a request: `POST /v2/images/generate` or `…/edit` (contract §2).
    ///
    /// Attempts repeat the same bytes under the same key. A 400 that points at a field that the sources spell in two ways
    /// made no job; the request is then encoded in the other dialect and tried once more, under the same key
    /// (contract §9), and what worked is kept for all later calls.
    ///
    /// - Parameters:
    ///   - request: its pictures are URLs by now.
    ///   - idempotencyKey: at most 255 characters (contract §6).
    ///   - stored: the body that an earlier run sent under this key. It goes out as it is, whatever the dialect of today.
    ///   - willSend: called with each different body before it leaves for the first time. What it throws ends the call.
    public func submit(
        _ request: ImageRequest, idempotencyKey: String, replaying stored: EncodedRequest? = nil,
        willSend: @Sendable (EncodedRequest) async throws -> Void = { _ in }
    ) async throws(FluxError) -> JobAccepted {
        let first = stored ?? request.encoded(in: dialect.current, catalogue: catalogue)
        do throws(FluxError) {
            return try await send(first, idempotencyKey, willSend)
        } catch {
            let second = request.encoded(in: first.dialect.other, catalogue: catalogue)
            guard error.pointsAtDialect(of: request), second.body != first.body else { throw error }
            do throws(FluxError) {
                let accepted = try await send(second, idempotencyKey, willSend)
                dialect.current = second.dialect
                return accepted
            } catch let secondError {
                // Both were refused for their spelling: then the spelling was not it, and the first answer tells more.
                throw secondError.pointsAtDialect(of: request) ? error : secondError
            }
        }
    }

    /// What `submit` would send first.
    public func encoded(_ request: ImageRequest) -> EncodedRequest {
        request.encoded(in: dialect.current, catalogue: catalogue)
    }

    /// Submits what was submitted before, byte for byte: under its key it makes no second job (contract §6).
    public func replay(_ stored: EncodedRequest, idempotencyKey: String) async throws(FluxError) -> JobAccepted {
        try await send(stored, idempotencyKey) { _ in }
    }

    private func send(
        _ encoded: EncodedRequest, _ idempotencyKey: String, _ willSend: @Sendable (EncodedRequest) async throws -> Void
    ) async throws(FluxError) -> JobAccepted {
        let request = try request(
            .post, encoded.path,
            headers: [("Content-Type", "application/json"), ("Idempotency-Key", idempotencyKey)],
            body: .bytes(encoded.body))
        do {
            try await willSend(encoded)
        } catch let error as FluxError {
            throw error
        } catch is CancellationError {
            throw FluxError(.cancelled, "cancelled before anything was sent")
        } catch {
            throw FluxError(.io, "nothing was sent, because it could not be recorded first: \(error)")
        }
        return try await call(request, reading: JobAccepted.init)
    }
}
