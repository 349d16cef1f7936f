import Foundation
import TestSupport
import Testing

@testable import LuaRuntime

private final class Held: LuaObject {}

/// A runtime in a sandbox, among files that are none of its business.
///
///     secret/   secret.txt, mod.lua: outside
///     script/   read only; with links out of it
///     script2/  outside, however alike its name is
///     out/      written to; with links out of it
struct Confined {
    let lua: LuaRuntime
    let folder: TemporaryFolder
    private let scriptEntries: Int

    init() async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let manager = FileManager.default
        for name in ["secret", "script", "script/lib", "script2", "out"] {
            try manager.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        func write(_ text: String, to name: String) throws { _ = try folder.write(Array(text.utf8), to: name) }
        func link(_ name: String, to target: String) throws {
            try manager.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
        }
        try write("top secret", to: "secret/secret.txt")
        try write("leaked = true return 'leaked'", to: "secret/mod.lua")
        try write("top secret", to: "script2/secret.txt")
        try write("first\nsecond\n", to: "script/data.txt")
        try write("return { name = ... }", to: "script/mod.lua")
        try write("return 'inner'", to: "script/lib/inner.lua")
        try write("made before\n", to: "out/file.txt")
        for place in ["script", "out"] {
            try link(place + "/to_secret", to: "../secret")
            try link(place + "/to_root", to: "/")
            try link(place + "/secret_link.txt", to: "../secret/secret.txt")
            try link(place + "/absolute_link.txt", to: folder.path + "/secret/secret.txt")
            try link(place + "/link_to_link.txt", to: "secret_link.txt")
            try link(place + "/nowhere", to: "../secret/new.txt")
            mkfifo(folder.path + "/" + place + "/pipe", 0o600)
        }
        try link("script/inner_link.txt", to: "data.txt")
        try link("out/to_script", to: "../script")

        // What a script could have made elsewhere.
        let compiler = try LuaRuntime()
        let dumped = try await compiler.run("return string.dump(function() leaked = true return 'leaked' end)")[0]
        guard case .bytes(let bytecode) = dumped else { throw LuaError("no bytecode") }
        _ = try folder.write(bytecode, to: "script/bytecode.luac")
        _ = try folder.write(bytecode, to: "script/bytecode.lua")
        _ = try folder.write(Array("#!fluxlua\n".utf8) + bytecode, to: "script/commented.luac")
        _ = try folder.write([0xEF, 0xBB, 0xBF] + bytecode, to: "script/marked.luac")

        scriptEntries = try manager.contentsOfDirectory(atPath: folder.path + "/script").count

        lua = try LuaRuntime()
        try await lua.confine(
            to: LuaSandbox(readable: folder.path + "/script", writable: folder.path + "/out"))
        try await lua.register("refuse") { _ throws(LuaError) in throw LuaError(kind: "invalid", "refused") }
        try await lua.define(LuaObjectType<Held>("held"))
        try await lua.setGlobal("object", to: .object(Held()))
        try await lua.setGlobal("bytecode", to: dumped)
        for name in ["secret", "script", "script2", "out"] {
            try await lua.setGlobal(name, to: .string(folder.path + "/" + name))
        }
        _ = try await lua.run(
            """
            package.path = script .. "/?.lua"
            -- Whether a call gives nothing: it raises, or returns nil.
            function denied(f, ...)
              local ok, value = pcall(f, ...)
              return not ok or value == nil
            end
            """)
    }

    /// Whether nothing outside has changed.
    var outsideIsUntouched: Bool {
        get throws {
            let manager = FileManager.default
            func entries(_ name: String) throws -> [String] {
                try manager.contentsOfDirectory(atPath: folder.path + "/" + name).sorted()
            }
            let data = try folder.read("script/data.txt")
            let secret = try folder.read("secret/secret.txt")
            guard secret == Array("top secret".utf8), data == Array("first\nsecond\n".utf8) else { return false }
            return try entries("secret") == ["mod.lua", "secret.txt"]
                && entries("") == ["out", "script", "script2", "secret"] && entries("script").count == scriptEntries
        }
    }
}

/// A line of Lua with the name of what it tries.
struct Attempt: CustomTestStringConvertible, Sendable {
    var name: String
    var code: String

    init(_ name: String, _ code: String) {
        self.name = name
        self.code = code
    }

    var testDescription: String { name }
}
