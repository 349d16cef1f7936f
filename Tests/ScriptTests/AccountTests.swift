import Foundation
import TestSupport
import Testing

/// `fluxlua login` and `logout`: a key is checked, kept for one service, and goes to no other.
@Suite(.timeLimit(.minutes(5))) struct AccountTests {
    private static let key = "afk_kept_by_login"
    private static let askAccount = ["-e", "print(assert(flux.account()).credits)"]

    private func program(_ service: ServedService) throws -> Program {
        var program = try Program()
        program.environment["FLUX_BASE_URL"] = service.baseURL
        return program
    }

    private func mode(_ program: Program, _ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: program.file(name).path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func keyIsCheckedKeptForTheUserAloneAndUsed() async throws {
        try await ServedService.run(["--key", Self.key, "--credits", "321"]) { service in
            let program = try program(service)
            defer { program.remove() }
            #expect(try await program.run(Self.askAccount).status == 1)
            let login = try await program.run(["login"], input: "  \(Self.key)\n")
            let path = program.file(".config/fluxlua/keys").path
            #expect(login.output.hasPrefix("stored in \(path): 321 credits"), "\(login.output)")
            #expect(login.error == "" && login.status == 0)
            #expect(try mode(program, ".config/fluxlua/keys") == 0o600 && mode(program, ".config/fluxlua") == 0o700)
            #expect(try await program.run(Self.askAccount).output == "321\n")

            let logout = try await program.run(["logout"])
            #expect(logout.output == "removed from \(path)\n" && logout.status == 0)
            #expect(program.files() == [])
            #expect(try await program.run(Self.askAccount).status == 1)
            #expect(try await program.run(["logout"]).output == "no key is stored for \(service.baseURL)\n")
        }
    }

    @Test func keyThatTheServiceRefusesIsNotKept() async throws {
        try await ServedService.run(["--key", Self.key]) { service in
            let program = try program(service)
            defer { program.remove() }
            let login = try await program.run(["login"], input: "afk_another\n")
            #expect(login.error.hasPrefix("fluxlua: the service does not know the API key"), "\(login.error)")
            #expect(login.error.hasSuffix("fluxlua: the key was not stored; --no-check stores it unchecked\n"))
            #expect(login.output == "" && login.status == 1 && program.files() == [])
        }
    }

    @Test(arguments: ["", "\n", "sk_live_1234\n", "afk_\n", "afk_a\u{7}b\n"])
    func whatIsNoKeyIsNotKept(_ typed: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let login = try await program.run(["login", "--no-check"], input: typed)
        #expect(login.status == 1 && login.output == "" && program.files() == [])
        #expect(
            login.error.contains(
                typed.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty ? "no key was given" : "begin with afk_"))
    }

    @Test func keyGoesToNoOtherServiceThanItsOwn() async throws {
        var program = try Program()
        defer { program.remove() }
        #expect(try await program.run(["login", "--no-check"], input: "afk_of_the_service\n").status == 0)
        try await ServedService.run(["--key", Self.key]) { service in
            program.environment["FLUX_BASE_URL"] = service.baseURL
            // With a key that is not its own it would say something else.
            let other = try await program.run(["doctor", "--json"])
            #expect(other.output.contains("none for \(service.baseURL)"))
            #expect(try await program.run(["login"], input: Self.key).status == 0)
            #expect(try await program.run(Self.askAccount).status == 0)
            // Each has its own.
            #expect(try await program.run(["logout"]).status == 0)
            program.environment["FLUX_BASE_URL"] = nil
            #expect(
                try program.bytes(".config/fluxlua/keys") == Array("https://api.apiframe.ai afk_of_the_service\n".utf8))
        }
    }

    @Test func environmentGoesFirst() async throws {
        try await ServedService.run(["--key", Self.key]) { service in
            var program = try program(service)
            defer { program.remove() }
            program.environment["APIFRAME_API_KEY"] = Self.key
            let login = try await program.run(["login", "--no-check"], input: "afk_wrong\n")
            #expect(
                login.error == "fluxlua: APIFRAME_API_KEY is set, and is used instead of the key that was stored now\n")
            #expect(try await program.run(Self.askAccount).status == 0)
            program.environment["APIFRAME_API_KEY"] = ""
            #expect(try await program.run(Self.askAccount).error.contains("does not know the API key"))
        }
    }

    @Test func keyIsTypedUnseenAtATerminal() async throws {
        try await ServedService.run(["--key", Self.key]) { service in
            let result = try await PythonSession.run("Terminal/login.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }
}
