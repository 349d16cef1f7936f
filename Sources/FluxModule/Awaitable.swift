import FluxJobs
import LuaRuntime

/// What a script can wait for: a job or a task.
enum Awaitable: Sendable {
    case job(JobObject)
    case task(LuaTask)

    init?(_ value: LuaValue) {
        if let job: JobObject = value.object() {
            self = .job(job)
        } else if let task: LuaTask = value.object() {
            self = .task(task)
        } else {
            return nil
        }
    }

    var task: LuaTask? { if case .task(let task) = self { task } else { nil } }

    var isOver: Bool {
        switch self {
        case .job(let job): job.job.snapshot.isSettled
        case .task(let task): task.hasEnded
        }
    }

    /// Over, and with what was asked for.
    var isSuccess: Bool {
        switch self {
        case .job(let job): job.job.snapshot.isSuccess
        case .task(let task): task.status == "done"
        }
    }

    /// Calls `body` once, when it is over. Returns what takes the call back.
    func whenOver(_ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        switch self {
        case .job(let job):
            let observer = job.job.whenSettled(body)
            return { job.job.removeObserver(observer) }
        case .task(let task):
            let observer = task.whenEnded(body)
            return { task.removeObserver(observer) }
        }
    }

    /// Why it is over without success.
    var error: LuaError? {
        switch self {
        case .job(let job): job.error
        case .task(let task):
            task.failure ?? (task.status == "cancelled" ? LuaError(kind: "cancelled", "the task was cancelled") : nil)
        }
    }

    var value: LuaValue {
        switch self {
        case .job(let job): .object(job)
        case .task(let task): .object(task)
        }
    }

    /// As an item of an awaited list: the job itself, also a failed one; a task's first result, false of a failed one.
    var item: LuaValue {
        switch self {
        case .job(let job): .object(job)
        case .task(let task): isSuccess ? .firstResult(of: task) : false
        }
    }
}

extension Sequence<Awaitable> {
    /// The tasks among them, when there are no jobs.
    var tasksOnly: [LuaTask]? {
        var tasks: [LuaTask] = []
        for one in self {
            guard let task = one.task else { return nil }
            tasks.append(task)
        }
        return tasks
    }
}

extension FluxModule {
    /// The script has been told how these ended.
    func see(_ awaitables: [Awaitable]) {
        for awaitable in awaitables {
            switch awaitable {
            case .job(let job): see(job)
            case .task(let task): task.isHandled = true
            }
        }
    }

    /// The jobs and tasks of a list.
    func awaitables(_ value: LuaValue, name: String) throws(LuaError) -> [Awaitable] {
        guard let table = value.table, table.pairs.isEmpty else {
            if Awaitable(value) != nil {
                let one = if case .job? = Awaitable(value) { "job" } else { "task" }
                throw LuaError(kind: "invalid", "\(name): expected a list, got a single \(one): put it in braces")
            }
            throw LuaError(
                kind: "invalid", "\(name): expected a job, a task or a list of them, got \(value.typeName)")
        }
        var awaitables: [Awaitable] = []
        for (index, item) in table.items.enumerated() {
            guard let awaitable = Awaitable(item) else {
                throw LuaError(
                    kind: "invalid", "\(name): item \(index + 1) is neither a job nor a task but a \(item.typeName)")
            }
            awaitables.append(awaitable)
        }
        return awaitables
    }
}
