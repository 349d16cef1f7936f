import FluxClient
import Foundation
import LuaRuntime
import TestSupport
import Testing

/// `flux.job` and `flux.jobs`: jobs of earlier runs, read from the service.
@Suite(.timeLimit(.minutes(5))) struct EarlierTests {
    private static let body: JSONValue = [
        "model": "flux-2-pro", "prompt": "a fox", "webhookUrl": "https://a.example/hook",
        "fluxParams": ["seed": 7, "resolution": "1MP", "image_prompt": "https://a.example/ref.png"],
    ]

    /// The service has jobs that this process did not ask for.
    private func bench(_ jobs: [FakeService.Job]) async throws -> Bench {
        let bench = try await Bench()
        bench.service.change { $0.jobs = jobs }
        return bench
    }

    private func earlier(_ number: Int, status: String = "COMPLETED") -> FakeService.Job {
        FakeService.Job(number: number, body: Self.body, status: status)
    }

    // MARK: flux.job

    @Test func jobsThatTheServiceDoesNotHaveYetCanBeListed() async throws {
        let bench = try await Bench()
        try await bench.run("flux.config { concurrency = 1 } first, second = flux.generate 'one', flux.generate 'two'")
        await until { bench.sent.count == 1 }
        let values = try await bench.runToEnd(
            """
            local pending = flux.jobs { status = "pending", limit = 1 }
            return pending[1] == second, #pending, #flux.jobs { status = "PENDING", model = "flux-1.1-pro" }
            """)
        #expect(values == [true, 1, 0])
    }

    @Test func jobOfAnEarlierRunTellsWhatItWasMadeFromAndIsFetched() async throws {
        let bench = try await bench([earlier(1)])
        let values = try await bench.runToEnd(
            """
            job = assert(flux.job "a0000001-0000-4000-8000-000000000000")
            assert(job:await())
            return job.model, job.prompt, job.seed, job.params.resolution, job.params.image_prompt, job.status, job.ok,
              #job.images, job.cost, job.elapsed, io.open(flux.save(job, "\(bench.folder.path)/a.{ext}")) ~= nil
            """)
        #expect(
            values == [
                "flux-2-pro", "a fox", 7, "1MP", "https://a.example/ref.png", "COMPLETED", true, 1, 10, .number(32.5),
                true,
            ])
        #expect(bench.service.state.requests.filter { $0.hasPrefix("POST") }.isEmpty)
    }

    @Test func openJobOfAnEarlierRunIsWatchedUntilItEnds() async throws {
        let bench = try await bench([earlier(1, status: "PROCESSING")])
        try await bench.run("task = flux.spawn(function() job = flux.job 'a0000001-0000-4000-8000-000000000000' end)")
        // The engine has the job a moment before the script does.
        while try await bench.run("return job ~= nil") != [true] { await Task.yield() }
        #expect(try await bench.run("return job.status, job.done") == ["PROCESSING", false])
        bench.service.tell(1, status: "FAILED", error: "NSFW content")
        #expect(try await bench.runToEnd("return select(2, job:await()).kind") == ["moderated"])
    }

    @Test func jobOfThisRunIsTheSameValueAndAsksNobody() async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate 'x'")
        await until { bench.sent.count == 1 && bench.module.openedEngine?.openJobs.first?.snapshot.id != nil }
        let asked = bench.service.state.requests.count
        #expect(try await bench.run("return flux.job(job.id) == job, flux.job(job.id:upper()) == job") == [true, true])
        #expect(bench.service.state.requests.count == asked)
    }

    @Test func jobThatIsAttachedTwiceIsOneJob() async throws {
        let bench = try await bench([earlier(1)])
        let values = try await bench.runToEnd(
            """
            local id = "a0000001-0000-4000-8000-000000000000"
            local both = flux.map({ id, id }, flux.job)
            flux.await(both)
            return both[1] == both[2], both[1].ok
            """)
        #expect(values == [true, true])
        #expect(bench.service.state.requests.filter { $0.contains("1-1.png") }.count == 1)
    }

    @Test func unknownJobComesBackAsNilAndAnError() async throws {
        let bench = try await Bench()
        let values = try await bench.runToEnd(
            """
            local job, err = flux.job "b0000001-0000-4000-8000-000000000000"
            return job, err.kind, err.status, err.message, err.hint
            """)
        #expect(
            values == [
                .nil, "invalid", 404, "the service knows no job b0000001-0000-4000-8000-000000000000",
                "it may belong to another API key",
            ])
    }

    @Test func failedJobOfAnEarlierRunThatNobodyLooksAtIsTold() async throws {
        let bench = try await bench([earlier(1, status: "FAILED")])
        _ = try await bench.runToEnd("flux.job 'a0000001-0000-4000-8000-000000000000'")
        #expect(bench.module.unseenFailures.map(\.snapshot.id) == ["a0000001-0000-4000-8000-000000000000"])
        try await bench.run("return flux.job('a0000001-0000-4000-8000-000000000000').ok")
        #expect(bench.module.unseenFailures.isEmpty)
    }

    @Test(arguments: [
        ("'b2c'", "\"b2c\""), ("7", "7"), ("nil", "nil"), ("'z0000001-0000-4000-8000-000000000000'", "\"z0000001-"),
    ])
    func whatIsNoIdIsAnErrorAtItsLine(_ argument: String, _ got: String) async throws {
        let bench = try await Bench()
        let message = try await bench.complaint(of: "flux.job(\(argument))")
        #expect(message.hasPrefix("ask.lua:1: flux.job: expected the id of a job, such as \"b2c3d4e5-"), "\(message)")
        #expect(message.contains("(got \(got)"), "\(message)")
        #expect(bench.service.state.requests.isEmpty)
    }

    // MARK: flux.jobs

    @Test func jobsAreListedNewestFirstAndFetchedOnlyWhenAwaited() async throws {
        let bench = try await bench([
            earlier(1), earlier(2, status: "FAILED"), earlier(3, status: "CANCELLED"), earlier(4),
        ])
        let values = try await bench.runToEnd(
            """
            jobs = flux.jobs {}
            local text = {}
            for i, job in ipairs(jobs) do text[i] = ("%s %s %s"):format(job.status, job.ok, job.done) end
            return table.concat(text, ", "), #jobs[1].images, jobs[2].error.kind, jobs[3].error.kind
            """)
        #expect(
            values == [
                "COMPLETED true true, CANCELLED false true, FAILED false true, COMPLETED true true", 0, "cancelled",
                "failed",
            ])
        #expect(bench.service.state.requests == ["GET /v2/jobs"])
        #expect(bench.module.openedEngine?.openJobs.isEmpty == true)
        #expect(try await bench.runToEnd("return jobs[1]:await() == jobs[1], #jobs[1].images") == [true, 1])
        #expect(bench.service.state.requests.dropFirst() == ["GET /4-1.png"])
    }

    @Test func picturesThatAreGoneAreToldByTheListAlready() async throws {
        var gone = earlier(1)
        gone.isExpired = true
        let bench = try await bench([gone])
        let values = try await bench.runToEnd(
            "local job = flux.jobs()[1] return job.ok, job.error.kind, job.error.hint")
        let hint = "the service keeps pictures for a limited time, usually a day; fresh = true requests a new one"
        #expect(values == [false, "expired", .string(hint)])
    }

    @Test func openJobOfTheListGoesOnOnceSomebodyWaits() async throws {
        let bench = try await bench([earlier(1, status: "QUEUED")])
        #expect(try await bench.runToEnd("job = flux.jobs()[1] return job.done, job.ok") == [false, false])
        #expect(bench.clock.nextDeadline == nil)
        bench.service.tell(1, status: "COMPLETED")
        #expect(
            try await bench.runToEnd("return job:await() == job, job.status, #job.images") == [true, "COMPLETED", 1])
    }

    @Test func jobsOfThisRunAreTheirOwnValuesAlsoBeforeTheServiceHasThem() async throws {
        let bench = try await Bench()
        try await bench.run("first = flux.generate 'x'")
        await until { bench.module.openedEngine?.openJobs.first?.snapshot.id != nil }
        bench.service.change { $0.holdsSubmissions = true }
        try await bench.run("second = flux.generate 'y' other = flux.generate { prompt = 'z', model = 'flux-2-max' }")
        let values = try await bench.runToEnd(
            """
            local all, of_model, queued = flux.jobs {}, flux.jobs { model = "flux-2-pro" }, flux.jobs { status = "QUEUED" }
            return #all, all[1] == other, all[2] == second, all[3] == first, #of_model, of_model[1] == second,
              #queued, queued[1] == first
            """)
        #expect(values == [3, true, true, true, 2, true, 1, true])
        bench.service.change { $0.holdsSubmissions = false }
    }

    @Test func filtersGoToTheServiceAndLimitsCountPages() async throws {
        let bench = try await bench((1...250).map { earlier($0) })
        let values = try await bench.runToEnd(
            """
            return #flux.jobs { limit = 230, status = "completed", model = "flux-2-pro" }, #flux.jobs { limit = 3 },
              #flux.jobs {}
            """)
        #expect(values == [230, 3, 100])
        let filter = "&status=COMPLETED&model=flux-2-pro"
        #expect(
            bench.service.state.queries == [
                "limit=100\(filter)", "limit=100\(filter)&cursor=151", "limit=30\(filter)&cursor=51", "limit=3",
                "limit=100",
            ])
    }

    @Test func agesEndTheListWhereItGetsOlder() async throws {
        var jobs = (1...150).map { earlier($0) }
        for index in 0..<40 { jobs[index].createdAt = "2026-03-14T10:00:00.000Z" }
        let bench = try await bench(jobs)
        #expect(try await bench.runToEnd("return #flux.jobs { since = '2h', limit = 1000 }") == [110])
        #expect(bench.service.state.queries.count == 2)
        #expect(try await bench.runToEnd("return #flux.jobs { since = '30m', limit = 1000 }") == [0])
    }

    @Test(arguments: [
        ("{ limti = 3 }", "unknown option 'limti' (did you mean 'limit'?)"),
        ("{ limit = 0 }", "'limit' must be a whole number from 1 to 10000 (got 0)"),
        ("{ status = 'COMPLETD' }", "(got \"COMPLETD\") (did you mean 'COMPLETED'?)"),
        ("{ status = 7 }", "'status' must be a string (got 7)"),
        ("{ model = '' }", "'model' must be a string (got \"\")"),
        (
            "{ since = 'tomorrow' }",
            "'since' must be seconds since 1970, a day such as \"2026-03-15\" or an age such as \"7d\" or \"12h\" (got \"tomorrow\")"
        ),
        ("{ since = '2026-02-30' }", "(got \"2026-02-30\")"), ("{ since = -1 }", "(got -1)"),
        ("'7d'", "options must be a table such as { limit = 20 } (got \"7d\")"),
    ])
    func wrongOptionIsRefused(_ argument: String, _ message: String) async throws {
        let bench = try await Bench()
        let said = try await bench.complaint(of: "flux.jobs(\(argument))")
        #expect(said.hasPrefix("ask.lua:1: flux.jobs: ") && said.hasSuffix(message), "\(said)")
        #expect(bench.service.state.requests.isEmpty)
    }

    @Test func modelThatNobodyKnowsIsWarnedOfWhenItHasNoJobs() async throws {
        let bench = try await bench([earlier(1)])
        _ = try await bench.runToEnd("flux.jobs { model = 'flux-2-por' } flux.jobs { model = 'midjourney' }")
        #expect(
            bench.notices == ["warning: flux.jobs: there are no jobs of 'flux-2-por' (did you mean 'flux-2-pro'?)"])
    }
}
