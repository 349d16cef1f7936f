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
        let file = saver.standIn(for: path) ?? path
        if file == path, let reason = restrictions.files?.refusalOfReading(path) {
            return .failure(LuaError(kind: "io", "cannot read \(path): \(reason)"))
        }
        do throws(FluxError) {
            let origin = try PictureOrigin(file: file)
            return .values([
                .fields(origin.request.mapValues { LuaValue($0) }), .string(origin.program),
                .fields(origin.rest.mapValues(LuaValue.string)),
            ])
        } catch {
            return .failure(LuaError(error))
        }
    }
}
