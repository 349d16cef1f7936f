import FluxClient
import Synchronization
import TestSupport
import Testing

/// What an observer has seen of a file, whatever its connections did.
private final class Seen: DownloadObserver {
    let bytes = Mutex<[UInt8]>([])

    func began() { bytes.withLock { $0 = [] } }

    func received(_ piece: UnsafeRawBufferPointer) {
        let piece = Array(piece)
        bytes.withLock { $0 += piece }
    }
}

/// Downloads that break off go on where they were.
struct ResumeTests {
    private let picture: [UInt8] = [0xFF, 0xD8, 0xFF] + (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    private let tag = ("ETag", "\"v1\"")

    private func cut(at count: Int, headers: [(String, String)]) -> Reply {
        .cut(length: picture.count, headers: headers, body: Array(picture.prefix(count)))
    }

    private func rest(from start: Int, headers: [(String, String)]) -> Reply {
        let range = ("Content-Range", "bytes \(start)-\(picture.count - 1)/\(picture.count)")
        return .answer(206, headers: headers + [range], body: Array(picture.dropFirst(start)))
    }

    private func fetch(
        _ replies: [Reply], isInPlace: Bool = false, configure: (inout ServiceConfiguration) -> Void = { _ in }
    ) async throws -> (bytes: [UInt8]?, ranges: [String?], conditions: [String?], error: FluxError?) {
        let server = try ScriptedServer(replies)
        defer { server.stop() }
        let folder = try TemporaryFolder()
        var failure: FluxError?
        do throws(FluxError) {
            let client = FluxClient(server, configure: configure)
            let seen = Seen()
            let download = try await client.download(
                "\(server.url)/a.jpg", to: folder.file("a.jpg"), isInPlace: isInPlace, observer: seen)
            #expect(download.byteCount == Int64(folder.bytes("a.jpg")?.count ?? -1))
            #expect(seen.bytes.withLock { $0 } == folder.bytes("a.jpg"))
        } catch {
            failure = error
        }
        #expect(folder.contents == (failure == nil ? ["a.jpg"] : []))
        return (
            folder.bytes("a.jpg"), server.requests.map { $0.header("Range") },
            server.requests.map { $0.header("If-Range") }, failure
        )
    }

    @Test(arguments: [false, true]) func whatIsMissingIsAskedFor(isInPlace: Bool) async throws {
        let replies: [Reply] = [
            cut(at: 1000, headers: [tag]), .answer(503, headers: [("ETag", "\"of the error page\"")], body: [1, 2]),
            .cut(
                length: picture.count - 1000, status: 206,
                headers: [tag, ("Content-Range", "bytes 1000-\(picture.count - 1)/\(picture.count)")],
                body: Array(picture[1000..<250_000])),
            rest(from: 250_000, headers: [tag]),
        ]
        let result = try await fetch(replies, isInPlace: isInPlace)
        #expect(result.bytes == picture)
        #expect(result.ranges == [nil, "bytes=1000-", "bytes=1000-", "bytes=250000-"])
        #expect(result.conditions == [nil, tag.1, tag.1, tag.1])
    }

    @Test func aDateWillDoWhereThereIsNoTag() async throws {
        let date = ("Last-Modified", "Sun, 15 Mar 2026 10:00:00 GMT")
        let result = try await fetch([cut(at: 7, headers: [date]), rest(from: 7, headers: [])])
        #expect(result.bytes == picture && result.conditions == [nil, date.1])
    }

    @Test func aFileThatIsAnotherOneByNowComesWhole() async throws {
        let other = Array(picture.reversed().prefix(500))
        let result = try await fetch([cut(at: 1000, headers: [tag]), .answer(200, headers: [], body: other)])
        #expect(result.bytes == other && result.ranges == [nil, "bytes=1000-"])
        let empty = try await fetch([cut(at: 1000, headers: [tag]), .answer(200)])
        #expect(empty.bytes == [])
    }

    @Test(arguments: [false, true]) func aRangeThatTheServerDoesNotHaveIsForgotten(isInPlace: Bool) async throws {
        let replies: [Reply] = [cut(at: 1000, headers: [tag]), .answer(416), .answer(200, body: picture)]
        let result = try await fetch(replies, isInPlace: isInPlace)
        #expect(result.bytes == picture && result.ranges == [nil, "bytes=1000-", nil])
    }

    @Test func anotherPartThanTheOneThatWasAskedForIsNotTaken() async throws {
        let result = try await fetch([
            cut(at: 1000, headers: [tag]), rest(from: 999, headers: [tag]), .answer(200, body: picture),
        ])
        #expect(result.bytes == picture && result.ranges == [nil, "bytes=1000-", nil])
    }

    @Test(arguments: [[], [("ETag", "W/\"weak\"")], [("ETag", "\"v1\""), ("Accept-Ranges", "none")]])
    func aFileThatCannotBeToldApartIsFetchedAnew(_ headers: [(String, String)]) async throws {
        let result = try await fetch([cut(at: 1000, headers: headers), .answer(200, body: picture)])
        #expect(result.bytes == picture && result.ranges == [nil, nil])
    }

    @Test(arguments: [false, true]) func theLimitCountsTheWholeFile(isInPlace: Bool) async throws {
        let beginning = Reply.cut(length: 180_000, headers: [tag], body: Array(picture.prefix(150_000)))
        let replies = [beginning, rest(from: 150_000, headers: [tag])]
        let result = try await fetch(replies, isInPlace: isInPlace) {
            $0.maximumDownloadBytes = 200_000
        }
        #expect(result.ranges.count == 2)
        #expect(result.error?.kind == .service && result.bytes == nil)
    }

    @Test func silenceEndsAnExchangeAndItsConnection() async throws {
        let server = try ScriptedServer([.stall(length: 1000, body: [1]), .answer(200, body: [1, 2])])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let client = FluxClient(server, retries: 1) { $0.transferTimeouts.silence = .milliseconds(1) }
        let download = try await client.download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        #expect(download.byteCount == 2)
        await server.abandoned(1)
    }
}
