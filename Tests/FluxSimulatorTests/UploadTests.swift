import FluxClient
import FluxImaging
import Testing

@testable import FluxSimulator

@Suite struct UploadTests {
    private static func multipart(
        _ bytes: [UInt8], name: String = "file", boundary: String = "xYz"
    ) -> (body: [UInt8], headers: [(name: String, value: String)]) {
        let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"a.png\"\r\n\r\n"
        let headers =
            Bench.usualHeaders.filter { $0.name != "Content-Type" }
            + [(name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")]
        return (Array(head.utf8) + bytes + Array("\r\n--\(boundary)--\r\n".utf8), headers)
    }

    @Test func uploadTellsWhereTheFileIs() async throws {
        let bench = try Bench()
        let bytes = try picture(.png)
        let form = Self.multipart(bytes)
        let reply = try await bench.post("/v2/uploads", form.body, headers: form.headers)
        #expect(reply.status == 201)
        #expect(reply.keys == ["id", "url", "kind", "contentType", "byteSize", "expiresAt"])
        #expect(reply.json["id"]?.stringValue?.isUUID == true)
        #expect(reply.json["kind"] == "image")
        #expect(reply.json["contentType"] == "image/png")
        #expect(reply.json["byteSize"] == .integer(Int64(bytes.count)))
        #expect(reply.json["expiresAt"] == "2026-03-15T11:30:00.000Z")
    }

    @Test(arguments: [(ImageFormat.png, "image/png"), (.jpg, "image/jpeg"), (.webp, "image/webp")])
    func clientsFileComesBackByteForByte(format: ImageFormat, type: String) async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let bytes = try picture(format)
        // The name lies about the type; the bytes count.
        let upload = try await bench.client.upload(file: try scratch.write(bytes, "a.gif"))
        #expect(upload.contentType == type)
        let answer = try await bench.bytes(upload.url)
        #expect(answer.status == 200 && answer.body == bytes && answer.headers["Content-Type"] == type)
    }

    @Test func gifIsTaken() async throws {
        let bench = try Bench()
        let form = Self.multipart(Array("GIF89a and so on".utf8))
        let reply = try await bench.post("/v2/uploads", form.body, headers: form.headers)
        #expect(reply.status == 201 && reply.json["contentType"] == "image/gif")
    }

    @Test func sameFileTwiceGivesTwoURLs() async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let file = try scratch.write(try picture(), "a.png")
        #expect(try await bench.client.upload(file: file).url != bench.client.upload(file: file).url)
    }

    @Test func filesExpire() async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let upload = try await bench.client.upload(file: try scratch.write(try picture(), "a.png"))
        bench.clock.advance(by: .seconds(90 * 60 - 1))
        #expect(try await bench.bytes(upload.url).status == 200)
        bench.clock.advance(by: .seconds(1))
        #expect(try await bench.bytes(upload.url).status == 404)
    }

    @Test func otherFilesAreRefused() async throws {
        let bench = try Bench()
        for bytes in [Array("%PDF-1.7".utf8), [], Array("<svg/>".utf8), [0x89]] {
            let form = Self.multipart(bytes)
            let reply = try await bench.post("/v2/uploads", form.body, headers: form.headers)
            #expect(reply.status == 400 && reply.json["details"]?["file"] != nil)
        }
    }

    @Test func formsWithoutTheFieldAreRefused() async throws {
        let bench = try Bench()
        let form = Self.multipart(try picture(), name: "image")
        let reply = try await bench.post("/v2/uploads", form.body, headers: form.headers)
        #expect(reply.status == 400 && reply.json["details"]?["file"] == ["Required"])
        #expect(try await bench.post("/v2/uploads", try picture()).status == 400)
    }

    @Test func filesOfTwentyFiveMegabytesAreTheLargest() async throws {
        let bench = try Bench()
        let head = try picture(.png)
        func status(_ count: Int) async throws -> Int {
            let form = Self.multipart(head + [UInt8](repeating: 0, count: count - head.count))
            return try await bench.post("/v2/uploads", form.body, headers: form.headers).status
        }
        #expect(try await status(25 << 20) == 201)
        #expect(try await status(25 << 20 + 1) == 400)
        #expect(try await status(26 << 20) == 413)
    }
}
