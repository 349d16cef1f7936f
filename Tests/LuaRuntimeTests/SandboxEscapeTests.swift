import Testing

@testable import LuaRuntime

/// Known ways out of a sandbox of Lua's. Each chunk returns true when it has got nothing.
@Suite struct SandboxEscapeTests {
    private static let bytecode = [
        Attempt("load", "return denied(load, bytecode)"),
        Attempt("load, mode b", "return denied(load, bytecode, 'x', 'b')"),
        Attempt("load, mode bt", "return denied(load, bytecode, 'x', 'bt', {})"),
        Attempt(
            "load, mode of another kind",
            "return denied(load, bytecode, 'x', 'b\\0t') and denied(load, bytecode, 'x', 'tb')"),
        Attempt(
            "load, piece by piece",
            """
            local at = 0
            return denied(load, function() at = at + 1 return at <= #bytecode and bytecode:sub(at, at) or nil end)
            """),
        Attempt("loadfile", "return denied(loadfile, script .. '/bytecode.luac')"),
        Attempt("loadfile, mode b", "return denied(loadfile, script .. '/bytecode.luac', 'b')"),
        Attempt("loadfile behind a comment", "return denied(loadfile, script .. '/commented.luac')"),
        Attempt("loadfile behind a byte-order mark", "return denied(loadfile, script .. '/marked.luac')"),
        Attempt("dofile", "return denied(dofile, script .. '/bytecode.luac') and not leaked"),
        Attempt("require", "return denied(require, 'bytecode') and not leaked"),
        Attempt("a searcher", "return denied(package.searchers[2], 'bytecode')"),
        Attempt("string.dump", "return denied(string.dump, function() end)"),
        Attempt("dump as a method", "return denied(function() return (''):dump() end)"),
        Attempt(
            "a written module",
            """
            local file = assert(io.open(out .. '/written.lua', 'wb'))
            file:write(bytecode) file:close()
            package.path = out .. '/?.lua'
            return denied(require, 'written') and denied(dofile, out .. '/written.lua') and not leaked
            """),
        Attempt(
            "a constant _ENV",
            "return not load('local _ENV <const> = 1; x = 1') or denied(load('local _ENV <const> = 1; x = 1'))"),
    ]

    private static let inside = [
        Attempt("debug", "for name in pairs(debug) do if name ~= 'traceback' then return name end end return true"),
        Attempt("require 'debug'", "return next(require 'debug', 'traceback') == nil and require 'debug' == debug"),
        Attempt("package.loaded.debug", "return package.loaded.debug.getregistry == nil"),
        Attempt("debug behind package.loaded._G", "return package.loaded._G.debug.getupvalue == nil"),
        Attempt(
            "debug forgotten and required again",
            "package.loaded.debug = nil return denied(require, 'debug')"),
        Attempt("debug in package.preload", "return next(package.preload) == nil"),
        Attempt(
            "debug somewhere in what is loaded",
            """
            local seen = {}
            local function search(t)
              if seen[t] then return false end
              seen[t] = true
              for name, value in pairs(t) do
                if name == 'sethook' or name == 'getregistry' or name == 'setlocal' or name == 'upvaluejoin' then
                  return true
                end
                if type(value) == 'table' and search(value) then return true end
              end
              return false
            end
            return not search(_G) and not search(package)
            """),
        Attempt("the traceback of a task", "return type(debug.traceback((coroutine.running()))) == 'string'"),
        Attempt("metatable of strings", "return type(getmetatable('')) ~= 'table'"),
        Attempt("setmetatable of a string", "return denied(setmetatable, '', {})"),
        Attempt("metatable of files", "return type(getmetatable(io.stdout)) ~= 'table'"),
        Attempt(
            "metatable of host objects",
            "return type(getmetatable(object)) ~= 'table' and denied(setmetatable, object, {})"),
        Attempt(
            "metatable of host errors",
            "local _, err = pcall(refuse) return type(getmetatable(err)) ~= 'table' and denied(setmetatable, err, {})"),
        Attempt(
            "fields of host objects",
            "return denied(function() object.x = 1 return 1 end) and denied(rawset, object, 'x', 1)"),
        Attempt("a protected metatable", "return denied(setmetatable, setmetatable({}, { __metatable = false }), {})"),
        Attempt("a finalizer", "return denied(setmetatable, {}, { __gc = function() leaked = true end })"),
        Attempt("a finalizer that is no function yet", "return denied(setmetatable, {}, { __gc = true })"),
        Attempt(
            "a finalizer given later",
            """
            local meta = {}
            setmetatable({}, meta)
            meta.__gc = function() leaked = true end
            collectgarbage()
            return not leaked
            """),
        Attempt(
            "an inherited finalizer",
            """
            setmetatable({}, setmetatable({}, { __index = { __gc = function() leaked = true end } }))
            collectgarbage()
            return not leaked
            """),
        Attempt("collectgarbage stop", "collectgarbage('stop') return collectgarbage('isrunning')"),
        Attempt("collectgarbage setpause", "return collectgarbage('setpause', 1e9) == 0"),
        Attempt(
            "the waiting mark",
            "return denied(coroutine.wrap(function() return coroutine.yield() end)) and not leaked"),
        Attempt(
            "a file's methods on another object",
            "return denied(io.stdout.read, object) and denied(io.close, object)"),
        Attempt("io.output of a table", "return denied(io.output, {}) and denied(io.input, object)"),
        Attempt("functions of the host without their object", "return denied(io.stdout.lines, {})"),
        Attempt(
            "an environment of its own",
            "return load('return debug or io or os', 'x', 't', {})() == nil and denied(load('return _G.debug.sethook'))"
        ),
        Attempt(
            "an error's text that is made by a script",
            """
            local raise = coroutine.wrap(function()
              error(setmetatable({}, { __tostring = function() return debug.getregistry or 'nothing' end }))
            end)
            local ok, err = pcall(raise)
            return not ok and tostring(err) == 'nothing'
            """),
        Attempt(
            "a changed standard library",
            """
            string.format, table.concat, tostring, pcall, io.open = error, error, error, nil, nil
            setmetatable(_G, { __index = function() leaked = true end })
            return true
            """),
    ]

    private static let beyond = [
        Attempt("os.execute", "return denied(os.execute) and denied(os.execute, 'touch ' .. secret .. '/x')"),
        Attempt("io.popen", "return denied(io.popen, 'cat ' .. secret .. '/secret.txt')"),
        Attempt(
            "package.loadlib",
            "return denied(package.loadlib, 'libc.so.6', '*') and denied(package.loadlib, 'libc.so.6', 'system')"),
        Attempt(
            "package.cpath",
            "package.cpath = '/usr/lib/x86_64-linux-gnu/lua/5.4/?.so' return denied(require, 'lfs')"),
        Attempt("searchers of libraries", "return #package.searchers == 2"),
        Attempt(
            "os.getenv",
            "return os.getenv 'PATH' == nil and os.getenv 'HOME' == nil and os.getenv 'APIFRAME_API_KEY' == nil"),
        Attempt("os.tmpname", "return denied(os.tmpname)"),
        Attempt("io.tmpfile", "return denied(io.tmpfile)"),
        Attempt("os.setlocale", "return os.setlocale('C.UTF-8') == nil and os.setlocale('', 'numeric') == nil"),
        Attempt(
            "closing the program's output",
            "return not io.stdout:close() and not io.stderr:close() and io.stdout:write('') ~= nil"),
        Attempt("the environment in /proc", "return denied(io.open, '/proc/self/environ')"),
        Attempt("another root in /proc", "return denied(io.open, '/proc/self/root' .. secret .. '/secret.txt')"),
        Attempt("the folder in /proc", "return denied(io.open, '/proc/self/cwd/Package.swift')"),
        Attempt("open descriptors", "return denied(io.open, '/dev/fd/0') and denied(io.lines, '/dev/stdin')"),
        Attempt("a terminal", "return denied(io.open, '/dev/tty', 'w') and denied(io.open, '/dev/zero')"),
        Attempt(
            "more descriptors than the host can spare",
            """
            local held = {}
            for i = 1, 2000 do
              local file = io.open(script .. '/data.txt')
              if not file then return i < 200 end
              held[i] = file
            end
            return false
            """),
    ]

    @Test(arguments: bytecode + inside + beyond)
    func escapeGetsNothing(_ attempt: Attempt) async throws {
        let confined = try await Confined()
        #expect(try await confined.lua.run(attempt.code) == [true])
        #expect(try confined.outsideIsUntouched)
    }

    @Test func hostGoesOnWhateverAScriptHasDoneToItsLibraries() async throws {
        let confined = try await Confined()
        _ = try await confined.lua.run("local all = _G for name in pairs(all) do all[name] = nil end")
        try await confined.lua.register("after") { _ throws(LuaError) in throw LuaError(kind: "invalid", "still told") }
        let error = await #expect(throws: LuaError.self) { try await confined.lua.run("after()", name: "@s.lua") }
        #expect(error?.message == "s.lua:1: still told")
    }

    @Test func whatIsLoadedByTheHostIsTextToo() async throws {
        let confined = try await Confined()
        let bytecode = try confined.folder.read("script/bytecode.luac")
        await #expect(throws: LuaError.self) { try await confined.lua.load(bytecode, name: "=x", mode: "bt") }
    }
}
