import FluxClient
import FluxImaging
import HTTPServer
import SQL
import SQLite

/// What a service knew when its state was last written.
struct SavedState: Sendable {
    /// Nil: the file is new.
    var account: ServiceStateMachine.Account?
    /// The oldest first.
    var jobs: [JobRecord] = []
    /// In the order of their use.
    var keys: [IdempotencyKeys.Acceptance] = []
    /// Those that expire first come first.
    var uploads: [Files.Upload] = []
    var contents: [String: FileContent] = [:]
}

extension StateFile {
    func read() throws(SQLError) -> SavedState {
        var state = SavedState()
        try connection.forEach("SELECT * FROM service") { row in
            state.account = ServiceStateMachine.Account(
                clock: moment(row["moment"]) ?? .zero, lastNumber: whole(row["last_number"]),
                credits: whole(row["credits"]), random: UInt64(bitPattern: row["random"].integer ?? 0))
        }
        try connection.forEach("SELECT * FROM jobs ORDER BY number") { row in
            if let job = job(row) { state.jobs.append(job) }
        }
        try connection.forEach("SELECT * FROM idempotency_keys ORDER BY accepted_at, number") { row in
            state.keys.append(
                IdempotencyKeys.Acceptance(
                    key: row["key"].text ?? "", number: whole(row["number"]), jobID: row["job_id"].text ?? "",
                    digest: row["digest"].text ?? "", at: moment(row["accepted_at"]) ?? .zero,
                    status: row["status"].text.flatMap(JobStatus.init)))
        }
        try connection.forEach("SELECT * FROM uploads ORDER BY expires_at") { row in
            guard let format = row["format"].text.flatMap(ImageFormat.init) else { return }
            state.uploads.append(
                Files.Upload(
                    id: row["id"].text ?? "", format: format, fingerprint: row["fingerprint"].text ?? "",
                    expiresAt: moment(row["expires_at"]) ?? .zero))
        }
        try connection.forEach("SELECT bytes FROM contents") { row in
            let content = FileContent(row["bytes"].blob ?? [])
            state.contents[content.fingerprint] = content
        }
        return state
    }

    /// Nil of a row that nobody could make sense of, such as one that was changed by hand.
    private func job(_ row: SQLRow) -> JobRecord? {
        guard let id = row["id"].text, let call = row["call"].text.flatMap(SubmitCall.init),
            let model = row["model"].text, let format = row["format"].text, let createdAt = moment(row["created_at"])
        else { return nil }
        let body = row["body"].blob ?? []
        var job = JobRecord(
            number: whole(row["number"]), id: id, idempotencyKey: row["idempotency_key"].text, call: call, body: body,
            model: model, pictureCount: max(1, whole(row["pictures"])), format: format, seed: row["seed"].integer ?? 0,
            cost: whole(row["cost"]), createdAt: createdAt, queueTime: length(row["queue_time"]),
            workTime: length(row["work_time"]), isSettled: row["is_settled"].integer == 1)
        job.startedAt = moment(row["started_at"])
        job.finishedAt = moment(row["finished_at"])
        job.failure = row["failure"].text
        job.trouble = JobFaults(saved: row["trouble"].text ?? "")
        job.inputs = Self.inputs(row["inputs"].text ?? "")
        if let address = row["webhook"].text.flatMap({ try? JSONValue(parsing: Array($0.utf8)) }) {
            job.webhook = Webhook(
                address, secret: row["webhook_secret"].blob ?? [],
                status: row["webhook_status"].text.flatMap(Webhook.Status.init))
        }
        return job
    }

    private func moment(_ value: SQLValue) -> Duration? { value.integer.map(time.moment(nanoseconds:)) }

    private func length(_ value: SQLValue) -> Duration { .nanoseconds(value.integer ?? 0) }

    private func whole(_ value: SQLValue) -> Int { Int(value.integer ?? 0) }

    private static func inputs(_ text: String) -> [JobInput] {
        let pairs = (try? JSONValue(parsing: Array(text.utf8)))?.arrayValue ?? []
        return pairs.compactMap { pair in
            guard let words = pair.arrayValue?.compactMap(\.stringValue), words.count == 2 else { return nil }
            return JobInput(parameter: words[0], fingerprint: words[1])
        }
    }
}
