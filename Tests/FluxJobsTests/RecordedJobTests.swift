import FluxClient
import Foundation
import SQL
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

/// The engine with a ledger: what was asked is not asked again, whatever happened in between.
@Suite(.timeLimit(.minutes(5))) struct RecordedJobTests {
    let bench = try! RunBench()

    private var made: Int { bench.service.state.jobs.count }

    // MARK: Killed and run again

    @Test(arguments: [24.0, -24.0])
    func aClockThatIsSetInTheMiddleOfARunCostsNothing(_ hours: Double) async throws {
        let first = try bench.run()
        bench.onRequest { [bench] url in
            bench.setClock(hoursAhead: url.hasSuffix("/generate") ? hours : url.contains("cdn") ? 0 : -hours)
        }
        let jobs = (1...5).map { first.ask("a mug", seed: $0) }
        await bench.clock.run { jobs.allSatisfy(\.snapshot.isSettled) }
        #expect(jobs.allSatisfy(\.snapshot.isSuccess) && made == 5)
        #expect(bench.clock.elapsed < .seconds(120))
        #expect(try await first.states() == Array(repeating: .fetched, count: 5))
        try await first.end()
        bench.onRequest { _ in }
        for end in [hours, -hours, 0] {
            bench.setClock(hoursAhead: end)
            let again = try bench.run()
            let job = await again.made(seed: 3)
            #expect(job.snapshot.isReused && made == 5)
            try await again.end()
        }
    }

    enum Stage: CaseIterable {
        case written, answerLost, accepted, completed, fetched
    }

    @Test(arguments: Stage.allCases)
    func aRunKilledAtAnyMomentIsTakenUpAtNoFurtherCost(_ stage: Stage) async throws {
        let first = try bench.run()
        bench.onRequest { [bench] url in
            switch stage {
            case .written, .answerLost:
                if url.hasSuffix("/generate") { bench.freeze("ledger", as: "killed") }
            case .accepted: break
            case .completed:
                if url.contains("cdn") { bench.freeze("ledger", as: "killed") }
            case .fetched: break
            }
        }
        let job = first.ask(seed: nil)
        if stage == .accepted {
            while try await first.states() != [.accepted] {}
            bench.freeze("ledger", as: "killed")
        }
        if stage != .written { await bench.clock.run { job.snapshot.isSettled } }
        if stage == .fetched {
            _ = try await first.states()
            bench.freeze("ledger", as: "killed")
        }
        await until { FileManager.default.fileExists(atPath: bench.path("killed")) }
        bench.onRequest { _ in }
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()

        let second = try bench.run("killed")
        #expect(second.ledger.run.continued?.requests == 1)
        let again = await second.made(seed: nil)
        #expect(again.snapshot.isSuccess && again.request.seed == job.request.seed)
        #expect(again.snapshot.id == job.snapshot.id && again.snapshot.isReused == (stage == .fetched))
        #expect(again.snapshot.pictures.map(\.sha256) == job.snapshot.pictures.map(\.sha256))
        #expect(try await second.states() == [.fetched])
        #expect(made == 1)
        let replays =
            switch stage {
            case .written, .answerLost: 1...1
            // What was answered may still have been on its way to the disk.
            case .completed: 0...1
            case .accepted, .fetched: 0...0
            }
        #expect(replays.contains(bench.service.state.replays))
    }

    @Test func aJobThatIsOnlyWatchedOnIsNoSignOfLife() async throws {
        let first = try bench.run()
        let job = first.ask("old")
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()
        bench.meet(.gone)
        let second = try bench.run("killed")
        let old = second.ask("old")
        await until { old.snapshot.id != nil }
        let new = second.ask("new")
        // At once: no time passes.
        await until { new.snapshot.isSettled }
        #expect(new.snapshot.error?.kind == .network)
        await second.engine.shutDown()
    }

    @Test func aJobThatWasDoneWhenItWasAcceptedIsStillLookedAt() async throws {
        bench.plan { $0.acceptedAs = "COMPLETED" }
        let first = try bench.run()
        let job = first.ask()
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()
        let second = try bench.run("killed")
        let again = try await second.engine.job(try #require(job.snapshot.id))
        await bench.clock.run { again.snapshot.isSettled }
        #expect(again.snapshot.isSuccess && again.snapshot.cost == 10)
        #expect(try await second.states() == [.fetched])
    }

    @Test func aRequestIsOnDiskBeforeTheServiceSeesIt() async throws {
        let run = try bench.run()
        let seen = Mutex<[String]>([])
        bench.onRequest { [bench] url in
            guard url.hasSuffix("/generate") else { return }
            bench.freeze("ledger", as: "at the time")
            let states = try? LedgerReader(path: bench.path("at the time")).requests().map(\.state.rawValue)
            seen.withLock { $0 = states ?? [] }
        }
        _ = await run.made()
        #expect(seen.withLock { $0 } == ["written"])
    }

    @Test func linesPutInBetweenChangeNoOthersSeed() async throws {
        let first = try bench.run()
        let seeds = ["a", "b", "a"].map { first.ask($0, seed: nil) }.map(\.request.seed)
        #expect(Set(seeds).count == 3)
        try await first.end(.failed)
        let second = try bench.run()
        _ = second.ask("new", seed: nil)
        #expect([second.ask("a", seed: nil), second.ask("b", seed: nil)].map(\.request.seed) == Array(seeds.prefix(2)))
        _ = second.ask("b", seed: 4)
        #expect(second.ask("a", seed: nil).request.seed == seeds[2])
        try await second.end(.clean)
        #expect(try bench.run().ask("a", seed: nil).request.seed != seeds[0])
    }

    // MARK: What was answered before

    @Test func aSeededRequestIsAnsweredFromWhatIsThere() async throws {
        let first = try bench.run()
        let job = await first.made()
        try await first.end()
        let second = try bench.run(script: "/s/other.lua")
        let before = bench.service.state
        let again = await second.made()
        #expect(again.snapshot.isReused && again.snapshot.cost == 0 && again.snapshot.isSuccess)
        #expect(again.snapshot.pictures == job.snapshot.pictures && again.snapshot.id == job.snapshot.id)
        #expect(again.snapshot.elapsed == job.snapshot.elapsed && again.snapshot.progress == 100)
        let after = bench.service.state
        #expect(after.jobs.count == before.jobs.count && after.lookTimes.count == before.lookTimes.count)
        #expect(await !second.made(seed: 8).snapshot.isReused)
        #expect(await !second.made("another", seed: 7).snapshot.isReused)
    }

    @Test func whoWritesDownADrawnSeedGetsThatPicture() async throws {
        let first = try bench.run()
        let drawn = await first.made(seed: nil)
        let seed = try #require(drawn.request.seed)
        // Its own run asks for another picture, as always when it asks twice.
        #expect(await !first.made(seed: seed).snapshot.isReused)
        let other = await first.made("a cup", seed: nil)
        try await first.end()

        let second = try bench.run(script: "picks.lua")
        let otherSeed = try #require(other.request.seed)
        let same = JobRequest(
            call: .generate, model: "flux-2-pro", prompt: "a cup", parameters: ["resolution": "1MP"], seed: otherSeed)
        #expect(try await second.engine.reusable([same]) == [true])
        let again = await second.made("a cup", seed: otherSeed)
        #expect(again.snapshot.isReused && again.snapshot.id == other.snapshot.id)
        #expect(made == 3)
        #expect(await !second.made("a cup", seed: otherSeed, isFresh: true).snapshot.isReused)
        #expect(await !second.made("a pot", seed: otherSeed).snapshot.isReused)
        #expect(made == 5)
        try await second.end()
    }

    @Test func identicalRequestsOfARunAreSeparateJobsAndAllAreFoundAgain() async throws {
        let first = try bench.run()
        for _ in 1...3 { _ = await first.made() }
        try await first.end()
        let second = try bench.run()
        let jobs = [await second.made(), await second.made(), await second.made(), await second.made()]
        #expect(jobs.map(\.snapshot.isReused) == [true, true, true, false])
        #expect(made == 4 && Set(jobs.map(\.snapshot.id)).count == 4)
    }

    @Test func freshPicturesAreWantedOnceForEachLineage() async throws {
        let first = try bench.run()
        _ = await first.made()
        try await first.end()
        let second = try bench.run()
        let wanted = await second.made(isFresh: true)
        #expect(!wanted.snapshot.isReused && made == 2)
        try await second.end(.failed)
        let third = try bench.run()
        let taken = await third.made(isFresh: true)
        #expect(taken.snapshot.isReused && taken.snapshot.id == wanted.snapshot.id && made == 2)
        try await third.end()
        let fourth = try bench.run(isFresh: true)
        #expect(await !fourth.made().snapshot.isReused)
        #expect(made == 3)
        try await fourth.end()
        // The newest is what counts from then on.
        let fifth = try bench.run()
        let last = await fifth.made()
        #expect(last.snapshot.isReused && last.snapshot.id == bench.service.state.jobs.last?.id)
    }

    @Test func aFailedJobIsAskedAnew() async throws {
        bench.plan { $0.failure = "GPU on fire" }
        let first = try bench.run()
        #expect(await first.made().snapshot.error?.kind == .failed)
        try await first.end(.failed)
        bench.plan { $0.failure = nil }
        let second = try bench.run()
        #expect(await second.made().snapshot.isSuccess)
        #expect(Set(bench.service.state.keys).count == 2)
        #expect(try await second.states() == [.failed, .fetched])
    }

    @Test func aRefusedRequestIsSentAgainUnderItsKey() async throws {
        bench.plan { $0.refusal = 402 }
        let first = try bench.run()
        #expect(await first.made().snapshot.error?.kind == .credits)
        #expect(try await first.states() == [.refused])
        try await first.end(.failed)
        bench.plan { $0.refusal = nil }
        let second = try bench.run()
        #expect(await second.made().snapshot.isSuccess)
        #expect(try await second.states() == [.fetched])
        #expect(made == 1)
    }

    @Test func picturesThatLeftTheStoreAreFetchedAgainOrMadeAnew() async throws {
        let first = try bench.run()
        let job = await first.made()
        try await first.end()
        let picture = try #require(job.snapshot.pictures.first)
        try FileManager.default.removeItem(atPath: picture.path)
        let second = try bench.run()
        let fetched = await second.made()
        #expect(fetched.snapshot.isSuccess && made == 1)
        #expect(fetched.snapshot.isReused && fetched.snapshot.cost == 0 && second.engine.tally.credits == 0)
        #expect(FileManager.default.fileExists(atPath: picture.path))
        try await second.end()

        try FileManager.default.removeItem(atPath: picture.path)
        bench.plan { $0.isExpired = true }
        let third = try bench.run()
        let again = third.ask()
        await bench.clock.run { made == 2 }
        bench.plan { $0.isExpired = false }
        await bench.clock.run { again.snapshot.isSettled }
        #expect(made == 2 && Set(bench.service.state.keys).count == 2)
        #expect(!again.snapshot.isReused && again.snapshot.cost == 10)
    }

    @Test func picturesThatWereGoneBeforeTheyCameAreToldAsSuch() async throws {
        for _ in 1...2 {
            let run = try bench.run()
            let job = run.ask()
            // The service has the job, and its picture only not any more.
            bench.onRequest { [bench] url in bench.plan { $0.isExpired = url.hasPrefix("https://cdn/") } }
            await bench.clock.run { job.snapshot.isSettled }
            #expect(job.snapshot.error?.kind == .expired, "\(job.snapshot)")
            #expect(job.snapshot.error?.hint?.contains("fresh = true") == true)
            try await run.end(.failed)
        }
        #expect(made == 1)
    }

    @Test func filesCountByTheirContent() async throws {
        let mug = try bench.folder.write(SamplePictures.gif(mark: 1), to: "mug.gif")
        let copy = try bench.folder.write(SamplePictures.gif(mark: 1), to: "copy.gif")
        let first = try bench.run()
        let job = await first.made(images: ["image_prompt": [.file(mug)]])
        try await first.end()
        let second = try bench.run()
        let same = await second.made(images: ["image_prompt": [.file(copy)]])
        #expect(same.snapshot.isReused && bench.service.state.uploads == 1)
        #expect(await !second.made(images: ["image_prompt": [.file(mug)]]).snapshot.isReused, "asked twice in this run")
        try await second.end()
        _ = try bench.folder.write(SamplePictures.gif(mark: 2), to: "mug.gif")
        let third = try bench.run()
        #expect(await !third.made(images: ["image_prompt": [.file(mug)]]).snapshot.isReused)
        // A picture of a job counts by its content too.
        let source = await third.made(images: ["image_prompt": [.file(copy)]])
        let edit = await third.made("edit", images: ["image_prompt": [.picture(source, index: 1)]])
        try await third.end()
        let fourth = try bench.run()
        let again = await fourth.made(
            "edit", images: ["image_prompt": [.file(try #require(job.snapshot.pictures.first).path)]])
        #expect(again.snapshot.id == edit.snapshot.id && again.snapshot.isReused)
    }

    // MARK: Two at once

    @Test func twoRunsOfAScriptMakeEachPictureOnce() async throws {
        let runs = [try bench.run(), try bench.run()]
        let jobs = (1...20).flatMap { number in runs.map { $0.ask("prompt \(number)", seed: nil) } }
        await bench.clock.run { jobs.areSettled }
        #expect(jobs.haveSucceeded && made == 20)
        #expect(Set(jobs.compactMap(\.request.seed)).count == 20)
    }

    // MARK: No ledger, no request

    @Test func nothingIsSentThatCannotBeWrittenDown() async throws {
        let run = try bench.run()
        _ = await run.made()
        try run.ledger.queue.store.withLock { store throws(SQLError) in
            let pages = try store?.run("PRAGMA page_count")[0]["page_count"].integer ?? 0
            _ = try store?.run("PRAGMA max_page_count = \(pages)")
        }
        let jobs = (1...20).map { run.ask("\(String(repeating: "long ", count: 300))\($0)") }
        await bench.clock.run { jobs.areSettled }
        #expect(jobs.contains { $0.snapshot.error?.kind == .io })
        #expect(made == 1 + jobs.count { $0.snapshot.isSuccess })
        #expect(jobs.allSatisfy { $0.snapshot.isSuccess || $0.snapshot.error?.message.contains("no room") == true })
    }

    // MARK: The local service

    @Test func theLocalServiceIsAskedAgainForWhatEndedWithIt() async throws {
        let first = try bench.run(account: .local)
        _ = await first.made("kept")
        let lost = first.ask("lost")
        while try await first.states() != [.fetched, .accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { lost.snapshot.isSettled }
        try await first.end()
        let other = try RunBench()
        for end in ["", "-wal"] {
            try? FileManager.default.copyItem(atPath: bench.path("killed") + end, toPath: other.path("ledger") + end)
        }
        try FileManager.default.copyItem(atPath: bench.folder.path + "/store", toPath: other.folder.path + "/store")
        let second = try other.run(account: .local)
        let jobs = [second.ask("lost"), second.ask("kept")]
        await other.clock.run { jobs.areSettled }
        #expect(jobs.haveSucceeded && jobs.map(\.snapshot.isReused) == [false, true])
        #expect(other.service.state.jobs.count == 1)
        // What was simulated is nothing to the real service.
        let real = try other.run()
        #expect(await !real.made("kept").snapshot.isReused)
    }

    @Test func jobsOfAnEarlierRunAreWaitedForAloudWhileNobodyIsThere() async throws {
        let first = try bench.run()
        _ = first.ask()
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        try await first.end()
        bench.meet(.gone)
        let second = try bench.run("killed")
        let again = second.ask()
        await bench.clock.run { !second.told.lines.isEmpty }
        #expect(second.told.lines == ["the service does not answer; waiting for it: could not connect"])
        #expect(!again.snapshot.isSettled)
        bench.meet(nil)
        await bench.clock.run { again.snapshot.isSettled }
        #expect(again.snapshot.isSuccess && second.told.lines.last == "the service answers again")
        #expect(bench.service.state.submissions == 1)
        try await second.end()
    }

    /// An upload that fails leaves no doubt: nothing of the request was sent.
    @Test func aRequestWhosePictureCouldNotBeUploadedIsRefusedLikeAnyOther() async throws {
        let file = try bench.folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1], to: "mug.png")
        bench.plan { $0.refusal = 402 }
        let uploads = Mutex(0)
        bench.refuse { url in
            url.hasSuffix("/v2/uploads")
                && uploads.withLock {
                    $0 += 1
                    return $0 == 1
                } ? 503 : nil
        }
        let run = try bench.run()
        // So that the service is known to be there.
        _ = await run.made("first")
        let job = await run.made(images: ["image_prompt": [.file(file)]])
        #expect(job.snapshot.error?.kind == .credits)
        #expect(try await run.states().last == .refused)
        try await run.end()
    }

    @Test func aResultThatNobodyCanReadIsPaidAndToldWithoutDelay() async throws {
        bench.plan { $0.resultIsOdd = true }
        let first = try bench.run()
        let job = await first.made()
        let message = #"the job completed, but with a result of unknown shape: {"odd":true}"#
        #expect(job.snapshot.error?.message == message && job.snapshot.cost == 10)
        #expect(try await first.states() == [.completed])
        try await first.end(.failed)
        let second = try bench.run()
        let began = bench.clock.elapsed
        let again = await second.made()
        #expect(again.snapshot.error?.message == message && bench.clock.elapsed == began && made == 1)
        try await second.end(.failed)
    }
}
