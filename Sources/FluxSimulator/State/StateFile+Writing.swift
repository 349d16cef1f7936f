import FluxClient
import SQL
import SQLite

extension StateFile {
    /// All that has changed, or nothing of it.
    func write(_ changes: [ServiceStateMachine.Change], _ account: ServiceStateMachine.Account) throws(SQLError) {
        try connection.transaction { () throws(SQLError) in
            for change in changes { try write(change) }
            try connection.run(
                """
                INSERT INTO service VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
                moment = excluded.moment, last_number = excluded.last_number, credits = excluded.credits,
                random = excluded.random
                """,
                [
                    moment(account.clock), SQLValue(account.lastNumber), SQLValue(account.credits),
                    .integer(Int64(bitPattern: account.random)),
                ])
        }
    }

    private func write(_ change: ServiceStateMachine.Change) throws(SQLError) {
        switch change {
        case .job(let job): try write(job)
        case .forgottenJob(let number):
            try connection.run("DELETE FROM jobs WHERE number = ?", [SQLValue(number)])
        case .key(let acceptance):
            try connection.run(
                "INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .text(acceptance.key), SQLValue(acceptance.number), .text(acceptance.jobID),
                    .text(acceptance.digest), moment(acceptance.at), SQLValue(acceptance.status?.rawValue),
                ])
        case .forgottenKey(let key):
            try connection.run("DELETE FROM idempotency_keys WHERE key = ?", [.text(key)])
        case .file(.added(let content)):
            try connection.run(
                "INSERT OR REPLACE INTO contents VALUES (?, ?)", [.text(content.fingerprint), .blob(content.bytes)])
        case .file(.dropped(let fingerprint)):
            try connection.run("DELETE FROM contents WHERE fingerprint = ?", [.text(fingerprint)])
        case .file(.uploaded(let upload)):
            try connection.run(
                "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)",
                [
                    .text(upload.id), .text(upload.format.rawValue), .text(upload.fingerprint),
                    moment(upload.expiresAt),
                ])
        case .file(.expired(let upload)):
            try connection.run("DELETE FROM uploads WHERE id = ?", [.text(upload.id)])
        }
    }

    /// What was asked is written once, what becomes of it each time.
    private func write(_ job: JobRecord) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET
            started_at = excluded.started_at, finished_at = excluded.finished_at, failure = excluded.failure,
            is_settled = excluded.is_settled, inputs = excluded.inputs, webhook_status = excluded.webhook_status
            """,
            [
                SQLValue(job.number), .text(job.id), SQLValue(job.idempotencyKey), .text(job.call.rawValue),
                .blob(job.body), .text(job.model), SQLValue(job.pictureCount), .text(job.format),
                .integer(job.seed), SQLValue(job.cost), moment(job.createdAt), length(job.queueTime),
                length(job.workTime), job.startedAt.map(moment) ?? .null, job.finishedAt.map(moment) ?? .null,
                SQLValue(job.failure), SQLValue(job.isSettled), .text(Self.encoded(job.inputs)),
                .text(job.trouble.saved.encodedString),
                SQLValue(job.webhook?.address.encodedString), job.webhook.map { .blob($0.secret) } ?? .null,
                SQLValue(job.webhook?.status?.rawValue),
            ])
    }

    private func moment(_ moment: Duration) -> SQLValue { .integer(time.nanoseconds(moment)) }

    private func length(_ duration: Duration) -> SQLValue { .integer(Int64(duration / .nanoseconds(1))) }

    /// `[[parameter, fingerprint], …]`
    private static func encoded(_ inputs: [JobInput]) -> String {
        JSONValue.array(inputs.map { [.string($0.parameter), .string($0.fingerprint)] }).encodedString
    }
}
