import FluxClient
import FluxImaging
import FluxJobs
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxStudio

@Suite("A gallery's folder")
struct GalleryFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func picture(_ name: String, red: UInt8 = 200) throws -> GalleryPicture {
        let pixels = [UInt8]((0..<64 * 48).flatMap { _ in [red, 40, 90, 255] })
        let raster = try Raster(width: 64, height: 48, pixels: pixels)
        let bytes = try raster.encoded(as: .png)
        var made = GalleryPicture(key: name)
        made.prompt = name
        made.model = "flux-2-pro"
        made.seed = Int64(red)
        made.source = GalleryPicture.Source(
            path: try folder.write(bytes, to: "\(red).png"), fileExtension: "png", width: 64, height: 48,
            hash: PictureFile.hash(of: bytes))
        return made
    }

    private func gallery(_ now: Date = Date(timeIntervalSince1970: 1_800_000_000)) -> GalleryFolder {
        GalleryFolder(path: folder.path + "/page", files: PictureSaver(), now: { now })
    }

    private func data(_ name: String = "page/gallery.json") throws -> JSONValue {
        try JSONValue(parsing: folder.read(name))
    }

    @Test func everythingThatThePageNamesIsThere() async throws {
        var missing = GalleryPicture(key: "cell-2")
        missing.error = "out of clay"
        try await gallery().write(Gallery(title: "Mugs", pictures: [picture("a mug"), missing]))
        let pictures = try #require(try data()["pictures"]?.arrayValue)
        let file = try #require(pictures[0]["file"]?.stringValue)
        #expect(try folder.read("page/" + file) == folder.read("200.png"))
        let thumbnail = try folder.read("page/" + #require(pictures[0]["thumb"]?.stringValue))
        #expect(try ImageHeader(parsing: thumbnail).format == .jpg)
        #expect(pictures[1]["file"] == .null && pictures[1]["error"] == "out of clay")
        #expect(try data()["made"] == "2027-01-15T08:00:00Z")
        let page = String(decoding: try folder.read("page/index.html"), as: UTF8.self)
        #expect(!page.contains("@data@") && page.contains("out of clay"))
        #expect(!folder.files.contains { $0.contains("tmp") })
    }

    @Test func textsOfStrangersStayTextsInThePage() async throws {
        let hostile = "</script><script>alert(1)</script><!-- @script@ @title@"
        try await gallery().write(Gallery(title: hostile, pictures: [picture(hostile)]))
        let page = String(decoding: try folder.read("page/index.html"), as: UTF8.self)
        #expect(page.ranges(of: "<script").count == 2 && page.ranges(of: "</script>").count == 2)
        #expect(page.contains(#"\u003c/script>"#) && page.contains("&lt;/script&gt;"))
    }

    @Test func onlyTheScriptThatWasWrittenMayRun() async throws {
        try await gallery().write(Gallery(title: "Mugs", pictures: [picture("a mug")]))
        let page = String(decoding: try folder.read("page/index.html"), as: UTF8.self)
        let start = try #require(page.range(of: "<script>")?.upperBound)
        let script = String(
            page[start...].prefix(upTo: try #require(page.range(of: "</script>", options: .backwards)).lowerBound))
        let digits = PictureFile.hash(of: Array(script.utf8))
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
        #expect(page.contains("script-src 'sha256-\(Data(bytes).base64EncodedString())'"))
    }

    @Test func onlyWhatIsNewIsMade() async throws {
        let one = gallery()
        let counts = Mutex<[Int]>([])
        let count: @Sendable (Int, Int) -> Void = { _, all in counts.withLock { $0.append(all) } }
        try await one.write(Gallery(title: "Mugs", pictures: [picture("a")]), progress: count)
        let first = try FileManager.default.attributesOfItem(atPath: one.page)[.systemFileNumber] as? Int
        try await one.write(Gallery(title: "Mugs", pictures: [picture("a")]), progress: count)
        let second = try FileManager.default.attributesOfItem(atPath: one.page)[.systemFileNumber] as? Int
        #expect(first == second, "the page was written again, although nothing changed")
        try await one.write(Gallery(title: "Mugs", pictures: [picture("a"), picture("b", red: 90)]), progress: count)
        #expect(counts.withLock { $0 } == [1, 1])
        #expect(try data()["pictures"]?.arrayValue?.count == 2)
    }

    @Test func aFolderKeepsItsNameForStars() async throws {
        try await gallery().write(Gallery(title: "Mugs", pictures: [picture("a")]))
        let first = try data()["id"]
        try await gallery().write(Gallery(title: "Cups", pictures: [picture("b")]))
        #expect(try data()["id"] == first && data()["title"] == "Cups")
    }

    @Test func twoCellsOfOneJobAreTwoPictures() async throws {
        try await gallery().write(Gallery(title: "Mugs", pictures: [picture("a"), picture("a")]))
        let keys = try data()["pictures"]?.arrayValue?.compactMap { $0["key"]?.stringValue }
        #expect(keys == ["a", "a~2"])
    }

    @Test func copiesStayApartFromTheKeptPictures() async throws {
        let copying = GalleryFolder(path: folder.path + "/page", files: PictureSaver(), linking: .copied)
        try await copying.write(Gallery(title: "Mugs", pictures: [picture("a")]))
        let file = try #require(try data()["pictures"]?.arrayValue?.first?["file"]?.stringValue)
        let before = try folder.read("200.png")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder.path)/page/\(file)"))
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        #expect(try folder.read("200.png") == before)
    }

    @Test func aDamagedPictureIsShownAsItIs() async throws {
        var broken = try picture("a")
        broken.source?.path = try folder.write(Array("no picture".utf8), to: "broken.png")
        try await gallery().write(Gallery(title: "Mugs", pictures: [broken]))
        let entry = try #require(try data()["pictures"]?.arrayValue?.first)
        #expect(entry["thumb"] == entry["file"] && entry["file"]?.stringValue != nil)
    }

    @Test func aFileInTheWayIsTold() async throws {
        _ = try folder.write([1], to: "page")
        await #expect(throws: FluxError.self) { try await gallery().write(Gallery(title: "Mugs")) }
    }

    @Test func anEntryIsReadAsItWasWritten() throws {
        var made = try picture("어떤 prompt / 50%")
        made.file = "pictures/한 국%.png"
        made.parameters = ["width": 64]
        let read = try #require(GalleryPicture(json: made.json))
        #expect(read.file == made.file && read.prompt == made.prompt && read.parameters == made.parameters)
    }

    @Test func picturesInNoOrderGetTheAxesInWhichTheyDiffer() {
        var gallery = Gallery(title: "Mugs")
        for (index, model) in ["a", "b", "a", "b"].enumerated() {
            var picture = GalleryPicture(key: String(index))
            picture.model = model
            picture.seed = Int64(index / 2)
            picture.prompt = "a mug"
            picture.parameters = ["width": .integer(Int64(index * 64))]
            gallery.pictures.append(picture)
        }
        gallery.findAxes()
        #expect(gallery.axes.map(\.name) == ["model", "seed"])
        #expect(gallery.pictures.map(\.place) == [[0, 0], [1, 0], [0, 1], [1, 1]])
    }
}
