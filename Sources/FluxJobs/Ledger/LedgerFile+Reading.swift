import FluxClient
import SQLite

extension LedgerFile {
    /// The newest attempt of a request.
    func newest(digest: String) throws(SQLiteError) -> RequestRecord? {
        try records("WHERE identity = ? ORDER BY attempt DESC LIMIT 1", [.text(digest)]).first
    }

    /// A request that drew the seed which this one names, asks for the same otherwise, and has its pictures.
    func drawn(as identity: RequestIdentity) throws(SQLiteError) -> RequestRecord? {
        guard identity.seedSource == .given, identity.occurrence == 1, let seed = identity.seed else { return nil }
        return try records(
            """
            WHERE seed = ? AND seed_source = 'drawn' AND account = ? AND model = ? AND state = 'fetched'
            ORDER BY id DESC LIMIT 50
            """, [.integer(seed), .text(identity.account), .text(identity.model)]
        ).first { identity.isAnswered(by: $0.identity) }
    }

    func record(key: String) throws(SQLiteError) -> RequestRecord? {
        try records("WHERE key = ?", [.text(key)]).first
    }

    /// Those whose job's id, key or number begins so; newest first.
    func records(named name: String) throws(SQLiteError) -> [RequestRecord] {
        let pattern = name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" } + "*"
        return try records(
            "WHERE job GLOB ?1 OR key GLOB ?1 OR CAST(id AS TEXT) = ?2 ORDER BY id DESC", [.text(pattern), .text(name)])
    }

    /// Requests that a condition picks, with their pictures.
    /// - Parameter condition: what follows `SELECT … FROM requests`.
    func records(_ condition: String, _ values: [SQLiteValue]) throws(SQLiteError) -> [RequestRecord] {
        var records: [RequestRecord] = []
        for row in try connection.run("SELECT requests.* FROM requests \(condition)", values) {
            records.append(try record(of: row))
        }
        return records
    }

    /// - Parameter row: of the table of requests.
    func record(of row: SQLiteRow) throws(SQLiteError) -> RequestRecord {
        try RequestRecord(row, pictures: pictures(of: row["id"]))
    }

    private func pictures(of request: SQLiteValue) throws(SQLiteError) -> [PictureRecord] {
        var pictures: [PictureRecord] = []
        for row in try connection.run("SELECT * FROM pictures WHERE request = ? ORDER BY place", [request]) {
            pictures.append(try PictureRecord(row))
        }
        return pictures
    }
}

extension SQLiteError {
    /// A row that no ledger can have written.
    static func unreadable(_ what: String) -> SQLiteError { SQLiteError(damage: what) }
}

extension SQLiteRow {
    fileprivate func text(_ column: String) throws(SQLiteError) -> String {
        guard let text = self[column].text else { throw .unreadable("\(column) is no text") }
        return text
    }

    fileprivate func integer(_ column: String) throws(SQLiteError) -> Int64 {
        guard let integer = self[column].integer else { throw .unreadable("\(column) is no number") }
        return integer
    }

    fileprivate func word<Word: RawRepresentable<String>>(_ column: String) throws(SQLiteError) -> Word {
        let text = try text(column)
        guard let word = Word(rawValue: text) else { throw .unreadable("\(column) is '\(text)'") }
        return word
    }

    fileprivate func json(_ column: String) throws(SQLiteError) -> JSONValue {
        guard let json = try? JSONValue(parsing: Array(try text(column).utf8)) else {
            throw .unreadable("\(column) is no JSON")
        }
        return json
    }

    fileprivate func count(_ column: String) -> Int? { self[column].integer.map { Int($0) } }
}

extension RequestRecord {
    /// - Throws: kind `damaged` where the row cannot have been written so: what it identifies no longer fits.
    init(_ row: SQLiteRow, pictures: [PictureRecord]) throws(SQLiteError) {
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
    init(_ row: SQLiteRow) throws(SQLiteError) {
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
