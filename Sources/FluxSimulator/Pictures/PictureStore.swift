import Dispatch
import HTTPServer
import Synchronization

/// The pictures of jobs: painted once, when they are due or when somebody asks, by a few workers beside the server's
/// threads; kept while there is room, and painted again, the same bytes, if asked for later.
final class PictureStore: Sendable {
    typealias Paint = @Sendable () throws -> [UInt8]
    typealias Outcome = Result<FileContent, any Error>

    private struct Work {
        let paint: Paint
        var waiting: [@Sendable (Outcome) -> Void] = []
        var isUrgent = false
    }

    private struct State {
        var cache: ByteCache
        /// What is to be painted or is being painted.
        var works: [String: Work] = [:]
        /// Names, first in first out. One that is asked for while it waits among `ahead` is in both, and painted once.
        var urgent: ArraySlice<String> = []
        var ahead: ArraySlice<String> = []
        var started: Set<String> = []
        var workers = 0
        var isClosed = false

        mutating func next() -> (name: String, paint: Paint)? {
            while !isClosed, let name = urgent.popFirst() ?? ahead.popFirst() {
                guard let work = works[name], started.insert(name).inserted else { continue }
                return (name, work.paint)
            }
            workers -= 1
            return nil
        }
    }

    private let state: Mutex<State>
    private let workerLimit: Int
    private let queue = DispatchQueue(label: "FluxSimulator.painting", attributes: .concurrent)

    init(cacheLimit: Int = 16 << 20, workers: Int) {
        state = Mutex(State(cache: ByteCache(limit: cacheLimit)))
        workerLimit = max(1, workers)
    }

    /// The picture, at once if it is there.
    func cached(_ name: String) -> FileContent? {
        state.withLock { $0.cache[name] }
    }

    /// So many pictures wait to be painted before anybody asks; where more jobs end than can be painted, most are painted
    /// when somebody does.
    static let aheadLimit = 32

    /// Paints a picture that will be wanted soon, after all that is wanted now.
    func prepare(_ name: String, _ paint: @escaping Paint) {
        enqueue(name, isUrgent: false, paint, then: nil)
    }

    /// Hands over the picture, from any thread; a `CancellationError` if the store is closed first.
    func fetch(_ name: String, _ paint: @escaping Paint, then: @escaping @Sendable (Outcome) -> Void) {
        if let outcome = enqueue(name, isUrgent: true, paint, then: then) { then(outcome) }
    }

    /// Nothing further is painted.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.works = [:] }
            return state.works.values.flatMap(\.waiting)
        }
        for then in waiting { then(.failure(CancellationError())) }
    }

    /// The outcome where there is one at once; otherwise `then` will hear of it.
    @discardableResult
    private func enqueue(
        _ name: String, isUrgent: Bool, _ paint: @escaping Paint, then: (@Sendable (Outcome) -> Void)?
    ) -> Outcome? {
        let (outcome, needsWorker) = state.withLock { state -> (Outcome?, Bool) in
            if let content = state.cache[name] { return (.success(content), false) }
            guard !state.isClosed else { return (.failure(CancellationError()), false) }
            let isNew = state.works[name] == nil
            if isNew, !isUrgent, state.ahead.count >= Self.aheadLimit { return (nil, false) }
            var work = state.works[name] ?? Work(paint: paint)
            if let then { work.waiting.append(then) }
            if isUrgent, !work.isUrgent {
                work.isUrgent = true
                if !state.started.contains(name) { state.urgent.append(name) }
            } else if isNew {
                state.ahead.append(name)
            }
            state.works[name] = work
            guard isNew, state.workers < workerLimit else { return (nil, false) }
            state.workers += 1
            return (nil, true)
        }
        if needsWorker { queue.async { self.work() } }
        return outcome
    }

    private func work() {
        while let (name, paint) = state.withLock({ $0.next() }) {
            let outcome = Outcome { FileContent(try paint()) }
            let waiting = state.withLock { state in
                state.started.remove(name)
                if case .success(let content) = outcome { state.cache[name] = content }
                return state.works.removeValue(forKey: name)?.waiting ?? []
            }
            for then in waiting { then(outcome) }
        }
    }
}
