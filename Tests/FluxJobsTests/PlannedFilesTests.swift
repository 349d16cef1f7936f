import FluxClient
import FluxImaging
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

/// A saver that writes nothing names the files as one that does would.
@Suite struct PlannedFilesTests {
    private let folder: TemporaryFolder
    private let saver = PictureSaver(writesFiles: false)

    init() throws { folder = try TemporaryFolder() }

    private func item(_ job: String, index: Int = 1, content: [UInt8] = [1]) throws -> PictureSaver.Item {
        var snapshot = JobSnapshot()
        snapshot.id = job
        let path = try folder.write(content, to: "store-\(content.map { String($0) }.joined())")
        return PictureSaver.Item(
            request: JobRequest(call: .generate, model: "flux-2-pro", prompt: "a mug", seed: 7), snapshot: snapshot,
            picture: Picture(
                index: index, url: "http://x/1", format: .png, width: 640, height: 480, path: path, sha256: "",
                byteCount: content.count))
    }

    private func save(_ item: PictureSaver.Item, overwrite: Bool = false) throws -> String {
        let pattern = try FilePattern(parsing: folder.path + "/out/{seed}.{ext}")
        let paths = try saver.save([item], pattern: pattern, overwrite: overwrite)
        return String(paths.map(\.path).joined().dropFirst(folder.path.count + 1))
    }

    @Test func nothingIsWrittenAndTheNamesAreThoseOfASave() throws {
        #expect(try save(item("a")) == "out/7.png")
        #expect(try save(item("b")) == "out/7-2.png", "stand-ins that look the same are pictures of two jobs")
        #expect(try save(item("a")) == "out/7.png")
        #expect(try save(item("b")) == "out/7-2.png")
        #expect(folder.files.allSatisfy { $0.hasPrefix("store-") })
    }

    @Test func fileThatIsThereKeepsItsNameUnlessItIsTheSameOrGivesWay() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/out", withIntermediateDirectories: true)
        _ = try folder.write([9], to: "out/7.png")
        #expect(try save(item("a", content: [9])) == "out/7.png")
        #expect(try save(item("b", content: [1])) == "out/7-2.png")
        // Never over what the run itself has saved.
        #expect(try save(item("c", content: [2]), overwrite: true) == "out/7-3.png")
        #expect(try folder.read("out/7.png") == [9])
    }

    @Test func whatWouldBeSavedStandsInForItsPath() throws {
        let item = try item("a")
        let path = folder.path + "/" + (try save(item))
        #expect(saver.standIn(for: path) == item.picture.path)
        #expect(saver.standIn(for: folder.path + "/out/8.png") == nil)
    }
}
