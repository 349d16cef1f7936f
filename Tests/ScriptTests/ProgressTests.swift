import FluxClient
import FluxJobs
import Foundation
import Synchronization
import Testing

@testable import fluxlua

/// What is shown while jobs are under way.
@Suite(.timeLimit(.minutes(3))) struct ProgressTests {
    private static let state: ProgressState = {
        var state = ProgressState()
        (state.total, state.done, state.failed, state.running, state.credits) = (60, 12, 1, 4, 120)
        state.elapsed = 6
        state.examples = [
            ProgressState.Running(model: "flux-2-pro", seed: 7, percent: 45, prompt: "a mug\non a table"),
            ProgressState.Running(model: "flux-2-pro", seed: nil, percent: nil, prompt: "아늑한 홈 오피스, 따뜻한 오후"),
        ]
        return state
    }()

    @Test func lineTellsAllWhereThereIsRoom() {
        let lines = ProgressText.lines(Self.state, width: 100, colours: false)
        #expect(lines[0] == "12 of 60 done · 4 running · 1 failed · 120 credits · 2 a second · 24 s left")
        #expect(lines[1] == "  flux-2-pro  seed 7  45%  a mug on a table")
        #expect(lines.count == 3)
    }

    @Test(arguments: [10, 20, 30, 40, 60, 79, 80]) func everyLineFitsTheWindow(width: Int) {
        let measure = TextWidth()
        for line in ProgressText.lines(Self.state, width: width, colours: false) { #expect(measure.of(line) < width) }
    }

    @Test func narrowWindowKeepsWhatMattersMost() {
        #expect(ProgressText.lines(Self.state, width: 42, colours: false)[0] == "12 of 60 done · 1 failed · 24 s left")
        #expect(ProgressText.lines(Self.state, width: 18, colours: false)[0] == "12 of 60 done")
    }

    @Test func nothingIsPromisedBeforeThereIsARate() {
        var state = ProgressState()
        (state.total, state.running, state.elapsed) = (3, 3, 2)
        #expect(ProgressText.plain(state) == "0 of 3 done; 3 running")
    }

    /// What is written, in its order.
    private final class Written: Sendable {
        let text = Mutex("")
        func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) -> Int32 {
            text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            return 0
        }
    }

    @Test func whatIsPrintedTakesTheLinesAwayAndBringsThemBack() {
        let written = Written()
        let output = TerminalOutput { written.write($0, $1) }
        output.draw(["one", "two"])
        _ = output.print(Array("half".utf8), to: 1)
        output.draw(["three"])
        _ = output.print(Array(" a line\n".utf8), to: 1)
        output.erase()
        output.erase()
        let clear = "\r\u{1B}[J"
        #expect(
            written.text.withLock { $0 }
                == "\(clear)one\r\ntwo\u{1B}[1A\r" + "\(clear)half" + " a line\n\(clear)three\r" + clear)
    }

    @Test func theScreenShowsProgressAndInTheEndTheScriptsOutputOnly() async throws {
        try await ServedService.run(["--speed", "3", "--at-once", "4"]) { service in
            let result = try await PythonSession.run("Terminal/progress.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }

    @Test func eventsAreJSONForOtherPrograms() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(
            """
            local good = flux.generate { prompt = "a mug", seed = 1, name = "mug" }
            local bad = flux.generate { prompt = "[sim fail:reason=clay] a mug", seed = 2 }
            flux.await(bad)
            flux.save(good, "mug.jpg")
            """, to: "events.lua")
        let result = try await program.run(["--progress=json", "events.lua"])
        var events: [String: [JSONValue]] = [:]
        for line in result.error.split(separator: "\n") where line.hasPrefix("{") {
            let event = try JSONValue(parsing: Array(line.utf8))
            events[event["event"]?.stringValue ?? "", default: []].append(event)
        }
        #expect(events["submitted"]?.count == 2)
        #expect(events["completed"]?.first?["name"]?.stringValue == "mug")
        #expect(events["completed"]?.first?["credits"]?.integerValue == 10)
        #expect(events["failed"]?.first?["error"]?.stringValue?.contains("clay") == true)
        #expect(events["failed"]?.first?["kind"]?.stringValue == "failed")
        #expect(events["saved"]?.first?["path"]?.stringValue == "mug.jpg")
        let id = events["saved"]?.first?["id"]?.stringValue
        #expect(id != nil && id == events["completed"]?.first?["id"]?.stringValue)
    }

    @Test func quietSaysNothingOfJobs() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["--quiet", "-e", "flux.await(flux.generate 'a mug')"])
        #expect(result.summary == nil && result.status == 0)
    }
}
