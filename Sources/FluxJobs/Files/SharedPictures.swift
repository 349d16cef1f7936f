import FluxClient
import Synchronization

/// A folder that all members of a team see, such as one of NFS: each puts the pictures there that it fetches, under the
/// hash of their content, as in its own store. Nothing there is ever changed or removed.
///
/// It costs no picture: what goes wrong with it is told once.
public final class SharedPictures: Sendable {
    public let root: String
    private let random: @Sendable () -> UInt64
    private let notice: @Sendable (String) -> Void
    private let hasTold = Mutex(false)

    /// - Parameters:
    ///   - root: must be there: it may be a file system that somebody has to mount.
    ///   - random: keeps the temporary files of several processes apart.
    ///   - notice: told once when a picture could not be put there.
    public init(
        root: String, random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.root = root
        self.random = random
        self.notice = notice
    }

    /// Puts a picture there, unless it is there already. Blocks.
    func add(_ picture: Picture) {
        do throws(FluxError) {
            try copy(picture)
        } catch {
            let isFirst = hasTold.withLock { told in
                defer { told = true }
                return !told
            }
            guard isFirst else { return }
            notice(
                "pictures cannot be shared with the team (FLUX_PICTURES_SHARED): \(error.message); they are kept here, and "
                    + "the jobs go on")
        }
    }

    private func copy(_ picture: Picture) throws(FluxError) {
        guard try Files.entry(at: root) == .folder else { throw FluxError(.io, "there is no folder \(root)") }
        let path = PictureStore.path(
            in: root, sha256: picture.sha256, fileExtension: picture.format.fileExtension)
        if case .file(let file) = try Files.entry(at: path), file.byteCount == picture.byteCount { return }
        // Whoever may use the folder may use what others make in it, whatever their masks say.
        let mode = try Files.permissions(of: root)
        let temporaries = root + "/tmp"
        for folder in [temporaries, "\(root)/\(picture.sha256.prefix(2))"] where try Files.entry(at: folder) != .folder
        {
            try Files.makeFolder(folder)
            Files.setPermissions(of: folder, to: mode)
        }
        let temporary = "\(temporaries)/\(TemporaryName.new("new", random: random()))"
        try Files.writeNew(FileContent(of: OpenFile(picture.path)), to: temporary, shownAs: path)
        Files.setPermissions(of: temporary, to: mode & 0o666)
        do throws(FluxError) {
            try Files.replace(path, with: temporary)
        } catch {
            Files.remove(temporary)
            throw error
        }
    }
}
