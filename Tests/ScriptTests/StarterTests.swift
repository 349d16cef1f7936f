import FluxStarters
import Foundation
import Testing

/// `fluxlua new`: a script to start from, never over a file.
@Suite(.timeLimit(.minutes(5))) struct StarterTests {
    @Test func eachShippedScriptIsAStarterAndListed() async throws {
        #expect(try ShippedScriptTests.all() == Starter.all.map(\.file).sorted())
        #expect(Set(Starter.all.map(\.name)).count == Starter.all.count)
        let program = try Program()
        defer { program.remove() }
        let list = try await program.run(["new"])
        #expect(list.output.split(separator: "\n").count == Starter.all.count && list.status == 0)
        for starter in Starter.all {
            #expect(list.output.contains("\(starter.name) ") && list.output.contains(starter.summary))
        }
    }

    @Test(arguments: Starter.all.map(\.name)) func starterIsWrittenWithItsNameAndRuns(_ name: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let new = try await program.run(["new", name])
        #expect(new.error == "" && new.status == 0)
        #expect(new.output.hasSuffix("run it:  fluxlua \(name).lua\n"))
        let text = String(decoding: try program.bytes("\(name).lua"), as: UTF8.self)
        #expect(text.contains("-- usage: fluxlua \(name).lua"))
        let plan = try await program.run(["plan", "\(name).lua"])
        #expect(plan.status == 0, "\(plan.error)")
    }

    @Test func nothingIsOverwritten() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("mine", to: "sweep.lua")
        try program.write("name\nmine\n", to: "headlines.csv")
        let sweep = try await program.run(["new", "sweep"])
        #expect(sweep.error == "fluxlua: sweep.lua already exists, and is not overwritten\nhint: name another file\n")
        #expect(sweep.output == "" && sweep.status == 1)
        let campaign = try await program.run(["new", "campaign"])
        #expect(
            campaign.error == "fluxlua: headlines.csv already exists, and was left unchanged\n" && campaign.status == 0)
        #expect(try program.bytes("sweep.lua") == Array("mine".utf8))
        #expect(try program.bytes("headlines.csv") == Array("name\nmine\n".utf8))
    }

    @Test func fileMayBeNamedWithOrWithoutItsEndingAndInAFolder() async throws {
        let program = try Program()
        defer { program.remove() }
        #expect(try await program.run(["new", "sweep", "mugs"]).status == 0)
        #expect(try await program.run(["new", "campaign", "spring/"]).status == 0)
        #expect(program.files() == ["mugs.lua", "spring/campaign.lua", "spring/headlines.csv"])
    }
}
