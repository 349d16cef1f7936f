import FluxClient
import Testing

struct JSONValueTests {
    @Test func readsEveryKindOfValue() throws {
        let value = try json(#" { "a" : [ null , true , false , 1 , -2.5e1 , "x" ] , "b" : { } } "#)
        #expect(value == ["a": [nil, true, false, 1, -25.0, "x"], "b": [:]])
    }

    @Test func keepsWholeNumbersApartFromOthers() throws {
        #expect(try json("3") == .integer(3))
        #expect(try json("3.0") == .number(3))
        #expect(try json("3e0") == .number(3))
        #expect(try json("9223372036854775807") == .integer(.max))
        #expect(try json("-9223372036854775808") == .integer(.min))
        #expect(try json("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try json("3.0").integerValue == 3)
        #expect(try json("3.5").integerValue == nil)
        #expect(try json("1e30").integerValue == nil)
        #expect(try json("-9223372036854775808").integerValue == .min)
        #expect(try json("-9223372036854775809").integerValue == nil)
    }

    @Test func lastOfDoubledKeysCounts() throws {
        #expect(try json(#"{"a":1,"a":2}"#) == ["a": 2])
    }

    @Test func joinsSurrogatePairsAndReplacesLoneOnes() throws {
        #expect(try json(#""\ud83d\ude00""#) == "😀")
        #expect(try json(#""a\ud83d""#) == "a\u{FFFD}")
        #expect(try json(#""\ude00b""#) == "\u{FFFD}b")
        #expect(try json(#""\ud83d\n""#) == "\u{FFFD}\n")
        #expect(try json(#""\ud83d\u0041""#) == "\u{FFFD}A")
        #expect(try json(#""\ud83d\ud83d\ude00""#) == "\u{FFFD}😀")
    }

    @Test func readsEscapes() throws {
        #expect(try json(#""\"\\\/\b\f\n\r\t\u00e9\u20AC""#) == "\"\\/\u{8}\u{C}\n\r\té€")
    }

    @Test func refusesNestingBeyondItsLimit() throws {
        let limit = JSONValue.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try json(nested(limit))
        #expect(throws: JSONValue.ParsingError(message: "nested deeper than 128", offset: limit)) {
            try json(nested(limit + 1))
        }
        #expect(throws: JSONValue.ParsingError.self) { try json(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONValue.ParsingError.self) { try json(String(repeating: #"{"a":"#, count: 1_000_000)) }
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "tru", "nul", "01", "-",
        "1.",
        ".5", "1e", "+1", "0x1", "1e999", "NaN", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "1 2",
        "[1]]", "\u{FEFF}1", "\"\\ud83d\\u\"",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(throws: JSONValue.ParsingError.self) { try json(text) }
    }

    @Test func refusesBytesThatAreNoUTF8() {
        for text: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0x5C, 0x6E, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONValue.ParsingError.self) { try JSONValue(parsing: text) }
        }
    }

    @Test func tellsWhereTheMistakeIs() {
        #expect(throws: JSONValue.ParsingError(message: "expected ',' or '}'", offset: 6)) { try json("{\"a\":1") }
    }

    @Test func readsCollectionsThatAreNotContiguous() throws {
        #expect(try JSONValue(parsing: "[1,\"é\"]".utf8.lazy.map { $0 }) == [1, "é"])
    }

    @Test func writesSortedAndWithoutNeedlessEscapes() {
        let value: JSONValue = ["b": "a/\"\\\n\u{1}\u{1F}é😀", "a": [1, 2.0, 0.1, nil, true], "B": [:], "_": 1e300]
        #expect(
            value.encodedString == #"{"B":{},"_":1e+300,"a":[1,2.0,0.1,null,true],"b":"a/\"\\\n\u0001\u001fé😀"}"#)
        #expect(JSONValue.number(.infinity).encodedString == "null")
    }

    @Test func readsBackWhatItWrites() throws {
        let values: [JSONValue] = [
            .number(0.1), .number(-0.0), .number(.leastNonzeroMagnitude), .number(.greatestFiniteMagnitude),
            .integer(.min),
            .number(3), "\u{0}\u{7F}\u{2028}", [[], [:], ["": ""]],
        ]
        for value in values { #expect(try JSONValue(parsing: value.encoded()) == value) }
    }
}
