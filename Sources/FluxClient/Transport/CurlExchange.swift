import CCurl
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// One request on its way and what has come back so far.
///
/// `@unchecked Sendable`: the task that makes it sets `continuation` and hands it to the loop through the loop's locked
/// queue; from then on only the loop's thread touches its mutable members, until it resumes the continuation, and not
/// after. `isCancelled` alone is touched by others, and it is atomic.
final class CurlExchange: @unchecked Sendable {
    let request: HTTPRequest
    /// Where a 2xx body goes; nil: memory.
    let file: Int32?
    let isCancelled = Atomic(false)
    var continuation: CheckedContinuation<Result<HTTPResponse, FluxError>, Never>?

    /// While the exchange is on the loop.
    var easy: CurlEasy?

    private var headerBlock: [UInt8] = []
    private var body: [UInt8] = []
    private var byteCount: Int64 = 0
    /// Why a callback broke the exchange off; tells more than libcurl's code for it.
    private var ownError: FluxError?

    init(_ request: HTTPRequest, file: Int32? = nil) {
        self.request = request
        self.file = file
    }

    func finish(_ result: Result<HTTPResponse, FluxError>) {
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// The result when libcurl is done with it.
    func result(_ code: CURLcode) -> Result<HTTPResponse, FluxError> {
        if let ownError { return .failure(ownError) }
        guard code == CURLE_OK, let easy else {
            return .failure(FluxError(curl: code, detail: easy?.errorText ?? "", request: request))
        }
        return .success(
            HTTPResponse(
                status: easy.status, headers: HTTPHeaders(block: headerBlock), body: body, byteCount: byteCount))
    }

    // MARK: From libcurl's callbacks

    /// One header line, or the status line of an answer; of several answers (redirects, a proxy's) the last one counts.
    func receive(header line: UnsafeRawBufferPointer) -> Bool {
        if line.starts(with: "HTTP/".utf8) { headerBlock.removeAll(keepingCapacity: true) }
        guard headerBlock.count + line.count <= 256 << 10 else {
            ownError = FluxError(.service, "the answer's headers are too long")
            return false
        }
        headerBlock.append(contentsOf: line)
        return true
    }

    /// A piece of the body.
    func receive(body piece: UnsafeRawBufferPointer) -> Bool {
        byteCount += Int64(piece.count)
        guard byteCount <= request.maximumBytes else {
            ownError = FluxError(curl: CURLE_FILESIZE_EXCEEDED, detail: "", request: request)
            return false
        }
        guard let file else {
            body.append(contentsOf: piece)
            return true
        }
        if let status = easy?.status, (200..<300).contains(status) { return store(piece, in: file) }
        // A page that says why there is no picture: its beginning will do, however long a picture might be.
        body.append(contentsOf: piece.prefix(Self.longestRefusal - body.count))
        return true
    }

    private static let longestRefusal = 64 << 10

    private func store(_ piece: UnsafeRawBufferPointer, in file: Int32) -> Bool {
        var rest = piece[...]
        while !rest.isEmpty {
            let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                ownError = FluxError(.io, "cannot write the file: \(String(cString: strerror(errno)))")
                return false
            }
        }
        return true
    }
}
