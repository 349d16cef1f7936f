import FluxClient
import FluxImaging
import Testing

@testable import FluxSimulator

/// The calls beside generate and edit over the wire: upscaling, background removal, LoRAs (contract §10).
@Suite(.timeLimit(.minutes(1))) struct ImageCallTests {
    /// The URL of a red square on grey, 64 × 48.
    private func square(_ bench: Bench) async throws -> String {
        var pixels: [UInt8] = []
        for y in 0..<48 {
            for x in 0..<64 {
                let isInside = (20..<44).contains(x) && (12..<36).contains(y)
                pixels += isInside ? [200, 20, 20, 255] : [220, 220, 220, 255]
            }
        }
        let bytes = try Raster(width: 64, height: 48, pixels: pixels).encoded(as: .png)
        let scratch = try Scratch()
        return try await bench.client.upload(file: scratch.write(bytes, "square.png")).url
    }

    private func made(
        _ bench: Bench, _ path: String, _ model: String, _ parameters: [String: JSONValue]
    ) async throws -> (job: JobState, bytes: [UInt8]) {
        let key = try #require(Catalogue.flux[model]?.parametersKey)
        let reply = try await bench.post(path, ["model": .string(model), key: .object(parameters)])
        #expect(reply.status == 202)
        let id = try #require(reply.json["jobId"]?.stringValue)
        bench.finishJobs()
        let job = try await bench.ended(id)
        #expect(job.status == .completed, "\(job.error ?? "")")
        return (job, try await bench.bytes(try #require(job.imageURLs.first)).body)
    }

    @Test(arguments: [("topaz-image-upscale", "upscale_factor", 4), ("clarity-upscale", "scale_factor", 8)])
    func upscaledPictureIsLargerByTheFactor(_ model: String, _ parameter: String, _ factor: Int) async throws {
        let bench = try Bench()
        let (_, bytes) = try await made(
            bench, "/v2/images/upscale", model,
            ["image": .string(try await square(bench)), parameter: .integer(Int64(factor)), "output_format": "png"])
        let raster = try Raster(decoding: bytes)
        #expect(raster.size == PixelSize(width: 64 * factor, height: 48 * factor))
        #expect(raster[32 * factor, 24 * factor] == SIMD4(200, 20, 20, 255))
        #expect(raster[2, 2] == SIMD4(220, 220, 220, 255))
    }

    @Test func removedBackgroundIsTransparentAndTheSubjectStays() async throws {
        let bench = try Bench()
        let (job, bytes) = try await made(
            bench, "/v2/images/background-remove", "bria-bg-remove", ["image": .string(try await square(bench))])
        #expect(job.imageURLs.first?.hasSuffix(".png") == true)
        let raster = try Raster(decoding: bytes)
        #expect(raster.size == PixelSize(width: 64, height: 48))
        #expect(raster[32, 24] == SIMD4(200, 20, 20, 255))
        #expect(raster[2, 2]?.w == 0)
        #expect(raster[62, 46]?.w == 0)
    }

    @Test(
        arguments: [
            ("white", SIMD4(255, 255, 255, 255), SIMD4(200, 20, 20, 255)),
            ("green", SIMD4(0, 177, 64, 255), SIMD4(200, 20, 20, 255)),
            ("map", SIMD4(0, 0, 0, 255), SIMD4(repeating: 255)),
        ] as [(String, SIMD4<UInt8>, SIMD4<UInt8>)])
    func somethingElseStandsInTheBackgroundsPlace(
        _ kind: String, _ background: SIMD4<UInt8>, _ subject: SIMD4<UInt8>
    ) async throws {
        let bench = try Bench()
        let (_, bytes) = try await made(
            bench, "/v2/images/background-remove", "851-bg-remove",
            ["image": .string(try await square(bench)), "background_type": .string(kind)])
        let raster = try Raster(decoding: bytes)
        #expect(raster[2, 2] == background)
        #expect(raster[32, 24] == subject)
    }

    // MARK: Prices

    @Test func topazCostsByOutputAndIsRefusedBeforeCreditsAreTaken() async throws {
        let bench = try Bench()
        let url = try await square(bench)
        let before = try await bench.client.account().credits
        func ask(_ image: String, _ factor: JSONValue) async throws -> Bench.Reply {
            try await bench.post(
                "/v2/images/upscale",
                [
                    "model": "topaz-image-upscale",
                    "topazUpscaleParams": ["image": .string(image), "upscale_factor": factor],
                ])
        }
        let gone = try await ask("\(bench.simulator.baseURL)/cdn/uploads/none.png", 2)
        #expect(gone.status == 400)
        #expect(gone.json["details"]?["topazUpscaleParams.image"] != nil)
        let scratch = try Scratch()
        let large = try await bench.client.upload(file: scratch.write(picture(width: 1400, height: 1000), "a.png")).url
        let tooLarge = try await ask(large, 6)
        #expect(tooLarge.status == 400)
        #expect(tooLarge.json["details"]?["topazUpscaleParams.upscale_factor"] != nil)
        #expect(try await bench.client.account().credits == before)

        #expect(try await ask(url, 2).status == 202)
        #expect(try await bench.client.account().credits == before.map { $0 - 5 })
        let listing = try await bench.client.models().first { $0.id == "topaz-image-upscale" }
        #expect(listing?.credits == 5...10)
        #expect(UpscalePrice.credits(of: PixelSize(width: 6_000, height: 4_001)) == 10)
    }

    @Test func replayedUpscaleIsTheSameJobThoughItsPictureIsGone() async throws {
        let bench = try Bench()
        let request = bench.request("", model: "topaz-image-upscale", ["image": .string(try await square(bench))])
        let first = try await bench.client.submit(request, idempotencyKey: "k")
        bench.clock.advance(by: .seconds(3 * 3600))
        #expect(try await bench.client.submit(request, idempotencyKey: "k").jobID == first.jobID)
    }

    @Test(
        arguments: [
            (
                "/v2/images/upscale", "topaz-image-upscale", "topazUpscaleParams",
                ["prompt": "x", "image": "https://a/b"]
            ),
            ("/v2/images/upscale", "topaz-image-upscale", "topazUpscaleParams", ["upscale_factor": 2]),
            ("/v2/images/upscale", "bria-bg-remove", "briaBgRemoveParams", ["image": "https://a/b"]),
            ("/v2/images/generate", "topaz-image-upscale", "topazUpscaleParams", ["image": "https://a/b"]),
            ("/v2/images/background-remove", "851-bg-remove", "lab851BgRemoveParams", ["image": "no url"]),
            (
                "/v2/images/background-remove", "851-bg-remove", "lab851BgRemoveParams",
                ["image": "https://a/b", "seed": 1]
            ),
        ] as [(String, String, String, JSONValue)])
    func wrongRequestIsRefused(_ path: String, _ model: String, _ key: String, _ parameters: JSONValue) async throws {
        let bench = try Bench()
        #expect(try await bench.post(path, ["model": .string(model), key: parameters]).status == 400)
    }

    // MARK: LoRAs

    @Test func listOfLorasPagesByCursor() async throws {
        let bench = try Bench()
        let first = try await bench.get("/v2/loras?limit=2").json
        #expect(first["items"]?.arrayValue?.count == 2)
        let cursor = try #require(first["nextCursor"]?.stringValue)
        let second = try await bench.get("/v2/loras?limit=2&cursor=\(cursor)").json
        #expect(second["items"]?.arrayValue?.count == 1)
        #expect(second["nextCursor"] == .null)
        #expect(try await bench.client.loras().count == 3)
        #expect(try await bench.client.loras(includingArchived: true).count == 4)
        #expect(try await bench.get("/v2/loras?cursor=x").status == 400)
        #expect(try await bench.get("/v2/loras?limit=0").status == 400)
        #expect(try await bench.get("/v2/loras?includeArchived=maybe").status == 400)
        #expect(try await bench.get("/v2/loras/nonsense").status == 400)
        #expect(try await bench.get("/v2/loras", headers: [("User-Agent", "tests/1")]).status == 401)
    }

    @Test func unreadyLoraIsRefused() async throws {
        let bench = try Bench()
        let training = try #require(TrainedStyle.all.first { !$0.isReady })
        let reply = try await bench.generate([
            "model": "flux-lora", "prompt": "a fox", "fluxLoraParams": ["loraId": .string(training.id)],
        ])
        #expect(reply.status == 400)
        #expect(reply.json["details"]?["fluxLoraParams.loraId"] != nil)
    }
}
