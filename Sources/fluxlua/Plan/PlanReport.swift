import FluxClient
import FluxJobs

/// What `fluxlua plan` prints.
struct PlanReport {
    var entries: [PlanEntry]
    /// False: the local service would be used, and nothing paid.
    var isPaid: Bool
    var budget: Int?
    /// Whether the seeds that are drawn are those of a run that would be taken up.
    var keepsDrawnSeeds: Bool

    private var sum: PlanTotals { PlanTotals(entries) }

    /// - Parameter width: cells of the terminal; nil where the output is none.
    func text(width: Int?) -> String {
        var table = TextTable(columns: [
            TextTable.Column(title: "#", isNumber: true), TextTable.Column(title: "PLAN"),
            TextTable.Column(title: "CREDITS", isNumber: true), TextTable.Column(title: "MODEL", isOptional: true),
            TextTable.Column(title: "SEED", isNumber: true), TextTable.Column(title: "WHERE", isOptional: true),
            TextTable.Column(title: "PROMPT", canShrink: true),
        ])
        for (index, entry) in entries.enumerated() where entry.request.group == nil {
            let request = entry.request
            let text = entry.error.map { "refused: \($0.message)" } ?? request.prompt
            table.rows.append([
                String(index + 1), entry.outcome.rawValue, credits(of: entry), request.model, seed(of: entry),
                request.origin ?? "", (request.name.map { "\($0): " } ?? "") + text,
            ])
        }
        let shown = table.rows.isEmpty ? "" : table.text(width: width)
        return shown + sweeps.map(text(of:)).joined() + lines.map { $0 + "\n" }.joined()
    }

    /// The sweeps that were started, in their order.
    private var sweeps: [RequestGroup] {
        var seen: Set<ObjectIdentifier> = []
        return entries.compactMap(\.request.group).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// A sweep as its axes: a thousand lines of cells tell nobody anything.
    private func text(of sweep: RequestGroup) -> String {
        let cells = entries.filter { $0.request.group === sweep }
        let sum = PlanTotals(cells)
        var head = (sweep.origin.map { "\($0): " } ?? "") + sweep.title + ": \(sum.counts[.new] ?? 0) new"
        for outcome in [PlanEntry.Outcome.reused, .takenUp, .refused] {
            if let count = sum.counts[outcome] { head += ", \(count) \(outcome.rawValue)" }
        }
        if isPaid { head += "; \(cost(sum))" }
        let refusal = cells.compactMap(\.error).first.map { ["refused: \($0.message)"] } ?? []
        return ([head] + (sweep.lines + refusal).map { "  " + $0 }).map { $0 + "\n" }.joined()
    }

    /// The sum, and what is to be said of it.
    private var lines: [String] {
        let sum = sum
        func count(_ outcome: PlanEntry.Outcome) -> Int { sum.counts[outcome] ?? 0 }
        var parts = ["\(count(.new)) new", "\(count(.reused)) reused"]
        if count(.takenUp) > 0 { parts.append("\(count(.takenUp)) taken up, already paid for") }
        if count(.refused) > 0 { parts.append("\(count(.refused)) refused") }
        var lines = ["\(sum.count) \(sum.count == 1 ? "job" : "jobs"): \(parts.joined(separator: ", ")); \(cost(sum))"]
        if isPaid, !sum.unknown.isEmpty {
            lines.append("the price of \(sum.unknown.joined(separator: ", ")) is not known before its first job")
        }
        if sum.drawnSeeds > 0, !keepsDrawnSeeds {
            let which = sum.drawnSeeds == 1 ? "the seed of 1 job is" : "the seeds of \(sum.drawnSeeds) jobs are"
            lines.append("\(which) drawn when it runs")
        }
        if isPaid, let budget {
            if sum.least > budget {
                lines.append("more than the budget of \(budget): jobs beyond it are refused")
            } else if sum.most > budget || !sum.unknown.isEmpty {
                lines.append("perhaps more than the budget of \(budget): jobs that could exceed it are refused")
            }
        }
        return lines
    }

    private func cost(_ sum: PlanTotals) -> String {
        guard isPaid else { return "nothing would be paid, on the local service" }
        let range = sum.least == sum.most ? "\(sum.most)" : "\(sum.least) to \(sum.most)"
        let known = "\(range) \(sum.most == 1 ? "credit" : "credits")"
        if sum.unknown.isEmpty { return known }
        return sum.most == 0 ? "of unknown cost" : "at least \(sum.least) credits"
    }

    private func credits(of entry: PlanEntry) -> String {
        guard isPaid, entry.outcome != .refused else { return "-" }
        guard let credits = entry.credits else { return "?" }
        return credits.count == 1 ? "\(credits.lowerBound)" : "\(credits.lowerBound)-\(credits.upperBound)"
    }

    private func seed(of entry: PlanEntry) -> String {
        guard entry.request.drawsSeed, entry.outcome == .new, !keepsDrawnSeeds else {
            return entry.request.seed.map { String($0) } ?? "-"
        }
        return "drawn"
    }

    /// One object for each job, one a line, and one for the sum, which lists the sweeps too: a job's `sweep` is the place in
    /// that list, from 1.
    var json: String {
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let sweeps = sweeps
        let places = Dictionary(uniqueKeysWithValues: sweeps.enumerated().map { (ObjectIdentifier($1), $0 + 1) })
        let jobs = entries.map { entry -> JSONValue in
            let isKnown = seed(of: entry) != "drawn"
            return [
                "plan": .string(entry.outcome.rawValue), "model": .string(entry.request.model),
                "prompt": .string(entry.request.prompt), "params": .object(entry.request.parameters),
                "seed": isKnown ? entry.request.seed.map(JSONValue.integer) ?? .null : .null,
                "seed_drawn": .bool(entry.request.seedIsDrawn), "name": text(entry.request.name),
                "origin": text(entry.request.origin), "credits_least": isPaid ? number(entry.credits?.lowerBound) : 0,
                "credits_most": isPaid ? number(entry.credits?.upperBound) : 0, "error": text(entry.error?.message),
                "sweep": number(entry.request.group.flatMap { places[ObjectIdentifier($0)] }),
            ]
        }
        let sum = sum
        func count(_ outcome: PlanEntry.Outcome) -> JSONValue { number(sum.counts[outcome] ?? 0) }
        let total: JSONValue = [
            "jobs": number(sum.count), "new": count(.new), "reused": count(.reused), "taken_up": count(.takenUp),
            "refused": count(.refused), "drawn_seeds": number(keepsDrawnSeeds ? 0 : sum.drawnSeeds),
            "credits_least": number(isPaid ? sum.least : 0),
            "credits_most": isPaid && !sum.unknown.isEmpty ? .null : number(isPaid ? sum.most : 0),
            "unknown_cost": .array(isPaid ? sum.unknown.map(JSONValue.string) : []),
            "sweeps": .array(
                sweeps.map { sweep in
                    [
                        "origin": text(sweep.origin),
                        "axes": .array(
                            sweep.axes.map { axis in
                                ["name": .string(axis.name), "labels": .array(axis.labels.map(JSONValue.string))]
                            }),
                    ]
                }),
        ]
        return (jobs + [total]).map(\.line).joined()
    }
}
