/// Which ends of tasks a wait needs, so that tasks that wait for each other are told of it rather than wait for ever.
public struct LuaWaitDependencies: Sendable {
    enum Extent: Sendable { case all, any }

    let extent: Extent
    /// The tasks that the wait still needs; nil as long as something else can end it.
    let tasks: @Sendable () -> [LuaTask]?
    /// What messages begin with, such as `flux.await`.
    let name: String
    /// `file:line` of the author's code that waits; empty where none does.
    var place = ""

    /// Of a wait that is over when all of these have ended, and perhaps more.
    public static func all(of tasks: [LuaTask], name: String) -> LuaWaitDependencies {
        LuaWaitDependencies(extent: .all, tasks: { tasks }, name: name)
    }

    /// Of a wait that one of several ends.
    /// - Parameters:
    ///   - name: what the wait is called in errors, such as `flux.any`.
    ///   - tasks: those that have not ended; nil as long as something else can end the wait. Asked whenever it matters, on
    ///     the runtime's thread.
    public static func any(name: String, _ tasks: @escaping @Sendable () -> [LuaTask]?) -> LuaWaitDependencies {
        LuaWaitDependencies(extent: .any, tasks: tasks, name: name)
    }
}

/// Tasks that wait for each other, each for the next and the last for the first.
struct LuaDeadlock {
    private(set) var tasks: [(task: LuaTask, needs: LuaWaitDependencies)]

    /// Looks at what the first task reaches.
    /// - Parameters:
    ///   - needs: of the first task.
    ///   - others: what another task needs; nil when it runs, or can go on without the end of a task.
    init?(of first: LuaTask, _ needs: LuaWaitDependencies, others: (LuaTask) -> LuaWaitDependencies?) {
        // Nobody waits for it, so it is in no circle.
        guard first.isAwaited, let ends = needs.tasks()?.filter({ !$0.hasEnded }) else { return nil }
        var stuck = [first: (needs: needs, ends: ends)]
        var order = [first]
        var index = 0
        while index < order.count {
            let task = order[index]
            index += 1
            guard let (needs, ends) = stuck[task] else { continue }
            for next in ends where stuck[next] == nil {
                if let nextNeeds = others(next), let nextEnds = nextNeeds.tasks() {
                    stuck[next] = (nextNeeds, nextEnds.filter { !$0.hasEnded })
                    order.append(next)
                } else if needs.extent == .any {
                    stuck[task] = nil
                    break
                }
            }
        }
        // Whoever needs only what can go on can go on too.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for task in order {
                guard let (needs, ends) = stuck[task] else { continue }
                let isStuck =
                    switch needs.extent {
                    case .all: ends.contains { stuck[$0] != nil }
                    // With none left, what has ended is about to end the wait.
                    case .any: !ends.isEmpty && ends.allSatisfy { stuck[$0] != nil }
                    }
                if isStuck { continue }
                stuck[task] = nil
                isSettled = false
            }
            guard stuck[first] != nil else { return nil }
        }
        // The shortest way back.
        var cameFrom: [LuaTask: LuaTask] = [:]
        var reached = [first]
        index = 0
        while cameFrom[first] == nil, index < reached.count {
            let task = reached[index]
            index += 1
            for next in stuck[task]?.ends ?? [] where stuck[next] != nil && cameFrom[next] == nil {
                cameFrom[next] = task
                reached.append(next)
            }
        }
        tasks = [(first, needs)]
        var last = cameFrom[first]
        while let task = last, task != first {
            if let needs = stuck[task]?.needs { tasks.insert((task, needs), at: 1) }
            last = cameFrom[task]
        }
    }

    /// What is raised where the first one waits.
    var error: LuaError {
        let (first, needs) = tasks[0]
        // Tasks that no line of the author's started, such as those inside of flux.map, say nothing to him.
        let others = tasks.dropFirst().filter { !$0.task.origin.isEmpty }
        let name = first.origin.isEmpty ? "this one" : "the one of \(first.origin)"
        guard !others.isEmpty else {
            let task = first.origin.isEmpty ? "a task" : "the task of \(first.origin)"
            return LuaError(kind: "invalid", "\(needs.name): \(task) would wait for its own end for ever")
        }
        let circle = others.map { task, needs in
            "the one of \(task.origin)" + (needs.place.isEmpty ? "" : " (waits at \(needs.place))")
        }
        let way = ([name] + circle + [name]).joined(separator: " → ")
        return LuaError(kind: "invalid", "\(needs.name): these tasks would wait for each other for ever: \(way)")
    }
}
