import FluxClient
import FluxJobs
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a Swift programmer works with: typed requests, states as a sequence, errors that are thrown.
@Suite(.timeLimit(.minutes(5))) struct SwiftInterfaceTests {
    @Test func statesComeAsTheyChangeAndEndWithTheSettledOne() async throws {
        let bench = try Bench()
        let job = try bench.engine.start(Flux2Pro(prompt: "a fox", resolution: .oneMegapixel, seed: 7))
        let states = Mutex<[JobSnapshot]>([])
        let reading = Task {
            for await state in job.states { states.withLock { $0.append(state) } }
        }
        await bench.settle(job)
        await reading.value
        let seen = states.withLock { $0 }
        #expect(seen.first?.status == nil && seen.last?.isSuccess == true)
        #expect(seen.last == job.snapshot && seen.filter(\.isSettled).count == 1)
        for (one, next) in zip(seen, seen.dropFirst()) { #expect(one != next) }
        #expect(seen.contains { $0.status == .queued || $0.status == .processing })
        var late: [JobSnapshot] = []
        for await state in job.states { late.append(state) }
        #expect(late == [job.snapshot])
    }

    @Test func readerThatLeavesEarlyDisturbsNobody() async throws {
        let bench = try Bench()
        let job = bench.start("a fox")
        for await _ in job.states { break }
        let reading = Task { for await _ in job.states {} }
        reading.cancel()
        await reading.value
        await bench.settle(job)
        #expect(job.snapshot.isSuccess)
    }

    @Test func picturesAreAwaitedAndErrorsAreThrown() async throws {
        let bench = try Bench(plan: { $0 == "bad" ? .init(failure: "GPU on fire") : .init(pictures: 2) })
        let good = try bench.engine.start(Flux11Pro(prompt: "good", seed: 1), name: "label")
        let bad = try bench.engine.start(Flux11ProUltra(prompt: "bad"))
        async let pictures = good.pictures
        await bench.settle(good, bad)
        #expect(try await pictures.map(\.index) == [1, 2])
        #expect(good.request.name == "label" && good.request.seed == 1)
        let error = await #expect(throws: FluxError.self) { try await bad.pictures }
        #expect(error?.kind == .failed)
    }

    @Test func cancelledWaitThrowsAndTheJobGoesOn() async throws {
        let bench = try Bench()
        let job = bench.start("a fox")
        let waiting = Task { try await job.pictures }
        waiting.cancel()
        let error = await #expect(throws: FluxError.self) { try await waiting.value }
        #expect(error?.kind == .cancelled)
        await bench.settle(job)
        #expect(job.snapshot.isSuccess)
    }

    @Test func wrongRequestIsThrownBeforeAnythingIsSent() throws {
        let bench = try Bench()
        let error = #expect(throws: FluxError.self) { try bench.engine.start(Flux2Pro(prompt: "")) }
        #expect(error?.kind == .invalid)
        #expect(bench.engine.openJobs.isEmpty)
    }

    @Test func localPicturesOfATypedRequestAreUploaded() async throws {
        let bench = try Bench()
        let path = bench.folder.path + "/a.gif"
        try Data(SamplePictures.gif(mark: 1)).write(to: URL(fileURLWithPath: path))
        let job = try bench.engine.start(FluxFillPro(image: .file(path), .outpaint(.left), prompt: "x"))
        await bench.settle(job)
        #expect(job.snapshot.isSuccess, "\(String(describing: job.snapshot.error))")
        #expect(bench.service.state.jobs[0].body["fluxFillParams"]?["image"]?.stringValue?.hasPrefix("http") == true)
    }

    @Test func savingWaitsForTheJobAndRefusesAWrongPattern() async throws {
        let bench = try Bench()
        let job = bench.start("a fox")
        let saving = Task { try await bench.engine.save(job, to: bench.folder.path + "/out/{seed}.{ext}") }
        await bench.settle(job)
        #expect(try await saving.value == [bench.folder.path + "/out/7.gif"])
        let error = await #expect(throws: FluxError.self) { try await bench.engine.save(job, to: "{nonsense}") }
        #expect(error?.kind == .invalid)
    }
}
