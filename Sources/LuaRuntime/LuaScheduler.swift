/// Which task waits for what, and which can go on. Pure bookkeeping: it calls nothing of Lua.
final class LuaScheduler {
    typealias TaskEnd = (Result<[LuaValue], LuaError>) -> Void

    private var ends: [Int64: TaskEnd] = [:]
    private var waits: [Int64: (wait: LuaWait, task: Int64)] = [:]
    private var outcomes: [Int64: LuaResumption] = [:]
    private var ready: [Int64] = []
    private var nextReadyIndex = 0
    private var running: Int64 = 0

    var isIdle: Bool { ends.isEmpty }

    func add(_ task: Int64, onEnd: @escaping TaskEnd) {
        ends[task] = onEnd
        ready.append(task)
    }

    /// The next task to run, which is the running one from now on.
    func nextReady() -> Int64? {
        guard nextReadyIndex < ready.count else {
            ready.removeAll(keepingCapacity: true)
            nextReadyIndex = 0
            return nil
        }
        running = ready[nextReadyIndex]
        nextReadyIndex += 1
        return running
    }

    func end(_ task: Int64, _ result: Result<[LuaValue], LuaError>) {
        ends.removeValue(forKey: task)?(result)
    }

    /// The running task waits.
    func begin(_ wait: LuaWait) { waits[wait.id] = (wait, running) }

    /// A wait is over; one that is unknown, or was over before, is dropped.
    func finish(_ wait: Int64, _ outcome: @escaping LuaResumption) {
        guard let (known, task) = waits.removeValue(forKey: wait) else { return }
        known.end()
        outcomes[wait] = outcome
        ready.append(task)
    }

    func finishAllWaits(_ outcome: @escaping LuaResumption) {
        for wait in waits.keys.sorted() { finish(wait, outcome) }
    }

    /// What the wait's coroutine goes on with.
    func take(_ wait: Int64) -> LuaResumption {
        outcomes.removeValue(forKey: wait) ?? { .none }
    }

    func abandonWaits() {
        for (wait, _) in waits.values { wait.end() }
        waits = [:]
    }
}
