import FluxClient
import FluxJobs

/// `fluxlua show ID`: everything that is known about one job.
struct ShowCommand {
    let host: HostEnvironment
    let options: ShowOptions

    func run() -> Int32 {
        LedgerLocation.read(options.ledger, host) { reader throws(FluxError) in
            let found = try reader.requests(named: options.id)
            // A number may also be the beginning of the service's id of another.
            guard let request = found.first(where: { String($0.id) == options.id }) ?? found.first else {
                host.say("no job '\(options.id)': 'fluxlua jobs' lists all jobs")
                return ExitStatus.scriptFailed
            }
            // Attempts of one request have jobs of their own, so more than one means that the beginning is too short.
            guard found.count == 1 || String(request.id) == options.id else {
                let some = found.prefix(8).map { "\($0.id) (\($0.job ?? "no id from the service yet"))" }
                host.say("'\(options.id)' matches \(found.count) jobs: \(some.joined(separator: ", "))")
                return ExitStatus.scriptFailed
            }
            let entry = try reader.entry(of: request)
            if options.isJSON { return host.put(entry.json.line) }
            return host.put(text(of: entry, tellsMember: try reader.members().count > 1))
        }
    }

    private func text(of entry: HistoryEntry, tellsMember: Bool) -> String {
        let request = entry.request
        var lines: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append((name, value.onOneLine)) }
        }
        func time(_ name: String, _ moment: Int64?) { add(name, moment.map(TimestampFormat.long)) }
        add("id", String(request.id))
        add("job", request.job ?? "no id from the service yet")
        add("status", "\(request.statusWord) (\(Self.meaning(of: request.state)))")
        add("error", request.errorMessage)
        add("answer", request.answer)
        add("model", request.identity.model)
        add("prompt", request.identity.prompt)
        add("name", request.name)
        add("seed", Self.seed(of: request.identity))
        for (name, value) in request.identity.parameters.sorted(by: { $0.key < $1.key }) {
            add(name, value.stringValue ?? value.encodedString)
        }
        for (name, inputs) in request.identity.inputs.sorted(by: { $0.key < $1.key }) {
            add(name, inputs.joined(separator: ", "))
        }
        add("cost", Self.cost(of: request))
        add("service", HistoryEntry.service(ofAccount: request.identity.account))
        add("key", request.key)
        if request.attempt > 1 { add("attempt", String(request.attempt)) }
        if tellsMember {
            add("member", request.member)
            if entry.run.member != request.member { add("first", entry.run.member) }
        }
        time("asked", request.writtenAt)
        time("accepted", request.acceptedAt)
        time("settled", request.settledAt)
        add("script", ([entry.run.script] + entry.run.arguments).joined(separator: " "))
        for use in entry.uses {
            let what = use.isReuse ? "reused" : "asked"
            add(what + " by", "run \(use.run), \(use.origin ?? "-"), \(TimestampFormat.long(use.askedAt))")
        }
        for picture in request.pictures {
            let shape = "\(picture.width)×\(picture.height) \(picture.format)"
            let size = ByteSize.text(Int64(picture.byteCount))
            add("picture \(picture.place)", "\(shape), \(size), sha256 \(picture.sha256)")
        }
        for save in entry.saves { add("saved", save.path) }
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value + "\n"
        }.joined()
    }

    private static func meaning(of state: RecordState) -> String {
        switch state {
        case .written: "recorded; the service has not answered yet"
        case .accepted: "the service is working on it"
        case .completed: "made; its pictures have not been fetched yet"
        case .fetched: "made, and its pictures are here"
        case .failed: "at the service, which charges nothing for it"
        case .refused: "the service created no job for it"
        case .unknown: "unclear whether the service made it; 'fluxlua resume --help' explains what to do"
        }
    }

    private static func seed(of identity: RequestIdentity) -> String {
        switch identity.seedSource {
        case .given: identity.seed.map { String($0) } ?? ""
        case .drawn: (identity.seed.map { String($0) } ?? "") + " (drawn)"
        case .none: "none was sent"
        }
    }

    private static func cost(of request: RequestRecord) -> String? {
        if let cost = request.cost { return "\(cost) \(cost == 1 ? "credit" : "credits")" }
        return request.costLimit.map { "at most \($0) credits, which are reserved" }
    }
}
