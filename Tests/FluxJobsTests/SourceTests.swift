import FluxClient
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct SourceTests {
    private func sent(_ bench: Bench, _ job: Job, _ parameter: String) -> JSONValue? {
        bench.service.state.jobs.first { $0.id == job.snapshot.id }?.body["fluxParams"]?[parameter]
    }

    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]

    @Test func oneContentIsUploadedOnceHoweverManyAsk() async throws {
        let bench = try Bench()
        let files = try (1...10).map { try bench.folder.write(Self.png, to: "mug\($0 % 2).png") }
        let jobs = files.map { bench.start("a", images: ["image_prompt": [.file($0)]]) }
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.service.state.uploads == 1)
        #expect(jobs.allSatisfy { sent(bench, $0, "image_prompt") == "https://up/1" })
    }

    @Test func anUploadIsUsedAsLongAsItLives() async throws {
        let bench = try Bench()
        let file = try bench.folder.write(Self.png, to: "mug.png")
        await bench.settle(bench.start("a", images: ["image_prompt": [.file(file)]]))
        bench.clock.advance(to: .seconds(40 * 60))
        await bench.settle(bench.start("a", images: ["image_prompt": [.file(file)]]))
        #expect(bench.service.state.uploads == 1)
        bench.clock.advance(to: .seconds(46 * 60))
        await bench.settle(bench.start("a", images: ["image_prompt": [.file(file)]]))
        #expect(bench.service.state.uploads == 2)
    }

    @Test func aChangedFileIsUploadedAnew() async throws {
        let bench = try Bench()
        let file = try bench.folder.write(Self.png, to: "mug.png")
        await bench.settle(bench.start("a", images: ["image_prompt": [.file(file)]]))
        _ = try bench.folder.write(Self.png + [2], to: "mug.png")
        await bench.settle(bench.start("a", images: ["image_prompt": [.file(file)]]))
        #expect(bench.service.state.uploads == 2)
    }

    @Test func whatIsSentIsWhatTheFileHeldWhenItWasAskedFor() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        let bench = try Bench(configuration)
        let file = try bench.folder.write(Self.png, to: "mask.png")
        let first = bench.start("first")
        let overwritten = bench.start("a", images: ["image_prompt": [.file(file)]])
        _ = try bench.folder.write(Self.png.dropLast() + [9], to: "mask.png")
        let present = bench.start("b", images: ["image_prompt": [.file(file)]])
        await bench.settle(first, overwritten, present)
        #expect(overwritten.snapshot.error?.kind == .io && overwritten.snapshot.id == nil)
        #expect(overwritten.snapshot.error?.message.contains("mask.png has changed since it was asked for") == true)
        #expect(present.snapshot.isSuccess && bench.service.state.uploads == 1)
    }

    @Test func aFileThatChangesWhileItIsSentIsNotUsed() async throws {
        let folder = Mutex<TemporaryFolder?>(nil)
        let bench = try Bench(intercept: { request, _ in
            if request.url.hasSuffix("/v2/uploads") { _ = try? folder.withLock { $0 }?.write([1, 2], to: "mug.png") }
            return nil
        })
        folder.withLock { $0 = bench.folder }
        let file = try bench.folder.write(Self.png, to: "mug.png")
        let job = bench.start("a", images: ["image_prompt": [.file(file)]])
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .io && bench.service.state.jobs.isEmpty)
    }

    @Test func aContentThatAnotherFileStillHasIsSentFromThere() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        let bench = try Bench(configuration)
        let first = bench.start("first")
        let lost = try bench.folder.write(Self.png, to: "lost.png")
        let kept = try bench.folder.write(Self.png, to: "kept.png")
        let jobs = [lost, kept].map { bench.start($0, images: ["image_prompt": [.file($0)]]) }
        _ = try bench.folder.write([1], to: "lost.png")
        await bench.settle([first] + jobs)
        #expect(!jobs[0].snapshot.isSuccess && jobs[1].snapshot.isSuccess)
    }

    @Test func anUploadByItselfWaitsWhenThereAreTooManyRequests() async throws {
        let bench = try Bench(
            retries: 1,
            intercept: { request, state in
                request.url.hasSuffix("/v2/uploads") && state.uploads == 1
                    ? HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "3")])) : nil
            })
        let file = try bench.folder.write(Self.png, to: "mug.png")
        let upload = Task { try await bench.engine.upload(file) }
        await until { bench.clock.nextDeadline != nil }
        #expect(bench.service.state.uploads == 1)
        bench.clock.advance(by: .seconds(10))
        #expect(try await upload.value == "https://up/2")
    }

    @Test func nothingIsUploadedAfterTheEnd() async throws {
        let bench = try Bench()
        let file = try bench.folder.write(Self.png, to: "mug.png")
        await bench.engine.shutDown()
        await #expect(throws: FluxError.self) { try await bench.engine.upload(file) }
        #expect(bench.service.state.uploads == 0)
    }

    @Test func aFailedUploadFailsWhoAskedAndIsTriedByTheNext() async throws {
        let bench = try Bench(intercept: { request, state in
            request.url.hasSuffix("/v2/uploads") && state.uploads == 1 ? HTTPResponse(status: 413) : nil
        })
        let file = try bench.folder.write(Self.png, to: "mug.png")
        let first = bench.start("a", images: ["image_prompt": [.file(file)]])
        await bench.settle(first)
        #expect(first.snapshot.error?.kind == .invalid)
        #expect(first.snapshot.error?.message.hasPrefix("image_prompt: ") == true)
        let second = bench.start("a", images: ["image_prompt": [.file(file)]])
        let missing = bench.start("a", images: ["image_prompt": [.file(bench.folder.path + "/no.png")]])
        await bench.settle(second, missing)
        #expect(second.snapshot.isSuccess)
        #expect(
            missing.snapshot.error?.message
                == "image_prompt: cannot read \(bench.folder.path)/no.png: no such file or directory")
        #expect(missing.snapshot.error?.kind == .io && bench.service.state.jobs.count == 1)
    }

    @Test func aPictureOfAJobIsAwaitedAndSentByItsURL() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        let bench = try Bench(configuration, plan: { _ in .init(pictures: 2) })
        let first = bench.start("a")
        let second = bench.start("b", images: ["image_prompt": [.picture(first, index: 2)]])
        let third = bench.start(
            "c", images: ["input_images": [.picture(second, index: 1)], "image_prompt": [.url("https://x/y")]])
        await bench.settle(first, second, third)
        #expect(sent(bench, second, "image_prompt") == "https://cdn/1-2.jpg")
        #expect(sent(bench, third, "input_images") == ["https://cdn/2-1.jpg"])
        #expect(sent(bench, third, "image_prompt") == "https://x/y")
        #expect(third.snapshot.isSuccess && bench.service.state.uploads == 0)
    }

    @Test func anOldPictureOfAJobIsUploadedFromDisk() async throws {
        let bench = try Bench(picture: { _, _ in SamplePictures.gif() })
        let first = bench.start("a")
        await bench.settle(first)
        bench.clock.advance(to: .seconds(13 * 3600))
        let second = bench.start("b", images: ["image_prompt": [.picture(first, index: 1)]])
        await bench.settle(second)
        #expect(sent(bench, second, "image_prompt") == "https://up/1")
    }

    @Test func aFailedSourceFailsWhatNeedsItAndNothingIsSent() async throws {
        let bench = try Bench(plan: { $0 == "a" ? .init(failure: "NSFW") : .init() })
        let first = bench.start("a")
        let second = bench.start("b", images: ["image_prompt": [.picture(first, index: 1)]])
        let third = bench.start("c", images: ["image_prompt": [.picture(second, index: 1)]])
        await bench.settle(first, second, third)
        #expect(second.snapshot.error?.kind == .moderated && third.snapshot.error?.kind == .moderated)
        #expect(
            second.snapshot.error?.message
                == "image_prompt: job 00000000, which it comes from, failed: \(first.snapshot.error?.message ?? "")")
        #expect(bench.service.state.jobs.count == 1 && second.snapshot.id == nil)
    }

    @Test func aPictureThatTheJobDoesNotHaveIsAnError() async throws {
        let bench = try Bench()
        let first = bench.start("a")
        let second = bench.start("b", images: ["image_prompt": [.picture(first, index: 2)]])
        await bench.settle(first, second)
        #expect(second.snapshot.error?.message == "image_prompt: job 00000000 has 1 pictures, but no number 2")
    }
}
