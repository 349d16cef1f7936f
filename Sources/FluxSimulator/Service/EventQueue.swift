/// What is due when: a heap, the earliest first; of the same moment, in the order of entry.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry {
        let moment: Duration
        let number: Int
        let event: Event

        func comes(before other: Entry) -> Bool { (moment, number) < (other.moment, other.number) }
    }

    private var heap: [Entry] = []
    private var lastNumber = 0

    var nextMoment: Duration? { heap.first?.moment }

    mutating func enter(_ event: Event, at moment: Duration) {
        lastNumber += 1
        heap.append(Entry(moment: moment, number: lastNumber, event: event))
        var child = heap.count - 1
        while child > 0, heap[child].comes(before: heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first event if it is due by then.
    mutating func next(until moment: Duration) -> (moment: Duration, event: Event)? {
        guard let first = heap.first, first.moment <= moment else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].comes(before: heap[least]) { least = child }
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.moment, first.event)
    }
}
