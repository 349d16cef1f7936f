import FluxClient
import SQL

extension LedgerStore {
    /// The newest attempt of a request.
    func newest(digest: String) throws(SQLError) -> RequestRecord? {
        try records("WHERE identity = ? ORDER BY attempt DESC LIMIT 1", [.text(digest)]).first
    }

    /// A request that drew the seed which this one names, asks for the same otherwise, and has its pictures.
    func drawn(as identity: RequestIdentity) throws(SQLError) -> RequestRecord? {
        guard identity.seedSource == .given, identity.occurrence == 1, let seed = identity.seed else { return nil }
        return try records(
            """
            WHERE seed = ? AND seed_source = 'drawn' AND account = ? AND model = ? AND state = 'fetched'
            ORDER BY id DESC LIMIT 50
            """, [.integer(seed), .text(identity.account), .text(identity.model)]
        ).first { identity.isAnswered(by: $0.identity) }
    }

    func record(key: String) throws(SQLError) -> RequestRecord? {
        try records("WHERE key = ?", [.text(key)]).first
    }

    /// Those whose job's id, key or number begins so; newest first.
    func records(named name: String) throws(SQLError) -> [RequestRecord] {
        let beginning = name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" }
        return try records(
            """
            WHERE job >= ?1 AND job < ?2 OR key >= ?1 AND key < ?2 OR CAST(id AS TEXT) = ?3 ORDER BY id DESC
            """, [.text(beginning), .text(beginning + "\u{10FFFF}"), .text(name)])
    }

    /// Requests that a condition picks, with their pictures.
    /// - Parameter condition: what follows `SELECT … FROM requests`.
    func records(_ condition: String, _ values: [SQLValue]) throws(SQLError) -> [RequestRecord] {
        var records: [RequestRecord] = []
        for row in try run("SELECT requests.*\(memberColumns) FROM requests \(condition)", values) {
            records.append(try record(of: row))
        }
        return records
    }

    /// - Parameter row: of the table of requests.
    func record(of row: SQLRow) throws(SQLError) -> RequestRecord {
        try RequestRecord(row, pictures: pictures(of: row["id"]))
    }

    private func pictures(of request: SQLValue) throws(SQLError) -> [PictureRecord] {
        var pictures: [PictureRecord] = []
        for row in try run("SELECT * FROM pictures WHERE request = ? ORDER BY place", [request]) {
            pictures.append(try PictureRecord(row))
        }
        return pictures
    }
}

extension SQLError {
    /// A row that no ledger can have written.
    static func unreadable(_ what: String) -> SQLError { SQLError(.damaged, what) }
}

extension SQLRow {
    fileprivate func text(_ column: String) throws(SQLError) -> String {
        guard let text = self[column].text else { throw .unreadable("\(column) is no text") }
        return text
    }

    fileprivate func integer(_ column: String) throws(SQLError) -> Int64 {
        guard let integer = self[column].integer else { throw .unreadable("\(column) is no number") }
        return integer
    }

    fileprivate func word<Word: RawRepresentable<String>>(_ column: String) throws(SQLError) -> Word {
        let text = try text(column)
        guard let word = Word(rawValue: text) else { throw .unreadable("\(column) is '\(text)'") }
        return word
    }

    fileprivate func json(_ column: String) throws(SQLError) -> JSONValue {
        guard let json = try? JSONValue(parsing: Array(try text(column).utf8)) else {
            throw .unreadable("\(column) is no JSON")
        }
        return json
    }

    fileprivate func count(_ column: String) -> Int? { self[column].integer.map { Int($0) } }
}

extension RequestRecord {
    /// - Throws: kind `damaged` where the row cannot have been written so: what it identifies no longer fits.
    init(_ row: SQLRow, pictures: [PictureRecord]) throws(SQLError) {
        id = try row.integer("id")
        key = try row.text("key")
        digest = try row.text("identity")
        attempt = Int(try row.integer("attempt"))
        identity = RequestIdentity(
            account: try row.text("account"), call: try row.word("call"), model: try row.text("model"),
            prompt: try row.text("prompt"), parameters: try row.json("parameters").objectValue ?? [:],
            inputs: (try row.json("inputs").objectValue ?? [:])
                .mapValues { ($0.arrayValue ?? []).compactMap(\.stringValue) },
            seed: row["seed"].integer, seedSource: try row.word("seed_source"),
            occurrence: Int(try row.integer("occurrence")), lineage: try row.integer("lineage"))
        isFresh = try row.integer("fresh") == 1
        run = try row.integer("run")
        name = row["name"].text
        origin = row["origin"].text
        guard let body = row["body"].blob else { throw .unreadable("body is no blob") }
        sent = EncodedRequest(path: try row.text("path"), body: body, dialect: try row.word("dialect"))
        state = try row.word("state")
        costLimit = row.count("cost_limit")
        cost = row.count("cost")
        job = row["job"].text
        status = row["status"].text.flatMap(JobStatus.init)
        imageURLs = row["result"] == .null ? [] : (try row.json("result").arrayValue ?? []).compactMap(\.stringValue)
        errorKind = row["error_kind"].text
        errorMessage = row["error_message"].text
        answer = row["answer"].text
        isUnsent = row["unsent"].integer == 1
        writtenAt = try row.integer("written_at")
        sentAt = try row.integer("sent_at")
        acceptedAt = row["accepted_at"].integer
        createdAt = row["created_at"].integer
        completedAt = row["completed_at"].integer
        settledAt = row["settled_at"].integer
        owner = row["owner"].integer
        isClaimed = row["claimed"].integer == 1
        member = row["member"].text
        self.pictures = pictures
        guard RequestIdentity.key(digest: digest, attempt: attempt) == key else {
            throw .unreadable("the key of request \(id) does not fit it")
        }
        // A picture that seems not to be there would be paid again.
        let places = imageURLs.isEmpty ? pictures.indices : imageURLs.indices
        guard state != .fetched || !places.isEmpty && pictures.map(\.place) == places.map({ $0 + 1 }) else {
            throw .unreadable("request \(id) has not the pictures that were fetched")
        }
    }
}

extension PictureRecord {
    init(_ row: SQLRow) throws(SQLError) {
        place = Int(try row.integer("place"))
        url = try row.text("url")
        sha256 = try row.text("sha256")
        format = try row.text("format")
        width = Int(try row.integer("width"))
        height = Int(try row.integer("height"))
        byteCount = Int(try row.integer("bytes"))
        fetchedAt = try row.integer("fetched_at")
        guard try row.text("seal") == seal else { throw .unreadable("a picture is not as it was written") }
    }

    /// Shows whether a row is as it was written: a picture that seems to be lost would be paid again.
    var seal: String { String(ContentHash.of("\(place) \(sha256) \(format) \(width) \(height)").prefix(16)) }
}
