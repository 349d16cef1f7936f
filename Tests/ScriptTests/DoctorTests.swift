import FluxClient
import Foundation
import Testing

/// `fluxlua doctor`: each line is good, a note, or wrong with what to do.
@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    /// What it says of each subject.
    private func findings(_ program: Program, _ options: String...) async throws -> (
        [String: (verdict: String, text: String, advice: String?)], status: Int32
    ) {
        let result = try await program.run(["doctor", "--json"] + options)
        #expect(result.error == "")
        var findings: [String: (verdict: String, text: String, advice: String?)] = [:]
        for line in result.output.split(separator: "\n") {
            let json = try JSONValue(parsing: Array(line.utf8))
            findings[try #require(json["subject"]?.stringValue)] = (
                try #require(json["verdict"]?.stringValue), try #require(json["text"]?.stringValue),
                json["advice"]?.stringValue
            )
        }
        return (findings, result.status)
    }

    @Test func allIsGoodWithAKeyAndAService() async throws {
        try await ServedService.run(["--key", ServedService.key, "--credits", "77"]) { service in
            var program = try Program()
            defer { program.remove() }
            program.environment["FLUX_BASE_URL"] = service.baseURL
            program.environment["APIFRAME_API_KEY"] = ServedService.key
            let (found, status) = try await findings(program)
            #expect(status == 0)
            #expect(found.values.allSatisfy { $0.verdict != "wrong" }, "\(found)")
            #expect(found["network"]?.text.hasPrefix("\(service.baseURL) answers in ") == true)
            #expect(found["account"]?.text.hasPrefix("77 credits") == true)
            #expect(found["clock"]?.text == "right" && found["key"]?.text == "from APIFRAME_API_KEY")
            #expect(found["data"]?.text.hasSuffix(program.data.path + "/fluxlua") == true)
            #expect(found["disk"] != nil && found["ledger"] != nil && found["terminal"] != nil && found["fonts"] != nil)
            // For people the same lines.
            let text = try await program.run(["doctor"]).output
            for (subject, finding) in found {
                #expect(text.contains(" \(subject) "))
                // The time that an answer takes, and the room that others leave on the disk, are others each time.
                if !["network", "disk"].contains(subject) {
                    #expect(text.contains(finding.text), "\(finding.text)")
                }
            }
            #expect(!text.contains(ServedService.key))
        }
    }

    @Test func whatIsWrongIsToldWithWhatToDo() async throws {
        try await ServedService.run(["--key", ServedService.key, "--fault", "clock:seconds=-3600"]) { service in
            var program = try Program()
            defer { program.remove() }
            program.environment["FLUX_BASE_URL"] = service.baseURL
            program.environment["APIFRAME_API_KEY"] = "afk_of_somebody_else"
            program.environment["HOME"] = ""
            let (found, status) = try await findings(program)
            #expect(status == 1)
            #expect(
                found["account"]?.verdict == "wrong" && found["account"]?.advice?.contains("APIFRAME_API_KEY") == true)
            #expect(
                found["clock"]?.verdict == "wrong"
                    && found["clock"]?.text.hasSuffix("0 minutes ahead of the service's") == true, "\(found)")
            #expect(found["settings"]?.verdict == "wrong" && found["state"]?.text.contains("HOME is set") == true)
            #expect(found["data"]?.verdict == "good")
        }
    }

    @Test func serviceThatIsNotReachedIsNamed() async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:9"
        program.environment["http_proxy"] = "http://ada:secret@127.0.0.1:8"
        let (found, status) = try await findings(program)
        #expect(status == 1 && found["network"]?.verdict == "wrong" && found["network"]?.advice != nil)
        #expect(found["proxy"]?.text == "http_proxy=http://…@127.0.0.1:8")
        let (offline, well) = try await findings(program, "--offline")
        #expect(well == 0 && offline["network"] == nil && offline["proxy"] == nil)
    }

    @Test func scriptsWithoutAFontAreNamed() async throws {
        var program = try Program()
        defer { program.remove() }
        try program.write(
            """
            <?xml version="1.0"?>
            <fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>\(program.folder.path)</cachedir></fontconfig>
            """, to: "fonts.conf")
        program.environment["FONTCONFIG_FILE"] = program.file("fonts.conf").path
        let (found, _) = try await findings(program, "--offline")
        let fonts = try #require(found["fonts"])
        #expect(
            fonts.verdict == "note" && fonts.text.hasSuffix("Devanagari, Thai, Chinese, Japanese, Korean, emoji"),
            "\(fonts)")
        #expect(fonts.advice?.contains("fonts-noto-cjk") == true)
    }

    @Test func keyThatOthersCanReadIsWrong() async throws {
        let program = try Program()
        defer { program.remove() }
        #expect(try await program.run(["login", "--no-check"], input: "afk_kept\n").status == 0)
        let path = program.file(".config/fluxlua/keys").path
        #expect(try await findings(program, "--offline").0["key"]?.verdict == "good")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let (found, status) = try await findings(program, "--offline")
        #expect(found["key"]?.verdict == "wrong" && found["key"]?.advice == "chmod 600 \(path)" && status == 1)
    }
}
