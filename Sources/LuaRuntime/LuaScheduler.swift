/// Which task waits for what, and which can go on. Pure bookkeeping: it calls nothing of Lua.
final class LuaScheduler {
    private struct Entry {
        var task: LuaTask
        /// What it waits for; nil while it is ready or runs.
        var wait: LuaWait?
    }

    private var entries: [Int64: Entry] = [:]
    private var waiters: [Int64: Int64] = [:]
    private var outcomes: [Int64: LuaResumption] = [:]
    private var ready: [Int64] = []
    private var nextReadyIndex = 0
    private(set) var running: Int64?

    /// Tasks that have not ended.
    var count: Int { entries.count }

    var isIdle: Bool { entries.isEmpty }

    /// None can go on.
    var areAllWaiting: Bool { entries.values.allSatisfy { $0.wait.map { waiters[$0.id] != nil } ?? false } }

    /// The tasks that have not ended, oldest first.
    var tasks: [LuaTask] { entries.keys.sorted().compactMap { entries[$0]?.task } }

    func add(_ task: LuaTask) {
        entries[task.id] = Entry(task: task)
        ready.append(task.id)
    }

    /// The next task to run, which is the running one from now on.
    func nextReady() -> LuaTask? {
        running = nil
        while nextReadyIndex < ready.count {
            let id = ready[nextReadyIndex]
            nextReadyIndex += 1
            // One that was cancelled meanwhile is gone.
            guard let entry = entries[id] else { continue }
            running = id
            return entry.task
        }
        ready.removeAll(keepingCapacity: ready.count < 1024)
        nextReadyIndex = 0
        return nil
    }

    /// The task has ended, or is given up: what it waited for is forgotten.
    func remove(_ task: LuaTask) {
        guard let entry = entries.removeValue(forKey: task.id), let wait = entry.wait else { return }
        waiters[wait.id] = nil
        outcomes[wait.id] = nil
        wait.end()
    }

    /// The running task waits.
    func begin(_ wait: LuaWait) {
        guard let running else { return }
        entries[running]?.wait = wait
        waiters[wait.id] = running
    }

    /// A wait is over; one that is unknown, or was over before, is dropped.
    func finish(_ wait: Int64, _ outcome: @escaping LuaResumption) {
        guard let task = waiters.removeValue(forKey: wait), let known = entries[task]?.wait, known.id == wait else {
            return
        }
        known.end()
        outcomes[wait] = outcome
        ready.append(task)
    }

    /// The circle that the running task would close by waiting; nil when it closes none.
    func circle(closedBy needs: LuaWaitDependencies) -> LuaDeadlock? {
        guard let running, let task = entries[running]?.task else { return nil }
        return LuaDeadlock(of: task, needs) { self.needs(of: $0) }
    }

    /// The circle that a wait is part of by now.
    func circle(of wait: Int64) -> LuaDeadlock? {
        guard let task = waiters[wait].flatMap({ entries[$0]?.task }), let needs = needs(of: task) else { return nil }
        return LuaDeadlock(of: task, needs) { self.needs(of: $0) }
    }

    /// Nil of a task that is ready or runs, and of one that waits for something else than tasks.
    private func needs(of task: LuaTask) -> LuaWaitDependencies? {
        guard let wait = entries[task.id]?.wait, waiters[wait.id] != nil, !wait.isFinished else { return nil }
        return wait.needs
    }

    func finishAllWaits(_ outcome: @escaping LuaResumption) {
        for wait in waiters.keys.sorted() { finish(wait, outcome) }
    }

    /// What a waiting task waits for is given up: the task goes on without it.
    func giveUpWait(of task: LuaTask) {
        guard let wait = entries[task.id]?.wait else { return }
        entries[task.id]?.wait = nil
        outcomes[wait.id] = nil
        // One whose wait was over is ready already.
        guard waiters.removeValue(forKey: wait.id) != nil else { return }
        wait.end()
        ready.append(task.id)
    }

    /// What the wait's coroutine goes on with.
    func take(_ wait: Int64) -> LuaResumption {
        if let running { entries[running]?.wait = nil }
        return outcomes.removeValue(forKey: wait) ?? { .none }
    }
}
