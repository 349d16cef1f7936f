import FluxClient
import HTTPServer
import Synchronization

/// `POST /v2/images/generate` and `/edit` (contract §2, §6).
extension Service {
    /// - Parameters:
    ///   - body: the request's, read.
    ///   - occasion: what the faults may look at.
    func submit(
        _ call: SubmitCall, _ request: Request, body: JSONValue, occasion: FaultPlan.RequestFacts
    ) -> Answer {
        let submission: Submission
        do throws(Submission.Refusal) {
            submission = try Submission(body, call: call, accepting: configuration.acceptedDialect)
        } catch {
            return .response(.invalid(error.details))
        }
        let key = request.header("Idempotency-Key")
        if let key, !(1...255).contains(key.unicodeScalars.count) {
            return .response(.invalid(["Idempotency-Key": ["Must be 1 to 255 characters long"]]))
        }

        let webhook = Webhook(
            submission.request, apiKey: request.header("X-API-Key") ?? "", base: base(for: request))
        let envelope = ServiceStateMachine.SubmitMetadata(
            body: request.body, key: key,
            digest: key == nil ? "" : IdempotencyKeys.digest(of: request.body, to: call), webhook: webhook)
        switch withBooks({ $0.accept(submission, envelope, occasion) }) {
        case .made(let job, let loss): return afterWriting(Self.acceptance(of: job.id, .queued).lost(loss))
        case .replayed(let id, let status): return afterWriting(Self.acceptance(of: id, status))
        case .conflict:
            return .response(.error(409, "Idempotency-Key was already used with a different request body"))
        case .tooExpensive(let required, let available):
            let extra: [String: JSONValue] = [
                "creditsRequired": .integer(Int64(required)), "creditsAvailable": .integer(Int64(available)),
            ]
            return .response(.error(402, "Insufficient credits", extra))
        case .tooMany:
            return .response(Response.error(429, "Too many jobs are waiting").adding("Retry-After", "5"))
        }
    }

    private static func acceptance(of id: String, _ status: JobStatus) -> Response {
        .json(202, ["jobId": .string(id), "status": .string(status.rawValue)])
    }
}
