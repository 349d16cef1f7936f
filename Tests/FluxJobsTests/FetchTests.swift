import FluxImaging
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxClient
@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct FetchTests {
    @Test func aBrokenDownloadIsTriedAgain() async throws {
        let bench = try Bench(picture: { _, attempt throws(FluxError) in
            if attempt == 1 { throw FluxError(.network, "connection reset") }
            return attempt == 2 ? Array("<html>not yet</html>".utf8) : attempt == 3 ? [] : SamplePictures.gif()
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.isSuccess && bench.service.state.downloads.values.first == 4)
        #expect(bench.folder.files.count == 1)
    }

    /// The engine's own attempts, after minutes, go on where the ones before have ended.
    @Test func aDownloadThatBreaksAgainAndAgainGoesOnWhereItWas() async throws {
        let picture = SamplePictures.gif()
        let line = Mutex(0)
        let bench = try Bench(transport: { service in
            BrokenLine(service: service, picture: picture) { line.withLock { $0 += 1 } }
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.isSuccess && line.withLock(\.self) == picture.count)
        let path = try #require(job.snapshot.pictures.first?.path)
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == picture)
        #expect(bench.folder.files.count == 1)
    }

    @Test func aPictureThatCannotBeFetchedIsTheJobsErrorAndItsURLIsKept() async throws {
        let bench = try Bench(picture: { url, _ in
            url.hasSuffix("1-1.jpg") ? Array("garbage".utf8) : SamplePictures.gif()
        })
        let jobs = ["bad", "good"].map { bench.start($0) }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        let bad = try #require(jobs.first { $0.snapshot.error != nil }).snapshot
        #expect(bad.error?.kind == .service && bad.status == .completed && bad.isSettled)
        #expect(bad.error?.message == "the service sent no picture: not a PNG, JPEG, WebP or GIF picture")
        #expect(bad.imageURLs == ["https://cdn/1-1.jpg"] && bad.pictures.isEmpty)
        #expect(jobs.count { $0.snapshot.isSuccess } == 1)
        #expect(bench.service.state.downloads["https://cdn/1-1.jpg"] == 4)
    }

    /// What is paid for is fetched before more is paid for, however quickly the service makes it.
    @Test func nothingMoreIsSubmittedWhileManyPicturesWait() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        configuration.fetchConcurrency = 1
        configuration.fetchBacklog = 3
        let isOpen = Mutex(false)
        let bench = try Bench(
            configuration, transport: { service in HeldLine(service: service) { isOpen.withLock(\.self) } })
        let jobs = (1...20).map { bench.start("\($0)") }
        // One is being fetched and three wait; whatever time passes, nothing happens before the line is open.
        await bench.clock.run { bench.service.state.jobs.count >= 4 }
        var turns = 0
        await bench.clock.run {
            turns += 1
            return turns > 2000
        }
        #expect(bench.service.state.jobs.count == 4)
        isOpen.withLock { $0 = true }
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.service.state.jobs.count == 20)
    }

    @Test func aPictureThatIsGoneIsExpired() async throws {
        let bench = try Bench(
            plan: { _ in .init(pictures: 3) },
            picture: { url, _ in
                url.hasSuffix("-2.jpg") ? nil : SamplePictures.gif(mark: url.hashValue)
            })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .expired && job.snapshot.imageURLs.count == 3)
        #expect(job.snapshot.pictures.map(\.index) == [1, 3])
        #expect(bench.service.state.downloads["https://cdn/1-2.jpg"] == 5)
    }

    @Test func theSamePictureIsKeptOnce() async throws {
        let bench = try Bench(picture: { _, _ in SamplePictures.gif() })
        let jobs = (1...5).map { bench.start("\($0)") }
        await bench.settle(jobs)
        #expect(Set(jobs.compactMap(\.snapshot.pictures.first?.path)).count == 1)
        #expect(bench.folder.files.count == 1)
    }

    @Test func aStoreThatCannotBeWrittenFailsTheJobWithTheReason() async throws {
        let bench = try Bench(store: "file/store")
        _ = try bench.folder.write([1], to: "file")
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .io && job.snapshot.imageURLs.count == 1)
        #expect(job.snapshot.error?.message.hasPrefix("cannot make the folder \(bench.folder.path)/file/") == true)
    }

    @Test func aFileUnderItsHashIsHealedAndTheTemporaryOneIsGone() throws {
        let folder = try TemporaryFolder()
        let store = PictureStore(root: folder.path + "/s")
        let bytes = SamplePictures.gif(width: 200, height: 100)
        func fetched() throws -> Picture {
            let place = try store.temporaryPath()
            try Data(bytes).write(to: URL(fileURLWithPath: place))
            let reading = PictureReading()
            // Nothing of an attempt that was begun anew counts.
            Array("GIF89a".utf8).withUnsafeBytes(reading.received)
            reading.began()
            bytes.withUnsafeBytes(reading.received)
            return try store.keep(place, reading, index: 1, url: "u")
        }
        let picture = try fetched()
        #expect(picture.width == 200 && picture.height == 100)
        try Data().write(to: URL(fileURLWithPath: picture.path))
        #expect(try fetched() == picture)
        #expect(try ContentHash.ofFile(picture.path).digits == picture.sha256)
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: picture.path))) == bytes)
        #expect(folder.files.count == 1)
    }

    @Test func hashesAreThoseOfTheStandard() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("abc".utf8), to: "abc")
        let hash = try ContentHash.ofFile(path).digits
        #expect(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let large = try folder.write([UInt8](repeating: 97, count: 1_000_000), to: "million")
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(try ContentHash.ofFile(large).digits == million)
    }
}

/// A line over which no file comes before it is opened.
private struct HeldLine: HTTPTransport {
    let service: FakeService
    let isOpen: @Sendable () -> Bool

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse { try await service.send(request) }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        while !isOpen() { await Task.yield() }
        return try await service.download(request, to: path)
    }
}

/// Breaks after each byte of a picture.
private struct BrokenLine: HTTPTransport {
    let service: FakeService
    let picture: [UInt8]
    let used: @Sendable () -> Void

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse { try await service.send(request) }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        throw FluxError(.network, "not asked for in tests")
    }

    func download(
        _ request: HTTPRequest, to path: String, resuming partial: PartialDownload
    ) async throws(FluxError) -> HTTPResponse {
        used()
        let rest = partial.take()
        let file = if let rest { rest.file } else { try PartialFile(for: path, isInPlace: partial.isInPlace) }
        if rest == nil { partial.observer?.began() }
        let count = Int(rest?.byteCount ?? 0)
        [picture[count]].withUnsafeBytes { byte in
            partial.observer?.received(byte)
            _ = write(file.descriptor, byte.baseAddress, 1)
        }
        guard count + 1 == picture.count else {
            partial.leave(PartialDownload.ResumePoint(file: file, byteCount: Int64(count + 1), validator: "\"a\""))
            throw FluxError(.network, "the line broke")
        }
        try file.keep(as: path)
        return HTTPResponse(status: 200, byteCount: Int64(picture.count))
    }
}
