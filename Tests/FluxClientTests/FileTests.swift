import FluxClient
import TestSupport
import Testing

struct FileTests {
    private let picture: [UInt8] = [0xFF, 0xD8, 0xFF] + (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    // MARK: Downloads

    @Test func writesThePictureWhole() async throws {
        let server = try ScriptedServer([.answer(200, headers: [("Content-Type", "image/jpeg")], body: picture)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let download = try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        #expect(download == Download(byteCount: Int64(picture.count), contentType: "image/jpeg"))
        #expect(folder.bytes("a.jpg") == picture)
        #expect(folder.contents == ["a.jpg"])
    }

    @Test func sendsNoKeyAlong() async throws {
        let server = try ScriptedServer([.answer(200, body: picture)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        _ = try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        #expect(server.requests.first?.header("X-API-Key") == nil)
        #expect(server.requests.first?.header("User-Agent") == "fluxlua/\(ServiceConfiguration.version)")
    }

    @Test func aCutDownloadLeavesNoFile() async throws {
        let folder = try TemporaryFolder()
        for reply in [Reply.cut(length: 1000, body: [1, 2, 3]), .cutChunks(body: [1, 2, 3]), .close] {
            let server = try ScriptedServer([reply])
            defer { server.stop() }
            let error = await fluxError { () throws(FluxError) in
                try await FluxClient(server, retries: 1).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
            }
            #expect(error?.kind == .network)
            #expect(server.requests.count == 2)
            #expect(folder.contents == [])
        }
    }

    @Test func aFailedDownloadLeavesTheOldFile() async throws {
        let server = try ScriptedServer([.cut(length: 1000, body: [1])])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try folder.write([9], to: "a.jpg")
        _ = await fluxError { () throws(FluxError) in
            try await FluxClient(server, retries: 0).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        }
        #expect(folder.bytes("a.jpg") == [9])
        #expect(folder.contents == ["a.jpg"])
    }

    @Test func aSecondAttemptStartsAfresh() async throws {
        let server = try ScriptedServer([
            .cut(length: picture.count, body: Array(picture.prefix(1000))), .answer(500, body: [1, 2]),
            .answer(200, body: picture),
        ])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        _ = try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        #expect(folder.bytes("a.jpg") == picture)
    }

    @Test(arguments: [404, 410])
    func saysThatThePictureIsGone(_ status: Int) async throws {
        let server = try ScriptedServer([.answer(status, body: bytes("<html>no</html>"))])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        }
        #expect(error?.kind == .expired)
        #expect(error?.status == status)
        #expect(server.requests.count == 1)
        #expect(folder.contents == [])
    }

    @Test(arguments: [401, 403]) func saysAtOnceThatAPictureIsDenied(_ status: Int) async throws {
        let server = try ScriptedServer([.answer(status)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        }
        #expect(error?.kind == .auth)
        #expect(error?.message == "access to the picture is denied (HTTP \(status)): \(server.url)/a.jpg")
        // It bears no key, so the key may be good.
        #expect(error?.hint == nil)
        #expect(server.requests.count == 1)
    }

    @Test func followsAFewRedirects() async throws {
        let other = try ScriptedServer([.answer(200, body: picture)])
        defer { other.stop() }
        let server = try ScriptedServer([.answer(302, headers: [("Location", "\(other.url)/b.jpg")], body: [7, 7])])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        _ = try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        #expect(folder.bytes("a.jpg") == picture)
        #expect(other.requests.map(\.path) == ["/b.jpg"])
        #expect(other.requests.first?.header("X-API-Key") == nil)
    }

    @Test func boundsRedirects() async throws {
        let server = try ScriptedServer([.answer(302, headers: [("Location", "/again")])])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        }
        #expect(error?.kind == .service)
        #expect(error?.message == "127.0.0.1 redirects more than 5 times")
        #expect(server.requests.count == 6)
        #expect(folder.contents == [])
    }

    @Test func followsNoRedirectOutOfHTTP() async throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "secret")
        let server = try ScriptedServer([.answer(302, headers: [("Location", "file://\(folder.file("secret"))")])])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
        }
        #expect(error?.kind == .service)
        #expect(folder.contents == ["secret"])
    }

    @Test func boundsTheSize() async throws {
        let server = try ScriptedServer([.answer(200, body: picture), .cutChunks(body: picture)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let client = FluxClient(server) { $0.maximumDownloadBytes = 100_000 }
        for _ in 0..<2 {
            let error = await fluxError { () throws(FluxError) in
                try await client.download("\(server.url)/a.jpg", to: folder.file("a.jpg"))
            }
            #expect(error?.kind == .service)
            #expect(error?.message == "the answer of 127.0.0.1 is longer than the limit of 100000 bytes")
        }
        #expect(folder.contents == [])
    }

    @Test func saysWhereItCannotWrite() async throws {
        let server = try ScriptedServer([.answer(200, body: picture)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let path = folder.file("missing/a.jpg")
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download("\(server.url)/a.jpg", to: path)
        }
        #expect(error == FluxError(.io, "cannot write \(path): No such file or directory"))
    }

    @Test(arguments: ["file:///etc/hostname", "a.jpg", "javascript:1", "", "http://", "http://x/\u{0}y"])
    func fetchesNothingButHTTP(_ url: String) async throws {
        let folder = try TemporaryFolder()
        let client = FluxClient(ServiceConfiguration(), transport: CurlTransport())
        let error = await fluxError { () throws(FluxError) in try await client.download(url, to: folder.file("a")) }
        // The service named it, and its job may be paid.
        #expect(error?.kind == .service)
        #expect(folder.contents == [])
    }

    // MARK: Uploads

    @Test func streamsAFileAsAForm() async throws {
        let server = try ScriptedServer([.json(201, #"{"id":"u","url":"https://x/u.jpg","kind":"image"}"#)])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try folder.write(picture, to: "my \"mug\".jpg")
        let upload = try await FluxClient(server).upload(file: folder.file("my \"mug\".jpg"))
        #expect(upload == Upload(id: "u", url: "https://x/u.jpg"))
        let request = try #require(server.requests.first)
        #expect(request.path == "/v2/uploads")
        #expect(request.header("Content-Type")?.hasPrefix("multipart/form-data; boundary=") == true)
        #expect(request.header("Expect") == nil)
        let head = String(decoding: request.body.prefix(300), as: UTF8.self)
        #expect(head.contains(#"Content-Disposition: form-data; name="file"; filename="my %22mug%22.jpg""#))
        #expect(head.contains("Content-Type: image/jpeg"))
        #expect(request.body.firstRange(of: picture) != nil)
    }

    @Test func refusesLocallyWhatTheServiceWould() async throws {
        let server = try ScriptedServer([.json(201, "{}")])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        try folder.write(bytes("hello"), to: "a.png")
        try folder.write([0x89, 0x50, 0x4E, 0x47] + [UInt8](repeating: 0, count: 25 << 20), to: "large.png")
        try folder.write([], to: "empty.png")
        let client = FluxClient(server)
        for (name, kind) in [
            ("a.png", FluxError.Kind.invalid), ("large.png", .invalid), ("empty.png", .invalid), ("missing.png", .io),
            ("", .io),
        ] {
            let error = await fluxError { () throws(FluxError) in try await client.upload(file: folder.file(name)) }
            #expect(error?.kind == kind)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func repeatsAnUploadOnlyWhenNothingWasDone() async throws {
        let folder = try TemporaryFolder()
        try folder.write(picture, to: "a.jpg")
        let busy = try ScriptedServer([.answer(429), .json(201, #"{"id":"u","url":"https://x/u.jpg"}"#)])
        defer { busy.stop() }
        _ = try await FluxClient(busy).upload(file: folder.file("a.jpg"))
        #expect(busy.requests.count == 2)
        #expect(busy.requests.allSatisfy { $0.body.firstRange(of: picture) != nil })
        let broken = try ScriptedServer([.answer(503)])
        defer { broken.stop() }
        _ = await fluxError { () throws(FluxError) in
            try await FluxClient(broken).upload(file: folder.file("a.jpg"))
        }
        #expect(broken.requests.count == 1)
    }
}
