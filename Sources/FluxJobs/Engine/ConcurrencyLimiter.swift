/// Lets so many in at a time. Those who wait stand in lanes, one for each task that asks; the lanes take turns, and
/// within a lane who came first goes first, so that nobody waits behind all of somebody else's.
struct ConcurrencyLimiter<Entry> {
    var limit: Int
    private(set) var inside = 0
    private(set) var waiting = 0
    private var lanes: [Int: FIFOQueue<Entry>] = [:]
    /// The lanes in which somebody waits, the next one first.
    private var order = FIFOQueue<Int>()

    init(limit: Int) {
        self.limit = limit
    }

    mutating func enter(_ entry: Entry, lane: Int = 0) {
        if lanes[lane] == nil { order.append(lane) }
        lanes[lane, default: FIFOQueue()].append(entry)
        waiting += 1
    }

    /// Steps back out, to be the next of its lane to go in.
    mutating func stepBack(_ entry: Entry, lane: Int = 0) {
        inside -= 1
        if lanes[lane] == nil { order.prepend(lane) }
        lanes[lane, default: FIFOQueue()].prepend(entry)
        waiting += 1
    }

    /// Whether somebody could go in now.
    var isOpen: Bool { !order.isEmpty && inside < max(1, limit) }

    /// The next to go in; nil when nobody waits or nobody may. At least one may always be inside.
    mutating func next() -> Entry? {
        guard isOpen, let lane = order.popFirst(), let entry = lanes[lane]?.popFirst() else { return nil }
        if lanes[lane]?.isEmpty ?? true { lanes[lane] = nil } else { order.append(lane) }
        inside += 1
        waiting -= 1
        return entry
    }

    /// Goes in whatever the limit: for what is under way already.
    mutating func admit() {
        inside += 1
    }

    mutating func leave() {
        inside -= 1
    }

    /// Takes out all who wait, lane by lane.
    mutating func takeWaiting() -> [Entry] {
        var entries: [Entry] = []
        while let lane = order.popFirst() {
            while let entry = lanes[lane]?.popFirst() { entries.append(entry) }
            lanes[lane] = nil
        }
        waiting = 0
        return entries
    }
}
