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

    /// Saves the pictures in order and returns the path of each. Blocks on the disk: not for a thread that others wait
    /// for. Relative paths start at the process's working directory.
    ///
    /// A name that is taken by other content becomes `name-2.ext`, `name-3.ext`, …; a file that has the content already
    /// is left as it is and its path returned. With `overwrite` the file of that name is replaced in one step, but
    /// never one that the same call has written. What was saved before an error stays.
    /// - Throws: kind `invalid` for an unknown placeholder, `io` with path and reason, and what `transform` throws.
    public func save(
        _ items: [Item], pattern: FilePattern, overwrite: Bool = false, transform: Transform? = nil
    ) throws(FluxError) -> [String] {
        var paths: [String] = []
        var written: Set<String> = []
        for item in items {
            let path = try path(for: item, pattern: pattern)
            let content = try content(of: item, for: path, transform)
            if !writesFiles {
                paths.append(try plan(item, content, at: path, overwrite))
                continue
            }
            let place = try write(content, to: path, replacing: overwrite, except: written)
            written.insert(place)
            paths.append(place)
        }
        return paths
    }

    /// The same, done where blocking on the disk holds up nobody.
    public func saved(
        _ items: [Item], pattern: FilePattern, overwrite: Bool = false, transform: Transform? = nil
    ) async throws(FluxError) -> [String] {
        try await Disk.run { () throws(FluxError) in
            try self.save(items, pattern: pattern, overwrite: overwrite, transform: transform)
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
        let folder = FileNameText.folder(of: path)
        try Files.makeFolder(folder)
        try place(content, at: path, in: folder, replacing: true)
    }

    /// Whether a file may have that name.
    /// - Throws: `FluxError` of kind `io`.
    public func checkPlace(of path: String) throws(FluxError) {
        try mayWrite(path)
        if try Files.entry(at: path) == .folder { throw FluxError(.io, "cannot write \(path): it is a folder") }
    }

    private func plan(
        _ item: Item, _ content: FileContent, at path: String, _ overwrite: Bool
    ) throws(FluxError) -> String {
        let result: Result<String, FluxError> = planned.withLock { planned in
            Result { () throws(FluxError) in
                try planned.place(item, at: path) { path throws(FluxError) in
                    try isTaken(path, content, overwrite: overwrite)
                }
            }
        }
        return try result.get()
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
        guard let transform else { return try FileContent(of: file) }
        return try FileContent(of: file) { source throws(FluxError) in
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
        _ content: FileContent, to path: String, replacing: Bool, except written: Set<String>
    ) throws(FluxError) -> String {
        try mayWrite(path)
        let folder = FileNameText.folder(of: path)
        try Files.makeFolder(folder)
        if folders.withLock({ $0.insert(folder).inserted }) { TemporaryName.sweep(folder) }
        var number = 1
        while true {
            let candidate = number == 1 ? path : FileNameText.numbered(path, number)
            number += 1
            let entry = try Files.entry(at: candidate)
            if entry == .folder, number == 2 {
                throw FluxError(
                    .io, "cannot write \(candidate): it is a folder", hint: "end the pattern with '/' to save into it")
            }
            if case .file = entry {
                if try content.isHeld(by: candidate) { return candidate }
                if replacing, !written.contains(candidate) {
                    try place(content, at: candidate, in: folder, replacing: true)
                    return candidate
                }
            }
            if entry == .nothing, try place(content, at: candidate, in: folder, replacing: false) { return candidate }
            // Somebody else's file has the name, or has just got it; the same content there would have been seen above
            // unless it came that very moment, so look once more before going on.
            if entry == .nothing, try content.isHeld(by: candidate) { return candidate }
        }
    }

    /// Writes a temporary file beside `path` and gives it the name.
    /// - Returns: false when the name was taken meanwhile.
    @discardableResult
    private func place(
        _ content: FileContent, at path: String, in folder: String, replacing: Bool
    ) throws(FluxError) -> Bool {
        let temporary = (folder.isEmpty ? "" : folder + "/") + TemporaryName.new("tmp", random: random())
        try Files.writeNew(content, to: temporary, shownAs: path)
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
        if !isPlaced { Files.remove(temporary) }
        return isPlaced
    }
}
