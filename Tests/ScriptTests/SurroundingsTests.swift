import Foundation
import TestSupport
import Testing

/// What the program finds around it on other people's machines.
@Suite(.timeLimit(.minutes(5))) struct SurroundingsTests {
    private static let ask = """
        local job = assert(flux.await(flux.generate {
          model = "flux-1.1-pro", width = 256, height = 256, prompt = "a fox", seed = 7, output_format = "png" }))
        print(flux.save(job, "fox.{ext}"))
        """

    private static let askAnew = """
        local job, err = flux.generate { prompt = "a fox", fresh = true }:await()
        print(err)
        print(err.hint)
        """

    /// With a script that asks for one picture.
    private func program() throws -> Program {
        let program = try Program()
        try program.write(Self.ask, to: "ask.lua")
        return program
    }

    /// Runs the program from a line of the shell, in which `$fluxlua` is the program.
    private func shell(_ program: Program, _ line: String) async throws -> Program.Result {
        var program = program
        program.environment["fluxlua"] = program.executable.path
        return try await program.run(["-c", line], of: URL(fileURLWithPath: "/bin/sh"))
    }

    // MARK: Folders

    @Test func withoutAHomeALineSaysWhatToSetAndScriptsWithoutPicturesRun() async throws {
        var program = try program()
        defer { program.remove() }
        program.environment["HOME"] = nil
        program.environment["XDG_DATA_HOME"] = nil
        let result = try await program.run(["ask.lua"])
        #expect(result.status == 1)
        #expect(result.error.hasPrefix("fluxlua: ask.lua:1: flux.generate: no folder for pictures: neither"))
        #expect(try await program.run(["-e", "print(flux.config().out)"]).output == "out\n")
    }

    @Test func aHomeThatCannotBeWrittenIsNamedWithWhatToDo() async throws {
        var program = try program()
        defer { program.remove() }
        // What root may not write either.
        program.environment["HOME"] = "/proc"
        program.environment["XDG_DATA_HOME"] = nil
        let result = try await program.run(["ask.lua"])
        #expect(result.status == 1)
        #expect(
            result.error == """
                fluxlua: ask.lua:1: flux.generate: cannot make the folder /proc/.local: no such file or directory
                hint: check that the disk has room and that you may write the ledger and its folder, or name another ledger file \
                with --ledger FILE or FLUX_LEDGER

                """)
        program.environment["XDG_DATA_HOME"] = program.data.path
        #expect(try await program.run(["ask.lua"]).output == "fox.png\n")
    }

    /// As the XDG Base Directory Specification says.
    @Test func relativeXDGFoldersAreIgnored() async throws {
        var program = try program()
        defer { program.remove() }
        program.environment["XDG_DATA_HOME"] = "data"
        #expect(try await program.run(["ask.lua"]).output == "fox.png\n")
        #expect(!program.files().contains { $0.hasPrefix("data/") })
        #expect(program.files(below: ".local/share/fluxlua").contains { $0.hasSuffix("ledger.sqlite") })
    }

    @Test func withoutAFolderForTemporaryFilesPicturesAreMadeAndPlanned() async throws {
        var program = try program()
        defer { program.remove() }
        program.environment["TMPDIR"] = "/nonexistent/tmp"
        #expect(try await program.run(["ask.lua"]).output == "fox.png\n")
        let plan = try await program.run(["plan", "ask.lua"])
        #expect(plan.status == 0 && plan.output.contains("flux-1.1-pro"), "\(plan.error)")
    }

    // MARK: Languages

    @Test(arguments: ["C", "POSIX", "tr_TR.UTF-8", "de_DE.UTF-8", "xx_YY"])
    func localesChangeNothing(_ locale: String) async throws {
        var program = try program()
        defer { program.remove() }
        program.environment["LC_ALL"] = locale
        program.environment["LANG"] = locale
        // Few machines have more than their own; with a comma in numbers, or without a dot over the small İ, they count.
        if let name = locale.firstMatch(of: #/(tr_TR|de_DE)\.UTF-8/#)?.output.1 {
            let maker = try await shell(program, "localedef -i \(name) -f UTF-8 ./\(locale) 2>&1")
            try #require(maker.status == 0, "\(maker.output)")
            program.environment["LOCPATH"] = program.folder.path
            let known = try await shell(program, "locale decimal_point")
            #expect(known.output == ",\n", "\(known)")
        }
        let result = try await program.run([
            "-e",
            """
            print(1.5, tonumber("1.5"), ("TITLE"):lower(), ("i"):upper(), flux.json.encode { a = 1.5 })
            local job = assert(flux.generate { prompt = "İstanbul, 서울", name = "Iıİi", seed = 1, resolution = "0.5MP" }:await())
            print(job.prompt, job.status, flux.save(job, "{name}-{prompt}.{ext}"))
            """,
        ])
        #expect(
            result.output == """
                1.5	1.5	title	I	{"a":1.5}
                İstanbul, 서울	COMPLETED	Iıİi-İstanbul, 서울.jpg

                """, "\(result.error)")
    }

    // MARK: Streams and files

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedStreamsDoNoHarm(_ closing: String) async throws {
        let program = try program()
        defer { program.remove() }
        // What is printed must not land in a file that is open.
        let line = """
            exec "$fluxlua" -e 'print("one") io.stderr:write("two") f = io.open("kept.txt", "w") print("three") f:write("text") f:close()' ask.lua \(closing)
            """
        #expect(try await shell(program, line).status == 0)
        #expect(try program.bytes("kept.txt") == Array("text".utf8))
        #expect(try program.bytes("fox.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test func whatNeedsAClosedStreamSaysSo() async throws {
        let program = try program()
        defer { program.remove() }
        let reading = try await shell(program, "exec \"$fluxlua\" - <&-")
        #expect(reading.error == "fluxlua: cannot read stdin: bad file descriptor\n" && reading.status == 2)
        let printing = try await shell(program, "exec \"$fluxlua\" --help >&-")
        #expect(printing.error == "fluxlua: cannot write the output: bad file descriptor\n" && printing.status == 1)
    }

    @Test func fewOpenFilesMakeItSlowerAndLoseNoPicture() async throws {
        let program = try program()
        defer { program.remove() }
        try program.write(
            """
            local jobs = {}
            for seed = 1, 60 do
              jobs[seed] = flux.generate { model = "flux-1.1-pro", width = 256, height = 256, prompt = "a fox", seed = seed }
            end
            print(select(2, flux.await(jobs)))
            """, to: "many.lua")
        let result = try await shell(program, "ulimit -n 64; exec \"$fluxlua\" many.lua")
        #expect(result.output == "0\n" && result.status == 0, "\(result.error)")
        let none = try await shell(program, "ulimit -n 30; exec \"$fluxlua\" many.lua")
        #expect(
            none.error == """
                fluxlua: many.lua:3: flux.generate: only 30 files may be open at a time here, which is too few
                hint: allow more before starting fluxlua: ulimit -n 256

                """)
    }

    @Test func namesThatAreTooLongAreToldAsThat() async throws {
        let program = try program()
        defer { program.remove() }
        try program.write(
            """
            local job = flux.await(flux.generate { model = "flux-1.1-pro", width = 256, height = 256, prompt = "a fox", seed = 7 })
            local name = ("x"):rep(300)
            print(select(2, pcall(flux.save, job, name .. ".png")))
            print(select(2, pcall(flux.save, job, ("y/"):rep(3000) .. "a.png")))
            print(select(2, pcall(flux.generate, { prompt = "a", image_prompt = name })))
            print(select(2, flux.read(name)))
            """, to: "long.lua")
        let result = try await program.run(["long.lua"])
        let long = "too long for a file or folder (255 is the most): \(String(repeating: "x", count: 60))…"
        #expect(
            result.output == """
                long.lua:3: flux.save: a name of 304 bytes is \(long)
                long.lua:4: flux.save: a path of 5999 bytes is longer than any file's: \(String(repeating: "y/", count: 30))…
                long.lua:5: flux.generate: image_prompt: a name of 300 bytes is \(long)
                a name of 300 bytes is \(long)

                """)
        let name = String(repeating: "x", count: 300)
        #expect(try await program.run([name]).error == "fluxlua: a name of 300 bytes is \(long)\n")
        let jobs = try await program.run(["jobs", "--ledger", name])
        #expect(jobs.error == "fluxlua: a name of 300 bytes is \(long)\n" && jobs.status == 1)
    }

    // MARK: Scripts

    @Test func scriptsOfOtherEditorsRun() async throws {
        let program = try program()
        defer { program.remove() }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = Array(
            "#!/usr/bin/env fluxlua\r\nlocal text = [[a\r\nb]]\r\nprint(#text, ...)\r\nerror('here')\r\n".utf8)
        try program.write(mark + text, to: "both.lua")
        let result = try await program.run(["both.lua", "x"])
        #expect(result.output == "3\tx\n" && result.error.hasPrefix("fluxlua: both.lua:5: here\n"))
        try program.write(mark + Array("#!\r\nreturn 'read'\r\n".utf8), to: "module.lua")
        let modules = "print(require 'module', dofile 'module.lua', loadfile('module.lua')())"
        #expect(try await program.run(["-e", modules]).output == "read\tread\tread\n")
        #expect(try await program.run(["-"], input: "\u{FEFF}print(1)\r\n").output == "1\n")
        try program.write([0xFF, 0xFE] + Array("p\0r\0".utf8), to: "wide.lua")
        let wide = try await program.run(["wide.lua"])
        #expect(
            wide.error == "fluxlua: wide.lua is UTF-16 text, which editors may call Unicode: save it as UTF-8\n"
                && wide.status == 2)
    }

    @Test func argumentsAreGivenAsTheyAre() async throws {
        let program = try program()
        defer { program.remove() }
        try program.write(
            "for i = 0, #arg do io.write(('%q '):format(arg[i])) end print(#..., select('#', ...))", to: "a.lua")
        let arguments = "a.lua \"$(printf '\\377\\376')\" '' 'two\nlines' -- -e '--x=한국' \"it's\""
        let ours = try await shell(program, "exec \"$fluxlua\" \(arguments) | od -c")
        let stock = try await shell(program, "exec \(Program.stock.path) \(arguments) | od -c")
        #expect(ours.output == stock.output && ours.output.contains("377 376"))
        let named = try await shell(
            program, "cp a.lua \"$(printf '\\377').lua\"; exec \"$fluxlua\" \"$(printf '\\377').lua\"")
        #expect(named.error.hasSuffix(".lua: its name is not UTF-8 text; give it another name\n"))
    }

    // MARK: Networks

    @Test func aServiceOnIPv6OnlyIsUsed() async throws {
        var program = try program()
        defer { program.remove() }
        let server = try program.start(["serve", "--listen", "[::1]:0", "--key", "afk_test", "--speed", "instant"])
        let line = try #require(await server.line())
        let address = try #require(line.firstMatch(of: #/http://\S+/#)?.output)
        program.environment["FLUX_BASE_URL"] = String(address)
        program.environment["APIFRAME_API_KEY"] = "afk_test"
        let result = try await program.run(["ask.lua"])
        #expect(result.output == "fox.png\n", "\(result.error)")
        server.signal(SIGTERM)
        _ = try await server.result()
    }

    /// A company's network: TLS with a certificate of its own, and a proxy that asks for a password.
    @Test func aProxyWithAPasswordAndACertificateOfOnesOwnAreUsedOrNamed() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            try program.write(Self.ask, to: "ask.lua")
            try FileManager.default.createDirectory(at: program.file("network"), withIntermediateDirectories: true)
            let port = try #require(service.baseURL.split(separator: ":").last)
            let input = Pipe()
            let tunnel = Program.root.appendingPathComponent("Tests/Wire/tunnel.py").path
            let network = try program.start(
                ["-B", tunnel, String(port), program.file("network").path],
                input: input.fileHandleForReading, of: URL(fileURLWithPath: "/usr/bin/python3"))
            let line = try #require(await network.line())
            let addresses = line.split(separator: " ").map(String.init)
            program.environment["FLUX_BASE_URL"] = addresses[0]
            program.environment["HTTPS_PROXY"] = "http://me:s3cret%20pass@\(addresses[1])"
            program.environment["SSL_CERT_FILE"] = program.file("network/certificate.pem").path
            let good = try await program.run(["ask.lua"])
            #expect(good.output == "fox.png\n", "\(good.error)")
            let opened = "CONNECT \(addresses[0].dropFirst("https://".count))"
            #expect(await network.line() == opened)

            var stranger = program
            stranger.environment["SSL_CERT_FILE"] = nil
            let untrusted = try await stranger.run(["-e", Self.askAnew])
            #expect(untrusted.output.hasPrefix("the certificate of service.test is not trusted: "), "\(untrusted)")
            #expect(await network.line() == opened)
            var forgetful = program
            forgetful.environment["HTTPS_PROXY"] = "http://me:wrong@\(addresses[1])"
            let refused = try await forgetful.run(["-e", Self.askAnew])
            #expect(refused.output.contains("the proxy asks for a name and a password"), "\(refused)")
            #expect(!refused.output.contains("wrong") && !refused.error.contains("wrong"))
            #expect(await network.line() == "refused")
            try input.fileHandleForWriting.close()
            _ = try await network.result()
        }
    }
}
