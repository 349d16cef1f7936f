import FluxClient
import Foundation
import Testing

@testable import fluxlua

/// `fluxlua meta`: definitions that the Lua language server reads, by the notation that it documents.
@Suite(.timeLimit(.minutes(5))) struct EditorTests {
    private static let text = EditorDefinitions.text(of: .flux)

    @Test func writesDefinitionsAndSettingsAndKeepsYourOwn() async throws {
        let program = try Program()
        defer { program.remove() }
        let first = try await program.run(["meta", "scripts"])
        #expect(first.error == "" && first.status == 0)
        #expect(program.files() == ["scripts/.luals/flux.lua", "scripts/.luarc.json"])
        #expect(try program.bytes("scripts/.luals/flux.lua") == Array(Self.text.utf8))
        let settings = try JSONValue(parsing: program.bytes("scripts/.luarc.json"))
        #expect(settings["workspace.library"] == [".luals"] && settings["runtime.version"] == "Lua 5.4")

        try program.write("{}", to: "scripts/.luarc.json")
        try program.write("old", to: "scripts/.luals/flux.lua")
        let second = try await program.run(["meta", "scripts"])
        #expect(
            second.error.hasPrefix("fluxlua: scripts/.luarc.json already exists, and was left unchanged; add to it: "))
        #expect(try program.bytes("scripts/.luarc.json") == Array("{}".utf8) && second.status == 0)
        #expect(try program.bytes("scripts/.luals/flux.lua") == Array(Self.text.utf8))
    }

    /// The file is Lua, and tells of each function that scripts have, and of no other.
    @Test func eachFunctionOfFluxIsDefined() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(Self.text, to: "definitions.lua")
        try program.write(
            """
            local function names(of)
              local list = {}
              for name, value in pairs(of) do
                if type(value) == "function" then list[#list + 1] = name end
              end
              table.sort(list)
              return table.concat(list, " ")
            end
            local real = flux
            assert(loadfile("definitions.lua"))()
            print(names(real) == names(flux) or "has: " .. names(real) .. "\\ndefined: " .. names(flux))
            print(names(real.json) == names(flux.json))
            """, to: "compare.lua")
        let result = try await program.run(["compare.lua"])
        #expect(result.output == "true\ntrue\n", "stdlib/definitions.lua: \(result.output)")
        #expect(result.error == "" && result.status == 0)
    }

    @Test(arguments: Catalogue.flux.models.map(\.id)) func eachParameterOfAModelIsAField(_ name: String) throws {
        let model = try #require(Catalogue.flux[name])
        let classes = Self.text.components(separatedBy: "---@class ")
        let definition = try #require(
            classes.first { $0.contains("---@field model \"\(name)\"") || $0.contains("---@field model? \"\(name)\"") })
        for parameter in model.parameters {
            let field = try #require(
                definition.split(separator: "\n").first {
                    $0.hasPrefix("---@field \(parameter.name) ") || $0.hasPrefix("---@field \(parameter.name)? ")
                }, "\(parameter.name)")
            #expect(field.contains(parameter.summary))
            if case .choice(let values) = parameter.kind {
                for value in values { #expect(field.contains("\"\(value)\"")) }
            }
            if let value = parameter.defaultValue { #expect(field.contains("default \(LuaText.of(value))")) }
        }
    }

    /// Every line of the notation is as documented, and every type in it is known.
    @Test func annotationsFollowTheLanguageServersGrammar() throws {
        var grammar = AnnotationGrammar()
        for line in Self.text.split(separator: "\n") where line.hasPrefix("---@") {
            try grammar.read(line.dropFirst(4))
        }
        #expect(grammar.undefined == [])
        #expect(grammar.defined.isSuperset(of: ["flux.Job", "flux.Model", "flux.Flux2ProRequest", "flux.EditRequest"]))
    }

    @Test(arguments: [
        "field x", "field x? string|", "param (x string", "class flux.X: ", "wrong x", "return fun(: string",
        "alias flux.X \"open", "field x { a string }", "field [string any",
    ])
    func grammarRefusesWhatIsNone(_ line: String) {
        var grammar = AnnotationGrammar()
        #expect(throws: AnnotationGrammar.Mistake.self) { try grammar.read(line[...]) }
    }
}
