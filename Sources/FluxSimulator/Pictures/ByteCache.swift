import HTTPServer

/// Files by name, up to so many bytes in all; what was not asked for longest goes first.
struct ByteCache: Sendable {
    private struct Entry {
        let content: FileContent
        var lastUse: UInt64
    }

    let limit: Int
    private(set) var byteCount = 0
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    subscript(name: String) -> FileContent? {
        mutating get {
            guard let content = entries[name]?.content else { return nil }
            uses += 1
            entries[name]?.lastUse = uses
            return content
        }
        set {
            if let old = entries.removeValue(forKey: name) { byteCount -= old.content.bytes.count }
            guard let newValue, newValue.bytes.count <= limit else { return }
            while byteCount + newValue.bytes.count > limit,
                let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                entries[oldest.key] = nil
                byteCount -= oldest.value.content.bytes.count
            }
            uses += 1
            entries[name] = Entry(content: newValue, lastUse: uses)
            byteCount += newValue.bytes.count
        }
    }
}
