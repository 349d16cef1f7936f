import FluxClient
import FluxImaging

/// Learns what a picture's file holds while it is downloaded.
///
/// `@unchecked Sendable`: a transport calls an observer one call at a time, and `content` is asked for when the download
/// has returned.
final class PictureReading: DownloadObserver, @unchecked Sendable {
    /// What the bytes of a file tell.
    struct Content: Sendable {
        /// 64 hexadecimal digits.
        var sha256: String
        var byteCount: Int
        fileprivate var beginning: [UInt8]
        fileprivate var ending: [UInt8]
    }

    /// Headers and ends are within so many bytes.
    private static let edge = 16 << 10

    private var hash = ContentHash()
    private var byteCount = 0
    private var beginning: [UInt8] = []
    private var ending: [UInt8] = []

    func began() {
        hash.begin()
        byteCount = 0
        beginning = []
        ending = []
    }

    func received(_ piece: UnsafeRawBufferPointer) {
        hash.add(piece)
        byteCount += piece.count
        // Rebased, since an array takes a slice byte by byte.
        beginning.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece.prefix(Self.edge - beginning.count)))
        ending.removeFirst(max(0, min(ending.count, ending.count + piece.count - Self.edge)))
        ending.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece.suffix(Self.edge)))
    }

    /// What was seen. Ends the reading.
    func content() -> Content {
        Content(sha256: hash.digits(), byteCount: byteCount, beginning: beginning, ending: ending)
    }
}

extension PictureReading.Content {
    /// The picture's format and size. Most headers are at the very beginning; a JPEG with much metadata may need all of
    /// the file.
    /// - Throws: kind `service` when it is no whole picture, `io` for the disk.
    func header(of path: String) throws(FluxError) -> ImageHeader {
        guard byteCount > 0 else { throw FluxError(.service, "the service sent an empty file for a picture") }
        let header: ImageHeader
        do {
            header = try (try? ImageHeader(parsing: beginning)) ?? ImageHeader(parsing: try Files.contents(of: path))
        } catch let error as FluxError {
            throw error
        } catch {
            throw FluxError(.service, "the service sent no picture: \(error)")
        }
        guard header.format.isWhole(beginning: beginning, ending: ending, byteCount: byteCount) else {
            throw FluxError(.service, "the service sent only a part of a picture: \(byteCount) bytes without its end")
        }
        return header
    }
}
