import FluxImaging
import Foundation
import Testing

/// `fluxlua --sandbox`: a script from someone else, run as a user would.
@Suite(.timeLimit(.minutes(5))) struct SandboxTests {
    /// A folder with a script's own folder in it, a picture on each side, and a link out.
    private func program(_ code: String) throws -> Program {
        let program = try Program()
        let manager = FileManager.default
        for name in ["theirs", "mine"] {
            try manager.createDirectory(at: program.file(name), withIntermediateDirectories: true)
        }
        let picture = try Raster(width: 64, height: 64, red: 200, green: 80, blue: 40).encoded(as: .png)
        try program.write(picture, to: "mine/private.png")
        try program.write(picture, to: "theirs/reference.png")
        try program.write("APIFRAME_API_KEY=secret", to: "mine/notes.txt")
        try program.write("return { value = 'from a module' }", to: "theirs/helper.lua")
        try manager.createSymbolicLink(
            atPath: program.file("theirs/link.png").path, withDestinationPath: "../mine/private.png")
        try program.write(code, to: "theirs/script.lua")
        return program
    }

    private func run(_ code: String, _ arguments: [String] = [], options: [String] = []) async throws -> Program.Result
    {
        let program = try program(code)
        defer { program.remove() }
        return try await program.run(["--sandbox", "--simulate"] + options + ["theirs/script.lua"] + arguments)
    }

    @Test func fluxWorksAsOutsideOfIt() async throws {
        let program = try program(
            """
            #!/usr/bin/env fluxlua
            local helper = require "helper"
            print(helper.value, arg[0], arg[1], arg[-1], #arg, ...)
            local job = assert(flux.await(flux.generate {
              model = "flux-1.1-pro", prompt = "x", width = 256, height = 256, seed = 1,
              image_prompt = "theirs/reference.png", name = "../../mine/x",
            }))
            print(flux.save(job, "out/{name}-{seed}.{ext}"), flux.save(job, "out/deep/er/{seed}.{ext}"))
            print(flux.save(job) ~= nil, job.images[1].path)
            local file = assert(io.open("out/list.txt", "w"))
            file:write("list")
            file:close()
            flux.config { out = "out/elsewhere" }
            print(flux.save(job) ~= nil)
            local results = flux.map({ 1, 2, 3 }, function(n) flux.sleep(0) return n * 2 end)
            print(table.concat(results, " "))
            """)
        defer { program.remove() }
        let result = try await program.run(["--sandbox", "--simulate", "theirs/script.lua", "a"])
        #expect(
            result.output == """
                from a module\ttheirs/script.lua\ta\tnil\t1\ta
                out/_.._mine_x-1.jpg\tout/deep/er/1.jpg
                true\tnil
                true
                2 4 6

                """)
        #expect(result.status == 0, "\(result.error)")
        #expect(program.files(below: "out").count == 5)
        #expect(program.files(below: "mine") == ["notes.txt", "private.png"])
    }

    @Test(arguments: [
        "flux.save(job, 'elsewhere/{seed}.{ext}')",
        "flux.save(job, 'theirs/{seed}.{ext}')",
        "flux.save(job, 'out/../mine/{seed}.{ext}')",
        "flux.save(job, 'out/../mine/private.png', { overwrite = true })",
        "flux.save(job, '/tmp/{seed}.{ext}')",
        "flux.save(job, 'outside.{ext}')",
        "flux.save(job, 'out-of-it/{seed}.{ext}')",
        "flux.save(job.images[1], 'mine/')",
        "flux.save({ job }, '../{seed}.{ext}')",
        "flux.save(job, 'out/{name}/../../mine/{seed}.{ext}')",
        "job:save('mine/{seed}.{ext}')",
        "flux.config { out = '/etc' }",
        "flux.config { out = 'mine' }",
        "flux.config { out = 'out/../mine' }",
        "flux.generate { prompt = 'x', image_prompt = 'mine/private.png' }",
        "flux.generate { prompt = 'x', image_prompt = 'theirs/../mine/private.png' }",
        "flux.generate { prompt = 'x', image_prompt = 'theirs/link.png' }",
        "flux.generate { prompt = 'x', image_prompt = '/etc/passwd' }",
        "flux.generate { prompt = 'x', input_images = { 'theirs/reference.png', 'mine/private.png' } }",
        "flux.edit { prompt = 'x', image = 'mine/private.png', mask = 'theirs/reference.png' }",
        "flux.mask('mine/private.png', { rect = { 0, 0, 9, 9 } })",
        "flux.mask('theirs/link.png', { rect = { 0, 0, 9, 9 } })",
        "flux.mask('theirs/reference.png', 'transparent', { from = 'mine/private.png' })",
        "flux.mask('theirs/reference.png', { rect = { 0, 0, 9, 9 } }, { file = 'mine/mask.png' })",
        "flux.mask(job, { rect = { 0, 0, 9, 9 } }, { file = 'out/../mine/private.png', overwrite = true })",
        "flux.config { out = 'mine' } flux.mask(job, { rect = { 0, 0, 9, 9 } })",
        "flux.upload 'mine/private.png'",
        "flux.upload '/proc/self/environ'",
        "assert(io.open('mine/notes.txt'))",
        "assert(io.open('mine/new.txt', 'w'))",
        "assert(io.open('theirs/script.lua', 'a'))",
        "flux.jobs()",
        "flux.account()",
        "os.execute('touch mine/new.txt')",
        "assert(os.rename('out/1.jpg', 'mine/1.jpg'))",
        "setmetatable(job, {})",
        "getmetatable(job).__index = nil",
        "job.save = nil",
        "flux.spawn(io.open, 'mine/notes.txt'):await():read()",
    ])
    func whatReachesOutIsRefused(_ code: String) async throws {
        let program = try program(
            """
            local job = assert(flux.await(flux.generate {
              model = "flux-1.1-pro", prompt = "x", width = 256, height = 256, seed = 1, name = "..",
            }))
            flux.save(job, "out/{seed}.{ext}")
            local ok, err = pcall(function() \(code) end)
            assert(not ok)
            print "refused"
            error(err, 0)
            """)
        defer { program.remove() }
        let result = try await program.run(["--sandbox", "--simulate", "theirs/script.lua"])
        #expect(result.output == "refused\n" && result.status == 1, "\(result.error)")
        // For that reason and no other, but for what is refused everywhere.
        let isRefusedEverywhere = code.contains("metatable") || code.contains("job.save") || code.contains("spawn")
        #expect(isRefusedEverywhere || result.error.contains("sandbox"), "\(result.error)")
        #expect(
            program.files() == [
                "mine/notes.txt", "mine/private.png", "out/1.jpg", "theirs/helper.lua", "theirs/link.png",
                "theirs/reference.png", "theirs/script.lua",
            ])
    }

    @Test func linkInTheOutputFolderIsNotWrittenThrough() async throws {
        let program = try program(
            """
            local job = assert(flux.await(flux.generate { model = "flux-1.1-pro", prompt = "x", width = 256, height = 256 }))
            print(pcall(flux.save, job, "out/away/x.{ext}"))
            print(flux.save(job, "out/private.png", { overwrite = true }))
            """)
        defer { program.remove() }
        try FileManager.default.createDirectory(at: program.file("out"), withIntermediateDirectories: true)
        for (link, target) in [("out/away", "../mine"), ("out/private.png", "../mine/private.png")] {
            try FileManager.default.createSymbolicLink(
                atPath: program.file(link).path, withDestinationPath: target)
        }
        let before = try program.bytes("mine/private.png")
        let result = try await program.run(["--sandbox", "--simulate", "theirs/script.lua"])
        #expect(result.output.contains("out/away/x.jpg: outside the folders of the sandbox"), "\(result)")
        #expect(try program.bytes("mine/private.png") == before)
        #expect(program.files(below: "mine") == ["notes.txt", "private.png"])
    }

    @Test func scriptWithoutAFileReadsNothing() async throws {
        let program = try program("")
        defer { program.remove() }
        let result = try await program.run(
            ["--sandbox", "-"],
            input: "print(io.open('theirs/helper.lua'), os.getenv('HOME'), pcall(require, 'theirs.helper'))")
        #expect(result.output.hasPrefix("nil\tnil\tfalse\tmodule 'theirs.helper' not found:"), "\(result)")
    }

    @Test func bytecodeIsNoScript() async throws {
        let program = try program("")
        defer { program.remove() }
        let made = try await program.run([
            "-e", "local f = io.open('theirs/b.lua', 'wb') f:write(string.dump(function() print 'ran' end)) f:close()",
        ])
        #expect(made.status == 0)
        #expect(try await program.run(["theirs/b.lua"]).output == "ran\n")
        let result = try await program.run(["--sandbox", "theirs/b.lua"])
        #expect(result.output.isEmpty && result.status == 1)
        #expect(result.error.contains("attempt to load a binary chunk"), "\(result.error)")
    }

    @Test func jobsAreCounted() async throws {
        let result = try await run(
            """
            for seed = 1, 5 do
              local ok, job = pcall(flux.generate, { model = "flux-1.1-pro", prompt = "x", width = 256, height = 256 })
              print(ok, ok and job:await().ok or job.kind)
            end
            """, options: ["--max-jobs", "2"])
        #expect(result.output == "true\ttrue\ntrue\ttrue\nfalse\tbudget\nfalse\tbudget\nfalse\tbudget\n")
        #expect(result.status == 0, "\(result.error)")
    }

    private static let notice =
        "fluxlua: --simulate: using the local service, which draws stand-in pictures; nothing is paid\n"

    @Test func wrongRequestsDoNotCount() async throws {
        let result = try await run(
            """
            pcall(flux.generate, {})
            flux.generate { model = "flux-1.1-pro", prompt = "x", width = 256, height = 256 }:await()
            """,
            options: ["--max-jobs=1"])
        #expect(result.error == Self.notice && result.status == 0)
    }

    // MARK: Scripts that want everything

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "flux.spawn(function() while true do end end) flux.sleep(1000)",
        // In the middle of C, where only the end of the process helps:
        "string.find(('a'):rep(1e5), ('a-'):rep(30) .. 'b')",
        "(('x'):rep(1e6)):gsub(('.-'):rep(20) .. 'y', '')",
        "for _ in ('a'):rep(1e5):gmatch(('a-'):rep(30) .. 'b') do end",
        "string.rep('', 1 << 60)",
        "table.move({}, 1, 1 << 60, 2)",
        "local t = setmetatable({}, { __len = function() return 1 << 60 end }) table.insert(t, 1, 1)",
        "pcall(string.find, ('a'):rep(1e5), ('a-'):rep(30) .. 'b')",
        // Where hooks are off:
        "error(setmetatable({}, { __tostring = function() while true do end end }))",
        "local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end",
    ])
    func computingTimeIsLimited(_ code: String) async throws {
        let result = try await run("io.write('printed before\\n'); " + code, options: ["--time", "0.1"])
        #expect(result.output == "printed before\n")
        #expect(
            result.error.hasPrefix(
                "fluxlua: the script has computed for more than 0.1 s (--time raises the limit)\n"),
            "\(result.error)")
        #expect(result.status == 1)
    }

    @Test(arguments: [
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1e5) .. #t end) end",
        "return (('x'):rep(1e8))",
        "local t = {} while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end",
        "while true do flux.spawn(flux.sleep, 1000) end",
    ])
    func memoryIsLimited(_ code: String) async throws {
        let result = try await run(code, options: ["--memory", "8M"])
        #expect(
            result.error.hasPrefix(
                "fluxlua: the script needs more memory than 8 MB (--memory raises the limit)\n"),
            "\(result.error)")
        #expect(result.output.isEmpty && result.status == 1)
    }

    @Test(arguments: [
        "local function f() return coroutine.wrap(f)() end f()",
        "local function f() return 1 + f() end f()",
        "local t = {} for i = 1, 300 do t = setmetatable({}, { __index = t }) end local _ = t.x.y",
        "error(setmetatable({}, { __tostring = error }))",
        "xpcall(error, function(e) error(e) end) error('x')",
        "local _ = flux.json.decode(('['):rep(1e6))",
        "local _ = flux.json.encode((function() local t = {} t.t = t return t end)())",
        "string.format('%1000d', 1)",
        "('x'):rep(1e10)",
    ])
    func recursionEndsInAnError(_ code: String) async throws {
        let result = try await run("print 'ran' " + code + " error('got through')")
        #expect(result.output == "ran\n" && result.status == 1)
        #expect(result.error.hasPrefix("fluxlua: "))
    }

    @Test func waitingIsNotComputing() async throws {
        let result = try await run("flux.sleep(0.3) print 'waited'", options: ["--time", "0.2"])
        #expect(result.output == "waited\n" && result.error.isEmpty && result.status == 0)
    }

    @Test(arguments: ["while true do end", "string.rep('', 1 << 60)"])
    func whatIsPaidComesInWhenALimitIsReached(_ code: String) async throws {
        let result = try await run(
            """
            local job = flux.generate { model = "flux-1.1-pro", prompt = "x", width = 256, height = 256 }
            while job.status == "PENDING" do flux.sleep(0.001) end
            \(code)
            """, options: ["--time", "0.2"])
        #expect(
            result.error.hasPrefix(Self.notice + "fluxlua: the script has computed for more than 0.2 s"), "\(result)")
        #expect(!result.error.contains("the script did not check it"))
        #expect(result.status == 1)
    }

    @Test(arguments: ["while true do end", "string.rep('', 1 << 60)"])
    func interruptLeavesAtOnceWhatWaitsAtALimit(_ code: String) async throws {
        try await ServedService.run(["--job-time", "3600"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let running = try program.start([
                "--sandbox", "--time", "0.1", "-e",
                """
                local job = flux.generate "a picture that takes an hour"
                while job.status == "PENDING" do flux.sleep(0.001) end
                \(code)
                """,
            ])
            #expect(await running.errorLine()?.hasPrefix("fluxlua: the script has computed for more than") == true)
            var line = await running.errorLine()
            while let told = line, !told.hasPrefix("fluxlua: ") { line = await running.errorLine() }
            #expect(line == "fluxlua: waiting for 1 job already requested; Ctrl-C leaves at once")
            running.signal(SIGINT)
            #expect(try await running.result().status == 130)
        }
    }

    @Test func limitsHoldOutsideOfTheSandboxToo() async throws {
        let program = try program("local f = assert(io.open('mine/notes.txt')) print(f:read()) while true do end")
        defer { program.remove() }
        let result = try await program.run(["--time", "0.1", "theirs/script.lua"])
        #expect(result.output == "APIFRAME_API_KEY=secret\n" && result.status == 1)
        #expect(result.error.hasPrefix("fluxlua: the script has computed for more than 0.1 s"))
    }

    @Test func finalizerThatComputesForEverEndsTheRun() async throws {
        let program = try program("setmetatable({}, { __gc = function() while true do end end })")
        defer { program.remove() }
        let result = try await program.run(["--time", "0.1", "theirs/script.lua"])
        #expect(result.error.hasPrefix("fluxlua: the script has computed for more than 0.1 s"))
        #expect(result.status == 1)
    }
}
