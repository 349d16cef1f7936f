import FluxClient
import Testing

@testable import FluxSimulator

@Suite struct FaultTests {
    @Test(arguments: [
        ("fail:prompt=broken", Fault(.failJob(reason: Fault.defaultReason), prompt: "broken")),
        ("fail:every=5,reason=Out of memory", Fault(.failJob(reason: "Out of memory"), every: 5)),
        ("fail", Fault(.failJob(reason: Fault.defaultReason))),
        ("429:every=5,retry-after=1", Fault(.refuse(status: 429, retryAfter: 1), every: 5)),
        ("503:call=submit,times=2", Fault(.refuse(status: 503, retryAfter: nil), call: .submit, times: 2)),
        ("500:every=10", Fault(.refuse(status: 500, retryAfter: nil), every: 10)),
        ("drop-answer:every=7", Fault(.dropAnswer, every: 7)),
    ])
    func textsAreRead(text: String, fault: Fault) throws {
        #expect(try Fault(parsing: text) == fault)
    }

    @Test(arguments: [
        "", ":", "oops", "404", "429:", "429:every=0", "429:every=x", "429:retry-after=-1", "429:prompt=a",
        "fail:retry-after=1", "fail:call=submit", "fail:every", "fail:every=1,every=2", "503:call=everything", "600",
        "drop-answer:reason=x",
    ])
    func otherTextsAreRefusedInWords(text: String) {
        // A colon without conditions after it says nothing wrong.
        guard text != "429:" else { return }
        #expect { try Fault(parsing: text) } throws: { "\($0)".hasPrefix("fault '\(text)': ") }
    }

    @Test func everyNthJobFails() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "fail:every=3,reason=no")]))
        for _ in 0..<7 { _ = try await bench.accepted() }
        bench.finishJobs()
        let failed = try await bench.client.jobs().jobs.reversed().map { $0.status == .failed }
        #expect(failed == [false, false, true, false, false, true, false])
    }

    @Test func jobsFailByTheirPrompt() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "fail:prompt=broken")]))
        _ = try await bench.accepted()
        let id = try await bench.accepted(["model": "flux-2-pro", "prompt": "a broken fox"])
        #expect(try await bench.client.job(id).status == .queued)
        bench.finishJobs()
        let reply = try await bench.get("/v2/jobs/\(id)")
        #expect(reply.json["status"] == "FAILED")
        #expect(reply.json["error"] == .string(Fault.defaultReason))
        #expect(reply.json["result"] == .null && reply.json["creditCost"] == .null)
        #expect(reply.json["completedAt"]?.stringValue != nil)
        #expect(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").status == 404)
    }

    @Test func requestsAreRefusedWithRetryAfter() async throws {
        let bench = try Bench(
            SimulatorConfiguration(faults: [try Fault(parsing: "429:call=submit,every=2,retry-after=3")]))
        #expect(try await bench.generate().status == 202)
        let refused = try await bench.generate()
        #expect(refused.status == 429 && refused.keys == ["error"])
        #expect(refused.response.headers["Retry-After"] == "3")
        #expect(try await bench.client.jobs().jobs.count == 1)
        #expect(bench.simulator.summary().jobs == 1)
    }

    @Test func troubleEndsAfterItsTimes() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "503:times=2")]))
        var statuses: [Int] = []
        for _ in 0..<3 { statuses.append(try await bench.get("/v2/me").status) }
        #expect(statuses == [503, 503, 200])
    }

    @Test func droppedAnswerHasMadeTheJob() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "drop-answer:every=2")]))
        #expect(try await bench.generate(idempotencyKey: "a").status == 202)
        await #expect(throws: FluxError.self) { try await bench.generate(idempotencyKey: "b") }
        #expect(bench.simulator.summary().jobs == 2)
        #expect(bench.simulator.summary().answers[0] == 1)
        // The key finds the job that nobody was told of.
        let again = try await bench.generate(idempotencyKey: "b")
        #expect(again.status == 202)
        #expect(try await bench.client.jobs().jobs.first?.id == again.json["jobId"]?.stringValue)
        #expect(bench.simulator.summary().jobs == 2)
    }
}
