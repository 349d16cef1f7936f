import FluxClient

extension Service {
    /// What a webhook says (contract §8), of a job as it was when the event happened.
    func body(of event: Webhook.Event, _ job: JobRecord, _ webhook: Webhook, at moment: Duration) -> [UInt8] {
        let members = members(of: job, at: moment, base: webhook.base)
        let names =
            switch event {
            case .progress: ["status", "progress", "model"]
            case .completed: ["status", "progress", "result", "model", "creditCost", "completedAt"]
            case .failed: ["status", "error", "model", "completedAt"]
            }
        var body: [String: JSONValue] = ["event": .string(event.rawValue), "jobId": .string(job.id)]
        for name in names { body[name] = members[name] }
        return JSONValue.object(body).encoded()
    }
}
