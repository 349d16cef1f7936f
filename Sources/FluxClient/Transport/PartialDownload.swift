import Synchronization

/// What came of a file before its connection broke, for the next attempt to go on from (RFC 9110 §14: `Range` with
/// `If-Range`). One for each file that is wanted; what was never finished is removed with it.
public final class PartialDownload: Sendable {
    /// The beginning of a file, and what tells that the server still has the same one.
    struct ResumePoint: Sendable {
        var file: PartialFile
        var byteCount: Int64
        /// An `ETag` or a `Last-Modified`.
        var validator: String
    }

    private let rest = Mutex<ResumePoint?>(nil)
    let observer: (any DownloadObserver)?
    let isInPlace: Bool

    /// - Parameters:
    ///   - isInPlace: nobody but the caller knows the file's name, so it is made under that from the beginning.
    ///   - observer: sees the file's bytes, over all attempts.
    public init(isInPlace: Bool = false, observer: (any DownloadObserver)? = nil) {
        self.isInPlace = isInPlace
        self.observer = observer
    }

    deinit { take()?.file.discard() }

    /// Puts a content that is here already where a download would.
    func write(_ content: [UInt8], to path: String) throws(FluxError) {
        take()?.file.discard()
        let file = try PartialFile(for: path, isInPlace: isInPlace)
        do throws(FluxError) {
            try file.write(content)
        } catch {
            file.discard()
            throw error
        }
        try file.keep(as: path)
        observer?.began()
        content.withUnsafeBytes { observer?.received($0) }
    }

    /// Whether there is nothing to go on from. Otherwise it holds a file open.
    public var isEmpty: Bool { rest.withLock { $0 == nil } }

    func leave(_ rest: ResumePoint) {
        let old = self.rest.withLock { kept in
            defer { kept = rest }
            return kept
        }
        old?.file.discard()
    }

    func take() -> ResumePoint? {
        rest.withLock { kept in
            defer { kept = nil }
            return kept
        }
    }
}

extension HTTPHeaders {
    /// What a later request can name in `If-Range`; nil where the server could not tell two versions apart byte by byte.
    var rangeValidator: String? {
        if self["Accept-Ranges"]?.lowercased() == "none" { return nil }
        if let tag = self["ETag"], tag.hasPrefix("\"") { return tag }
        return self["Last-Modified"]
    }

    /// Where the bytes of a 206 begin.
    var rangeStart: Int64? {
        guard let range = self["Content-Range"], range.lowercased().hasPrefix("bytes ") else { return nil }
        return Int64(range.dropFirst(6).prefix { $0 != "-" })
    }
}
