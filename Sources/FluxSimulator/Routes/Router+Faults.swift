import FluxClient
import HTTPServer
import Synchronization

/// A submit's body, read before anything else, since faults may look at its prompt.
enum SubmitBody {
    case json(JSONValue)
    case refused(Response)

    init(_ request: Request) {
        // None at all is taken for JSON; what says that it is something else would not be read by the service either.
        if let type = request.header("Content-Type"), !Self.isJSON(type) {
            self = .refused(.error(400, "Expected Content-Type application/json"))
            return
        }
        do throws(JSONValue.ParsingError) {
            self = .json(try JSONValue(parsing: request.body))
        } catch {
            self = .refused(.error(400, "Invalid JSON: \(error)"))
        }
    }

    private static func isJSON(_ header: String) -> Bool {
        let type = Multipart.headerValue(header).value.lowercased()
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}

/// What goes wrong on purpose with a request, before its call and after it.
extension Router {
    func meetingFaults(_ request: Request, _ route: Route) -> Answer {
        var occasion = FaultPlan.RequestFacts(call: route.call.faultCall, isOfService: route.call.isOfService)
        occasion.identity = request.path
        do throws(Fault.ParsingError) {
            occasion.carried = try InlineFaults.inHeaders(of: request)
        } catch {
            return .response(.invalid([InlineFaults.header: [error.description]]))
        }
        var body: SubmitBody?
        switch route.call {
        case .submit where !request.isTooLarge:
            let read = SubmitBody(request)
            body = read
            guard case .json(let json) = read, let prompt = InlineFaults.prompt(of: json) else { break }
            occasion.prompt = prompt
            occasion.identity = "\(request.header("Idempotency-Key") ?? "") \(prompt)"
            do throws(Fault.ParsingError) {
                occasion.carried += try InlineFaults.inPrompt(prompt)
            } catch {
                return .response(.invalid(["prompt": [error.description]]))
            }
        case .job, .picture:
            // A picture's name begins with the id of its job.
            let id = route.argument.prefix(36).lowercased()
            let (job, readsPrompts) = service.withBooks { ($0.jobs[id], $0.faults.readPrompts) }
            guard let job else { break }
            occasion.inherited = job.trouble.inherited
            guard readsPrompts || (occasion.carried + occasion.inherited).contains(where: { $0.prompt != nil }) else {
                break
            }
            occasion.prompt = (try? JSONValue(parsing: job.body)).flatMap(InlineFaults.prompt)
        default: break
        }

        let met = occasion
        let mishap = service.withBooks { $0.faults.mishap(of: met) }
        switch mishap.instead {
        case .answer(let status, let page, let retryAfter):
            return delayed(.response(answer(status, page, retryAfter)), mishap.delay)
        case .drop(let resets): return .response(Response(status: 0, delivery: .never(reset: resets)))
        default: break
        }
        let loss = route.call.faultCall == .submit ? nil : service.withBooks { $0.faults.loss(of: met) }
        let answer = answer(request, route, occasion, body).map { mishap.applied(to: $0).lost(loss) }
        return delayed(answer, mishap.delay)
    }

    private func answer(_ status: Int, _ page: Fault.Page, _ retryAfter: Fault.RetryAfter?) -> Response {
        let reason = reasonPhrase(status) ?? "Error"
        let response: Response =
            switch page {
            case .json: .error(status, reason)
            case .html: .page(status, title: "\(status) \(reason)", "<h1>\(status) \(reason)</h1>")
            case .empty: Response(status: status)
            }
        switch retryAfter {
        case .seconds(let seconds): return response.adding("Retry-After", String(seconds))
        case .date(let seconds):
            return response.adding("Retry-After", service.time.httpDate(service.time.elapsed() + .seconds(seconds)))
        case nil: return response
        }
    }

    private func delayed(_ answer: Answer, _ delay: Duration?) -> Answer {
        guard let delay else { return answer }
        let time = service.time
        return .later { finish in
            let finishLater: @Sendable (Response) -> Void = { response in
                Task {
                    try? await time.sleep(until: time.elapsed() + delay)
                    finish(response)
                }
            }
            switch answer {
            case .response(let response): finishLater(response)
            case .later(let work): work(finishLater)
            }
        }
    }
}

extension FaultPlan.RequestFaults {
    /// What becomes of the right answer.
    fileprivate func applied(to response: Response) -> Response {
        var response = response
        if let wrongPicture, [200, 206].contains(response.status) {
            switch wrongPicture {
            case .other: response.body = response.body.map { ~$0 }
            case .truncated: response.body = Array(response.body.prefix(response.body.count / 2))
            case .html: response = .page(200, title: "Welcome", "This is not your picture.")
            }
        }
        switch delivery {
        case .cut(let bytes):
            let kept = bytes ?? response.body.count / 2
            return kept < response.body.count ? response.delivered(.cut(after: kept)) : response
        case .slow(let speed): return response.delivered(.slow(bytesPerSecond: speed))
        default: return response
        }
    }
}

extension Response {
    /// The same answer, of which the client gets as much as this loss leaves.
    func lost(_ loss: Fault.LostAnswer?) -> Response {
        switch loss {
        case nil: self
        case .afterHead: delivered(.cut(after: 0))
        case .closed: delivered(.never(reset: false))
        case .reset: delivered(.never(reset: true))
        }
    }
}
