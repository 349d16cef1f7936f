import FluxClient
import FluxJobs
import LuaRuntime

/// `flux.job` and `flux.jobs`: what was asked for before.
extension FluxModule {
    /// `flux.job(id)`: the job, once the service has told of it; `nil, err` when it knows none of that id.
    func earlierJob(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value = try call[1]
        guard let id = value.string, FluxClient.isJobID(id) || Self.beginsID(id) else {
            throw LuaError(
                kind: "invalid",
                "flux.job: expected the id of a job, such as \"b2c3d4e5-0000-4000-8000-000000000000\", or its first 4 "
                    + "characters or more (got \(value.shown))")
        }
        let engine = try engine(for: "flux.job")
        guard FluxClient.isJobID(id) else {
            return try later(call) { () throws(FluxError) in
                let object = self.object(for: try await engine.job(beginning: id))
                self.remember(object)
                return .value(.object(object))
            }
        }
        if let known = engine.knownJob(id) {
            let object = object(for: known)
            // One from a list is followed from now on.
            if !known.snapshot.isSettled { remember(object) }
            return .value(.object(object))
        }
        return try later(call) { () throws(FluxError) in
            let object = self.object(for: try await engine.job(id))
            self.remember(object)
            return .value(.object(object))
        }
    }

    /// Whether a job's id may begin so: what `tostring(job)` and file names show is enough.
    private static func beginsID(_ text: String) -> Bool {
        (4..<36).contains(text.utf8.count) && text.allSatisfy { $0 == "-" || $0.isASCII && $0.isHexDigit }
    }

    private static let filterNames = ["status", "model", "since", "limit"]

    /// `flux.jobs { status =, model =, since =, limit = }`: a list, newest first.
    func earlierJobs(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "flux.jobs"
        let options = try Options(try call[1], of: name, known: Self.filterNames, example: "limit = 20")
        var filter = JobFilter()
        if let word = try options.text("status") {
            let status = JobStatus(rawValue: word.uppercased())
            filter.isUnsent = word.uppercased() == JobSnapshot.pending
            guard status != nil || filter.isUnsent else {
                let known = [JobSnapshot.pending] + JobStatus.allCases.map(\.rawValue)
                let question = Suggestion.question(for: word, in: known)
                throw LuaError(
                    kind: "invalid",
                    "\(name): 'status' must be one of \(known.joined(separator: ", ")) (got \"\(word)\")\(question)")
            }
            filter.status = status
        }
        filter.model = try options.text("model")
        filter.since = try options.value("since").map { value throws(LuaError) in
            try PointInTime.seconds(value, now: now(), "\(name): 'since'") * 1000
        }
        filter.limit = try options.count("limit", 1...10_000) ?? filter.limit
        let engine = try engine(for: name)
        return try later(call) { [filter] () throws(FluxError) in
            let jobs = try await engine.jobs(matching: filter)
            if jobs.isEmpty, let model = filter.model, self.catalogue[model] == nil,
                let meant = Suggestion.closest(to: model, in: self.catalogue.models.map(\.id))
            {
                self.notice("warning: \(name): there are no jobs of '\(model)' (did you mean '\(meant)'?)")
            }
            return .value(.list(jobs.map { .object(self.object(for: $0)) }))
        }
    }
}
