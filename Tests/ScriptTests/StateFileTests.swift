import FluxClient
import Foundation
import Testing

/// `fluxlua serve --state FILE`, as a process that may end at any moment.
@Suite struct StateFileTests {
    private static let key = "afk_of_the_tests"
    private static let fox: JSONValue = ["model": "flux-2-pro", "prompt": "a fox"]

    private func serve(_ program: Program, _ options: [String]) async throws -> (RunningProgram, url: String) {
        let running = try program.start(["serve", "--port", "0", "--state", "state.sqlite"] + options)
        let line = try #require(await running.line())
        return (running, String(try #require(line.split(separator: " ").first { $0.contains("://") })))
    }

    @Test func jobsSurviveAKilledService() async throws {
        let program = try Program()
        defer { program.remove() }
        let (first, url) = try await serve(program, ["--speed", "3600"])
        var ids: [String] = []
        for _ in 0..<20 {
            let answer = try await Web.post(url + "/v2/images/generate", Self.fox, key: Self.key)
            ids.append(try #require(try answer.json["jobId"]?.stringValue))
        }
        first.signal(SIGKILL)
        #expect(try await first.result().status == 128 + SIGKILL)

        let (second, again) = try await serve(program, ["--speed", "3600"])
        let list = try await Web.get(again + "/v2/jobs?limit=100", key: Self.key).json
        #expect(list["jobs"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ids.reversed())
        let account = try await Web.get(again + "/v2/me", key: Self.key).json
        #expect(account["team"]?["credits"] == 99_800)
        second.signal(SIGINT)
        #expect(try await second.result().status == 0)
    }

    @Test func secondServiceIsToldThatTheFileIsInUse() async throws {
        let program = try Program()
        defer { program.remove() }
        let (first, _) = try await serve(program, [])
        let result = try await program.run(["serve", "--port", "0", "--state", "state.sqlite"])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
            result.error
                == "fluxlua: cannot keep state: 'state.sqlite' is in use: only one program can keep its state there\n")
        first.signal(SIGINT)
        _ = try await first.result()
    }
}
