import FluxClient
import FluxJobs
import FluxModule
import LuaRuntime
import TestSupport
import Testing

/// A job as scripts see it, in each of its states.
@Suite struct JobTests {
    /// Reads fields of the global `job`.
    private func fields(_ names: [String], _ bench: Bench) async throws -> [LuaValue] {
        try await bench.run("return " + names.map { "job.\($0)" }.joined(separator: ", "))
    }

    private let state = ["status", "done", "ok", "progress", "error"]
    private let facts = ["id", "cost", "created_at", "completed_at", "elapsed"]

    @Test func fieldsTellTheNewestStateAndNeverWait() async throws {
        let bench = try await Bench()
        bench.service.change { $0.holdsSubmissions = true }
        try await bench.run(
            "job = flux.generate { prompt = 'a mug', seed = 7, name = 'mug', resolution = '1MP', image_prompt_strength = 0.5 }"
        )
        #expect(try await fields(state, bench) == ["PENDING", false, false, 0, .nil])
        #expect(try await fields(facts, bench) == [.nil, .nil, .nil, .nil, .nil])
        #expect(
            try await fields(["model", "prompt", "seed", "name", "reused"], bench) == [
                "flux-2-pro", "a mug", 7, "mug", false,
            ])
        #expect(
            try await fields(["params"], bench) == [
                .fields(["resolution": "1MP", "image_prompt_strength": .number(0.5)])
            ])
        #expect(try await bench.run("return tostring(job), #job.images") == ["job flux-2-pro seed=7 PENDING", 0])

        bench.service.change { $0.holdsSubmissions = false }
        let job = try #require(bench.module.openedEngine?.openJobs.first)
        await until { job.snapshot.status == .queued }
        #expect(try await fields(state, bench) == ["QUEUED", false, false, 0, .nil])
        #expect(try await fields(["id"], bench) == ["a0000001-0000-4000-8000-000000000000"])
        #expect(try await bench.run("return tostring(job)") == ["job a0000001 flux-2-pro seed=7 QUEUED"])

        bench.service.tell(1, status: "PROCESSING", progress: 40)
        await bench.clock.run { job.snapshot.status == .processing }
        #expect(try await fields(state, bench) == ["PROCESSING", false, false, 40, .nil])

        bench.service.tell(1, status: "COMPLETED", progress: 100)
        await bench.clock.run { job.snapshot.isSettled }
        #expect(try await fields(state, bench) == ["COMPLETED", true, true, 100, .nil])
        let created = 1_773_568_800.0
        #expect(
            try await fields(facts, bench) == [
                "a0000001-0000-4000-8000-000000000000", 10, .number(created), .number(created + 32.5), .number(32.5),
            ])
        #expect(
            try await bench.run("return tostring(job), #job.images") == ["job a0000001 flux-2-pro seed=7 COMPLETED", 1])
    }

    @Test(
        arguments: [
            ("FAILED", "out of paint", "failed", "the job failed: out of paint"),
            ("FAILED", nil, "failed", "the job failed"),
            ("CANCELLED", nil, "cancelled", "the job was cancelled"),
        ] as [(String, String?, String, String)])
    func jobThatEndsWithoutPicturesTellsWhy(
        _ status: String, _ reason: String?, _ kind: String, _ start: String
    ) async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate { prompt = 'x', seed = 7 }")
        await until { bench.sent.count == 1 }
        bench.service.tell(1, status: status, error: reason)
        let values = try await bench.runToEnd("local job, err = job:await() return job, err.kind, err.message")
        #expect(values.prefix(2) == [.nil, .string(kind)])
        #expect(values[2].string?.hasPrefix(start) == true, "\(values)")
        #expect(try await fields(["status", "done", "ok"], bench) == [.string(status), true, false])
        #expect(
            try await bench.run("return #job.images, job.error.kind, job.error.job == job") == [0, .string(kind), true])
    }

    @Test func jobThatTheServiceRefusesFailsWithAllThatItSaid() async throws {
        let bench = try await Bench()
        bench.service.change {
            $0.refusal = FakeService.answer(
                402, ["error": "Insufficient credits", "creditsRequired": 10, "creditsAvailable": 3],
                headers: [(name: "X-Request-Id", value: "req_7")])
        }
        let values = try await bench.runToEnd(
            """
            job = flux.generate { prompt = "x", seed = 7 }
            local none, err = job:await()
            return none, err.kind, tostring(err), err.status, err.hint, err.request_id, err.job == job,
              job.id, job.status, job.done, job.ok, tostring(job)
            """)
        #expect(
            values == [
                .nil, "credits", "not enough credits: 10 required, 3 available", 402,
                "buy credits, or request less at a time", "req_7", true,
                .nil, "FAILED", true, false, "job flux-2-pro seed=7 FAILED",
            ])
    }

    @Test func refusalOfTheRequestCarriesItsDetails() async throws {
        let bench = try await Bench()
        bench.service.change {
            $0.refusal = FakeService.answer(
                400, ["error": "Validation failed", "details": ["fluxParams.seed": ["too large", "too odd"]]])
        }
        let values = try await bench.runToEnd(
            "local _, err = flux.await(flux.generate 'x') return err.kind, err.status, err.details['fluxParams.seed']")
        #expect(values == ["invalid", 400, "too large; too odd"])
    }

    @Test func fieldThatDoesNotExistIsAnErrorWithASuggestion() async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate 'x'")
        #expect(
            try await bench.complaint(of: "return job.statsu")
                == "ask.lua:1: a job has no field 'statsu' (did you mean 'status'?)")
        #expect(
            try await bench.complaint(of: "return job.wait")
                == "ask.lua:1: a job has no field 'wait' (did you mean 'await'?)")
        #expect(
            try await bench.complaint(of: "job.name = 'x'") == "ask.lua:1: a job cannot be changed (setting 'name')")
    }

    // MARK: Identity

    @Test func jobAndPicturesAreAlwaysTheSameValues() async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate 'x' other = flux.generate 'x'")
        await until { bench.sent.count == 2 }
        for number in 1...2 {
            bench.service.change { $0.jobs[number - 1].pictures = 2 }
            bench.service.tell(number, status: "COMPLETED")
        }
        let values = try await bench.runToEnd(
            """
            local names = { [job] = "job", [other] = "other" }
            local list, failed = flux.await { job, other }
            names[job.images[2]] = "picture"
            local seen = {}
            for each in flux.completed { job } do seen[#seen + 1] = names[each] end
            return job == other, job:await() == job, names[list[1]], names[list[2]], failed, seen[1],
              job.images[1] == job.images[1], job.images[1] == job.images[2], names[job.images[2]], names[job.images[1]]
            """)
        #expect(values == [false, true, "job", "other", 0, "job", true, false, "picture", .nil])
    }

    @Test func pictureTellsWhatItIs() async throws {
        let bench = try await Bench()
        try await bench.run("job = flux.generate { prompt = 'x', seed = 7 }")
        await until { bench.sent.count == 1 }
        bench.service.tell(1, status: "COMPLETED")
        let values = try await bench.runToEnd(
            """
            local image = assert(job:await()).images[1]
            return image.url, image.format, image.width, image.height, io.open(image.path, "rb"):read(4), tostring(image)
            """)
        #expect(
            values == [
                "https://cdn.example/1-1.png", "png", 6, 4, .bytes([0x89, 0x50, 0x4E, 0x47]),
                "image 1 of job a0000001 flux-2-pro seed=7 COMPLETED, 6×4",
            ])
        #expect(
            try await bench.complaint(of: "return job.images[1].widht")
                == "ask.lua:1: an image has no field 'widht' (did you mean 'width'?)")
    }

    // MARK: Waiting

    @Test func waitThatIsTooLongGivesUpAndTheJobGoesOn() async throws {
        let bench = try await Bench()
        let values = try await bench.runToEnd(
            """
            job = flux.generate "x"
            local none, err = job:await { timeout = 5 }
            return none, err.kind, err.message, err.hint ~= nil, job.done
            """)
        #expect(values == [.nil, "timeout", "not done after 5 s", true, false])
        // The service has it once it has an id.
        let jobs = try #require(bench.module.openedEngine?.openJobs)
        await until { jobs.allSatisfy { $0.snapshot.id != nil } }
        bench.service.tell(1, status: "COMPLETED")
        #expect(try await bench.runToEnd("return job:await() == job") == [true])
    }

    @Test func completedGivesJobsInTheOrderInWhichTheyEnd() async throws {
        let bench = try await Bench()
        try await bench.run(
            "a, b = flux.generate { prompt = 'x', name = 'a' }, flux.generate { prompt = 'x', name = 'b' }")
        let jobs = try #require(bench.module.openedEngine?.openJobs)
        await until { jobs.allSatisfy { $0.snapshot.id != nil } }
        try await bench.run(
            "order = {} flux.spawn(function() for job in flux.completed { a, b } do order[#order + 1] = job.name end end)"
        )
        let second = try #require(jobs.first { $0.request.name == "b" })
        bench.service.change { state in
            for index in state.jobs.indices where second.snapshot.id == state.jobs[index].id {
                state.jobs[index].status = "FAILED"
            }
        }
        await bench.clock.run { second.snapshot.isSettled }
        bench.service.change { state in
            for index in state.jobs.indices where second.snapshot.id != state.jobs[index].id {
                state.jobs[index].status = "COMPLETED"
            }
        }
        await bench.clock.run { jobs.allSatisfy { $0.snapshot.isSettled } }
        await bench.lua.idle()
        #expect(try await bench.run("return table.concat(order, ' ')") == ["b a"])
    }

    @Test(arguments: [
        ("flux.await(nil, 'no mask')", "flux.await: there is nothing to wait for: no mask"),
        ("flux.await(nil, { message = 'no mask' })", "flux.await: there is nothing to wait for: no mask"),
        ("flux.await()", "flux.await: expected a job, a task or a list of them, got nil"),
        ("flux.any(flux.generate 'x')", "flux.any: expected a list, got a single job: put it in braces"),
        ("flux.completed(flux.spawn(print))", "flux.completed: expected a list, got a single task: put it in braces"),
    ])
    func whatCannotBeWaitedForIsAnErrorWithItsReason(_ code: String, _ message: String) async throws {
        let bench = try await Bench()
        #expect(try await bench.complaint(of: code) == "ask.lua:1: \(message)")
    }

    // MARK: Failures that nobody looked at

    @Test(arguments: [
        ("", true), ("local _ = job.prompt, job.done, job.progress, job.images", true),
        ("local _ = job.ok", false), ("local _ = job.status", false), ("local _ = job.error", false),
        ("job:await()", false), ("flux.await(job)", false), ("flux.await { job }", false), ("flux.any { job }", false),
        ("pcall(flux.save, job)", false), ("for each in flux.completed { job } do local _ = each.ok end", false),
    ])
    func failureCountsAsSeenOnceItWasTold(_ look: String, _ isUnseen: Bool) async throws {
        let bench = try await Bench()
        // Looks at a job that is not over tell nothing of its end.
        try await bench.run("job = flux.generate 'x' local _ = job.status, job.ok, job.error")
        await until { bench.sent.count == 1 }
        #expect(bench.module.unseenFailures.isEmpty, "it runs")
        bench.service.tell(1, status: "FAILED")
        let job = try #require(bench.module.openedEngine?.openJobs.first)
        await bench.clock.run { job.snapshot.isSettled }
        #expect(bench.module.unseenFailures.map(\.number) == [1])
        _ = try await bench.runToEnd(look)
        #expect(bench.module.unseenFailures.isEmpty != isUnseen)
    }

    @Test func failuresAreListedInTheOrderOfAskingWithoutSuccesses() async throws {
        let bench = try await Bench()
        try await bench.run("for i = 1, 4 do flux.generate('x' .. i) end")
        let jobs = try #require(bench.module.openedEngine?.openJobs)
        await until { bench.sent.count == 4 }
        bench.service.change { state in
            for index in state.jobs.indices {
                state.jobs[index].status = state.jobs[index].body["prompt"] == "x2" ? "COMPLETED" : "FAILED"
            }
        }
        await bench.clock.run { jobs.allSatisfy { $0.snapshot.isSettled } }
        #expect(bench.module.unseenFailures.map(\.request.prompt) == ["x1", "x3", "x4"])
        #expect(bench.module.unseenFailures.first?.request.origin == "ask.lua:1")
    }
}
