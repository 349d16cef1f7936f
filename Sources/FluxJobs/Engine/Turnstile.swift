/// Lets so many in at a time, in the order in which they came.
struct Turnstile<Entry> {
    var limit: Int
    private(set) var inside = 0
    private var waiting: [Entry] = []
    private var head = 0

    init(limit: Int) {
        self.limit = limit
    }

    mutating func enter(_ entry: Entry) {
        waiting.append(entry)
    }

    /// The next to go in; nil when nobody waits or nobody may. At least one may always be inside.
    mutating func next() -> Entry? {
        guard head < waiting.count, inside < max(1, limit) else { return nil }
        let entry = waiting[head]
        head += 1
        inside += 1
        if head > 64, head * 2 > waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return entry
    }

    mutating func leave() {
        inside -= 1
    }
}
