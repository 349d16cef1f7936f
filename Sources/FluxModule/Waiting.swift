import FluxClient
import FluxJobs
import LuaRuntime
import Synchronization

extension FluxModule {
    /// `flux.await(x, { timeout = seconds })` of a job, a task or a list of them.
    func await(_ call: borrowing LuaCall, name: String) throws(LuaError) -> LuaOutcome {
        if call.count > 1, try call[1].isNil, let reason = Self.reason(in: try call[2]) {
            throw LuaError(kind: "invalid", "\(name): there is nothing to wait for: \(reason)")
        }
        let timeout = call.count > 1 ? try self.timeout(from: try call[2], name: name) : settings.timeout
        if let job: JobObject = call.object(1) {
            if job.job.snapshot.isSettled { return result(of: job) }
            return try wait(for: [.job(job)], timeout: timeout, call, name) { self.result(of: job) }
        }
        if let task: LuaTask = call.object(1) {
            return try wait(for: [.task(task)], timeout: timeout, call, name) { .results(of: task) }
        }
        let all = try awaitables(try call[1], name: name)
        return try wait(for: all, timeout: timeout, call, name) {
            self.see(all)
            return .values([.list(all.map(\.item)), LuaValue(all.count { !$0.isSuccess })])
        }
    }

    /// `settle(x)`: waits as `flux.await` does, for as long as it takes, without having looked at how a job ended: one
    /// that failed is still told of when the script ends.
    func settle(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value = try call[1]
        let all: [Awaitable]
        if let one = Awaitable(value) { all = [one] } else { all = try awaitables(value, name: "flux.await") }
        return try wait(for: all, timeout: nil, call, "flux.await") { .none }
    }

    /// What went wrong, where the results of a call that failed (`nil, err`) were passed on.
    private static func reason(in value: LuaValue) -> String? {
        value.string ?? value.table?["message"].string
    }

    /// `flux.any(list, { timeout = seconds })`: the first job or task that succeeds.
    func any(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let timeout = try self.timeout(from: try call[2], name: "flux.any")
        let all = try awaitables(try call[1], name: "flux.any")
        if let first = all.first(where: \.isSuccess) { return winner(first, of: all) }
        let open = all.filter { !$0.isOver }
        if open.isEmpty { return winner(nil, of: all) }
        // One that has succeeded, and its observer may not have said so yet, ends the wait.
        let needs = LuaWaitDependencies.any(name: "flux.any") {
            open.contains(where: \.isSuccess) ? nil : open.filter { !$0.isOver }.tasksOnly
        }
        let wait = try call.wait(timeout == nil ? needs : nil)
        let left = Atomic(open.count)
        let removals = open.map { one in
            one.whenOver {
                let isLast = left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
                if one.isSuccess {
                    wait.finish { self.winner(one, of: all) }
                } else if isLast {
                    wait.finish { self.winner(all.first(where: \.isSuccess), of: all) }
                } else {
                    wait.reconsider()
                }
            }
        }
        endWait(wait, removals, timeout: timeout, count: open.count)
        return .wait(wait)
    }

    private func winner(_ winner: Awaitable?, of all: [Awaitable]) -> LuaOutcome {
        see(all.filter(\.isOver))
        switch winner {
        case .job(let job): return .value(.object(job))
        case .task(let task): return .results(of: task)
        case nil:
            guard let last = all.last?.error else {
                return .failure(LuaError(kind: "failed", "none succeeded: the list is empty"))
            }
            var error = last
            error.value = nil
            error.message = "none of \(all.count) succeeded; the last: \(last.message)"
            return .failure(error)
        }
    }

    /// Answers at once when all are over; otherwise the coroutine waits for the last of them.
    private func wait(
        for all: [Awaitable], timeout: Double?, _ call: borrowing LuaCall, _ name: String,
        _ outcome: @escaping @Sendable () -> LuaOutcome
    ) throws(LuaError) -> LuaOutcome {
        let open = all.filter { !$0.isOver }
        if open.isEmpty { return outcome() }
        let tasks = timeout == nil ? open.compactMap(\.task) : []
        let wait = try call.wait(tasks.isEmpty ? nil : .all(of: tasks, name: name))
        let left = Atomic(open.count)
        let removals = open.map { one in
            one.whenOver {
                if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { wait.finish(outcome) }
            }
        }
        endWait(wait, removals, timeout: timeout, count: open.count)
        return .wait(wait)
    }

    private func endWait(_ wait: LuaWait, _ removals: [@Sendable () -> Void], timeout: Double?, count: Int) {
        let timer = timeout.map { seconds in
            timers.after(.seconds(seconds)) { wait.finish { .failure(FluxModule.timedOut(after: seconds, count)) } }
        }
        wait.onEnd { [timers] in
            if let timer { timers.cancel(timer) }
            for removal in removals { removal() }
        }
    }

    private func result(of job: JobObject) -> LuaOutcome {
        see(job)
        if let error = job.error { return .failure(error) }
        return .value(.object(job))
    }

    private static func timedOut(after seconds: Double, _ count: Int) -> LuaError {
        let what = count == 1 ? "it is still running" : "\(count) are still running"
        return LuaError(
            kind: "timeout", "not done after \(LuaValue.number(seconds).shown) s",
            fields: ["hint": .string("\(what), and jobs are paid for either way; await again to get the result")])
    }

    private func timeout(from options: LuaValue, name: String) throws(LuaError) -> Double? {
        try Options(options, of: name, known: ["timeout"], example: "timeout = 30").seconds(
            "timeout", otherwise: settings.timeout)
    }

    /// `for job in flux.completed(jobs) do`
    func completed(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        .value(.object(Completed(try awaitables(try call[1], name: "flux.completed"))))
    }
}

/// The iterator of `flux.completed`: gives each job or task as it is over, each to one caller.
final class Completed: LuaObject {
    private struct State {
        /// Those of which it is not known that they are over, by their places.
        var open: [Int: Awaitable]
        var over: ArraySlice<Awaitable> = []
        /// Those that no caller has been promised.
        var left: Int
        var waiting: ArraySlice<LuaWait> = []
    }

    private enum Next {
        case one(Awaitable)
        case end
        case later
    }

    private let state: Mutex<State>

    init(_ all: [Awaitable]) {
        state = Mutex(State(open: [Int: Awaitable](uniqueKeysWithValues: zip(all.indices, all)), left: all.count))
        for (place, one) in all.enumerated() {
            _ = one.whenOver { [weak self] in self?.add(one, at: place) }
        }
    }

    private func add(_ one: Awaitable, at place: Int) {
        state.withLock { state in
            state.open[place] = nil
            guard let first = state.waiting.popFirst() else {
                state.over.append(one)
                return
            }
            // Before anybody can see that it waits for one less, and take the rest for a circle.
            first.finish { .value(one.value) }
        }
    }

    /// A caller that has to wait is promised one of those that are still open.
    private func next(or wait: LuaWait? = nil) -> Next {
        state.withLock { state in
            if state.left == 0 { return .end }
            if let one = state.over.popFirst() {
                state.left -= 1
                return .one(one)
            }
            if let wait {
                state.left -= 1
                state.waiting.append(wait)
            }
            return .later
        }
    }

    /// A caller that was cancelled gets nothing: what it was promised is for another.
    private func giveUp(_ wait: LuaWait) {
        state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0 === wait }) else { return }
            state.waiting.remove(at: place)
            state.left += 1
        }
    }

    /// The tasks that are still to come; nil as long as a job is, or one that is over has not been given to anybody.
    private var openTasks: [LuaTask]? {
        state.withLock { state in state.over.isEmpty ? state.open.values.tasksOnly : nil }
    }

    static var type: LuaObjectType<Completed> {
        var type = LuaObjectType<Completed>("completed")
        type.call { call throws(LuaError) in
            guard let all: Completed = call.object(1) else { return .none }
            var next = all.next()
            if case .later = next {
                let wait = try call.wait(.any(name: "flux.completed") { [weak all] in all?.openTasks })
                next = all.next(or: wait)
                if case .later = next {
                    wait.onEnd { [weak all] in all?.giveUp(wait) }
                    return .wait(wait)
                }
            }
            guard case .one(let one) = next else { return .value(.nil) }
            return .value(one.value)
        }
        return type
    }
}
