import FluxClient
import TestSupport
import Testing

@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct WebhookTests {
    private func bench(_ plan: @escaping @Sendable (String) -> FakeService.Plan = { _ in .init() }) throws -> Bench {
        var configuration = EngineConfiguration()
        configuration.webhookURL = "https://example.org/hook"
        return try Bench(configuration, plan: plan)
    }

    /// A delivery as the service signs it.
    private func delivery(_ id: String, _ members: JSONValue) throws -> WebhookDelivery {
        var json = members
        if case .object(var object) = json {
            object["jobId"] = .string(id)
            json = .object(object)
        }
        let body = json.encoded()
        return try WebhookDelivery(
            body: body, signature: WebhookSignature.sign(body, apiKey: "afk_test"), apiKey: "afk_test")
    }

    private func completed(_ job: Job) throws -> WebhookDelivery {
        try delivery(
            try #require(job.snapshot.id),
            [
                "event": "completed", "status": "COMPLETED", "progress": 100,
                "result": ["images": [.string("https://cdn/hook-\(job.number).jpg")]], "creditCost": 10,
            ])
    }

    @Test func aDeliveryEndsAJobWithoutALook() async throws {
        let bench = try bench()
        let jobs = (1...5).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        for job in jobs { bench.engine.receive(try completed(job)) }
        await until { jobs.areSettled }
        #expect(jobs.haveSucceeded && jobs.allSatisfy { $0.snapshot.cost == 10 })
        #expect(bench.service.state.lookTimes.isEmpty && bench.clock.elapsed == .zero)
        let body = try #require(bench.service.state.jobs.first?.body)
        #expect(body["webhookUrl"] == "https://example.org/hook" && body["webhookEvents"] == ["completed", "failed"])
    }

    @Test func repeatedLateAndForeignDeliveriesChangeNothing() async throws {
        let bench = try bench()
        let job = bench.start("a")
        await bench.accepted([job])
        let id = try #require(job.snapshot.id)
        bench.engine.receive(try delivery("00000000-0000-4000-8000-00000000ffff", ["status": "FAILED"]))
        bench.engine.receive(try delivery(id, ["status": "PROCESSING", "progress": 60]))
        await until { job.snapshot.progress == 60 }
        bench.engine.receive(try delivery(id, ["status": "PROCESSING", "progress": 20]))
        for _ in 1...3 { bench.engine.receive(try completed(job)) }
        bench.engine.receive(try delivery(id, ["status": "FAILED", "error": "late"]))
        await until { job.snapshot.isSettled }
        #expect(job.snapshot.isSuccess && job.snapshot.progress == 100)
        #expect(bench.service.state.downloads == ["https://cdn/hook-1.jpg": 1])
    }

    @Test func aDeliveryThatOvertakesTheAcceptanceIsKept() async throws {
        let held = Waiter()
        var configuration = EngineConfiguration()
        configuration.webhookURL = "https://example.org/hook"
        let bench = try Bench(configuration, delay: { _ in await held.wait() })
        let job = bench.start("a")
        let id = "00000000-0000-4000-8000-000000000001"
        bench.engine.receive(
            try delivery(id, ["status": "COMPLETED", "result": "https://cdn/early.jpg", "progress": 100]))
        await Task.yield()
        held.finish()
        await until { job.snapshot.isSettled }
        #expect(job.snapshot.isSuccess && bench.service.state.downloads == ["https://cdn/early.jpg": 1])
        #expect(bench.service.state.lookTimes.isEmpty)
    }

    @Test func aDeliveryThatCannotBeReadIsALookAtOnce() async throws {
        let bench = try bench { _ in .init(duration: .zero) }
        let job = bench.start("a")
        await bench.accepted([job])
        let id = try #require(job.snapshot.id)
        bench.engine.receive(try delivery(id, ["status": "COMPLETED", "result": ["surprise": true]]))
        await bench.settle(job)
        #expect(job.snapshot.isSuccess && bench.service.state.lookTimes == [.zero])
    }

    @Test func looksGoOnWhereNoDeliveryComes() async throws {
        let bench = try bench()
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.service.state.lookTimes.first == .seconds(15))
    }

    @Test func webhooksThatNeverComeAreToldOnce() async throws {
        let bench = try bench()
        var jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        // They may still be on their way.
        #expect(bench.notices == [])
        jobs = (4...9).map { bench.start("\($0)") }
        await bench.settle(jobs)
        let notice =
            "no webhook has arrived to https://example.org/hook: check that this address leads here. The jobs are polled as "
            + "usual"
        #expect(bench.notices == [notice])
        await bench.engine.shutDown()
        #expect(bench.notices == [notice])
    }

    @Test func webhooksThatNeverCameAreToldInTheEnd() async throws {
        let bench = try bench()
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        await bench.engine.shutDown()
        #expect(
            bench.notices.count == 1 && bench.notices[0].hasPrefix("no webhook has arrived to https://example.org/hook")
        )
    }

    @Test func oneWebhookShowsThatTheWayIsOpen() async throws {
        let bench = try bench()
        let jobs = (1...4).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        bench.engine.receive(try delivery(try #require(jobs[0].snapshot.id), ["status": "PROCESSING", "progress": 9]))
        await bench.settle(jobs)
        await bench.engine.shutDown()
        #expect(jobs.haveSucceeded && bench.notices == [])
    }

    @Test func aServiceThatCannotDeliverIsToldOnce() async throws {
        var configuration = EngineConfiguration()
        configuration.webhookURL = "https://example.org/hook"
        let bench = try Bench(
            configuration,
            intercept: { request, state in
                guard request.method == .get, !state.jobs.isEmpty else { return nil }
                let jobs = state.jobs.map { job -> JSONValue in
                    [
                        "id": .string(job.id), "status": "COMPLETED", "result": "https://cdn/1.jpg",
                        "webhookStatus": "failed",
                    ]
                }
                return FakeService.answer(200, request.url.contains("?") ? ["jobs": .array(jobs)] : jobs[0])
            })
        let jobs = (1...2).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.notices.count == 1)
        #expect(
            bench.notices.first?.hasPrefix("the service could not deliver its webhooks to https://example.org") == true)
    }

    @Test func aJobsOwnWebhookIsLeftToIt() async throws {
        let bench = try bench()
        var request = JobRequest(call: .generate, model: "flux-2-pro", prompt: "a", webhookURL: "https://own/hook")
        request.webhookEvents = ["failed"]
        let job = bench.engine.start(request)
        await bench.settle(job)
        let body = try #require(bench.service.state.jobs.first?.body)
        #expect(body["webhookUrl"] == "https://own/hook" && body["webhookEvents"] == ["failed"])
    }

    // MARK: The schedule

    private let pace = PollingInterval(expected: .seconds(10))

    @Test func looksAreRareWhereWebhooksArrive() {
        var schedule = PollingSchedule()
        schedule.told()
        schedule.add(1, pace: pace, hasWebhook: true, at: .zero)
        schedule.add(2, pace: pace, at: .zero)
        #expect(schedule.takeLook(at: .seconds(10)) == .single([2]))
        #expect(schedule.takeLook(at: .seconds(15)) == .single([1]))
        schedule.seen(1, at: .seconds(15))
        schedule.remove(2)
        #expect(schedule.nextLook == .seconds(23))
    }

    @Test func trustIsLostWithJobsThatEndUntold() {
        var schedule = PollingSchedule()
        schedule.told()
        for job in 1...4 { schedule.add(job, pace: pace, hasWebhook: true, at: .zero) }
        for job in 1...3 {
            schedule.found(job, at: .zero)
            schedule.remove(job)
        }
        #expect(schedule.takeLook(at: .seconds(10)) == .single([4]))
        var trust = WebhookHealth()
        #expect(!trust.isEarned)
        for _ in 1...10 {
            trust.missed(at: .zero)
            trust.missed(at: .zero)
            trust.told()
        }
        #expect(trust.isEarned)
    }

    @Test func ofEarlyDeliveriesTheLastAreKept() throws {
        var early = EarlyWebhooks()
        early.add(try delivery("a", ["status": "COMPLETED", "result": "https://x/y"]))
        early.add(try delivery("a", ["status": "PROCESSING"]))
        let kept = early.take("a")
        #expect(kept?.state?.status == .completed)
        for number in 0...EarlyWebhooks.mostCount { early.add(try delivery("\(number)", ["status": "QUEUED"])) }
        let ends = [early.take("0"), early.take("\(EarlyWebhooks.mostCount)")]
        #expect(ends[0] == nil && ends[1] != nil)
    }
}
