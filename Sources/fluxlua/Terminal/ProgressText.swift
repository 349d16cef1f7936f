import FluxJobs

/// The progress of a run at one moment.
struct ProgressState: Sendable {
    struct Running: Sendable {
        var model: String
        var seed: Int64?
        var percent: Int?
        var prompt: String
    }

    var total = 0
    var done = 0
    var failed = 0
    /// At the service, or on its way there.
    var running = 0
    var credits = 0
    var isPaid = true
    /// Seconds since the first job was asked for.
    var elapsed = 0.0
    /// Some of those that run, the eldest first.
    var examples: [Running] = []

    /// Jobs a second; nil as long as nothing can be said.
    var rate: Double? { done >= 2 && elapsed > 0 ? Double(done) / elapsed : nil }

    /// Seconds, if it goes on like this.
    var timeLeft: Double? { rate.map { Double(total - done) / $0 } }
}

/// The lines that show how far a run is.
enum ProgressText {
    /// Never more examples than this.
    static let mostExamples = 4

    /// - Parameters:
    ///   - width: cells of a line; the last one stays free.
    ///   - colours: whether what runs may be dimmed.
    static func lines(_ state: ProgressState, width: Int, colours: Bool) -> [String] {
        let measure = TextWidth()
        let room = max(1, width - 1)
        // What is least needed goes first where the window is narrow.
        var parts = parts(of: state)
        func joined() -> String { parts.map(\.text).joined(separator: " · ") }
        while measure.of(joined()) > room, parts.count > 1,
            let least = parts.indices.max(by: { parts[$0].rank < parts[$1].rank })
        {
            parts.remove(at: least)
        }
        var lines = [measure.cut(joined(), to: room)]
        for example in state.examples.prefix(Self.mostExamples) {
            var text = "  " + example.model
            if let seed = example.seed { text += "  seed \(seed)" }
            if let percent = example.percent { text += "  \(percent)%" }
            text += "  " + example.prompt.onOneLine
            let line = measure.cut(text, to: room)
            lines.append(colours ? "\u{1B}[2m\(line)\u{1B}[0m" : line)
        }
        return lines
    }

    /// For a log: all on one line.
    static func plain(_ state: ProgressState) -> String { parts(of: state).map(\.text).joined(separator: "; ") }

    /// From left to right, each with how soon it may go.
    private static func parts(of state: ProgressState) -> [(text: String, rank: Int)] {
        var parts = [(text: "\(state.done) of \(state.total) done", rank: 0)]
        if state.running > 0 { parts.append(("\(state.running) running", 3)) }
        if state.failed > 0 { parts.append(("\(state.failed) failed", 1)) }
        if state.isPaid, state.credits > 0 {
            parts.append(("\(state.credits) \(state.credits == 1 ? "credit" : "credits")", 4))
        }
        if let rate = state.rate { parts.append((speed(rate), 5)) }
        if let left = state.timeLeft, state.done < state.total { parts.append(("\(time(left)) left", 2)) }
        return parts
    }

    private static func speed(_ rate: Double) -> String {
        if rate >= 10 { return "\(Int(rate.rounded())) a second" }
        if rate >= 1 { return "\(tenths(rate)) a second" }
        return "\(tenths(rate * 60)) a minute"
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    static func time(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds.rounded(.up), 0), 1e9))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
