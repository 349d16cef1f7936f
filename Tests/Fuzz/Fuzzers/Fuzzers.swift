import CFuzzer

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fuzzers NAME [libFuzzer's options] [corpus]`: hands whatever libFuzzer comes up with to one of the readers of what
/// comes from outside. A reader may refuse it; it must not crash, hang, or give back something else than it was given.
@main enum Fuzzers {
    typealias Test = @Sendable ([UInt8]) -> Void

    private static let all: [String: @Sendable () -> Test] = [
        "json": { JSONFuzzer.test }, "heads": { HeadFuzzer.test }, "images": { ImageFuzzer.test },
        "csv": { ScriptFuzzer(ScriptFuzzer.csv).test }, "prompts": { ScriptFuzzer(ScriptFuzzer.prompts).test },
        "arguments": { ArgumentFuzzer().test },
    ]

    /// Set before libFuzzer begins; it calls a C function, which can hold nothing.
    private nonisolated(unsafe) static var test: Test = { _ in }

    static func main() {
        let names = all.keys.sorted()
        guard CommandLine.arguments.count > 1, let make = all[CommandLine.arguments[1]] else {
            fatalError("say which: \(names.joined(separator: ", "))")
        }
        test = make()
        var words: [UnsafeMutablePointer<CChar>?] =
            ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2))
            .map { strdup($0) } + [nil]
        var count = CInt(words.count - 1)
        let status = words.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &base) { bytes, count in
                Fuzzers.test(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
        exit(status)
    }
}
