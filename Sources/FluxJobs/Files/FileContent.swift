import CDisk
import FluxClient
import FluxImaging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A regular file that is open for reading, and is closed with its last user.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32
    let identity: Files.Identity

    /// - Throws: kind `io`, as `Files.openForReading`.
    init(_ path: String) throws(FluxError) {
        (descriptor, identity) = try Files.openForReading(path)
        self.path = path
    }

    deinit { close(descriptor) }

    /// Bytes from a place on: as many as were asked for, or fewer where the file ends before.
    func bytes(_ range: Range<Int>) throws(FluxError) -> [UInt8] {
        var failure: FluxError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(FluxError) {
                let wanted = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count)
                count = try read(wanted, at: range.lowerBound)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Fills a buffer, or as much of it as there is.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FluxError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw Files.failure("read", path)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// For those who look into pictures.
    var source: ByteSource {
        ByteSource(byteCount: identity.byteCount) { range throws(ImagingError) in
            do throws(FluxError) {
                return try self.bytes(range)
            } catch {
                throw .unreadable(detail: error.message)
            }
        }
    }
}

/// What a file is to hold: bytes that were made here, and parts of a file that is there.
struct FileContent: Sendable {
    let composed: ComposedFile
    /// Whose parts are copied.
    private let source: OpenFile?
    /// SHA-256 of that file, where it is known.
    private let sourceHash: String?

    init(_ bytes: [UInt8]) {
        composed = ComposedFile(bytes)
        source = nil
        sourceHash = nil
    }

    /// - Parameters:
    ///   - sha256: of the file, where it is known.
    ///   - compose: what of the file goes where; nil: all of it.
    init(of file: OpenFile, sha256: String? = nil, compose: ((ByteSource) throws(FluxError) -> ComposedFile)? = nil)
        throws(FluxError)
    {
        var composed = ComposedFile()
        if let compose {
            composed = try compose(file.source)
        } else {
            composed.append(copying: 0..<file.identity.byteCount)
        }
        self.composed = composed
        source = file
        sourceHash = sha256
    }

    /// Tells this content from others without reading it; nil where the other file's hash is not known.
    var digest: String? {
        guard let sourceHash else { return nil }
        var text = Array(sourceHash.utf8)
        for part in composed.parts {
            switch part {
            case .bytes(let bytes):
                text.append(contentsOf: "\n\(bytes.count) bytes: ".utf8)
                text.append(contentsOf: bytes)
            case .copied(let range):
                text.append(contentsOf: "\n\(range.lowerBound) to \(range.upperBound)".utf8)
            }
        }
        return ContentHash.of(text)
    }

    var byteCount: Int { composed.byteCount }

    /// Whose parts are copied. There is one wherever there are such parts: what is made of bytes alone has none.
    private var copiedFile: OpenFile {
        guard let source else { preconditionFailure("a part of no file") }
        return source
    }

    /// Writes all of it behind what an open file has. The parts do not pass through this process.
    /// - Parameter shown: the name told in errors.
    func write(to descriptor: Int32, shownAs shown: String) throws(FluxError) {
        for part in composed.parts {
            switch part {
            case .bytes(let bytes):
                try bytes.withUnsafeBufferPointer { bytes throws(FluxError) in
                    var rest = UnsafeRawBufferPointer(bytes)
                    while !rest.isEmpty {
                        let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                        if count < 0 && errno != EINTR { throw Files.failure("write", shown) }
                        rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
                    }
                }
            case .copied(let range):
                let source = copiedFile
                var rest = range
                while !rest.isEmpty {
                    let count = fluxlua_copy_bytes(source.descriptor, off_t(rest.lowerBound), descriptor, rest.count)
                    if count < 0 && errno != EINTR { throw Files.failure("write", shown) }
                    if count == 0 {
                        throw FluxError(.io, "cannot write \(shown): \(source.path) has become shorter meanwhile")
                    }
                    rest = rest.lowerBound + max(0, count)..<rest.upperBound
                }
            }
        }
    }

    /// Whether the file at a path holds exactly this. Looks at the size first.
    func isHeld(by path: String) throws(FluxError) -> Bool {
        guard case .file(let identity) = try Files.entry(at: path), identity.byteCount == byteCount else {
            return false
        }
        let file = try OpenFile(path)
        var offset = 0
        for part in composed.parts {
            switch part {
            case .bytes(let bytes):
                if try file.bytes(offset..<offset + bytes.count) != bytes { return false }
                offset += bytes.count
            case .copied(let range):
                let source = copiedFile
                for start in stride(from: 0, to: range.count, by: Self.pieceLength) {
                    let piece = start..<min(start + Self.pieceLength, range.count)
                    let here = try file.bytes(offset + piece.lowerBound..<offset + piece.upperBound)
                    let there = try source.bytes(
                        range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound)
                    if here != there { return false }
                }
                offset += range.count
            }
        }
        return true
    }

    private static let pieceLength = 64 << 10
}

/// `write`, which has the name of a method above.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
