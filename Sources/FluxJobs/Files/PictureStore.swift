import FluxClient
import Synchronization

/// The fetched pictures on disk, each under the hash of its content: `<root>/ab/<sha256>.<ext>`. The same picture is
/// kept once. Several processes may share a store.
public final class PictureStore: Sendable {
    /// The folder that holds everything; made when the first picture comes.
    public let root: String
    /// The roots of other stores, in which pictures are found too; nothing is changed there.
    let found: [String]
    /// What all members of a team have together.
    let shared: SharedPictures?

    private let random: @Sendable () -> UInt64
    private let lastTemporary = Mutex<UInt64>(0)
    private let folders = Mutex<Set<String>>([])
    let size = Mutex<StoreSize?>(nil)
    /// Bytes that came in by this object.
    let added = Atomic<Int64>(0)

    /// - Parameters:
    ///   - root: the folder that holds everything.
    ///   - found: the roots of other stores, in which pictures are found too; nothing is changed there.
    ///   - shared: where pictures are found too, and what comes in here is put as well.
    ///   - random: keeps the temporary files of several processes apart.
    public init(
        root: String, alsoFoundIn found: [String] = [], shared: SharedPictures? = nil,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.root = root
        self.found = found
        self.shared = shared
        self.random = random
    }

    /// Sees that pictures can be kept here, before any is paid.
    /// - Throws: kind `io` when no file can be made in its folder.
    public func prepare() throws(FluxError) {
        do throws(FluxError) {
            let path = try temporaryPath()
            try Files.writeNew(FileContent([]), to: path, shownAs: root)
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

    /// Takes in a downloaded file. It is gone from its temporary place afterwards, kept or not.
    ///
    /// It is not on the disk then: a power cut may cost the pictures of the last moments, which the service still has. A
    /// file that lost its bytes is told from one that is whole by its size.
    /// - Parameter reading: has seen all of the file.
    /// - Throws: kind `service` when it is no whole picture, `io` for the disk.
    func keep(_ temporary: String, _ reading: PictureReading, index: Int, url: String) throws(FluxError) -> Picture {
        do {
            let content = reading.content()
            let header = try content.header(of: temporary)
            let folder = "\(root)/\(content.sha256.prefix(2))"
            let path = "\(folder)/\(content.sha256).\(header.format.fileExtension)"
            try makeFolder(folder)
            // Whatever has the name already has the same content, or is the rest of an accident: both may go.
            try Files.replace(path, with: temporary)
            added.add(Int64(content.byteCount), ordering: .relaxed)
            // Not now: in a rush of pictures the disk would hold up the network.
            Disk.later { Files.startWriting(path) }
            let picture = Picture(
                index: index, url: url, format: header.format, width: header.width, height: header.height, path: path,
                sha256: content.sha256, byteCount: content.byteCount)
            // Before anybody is told that it is fetched, so that the others find it.
            shared?.add(picture)
            return picture
        } catch {
            Files.remove(temporary)
            throw error
        }
    }
}
