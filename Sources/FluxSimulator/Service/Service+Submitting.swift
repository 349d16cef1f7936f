import FluxClient
import FluxImaging
import HTTPServer
import StandIns
import Synchronization

/// `POST /v2/images/generate` and its like (contract §2, §6, §10).
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

        guard submission.isPricedBySize, !withBooks({ $0.hasUsed(key) }) else {
            return accept(submission, request, key: key, occasion)
        }
        // The service looks at the picture before it takes credits (contract §10).
        return .later { [self] answer in
            works.add { [weak self] in
                guard let self else { return }
                switch await priced(submission) {
                case .success(let priced):
                    switch accept(priced, request, key: key, occasion) {
                    case .response(let response): answer(response)
                    case .later(let work): work(answer)
                    }
                case .failure(let refusal): answer(.invalid(refusal.details))
                }
            }
        }
    }

    /// The submission with the size of its picture; a refusal where that cannot be seen or is too large.
    private func priced(_ submission: Submission) async -> Result<Submission, Submission.Refusal> {
        let key = submission.model.parametersKey
        guard let reference = submission.references.first else { return .success(submission) }
        var refusal = Submission.Refusal()
        var submission = submission
        do {
            let size = try ImageHeader(parsing: try await bytes(of: reference)).size
            let result = Enlarging.size(of: size, factor: submission.request.enlargement)
            let pixels = result.width * result.height
            guard pixels <= Enlarging.maximumPixels else {
                let most = "the local service makes at most \(Enlarging.maximumPixels / 1_000_000)"
                refusal.add(
                    "\(key).upscale_factor", "The result would have \(pixels / 1_000_000) megapixels; \(most)")
                return .failure(refusal)
            }
            submission.givenSize = size
            return .success(submission)
        } catch let failure as PictureFailure {
            refusal.add("\(key).image", failure.reason)
        } catch {
            refusal.add("\(key).image", "could not read image 'image': \(error)")
        }
        return .failure(refusal)
    }

    private func accept(
        _ submission: Submission, _ request: Request, key: String?, _ occasion: FaultPlan.RequestFacts
    ) -> Answer {
        let webhook = Webhook(
            submission.request, apiKey: request.header("X-API-Key") ?? "", base: base(for: request))
        let envelope = ServiceStateMachine.SubmitMetadata(
            body: request.body, key: key,
            digest: key == nil ? "" : IdempotencyKeys.digest(of: request.body, to: submission.request.call),
            webhook: webhook)
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
