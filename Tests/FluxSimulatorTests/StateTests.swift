import FluxClient
import Foundation
import SQLite
import TestSupport
import Testing

@testable import FluxSimulator

@Suite struct StateTests {
    private let folder: TemporaryFolder
    private var file: String { folder.path + "/state.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    /// A service with this state, so many seconds after the tests' beginning.
    private func bench(
        after seconds: Double = 0, _ configuration: SimulatorConfiguration = SimulatorConfiguration(seed: 1),
        foreign: (any HTTPTransport)? = nil
    ) throws -> Bench {
        var configuration = configuration
        configuration.stateFile = file
        return try Bench(configuration, foreign: foreign, beginning: Bench.beginning.addingTimeInterval(seconds))
    }

    @Test func acceptedJobsGoOnAfterARestart() async throws {
        let slow = SimulatorConfiguration(jobDuration: .seconds(100), jobsAtWork: 1, seed: 1)
        let first = try bench(slow)
        let ids = [try await first.accepted(), try await first.accepted()]
        first.clock.advance(by: .seconds(50))
        let before = try await first.get("/v2/jobs/\(ids[0])").json
        #expect(before["status"] == "PROCESSING")
        first.simulator.stop()

        let second = try bench(after: 60, slow)
        let job = try await second.get("/v2/jobs/\(ids[0])").json
        #expect(job["status"] == "PROCESSING" && job["createdAt"] == before["createdAt"])
        #expect(job["input"] == Bench.fox)
        #expect(try await second.client.job(ids[1]).status == .queued)
        second.clock.advance(by: .seconds(40))
        let done = try await second.get("/v2/jobs/\(ids[0])").json
        #expect(done["status"] == "COMPLETED" && done["completedAt"] == "2026-03-15T10:01:40.000Z")
        #expect(try await second.client.job(ids[1]).status == .processing)
    }

    @Test func whatWouldHaveHappenedMeanwhileHasHappenedAtItsTime() async throws {
        let slow = SimulatorConfiguration(jobDuration: .seconds(100), jobsAtWork: 1, seed: 1)
        let first = try bench(slow)
        let ids = [try await first.accepted(), try await first.accepted()]
        first.simulator.stop()

        let second = try bench(after: 3600, slow)
        var ends: [JSONValue?] = []
        for id in ids { ends.append(try await second.get("/v2/jobs/\(id)").json["completedAt"]) }
        #expect(ends == ["2026-03-15T10:01:40.000Z", "2026-03-15T10:03:10.000Z"])
    }

    @Test func picturesAreTheSameAfterARestart() async throws {
        let first = try bench()
        let id = try await first.accepted(["model": "flux-2-pro", "prompt": "a fox", "fluxParams": ["width": 256]])
        first.finishJobs()
        let path = "/cdn/\(id)-1.jpg"
        let picture = try await first.bytes(first.simulator.baseURL + path).body
        first.simulator.stop()
        let second = try bench(after: 20)
        #expect(try await second.bytes(second.simulator.baseURL + path).body == picture)
    }

    @Test func whatGoesWrongWithAJobStillDoes() async throws {
        let rules = ["result:shape=list", "late:seconds=30"]
        let faults = try rules.map { try Fault(parsing: $0) }
        let first = try bench(SimulatorConfiguration(jobDuration: .seconds(10), seed: 1, faults: faults))
        let id = try await first.accepted()
        first.simulator.stop()
        let second = try bench(after: 20)
        let job = try await second.get("/v2/jobs/\(id)").json
        #expect(job["result"]?.arrayValue?.count == 1)
        let url = "\(second.simulator.baseURL)/cdn/\(id)-1.jpg"
        #expect(try await second.bytes(url).status == 404)
        second.clock.advance(by: .seconds(20))
        #expect(try await second.bytes(url).status == 200)
    }

    @Test func creditsAndRefundsSurvive() async throws {
        let configuration = SimulatorConfiguration(
            jobDuration: .seconds(100), credits: 35, seed: 1, faults: [Fault(.failJob(reason: "no"), times: 1)])
        let first = try bench(configuration)
        _ = try await first.accepted()
        _ = try await first.accepted()
        first.simulator.stop()
        // What the file says counts, not what a new account would hold.
        let second = try bench(after: 50, SimulatorConfiguration(jobDuration: .seconds(100), credits: 1000))
        #expect(try await second.client.account().credits == 15)
        second.clock.advance(by: .seconds(60))
        #expect(try await second.client.account().credits == 25)
        second.simulator.stop()
        #expect(try await bench(after: 200).get("/v2/me").json["team"]?["credits"] == 25)
    }

    @Test func keysAreRememberedForTheirDay() async throws {
        let first = try bench()
        let id = try await first.generate(idempotencyKey: "k").json["jobId"]
        first.simulator.stop()
        let second = try bench(after: 23 * 3600)
        #expect(try await second.generate(idempotencyKey: "k").json["jobId"] == id)
        let other: JSONValue = ["model": "flux-2-pro", "prompt": "a hare"]
        #expect(try await second.generate(other, idempotencyKey: "k").status == 409)
        second.simulator.stop()
        let third = try bench(after: 24 * 3600)
        let new = try await third.generate(idempotencyKey: "k")
        #expect(new.status == 202 && new.json["jobId"] != id)
    }

    @Test func idsAreNotGivenTwice() async throws {
        var ids: Set<String> = []
        for start in 0..<3 { ids.insert(try await bench(after: Double(start)).accepted()) }
        #expect(ids.count == 3)
    }

    @Test func uploadsAndWhatJobsWereGivenSurvive() async throws {
        let first = try bench(SimulatorConfiguration(jobDuration: .seconds(100), seed: 1))
        let bytes = try picture(.jpg)
        let path = try folder.write(bytes, to: "a.jpg")
        let url = try await first.client.upload(file: path).url
        let place = String(url.dropFirst(first.simulator.baseURL.count))
        let body: JSONValue = [
            "model": "flux-fill-pro",
            "fluxFillParams": [
                "prompt": "a hat", "mode": "outpaint", "outpaint": "Make square", "image": .string(url),
            ],
        ]
        let id = try #require(try await first.post("/v2/images/edit", body).json["jobId"]?.stringValue)
        first.clock.advance(by: .seconds(1000))
        let done = try await first.ended(id)
        let result = try await first.bytes(try #require(done.imageURLs.first)).body
        first.simulator.stop()

        let second = try bench(after: 89 * 60)
        #expect(try await second.bytes(second.simulator.baseURL + place).body == bytes)
        // The upload goes, what the job was given does not.
        second.clock.advance(by: .seconds(3600))
        #expect(try await second.bytes(second.simulator.baseURL + place).status == 404)
        #expect(try await second.bytes("\(second.simulator.baseURL)/cdn/\(id)-1.jpg").body == result)
    }

    @Test func picturesThatWereBeingReadAreReadAgain() async throws {
        let body: JSONValue = [
            "model": "flux-2-pro", "prompt": "a fox",
            "fluxParams": ["width": 256, "height": 256, "image_prompt": "http://example.org/a.png"],
        ]
        let first = try bench(foreign: NeverAnswering())
        let id = try await first.accepted(body)
        first.finishJobs()
        #expect(try await first.client.job(id).status == .processing)
        first.simulator.stop()
        let second = try bench(after: 20)
        // Without a transport nothing can be fetched; that it was tried tells that the job went on.
        #expect(try await second.ended(id).error == "could not fetch image 'image_prompt': http://example.org/a.png")
    }

    @Test func webhooksThatWereNotDeliveredAre() async throws {
        let receiver = try Receiver()
        let transport = CurlTransport()
        let first = try bench()
        let id = try await first.accepted([
            "model": "flux-2-pro", "prompt": "a fox", "webhookUrl": .string(receiver.url),
        ])
        first.simulator.stop()
        let second = try bench(after: 10, foreign: transport)
        let delivery = await receiver.received(1)[0]
        #expect(delivery.job == id && delivery.event == "completed")
        #expect(delivery.json["completedAt"] == "2026-03-15T10:00:00.500Z")
        let signature = delivery.request.header("X-Webhook-Signature") ?? ""
        #expect(WebhookSignature.isValid(signature, for: delivery.request.body, apiKey: Bench.key))
        while try await second.get("/v2/jobs/\(id)").json["webhookStatus"] != "delivered" { await Task.yield() }
    }

    @Test func apiKeysAreNotWrittenDown() async throws {
        let bench = try bench()
        _ = try await bench.accepted([
            "model": "flux-2-pro", "prompt": "a fox", "webhookUrl": "http://127.0.0.1:9/hook",
        ])
        bench.simulator.stop()
        for file in folder.files {
            let bytes = try folder.read(file)
            #expect(String(decoding: bytes, as: UTF8.self).contains(Bench.key) == false, "\(file)")
        }
    }

    @Test func oneServiceAtATimeHasTheFile() async throws {
        let first = try bench()
        _ = try await first.accepted()
        #expect {
            try bench()
        } throws: {
            "\($0)" == "cannot keep state: '\(file)' is in use: only one program can keep its state there"
        }
        first.simulator.stop()
        #expect(try await bench().get("/v2/jobs").json["jobs"]?.arrayValue?.count == 1)
    }

    @Test func forgottenThingsLeaveTheFile() async throws {
        let first = try bench()
        let path = try folder.write(try picture(), to: "a.png")
        _ = try await first.client.upload(file: path)
        _ = try await first.generate(idempotencyKey: "k")
        first.clock.advance(by: .seconds(72 * 3600))
        _ = try await first.client.account()
        first.simulator.stop()
        let connection = try SQLiteConnection(path: file, mode: .readOnly)
        for table in ["jobs", "idempotency_keys", "uploads", "contents"] {
            #expect(try connection.run("SELECT count(*) FROM \(table)").first?.values == [0], "\(table)")
        }
    }

    // MARK: Files that are not taken

    private func refusal() -> String? {
        do {
            _ = try bench()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func filesThatAreNoDatabasesStayAsTheyAre() throws {
        for content in ["hello", String(repeating: "not a database. ", count: 1000)] {
            _ = try folder.write(Array(content.utf8), to: "state.sqlite")
            let message = try #require(refusal())
            #expect(message.hasPrefix("cannot keep state: '\(file)' is damaged or no state file"))
            #expect(try folder.read("state.sqlite") == Array(content.utf8))
        }
    }

    @Test func damagedFilesStayAsTheyAre() async throws {
        let first = try bench()
        for _ in 0..<50 { _ = try await first.accepted() }
        first.simulator.stop()
        var bytes = try folder.read("state.sqlite")
        // Behind the first page, so that it still looks like one of ours.
        for place in stride(from: 4096, to: bytes.count, by: 7) { bytes[place] ^= 0xFF }
        _ = try folder.write(bytes, to: "state.sqlite")
        let message = try #require(refusal())
        #expect(message.hasPrefix("cannot keep state: '\(file)' is damaged"))
        #expect(try folder.read("state.sqlite") == bytes)
    }

    @Test func otherDatabasesStayAsTheyAre() throws {
        let connection = try SQLiteConnection(path: file, mode: .create)
        try connection.execute("CREATE TABLE jobs (title TEXT); INSERT INTO jobs VALUES ('gardener')")
        let bytes = try folder.read("state.sqlite")
        #expect(refusal() == "cannot keep state: '\(file)' is another program's database; it was left unchanged")
        #expect(try folder.read("state.sqlite") == bytes)
    }

    @Test func newerFilesStayAsTheyAre() async throws {
        try bench().simulator.stop()
        try SQLiteConnection(path: file, mode: .readWrite).execute("PRAGMA user_version = 2")
        let bytes = try folder.read("state.sqlite")
        #expect(
            refusal()
                == "cannot keep state: '\(file)' is from a newer fluxlua (version 2, known here: 1); it was left unchanged"
        )
        #expect(try folder.read("state.sqlite") == bytes)
    }

    @Test func folderThatIsNotThereIsTold() throws {
        var configuration = SimulatorConfiguration()
        configuration.stateFile = folder.path + "/none/state.sqlite"
        #expect { try Bench(configuration) } throws: { "\($0)".hasPrefix("cannot keep state: cannot open '") }
    }
}

/// A host that takes connections and says nothing.
private struct NeverAnswering: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        while !Task.isCancelled { await Task.yield() }
        throw FluxError(.cancelled, "cancelled")
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        throw FluxError(.io, "not here")
    }
}
