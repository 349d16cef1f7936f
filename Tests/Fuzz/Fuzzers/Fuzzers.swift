#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Hands whatever libFuzzer comes up with to one of the readers of what comes from outside: the one that the variable
/// `FUZZER` names. A reader may refuse an input; it must not crash, hang, or give back something else than it was given.
private enum Fuzzers {
    typealias Test = @Sendable ([UInt8]) -> Void

    private static let all: [String: @Sendable () -> Test] = [
        "json": { JSONFuzzer.test }, "heads": { HeadFuzzer.test }, "images": { ImageFuzzer.test },
        "csv": { ScriptFuzzer(ScriptFuzzer.csv).test }, "prompts": { ScriptFuzzer(ScriptFuzzer.prompts).test },
        "arguments": { ArgumentFuzzer().test },
    ]

    /// Made at the first input.
    static let test: Test = {
        guard let name = getenv("FUZZER"), let make = all[String(cString: name)] else {
            fatalError("FUZZER must be one of \(all.keys.sorted().joined(separator: ", "))")
        }
        return make()
    }()
}

/// What libFuzzer, which has the program's `main`, calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzers.test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
