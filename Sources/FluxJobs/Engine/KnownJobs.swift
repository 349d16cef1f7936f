/// The jobs of an engine by the service's id, for as long as somebody holds them. Upper and lower case are one.
struct KnownJobs {
    private struct Entry {
        weak var job: Job?
    }

    private var entries: [String: Entry] = [:]
    private var sweepAt = 256

    subscript(id: String) -> Job? {
        get { entries[id.lowercased()]?.job }
        set {
            entries[id.lowercased()] = newValue.map { Entry(job: $0) }
            guard entries.count >= sweepAt else { return }
            entries = entries.filter { $0.value.job != nil }
            sweepAt = max(256, entries.count * 2)
        }
    }
}
