import LuaRuntime
import Testing

/// `flux.json`.
@Suite struct JSONTests {
    @Test(arguments: [
        ("7", "7"), ("7.0", "7.0"), ("1e300", "1e+300"), ("true", "true"), ("flux.json.null", "null"),
        ("'a\"b\\n\\0'", #""a\"b\n\u0000""#), ("'größe 🦊'", "\"größe 🦊\""), ("math.mininteger", "-9223372036854775808"),
        ("{}", "[]"), ("flux.json.empty_object", "{}"), ("{ 1, { 2 }, {} }", "[1,[2],[]]"),
        ("{ b = 1, a = { c = false } }", #"{"a":{"c":false},"b":1}"#), ("{ 1, flux.json.null, 3 }", "[1,null,3]"),
        ("{ ['1'] = 1 }", #"{"1":1}"#),
    ])
    func valuesAreEncodedAlwaysTheSame(_ value: String, _ text: String) async throws {
        let bench = try await Bench()
        #expect(try await bench.run("return flux.json.encode(\(value))") == [.string(text)])
    }

    @Test(arguments: [
        ("0/0", "the value is not a number, which JSON has no number for"),
        ("{ a = { 1, math.huge } }", "a[2] is infinity, which JSON has no number for"),
        ("{ { b = -math.huge } }", "[1].b is minus infinity, which JSON has no number for"),
        ("{ 1, nil, 3 }", "[2] is nil; flux.json.null stands for JSON's null"),
        ("nil", "the value is nil; flux.json.null stands for JSON's null"),
        ("{ [3] = 1 }", "the value is a list with gaps, or has numbers for names"),
        ("{ 1, x = { 2 } }", "the value has both items and names: JSON has lists and objects"),
        ("{ x = { [true] = 1 } }", "x has a boolean for a name"), ("{ x = '\\xff' }", "x is not UTF-8 text"),
        ("{ ['\\xff'] = 1 }", "the value has a name that is not UTF-8 text"),
        ("print", "the value is a function, not a value that JSON has"),
        ("{ job = flux.generate 'x' }", "job is a job, not a value that JSON has"),
        ("coroutine.create(print)", "the value is a userdata, not a value that JSON has"),
    ])
    func whatJSONCannotSayIsAnErrorWithItsPlace(_ value: String, _ message: String) async throws {
        let bench = try await Bench()
        #expect(
            try await bench.complaint(of: "flux.json.encode(\(value))") == "ask.lua:1: flux.json.encode: \(message)")
    }

    @Test func tableThatHoldsItselfIsAnError() async throws {
        let bench = try await Bench()
        let said = try await bench.complaint(of: "local t = {} t.t = t flux.json.encode(t)")
        #expect(
            said == "ask.lua:1: flux.json.encode: table is nested too deeply (does it contain itself?)", "\(said)")
    }

    @Test func smallTablesThatStandForMoreThanThereIsRoomForAreAnError() async throws {
        let bench = try await Bench()
        let said = try await bench.complaint(
            of: "local t = {} for _ = 1, 40 do t = { t, t, t } end flux.json.encode(t)")
        #expect(
            said == "ask.lua:1: flux.json.encode: table holds more than two million values "
                + "(a table counts again wherever it is found)", "\(said)")
    }

    @Test func whatWasEncodedIsDecodedAsItWas() async throws {
        let bench = try await Bench()
        let values = try await bench.run(
            """
            local text = '{"a":[1,2.0,null,{"b":"x"}],"c":null,"d":{},"e":1e2,"f":12345678901234567890}'
            local t = flux.json.decode(text)
            return #t.a, math.type(t.a[1]), math.type(t.a[2]), t.a[3] == flux.json.null, t.a[4].b, t.c == flux.json.null,
              next(t.d), t.e, math.type(t.f), tostring(t.c), flux.json.encode(t.a), flux.json.decode(' "\\\\ud83e\\\\udd8a" ')
            """)
        #expect(
            values == [
                4, "integer", "float", true, "x", true, .nil, .number(100), "float", "null", #"[1,2.0,null,{"b":"x"}]"#,
                "🦊",
            ])
    }

    @Test(arguments: [
        ("'{\"a\":\\n 1,}'", "expected a key in quotes at line 2, column 4 of the text"),
        ("''", "unexpected end at line 1, column 1 of the text"),
        ("'[1] 2'", "unexpected text after the value at line 1, column 5 of the text"),
        ("'\"\\xff\"'", "a string is not UTF-8 at line 1, column 2 of the text"),
        ("'[1e999]'", "number out of range at line 1, column 2 of the text"),
        ("('['):rep(200)", "nested deeper than 128 at line 1, column 129 of the text"),
        ("7", "expected JSON text, got number"), ("nil", "expected JSON text, got nil"),
    ])
    func textThatIsNoJSONIsAnErrorWithItsPlace(_ text: String, _ message: String) async throws {
        let bench = try await Bench()
        #expect(
            try await bench.complaint(of: "flux.json.decode(\(text))") == "ask.lua:1: flux.json.decode: \(message)")
    }

    @Test func constantsHaveNoFields() async throws {
        let bench = try await Bench()
        #expect(
            try await bench.complaint(of: "return flux.json.decode('{\"a\":null}').a.b")
                == "ask.lua:1: JSON's null has no field 'b'")
    }
}
