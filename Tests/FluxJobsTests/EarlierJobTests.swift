import FluxClient
import TestSupport
import Testing

@testable import FluxJobs

/// Jobs that another engine has asked for, taken in by this one.
@Suite(.timeLimit(.minutes(5))) struct EarlierJobTests {
    /// A second engine at the service of a bench, with a store of its own.
    private func another(_ bench: Bench, concurrency: Int = 100) -> JobEngine {
        var configuration = EngineConfiguration()
        configuration.concurrency = concurrency
        let client = FluxClient(
            ServiceConfiguration(apiKey: "afk_test", retries: 0), transport: bench.service, clock: bench.clock)
        return JobEngine(
            client: client, configuration: configuration, store: PictureStore(root: bench.folder.path + "/other"),
            clock: bench.clock)
    }

    private func request(_ prompt: String) -> JobRequest {
        JobRequest(call: .generate, model: "flux-2-pro", prompt: prompt)
    }

    @Test func openJobIsWatchedAndItsPicturesAreFetchedHereToo() async throws {
        let bench = try Bench()
        let original = bench.start("a fox")
        await bench.accepted([original])
        let other = another(bench)
        let job = try await other.job(try #require(original.snapshot.id))
        #expect(other.openJobs.map(\.number) == [job.number] && job.snapshot.status?.isFinal == false)
        #expect(try await other.job(try #require(job.snapshot.id?.uppercased())) === job)
        await bench.settle(original, job)
        #expect(job.snapshot.isSuccess && job.snapshot.cost == 10)
        #expect(job.snapshot.pictures.first?.sha256 == original.snapshot.pictures.first?.sha256)
        #expect(bench.service.state.keys.count == 1)
        await other.idle()
    }

    @Test func jobThatIsTakenInCountsAmongThoseInFlight() async throws {
        let bench = try Bench(plan: { $0 == "long" ? .init(duration: .seconds(100)) : .init() })
        let long = bench.start("long")
        await bench.accepted([long])
        let other = another(bench, concurrency: 1)
        _ = try await other.job(try #require(long.snapshot.id))
        let next = other.start(request("next"))
        await bench.settle(next, long)
        #expect(next.snapshot.isSuccess)
        #expect(bench.service.state.jobs.map(\.createdAt)[1] >= .seconds(100))
    }

    @Test func shuttingDownSettlesWhatWasTakenInAndWhatIsLeftAlone() async throws {
        let bench = try Bench(plan: { _ in .init(duration: .seconds(1_000_000)) })
        let jobs = [bench.start("one"), bench.start("two")]
        await bench.accepted(jobs)
        let other = another(bench)
        let taken = try await other.job(try #require(jobs[0].snapshot.id))
        let listed = try await other.jobs()
        #expect(listed.count == 2 && listed.contains { $0 === taken })
        let asleep = try #require(listed.first { $0 !== taken })
        #expect(asleep.isAsleep && !taken.isAsleep && other.openJobs.map(\.number) == [taken.number])
        await other.shutDown()
        #expect(taken.snapshot.error?.kind == .cancelled && !asleep.snapshot.isSettled)
        // Nobody can wait for ever for a job that an engine no longer looks at.
        #expect(await asleep.settled().error?.kind == .cancelled)
    }

    @Test func listedJobsAreNotKeptWhenNobodyHoldsThem() async throws {
        let bench = try Bench()
        let original = bench.start("a fox")
        await bench.settle(original)
        let other = another(bench)
        weak var first: Job?
        do {
            let jobs = try await other.jobs()
            first = jobs.first
            #expect(first?.isAsleep == true)
        }
        #expect(first == nil)
    }

    @Test func failureOfAnotherEnginesJobIsToldByTheList() async throws {
        let bench = try Bench(plan: { _ in .init(failure: "NSFW content detected") })
        let original = bench.start("x")
        await bench.settle(original)
        let jobs = try await another(bench).jobs(matching: JobFilter(limit: 5))
        #expect(jobs.map(\.snapshot.error?.kind) == [.moderated] && jobs.map(\.isAsleep) == [false])
    }
}
