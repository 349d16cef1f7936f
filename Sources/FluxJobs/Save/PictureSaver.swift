import FluxClient
import FluxImaging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Saves fetched pictures under the names that an author's pattern gives (lua-api §5): whole files or none, and never
/// over a file with other content unless told so. One for a process: it holds the running number `{n}`.
public final class PictureSaver: Sendable {
    /// A picture to save, and the job that made it.
    public struct Item: Sendable {
        public var request: JobRequest
        public var snapshot: JobSnapshot
        public var picture: Picture
        /// Further placeholders of the pattern, such as the axes of a sweep. They stand before others of that name.
        public var labels: [String: String] = [:]
        /// What the job is called in the ledger.
        var recordKey: String?

        public init(request: JobRequest, snapshot: JobSnapshot, picture: Picture) {
            self.request = request
            self.snapshot = snapshot
            self.picture = picture
        }

        /// The pictures that a job has by now, in order.
        public static func all(of job: Job) -> [Item] {
            let snapshot = job.snapshot
            return snapshot.pictures.map { picture in
                var item = Item(request: job.request, snapshot: snapshot, picture: picture)
                item.recordKey = job.recordKey
                return item
            }
        }
    }

    /// Tells what is to be written of a fetched file, and what new between: what embeds metadata.
    public typealias Transform = @Sendable (_ item: Item, _ file: ByteSource) throws -> ComposedFile

    /// Throws for a path that must not be written.
    public typealias Permission = @Sendable (_ path: String) throws(FluxError) -> Void

    private let mayWrite: Permission
    private let now: @Sendable () -> Date
    private let random: @Sendable () -> UInt64
    private let saved = Mutex(0)
    /// Those that were looked through for what killed processes left.
    private let folders = Mutex<Set<String>>([])
    /// False in a plan.
    public let writesFiles: Bool
    let planned = Mutex(PlannedFiles())

    /// - Parameters:
    ///   - writesFiles: false: for a plan, which only wants to know the names.
    ///   - mayWrite: asked before each picture.
    ///   - now: the wall time, for `{date}` and `{time}` where the service told none.
    ///   - random: names temporary files.
    public init(
        writesFiles: Bool = true, mayWrite: @escaping Permission = { (_) throws(FluxError) in },
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.writesFiles = writesFiles
        self.mayWrite = mayWrite
        self.now = now
        self.random = random
    }

    /// Saves the pictures, several at a time, and returns where each stands. Blocks on the disk: not for a thread that
    /// others wait for. Relative paths start at the process's working directory.
    ///
    /// A name that is taken by other content becomes `name-2.ext`, `name-3.ext`, …; a file that has the content already
    /// is left as it is and its path returned. Where several would have one name, the first of them has it, and the others
    /// follow in order. With `overwrite` the file of that name is replaced in one step, but never one that the same call
    /// has written. What was saved before an error stays.
    /// - Parameter known: tells without reading it that a file has the content already.
    /// - Throws: kind `invalid` for an unknown placeholder, `io` with path and reason, and what `transform` throws.
    public func save(
        _ items: [Item], pattern: FilePattern, overwrite: Bool = false, known: SavedMarks = SavedMarks(),
        transform: Transform? = nil
    ) throws(FluxError) -> [SavedPicture] {
        var paths: [String] = []
        for item in items { paths.append(try path(for: item, pattern: pattern)) }
        var names: Set<String> = []
        let isFirst = paths.map { names.insert($0).inserted }
        var pictures = try Disk.each(items.count) { [paths] index throws(FluxError) -> SavedPicture? in
            guard isFirst[index] else { return nil }
            let (item, path) = (items[index], paths[index])
            let content = try content(of: item, for: path, transform)
            guard writesFiles else { return try plan(item, content, only: path, overwrite) }
            try prepareFolder(of: path)
            return try take(path, content, content.digest, replacing: overwrite, known)
        }
        var written = Set(pictures.compactMap { $0?.path })
        for index in items.indices where pictures[index] == nil {
            let (item, path) = (items[index], paths[index])
            let content = try content(of: item, for: path, transform)
            let picture =
                writesFiles
                ? try write(content, to: path, replacing: overwrite, except: written, known)
                : try plan(item, content, at: path, overwrite)
            written.insert(picture.path)
            pictures[index] = picture
        }
        return pictures.compactMap(\.self)
    }

    /// The same, done where blocking on the disk holds up nobody.
    public func saved(
        _ items: [Item], pattern: FilePattern, overwrite: Bool = false, known: SavedMarks = SavedMarks(),
        transform: Transform? = nil
    ) async throws(FluxError) -> [SavedPicture] {
        try await Disk.run { () throws(FluxError) in
            try self.save(items, pattern: pattern, overwrite: overwrite, known: known, transform: transform)
        }
    }

    /// Writes a file that is made from pictures, such as a contact sheet, in the place of an older one: whole or not at
    /// all. Makes its folder. In a plan nothing is written.
    /// - Throws: `FluxError` of kind `io`.
    public func write(_ bytes: [UInt8], replacing path: String) throws(FluxError) {
        try write(FileContent(bytes), replacing: path)
    }

    func write(_ content: FileContent, replacing path: String) throws(FluxError) {
        try checkPlace(of: path)
        guard writesFiles else { return }
        try Files.makeFolder(FileNameText.folder(of: path))
        try place(content, at: path, replacing: true)
    }

    /// Whether a file may have that name.
    /// - Throws: `FluxError` of kind `io`.
    public func checkPlace(of path: String) throws(FluxError) {
        try mayWrite(path)
        if try Files.entry(at: path) == .folder { throw FluxError(.io, "cannot write \(path): it is a folder") }
    }

    private func plan(
        _ item: Item, _ content: FileContent, at path: String, _ overwrite: Bool
    ) throws(FluxError) -> SavedPicture {
        let result: Result<String, FluxError> = planned.withLock { planned in
            Result { () throws(FluxError) in
                try planned.place(item, at: path) { path throws(FluxError) in
                    try isTaken(path, content, overwrite: overwrite)
                }
            }
        }
        return SavedPicture(path: try result.get())
    }

    /// - Returns: nil when another picture has that name.
    private func plan(
        _ item: Item, _ content: FileContent, only path: String, _ overwrite: Bool
    ) throws(FluxError) -> SavedPicture? {
        let result: Result<Bool, FluxError> = planned.withLock { planned in
            Result { () throws(FluxError) in
                try planned.take(path, for: item) { path throws(FluxError) in
                    try isTaken(path, content, overwrite: overwrite)
                }
            }
        }
        return try result.get() ? SavedPicture(path: path) : nil
    }

    /// Whether a name is that of another file on the disk.
    func isTaken(_ path: String, _ content: FileContent, overwrite: Bool) throws(FluxError) -> Bool {
        let entry = try Files.entry(at: path)
        if overwrite || entry == .nothing { return false }
        return try !content.isHeld(by: path)
    }

    func path(for item: Item, pattern: FilePattern) throws(FluxError) -> String {
        let made = (item.snapshot.completedAt ?? item.snapshot.createdAt).map { $0 / 1000 }
        let values = PlaceholderValues(
            request: item.request, snapshot: item.snapshot, picture: item.picture,
            number: saved.withLock { number in
                number += 1
                return number
            },
            labels: item.labels,
            moment: LocalTime(seconds: made ?? Int64(now().timeIntervalSince1970)))
        return try pattern.path(known: values.known) { values.text(of: $0) }
    }

    private func content(of item: Item, for path: String, _ transform: Transform?) throws(FluxError) -> FileContent {
        let file = try OpenFile(item.picture.path)
        let hash = item.picture.sha256.isEmpty ? nil : item.picture.sha256
        guard let transform else { return try FileContent(of: file, sha256: hash) }
        return try FileContent(of: file, sha256: hash) { source throws(FluxError) in
            do {
                return try transform(item, source)
            } catch let error as FluxError {
                throw error
            } catch {
                throw FluxError(.io, "cannot write \(path): \(error)")
            }
        }
    }

    func write(
        _ content: FileContent, to path: String, replacing: Bool, except written: Set<String>,
        _ known: SavedMarks = SavedMarks()
    ) throws(FluxError) -> SavedPicture {
        let digest = content.digest
        try prepareFolder(of: path)
        var number = 1
        while true {
            let candidate = number == 1 ? path : FileNameText.numbered(path, number)
            if number == 1, try Files.entry(at: candidate) == .folder { throw Self.isFolder(candidate) }
            let mayReplace = replacing && !written.contains(candidate)
            if let picture = try take(candidate, content, digest, replacing: mayReplace, known) { return picture }
            number += 1
        }
    }

    private func prepareFolder(of path: String) throws(FluxError) {
        try mayWrite(path)
        let folder = FileNameText.folder(of: path)
        try Files.makeFolder(folder)
        if folders.withLock({ $0.insert(folder).inserted }) { TemporaryName.sweep(folder) }
    }

    private static func isFolder(_ path: String) -> FluxError {
        FluxError(.io, "cannot write \(path): it is a folder", hint: "end the pattern with '/' to save into it")
    }

    /// Writes a file of one name.
    /// - Returns: nil when other content has the name.
    private func take(
        _ path: String, _ content: FileContent, _ digest: String?, replacing: Bool, _ known: SavedMarks
    ) throws(FluxError) -> SavedPicture? {
        let entry = try Files.entry(at: path)
        if case .file(let identity) = entry {
            let mark = digest.map { SavedMark(content: $0, identity) }
            if let mark, known[path] == mark { return SavedPicture(path: path, mark: mark) }
            if try content.isHeld(by: path) {
                // Its times tell of later changes unless it was written this very moment.
                return SavedPicture(path: path, mark: identity.isOlder(than: Files.now) ? mark : nil)
            }
        }
        switch entry {
        case .file where replacing:
            return SavedPicture(path: path, mark: try place(content, digest, at: path, replacing: true).mark)
        case .nothing:
            let placed = try place(content, digest, at: path, replacing: false)
            if placed.isPlaced { return SavedPicture(path: path, mark: placed.mark) }
            // Somebody has just got the name, perhaps for the same content.
            return try content.isHeld(by: path) ? SavedPicture(path: path) : nil
        default:
            return nil
        }
    }

    /// Writes a temporary file beside `path` and gives it the name.
    /// - Returns: whether it has the name, which may have been taken meanwhile, and what tells it later.
    @discardableResult
    private func place(
        _ content: FileContent, _ digest: String? = nil, at path: String, replacing: Bool
    ) throws(FluxError) -> (isPlaced: Bool, mark: SavedMark?) {
        let folder = FileNameText.folder(of: path)
        let temporary = (folder.isEmpty ? "" : folder + "/") + TemporaryName.new("tmp", random: random())
        let written = try Files.writeNew(content, to: temporary, shownAs: path)
        var isPlaced = true
        do {
            if replacing {
                try Files.replace(path, with: temporary)
            } else {
                isPlaced = try Files.claim(path, for: temporary)
            }
        } catch {
            Files.remove(temporary)
            throw error
        }
        guard isPlaced else {
            Files.remove(temporary)
            return (false, nil)
        }
        // The new name has changed one of its times.
        guard let digest, let written, case .file(let identity) = try Files.entry(at: path), identity.isRenamed(written)
        else { return (true, nil) }
        return (true, SavedMark(content: digest, identity))
    }
}
