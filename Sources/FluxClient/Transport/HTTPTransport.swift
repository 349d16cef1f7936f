/// What carries requests. Tests replace it; `CurlTransport` is the real one.
///
/// An answer of any status is a result. Errors are `.network` (not reached, broken off, too slow), `.service` (the answer
/// is too long, cannot be read, or redirects to nowhere), `.io` (the file), `.cancelled`, and `.invalid` (no such URL): that
/// promises that nothing was sent.
public protocol HTTPTransport: Sendable {
    /// Reads the body of the answer into memory.
    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse

    /// Writes the body of a 2xx answer to a file, which then stands at `path` whole, replacing what stood there. On any
    /// other answer or error `path` is untouched and nothing is left beside it; the body of another status is in memory.
    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse

    /// The same (in place, where `partial` says so), going on from what an attempt before has left in `partial`, and leaving there what has come when the
    /// connection breaks. The observer of `partial` has seen all bytes of the file when this returns.
    func download(
        _ request: HTTPRequest, to path: String, resuming partial: PartialDownload
    ) async throws(FluxError) -> HTTPResponse
}

extension HTTPTransport {
    /// For transports that cannot go on from the middle: each attempt starts anew.
    public func download(
        _ request: HTTPRequest, to path: String, resuming partial: PartialDownload
    ) async throws(FluxError) -> HTTPResponse {
        let response = try await download(request, to: path)
        if response.isSuccess { try partial.observer?.observe(path) }
        return response
    }
}
