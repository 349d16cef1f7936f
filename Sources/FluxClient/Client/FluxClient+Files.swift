#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension FluxClient {
    /// The longest file that the service takes, in bytes (contract §7).
    public static let maximumUploadBytes: Int64 = 25 << 20

    /// Uploads a picture: `POST /v2/uploads` (contract §7). `.io` when the file cannot be read; `.invalid`, before
    /// anything is sent, when the service would refuse it.
    ///
    /// It carries no idempotency key, so it is tried again only where the service did nothing (429).
    public func upload(file path: String) async throws(FluxError) -> Upload {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let contentType = try Self.pictureType(of: path)
        let request = try request(
            .post, "/v2/uploads",
            body: .multipartFile(path: path, fieldName: "file", fileName: name, contentType: contentType),
            timeouts: configuration.transferTimeouts)
        return try await call(request) { json throws(FluxError) in
            try Upload(json, at: request.url)
        }
    }

    /// Fetches a picture into a file: the whole file stands at `path` afterwards, or nothing new does.
    ///
    /// A download that breaks off goes on where it was, if the server can tell that the file is still the same. No API
    /// key goes along, and redirects are followed, a few. `.expired` when the picture is gone (contract §4).
    /// - Parameters:
    ///   - url: of the picture.
    ///   - path: of the file.
    ///   - isInPlace: nobody but the caller knows `path`, where nothing stands: the file is made there from the beginning.
    ///   - observer: sees the bytes while they come in.
    public func download(
        _ url: String, to path: String, isInPlace: Bool = false, observer: (any DownloadObserver)? = nil
    ) async throws(FluxError) -> Download {
        try await download(url, to: path, resuming: PartialDownload(isInPlace: isInPlace, observer: observer))
    }

    /// The same, going on from what an earlier download of this URL to this path has left in `partial`, and leaving there
    /// what has come when this one fails.
    public func download(
        _ url: String, to path: String, resuming partial: PartialDownload
    ) async throws(FluxError) -> Download {
        if DataURL.isOne(url) {
            let content = try DataURL.content(of: url, limit: configuration.maximumDownloadBytes)
            try partial.write(content, to: path)
            return Download(byteCount: Int64(content.count))
        }
        let request = HTTPRequest(
            .get, url, headers: [("User-Agent", configuration.userAgent)], timeouts: configuration.transferTimeouts,
            maximumBytes: configuration.maximumDownloadBytes, redirectLimit: 5)
        do throws(FluxError) {
            _ = try Origin(url)
            let answer = try await retrying(request) { request throws(FluxError) in
                try await transport.download(request, to: path, resuming: partial)
            }
            return Download(byteCount: answer.byteCount, contentType: answer.headers["Content-Type"])
        } catch {
            throw downloadError(error, url)
        }
    }

    /// A status has other reasons here than at the service's own calls.
    private func downloadError(_ error: FluxError, _ url: String) -> FluxError {
        var error = error
        let url = redaction.cleaned(url)
        switch error.status {
        case 404, 410:
            error.kind = .expired
            error.message = "the picture is gone: \(url)"
            error.hint = "the service keeps pictures for a limited time, usually a day; fresh = true requests a new one"
        case 401, 403:
            error.message = "access to the picture is denied (HTTP \(error.status ?? 0)): \(url)"
            error.hint = nil
        case nil where error.kind == .invalid:
            // The address is the service's: its job may be paid.
            error.kind = .service
            error.message = "the service gave an address for a picture that cannot be reached: \(url)"
        case let status? where status < 500 && status != 429:
            error.kind = .service
            error.message = "the picture could not be fetched (HTTP \(status)): \(url)"
            error.hint = nil
        default: break
        }
        return error
    }

    /// The type of a picture that the service takes, from its first bytes, as the service itself looks.
    private static func pictureType(of path: String) throws(FluxError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FluxError(.io, "cannot read \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FluxError(.io, "cannot read \(path): not a file")
        }
        guard status.st_size <= maximumUploadBytes else {
            throw FluxError(
                .invalid, "\(path) is too large to upload: \(status.st_size) bytes, but at most 25 MB are accepted")
        }
        var head = [UInt8](repeating: 0, count: 12)
        let count = head.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        head.removeLast(head.count - max(count, 0))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if head.starts(with: "GIF8".utf8) { return "image/gif" }
        if head.starts(with: "RIFF".utf8), head.dropFirst(8).elementsEqual("WEBP".utf8) { return "image/webp" }
        throw FluxError(
            .invalid, "\(path) is not a picture that can be uploaded", hint: "PNG, JPEG, WebP and GIF are accepted")
    }
}
