import FluxClient
import TestSupport
import Testing

@testable import struct FluxClient.JobPage

/// What real services and proxies write, and what must not hide a job that is paid.
struct TolerantReadingTests {
    private func answer(_ members: String) -> [UInt8] {
        bytes(#"{"id":"\#(jobID)","status":"COMPLETED","result":{"images":["https://x/1.jpg"]}\#(members)}"#)
    }

    private func job(_ body: [UInt8]) async throws -> JobState {
        let server = try ScriptedServer([.answer(200, body: body)])
        defer { server.stop() }
        return try await FluxClient(server).job(jobID)
    }

    // MARK: Details

    @Test(arguments: [
        #","creditCost":1e999"#, #","creditCost":-1e999"#, #","creditCost":NaN"#, #","progress":Infinity"#,
        #","progress":-Infinity"#, #","progress":"many""#, #","creditCost":[10]"#,
        ",\"error\":\"two\nlines\tand a tab\"",
        #","createdAt":1e400,"completedAt":{}"#, #","model":7"#, #","expired":"no""#, #","webhookStatus":{"a":1}"#,
    ])
    func aDetailThatNobodyNeedsHidesNoJob(_ members: String) async throws {
        let state = try await job(answer(members))
        #expect(state.status == .completed && state.imageURLs == ["https://x/1.jpg"])
    }

    @Test func textThatIsNoUTF8HidesNoJob() async throws {
        let broken =
            bytes(#"{"model":"flux"#) + [0xFF, 0xC3] + bytes(#"","error":"a\n"#) + [0xE2, 0x82] + bytes("\",")
        let state = try await job(broken + answer("").dropFirst())
        #expect(state.model == "flux\u{FFFD}\u{FFFD}" && state.error == "a\n\u{FFFD}")
        #expect(state.imageURLs == ["https://x/1.jpg"])
        #expect(try await job([0xEF, 0xBB, 0xBF] + answer("")).imageURLs.count == 1)
    }

    @Test func scriptsReadJSONAsStrictlyAsBefore() {
        for text in ["1e999", "NaN", "-Infinity", "\"a\nb\"", "\u{FEFF}1"] {
            #expect(throws: JSONValue.ParsingError.self) { try JSONValue(parsing: text.utf8) }
        }
        #expect(throws: JSONValue.ParsingError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test(arguments: ["{", "[1,]", #"{"a":tru}"#, "-", "Nan", "Inf", "{} x", "\"a", #""\q""#, ""])
    func whatIsNoJSONStaysNone(_ text: String) {
        #expect(throws: JSONValue.ParsingError.self) { try JSONValue(reading: text.utf8) }
    }

    @Test func anAnswerWithoutAnIDIsAboutTheJobThatWasAskedFor() async throws {
        #expect(try await job(bytes(#"{"status":"PROCESSING"}"#)).id == jobID)
    }

    // MARK: States

    @Test(arguments: [
        (#""THINKING""#, "", JobStatus.processing), ("null", "", .processing), ("7", "", .processing),
        (#""SUCCEEDED""#, #","completedAt":"2026-03-15T10:00:32Z","result":["https://x/1"]"#, .completed),
        (#""BROKEN""#, #","completedAt":"2026-03-15T10:00:32Z","error":"no luck""#, .failed),
        (#""DONE""#, #","completedAt":"2026-03-15T10:00:32Z""#, .processing),
        (#""DRAFT""#, #","result":["https://x/preview"]"#, .processing),
    ])
    func aStatusThatNobodyKnowsIsReadFromTheRest(_ word: String, _ members: String, _ status: JobStatus) throws {
        let state = try JobState(try json(#"{"id":"j","status":\#(word)\#(members)}"#))
        #expect(state.status == status)
        #expect(state.unknownStatus == (word.hasPrefix("\"") ? String(word.dropFirst().dropLast()) : ""))
        #expect(state.imageURLs == (status == .completed ? ["https://x/1"] : []))
    }

    @Test func whatCannotBeReadComesWithTheError() async throws {
        for body in ["<html>later</html>", #"[{"jobs":1}]"#, #"{"jobs":7,"note":"a"}"#] {
            let server = try ScriptedServer([.answer(200, headers: [("X-Request-Id", "r1")], body: bytes(body))])
            defer { server.stop() }
            let error = await fluxError { () throws(FluxError) in try await FluxClient(server).jobs() }
            #expect(error?.kind == .service && error?.answer == body && error?.requestID == "r1")
        }
    }

    // MARK: Addresses

    @Test(arguments: [
        ("https://x/한 국/img.jpg?a=b c", "https://x/%ED%95%9C%20%EA%B5%AD/img.jpg?a=b%20c"),
        ("https://x/a%20b/100%/é.png", "https://x/a%20b/100%25/%C3%A9.png"),
        ("https://x/<a>|\"b\".png", "https://x/%3Ca%3E%7C%22b%22.png"),
        (" https://x/1.jpg\n", "https://x/1.jpg"), ("HTTPS://X/1", "HTTPS://X/1"),
        ("/f/1.jpg", "https://api.example/f/1.jpg"), ("1.jpg?x=1", "https://api.example/base/v2/jobs/1.jpg?x=1"),
        ("../files/a b.webp", "https://api.example/base/v2/files/a%20b.webp"),
        ("./1", "https://api.example/base/v2/jobs/1"), ("//cdn.example/1.png", "https://cdn.example/1.png"),
        ("https://x/1#part of it", "https://x/1#part%20of%20it"),
    ])
    func addressesAreMadeFitToBeAskedFor(_ written: String, _ address: String) throws {
        let result: JSONValue = ["id": "j", "status": "COMPLETED", "result": ["images": [.string(written)]]]
        let state = try JobState(result, at: "https://api.example/base/v2/jobs/j")
        #expect(state.imageURLs == [address])
    }

    @Test(arguments: [
        "soon", "see the mail", "s3://bucket/1.jpg", "file:///etc/passwd", "ftp://x/1.jpg", "", "https://", "images/",
        "http:///1.jpg",
    ])
    func whatIsNoAddressIsKeptAsItCame(_ written: String) throws {
        let result: JSONValue = ["id": "j", "status": "COMPLETED", "result": .string(written)]
        let state = try JobState(result, at: "https://api.example/v2/jobs/j")
        #expect(state.imageURLs.isEmpty && state.unreadableResult == JSONValue.string(written).encodedString)
    }

    @Test func theServerIsAskedForWhatItNamed() async throws {
        let server = try ScriptedServer { request, _ in
            request.path.hasPrefix("/v2/")
                ? .json(200, #"{"id":"\#(jobID)","status":"COMPLETED","result":"/한 국/img.jpg?a=b c"}"#)
                : .answer(200, body: [1, 2, 3])
        }
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let client = FluxClient(server)
        let url = try #require(try await client.job(jobID).imageURLs.first)
        _ = try await client.download(url, to: folder.file("a"))
        #expect(server.requests.last?.path == "/%ED%95%9C%20%EA%B5%AD/img.jpg?a=b%20c")
        #expect(folder.bytes("a") == [1, 2, 3])
    }

    @Test(arguments: ["", "/", "/apiframe", "/apiframe/", "/v2", "/apiframe/v2/"])
    func aBaseURLMayHaveAPath(_ path: String) async throws {
        let server = try ScriptedServer([.json(200, #"{"id":"\#(jobID)","status":"QUEUED"}"#)])
        defer { server.stop() }
        _ = try await FluxClient(server) { $0.baseURL += path }.job(jobID)
        let prefix = path.hasPrefix("/apiframe") ? "/apiframe" : ""
        #expect(server.requests.map(\.path) == ["\(prefix)/v2/jobs/\(jobID)"])
    }

    // MARK: Pictures in the answer

    @Test(arguments: [
        ("data:image/png;base64,AQID+/8=", [1, 2, 3, 0xFB, 0xFF] as [UInt8]), ("data:;base64,AQID", [1, 2, 3]),
        ("DATA:image/png;charset=x;BASE64,AQ ID\n-_8", [1, 2, 3, 0xFB, 0xFF]), ("data:image/png;base64,AQ%3D%3D", [1]),
        ("data:,a%20b%%+1", Array("a b%%+1".utf8)), ("data:image/gif,GIF", Array("GIF".utf8)),
    ])
    func aPictureInTheAnswerIsDecoded(_ address: String, _ content: [UInt8]) async throws {
        let result: JSONValue = ["id": "j", "status": "COMPLETED", "result": ["images": [.string(address)]]]
        #expect(try JobState(result).imageURLs == [address])
        let server = try ScriptedServer([.close])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let download = try await FluxClient(server).download(address, to: folder.file("a"))
        #expect(folder.bytes("a") == content && download.byteCount == content.count)
        #expect(folder.contents == ["a"] && server.requests.isEmpty)
    }

    @Test(arguments: [
        "data:image/png;base64,AQID!", "data:image/png;base64", "data:,1234567", "data:;base64,AQIDBAUGBw==",
    ])
    func aPictureInTheAnswerHasTheLimitsOfADownload(_ address: String) async throws {
        let server = try ScriptedServer([.close])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let client = FluxClient(server) { $0.maximumDownloadBytes = 6 }
        let error = await fluxError { () throws(FluxError) in try await client.download(address, to: folder.file("a")) }
        #expect(error?.kind == .service && folder.contents == [])
    }
}
