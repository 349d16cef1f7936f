/// One HTTP request, read whole.
package struct Request: Sendable {
    package var method: String
    /// Percent-decoded, without the query.
    package var path: String
    /// Percent-decoded, in the order sent.
    package var query: [(name: String, value: String)] = []
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    /// The body was longer than its call takes; what was read of it is gone.
    package var isTooLarge = false
    /// `Transfer-Encoding` is none that can be read: the body has no known end, and nothing of it was read.
    package var hasUnknownCoding = false

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The first query item of this name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
