import LuaRuntime
import Synchronization

/// Waits that a test finishes, once so many are there.
final class Gates: Sendable {
    private struct State {
        var waits: [(wait: LuaWait, number: Int)] = []
        var awaited: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    func add(_ wait: LuaWait, _ number: Int) {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.waits.append((wait, number))
            guard let awaited = state.awaited, state.waits.count >= awaited.count else { return nil }
            state.awaited = nil
            return awaited.continuation
        }
        continuation?.resume()
    }

    /// Waits until so many are there, and finishes them with their numbers, the last first.
    func openBackwards(once count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.waits.count >= count { return true }
                state.awaited = (count, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
        for (wait, number) in state.withLock(\.waits).reversed() {
            wait.finish { .value(.integer(Int64(number))) }
        }
    }
}
