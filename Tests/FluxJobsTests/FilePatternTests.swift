import FluxClient
import Testing

@testable import FluxJobs

@Suite struct FilePatternTests {
    private static func path(_ pattern: String, _ values: [String: String]) throws -> String {
        try FilePattern(parsing: pattern).path(known: values.keys.sorted()) { values[$0] }
    }

    @Test func placeholdersStandForTheirValues() throws {
        #expect(try Self.path("out/{seed}.{ext}", ["seed": "7", "ext": "jpg"]) == "out/7.jpg")
        #expect(try Self.path("/abs/{a}/../{a}{a}", ["a": "x"]) == "/abs/x/../xx")
    }

    @Test func aWidthCutsCharactersAndALeadingZeroFillsUp() throws {
        #expect(try Self.path("{p:3}", ["p": "가나다라"]) == "가나다")
        #expect(try Self.path("{p:2}", ["p": "👩‍👩‍👧‍👧🇰🇷x"]) == "👩‍👩‍👧‍👧🇰🇷")
        #expect(try Self.path("{i:04}-{i:01}", ["i": "12"]) == "0012-12")
        #expect(try Self.path("{i:04}", ["i": "12345"]) == "12345")
        #expect(try Self.path("{p:6}.png", ["p": "a cozy office"]) == "a cozy.png")
        #expect(try Self.path("{p:7}.png", ["p": "a cozy office"]) == "a cozy.png")
    }

    @Test func doubledBracesAreBraces() throws {
        #expect(try Self.path("{{{s}}}", ["s": "7"]) == "{7}")
        #expect(try Self.path("{{s}}", [:]) == "{s}")
    }

    @Test func aPatternThatEndsInASlashIsAFolder() throws {
        let values = ["model": "flux-2-pro", "seed": "7", "id": "b2c3d4e5-aaaa", "ext": "webp"]
        #expect(try Self.path("shots/", values) == "shots/flux-2-pro-7-b2c3d4e5.webp")
    }

    @Test func anUnknownPlaceholderNamesTheKnownAndTheNearest() throws {
        let error = #expect(throws: FluxError.self) { try Self.path("{sede}.png", ["seed": "7", "model": "x"]) }
        #expect(error?.kind == .invalid)
        #expect(error?.message == "unknown placeholder 'sede' in the file pattern (did you mean 'seed'?)")
        #expect(error?.hint == "known: {model} {seed}")
    }

    @Test(arguments: ["", "a{", "a}", "{}", "{:4}", "{a:}", "{a:x}", "{a:0}", "{a:999}", "{a:-1}", "a\0b"])
    func malformedPatternsAreRefused(pattern: String) {
        let error = #expect(throws: FluxError.self) { try FilePattern(parsing: pattern) }
        #expect(error?.kind == .invalid)
    }

    @Test(arguments: [
        ("../../etc/passwd", "_.._etc_passwd"), ("..", "_"), (".", "_"), ("", "_"), ("/", "_"), ("a/b\\c", "a_b_c"),
        (".hidden", "hidden"), ("--rf", "rf"), ("-", "_"), (" . ", "_"), ("a\u{0}b\u{1B}[2J", "a_b_[2J"),
        ("one\ntwo\t three", "one two three"), ("what?", "what_"), ("a:b*c\"<>|", "a_b_c____"), ("end. . ", "end"),
        ("NUL", "_NUL"), ("con.txt", "_con.txt"), ("COM7", "_COM7"), ("COMA", "COMA"), ("aux .x", "_aux .x"),
        ("\u{202E}gpj.exe", "_gpj.exe"), (".\u{301}x", "_\u{301}x"), ("/\u{301}x", "_\u{301}x"), ("…", "…"),
        ("따뜻한 오후의 서재", "따뜻한 오후의 서재"),
    ])
    func aValueNeverLeavesItsFolder(value: String, name: String) throws {
        #expect(try Self.path("out/{v}", ["v": value]) == "out/" + name)
    }

    @Test func whatTheAuthorWroteIsKeptWhereNoValueCouldMisuseIt() throws {
        #expect(try Self.path("../.hidden/-x/{v}", ["v": "a"]) == "../.hidden/-x/a")
        #expect(try Self.path(".{v}", ["v": "a"]) == ".a")
        #expect(try Self.path("out/.{v}/x", ["v": "."]) == "out/_./x")
        #expect(try Self.path("out/..{v}/x", ["v": ""]) == "out/_../x")
        #expect(try Self.path("{v}.png", ["v": ""]) == "_.png")
        #expect(try Self.path("{v}-{w}.png", ["v": "", "w": "1"]) == "_-1.png")
        #expect(try Self.path("{v}{w}.png", ["v": "", "w": "..1"]) == "1.png")
        #expect(try Self.path("{w}{v}", ["v": "", "w": "1. "]) == "1")
    }

    @Test func aNameKeepsRoomForASuffixAndCutsTheLongestValueBetweenCharacters() throws {
        let prompt = String(repeating: "따뜻한 오후 ", count: 200)
        let path = try Self.path("out/{prompt}-{seed}.{ext}", ["prompt": prompt, "seed": "1234", "ext": "jpg"])
        let name = path.dropFirst(4)
        #expect(name.utf8.count <= 244 && name.utf8.count > 235)
        #expect(name.hasPrefix("따뜻한 오후") && name.hasSuffix("-1234.jpg") && !name.contains("\u{FFFD}"))
        let zalgo = "e" + String(repeating: "\u{301}", count: 4000)
        #expect(try Self.path("{v}.png", ["v": zalgo]) == "_.png")
        let both = try Self.path(
            "{a}{b}", ["a": String(repeating: "a", count: 300), "b": String(repeating: "b", count: 299)])
        #expect(both.utf8.count == 244 && both.contains("aab"))
    }

    @Test func numberedNamesStayWithin255Bytes() {
        #expect(FileNameText.numbered("out/a.png", 2) == "out/a-2.png")
        #expect(FileNameText.numbered("o.ut/flux-1.1-pro", 3) == "o.ut/flux-1.1-pro-3")
        #expect(FileNameText.numbered(".env", 2) == ".env-2")
        let long = FileNameText.numbered(String(repeating: "가", count: 85), 12)
        #expect(long.utf8.count <= 255 && long.hasSuffix("가-12"))
    }
}
