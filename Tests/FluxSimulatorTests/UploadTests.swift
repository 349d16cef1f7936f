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
        #expect(try await status(25 << 20 + 1) == 413)
        #expect(try await status(26 << 20) == 413)
    }

    @Test func fieldsNamesMayBeWrittenInAnyWay() async throws {
        let bench = try Bench()
        let image = try picture()
        for disposition in [
            "form-data; name=file", "form-data;name=\"file\"", "FORM-DATA; filename=\"a;b.png\" ; Name = file ",
            "form-data; filename=\"a\\\"; name=other.png\"; name=\"fi\\le\"",
        ] {
            let head = "--b\r\nContent-Type: image/png\r\ncontent-disposition: \(disposition)\r\n\r\n"
            let body = Array("preamble\r\n\(head)".utf8) + image + Array("\r\n--b--\r\nepilogue".utf8)
            let headers = Self.headers("multipart/form-data; boundary=\"b\"")
            let reply = try await bench.post("/v2/uploads", body, headers: headers)
            #expect(reply.status == 201, "\(disposition)")
        }
    }

    @Test func otherFieldsAreNobodysBusiness() async throws {
        let bench = try Bench()
        let image = try picture()
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--b\r\n".utf8)
            + Array("Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".utf8) + image
            + Array("\r\n--b--\r\n".utf8)
        let reply = try await bench.post("/v2/uploads", body, headers: Self.headers("multipart/form-data; boundary=b"))
        #expect(reply.status == 201)
        #expect(reply.json["byteSize"] == .integer(Int64(image.count)))
    }

    @Test func severalFilesAtOnceAreRefused() async throws {
        let bench = try Bench()
        let part = Array("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8) + (try picture())
        let body = part + Array("\r\n".utf8) + part + Array("\r\n--b--\r\n".utf8)
        let reply = try await bench.post("/v2/uploads", body, headers: Self.headers("multipart/form-data; boundary=b"))
        #expect(reply.status == 400 && reply.json["details"]?["file"] == ["Only one file at a time"])
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other",
        "multipart/mixed; boundary=b", "application/x-www-form-urlencoded", "image/png", ";;=",
    ])
    func bodiesThatAreNoFormOfThatBoundaryAreRefused(type: String) async throws {
        let bench = try Bench()
        let form = Self.multipart(try picture(), boundary: "b")
        let reply = try await bench.post("/v2/uploads", form.body, headers: Self.headers(type))
        #expect(reply.status == 400 && reply.keys == ["error"])
        #expect(reply.json["error"] == "Expected multipart/form-data")
    }

    @Test func formsThatBreakOffAreRefused() async throws {
        let bench = try Bench()
        let form = Self.multipart(try picture(), boundary: "b")
        for count in stride(from: 0, to: form.body.count - 5, by: 7) {
            let reply = try await bench.post("/v2/uploads", Array(form.body.prefix(count)), headers: form.headers)
            #expect(reply.status == 400, "\(count) bytes of \(form.body.count)")
        }
    }

    private static func headers(_ contentType: String) -> [(name: String, value: String)] {
        Bench.usualHeaders.filter { $0.name != "Content-Type" } + [(name: "Content-Type", value: contentType)]
    }
}
