import FluxClient
import FluxImaging
import TestSupport
import Testing

@testable import FluxSimulator
@testable import HTTPServer

@Suite struct PictureTests {
    /// A finished job's picture.
    private func finished(_ bench: Bench, _ body: JSONValue = Bench.fox) async throws -> String {
        let id = try await bench.accepted(body)
        bench.finishJobs()
        return try #require(try await bench.ended(id).imageURLs.first)
    }

    private func ask(
        _ bench: Bench, _ url: String, _ headers: String = "", method: String = "GET"
    ) throws -> Wire.Answer {
        let wire = try Wire(port: bench.port)
        let path = url.dropFirst(bench.simulator.baseURL.count)
        wire.write("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: t\r\n\(headers)\r\n")
        return try #require(wire.read(toHead: method == "HEAD"))
    }

    @Test func pictureComesWithoutAKeyAndWithItsType() async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let url = try await finished(bench)
        let answer = try await bench.bytes(url)
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "image/jpeg")
        #expect(answer.headers["Content-Length"] == String(answer.body.count))
        #expect(answer.headers["Accept-Ranges"] == "bytes")
        #expect(ImageFormat.detect(answer.body) == .jpg)
        let file = "\(scratch.path)/a.jpg"
        #expect(try await bench.client.download(url, to: file).byteCount == answer.body.count)
    }

    @Test func nothingIsThereBeforeTheEnd() async throws {
        let bench = try Bench()
        let id = try await bench.accepted()
        let url = "\(bench.simulator.baseURL)/cdn/\(id)-1.jpg"
        #expect(try await bench.bytes(url).status == 404)
        bench.finishJobs()
        #expect(try await bench.bytes(url).status == 200)
        for name in ["\(id)-2.jpg", "\(id)-0.jpg", "\(id)-1.png", "\(id).jpg", "\(id)", "x"] {
            #expect(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(name)").status == 404)
        }
    }

    @Test func picturesExpireAfterADay() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        let id = try await bench.accepted()
        bench.clock.advance(by: .seconds(10))
        let url = try #require(try await bench.client.job(id).imageURLs.first)
        bench.clock.advance(by: .seconds(24 * 3600 - 1))
        #expect(try await bench.client.job(id).isExpired == false)
        #expect(try await bench.bytes(url).status == 200)
        bench.clock.advance(by: .seconds(1))
        let job = try await bench.client.job(id)
        #expect(job.isExpired && job.status == .completed && job.imageURLs == [url])
        #expect(try await bench.bytes(url).status == 404)
    }

    @Test func urlsNameTheHostThatWasAsked() async throws {
        let bench = try Bench()
        let id = try await bench.accepted()
        bench.finishJobs()
        func url(_ host: String) async throws -> String? {
            let reply = try await bench.get(
                "/v2/jobs/\(id)", headers: Bench.usualHeaders + [(name: "Host", value: host)])
            return reply.json["result"]?["images"]?.arrayValue?.first?.stringValue
        }
        #expect(try await url("my-mac.local:8080") == "http://my-mac.local:8080/cdn/\(id)-1.jpg")
        #expect(try await url("a\"b") == "\(bench.simulator.baseURL)/cdn/\(id)-1.jpg")
    }

    @Test func headTellsWhatGetWould() async throws {
        let bench = try Bench()
        let url = try await finished(bench)
        let body = try await bench.bytes(url).body
        let head = try ask(bench, url, method: "HEAD")
        #expect(head.status == 200 && head["Content-Length"] == String(body.count))
        #expect(head["Content-Type"] == "image/jpeg")
    }

    @Test func rangesAreServed() async throws {
        let bench = try Bench()
        let url = try await finished(bench)
        let body = try await bench.bytes(url).body
        let count = body.count

        let part = try ask(bench, url, "Range: bytes=10-19\r\n")
        #expect(part.status == 206 && part.body == Array(body[10..<20]))
        #expect(part["Content-Range"] == "bytes 10-19/\(count)")
        let rest = try ask(bench, url, "Range: bytes=\(count - 5)-\r\n")
        #expect(rest.status == 206 && rest.body == Array(body.suffix(5)))
        let tail = try ask(bench, url, "Range: bytes=-7\r\n")
        #expect(tail.status == 206 && tail.body == Array(body.suffix(7)))
        let outside = try ask(bench, url, "Range: bytes=\(count)-\r\n")
        #expect(outside.status == 416 && outside["Content-Range"] == "bytes */\(count)")
        #expect(try ask(bench, url, "Range: bytes=0-1,4-5\r\n").body == body)
        #expect(try ask(bench, url, "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n").status == 200)
    }

    @Test func unchangedPicturesAreNotSentAgain() async throws {
        let bench = try Bench()
        let url = try await finished(bench)
        let tag = try #require(try await bench.bytes(url).headers["ETag"])
        #expect(try ask(bench, url, "If-None-Match: \(tag)\r\n").status == 304)
        #expect(try ask(bench, url, "If-None-Match: \"x\", W/\(tag)\r\n").status == 304)
        #expect(try ask(bench, url, "If-None-Match: \"x\"\r\n").status == 200)
        #expect(try ask(bench, url, "Range: bytes=0-1\r\nIf-Range: \(tag)\r\n").status == 206)
    }

    @Test func manyAskForOnePictureAtOnce() async throws {
        let bench = try Bench()
        let url = try await finished(bench)
        let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<40 { group.addTask { try await bench.bytes(url).body } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
    }

    // MARK: Pictures that are given

    private func edit(_ image: String, mask: String) -> JSONValue {
        [
            "model": "flux-fill-pro",
            "fluxFillParams": [
                "prompt": "a hat", "mode": "inpaint", "image": .string(image), "mask": .string(mask), "seed": 3,
                "output_format": "png",
            ],
        ]
    }

    @Test func ownUploadsAreRead() async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let source = try await bench.client.upload(file: try scratch.write(try picture(.jpg), "a.jpg")).url
        let mask = try await bench.client.upload(file: try scratch.write(try picture(.png), "m.png")).url
        let reply = try await bench.post("/v2/images/edit", edit(source, mask: mask))
        let id = try #require(reply.json["jobId"]?.stringValue)
        #expect(try await bench.client.job(id).status == .queued)
        bench.finishJobs()
        let job = try await bench.ended(id)
        #expect(job.status == .completed && job.creditCost == 9)
        let bytes = try await bench.bytes(try #require(job.imageURLs.first)).body
        #expect(try Raster(decoding: bytes).size == PixelSize(width: 48, height: 32))
    }

    @Test func ownResultsAreRead() async throws {
        let bench = try Bench()
        let url = try await finished(bench)
        let next = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "the same at night",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": .string(url)],
        ])
        bench.finishJobs()
        #expect(try await bench.ended(next).status == .completed)
    }

    @Test func dataURLsAreRead() async throws {
        let bench = try Bench()
        let id = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": [
                "width": 256, "height": 256, "image_prompt": .string("data:image/png;base64,\(try picture().base64)"),
            ],
        ])
        bench.finishJobs()
        #expect(try await bench.ended(id).status == .completed)
    }

    @Test func picturesElsewhereAreFetched() async throws {
        let bench = try Bench(foreign: Elsewhere(["http://example.org/a.png": try picture()]))
        func ended(_ url: String) async throws -> JobState {
            let id = try await bench.accepted([
                "model": "flux-2-pro", "prompt": "a fox",
                "fluxParams": ["width": 256, "height": 256, "input_images": [.string(url)]],
            ])
            bench.finishJobs()
            return try await bench.ended(id)
        }
        #expect(try await ended("http://example.org/a.png").status == .completed)
        let missing = try await ended("http://example.org/b.png")
        #expect(missing.status == .failed)
        #expect(missing.error == "could not fetch image 'input_images': http://example.org/b.png")
    }

    @Test func withoutATransportForeignPicturesFail() async throws {
        let bench = try Bench()
        let id = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": "http://example.org/a.png"],
        ])
        bench.finishJobs()
        let job = try await bench.ended(id)
        #expect(job.status == .failed)
        #expect(job.error == "could not fetch image 'image_prompt': http://example.org/a.png")
    }

    @Test func damagedPicturesFailTheJobAndGiveTheCreditsBack() async throws {
        let bench = try Bench(SimulatorConfiguration(credits: 100))
        let scratch = try Scratch()
        let broken = Array(try picture(.png).prefix(60))
        let url = try await bench.client.upload(file: try scratch.write(broken, "a.png")).url
        let id = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": .string(url)],
        ])
        #expect(try await bench.client.account().credits == 90)
        bench.finishJobs()
        let job = try await bench.ended(id)
        #expect(job.status == .failed && job.creditCost == nil)
        #expect(job.error?.contains("'image_prompt'") == true && job.error?.contains("PNG") == true)
        #expect(try await bench.client.account().credits == 100)
    }

    @Test func goneUploadsFailTheJob() async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let url = try await bench.client.upload(file: try scratch.write(try picture(), "a.png")).url
        bench.clock.advance(by: .seconds(2 * 3600))
        let id = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": .string(url)],
        ])
        bench.finishJobs()
        #expect(try await bench.ended(id).error == "could not fetch image 'image_prompt': \(url)")
    }
}

/// Pictures of other hosts, without a network.
private struct Elsewhere: HTTPTransport {
    let pictures: [String: [UInt8]]

    init(_ pictures: [String: [UInt8]]) { self.pictures = pictures }

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        guard let bytes = pictures[request.url] else { return HTTPResponse(status: 404) }
        return HTTPResponse(status: 200, body: bytes)
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        throw FluxError(.io, "not here")
    }
}
