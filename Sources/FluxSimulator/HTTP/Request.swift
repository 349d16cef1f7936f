/// One HTTP request, read whole.
struct Request: Sendable {
    var method: String
    /// Percent-decoded, without the query.
    var path: String
    /// Percent-decoded, in the order sent.
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// The body was longer than its call takes; what was read of it is gone.
    var isTooLarge = false
    /// `Transfer-Encoding` is none that can be read: the body has no known end, and nothing of it was read.
    var hasUnknownCoding = false

    /// The first header of this name, whatever its case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first query item of this name.
    func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
