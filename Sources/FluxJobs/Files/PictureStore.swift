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
    private let folders = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - root: the folder that holds everything.
    ///   - alsoFoundIn: the root of another store, in which pictures are found too; nothing is changed there.
    ///   - random: keeps the temporary files of several processes apart.
    public init(
        root: String, alsoFoundIn found: String? = nil,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.root = root
        self.found = found
        self.random = random
    }

    /// Sees that pictures can be kept here, before any is paid.
    /// - Throws: kind `io` when no file can be made in its folder.
    public func prepare() throws(FluxError) {
        do throws(FluxError) {
            let path = try temporaryPath()
            try Files.writeNew([], to: path, shownAs: root)
            Files.remove(path)
        } catch {
            throw FluxError(
                .io, "the pictures could not be kept: \(error.message)",
                hint: "let this user write there, or name another folder for all data with XDG_DATA_HOME")
        }
    }

    /// The name of a file that is not there yet, for a download. It is on the store's file system, so `keep` can move it.
    func temporaryPath() throws(FluxError) -> String {
        try makeFolder(root + "/tmp") { TemporaryName.sweep($0) }
        let number = lastTemporary.withLock { last in
            last += 1
            return last
        }
        return "\(root)/tmp/\(TemporaryName.new("\(number)", random: random()))"
    }

    /// Each folder is made once.
    /// - Parameter first: done with it then.
    private func makeFolder(_ path: String, first: (String) -> Void = { _ in }) throws(FluxError) {
        guard !folders.withLock({ $0.contains(path) }) else { return }
        try Files.makeFolder(path)
        if folders.withLock({ $0.insert(path).inserted }) { first(path) }
    }

    /// Checks a downloaded file and takes it in. The file is gone from its temporary place afterwards, kept or not.
    ///
    /// It is on its way to the disk then, not for sure on it: a power cut may cost the pictures of the last moments, which
    /// the service still has; those that are there are whole.
    /// - Throws: kind `service` when it is no whole picture, `io` for the disk.
    func keep(_ temporary: String, index: Int, url: String) throws(FluxError) -> Picture {
        do {
            let file = try Content(reading: temporary)
            let header = try file.header(of: temporary)
            let folder = "\(root)/\(file.sha256.prefix(2))"
            let path = "\(folder)/\(file.sha256).\(header.format.fileExtension)"
            try makeFolder(folder)
            // Whatever has the name already has the same content, or is the rest of an accident: both may go.
            try Files.replace(path, with: temporary)
            return Picture(
                index: index, url: url, format: header.format, width: header.width, height: header.height, path: path,
                sha256: file.sha256, byteCount: file.byteCount)
        } catch {
            Files.remove(temporary)
            throw error
        }
    }

}

/// What one reading of a downloaded file tells.
private struct Content {
    var sha256: String
    var byteCount: Int
    var beginning: [UInt8] = []
    var ending: [UInt8] = []

    private static let edge = 1 << 16

    init(reading path: String) throws(FluxError) {
        var hash = ContentHash()
        var beginning: [UInt8] = []
        var ending: [UInt8] = []
        let identity = try Files.stream(path, startsWriting: true) { piece in
            hash.add(piece)
            if beginning.count < Self.edge { beginning.append(contentsOf: piece.prefix(Self.edge - beginning.count)) }
            if piece.count < Self.edge {
                ending.removeFirst(max(0, min(ending.count, ending.count + piece.count - Self.edge)))
                ending.append(contentsOf: piece)
            } else {
                ending = Array(piece.suffix(Self.edge))
            }
        }
        sha256 = hash.digits()
        byteCount = identity.byteCount
        self.beginning = beginning
        self.ending = ending
    }

    /// Most headers are at the very beginning; a JPEG with much metadata may need all of the file.
    func header(of path: String) throws(FluxError) -> ImageHeader {
        guard !beginning.isEmpty else { throw FluxError(.service, "the service sent an empty file for a picture") }
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
