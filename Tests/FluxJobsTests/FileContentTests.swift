import FluxClient
import FluxImaging
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

/// Files that are made of parts of others, which the kernel copies.
@Suite struct FileContentTests {
    private let folder: TemporaryFolder
    /// More than one piece of what is compared at once.
    private let picture = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    init() throws { folder = try TemporaryFolder() }

    /// All but the first two bytes of the picture, between new bytes.
    private func content() throws -> (content: FileContent, bytes: [UInt8]) {
        let file = try OpenFile(folder.write(picture, to: "picture"))
        let content = try FileContent(of: file) { source in
            var composed = ComposedFile([1, 2, 3])
            composed.append(copying: 2..<source.byteCount)
            composed.append([4])
            return composed
        }
        return (content, [1, 2, 3] + picture[2...] + [4])
    }

    @Test func partsStandWhereTheyShould() throws {
        let (content, bytes) = try content()
        let path = folder.path + "/new"
        try Files.writeNew(content, to: path, shownAs: path)
        #expect(try folder.read("new") == bytes)
        #expect(try content.isHeld(by: path))
    }

    @Test func anotherFileSystemGetsTheSame() throws {
        // On machines without one the test is the one above.
        let other = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : folder.path
        let path = "\(other)/fluxlua-\(UUID().uuidString)"
        defer { unlink(path) }
        let (content, bytes) = try content()
        try Files.writeNew(content, to: path, shownAs: path)
        #expect(try PictureFile.contents(of: path) == bytes)
    }

    @Test(arguments: [0, 2, 3, 65_536, 140_000, 149_999, 150_001]) func oneOtherByteIsAnotherFile(position: Int) throws
    {
        var (content, bytes) = try content()
        bytes[position] ^= 1
        #expect(try !content.isHeld(by: folder.write(bytes, to: "other")))
        #expect(try !content.isHeld(by: folder.write(Array(bytes.dropLast()), to: "shorter")))
        #expect(try !content.isHeld(by: folder.path + "/nothing"))
    }

    @Test func changingTheCopyLeavesTheOther() throws {
        let path = folder.path + "/new"
        let file = try OpenFile(folder.write(picture, to: "picture"))
        try Files.writeNew(FileContent(of: file), to: path, shownAs: path)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: [0, 0, 0])
        try handle.close()
        #expect(try folder.read("picture") == picture)
        #expect(try folder.read("new") == [0, 0, 0] + picture[3...])
    }

    @Test func fileThatGotShorterMeanwhileIsAnErrorAndLeavesNothing() throws {
        let content = try content().content
        truncate(folder.path + "/picture", 1_000)
        let error = #expect(throws: FluxError.self) {
            try Files.writeNew(content, to: folder.path + "/new", shownAs: "new.jpg")
        }
        #expect(error?.kind == .io)
        #expect(error?.message == "cannot write new.jpg: \(folder.path)/picture has become shorter meanwhile")
        #expect(folder.files == ["picture"])
    }
}
