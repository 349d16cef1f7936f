import FluxClient
import Testing

@testable import FluxSimulator
@testable import HTTPServer

/// What the service forgets, and when.
@Suite struct MemoryTests {
    private func submission(_ prompt: String = "a fox") throws -> Submission {
        try Submission(["model": "flux-2-pro", "prompt": .string(prompt)], call: .generate, accepting: .either)
    }

    private func stateMachine(jobs: Int = 10, duration: Duration = .seconds(1), atWork: Int = 64) -> ServiceStateMachine
    {
        ServiceStateMachine(SimulatorConfiguration(jobDuration: duration, jobsAtWork: atWork, jobsKept: jobs, seed: 1))
    }

    private func accept(_ stateMachine: inout ServiceStateMachine, key: String? = nil, body: String = "{}") throws
        -> JobRecord?
    {
        let envelope = ServiceStateMachine.SubmitMetadata(body: Array(body.utf8), key: key, digest: body)
        guard case .made(let job, _) = stateMachine.accept(try submission(), envelope) else { return nil }
        return job
    }

    @Test func jobsAreForgottenADayAfterTheirPictures() async throws {
        let bench = try Bench()
        let id = try await bench.accepted()
        bench.finishJobs()
        _ = try await bench.client.account()
        bench.clock.advance(by: .seconds(48 * 3600 - 10))
        #expect(try await bench.client.job(id).isExpired)
        bench.clock.advance(by: .seconds(10))
        #expect(try await bench.get("/v2/jobs/\(id)").status == 404)
        #expect(try await bench.client.jobs().jobs.isEmpty)
        // What was done stays counted.
        #expect(bench.simulator.summary().completed == 1 && bench.simulator.summary().creditsBilled == 10)
    }

    @Test func jobsThatEndedFirstAreForgottenFirst() throws {
        var stateMachine = stateMachine(jobs: 3)
        var made: [JobRecord] = []
        for second in 0..<5 {
            stateMachine.advance(to: .seconds(second * 10))
            made.append(try #require(try accept(&stateMachine)))
        }
        #expect(made.map { stateMachine.jobs[$0.id] != nil } == [false, false, true, true, true])
        #expect(stateMachine.jobs.count == 3 && stateMachine.tally.made == 5)
    }

    @Test func jobsThatAreNotDoneAreNotForgotten() throws {
        var stateMachine = stateMachine(jobs: 3)
        for _ in 0..<3 { #expect(try accept(&stateMachine) != nil) }
        #expect(try accept(&stateMachine) == nil)
        #expect(stateMachine.credits == 100_000 - 30)
        stateMachine.advance(to: .seconds(1))
        #expect(try accept(&stateMachine) != nil)
    }

    @Test func submitsAreRefusedWhileAllThatIsRememberedWaits() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10), jobsKept: 2, seed: 1))
        for _ in 0..<2 { _ = try await bench.accepted() }
        let refused = try await bench.generate()
        #expect(refused.status == 429 && refused.keys == ["error"])
        #expect(refused.response.headers["Retry-After"] == "5")
        bench.finishJobs()
        #expect(try await bench.generate().status == 202)
    }

    @Test func keyOutlivesItsJob() throws {
        var stateMachine = stateMachine(jobs: 1)
        let job = try #require(try accept(&stateMachine, key: "k", body: "1"))
        stateMachine.advance(to: .seconds(10))
        _ = try accept(&stateMachine)
        #expect(stateMachine.jobs[job.id] == nil)
        let same = ServiceStateMachine.SubmitMetadata(body: Array("1".utf8), key: "k", digest: "1")
        guard case .replayed(job.id, .completed) = stateMachine.accept(try submission(), same) else {
            Issue.record("the key was forgotten with its job")
            return
        }
        let other = ServiceStateMachine.SubmitMetadata(body: Array("2".utf8), key: "k", digest: "2")
        guard case .conflict = stateMachine.accept(try submission(), other) else {
            Issue.record("another body went through")
            return
        }
    }

    @Test func keysAreBoundedToo() throws {
        var keys = IdempotencyKeys(limit: 10)
        for number in 1...25 {
            keys.add(
                IdempotencyKeys.Acceptance(
                    key: "k\(number)", number: number, jobID: "", digest: "", at: .seconds(number)))
        }
        #expect(keys.expire(at: .seconds(30)) == (1...15).map { "k\($0)" })
        #expect(keys.acceptance(of: "k15", now: .seconds(30)) == nil)
        #expect(keys.acceptance(of: "k16", now: .seconds(30)) != nil)
        #expect(keys.expire(at: .seconds(24 * 3600 + 20)) == (16...20).map { "k\($0)" })
    }

    @Test func largeBodiesMakeRoomForEachOther() throws {
        var stateMachine = stateMachine(jobs: 1000)
        let body = String(repeating: "x", count: 1 << 20)
        for second in 0..<200 {
            stateMachine.advance(to: .seconds(second * 10))
            #expect(try accept(&stateMachine, body: body) != nil)
        }
        #expect(stateMachine.jobs.byteCount <= stateMachine.limits.bytes + 1 << 20)
        #expect(stateMachine.jobs.count >= 127)
    }

    @Test func theShelfFindsWhatIsLeft() throws {
        var stateMachine = stateMachine(jobs: 5000, duration: .zero)
        var jobs: [JobRecord] = []
        for _ in 0..<1000 { jobs.append(try #require(try accept(&stateMachine))) }
        var shelf = stateMachine.jobs
        for job in jobs where job.number % 7 != 0 { shelf.remove(job.number) }
        #expect(shelf.count == 142)
        for job in jobs {
            #expect((shelf[job.id] != nil) == (job.number % 7 == 0))
            #expect((shelf[number: job.number] != nil) == (job.number % 7 == 0))
        }
        let page = shelf.page(before: 100, limit: 3) { _ in true }
        #expect(page.jobs.map(\.number) == [98, 91, 84] && page.hasMore)
        #expect(shelf.byteCount == 142 * 2)
    }

    @Test func pagesGoOnWhereTheirJobWasForgotten() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(1), jobsKept: 10, seed: 1))
        var ids: [String] = []
        for _ in 0..<10 {
            ids.append(try await bench.accepted())
            bench.clock.advance(by: .seconds(10))
        }
        let first = try await bench.client.jobs(limit: 6)
        #expect(first.jobs.map(\.id) == Array(ids.reversed().prefix(6)))
        for _ in 0..<7 {
            _ = try await bench.accepted()
            bench.clock.advance(by: .seconds(10))
        }
        let second = try await bench.client.jobs(limit: 6, cursor: first.nextCursor)
        #expect(second.jobs.isEmpty && !second.hasMore)
    }

    // MARK: Files

    private func content(_ letter: String, _ count: Int) -> FileContent {
        FileContent(Array(String(repeating: letter, count: count).utf8))
    }

    private func upload(_ id: String, _ content: FileContent, at seconds: Int = 0) -> Files.Upload {
        Files.Upload(id: id, format: .png, fingerprint: content.fingerprint, expiresAt: .seconds(seconds + 5400))
    }

    @Test func oneContentIsKeptOnce() {
        var files = Files(limit: 1000)
        let same = content("a", 100)
        for id in 0..<20 { files.add(upload("\(id)", same), same) }
        #expect(files.byteCount == 100)
        files.add([same], ofJob: 1)
        files.expire(at: .seconds(5400))
        #expect(files.upload(named: "0.png", now: .zero) == nil)
        #expect(files.content(same.fingerprint) != nil && files.byteCount == 100)
        files.release(inputsOfJob: 1)
        #expect(files.byteCount == 0 && files.content(same.fingerprint) == nil)
    }

    @Test func filesMakeRoomInTheirOrder() {
        var files = Files(limit: 250)
        let (a, b, c, d) = (content("a", 100), content("b", 100), content("c", 100), content("d", 200))
        files.add(upload("a", a), a)
        files.add([b], ofJob: 1)
        files.add(upload("c", c), c)
        #expect(files.content(b.fingerprint) == nil, "what jobs were given goes first")
        #expect(files.upload(named: "a.png", now: .zero) != nil)
        files.add(upload("d", d), d)
        #expect(files.upload(named: "a.png", now: .zero) == nil && files.upload(named: "c.png", now: .zero) == nil)
        #expect(files.byteCount == 200)
    }
}
