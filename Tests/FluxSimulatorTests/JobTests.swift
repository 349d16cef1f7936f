import FluxClient
import Testing

@testable import FluxSimulator

@Suite struct JobTests {
    static let keys: Set<String> = [
        "id", "status", "model", "progress", "result", "error", "creditCost", "webhookStatus", "createdAt",
        "completedAt", "expired",
    ]

    @Test func jobWalksFromQueueToEnd() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        let id = try await bench.accepted()

        let queued = try await bench.get("/v2/jobs/\(id)")
        #expect(queued.status == 200)
        #expect(queued.keys == Self.keys.union(["input"]))
        #expect(
            queued.json.objectValue?.filter { $0.key != "input" } == [
                "id": .string(id), "status": "QUEUED", "model": "flux-2-pro", "progress": 0, "result": nil,
                "error": nil, "creditCost": 10, "webhookStatus": nil, "createdAt": "2026-03-15T10:00:00.000Z",
                "completedAt": nil, "expired": false,
            ])
        #expect(queued.json["input"] == Bench.fox)

        bench.clock.advance(by: .seconds(1))
        #expect(try await bench.client.job(id).status == .processing)
        bench.clock.advance(by: .milliseconds(8999))
        #expect(try await bench.client.job(id).status == .processing)
        bench.clock.advance(by: .milliseconds(1))
        let done = try await bench.get("/v2/jobs/\(id)")
        #expect(done.json["status"] == "COMPLETED")
        #expect(done.json["progress"] == 100)
        #expect(done.json["completedAt"] == "2026-03-15T10:00:10.000Z")
        #expect(
            done.json["result"] == ["images": [.string("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg")]])
    }

    @Test func progressNeverFalls() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10)))
        let id = try await bench.accepted()
        var seen: [Int] = []
        for _ in 0...100 {
            seen.append(try #require(try await bench.client.job(id).progress))
            bench.clock.advance(by: .milliseconds(100))
        }
        #expect(seen == seen.sorted())
        #expect(seen.first == 0 && seen.last == 100)
        #expect(Set(seen).count > 50)
        #expect(seen.dropLast().allSatisfy { $0 < 100 })
    }

    @Test func jobsBeyondTheLimitStayQueued() async throws {
        let bench = try Bench(SimulatorConfiguration(jobDuration: .seconds(10), jobsAtWork: 2))
        for _ in 0..<5 { _ = try await bench.accepted() }
        func statuses() async throws -> [JobStatus] { try await bench.client.jobs().jobs.reversed().map(\.status) }

        bench.clock.advance(by: .seconds(1))
        #expect(try await statuses() == [.processing, .processing, .queued, .queued, .queued])
        bench.clock.advance(by: .seconds(9))
        #expect(try await statuses() == [.completed, .completed, .processing, .processing, .queued])
        bench.clock.advance(by: .seconds(9))
        #expect(try await statuses() == [.completed, .completed, .completed, .completed, .processing])
        bench.clock.advance(by: .seconds(9))
        #expect(try await statuses().allSatisfy { $0 == .completed })
    }

    @Test func unknownJobsAre404AndOtherIdsAre400() async throws {
        let bench = try Bench()
        let unknown = try await bench.get("/v2/jobs/b2c3d4e5-0000-4000-8000-000000000000")
        #expect(unknown.status == 404 && unknown.keys == ["error"])
        for id in ["7", "b2c3d4e5", "b2c3d4e5-0000-4000-8000-00000000000g", "%20"] {
            #expect(try await bench.get("/v2/jobs/\(id)").status == 400)
        }
    }

    @Test func listEntriesLeaveOutTheirInput() async throws {
        let bench = try Bench()
        _ = try await bench.accepted()
        let list = try await bench.get("/v2/jobs")
        #expect(list.keys == ["jobs", "nextCursor", "hasMore"])
        #expect(list.json["nextCursor"] == .null && list.json["hasMore"] == false)
        let entry = try #require(list.json["jobs"]?.arrayValue?.first?.objectValue)
        #expect(Set(entry.keys) == Self.keys)
    }

    @Test func pagesAreNewestFirstAndStayWhileJobsAreAdded() async throws {
        let bench = try Bench()
        var ids: [String] = []
        for _ in 0..<25 { ids.append(try await bench.accepted()) }

        let first = try await bench.client.jobs()
        #expect(first.jobs.map(\.id) == Array(ids.reversed().prefix(20)))
        #expect(first.hasMore)
        for _ in 0..<7 { _ = try await bench.accepted() }
        let second = try await bench.client.jobs(cursor: first.nextCursor)
        #expect(second.jobs.map(\.id) == Array(ids.reversed().suffix(5)))
        #expect(!second.hasMore && second.nextCursor == nil)
    }

    @Test func lastPageIsTheLastWhenItIsFull() async throws {
        let bench = try Bench()
        for _ in 0..<4 { _ = try await bench.accepted() }
        let first = try await bench.client.jobs(limit: 2)
        #expect(first.hasMore)
        let second = try await bench.client.jobs(limit: 2, cursor: first.nextCursor)
        #expect(second.jobs.count == 2 && !second.hasMore && second.nextCursor == nil)
    }

    @Test func listsAreFilteredByStatusAndModel() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [Fault(.failJob(reason: "no"), prompt: "broken")]))
        let old = try await bench.accepted()
        let broken = try await bench.accepted(["model": "flux-2-pro", "prompt": "a broken fox"])
        bench.finishJobs()
        let ultra = try await bench.accepted(["model": "flux-1.1-pro-ultra", "prompt": "a fox"])

        #expect(try await bench.client.jobs(status: .queued).jobs.map(\.id) == [ultra])
        #expect(try await bench.client.jobs(status: .completed).jobs.map(\.id) == [old])
        #expect(try await bench.client.jobs(status: .failed).jobs.map(\.id) == [broken])
        #expect(try await bench.client.jobs(status: .cancelled).jobs.isEmpty)
        #expect(try await bench.client.jobs(model: "flux-1.1-pro-ultra").jobs.map(\.id) == [ultra])
        #expect(try await bench.client.jobs(status: .failed, model: "flux-1.1-pro-ultra").jobs.isEmpty)
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=ten", "limit"), ("limit=", "limit"),
        ("status=done", "status"), ("status=completed", "status"), ("cursor=zzz", "cursor"),
    ])
    func wrongQueriesAreRefused(query: String, field: String) async throws {
        let bench = try Bench()
        let reply = try await bench.get("/v2/jobs?\(query)")
        #expect(reply.status == 400)
        #expect(reply.json["details"]?.objectValue?.keys.sorted() == [field])
    }

    @Test func oneListCallTellsAHundredJobs() async throws {
        let bench = try Bench()
        for _ in 0..<101 { _ = try await bench.accepted() }
        let page = try await bench.client.jobs(limit: 100)
        #expect(page.jobs.count == 100 && page.hasMore)
    }

    @Test func jobsWithAWebhookTellItsStatus() async throws {
        let bench = try Bench()
        let id = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox", "webhookUrl": "http://127.0.0.1:9/hook",
        ])
        #expect(try await bench.get("/v2/jobs/\(id)").json["webhookStatus"] == "pending")
    }

    @Test func seedIsDrawnWhereNoneWasSent() async throws {
        let bench = try Bench()
        func picture(_ parameters: JSONValue) async throws -> [UInt8] {
            let id = try await bench.accepted(["model": "flux-2-pro", "prompt": "a fox", "fluxParams": parameters])
            bench.finishJobs()
            let job = try await bench.ended(id)
            return try await bench.bytes(try #require(job.imageURLs.first)).body
        }
        let small: JSONValue = ["width": 256, "height": 256]
        #expect(try await picture(small) != picture(small))
        let seeded: JSONValue = ["width": 256, "height": 256, "seed": 7]
        #expect(try await picture(seeded) == picture(seeded))
    }

    @Test func sameSeedOfASimulatorGivesTheSameIds() async throws {
        var ids: [String] = []
        for seed: UInt64 in [5, 5, 6] {
            ids.append(try await Bench(SimulatorConfiguration(seed: seed)).accepted())
        }
        #expect(ids[0] == ids[1] && ids[1] != ids[2])
    }
}
