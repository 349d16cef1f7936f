import Foundation
import Testing

@testable import LuaRuntime

/// Files of the sandbox: below the script's folder for reading, below the output folder for both, and nowhere else.
@Suite struct SandboxFileTests {
    private static let reading = [
        Attempt("an absolute path", "secret .. '/secret.txt'"),
        Attempt("a path upwards", "script .. '/../secret/secret.txt'"),
        Attempt("a path upwards and down again", "out .. '/../script/../secret/secret.txt'"),
        Attempt("a path upwards from a folder that is not there", "script .. '/none/../../secret/secret.txt'"),
        Attempt("doubled slashes", "script .. '//..//secret//secret.txt'"),
        Attempt("two slashes in front", "'/' .. secret .. '/secret.txt'"),
        Attempt("dots", "script .. '/./../secret/./secret.txt'"),
        Attempt("a sibling of like name", "script .. '2/secret.txt'"),
        Attempt("a zero byte behind a secret", "secret .. '/secret.txt\\0' .. script .. '/data.txt'"),
        Attempt("a very long path", "script .. ('/.'):rep(100000) .. '/../secret/secret.txt'"),
        Attempt("a very long name", "script .. '/' .. ('x'):rep(100000)"),
        Attempt("an empty path", "''"),
        Attempt("the root", "'/'"),
        Attempt("a home", "'~/.profile'"),
        Attempt("a relative path of the process's folder", "'Package.swift'"),
        Attempt("a link to a file", "script .. '/secret_link.txt'"),
        Attempt("an absolute link", "script .. '/absolute_link.txt'"),
        Attempt("a link to a link", "script .. '/link_to_link.txt'"),
        Attempt("a link to a folder", "script .. '/to_secret/secret.txt'"),
        Attempt("a link to the root", "script .. '/to_root/etc/passwd'"),
        Attempt("a link and up from there", "script .. '/to_secret/../secret/secret.txt'"),
        Attempt("a link of the output folder", "out .. '/secret_link.txt'"),
        Attempt("a link to the script's folder and on", "out .. '/to_script/to_secret/secret.txt'"),
        Attempt("a pipe, which would be waited for", "script .. '/pipe'"),
        Attempt("a folder", "script"),
    ]

    @Test(arguments: reading)
    func fileOutsideIsNotRead(_ attempt: Attempt) async throws {
        let confined = try await Confined()
        let code = """
            local path = \(attempt.code)
            return denied(io.open, path) and denied(io.open, path, 'rb') and denied(io.lines, path)
              and denied(io.input, path) and denied(loadfile, path) and denied(dofile, path)
              and denied(package.searchpath, 'x', path)
            """
        #expect(try await confined.lua.run(code) == [true])
        #expect(try confined.outsideIsUntouched)
    }

    private static let writing = [
        Attempt("an absolute path", "secret .. '/new.txt'"),
        Attempt("a file that is there", "secret .. '/secret.txt'"),
        Attempt("the script's folder", "script .. '/new.txt'"),
        Attempt("a file of the script's", "script .. '/data.txt'"),
        Attempt("a path upwards", "out .. '/../secret/new.txt'"),
        Attempt("a zero byte", "secret .. '/new.txt\\0' .. out .. '/x'"),
        Attempt("a link to a file", "out .. '/secret_link.txt'"),
        Attempt("an absolute link", "out .. '/absolute_link.txt'"),
        Attempt("a link to a folder", "out .. '/to_secret/new.txt'"),
        Attempt("a link that leads nowhere", "out .. '/nowhere'"),
        Attempt("a link to the script's folder", "out .. '/to_script/data.txt'"),
        Attempt("a pipe", "out .. '/pipe'"),
        Attempt("the output folder itself", "out"),
        Attempt("the working folder", "'new.txt'"),
    ]

    @Test(arguments: writing)
    func fileOutsideIsNotWritten(_ attempt: Attempt) async throws {
        let confined = try await Confined()
        let code = """
            local path = \(attempt.code)
            for _, mode in ipairs { 'w', 'wb', 'a', 'r+', 'w+', 'a+', 'r+b' } do
              if not denied(io.open, path, mode) then return mode end
            end
            return denied(io.output, path)
            """
        #expect(try await confined.lua.run(code) == [true])
        #expect(try confined.outsideIsUntouched)
    }

    @Test(arguments: [
        Attempt(
            "a zero byte that hides the end of a name",
            "return denied(io.open, script .. '/data.txt\\0.png') and denied(dofile, script .. '/mod.lua\\0.png')"),
        Attempt("removing outside", "return denied(os.remove, secret .. '/secret.txt')"),
        Attempt("removing from the script's folder", "return denied(os.remove, script .. '/data.txt')"),
        Attempt("removing through a link", "return denied(os.remove, out .. '/to_secret/secret.txt')"),
        Attempt("renaming from outside", "return denied(os.rename, secret .. '/secret.txt', out .. '/mine')"),
        Attempt("renaming to outside", "return denied(os.rename, out .. '/file.txt', secret .. '/mine')"),
        Attempt("renaming through a link", "return denied(os.rename, out .. '/file.txt', out .. '/to_secret/mine')"),
        Attempt("renaming a link", "return denied(os.rename, out .. '/to_secret', out .. '/moved')"),
        Attempt("renaming a file's link", "return denied(os.rename, out .. '/secret_link.txt', out .. '/moved')"),
        Attempt("modules outside", "package.path = secret .. '/?.lua' return denied(require, 'mod') and not leaked"),
        Attempt("modules upwards", "return denied(require, '../secret/mod') and not leaked"),
        Attempt(
            "modules behind a link",
            "package.path = script .. '/to_secret/?.lua' return denied(require, 'mod') and not leaked"),
        Attempt("searching for files outside", "return denied(package.searchpath, 'secret', secret .. '/?.txt')"),
        Attempt("an unknown mode", "return denied(io.open, out .. '/x', 'e') and denied(io.open, out .. '/x', 'rw')"),
        Attempt(
            "knowing from the message what is there",
            """
            local _, present = io.open('/etc/passwd')
            local _, absent = io.open('/etc/nobody')
            return present:gsub('passwd', 'nobody') == absent
            """),
    ])
    func escapeGetsNothing(_ attempt: Attempt) async throws {
        let confined = try await Confined()
        #expect(try await confined.lua.run(attempt.code) == [true])
        #expect(try confined.outsideIsUntouched)
    }

    @Test func linkThatIsSwappedInIsNotFollowed() async throws {
        let confined = try await Confined()
        let path = confined.folder.path
        // The folder that was checked becomes a link before the file in it is opened.
        let sandbox = try LuaSandbox(readable: path + "/script", writable: path + "/later")
        #expect(sandbox.refusal(of: path + "/later/x.txt", for: .writing) == nil)
        try FileManager.default.createSymbolicLink(atPath: path + "/later", withDestinationPath: path + "/secret")
        let lua = try LuaRuntime()
        try await lua.confine(to: sandbox)
        try await lua.setGlobal("later", to: .string(path + "/later"))
        let values = try await lua.run("return io.open(later .. '/secret.txt'), io.open(later .. '/new.txt', 'w')")
        #expect(values.first == .nil && values.last != .other)
        #expect(!FileManager.default.fileExists(atPath: path + "/secret/new.txt"))
        #expect(sandbox.refusal(of: path + "/later/x.txt", for: .writing) == "outside the folders of the sandbox")
    }

    @Test(arguments: [
        Attempt(
            "reading",
            "local f = assert(io.open(script .. '/data.txt')) return f:read('a') == 'first\\nsecond\\n' and f:close()"),
        Attempt("a path that leaves and comes back", "return io.open(script .. '/../script/data.txt') ~= nil"),
        Attempt("a link inside", "return io.open(script .. '/inner_link.txt'):read() == 'first'"),
        Attempt(
            "reading below the script's folder by way of the output folder",
            "return io.open(out .. '/to_script/data.txt'):read() == 'first'"),
        Attempt(
            "lines, and the file closed behind them",
            """
            local lines, _, _, file = io.lines(script .. '/data.txt')
            local seen = {}
            for line in lines do seen[#seen + 1] = line end
            return table.concat(seen, ',') == 'first,second' and io.type(file) == 'closed file' and not pcall(lines)
            """),
        Attempt(
            "lines in pieces",
            "local a, b = io.lines(script .. '/data.txt', 2, 3)() return a == 'fi' and b == 'rst'"),
        Attempt("a loop that is left", "for line in io.lines(script .. '/data.txt') do return line == 'first' end"),
        Attempt(
            "lines of more files than may be open at once",
            "for _ = 1, 300 do for _ in io.lines(script .. '/data.txt') do end end return true"),
        Attempt(
            "writing, appending, renaming, removing",
            """
            local path = out .. '/new.txt'
            local file = assert(io.open(path, 'w'))
            assert(file:write('one ', 2) and file:seek('set', 0) == 0 and file:close())
            file = assert(io.open(path, 'a+'))
            file:write(' three')
            file:seek('set', 0)
            assert(file:read('a') == 'one 2 three' and file:close())
            assert(os.rename(path, out .. '/moved.txt') and not io.open(path))
            return os.remove(out .. '/moved.txt') and not io.open(out .. '/moved.txt')
            """),
        Attempt("removing a link, not what it leads to", "return os.remove(out .. '/secret_link.txt')"),
        Attempt(
            "the default files",
            """
            io.output(out .. '/default.txt')
            io.write('text')
            io.close()
            io.output(io.stdout)
            io.input(out .. '/default.txt')
            local text = io.read('a')
            io.close(io.input())
            io.input(io.stdin)
            return text == 'text' and io.output() == io.stdout
            """),
        Attempt(
            "modules",
            """
            return require('mod').name == 'mod' and require('lib.inner') == 'inner' and require('mod') == require('mod')
            """),
        Attempt("where a module is", "return package.searchpath('mod', package.path) == script .. '/mod.lua'"),
        Attempt(
            "a script's own searcher",
            "package.searchers[3] = function() return function() return 7 end end return require 'made' == 7"),
        Attempt("package.preload", "package.preload.mine = function() return 8 end return require 'mine' == 8"),
        Attempt("code from text", "return load('return ...', 'x', 't')(5) == 5 and load('x = 1', 'x', nil, {}) ~= nil"),
        Attempt("code with an environment", "local e = {} load('x = 1', 'n', 'bt', e)() return e.x == 1 and x == nil"),
        Attempt(
            "code in pieces",
            "local p = { 'return ', '6' } return load(function() return table.remove(p, 1) end)() == 6"),
        Attempt(
            "code from files",
            "return dofile(script .. '/lib/inner.lua') == 'inner' and loadfile(script .. '/mod.lua')('m').name == 'm'"),
        Attempt(
            "code from files with an environment",
            """
            local file = io.open(out .. '/set.lua', 'w')
            file:write('#!fluxlua\\nx = 1 y = debug') file:close()
            local e = {}
            loadfile(out .. '/set.lua', 't', e)()
            return e.x == 1 and e.y == nil
            """),
        Attempt(
            "metatables",
            """
            local t = setmetatable({}, { __index = { x = 1 }, __close = function() end })
            return t.x == 1 and getmetatable(setmetatable(t, nil)) == nil
            """),
        Attempt(
            "the collector's count",
            """
            assert(type(collectgarbage('step', 100)) == 'boolean')
            return collectgarbage('count') > 0 and collectgarbage() == 0
            """),
        Attempt("tracebacks", "return debug.traceback('x'):find('^x\\nstack traceback:') ~= nil"),
        Attempt(
            "time",
            """
            assert(type(os.time()) == 'number' and type(os.clock()) == 'number')
            return os.date('!%Y', 0) == '1970' and os.setlocale() == 'C'
            """),
    ])
    func whatIsInsideWorks(_ attempt: Attempt) async throws {
        let confined = try await Confined()
        let values = try await confined.lua.run(attempt.code)
        #expect(values == [true])
        #expect(try confined.outsideIsUntouched)
    }

    @Test(arguments: [
        ("assert(io.open('/etc/passwd'))", "x:1: /etc/passwd: outside the folders of the sandbox"),
        ("io.lines('/etc/passwd')", "x:1: /etc/passwd: outside the folders of the sandbox"),
        ("io.input('/etc/passwd')", "x:1: cannot open file '/etc/passwd' (outside the folders of the sandbox)"),
        ("dofile('/etc/passwd')", "cannot open /etc/passwd: outside the folders of the sandbox"),
        ("assert(io.open(script .. '/data.txt', 'w'))", "x:1: …/script/data.txt: outside the folders of the sandbox"),
        ("assert(io.open(script .. '/none.txt'))", "x:1: …/script/none.txt: No such file or directory"),
        ("os.execute('ls')", "x:1: 'os.execute' is not available in the sandbox"),
        ("setmetatable({}, { __gc = print })", "x:1: '__gc' is not available in the sandbox"),
        ("setmetatable(1, {})", "x:1: bad argument #1 to 'setmetatable' (table expected, got number)"),
        ("load(1, {})", "x:1: bad argument #2 to 'load' (string expected, got table)"),
        ("io.open('x', 'q')", "x:1: bad argument #2 to 'open' (invalid mode)"),
    ])
    func refusalSaysWhatItIs(_ code: String, _ message: String) async throws {
        let confined = try await Confined()
        let error = await #expect(throws: LuaError.self) { try await confined.lua.run(code, name: "=x") }
        let expected = message.replacingOccurrences(of: "…", with: confined.folder.path)
        #expect(error?.message == expected)
    }
}
