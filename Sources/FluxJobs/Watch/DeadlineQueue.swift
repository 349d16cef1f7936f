/// Keeps the next deadline of each of many entries: setting, moving and removing one takes O(log n).
struct DeadlineQueue<Entry: Hashable> {
    /// A binary heap, the earliest deadline first.
    private var heap: [(deadline: Duration, entry: Entry)] = []
    private var places: [Entry: Int] = [:]

    var count: Int { heap.count }

    /// The earliest deadline.
    var next: Duration? { heap.first?.deadline }

    /// Sets the only deadline of an entry.
    mutating func set(_ entry: Entry, to deadline: Duration) {
        if let place = places[entry] {
            heap[place].deadline = deadline
            down(from: up(from: place))
        } else {
            heap.append((deadline, entry))
            places[entry] = heap.count - 1
            up(from: heap.count - 1)
        }
    }

    @discardableResult
    mutating func remove(_ entry: Entry) -> Bool {
        guard let place = places.removeValue(forKey: entry) else { return false }
        let last = heap.removeLast()
        if place < heap.count {
            heap[place] = last
            places[last.entry] = place
            down(from: up(from: place))
        }
        return true
    }

    /// Takes out the entries that are due by `now`, the earliest first.
    mutating func takeDue(by now: Duration) -> [Entry] {
        var due: [Entry] = []
        while let first = heap.first, first.deadline <= now {
            due.append(first.entry)
            remove(first.entry)
        }
        return due
    }

    @discardableResult
    private mutating func up(from start: Int) -> Int {
        var place = start
        while place > 0, heap[place].deadline < heap[(place - 1) / 2].deadline {
            swap(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        return place
    }

    private mutating func down(from start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            if least == place { return }
            swap(place, least)
            place = least
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        places[heap[a].entry] = a
        places[heap[b].entry] = b
    }
}
