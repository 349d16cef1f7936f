import FluxClient
import Synchronization

/// `POST /v2/images/generate` and `/edit` (contract §2, §6).
extension Service {
    /// - Parameters:
    ///   - body: the request's, read.
    ///   - occasion: what the faults may look at.
    func submit(
        _ call: SubmitCall, _ request: Request, body: JSONValue, occasion: FaultPlan.Occasion
    ) -> Response {
        let submission: Submission
        do throws(Submission.Refusal) {
            submission = try Submission(body, call: call, accepting: configuration.acceptedDialect)
        } catch {
            return .invalid(error.details)
        }
        let key = request.header("Idempotency-Key")
        if let key, !(1...255).contains(key.unicodeScalars.count) {
            return .invalid(["Idempotency-Key": ["Must be 1 to 255 characters long"]])
        }

        let now = time.elapsed()
        // The ticket within the lock, so that tickets come in the order of the jobs.
        let outcome = books.withLock { books in
            let outcome = books.accept(
                submission, path: call.path, body: request.body, key: key, occasion: occasion, now: now)
            if case .made(let job, _) = outcome {
                accepted.yield(Ticket(jobID: job.id, startsAt: job.startsAt))
            }
            return outcome
        }
        switch outcome {
        case .made(let job, let loss): return Self.acceptance(of: job, .queued).lost(loss)
        case .replayed(let job): return Self.acceptance(of: job, job.status(at: now))
        case .conflict: return .error(409, "Idempotency-Key was already used with a different request body")
        case .tooExpensive(let required, let available):
            let extra: [String: JSONValue] = [
                "creditsRequired": .integer(Int64(required)), "creditsAvailable": .integer(Int64(available)),
            ]
            return .error(402, "Insufficient credits", extra)
        }
    }

    private static func acceptance(of job: JobRecord, _ status: JobStatus) -> Response {
        .json(202, ["jobId": .string(job.id), "status": .string(status.rawValue)])
    }
}
