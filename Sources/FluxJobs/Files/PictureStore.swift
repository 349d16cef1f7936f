import FluxClient
import FluxImaging
import Synchronization

/// The fetched pictures on disk, each under the hash of its content: `<root>/ab/<sha256>.<ext>`. The same picture is
/// kept once. Several processes may share a store.
public final class PictureStore: Sendable {
    /// The folder that holds everything; made when the first picture comes.
    public let root: String
    /// The root of another store, in which pictures are found too; nothing is changed there.
    let found: String?

    private let random: @Sendable () -> UInt64
    private let lastTemporary = Mutex<UInt64>(0)

    /// - Parameters:
    ///   - alsoFoundIn: the root of another store, in which pictures are found too; nothing is changed there.
    ///   - random: keeps the temporary files of several processes apart.
    public init(
        root: String, alsoFoundIn found: String? = nil, random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.root = root
        self.found = found
        self.random = random
    }

    /// The name of a file that is not there yet, for a download. It is on the store's file system, so `keep` can move it.
    func temporaryPath() throws(FluxError) -> String {
        try Files.makeFolder(root + "/tmp")
        let number = lastTemporary.withLock { last in
            last += 1
            return last
        }
        return "\(root)/tmp/\(String(random(), radix: 36))-\(number)"
    }

    /// Checks a downloaded file and takes it in. The file is gone from its temporary place afterwards, kept or not.
    /// - Throws: kind `service` when it is no whole picture, `io` for the disk.
    func keep(_ temporary: String, index: Int, url: String) throws(FluxError) -> Picture {
        do {
            let header = try Self.header(of: temporary)
            let (sha256, identity) = try ContentHash.ofFile(temporary)
            let folder = "\(root)/\(sha256.prefix(2))"
            let path = "\(folder)/\(sha256).\(header.format.fileExtension)"
            try Files.makeFolder(folder)
            try Files.synchronize(temporary)
            // Whatever has the name already has the same content, or is the rest of an accident: both may go.
            try Files.replace(path, with: temporary)
            Files.synchronizeFolder(folder)
            return Picture(
                index: index, url: url, format: header.format, width: header.width, height: header.height, path: path,
                sha256: sha256, byteCount: identity.byteCount)
        } catch {
            Files.remove(temporary)
            throw error
        }
    }

    /// Most headers are at the very beginning; a JPEG with much metadata may need all of the file.
    private static func header(of path: String) throws(FluxError) -> ImageHeader {
        let beginning = try Files.contents(of: path, limit: 1 << 16)
        guard !beginning.isEmpty else { throw FluxError(.service, "the service sent an empty file for a picture") }
        if let header = try? ImageHeader(parsing: beginning) { return header }
        do {
            return try ImageHeader(parsing: try Files.contents(of: path))
        } catch let error as FluxError {
            throw error
        } catch {
            throw FluxError(.service, "the service sent no picture: \(error)")
        }
    }
}
