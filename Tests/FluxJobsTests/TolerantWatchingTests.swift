import FluxClient
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

/// Answers of a service that is not as its description says: a picture that is paid is not lost over a detail.
@Suite(.timeLimit(.minutes(5))) struct TolerantWatchingTests {
    let bench = try! RunBench()

    @Test func aStatusThatNobodyKnowsIsWatchedOnAndToldOnce() async throws {
        let bench = try Bench(intercept: { request, state in
            guard request.method == .get, state.lookTimes.count <= 4 else { return nil }
            let jobs = state.jobs.map { ["id": .string($0.id), "status": "THINKING", "progress": 12] as JSONValue }
            return FakeService.answer(200, request.url.contains("?") ? ["jobs": .array(jobs)] : jobs[0])
        })
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.clock.run { bench.service.state.lookTimes.count > 2 }
        #expect(jobs.allSatisfy { $0.snapshot.status == .processing && !$0.snapshot.isSettled })
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded)
        #expect(
            bench.notices == [
                "the service uses the unknown state 'THINKING' for a job: treated as PROCESSING"
            ])
    }

    @Test func aResultThatCannotBeReadStaysOpenWithWhatCame() async throws {
        bench.plan { $0.resultIsOdd = true }
        for number in 1...2 {
            let run = try bench.run()
            let job = await run.made()
            #expect(job.snapshot.error?.kind == .service && job.snapshot.cost == 10)
            #expect(try await run.states() == [.completed], "run \(number)")
            #expect(try await run.ledger.requests().first?.answer == #"{"odd":true}"#)
            try await run.end(.failed)
        }
        // A program that can read it comes, or the service mends it.
        bench.answer { [bench] request throws(FluxError) in
            let id = bench.service.state.jobs[0].id
            guard request.url.hasSuffix(id) else { return nil }
            return FakeService.answer(200, ["id": .string(id), "status": "COMPLETED", "result": "https://cdn/1-1.jpg"])
        }
        let run = try bench.run()
        #expect(await run.made().snapshot.isSuccess)
        let record = try #require(try await run.ledger.requests().first)
        #expect(record.state == .fetched && record.answer == nil && record.errorMessage == nil)
        #expect(bench.service.state.jobs.count == 1)
    }

    @Test func anAnswerThatIsNoJSONStaysOpenWithWhatCame() async throws {
        let page = "<html>we are moving house</html>"
        bench.answer { request throws(FluxError) in
            request.method == .get ? HTTPResponse(status: 200, body: Array(page.utf8)) : nil
        }
        let first = try bench.run()
        let job = await first.made()
        #expect(job.snapshot.error?.kind == .service)
        #expect(try await first.states() == [.accepted])
        #expect(try await first.ledger.requests().first?.answer == page)
        try await first.end(.failed)
        bench.answer { _ throws(FluxError) in nil }
        #expect(await (try bench.run()).made().snapshot.isSuccess)
        #expect(bench.service.state.jobs.count == 1)
    }

    @Test func anAcceptanceThatCannotBeReadIsAskedForAgainUnderItsKey() async throws {
        let answer = #"{"accepted":"yes"}"#
        bench.answer { [bench] request throws(FluxError) in
            guard request.method == .post, bench.service.state.submissions == 1 else { return nil }
            return HTTPResponse(status: 202, body: Array(answer.utf8))
        }
        let first = try bench.run()
        #expect(await first.made().snapshot.error?.kind == .service)
        #expect(try await first.states() == [.written])
        #expect(try await first.ledger.requests().first?.answer == answer)
        try await first.end(.failed)
        let second = try bench.run()
        #expect(await second.made().snapshot.isSuccess)
        #expect(try await second.states() == [.fetched] && bench.service.state.submissions == 2)
    }

    @Test func aPictureInTheAnswerIsKeptOnceAndShownWithoutItsContent() async throws {
        let content = SamplePictures.gif(mark: 5)
        let address = "data:image/gif," + content.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        bench.answer { [bench] request throws(FluxError) in
            guard request.method == .get, let job = bench.service.state.jobs.first else { return nil }
            return FakeService.answer(
                200, ["id": .string(job.id), "status": "COMPLETED", "result": ["images": [.string(address)]]])
        }
        let run = try bench.run()
        let job = await run.made()
        let picture = try #require(job.snapshot.pictures.first)
        #expect(job.snapshot.isSuccess && picture.width == 4 && picture.byteCount == content.count)
        #expect(picture.url == "data:image/gif,…" && job.snapshot.imageURLs == ["data:image/gif,…"])
        #expect(try await run.ledger.requests().first?.imageURLs == ["data:image/gif,…"])
        try await run.end()
        // The same again, from the store.
        let again = await (try bench.run()).made()
        #expect(again.snapshot.isReused && again.snapshot.pictures.first?.sha256 == picture.sha256)
    }

    // MARK: What may have been paid

    @Test func aJobThatTheServiceForgotHasExpired() async throws {
        let first = try bench.run()
        let job = first.ask()
        while try await first.states() != [.accepted] {}
        bench.service.forgetJobs()
        await bench.clock.run { job.snapshot.isSettled }
        #expect(job.snapshot.error?.kind == .expired && job.snapshot.error?.status == 404)
        #expect(try await first.states() == [.unknown])
        try await first.end(.failed)
        // It may have been paid: it is not made anew by itself.
        let second = try bench.run()
        let again = await second.made()
        #expect(again.snapshot.error?.kind != nil && again.snapshot.error?.kind != .invalid)
        #expect(bench.service.state.jobs.isEmpty)
        #expect(await second.made(seed: 7, isFresh: true).snapshot.isSuccess)
    }

    @Test func aJobOfAnEarlierRunThatTheServiceForgotHasExpired() async throws {
        let first = try bench.run()
        _ = first.ask()
        while try await first.states() != [.accepted] {}
        try await first.end(.interrupted)
        bench.service.forgetJobs()
        let second = try bench.run()
        #expect(await second.made().snapshot.error?.kind == .expired)
        #expect(bench.service.state.jobs.isEmpty)
    }

    @Test(arguments: [400, 404, 413]) func aLookThatIsRefusedIsNoPromiseThatNothingWasMade(status: Int) async throws {
        let bench = try Bench(intercept: { request, _ in
            request.method == .get ? FakeService.answer(status, ["error": "no"]) : nil
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == (status == 404 ? .expired : .service))
    }

    @Test func aRefusalAfterALostAnswerIsNoPromiseThatNothingWasMade() async throws {
        let bench = try Bench(
            retries: 1,
            intercept: { request, state throws(FluxError) in
                guard request.method == .post else { return nil }
                if state.submissions == 1 { throw FluxError(.network, "connection reset") }
                return FakeService.answer(400, ["error": "no"])
            })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .service && job.snapshot.error?.status == 400)
        #expect(job.snapshot.error?.message.contains("may have made a job") == true)
    }

    @Test func aRefusalAfterNobodyWasThereIsThePromiseItIs() async throws {
        let bench = try Bench(
            retries: 1,
            intercept: { request, state throws(FluxError) in
                guard request.method == .post else { return nil }
                if state.submissions == 1 {
                    var nobody = FluxError(.network, "could not connect")
                    nobody.isUnsent = true
                    throw nobody
                }
                return FakeService.answer(400, ["error": "no"])
            })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .invalid)
    }

    @Test func aKeyThatHasAnotherRequestIsUnclear() async throws {
        bench.plan { $0.refusal = 409 }
        let run = try bench.run()
        #expect(await run.made().snapshot.error?.kind == .unknownOutcome)
        #expect(try await run.states() == [.unknown])
    }

    // MARK: What was cleared away

    @Test func aCDNThatIsLateIsWaitedForBeforeAnythingIsMadeAnew() async throws {
        let first = try bench.run()
        let path = try #require(await first.made().snapshot.pictures.first?.path)
        try await first.end()
        try PictureStore(root: bench.folder.path + "/store").trim(to: 0, keeping: [], notNewerThan: .max)
        #expect(PictureFile.size(of: path) == nil)
        bench.missPictures(EngineConfiguration().missingPictureRetries)
        let second = try bench.run()
        let job = await second.made()
        #expect(job.snapshot.isSuccess && job.snapshot.isReused && second.engine.tally.credits == 0)
        #expect(bench.service.state.jobs.count == 1 && second.told.lines == [])
        #expect(PictureFile.size(of: path) != nil)
    }

    @Test func whatIsMadeAnewAlthoughItWasPaidIsToldFirst() async throws {
        let first = try bench.run()
        let old = await first.made()
        try await first.end()
        try PictureStore(root: bench.folder.path + "/store").trim(to: 0, keeping: [], notNewerThan: .max)
        bench.missPictures(EngineConfiguration().missingPictureRetries + 1)
        let second = try bench.run()
        let told = Mutex<[String]?>(nil)
        bench.onRequest { url in
            if url.hasSuffix("/generate") { told.withLock { $0 = second.told.lines } }
        }
        let new = await second.made()
        let id = try #require(old.snapshot.id)
        #expect(new.snapshot.isSuccess && new.snapshot.id != id && bench.service.state.jobs.count == 2)
        #expect(
            told.withLock { $0 } == [
                "job \(id.prefix(8)) was made and paid for, but its pictures are gone, here and at the service: "
                    + "it is made and paid for again"
            ])
    }
}
