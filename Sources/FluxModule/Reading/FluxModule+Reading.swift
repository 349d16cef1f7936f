import FluxClient
import FluxJobs
import LuaRuntime

/// `flux.read`: the request back from a picture.
extension FluxModule {
    func defineReading(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.read") { call throws(LuaError) in try self.read(call) }
    }

    /// `flux.read(file)`: the request as a table, the program's name, and a table of what has no counterpart here, as
    /// text; `nil, err` when the file tells nothing.
    private func read(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value = try call[1]
        guard let path = value.string else {
            throw LuaError(kind: "invalid", "flux.read: expected the path of a picture (got \(value.shown))")
        }
        do throws(FluxError) {
            let origin = try origin(of: path)
            var rest = origin.rest.merging(origin.jobPictures) { $1 }
            rest["call"] = origin.call.rawValue
            return .values([
                .fields(origin.request.mapValues { LuaValue($0) }), .string(origin.program),
                .fields(rest.mapValues(LuaValue.string)),
            ])
        } catch {
            return .failure(LuaError(error))
        }
    }

    private func origin(of path: String) throws(FluxError) -> PictureOrigin {
        // In a plan, what was saved is not there; what it would tell is known.
        if let request = saver.plannedRequest(for: path) { return PictureOrigin(request, catalogue) }
        let file = saver.standIn(for: path) ?? path
        if file == path, let reason = restrictions.files?.refusalOfReading(path) {
            throw FluxError(.io, "cannot read \(path): \(reason)")
        }
        let preferred = settings.model.flatMap { catalogue[$0] }
        let model = preferred.flatMap { $0.call == .generate ? $0.id : nil } ?? "flux-2-pro"
        return try PictureOrigin(file: file, catalogue: catalogue, model: model)
    }
}
