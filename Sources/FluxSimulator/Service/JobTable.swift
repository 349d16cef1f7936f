/// Jobs in the order of their acceptance, from which any may be taken away.
struct JobTable: Sendable {
    private struct Place {
        let number: Int
        /// Nil: taken away. Such places go when they are as many as the others.
        var job: JobRecord?
    }

    private var places: [Place] = []
    private var numbers: [String: Int] = [:]
    /// Bytes of all bodies.
    private(set) var byteCount = 0

    var count: Int { numbers.count }
    /// The oldest first.
    var all: some Sequence<JobRecord> { places.lazy.compactMap(\.job) }

    mutating func append(_ job: JobRecord) {
        numbers[job.id] = job.number
        byteCount += job.body.count
        places.append(Place(number: job.number, job: job))
    }

    subscript(id: String) -> JobRecord? { numbers[id].flatMap { self[number: $0] } }

    subscript(number number: Int) -> JobRecord? { index(of: number).flatMap { places[$0].job } }

    /// Changes the job in its place; nothing happens when it is gone.
    @discardableResult
    mutating func update<Result>(_ number: Int, _ change: (inout JobRecord) -> Result) -> Result? {
        guard let index = index(of: number), var job = places[index].job else { return nil }
        defer { places[index].job = job }
        return change(&job)
    }

    @discardableResult
    mutating func remove(_ number: Int) -> JobRecord? {
        guard let index = index(of: number), let job = places[index].job else { return nil }
        places[index].job = nil
        numbers[job.id] = nil
        byteCount -= job.body.count
        if places.count > 2 * count + 64 { places.removeAll { $0.job == nil } }
        return job
    }

    /// The jobs accepted before `number`, newest first: a page stays the same however many jobs are added meanwhile.
    func page(
        before number: Int, limit: Int, where matches: (JobRecord) -> Bool
    ) -> (jobs: [JobRecord], hasMore: Bool) {
        var page: [JobRecord] = []
        for place in places[..<firstIndex(from: number)].reversed() {
            guard let job = place.job, matches(job) else { continue }
            if page.count == limit { return (page, true) }
            page.append(job)
        }
        return (page, false)
    }

    private func index(of number: Int) -> Int? {
        let index = firstIndex(from: number)
        return index < places.count && places[index].number == number ? index : nil
    }

    /// The first place with this number or a higher one.
    private func firstIndex(from number: Int) -> Int {
        var range = 0..<places.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = places[middle].number < number ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
