import FluxClient
import SQL
import Synchronization

/// A request as it is written down before it is sent.
public struct RequestDraft: Sendable {
    public var identity: RequestIdentity
    public var digest: String
    public var attempt: Int
    public var isFresh: Bool
    /// Whoever comes first may send it, and not the run that writes it down.
    public var isForOthers = false
    public var name: String?
    public var origin: String?
    public var sent: EncodedRequest
    /// Credits: the most that it can cost.
    public var costLimit: Int?
}

/// What became of writing a request down.
public enum WriteOutcome: Sendable {
    /// It is on disk, and may be sent.
    case ours
    /// Another process was quicker, or did more with it: what is there counts.
    case theirs(RequestRecord)
}

extension Ledger {
    /// Writes a request down. Returns when it is on disk: only then may it be sent.
    /// - Throws: kind `budget` when it could cost more than the limits leave. Nothing was written then.
    func write(_ draft: RequestDraft, under limits: BudgetLimits = .none) async throws(FluxError) -> WriteOutcome {
        let (run, now) = (run, now)
        typealias Outcome = (written: Result<WriteOutcome, FluxError>, row: Int64)
        // Whether this was tried before: the server may have written it, and have been gone before it could say so.
        let wasTried = Mutex(false)
        let outcome = try await queue.perform(alone: true) { store throws(SQLError) -> Outcome in
            let key = RequestIdentity.key(digest: draft.digest, attempt: draft.attempt)
            let known = try store.record(key: key)
            if known == nil,
                let refusal = try store.refusal(asking: draft.costLimit, ofModel: draft.identity.model, limits, run)
            {
                return (.failure(refusal), 0)
            }
            let isSecondTry = wasTried.withLock { wasTried in
                defer { wasTried = true }
                return wasTried
            }
            let row = if let known { known.id } else { try store.insert(draft, key: key, run: run, now: now) }
            try store.make(
                Self.use(key: key, run: run.id, name: draft.name, origin: draft.origin, reused: false, now: now))
            guard let known else { return (.success(.ours), row) }
            guard known.digest == draft.digest else {
                throw .unreadable("the key \(key) belongs to another request")
            }
            if isSecondTry, known.owner == run.id, known.state == .written { return (.success(.ours), row) }
            return (.success(.theirs(known)), row)
        }
        presence.raise(request: outcome.row)
        return try outcome.written.get()
    }

    /// Notes that a request that is written down already goes out once more, perhaps with another body.
    /// - Parameter states: in which it still must be. In any other, somebody else has done more with it.
    /// - Throws: kind `budget` when it could cost more than the limits leave. Nothing was changed then.
    func writeAgain(
        key: String, _ sent: EncodedRequest, in states: Set<RecordState>, isForOthers: Bool = false,
        under limits: BudgetLimits = .none
    ) async throws(FluxError) -> WriteOutcome {
        let (run, now) = (run, now)
        let outcome = try await queue.perform(alone: true) {
            store throws(SQLError) -> Result<WriteOutcome, FluxError> in
            guard let record = try store.record(key: key) else { throw .unreadable("the request \(key) is gone") }
            let isTheirs = record.isClaimed && record.owner != run.id
            guard states.contains(record.state), !isTheirs else { return .success(.theirs(record)) }
            // What has no cost yet is reserved already.
            if record.cost != nil,
                let refusal = try store.refusal(
                    asking: record.costLimit, ofModel: record.identity.model, limits, run)
            {
                return .failure(refusal)
            }
            try store.run(
                """
                UPDATE requests SET state = 'written', owner = ?, path = ?, body = ?, dialect = ?, sent_at = ?, job = NULL,
                  status = NULL, cost = NULL, error_kind = NULL, error_message = NULL, answer = NULL, unsent = ?,
                  settled_at = NULL
                WHERE key = ?
                """,
                [
                    isForOthers ? .null : .integer(run.id), .text(sent.path), .blob(sent.body),
                    .text(sent.dialect.rawValue), .integer(now), SQLValue(isForOthers), .text(key),
                ])
            return .success(.ours)
        }
        return try outcome.get()
    }

    /// The service has the request as a job.
    func accepted(key: String, job: String, status: JobStatus) {
        update(key, states: [.written, .refused, .unknown], "state = 'accepted', job = ?, status = ?, accepted_at = ?")
        {
            [.text(job), .text(status.rawValue), .integer($0)]
        }
    }

    /// The service has made the pictures.
    func completed(key: String, _ state: JobState) {
        let urls = JSONValue.array(state.imageURLs.map { .string($0) }).encodedString
        update(
            key, states: [.written, .accepted, .refused, .unknown],
            "state = 'completed', job = ?, status = ?, result = ?, cost = ?, created_at = ?, completed_at = ?"
        ) { _ in
            [
                .text(state.id), .text(state.status.rawValue), .text(urls), SQLValue(state.creditCost),
                SQLValue(state.createdAt), SQLValue(state.completedAt),
            ]
        }
    }

    /// The pictures are in the store.
    func fetched(key: String, _ pictures: [Picture]) {
        let now = now
        // Pictures that came in the answer itself are not kept twice.
        let urls = JSONValue.array(pictures.map { .string($0.url) }).encodedString
        queue.note(
            pictures.map { Self.insertion(of: $0, key: key, now: now) } + [
                LedgerStatement(
                    """
                    UPDATE requests SET state = 'fetched', result = ?, error_kind = NULL, error_message = NULL,
                      answer = NULL, settled_at = ? WHERE key = ?
                    """, [.text(urls), .integer(now), .text(key)], changes: key)
            ])
    }

    /// The job failed at the service, which charges nothing for it.
    func failed(key: String, status: JobStatus?, _ error: FluxError) {
        end(
            key, states: Set(RecordState.allCases).subtracting([.fetched]), "state = 'failed', cost = 0, status = ?",
            [SQLValue(status?.rawValue)], error)
    }

    /// The service made no job of the request.
    func refused(key: String, _ error: FluxError) {
        end(key, states: [.written, .unknown], "state = 'refused', cost = 0", [], error)
    }

    /// Nobody can tell what became of the request.
    func unknown(key: String, _ error: FluxError) {
        end(key, states: [.written, .accepted], "state = 'unknown'", [], error)
    }

    /// What went wrong with a request that may still come to its end in another run.
    func troubled(key: String, _ error: FluxError) {
        queue.note([
            LedgerStatement(
                """
                UPDATE requests SET error_kind = ?, error_message = ?, answer = ?, unsent = ?
                WHERE key = ? AND settled_at IS NULL
                """,
                [
                    .text(error.kind.rawValue), .text(error.message), SQLValue(error.answer),
                    SQLValue(error.isUnsent), .text(key),
                ])
        ])
    }

    /// A request of an earlier run answers this one's, or is watched on by it.
    /// - Parameter reused: without charge, from the store.
    func used(key: String, name: String?, origin: String?, reused: Bool) {
        let (run, now) = (run.id, now)
        queue.note([Self.use(key: key, run: run, name: name, origin: origin, reused: reused, now: now)])
    }

    /// A run takes up what is under way: it sends it again under its key, or watches it on.
    /// - Returns: whether no other run that goes on has asked for it.
    func takenUp(key: String, name: String?, origin: String?, reused: Bool) async throws(FluxError) -> Bool {
        let (run, now) = (run.id, now)
        return try await queue.perform { store throws(SQLError) in
            let uses = try store.run(
                """
                SELECT uses.run AS run FROM uses JOIN requests ON requests.id = uses.request
                WHERE key = ? AND uses.run <> ? AND reused = 0
                """, [.text(key), .integer(run)])
            try store.make(Self.use(key: key, run: run, name: name, origin: origin, reused: reused, now: now))
            for other in uses.compactMap({ $0["run"].integer }) {
                if try store.isAlive(other) { return false }
            }
            return true
        }
    }

    /// A picture of a request stands under a name that the script chose.
    /// - Parameter path: absolute.
    func saved(key: String, place: Int, path: String, _ mark: SavedMark? = nil) {
        queue.note([
            LedgerStatement(
                """
                INSERT INTO saves (request, place, path, saved_at, content, file)
                SELECT id, ?, ?, ?, ?, ? FROM requests WHERE key = ?
                ON CONFLICT (request, place, path)
                DO UPDATE SET saved_at = excluded.saved_at, content = excluded.content, file = excluded.file
                """,
                [
                    .integer(Int64(place)), .text(path), .integer(now), SQLValue(mark?.content), SQLValue(mark?.file),
                    .text(key),
                ])
        ])
    }

    /// Which files the pictures of requests were saved as, where that can be told without reading them.
    func saves(of keys: Set<String>) async throws(FluxError) -> [(path: String, mark: SavedMark)] {
        try await queue.perform { store throws(SQLError) in
            var saves: [(path: String, mark: SavedMark)] = []
            for key in keys {
                for row in try store.run(
                    "SELECT saves.path AS path, content, file FROM saves JOIN requests ON requests.id = request WHERE key = ?",
                    [.text(key)])
                {
                    guard let path = row["path"].text, let content = row["content"].text, let file = row["file"].text
                    else { continue }
                    saves.append((path, SavedMark(content: content, file: file)))
                }
            }
            return saves
        }
    }

    // MARK: Helpers

    /// What can be in a row that the service of this very process left: it answers for nothing that another was asked.
    private func update(
        _ key: String, states: Set<RecordState>, _ assignments: String,
        _ values: (_ now: Int64) -> [SQLValue]
    ) {
        let now = now
        let states = run.account.isInProcess ? Set(RecordState.allCases).subtracting([.fetched]) : states
        queue.note([
            LedgerStatement(
                "UPDATE requests SET \(assignments) WHERE key = ? AND state IN (\(Self.list(states)))",
                values(now) + [.text(key)], changes: key)
        ])
    }

    private func end(
        _ key: String, states: Set<RecordState>, _ assignments: String, _ values: [SQLValue], _ error: FluxError
    ) {
        update(key, states: states, assignments + ", error_kind = ?, error_message = ?, settled_at = ?") { now in
            values + [.text(error.kind.rawValue), .text(error.message), .integer(now)]
        }
    }

    /// In a steady order, so that a statement is prepared once.
    private static func list(_ states: Set<RecordState>) -> String {
        states.map(\.rawValue).sorted().map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func use(
        key: String, run: Int64, name: String?, origin: String?, reused: Bool, now: Int64
    ) -> LedgerStatement {
        LedgerStatement(
            """
            INSERT INTO uses (request, run, name, origin, reused, asked_at) SELECT id, ?, ?, ?, ?, ? FROM requests
            WHERE key = ? ON CONFLICT DO NOTHING
            """,
            [.integer(run), SQLValue(name), SQLValue(origin), SQLValue(reused), .integer(now), .text(key)])
    }

    private static func insertion(of picture: Picture, key: String, now: Int64) -> LedgerStatement {
        let record = PictureRecord(
            place: picture.index, url: picture.url, sha256: picture.sha256, format: picture.format.fileExtension,
            width: picture.width, height: picture.height, byteCount: picture.byteCount, fetchedAt: now)
        return LedgerStatement(
            """
            INSERT INTO pictures (request, place, url, sha256, format, width, height, bytes, fetched_at, seal)
            SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM requests WHERE key = ?
            ON CONFLICT (request, place)
            DO UPDATE SET url = excluded.url, sha256 = excluded.sha256, format = excluded.format, width = excluded.width,
              height = excluded.height, bytes = excluded.bytes, fetched_at = excluded.fetched_at, seal = excluded.seal
            """,
            [
                .integer(Int64(record.place)), .text(record.url), .text(record.sha256), .text(record.format),
                .integer(Int64(record.width)), .integer(Int64(record.height)), .integer(Int64(record.byteCount)),
                .integer(now), .text(record.seal), .text(key),
            ])
    }
}

extension LedgerStore {
    fileprivate func make(_ statement: LedgerStatement) throws(SQLError) { try run(statement.sql, statement.values) }

    /// - Returns: its number.
    fileprivate func insert(
        _ draft: RequestDraft, key: String, run owner: LedgerRun, now: Int64
    ) throws(SQLError) -> Int64 {
        let identity = draft.identity
        let inputs = JSONValue.object(identity.inputs.mapValues { .array($0.map { .string($0) }) })
        let rows = try run(
            """
            INSERT INTO requests (key, identity, attempt, fresh, run, lineage, account, call, model, prompt, parameters,
              inputs, seed, seed_source, occurrence, name, origin, path, body, dialect, state, cost_limit, written_at,
              sent_at, owner, unsent)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'written', ?, ?, ?, ?, ?) RETURNING id
            """,
            [
                .text(key), .text(draft.digest), .integer(Int64(draft.attempt)), SQLValue(draft.isFresh),
                .integer(owner.id), .integer(owner.lineage), .text(identity.account), .text(identity.call.rawValue),
                .text(identity.model), .text(identity.prompt),
                .text(JSONValue.object(identity.parameters).encodedString),
                .text(inputs.encodedString), SQLValue(identity.seed), .text(identity.seedSource.rawValue),
                .integer(Int64(identity.occurrence)), SQLValue(draft.name), SQLValue(draft.origin),
                .text(draft.sent.path), .blob(draft.sent.body), .text(draft.sent.dialect.rawValue),
                SQLValue(draft.costLimit), .integer(now), .integer(now),
                draft.isForOthers ? .null : .integer(owner.id), SQLValue(draft.isForOthers),
            ])
        guard let id = rows.first?["id"].integer else { throw .unreadable("a request has no number") }
        return id
    }
}
