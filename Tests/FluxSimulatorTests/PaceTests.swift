import FluxClient
import Testing

@testable import FluxSimulator

/// Time and chance, which are set.
@Suite struct PaceTests {
    /// Seconds from each job's acceptance to its end, by the service's own dates.
    private func durations(_ model: String, seed: UInt64, count: Int = 40) async throws -> [Double] {
        let bench = try Bench(SimulatorConfiguration(pace: .lifelike, seed: seed))
        for _ in 0..<count {
            _ = try await bench.accepted([
                "model": .string(model), "prompt": "a fox", "fluxParams": ["width": 256, "height": 256],
            ])
        }
        bench.clock.advance(by: .seconds(60))
        return try await bench.client.jobs(limit: count).jobs.map { job in
            Double(try #require(job.completedAt) - #require(job.createdAt)) / 1000
        }
    }

    @Test(arguments: [("flux-2-pro", 15.0), ("flux-1.1-pro", 10.0), ("flux-1.1-pro-ultra", 15.0)])
    func lifelikeJobsTakeWhatTheServiceStates(model: String, average: Double) async throws {
        let durations = try await durations(model, seed: 3)
        #expect(durations.allSatisfy { $0 >= average * 0.7 - 0.001 && $0 <= average * 1.3 + 0.001 })
        #expect(abs(durations.reduce(0, +) / 40 - average) < average * 0.1)
        #expect(Set(durations).count > 30)
    }

    @Test func chanceFollowsFromTheSeed() async throws {
        let first = try await durations("flux-2-pro", seed: 5)
        #expect(try await durations("flux-2-pro", seed: 5) == first)
        #expect(try await durations("flux-2-pro", seed: 6) != first)
    }

    @Test func instantJobsAreDoneWhenTheyAreAccepted() async throws {
        let bench = try Bench(SimulatorConfiguration(pace: .exactly(.zero)))
        let reply = try await bench.generate()
        #expect(reply.json["status"] == "QUEUED")
        let id = try #require(reply.json["jobId"]?.stringValue)
        let job = try await bench.get("/v2/jobs/\(id)").json
        #expect(job["status"] == "COMPLETED" && job["completedAt"] == job["createdAt"])
    }

    @Test func endsAreTheScheduledOnesHoweverLateSomebodyLooks() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .milliseconds(1500), jobsAtWork: 1))
        let ids = [try await bench.accepted(), try await bench.accepted(), try await bench.accepted()]
        bench.clock.advance(by: .seconds(100))
        var ends: [JSONValue?] = []
        for id in ids { ends.append(try await bench.get("/v2/jobs/\(id)").json["completedAt"]) }
        #expect(ends == ["2026-03-15T10:00:01.500Z", "2026-03-15T10:00:02.850Z", "2026-03-15T10:00:04.200Z"])
    }

    @Test func jobsThatWaitForTheirPicturesHoldTheirPlace() async throws {
        let gate = Gate()
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10), jobsAtWork: 1), foreign: gate)
        let slow = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": "http://example.org/a.png"],
        ])
        let next = try await bench.accepted()
        bench.clock.advance(by: .seconds(30))
        #expect(try await bench.client.job(slow).status == .processing)
        #expect(try await bench.client.job(slow).progress == 99)
        #expect(try await bench.client.job(next).status == .queued)
        gate.open()
        #expect(try await bench.ended(slow).status == .failed)
        #expect(try await bench.client.job(next).status == .processing)
        bench.clock.advance(by: .seconds(9))
        #expect(try await bench.get("/v2/jobs/\(next)").json["completedAt"] == "2026-03-15T10:00:39.000Z")
    }

    @Test func agendaGivesTheEarliestFirstAndKeepsTheOrderOfEntry() {
        var eventQueue = EventQueue<Int>()
        var random = RandomSource(seed: 1)
        let moments = (0..<500).map { _ in Int.random(in: 0..<50, using: &random) }
        for (index, moment) in moments.enumerated() { eventQueue.enter(index, at: .seconds(moment)) }
        let expected = moments.indices.sorted { (moments[$0], $0) < (moments[$1], $1) }
        #expect(eventQueue.next(until: .seconds(-1)) == nil)
        var found: [Int] = []
        while let (_, event) = eventQueue.next(until: .seconds(24)) { found.append(event) }
        #expect(found.allSatisfy { moments[$0] <= 24 })
        while let (_, event) = eventQueue.next(until: .seconds(50)) { found.append(event) }
        #expect(found == Array(expected))
    }
}

/// A host that answers 404, but only when it is told to.
private final class Gate: HTTPTransport {
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    func open() { continuation.finish() }

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        for await _ in stream {}
        return HTTPResponse(status: 404)
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        throw FluxError(.io, "not here")
    }
}
