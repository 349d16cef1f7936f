import FluxClient
import FluxJobs
import LuaRuntime

/// `flux.models`, `flux.account`, `flux.estimate`, `flux.upload`: what the service knows beside jobs.
extension FluxModule {
    /// `flux.models()`: the catalogue, with what the service charges; a second result tells why costs may be missing.
    func models(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let engine = try engine(for: "flux.models")
        return try later(call) { () throws(FluxError) in
            let told = await self.listings(engine)
            let prices = PriceList(catalogue: self.catalogue, listings: told.listings)
            var models = self.catalogue.models.map { ModelDescription.of($0, prices) }
            for listing in told.listings where self.catalogue[listing.id] == nil {
                models.append(ModelDescription.of(listing))
            }
            return .values([.list(models), told.error.map { LuaError($0).luaValue } ?? .nil])
        }
    }

    /// `flux.account()`: `{ user, credits, plan, key }`, as far as the service tells.
    func account(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let engine = try engine(for: "flux.account")
        return try later(call) { () throws(FluxError) in
            let account = try await engine.client.account()
            return .value(
                .fields([
                    "user": LuaValue(account.user), "credits": LuaValue(account.credits),
                    "plan": LuaValue(account.plan),
                    "key": LuaValue(account.keyPrefix),
                ]))
        }
    }

    /// `flux.upload(path)`: a URL that the service can read, for an hour or so.
    func upload(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value = try call[1]
        guard let path = value.string else {
            throw LuaError(kind: "invalid", "flux.upload: expected the path of a picture (got \(value.shown))")
        }
        if let problem = LocalPicture.problem(with: path, self) {
            throw LuaError(kind: "invalid", "flux.upload: \(problem)")
        }
        let engine = try engine(for: "flux.upload")
        return try later(call) { () throws(FluxError) in .value(.string(try await engine.upload(path))) }
    }

    /// `flux.estimate(request or list)`: credits, at least and at most. The requests are checked as `flux.generate` and
    /// `flux.edit` check theirs, and none is sent.
    func estimate(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value = try call[1]
        var requests: [JobRequest] = []
        if let table = value.table, !table.items.isEmpty, table.pairs.isEmpty {
            for (index, item) in table.items.enumerated() {
                requests.append(try estimated(item, name: "flux.estimate: item \(index + 1)"))
            }
        } else if value.table != LuaTable() {
            requests = [try estimated(value, name: "flux.estimate")]
        }
        let engine = try engine(for: "flux.estimate")
        let asked = requests
        return try later(call) { () throws(FluxError) in
            let credits = try await self.credits(of: asked, engine)
            return .values([LuaValue(credits.lowerBound), LuaValue(credits.upperBound)])
        }
    }

    /// What requests cost together.
    /// - Throws: where nobody tells the price of one.
    func credits(of requests: [JobRequest], _ engine: JobEngine) async throws(FluxError) -> ClosedRange<Int> {
        let told = await listings(engine)
        let prices = PriceList(catalogue: catalogue, listings: told.listings)
        var least = 0
        var most = 0
        for request in requests {
            guard let credits = prices.credits(ofModel: request.model, parameters: request.parameters) else {
                throw told.error ?? FluxError(.service, "the service does not say what \(request.model) costs")
            }
            least += credits.lowerBound
            most += credits.upperBound
        }
        return least...most
    }

    private func estimated(_ value: LuaValue, name: String) throws(LuaError) -> JobRequest {
        let reader = RequestReader(module: self, call: submitCall(for: value), name: name)
        return try reader.read(value, origin: nil).request
    }

    /// A model goes with one call; without one, what only an edit takes tells.
    func submitCall(for value: LuaValue) -> SubmitCall {
        guard let table = value.table else { return .generate }
        if let model = table["model"].string, let call = catalogue[model]?.call { return call }
        return ["image", "mask", "outpaint", "mode"].contains { !table[$0].isNil } ? .edit : .generate
    }

    private struct Told: Sendable {
        var listings: [ModelListing]
        var error: FluxError?
    }

    /// What the service charges, asked for once in a run.
    private func listings(_ engine: JobEngine) async -> Told {
        if let known = knownListings { return Told(listings: known) }
        do throws(FluxError) {
            let listings = try await engine.client.models()
            knownListings = listings
            return Told(listings: listings)
        } catch {
            return Told(listings: [], error: error)
        }
    }
}
