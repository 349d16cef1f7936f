import FluxClient
import FluxJobs
import LuaRuntime

extension FluxModule {
    /// Lets the calling coroutine wait for work that the service answers; what goes wrong with it comes back as
    /// `nil, err`, because it can happen to a good script.
    /// - Parameter name: of a function whose errors are raised instead: nobody asks a function that writes a file for its
    ///   result, and nothing may pass in silence.
    func later(
        _ call: borrowing LuaCall, raisingIn name: String? = nil,
        _ work: @escaping @Sendable () async throws(FluxError) -> LuaOutcome
    ) throws(LuaError) -> LuaOutcome {
        let wait = try call.wait()
        let task = Task {
            do throws(FluxError) {
                let outcome = try await work()
                wait.finish { outcome }
            } catch {
                wait.finish { () throws(LuaError) in
                    if let name { throw Self.failure(error, in: name) }
                    return .failure(LuaError(error))
                }
            }
        }
        wait.onEnd { task.cancel() }
        return .wait(wait)
    }

    /// The engine, for a function that asks the service.
    func engine(for name: String) throws(LuaError) -> JobEngine {
        do throws(FluxError) {
            return try engine()
        } catch {
            throw LuaError(error, in: name)
        }
    }
}
