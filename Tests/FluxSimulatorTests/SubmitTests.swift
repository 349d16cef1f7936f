import FluxClient
import Testing

@testable import FluxSimulator

@Suite struct SubmitTests {
    @Test func acceptedSubmitTellsJobAndStatus() async throws {
        let bench = try Bench()
        let reply = try await bench.generate()
        #expect(reply.status == 202)
        #expect(reply.keys == ["jobId", "status"])
        #expect(reply.json["status"] == "QUEUED")
        #expect(reply.json["jobId"]?.stringValue?.isUUID == true)
        #expect(reply.response.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(reply.response.headers["X-Request-Id"] != nil)
        #expect(reply.response.headers["Date"] != nil)
    }

    @Test func unknownKeysAreRefusedAtBothLevels() async throws {
        let bench = try Bench()
        let reply = try await bench.generate([
            "model": "flux-2-pro", "prompt": "a fox", "sede": 1, "fluxParams": ["resolutoin": "2MP"],
        ])
        #expect(reply.status == 400)
        #expect(reply.json["error"] == "Validation failed")
        let details = try #require(reply.json["details"]?.objectValue)
        #expect(Set(details.keys) == ["sede", "fluxParams.resolutoin"])
        #expect(details["sede"]?.arrayValue?.count == 1)
        #expect(bench.simulator.summary().jobs == 0)
    }

    @Test(arguments: [
        (#"{"prompt":"a fox"}"#, "model"),
        (#"{"model":7,"prompt":"a fox"}"#, "model"),
        (#"{"model":"flux-9","prompt":"a fox"}"#, "model"),
        (#"{"model":"flux-fill-pro","prompt":"a fox"}"#, "model"),
        (#"{"model":"flux-2-pro"}"#, "prompt"),
        (#"{"model":"flux-2-pro","prompt":""}"#, "prompt"),
        (#"{"model":"flux-2-pro","prompt":["a fox"]}"#, "prompt"),
        (#"{"model":"flux-2-pro","prompt":"a fox","fluxParams":[]}"#, "fluxParams"),
        (#"{"model":"flux-2-pro","prompt":"a fox","fluxParams":{"seed":"x"}}"#, "fluxParams.seed"),
        (#"{"model":"flux-2-pro","prompt":"a fox","fluxParams":{"prompt":"x"}}"#, "fluxParams.prompt"),
        (#"{"model":"flux-2-pro","prompt":"a fox","fluxParams":{"image_prompt":"a.png"}}"#, "fluxParams.image_prompt"),
        (
            #"{"model":"flux-2-pro","prompt":"a fox","fluxParams":{"input_images":["http://a/b.png","b.png"]}}"#,
            "fluxParams.input_images.1"
        ),
        (#"{"model":"flux-2-pro","prompt":"a fox","webhookUrl":"ftp://a"}"#, "webhookUrl"),
        (#"{"model":"flux-2-pro","prompt":"a fox","webhookUrl":"http://a","webhookEvents":[]}"#, "webhookEvents"),
        (#"{"model":"flux-2-pro","prompt":"a fox","webhookUrl":"http://a","webhookEvents":["x"]}"#, "webhookEvents"),
        (#"{"model":"flux-2-pro","prompt":"a fox","webhook_url":1}"#, "webhook_url"),
        (#"[1]"#, ""),
    ])
    func wrongBodiesAreRefusedWithTheirPath(body: String, path: String) async throws {
        let bench = try Bench()
        let reply = try await bench.post("/v2/images/generate", Array(body.utf8))
        #expect(reply.status == 400)
        #expect(reply.json["details"]?.objectValue?.keys.sorted() == [path])
    }

    @Test(arguments: [
        "http://", "https://", "http:///a.png", "http://:80", "https://a b/c.png", "ftp://a/b.png", "data:text/plain,x",
        "http://a\u{7F}", "",
    ])
    func whatIsNoURLOfAPictureIsRefused(url: String) async throws {
        let bench = try Bench()
        let reply = try await bench.generate([
            "model": "flux-2-pro", "prompt": "a fox", "fluxParams": ["image_prompt": .string(url)],
        ])
        #expect(reply.status == 400 && reply.json["details"]?["fluxParams.image_prompt"] != nil)
    }

    @Test(arguments: ["http://a", "HTTPS://a/b?c", "http://\u{1F3FB}/a.png", "data:image/png;base64,"])
    func otherURLsOfPicturesAreTaken(url: String) async throws {
        let bench = try Bench()
        let reply = try await bench.generate([
            "model": "flux-2-pro", "prompt": "a fox", "fluxParams": ["image_prompt": .string(url)],
        ])
        #expect(reply.status == 202)
    }

    @Test func promptsOfTwoThousandCharactersAreTheLongest() async throws {
        let bench = try Bench()
        func status(_ count: Int) async throws -> Int {
            let prompt = String(repeating: "ö", count: count)
            return try await bench.generate(["model": "flux-1.1-pro", "prompt": .string(prompt)]).status
        }
        #expect(try await status(2000) == 202)
        #expect(try await status(2001) == 400)
    }

    @Test(arguments: ["", "{", "nonsense", "{\"model\":}", "\u{0}"])
    func bodiesThatAreNoJSONAreRefused(body: String) async throws {
        let bench = try Bench()
        let reply = try await bench.post("/v2/images/generate", Array(body.utf8))
        #expect(reply.status == 400)
        #expect(reply.json["error"]?.stringValue?.hasPrefix("Invalid JSON") == true)
    }

    @Test func longBodiesAreRefused() async throws {
        let bench = try Bench()
        let reply = try await bench.post("/v2/images/generate", [UInt8](repeating: 0x20, count: 1 << 20 + 1))
        #expect(reply.status == 413)
        #expect(reply.keys == ["error"])
        #expect(try await bench.post("/v2/images/generate", [UInt8](repeating: 0x20, count: 1 << 20)).status == 400)
    }

    // MARK: Dialects

    private static let edit: [String: JSONValue] = [
        "mode": "outpaint", "outpaint": "Make square", "image": "https://example.org/a.png",
    ]
    private static var descriptionEdit: JSONValue {
        [
            "model": "flux-fill-pro", "webhookUrl": "https://example.org/hook", "webhookEvents": ["completed"],
            "fluxFillParams": .object(edit.merging(["prompt": "a fox"]) { $1 }),
        ]
    }
    private static var pagesEdit: JSONValue {
        [
            "model": "flux-fill-pro", "webhook_url": "https://example.org/hook", "prompt": "a fox",
            "fluxFillParams": .object(edit),
        ]
    }

    @Test func bothDialectsAreAcceptedByDefault() async throws {
        let bench = try Bench()
        #expect(try await bench.post("/v2/images/edit", Self.descriptionEdit).status == 202)
        #expect(try await bench.post("/v2/images/edit", Self.pagesEdit).status == 202)
    }

    @Test func interfaceDescriptionRefusesTheProductPagesSpelling() async throws {
        let bench = try Bench(SimulatorConfiguration(acceptedDialect: .interfaceDescription))
        #expect(try await bench.post("/v2/images/edit", Self.descriptionEdit).status == 202)
        let reply = try await bench.post("/v2/images/edit", Self.pagesEdit)
        #expect(reply.status == 400)
        #expect(
            Set((reply.json["details"]?.objectValue ?? [:]).keys)
                == ["prompt", "webhook_url", "fluxFillParams.prompt"])
    }

    @Test func productPagesRefuseTheInterfaceDescriptionsSpelling() async throws {
        let bench = try Bench(SimulatorConfiguration(acceptedDialect: .productPages))
        #expect(try await bench.post("/v2/images/edit", Self.pagesEdit).status == 202)
        let reply = try await bench.post("/v2/images/edit", Self.descriptionEdit)
        #expect(reply.status == 400)
        #expect(
            Set((reply.json["details"]?.objectValue ?? [:]).keys)
                == ["prompt", "webhookUrl", "webhookEvents", "fluxFillParams.prompt"])
    }

    @Test(arguments: [SimulatorConfiguration.AcceptedDialect.interfaceDescription, .productPages])
    func clientFindsTheEnforcedDialect(dialect: SimulatorConfiguration.AcceptedDialect) async throws {
        let bench = try Bench(SimulatorConfiguration(acceptedDialect: dialect))
        var request = bench.request(model: "flux-fill-pro", Self.edit)
        request.webhookURL = "https://example.org/hook"
        let accepted = try await bench.client.submit(request, idempotencyKey: "k")
        #expect(accepted.status == .queued)
        #expect(bench.simulator.summary().jobs == 1)
    }

    @Test func promptInBothPlacesIsRefused() async throws {
        let bench = try Bench()
        var body = Self.descriptionEdit.objectValue ?? [:]
        body["prompt"] = "another fox"
        #expect(try await bench.post("/v2/images/edit", .object(body)).json["details"]?["prompt"] != nil)
    }

    // MARK: Idempotency

    @Test func replayedKeyReturnsTheSameJobAndItsStatus() async throws {
        let bench = try Bench()
        let first = try await bench.generate(idempotencyKey: "k")
        bench.finishJobs()
        let second = try await bench.generate(idempotencyKey: "k")
        #expect(second.status == 202)
        #expect(second.json["jobId"] == first.json["jobId"])
        #expect(second.json["status"] == "COMPLETED")
        let summary = bench.simulator.summary()
        #expect(summary.jobs == 1 && summary.replays == 1 && summary.creditsBilled == Submission.usualCredits)
    }

    @Test func keyOfAFailedJobReturnsThatFailedJob() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [Fault(.failJob(reason: "no"))]))
        let first = try await bench.generate(idempotencyKey: "k")
        bench.finishJobs()
        let second = try await bench.generate(idempotencyKey: "k")
        #expect(second.json["jobId"] == first.json["jobId"] && second.json["status"] == "FAILED")
    }

    @Test func keyWithAnotherBodyIsAConflict() async throws {
        let bench = try Bench()
        _ = try await bench.generate(idempotencyKey: "k")
        let other = try await bench.generate(["model": "flux-2-pro", "prompt": "a hare"], idempotencyKey: "k")
        #expect(other.status == 409)
        #expect(other.keys == ["error"])
        #expect(bench.simulator.summary().jobs == 1)
    }

    @Test func keyIsForgottenAfterADay() async throws {
        let bench = try Bench()
        let first = try await bench.generate(idempotencyKey: "k")
        bench.clock.advance(by: .seconds(24 * 3600 - 1))
        #expect(try await bench.generate(idempotencyKey: "k").json["jobId"] == first.json["jobId"])
        bench.clock.advance(by: .seconds(1))
        #expect(try await bench.generate(idempotencyKey: "k").json["jobId"] != first.json["jobId"])
    }

    @Test func sameKeyAtTheSameInstantMakesOneJob() async throws {
        let bench = try Bench()
        let ids = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<32 {
                group.addTask { try await bench.generate(idempotencyKey: "k").json["jobId"]?.stringValue }
            }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(ids.count == 1 && !ids.contains(nil))
        let summary = bench.simulator.summary()
        #expect(summary.jobs == 1 && summary.replays == 31)
    }

    @Test func refusedSubmitsDoNotUseUpTheirKey() async throws {
        let bench = try Bench()
        let wrong = try await bench.generate(["model": "flux-2-pro", "prompt": ""], idempotencyKey: "k")
        #expect(wrong.status == 400)
        #expect(try await bench.generate(idempotencyKey: "k").status == 202)
    }

    @Test func keysOfMoreThan255CharactersAreRefused() async throws {
        let bench = try Bench()
        #expect(try await bench.generate(idempotencyKey: String(repeating: "k", count: 255)).status == 202)
        #expect(try await bench.generate(idempotencyKey: String(repeating: "k", count: 256)).status == 400)
    }

    // MARK: Credits

    @Test func submitsBeyondTheCreditsAreRefused() async throws {
        let bench = try Bench(SimulatorConfiguration(credits: 25))
        _ = try await bench.generate(idempotencyKey: "a")
        _ = try await bench.generate(idempotencyKey: "b")
        let third = try await bench.generate()
        #expect(third.status == 402)
        #expect(third.json == ["error": "Insufficient credits", "creditsRequired": 10, "creditsAvailable": 5])
        #expect(try await bench.client.account().credits == 5)
        // A replay costs nothing, so it is not refused.
        #expect(try await bench.generate(idempotencyKey: "a").status == 202)
    }

    @Test func failedJobsGiveTheirCreditsBack() async throws {
        let bench = try Bench(SimulatorConfiguration(credits: 10, faults: [Fault(.failJob(reason: "no"), times: 1)]))
        let id = try await bench.accepted()
        #expect(try await bench.generate().status == 402)
        bench.finishJobs()
        #expect(try await bench.client.account().credits == 10)
        let job = try await bench.client.job(id)
        #expect(job.status == .failed && job.error == "no" && job.creditCost == nil)
        #expect(try await bench.generate().status == 202)
        #expect(bench.simulator.summary().creditsLeft == 0)
    }

    @Test func eachPictureOfALoraJobCosts() async throws {
        let bench = try Bench()
        let id = try await bench.accepted([
            "model": "flux-lora", "prompt": "a fox", "fluxLoraParams": ["loraId": "mine", "num_outputs": 3],
        ])
        bench.finishJobs()
        let job = try await bench.client.job(id)
        #expect(job.creditCost == 30)
        #expect(job.imageURLs.count == 3 && Set(job.imageURLs).count == 3)
    }
}
