import FluxClient
import Testing

@testable import FluxSimulator
@testable import HTTPServer

@Suite struct WebhookTests {
    private static let transport = CurlTransport()

    private func bench(_ configuration: SimulatorConfiguration = SimulatorConfiguration(seed: 1)) throws -> Bench {
        try Bench(configuration, foreign: Self.transport)
    }

    private func request(_ url: String, events: [String]? = nil, prompt: String = "a fox") -> JSONValue {
        var body: [String: JSONValue] = [
            "model": "flux-2-pro", "prompt": .string(prompt), "webhookUrl": .string(url),
            "fluxParams": ["seed": 7, "width": 256, "height": 256],
        ]
        if let events { body["webhookEvents"] = .array(events.map(JSONValue.string)) }
        return .object(body)
    }

    private func status(_ bench: Bench, _ id: String) async throws -> JSONValue? {
        try await bench.get("/v2/jobs/\(id)").json["webhookStatus"]
    }

    /// Asks until the delivery is over.
    private func settled(_ bench: Bench, _ id: String) async throws -> JSONValue? {
        while try await status(bench, id) == "pending" { await Task.yield() }
        return try await status(bench, id)
    }

    @Test func completedIsDeliveredWithWhatTheContractSays() async throws {
        let receiver = try Receiver()
        let bench = try bench()
        let id = try await bench.accepted(request(receiver.url))
        #expect(try await status(bench, id) == "pending")
        bench.finishJobs()
        let delivery = await receiver.received(1)[0]
        #expect(delivery.request.method == "POST" && delivery.request.path == "/hook")
        #expect(delivery.request.queryValue("from") == "tests")
        #expect(delivery.event == "completed")
        #expect(delivery.request.header("Content-Type")?.hasPrefix("application/json") == true)
        #expect(
            delivery.json == [
                "event": "completed", "jobId": .string(id), "status": "COMPLETED", "progress": 100,
                "result": ["images": [.string("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg")]],
                "model": "flux-2-pro", "creditCost": 10, "completedAt": "2026-03-15T10:00:00.500Z",
            ])
        #expect(try await settled(bench, id) == "delivered")
        #expect(receiver.deliveries.count == 1)
    }

    @Test func signatureIsThatOfTheSubmittersKey() async throws {
        let receiver = try Receiver()
        let bench = try bench()
        _ = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        let delivery = await receiver.received(1)[0].request
        let signature = try #require(delivery.header("X-Webhook-Signature"))
        #expect(signature.hasPrefix("sha256=") && signature.count == 7 + 64)
        #expect(WebhookSignature.isValid(signature, for: delivery.body, apiKey: Bench.key))
        #expect(!WebhookSignature.isValid(signature, for: delivery.body, apiKey: Bench.key + "0"))
    }

    @Test func failedTellsTheReason() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(faults: [Fault(.failJob(reason: "out of paint"))]))
        let id = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        let delivery = await receiver.received(1)[0]
        #expect(delivery.event == "failed")
        #expect(delivery.json["status"] == "FAILED" && delivery.json["error"] == "out of paint")
        #expect(delivery.json["result"] == nil)
        #expect(try await settled(bench, id) == "delivered")
    }

    @Test func eventsOfAJobComeAsTheyHappen() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        let id = try await bench.accepted(request(receiver.url, events: ["progress", "completed"]))
        // All at once, as for a service that was busy: each event is still of its own moment.
        bench.clock.advance(by: .seconds(10))
        let deliveries = await receiver.received(5)
        #expect(deliveries.map(\.summary) == ["progress 1", "progress 25", "progress 50", "progress 74", "completed"])
        #expect(deliveries[0].json["status"] == "PROCESSING")
        #expect(deliveries[0].json["jobId"] == .string(id))
        #expect(try await settled(bench, id) == "delivered")
    }

    @Test func progressIsToldWhileTheJobIsAtWork() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        let id = try await bench.accepted(request(receiver.url, events: ["progress"]))
        bench.clock.advance(by: .seconds(1))
        _ = await receiver.received(1)
        bench.clock.advance(by: .milliseconds(2250))
        #expect(await receiver.received(2).map(\.summary) == ["progress 1", "progress 25"])
        bench.clock.advance(by: .milliseconds(6750))
        #expect(await receiver.received(4).count == 4)
        #expect(try await settled(bench, id) == "delivered")
        #expect(receiver.deliveries.allSatisfy { $0.event == "progress" })
    }

    @Test func onlyWhatWasAskedForIsDelivered() async throws {
        let receiver = try Receiver()
        let bench = try bench()
        let quiet = try await bench.accepted(request(receiver.url, events: ["failed"]))
        let told = try await bench.accepted(request(receiver.url, events: ["completed"]))
        bench.finishJobs()
        #expect(await receiver.received(1).map(\.job) == [told])
        #expect(try await settled(bench, told) == "delivered")
        // Nothing was due, and nothing is on its way.
        #expect(try await status(bench, quiet) == .null)
    }

    // MARK: Faults

    @Test func deliveriesMayComeTwice() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(seed: 1, faults: [try Fault(parsing: "webhook-duplicate")]))
        let id = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        let deliveries = await receiver.received(2)
        #expect(deliveries.map(\.summary) == ["completed", "completed"])
        #expect(deliveries[0].request.body == deliveries[1].request.body)
        #expect(try await settled(bench, id) == "delivered")
    }

    @Test func deliveriesMayComeInAnotherOrder() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(jobDuration: .seconds(10), seed: 1))
        let body = request(receiver.url, events: ["progress", "completed"], prompt: "[sim webhook-reorder] a fox")
        _ = try await bench.accepted(body)
        bench.clock.advance(by: .seconds(10))
        let summaries = await receiver.received(5).map(\.summary)
        #expect(summaries == ["progress 25", "progress 1", "progress 74", "progress 50", "completed"])
    }

    @Test func lastDeliveryMayOvertakeTheOneBefore() async throws {
        let receiver = try Receiver()
        let rule = try Fault(parsing: "webhook-reorder")
        let bench = try bench(SimulatorConfiguration(jobDuration: .zero, seed: 1, faults: [rule]))
        _ = try await bench.accepted(request(receiver.url, events: ["progress", "completed"]))
        #expect(await receiver.received(2).map(\.event) == ["completed", "progress"])
    }

    @Test func deliveriesMayBeLost() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(seed: 1, faults: [try Fault(parsing: "webhook-lost:prompt=lost")]))
        let lost = try await bench.accepted(request(receiver.url, prompt: "a lost fox"))
        bench.finishJobs()
        #expect(try await settled(bench, lost) == "delivered", "so far as the service knows")
        let told = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        #expect(await receiver.received(1).map(\.job) == [told])
    }

    // MARK: What the other side does not take

    @Test func deliveriesAreRepeatedLaterAndLater() async throws {
        let receiver = try Receiver(answers: [
            .response(.error(500, "no")), .response(.json(200, [:]).delivered(.cut(after: 0))),
            .response(Response(status: 302, headers: [("Location", "/")])),
        ])
        let bench = try bench()
        let id = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        for (attempt, delay) in zip(1..., WebhookDispatcher.delays.prefix(3)) {
            _ = await receiver.received(attempt)
            // A fifth more or less is chance; the next attempt is not made before, and is made after.
            while bench.clock.nextDeadline == nil { await Task.yield() }
            let wait = try #require(bench.clock.nextDeadline) - bench.clock.elapsed
            #expect(wait >= delay * 0.8 && wait <= delay * 1.2)
            #expect(receiver.deliveries.count == attempt)
            bench.clock.advance(by: wait)
        }
        let deliveries = await receiver.received(4)
        #expect(Set(deliveries.map(\.request.body)).count == 1)
        #expect(try await settled(bench, id) == "delivered")
    }

    @Test func deliveriesThatNobodyTakesAreGivenUp() async throws {
        let receiver = try Receiver(answers: Array(repeating: .response(.error(503, "no")), count: 9))
        let bench = try bench()
        let id = try await bench.accepted(request(receiver.url))
        bench.finishJobs()
        for attempt in 1...4 {
            _ = await receiver.received(attempt)
            while bench.clock.nextDeadline == nil { await Task.yield() }
            bench.clock.advance(to: try #require(bench.clock.nextDeadline))
        }
        #expect(try await settled(bench, id) == "failed")
        #expect(receiver.deliveries.count == 5)
        // The job itself is well.
        #expect(try await bench.client.job(id).status == .completed)
    }

    @Test func laterEventsWaitForEarlierOnes() async throws {
        let receiver = try Receiver(answers: [.response(.error(500, "no"))], to: "progress")
        let bench = try bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        _ = try await bench.accepted(request(receiver.url, events: ["progress", "completed"]))
        let other = try await bench.accepted(request(receiver.url))
        bench.clock.advance(by: .seconds(10))
        // The first attempt failed; another job's event does not wait for the second.
        _ = await receiver.received(2)
        while bench.clock.nextDeadline == nil { await Task.yield() }
        #expect(Set(receiver.deliveries.map(\.summary)) == ["progress 1", "completed"])
        #expect(receiver.deliveries.contains { $0.job == other })
        bench.clock.advance(by: .seconds(2))
        let events = await receiver.received(7).filter { $0.job != other }.map(\.summary)
        #expect(
            events == ["progress 1", "progress 1", "progress 25", "progress 50", "progress 74", "completed"])
    }

    @Test func manyJobsAreAllToldOfOnce() async throws {
        let receiver = try Receiver()
        let bench = try bench(SimulatorConfiguration(jobDuration: .zero))
        var ids: Set<String> = []
        for _ in 0..<40 { ids.insert(try await bench.accepted(request(receiver.url))) }
        let deliveries = await receiver.received(40)
        #expect(Set(deliveries.map(\.job)) == ids)
        for id in ids { #expect(try await settled(bench, id) == "delivered") }
        #expect(receiver.deliveries.count == 40)
    }

    @Test func withoutATransportWebhooksFail() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .zero))
        let id = try await bench.accepted(request("http://127.0.0.1:9/hook"))
        #expect(try await settled(bench, id) == "failed")
    }
}
