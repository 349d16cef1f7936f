import FluxClient
import FluxImaging
import Foundation
import Synchronization
import TestSupport
import Testing

/// Whole runs against a service that does what real ones do on their bad days.
@Suite(.timeLimit(.minutes(5))) struct HostileServiceTests {
    private static let key = "afk_nobody_else_may_see_this"

    /// A service that accepts everything, and tells of its jobs what `look` says.
    private final class Service: Sendable {
        private let jobs = Mutex<[String]>([])
        private let server = Mutex<ScriptedServer?>(nil)

        init(_ answer: @escaping @Sendable (ReceivedRequest, Service) -> Reply?) throws {
            let server = try ScriptedServer { [weak self] request, _ in
                guard let self else { return .close }
                if let reply = answer(request, self) { return reply }
                if request.method == "POST" { return accept(request) }
                return .json(404, #"{"error":"no such thing"}"#)
            }
            self.server.withLock { $0 = server }
        }

        deinit { server.withLock { $0 }?.stop() }

        var url: String { server.withLock { $0?.url } ?? "" }
        var requests: [ReceivedRequest] { server.withLock { $0?.requests } ?? [] }
        var submissions: Int { requests.count { $0.method == "POST" } }
        /// The prompts of its jobs.
        var prompts: [String] { jobs.withLock { $0 } }

        static func id(_ number: Int) -> String { "b2c3d4e5-0000-4000-8000-00000000000\(number)" }

        /// Which job a look is about, from 1.
        static func number(of request: ReceivedRequest) -> Int? {
            request.path.hasPrefix("/v2/jobs/") ? request.path.last?.wholeNumberValue : nil
        }

        private func accept(_ request: ReceivedRequest) -> Reply {
            let prompt = (try? JSONValue(parsing: request.body))?["prompt"]?.stringValue ?? ""
            let number = jobs.withLock { jobs in
                jobs.append(prompt)
                return jobs.count
            }
            return .json(202, #"{"jobId":"\#(Self.id(number))","status":"QUEUED"}"#)
        }

        func client() throws -> Program {
            var program = try Program()
            program.environment["FLUX_BASE_URL"] = url
            program.environment["APIFRAME_API_KEY"] = HostileServiceTests.key
            return program
        }
    }

    private static let picture = try! Raster(width: 8, height: 6, red: 90, green: 60, blue: 30).encoded(as: .png)

    private static let setUp = "flux.config { first_look = 0, retries = 0 } "

    // MARK: The key

    /// All that a run may leave: what it printed, and every file of its folders.
    private func everything(_ program: Program, _ results: [Program.Result]) throws -> [(name: String, text: String)] {
        var all = results.enumerated().map { ("output \($0)", $1.output + $1.error + ($1.summary ?? "")) }
        for top in [program.folder, program.data] {
            for name in FileManager.default.enumerator(atPath: top.path)?.compactMap({ $0 as? String }) ?? [] {
                guard let bytes = FileManager.default.contents(atPath: top.path + "/" + name) else { continue }
                all.append((name, name + String(decoding: bytes, as: Unicode.ASCII.self)))
            }
        }
        return all
    }

    @Test func theKeyNeverComesBackOut() async throws {
        let key = Self.key
        let service = try Service { request, service in
            let echo = [("X-Request-Id", key), ("X-Echo", "X-API-Key: \(key)")]
            let prompt = (try? JSONValue(parsing: request.body))?["prompt"]?.stringValue
            switch (prompt, Service.number(of: request)) {
            case ("refused", _):
                return .json(400, #"{"error":"bad","details":{"headers":["X-API-Key: \#(key)"]}}"#, headers: echo)
            case ("page", _): return .answer(413, headers: echo, body: Array("<h1>\(key)</h1>".utf8))
            case ("redirected", _):
                return .answer(302, headers: [("Location", "https://login.example/?key=\(key)")] + echo)
            case (_, 1):
                return .json(
                    200,
                    #"{"id":"\#(Service.id(1))","status":"FAILED","error":"refused header X-API-Key: \#(key)"}"#,
                    headers: echo)
            case (_, 2):
                let result = #"{"input":{"key":"\#(key)"},"images":["/one.png"]}"#
                return .json(
                    200,
                    #"""
                    {"id":"\#(Service.id(2))","status":"COMPLETED","model":"\#(key)","error":"\#(key)","creditCost":1,
                     "result":\#(result)}
                    """#, headers: echo)
            case (_, 3): return .json(200, #"{"id":"\#(Service.id(3))","status":"COMPLETED","result":["\#(key)"]}"#)
            default: break
            }
            switch request.path {
            case "/one.png": return .answer(302, headers: [("Location", "/two.png")] + echo)
            case "/two.png": return .answer(200, headers: echo, body: Self.picture)
            case let path where path.hasPrefix("/v2/jobs?"): return .answer(500, headers: echo, body: Array(key.utf8))
            default: return nil
            }
        }
        let program = try service.client()
        defer { program.remove() }
        let script =
            Self.setUp + """
                local prompts = { "fails", "works", "odd", "refused", "page", "redirected" }
                for n, prompt in ipairs(prompts) do
                  local job = flux.generate { prompt = prompt, seed = n }
                  local ok, err = flux.await(job)
                  print(prompt, job.status, err)
                  if err then
                    print(err.message, err.hint, err.request_id, flux.inspect(err.details))
                  else
                    print(flux.save(job, "works.{ext}"))
                  end
                end
                flux.generate { prompt = "refused", seed = 99 }
                """
        try program.write(script, to: "six.lua")
        // An argument of the script's is written down with the run.
        var results = [try await program.run(["six.lua", key])]
        #expect(results[0].output.contains("works\tCOMPLETED") && program.files().contains("works.png"))
        #expect(results[0].output.contains("refused header X-API-Key: (secret)"), "\(results[0].output)")
        #expect(results[0].error.contains("the script did not check it"), "\(results[0].error)")
        for command in [["jobs"], ["jobs", "--json"], ["show", "3"], ["show", "4", "--json"], ["resume"]] {
            results.append(try await program.run(command))
        }
        #expect(service.requests.contains { $0.header("X-API-Key") == key })
        let all = try everything(program, results)
        #expect(all.contains { $0.name.hasSuffix("ledger.sqlite") && $0.text.contains("(secret)") })
        for place in all { #expect(!place.text.contains(key), "\(place.name)") }
    }

    // MARK: A key that is revoked

    @Test(arguments: [401, 403]) func aRevokedKeyIsToldAtOnceAndResumeFinishesWithAGoodOne(status: Int) async throws {
        let isRevoked = Mutex(true)
        let service = try Service { request, _ in
            guard request.method == "GET" else { return nil }
            if request.path == "/v2/1.png" { return .answer(200, body: Self.picture) }
            if isRevoked.withLock({ $0 }) { return .json(status, #"{"error":"key revoked"}"#) }
            return .json(200, #"{"id":"\#(Service.id(1))","status":"COMPLETED","result":"/v2/1.png","creditCost":4}"#)
        }
        let program = try service.client()
        defer { program.remove() }
        let script =
            Self.setUp + """
                local job, err = flux.await(flux.generate { prompt = "a mug", seed = 1 })
                print(job, err.kind, err.status)
                """
        let first = try await program.run(["-e", script])
        #expect(first.output == "nil\tauth\t\(status)\n", "\(first.error)")
        #expect(service.requests.count { $0.method == "GET" } == 1)
        isRevoked.withLock { $0 = false }
        let resumed = try await program.run(["resume"])
        #expect(resumed.output.contains("fetched") && resumed.status == 0, "\(resumed.error)")
        #expect(resumed.summary == "1 job: 1 made, 0 reused, 0 failed; 4 credits")
        let again = try await program.run([
            "-e", "print(flux.await(flux.generate { prompt = 'a mug', seed = 1 }).reused)",
        ])
        #expect(again.output == "true\n" && service.submissions == 1)
    }

    @Test func aKeyThatReplacesAnotherFinishesItsJobsAndPaysNothingTwice() async throws {
        let service = try Service { request, _ in
            guard request.method == "GET" else { return nil }
            if request.path == "/v2/1.png" { return .answer(200, body: Self.picture) }
            if request.header("X-API-Key") == Self.key { return .json(401, #"{"error":"key revoked"}"#) }
            guard Service.number(of: request) == 1, request.header("X-API-Key") == "afk_the_next_one" else {
                return nil
            }
            return .json(200, #"{"id":"\#(Service.id(1))","status":"COMPLETED","result":"/v2/1.png","creditCost":4}"#)
        }
        var program = try service.client()
        defer { program.remove() }
        let script = Self.setUp + "print(flux.await(flux.generate { prompt = 'a mug', seed = 1 }))"
        let first = try await program.run(["-e", script])
        #expect(first.output.hasPrefix("nil"), "\(first.output)")
        program.environment["APIFRAME_API_KEY"] = "afk_of_somebody_else"
        let somebody = try await program.run(["resume", "--new-key"])
        #expect(somebody.error.contains("does not show job \(Service.id(1)) to this key"), "\(somebody.error)")
        #expect(somebody.status == 3 && somebody.output.isEmpty)
        program.environment["APIFRAME_API_KEY"] = "afk_the_next_one"
        let without = try await program.run(["resume"])
        #expect(without.error.contains("or use --new-key") && without.status == 3, "\(without.error)")
        let resumed = try await program.run(["resume", "--new-key"])
        #expect(resumed.output.contains("fetched") && resumed.status == 0, "\(resumed.error)")
        let again = try await program.run(["-e", script])
        #expect(again.output.contains("COMPLETED") && again.status == 0, "\(again.error)")
        #expect(again.summary == "1 job: 0 made, 1 reused, 0 failed; 0 credits" && service.submissions == 1)
    }

    // MARK: Answers

    @Test func whatCannotBeReadStaysOpenAndShowPrintsIt() async throws {
        let answer = #"{"id":"\#(Service.id(1))","status":"COMPLETED","result":{"pictures":{"kind":"hologram"}}}"#
        let isMended = Mutex(false)
        let service = try Service { request, _ in
            guard request.method == "GET" else { return nil }
            if request.path.hasPrefix("/%ED") { return .answer(200, body: Self.picture) }
            guard isMended.withLock({ $0 }) else { return .json(200, answer) }
            return .answer(
                200,
                body: Array(
                    #"{"id":"\#(Service.id(1))","status":"FINISHED","completedAt":"2026-03-15T10:00:32Z","#.utf8)
                    + Array(#""model":""#.utf8) + [0xFF]
                    + Array(#"","creditCost":1e999,"result":"/한 국/i.png?a=b c"}"#.utf8)
            )
        }
        let program = try service.client()
        defer { program.remove() }
        let script = Self.setUp + "print(flux.await(flux.generate { prompt = 'a mug', seed = 1 }))"
        let first = try await program.run(["-e", script])
        #expect(first.output.contains("hologram"), "\(first.error)")
        let shown = try await program.run(["show", "1"])
        #expect(shown.output.contains("COMPLETED (made; its pictures have not been fetched yet)"), "\(shown.output)")
        #expect(shown.output.contains(#"{"pictures":{"kind":"hologram"}}"#))
        #expect(try await program.run(["jobs", "--status", "open"]).output.contains("hologram"))
        isMended.withLock { $0 = true }
        let second = try await program.run(["-e", script])
        #expect(second.output.contains("COMPLETED") && second.status == 0, "\(second.error)")
        #expect(second.error.contains("the service uses the unknown state 'FINISHED' for a job"))
        #expect(service.submissions == 1)
    }
}
