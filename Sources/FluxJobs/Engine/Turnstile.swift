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

    /// Steps back out, to be the next to go in.
    mutating func stepBack(_ entry: Entry) {
        inside -= 1
        if head > 0 {
            head -= 1
            waiting[head] = entry
        } else {
            waiting.insert(entry, at: 0)
        }
    }

    /// Whether somebody could go in now.
    var isOpen: Bool { head < waiting.count && inside < max(1, limit) }

    /// The next to go in; nil when nobody waits or nobody may. At least one may always be inside.
    mutating func next() -> Entry? {
        guard isOpen else { return nil }
        let entry = waiting[head]
        head += 1
        inside += 1
        if head > 64, head * 2 > waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        return entry
    }

    /// Goes in whatever the limit: for what is under way already.
    mutating func admit() {
        inside += 1
    }

    mutating func leave() {
        inside -= 1
    }
}
