import FluxClient
import FluxImaging
import FluxJobs

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder with a page that shows pictures: `index.html`, `gallery.json`, `pictures` and `thumbs`. It is valid at every
/// moment: what the page names is there before the page is, and each file comes whole, in the place of an older one.
public actor GalleryFolder {
    public nonisolated let path: String
    private let files: PictureSaver
    public nonisolated let linking: PictureSaver.Linking
    private let now: @Sendable () -> Date
    /// The data last written, without its time.
    private var written: JSONValue?
    private var id: String?
    /// Thumbnails that are there, by the hashes of their pictures; nil where one could not be made.
    private var thumbnails: [String: String?] = [:]

    /// The longer side of a thumbnail, in pixels.
    static let thumbnailSide = 480

    /// - Parameters:
    ///   - files: what writes files, or refuses to.
    ///   - linking: how pictures come into the folder.
    public init(
        path: String, files: PictureSaver, linking: PictureSaver.Linking = .linked,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.path = path
        self.files = files
        self.linking = linking
        self.now = now
    }

    /// The page.
    public nonisolated var page: String { path + "/index.html" }

    /// Brings the folder to what a gallery shows. Nothing is written where nothing has changed.
    /// - Parameter progress: told how many thumbnails are made, of how many.
    /// - Throws: `FluxError` of kind `io` with path and reason. What was there before still holds then.
    public func write(
        _ gallery: Gallery, progress: (@Sendable (_ done: Int, _ all: Int) -> Void)? = nil
    ) async throws(FluxError) {
        try await makeThumbnails(of: gallery.pictures.compactMap(\.source), progress)
        var gallery = gallery
        for index in gallery.pictures.indices {
            guard let source = gallery.pictures[index].source else { continue }
            if let place = source.standsAt {
                gallery.pictures[index].file = place
            } else {
                let name = "pictures/\(Self.name(of: gallery.pictures[index], source))"
                try files.link(source.path, to: "\(path)/\(name)", linking)
                gallery.pictures[index].file = name
            }
            // What is damaged the browser may still show.
            gallery.pictures[index].thumbnail =
                thumbnails[source.hash].flatMap { $0 } ?? gallery.pictures[index].file
        }
        let id = id ?? Self.id(in: "\(path)/gallery.json") ?? UUID().uuidString.lowercased()
        self.id = id
        let content = gallery.json(id: id, made: "")
        guard content != written else { return }
        let data = gallery.json(id: id, made: now().formatted(.iso8601))
        try files.write(GalleryPage.html(title: gallery.title, data: data), replacing: page)
        try files.write(data.encoded(), replacing: "\(path)/gallery.json")
        written = content
    }

    /// Such as `a-red-mug-7-3f2a9c01d2e4.jpg`: what people know it by, and its content, so that it never changes.
    private static func name(of picture: GalleryPicture, _ source: GalleryPicture.Source) -> String {
        let text = picture.name ?? picture.prompt
        var stem = FilePattern.name(of: text, byteCount: 60)
        if let seed = picture.seed { stem += "-\(seed)" }
        return "\(stem)-\(source.hash.prefix(12)).\(source.fileExtension)"
    }

    /// The id that an earlier page of the folder has: stars and notes go by it.
    private static func id(in file: String) -> String? {
        guard let bytes = try? PictureFile.contents(of: file), let json = try? JSONValue(parsing: bytes) else {
            return nil
        }
        return json["id"]?.stringValue
    }

    // MARK: Thumbnails

    private func makeThumbnails(
        of sources: [GalleryPicture.Source], _ progress: (@Sendable (Int, Int) -> Void)?
    ) async throws(FluxError) {
        var seen: Set<String> = []
        let missing = sources.filter { thumbnails[$0.hash] == nil && seen.insert($0.hash).inserted }
        let (path, files) = (path, files)
        var made = 0
        var results: [(hash: String, result: Result<String?, FluxError>)] = []
        await withTaskGroup(of: (String, Result<String?, FluxError>).self) { group in
            var waiting = missing[...]
            func start() {
                guard let source = waiting.popFirst() else { return }
                group.addTask {
                    (source.hash, Result { () throws(FluxError) in try Self.thumbnail(of: source, in: path, files) })
                }
            }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { start() }
            for await (hash, result) in group {
                results.append((hash, result))
                made += 1
                progress?(made, missing.count)
                start()
            }
        }
        for (hash, result) in results { thumbnails[hash] = .some(try result.get()) }
    }

    /// A small copy of a picture as a JPEG; nil when it cannot be decoded.
    package static func thumbnail(of bytes: [UInt8]) -> [UInt8]? {
        let box = PixelSize(width: thumbnailSide, height: thumbnailSide)
        return try? Raster(decoding: bytes, reducedTo: box).encoded(as: .jpg, quality: 82)
    }

    /// - Returns: its name in the folder; nil when the picture cannot be decoded.
    private static func thumbnail(
        of source: GalleryPicture.Source, in folder: String, _ files: PictureSaver
    ) throws(FluxError) -> String? {
        let name = "thumbs/\(source.hash.prefix(32)).jpg"
        if PictureFile.size(of: "\(folder)/\(name)") ?? 0 > 0 { return name }
        guard let thumbnail = thumbnail(of: try PictureFile.contents(of: source.path)) else { return nil }
        try files.write(thumbnail, replacing: "\(folder)/\(name)")
        return name
    }
}
