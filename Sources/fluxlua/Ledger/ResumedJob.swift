import FluxJobs

/// A job that is finished here, and what was known of it before.
struct ResumedJob {
    var record: RequestRecord
    var job: Job

    /// What was done about it, such as `41  fetched  flux-2-pro  a matte black mug`.
    var line: String {
        let snapshot = job.snapshot
        let outcome = snapshot.error.map { "\($0.kind.rawValue): \($0.message)" } ?? "fetched"
        let cells = [String(record.id), outcome, record.identity.model, record.name ?? record.identity.prompt]
        return cells.map(\.onOneLine).joined(separator: "\t") + "\n"
    }
}
