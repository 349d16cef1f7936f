import FluxClient
import FluxJobs
import LuaRuntime

/// What `flux.sweep` (`stdlib/sweep.lua`) leaves to Swift: checking, estimating and asking for cells.
extension FluxModule {
    func defineSweeps(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.sweep_catalogue") { _ throws(LuaError) in .value(self.sweepCatalogue) }
        try await lua.register("flux.check_requests") { call throws(LuaError) in try self.checkRequests(call) }
        try await lua.register("flux.estimate_requests") { call throws(LuaError) in try self.estimateRequests(call) }
        try await lua.register("flux.note_sweep") { call throws(LuaError) in try self.noteSweep(call) }
        try await lua.register("flux.ask_cell") { call throws(LuaError) in try self.askCell(call) }
        try await lua.register("flux.check_saving") { call throws(LuaError) in try self.checkSaving(call) }
        try await lua.register("flux.save_cells") { call throws(LuaError) in try self.saveCells(call) }
        try await lua.register("flux.settle") { call throws(LuaError) in try self.settle(call) }
        try await lua.register("flux.run_salt") { _ throws(LuaError) in try self.runSalt() }
        // What is raised here is laid at the author's door, however deep in the standard library it was found.
        try await lua.register("flux.mistake") { call throws(LuaError) in
            throw LuaError(kind: "invalid", try call[1].string ?? "")
        }
        try await lua.register("flux.suggestion") { call throws(LuaError) in
            let known = (try call[2].table?.items ?? []).compactMap(\.string)
            return .value(.string(Suggestion.question(for: try call[1].string ?? "", in: known)))
        }
    }

    /// `run_salt()`: a number that the runs of a lineage share, and no others.
    private func runSalt() throws(LuaError) -> LuaOutcome {
        .value(.integer(try engine(for: "flux.sweep").ledger?.run.salt ?? drawSeed()))
    }

    /// `{ order = names of parameters, lists = those that are lists, seeds = models that take a seed, model, fresh }`.
    private var sweepCatalogue: LuaValue {
        var order: [String] = []
        var lists: [String: LuaValue] = ["webhook_events": true]
        var seeds: [String: LuaValue] = [:]
        for model in catalogue.models {
            for parameter in model.parameters {
                if !order.contains(parameter.name) { order.append(parameter.name) }
                if case .images = parameter.kind { lists[parameter.name] = true }
            }
            if model[parameter: "seed"] != nil { seeds[model.id] = true }
        }
        return .fields([
            "order": .list(order.map(LuaValue.string)), "lists": .fields(lists), "seeds": .fields(seeds),
            "model": .string(settings.model ?? "flux-2-pro"), "fresh": .boolean(isFresh),
        ])
    }

    /// The requests of a list, each checked as when it is asked for; the first wrong one ends it.
    private func readRequests(
        _ value: LuaValue, name: String
    ) throws(LuaError) -> Result<[JobRequest], WrongRequest> {
        let files = CheckedFiles(self)
        var requests: [JobRequest] = []
        for (index, item) in (value.table?.items ?? []).enumerated() {
            var reader = RequestReader(module: self, call: submitCall(for: item), name: name)
            reader.files = files
            do throws(LuaError) {
                requests.append(try reader.read(item, origin: nil).request)
            } catch {
                return .failure(WrongRequest(index: index, error: error))
            }
        }
        return .success(requests)
    }

    private struct WrongRequest: Error {
        var index: Int
        var error: LuaError
    }

    /// `check_requests(list)`: nothing, or the place of the first wrong one and what is wrong with it.
    private func checkRequests(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "request"
        switch try readRequests(try call[1], name: name) {
        case .success: return .none
        case .failure(let wrong):
            let message = wrong.error.message.dropFirst(name.count + 2)
            return .values([LuaValue(wrong.index + 1), .string(String(message))])
        }
    }

    /// `estimate_requests(list)`: credits at least, at most, and how many are answered from what was made before.
    private func estimateRequests(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "sweep:estimate"
        let requests: [JobRequest]
        switch try readRequests(try call[1], name: name) {
        case .success(let read): requests = read
        case .failure(let wrong): throw wrong.error
        }
        let engine = try engine(for: name)
        return try later(call) { () throws(FluxError) in
            let reusable = try await engine.reusable(requests)
            let new = zip(requests, reusable).filter { !$0.1 }.map(\.0)
            let credits = try await self.credits(of: new, engine)
            return .values([
                LuaValue(credits.lowerBound), LuaValue(credits.upperBound), LuaValue(reusable.count { $0 }),
            ])
        }
    }

    /// `note_sweep(title, summary, axes, draws)`: names the sweep in `ask_cell`. `axes` is a list of `{ name, labels }`;
    /// `draws` tells that its seeds are other ones in the next run.
    private func noteSweep(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let place = call.place
        let sweep = RequestGroup(
            title: try call[1].string ?? "", lines: (try call[2].table?.items ?? []).compactMap(\.string),
            axes: (try call[3].table?.items ?? []).compactMap { axis in
                guard let axis = axis.table, let name = axis["name"].string else { return nil }
                return RequestGroup.Axis(name: name, labels: (axis["labels"].table?.items ?? []).compactMap(\.string))
            },
            drawsSeeds: try call[4] == true, origin: place.isEmpty ? nil : place)
        return .value(LuaValue(addSweep(sweep)))
    }

    /// `ask_cell(request, sweep)`: a job, at once. The model says whether it is generated or edited.
    private func askCell(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let request = try call[1]
        let sweep = try call[2].integer.flatMap { self.sweep(Int($0)) }
        return .value(
            .object(try start(request, submitCall(for: request), origin: sweep?.origin, sweep: sweep, call)))
    }
}

/// Local pictures that were looked at, each once for many requests.
final class CheckedFiles {
    private let module: FluxModule
    private var problems: [String: String?] = [:]

    init(_ module: FluxModule) { self.module = module }

    func problem(with path: String) -> String? {
        if let known = problems[path] { return known }
        let problem = LocalPicture.problem(with: path, module)
        problems[path] = .some(problem)
        return problem
    }
}
