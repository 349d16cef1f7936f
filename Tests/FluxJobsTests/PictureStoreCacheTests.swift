import FluxClient
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

/// What goes first when a store takes too much.
@Suite struct PictureStoreCacheTests {
    private let folder: TemporaryFolder
    private let store: PictureStore

    init() throws {
        folder = try TemporaryFolder()
        store = PictureStore(root: folder.path + "/pictures")
    }

    /// A picture of 100 bytes that was used so many seconds after 2001. Returns its hash.
    private func add(_ number: Int, used seconds: Double) throws -> String {
        let sha256 = String(repeating: "\(number)", count: 64)
        let path = store.path(sha256: sha256, fileExtension: "jpg")
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(count: 100).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceReferenceDate: seconds)], ofItemAtPath: path)
        return sha256
    }

    private func left() throws -> [String] { try store.storedPictures().map { String($0.sha256.prefix(1)) } }

    @Test func whatWasUsedLongestAgoGoesFirst() throws {
        for (number, used) in [(1, 30.0), (2, 10.0), (3, 20.0)] { _ = try add(number, used: used) }
        #expect(try left() == ["2", "3", "1"])
        let removed = try store.trim(to: 250, keeping: [], notNewerThan: .max)
        #expect(removed.map { $0.sha256.prefix(1) } == ["2"])
        #expect(try left() == ["3", "1"])
        #expect(try store.trim(to: 250, keeping: [], notNewerThan: .max).isEmpty)
    }

    @Test func whatIsNeededOrNewStays() throws {
        let needed = try add(1, used: 10)
        _ = try add(2, used: 20)
        _ = try add(3, used: 30)
        let between = Int64((978_307_200 + 25) * 1000)
        try store.trim(to: 0, keeping: [needed], notNewerThan: between)
        #expect(try left() == ["1", "3"])
    }

    @Test func whatComesInCountsBesideWhatWasMeasured() throws {
        _ = try add(1, used: 10)
        #expect(store.mayHoldMore(than: .max))
        store.beginMeasuring()
        #expect(!store.mayHoldMore(than: 100) && store.mayHoldMore(than: 99))
        let (path, reading) = (try store.temporaryPath(), PictureReading())
        let bytes = SamplePictures.gif()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        bytes.withUnsafeBytes(reading.received)
        _ = try store.keep(path, reading, index: 1, url: "u")
        let both = Int64(100 + bytes.count)
        #expect(!store.mayHoldMore(than: both) && store.mayHoldMore(than: both - 1))
    }

    @Test func storeThatIsNotThereHoldsNothing() throws {
        store.beginMeasuring()
        #expect(!store.mayHoldMore(than: 0))
        #expect(try store.storedPictures().isEmpty)
        #expect(try store.trim(to: 0, keeping: [], notNewerThan: .max).isEmpty)
        try store.removeTemporaries(olderThan: .max)
    }

    @Test func oldDownloadsThatNobodyGoesOnWithAreRemoved() throws {
        let old = try store.temporaryPath()
        let new = try store.temporaryPath()
        for path in [old, new] { try Data(count: 5).write(to: URL(fileURLWithPath: path)) }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceReferenceDate: 10)], ofItemAtPath: old)
        try store.removeTemporaries(olderThan: Int64((978_307_200 + 25) * 1000))
        #expect(!FileManager.default.fileExists(atPath: old) && FileManager.default.fileExists(atPath: new))
    }
}
