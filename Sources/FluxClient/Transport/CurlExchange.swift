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
/// queue; from then on only the loop's thread touches its mutable members, until it resumes the continuation, and only
/// the task after that. `isCancelled` alone is touched by others, and it is atomic.
final class CurlExchange: @unchecked Sendable {
    let request: HTTPRequest
    /// Where a 2xx body goes; nil: memory.
    let file: Int32?
    /// Sees what goes to the file.
    private let observer: (any DownloadObserver)?
    let isCancelled = Atomic(false)
    var continuation: CheckedContinuation<Result<HTTPResponse, FluxError>, Never>?
    /// Whether it may be one of several on an HTTP/2 connection; set before it is handed to a loop.
    var mayShareConnection = false
    /// When the loop began it.
    var begun: ContinuousClock.Instant?
    /// Whether it ended because no answer came in time; set before the continuation is resumed.
    private(set) var hasTimedOut = false

    /// While the exchange is on the loop.
    var easy: CurlEasy?
    /// Where the loop lets the pieces of a file gather: libcurl hands out 16 KB at a time, and a file system takes less
    /// time for larger ones that begin where a page does.
    var gathering: UnsafeMutableRawBufferPointer?
    private var gatheredCount = 0

    private var headerBlock: [UInt8] = []
    private var body: [UInt8] = []
    /// Of the body, with what an attempt before has left in the file.
    private var byteCount: Int64
    /// What was in the file before.
    private let begunAt: Int64
    /// Of a body that does not go to the file, since it is a refusal.
    private var refusalByteCount: Int64 = 0
    /// What names the version of the file that is coming in.
    private var validator: String?
    /// Why a callback broke the exchange off; tells more than libcurl's code for it. Of the file, whose name is not known
    /// here, only what the system says.
    private var ownError: FluxError?

    /// - Parameter byteCount: how much of the body is in the file already; the request asks for what follows.
    init(
        _ request: HTTPRequest, file: Int32? = nil, byteCount: Int64 = 0, observer: (any DownloadObserver)? = nil
    ) {
        self.request = request
        self.file = file
        self.observer = observer
        self.byteCount = byteCount
        begunAt = byteCount
        validator = request.header("If-Range")
    }

    func finish(_ result: Result<HTTPResponse, FluxError>) {
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// The result when libcurl is done with it.
    func result(_ code: CURLcode) -> Result<HTTPResponse, FluxError> {
        hasTimedOut = code == CURLE_OPERATION_TIMEDOUT
        // What fails here says so in `ownError`.
        _ = flush()
        if let ownError { return .failure(ownError) }
        guard code == CURLE_OK, let easy else {
            let phase = easy?.hadConnection == true ? ExchangePhase.connected : .begun
            return .failure(
                FluxError(curl: code, detail: easy?.errorText ?? "", request: request, after: phase))
        }
        return .success(
            HTTPResponse(
                status: easy.status, headers: HTTPHeaders(block: headerBlock), body: body,
                byteCount: file == nil || isSuccess ? byteCount : refusalByteCount))
    }

    /// What a further attempt can go on from, once this one is over.
    func rest(in file: PartialFile) -> PartialDownload.ResumePoint? {
        guard byteCount > 0, ownError == nil, let validator else { return nil }
        return PartialDownload.ResumePoint(file: file, byteCount: byteCount, validator: validator)
    }

    // MARK: From libcurl's callbacks

    /// One header line, or the status line of an answer; of several answers (redirects, a proxy's) the last one counts.
    func receive(header line: UnsafeRawBufferPointer) -> Bool {
        if line.starts(with: "HTTP/".utf8) { headerBlock.removeAll(keepingCapacity: true) }
        guard headerBlock.count + line.count <= 256 << 10 else {
            ownError = FluxError(.service, "the answer's headers are too long")
            return false
        }
        headerBlock.reserveCapacity(512)
        headerBlock.append(contentsOf: line)
        let isEnd = line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n")
        return isEnd ? beginBody() : true
    }

    /// The head of an answer is complete. Where the rest of a file was asked for, the rest comes, or all of it again.
    private func beginBody() -> Bool {
        guard let file, isSuccess else { return true }
        let headers = HTTPHeaders(block: headerBlock)
        validator = headers.rangeValidator ?? (easy?.status == 206 ? validator : nil)
        guard begunAt > 0 else { return true }
        if easy?.status == 206 {
            guard headers.rangeStart == begunAt else {
                ownError = FluxError(
                    .network, "the server sent a different part of the file from the one requested")
                return false
            }
            return true
        }
        guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0 else {
            ownError = FluxError(.io, String(cString: strerror(errno)))
            return false
        }
        byteCount = 0
        observer?.began()
        return true
    }

    /// Of the answer that is coming in.
    private var isSuccess: Bool { (200..<300).contains(easy?.status ?? 0) }

    /// A piece of the body.
    func receive(body piece: UnsafeRawBufferPointer) -> Bool {
        let isRefusal = file != nil && !isSuccess
        if isRefusal { refusalByteCount += Int64(piece.count) } else { byteCount += Int64(piece.count) }
        guard max(byteCount, refusalByteCount) <= request.maximumBytes else {
            ownError = FluxError(
                curl: CURLE_FILESIZE_EXCEEDED, detail: "", request: request, after: .connected)
            return false
        }
        // Of a page that says why there is no picture the beginning will do, however long a picture might be.
        if isRefusal {
            body.append(contentsOf: piece.prefix(Self.longestRefusal - body.count))
        } else if let file {
            return store(piece, in: file)
        } else {
            body.append(contentsOf: piece)
        }
        return true
    }

    private static let longestRefusal = 64 << 10

    private func store(_ piece: UnsafeRawBufferPointer, in file: Int32) -> Bool {
        guard let gathering else { return write(piece, to: file) }
        var rest = piece[...]
        while !rest.isEmpty {
            let part = rest.prefix(gathering.count - gatheredCount)
            UnsafeMutableRawBufferPointer(rebasing: gathering[gatheredCount...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            gatheredCount += part.count
            rest = rest.dropFirst(part.count)
            if gatheredCount == gathering.count, !flush() { return false }
        }
        return true
    }

    /// Writes what has gathered.
    private func flush() -> Bool {
        guard let file, let gathering, gatheredCount > 0 else { return true }
        defer { gatheredCount = 0 }
        return write(UnsafeRawBufferPointer(rebasing: gathering[..<gatheredCount]), to: file)
    }

    private func write(_ piece: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        observer?.received(piece)
        var rest = piece[...]
        while !rest.isEmpty {
            let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                ownError = FluxError(.io, String(cString: strerror(errno)))
                return false
            }
        }
        return true
    }
}

/// `write`, which has the name of a method above.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
