import CSodium
import FluxClient
import HTTPServer
import Synchronization

/// Leads each request to its call: who may ask, and whether there is such a call; and marks every answer with a date and
/// an `X-Request-Id`. What is no HTTP at all does not come here: libmicrohttpd answers it with a page of its own, as the
/// CDN before the service does.
struct Router: HTTPService {
    let service: Service

    func bodyLimit(for head: Request) -> Int {
        Route.methods(of: head.path)[head.method]?.call.bodyLimit ?? 64 << 10
    }

    func answer(_ request: Request) -> Answer {
        let methods = Route.methods(of: request.path)
        service.log.withLock { $0.count(methods[request.method]?.call) }
        return respond(to: request, methods).map(signed)
    }

    private func signed(_ response: Response) -> Response {
        let isWhole =
            switch response.delivery {
            case .whole, .slow, .stream: true
            case .cut, .never: false
            }
        service.log.withLock { $0.count(status: isWhole ? response.status : 0) }
        return response.adding("X-Request-Id", service.nextRequestID())
            .adding("Date", service.time.httpDate(service.time.elapsed()))
    }

    private func respond(to request: Request, _ methods: [String: Route]) -> Answer {
        let route = methods[request.method]
        if route?.call.ownCall == nil, (request.header("User-Agent") ?? "").isEmpty { return .response(Self.forbidden) }
        guard let route else { return .response(Self.refusal(ofMethod: request.method, methods)) }
        if request.hasUnknownCoding { return .response(.error(501, "Transfer-Encoding not supported")) }
        if let call = route.call.ownCall {
            let isOpen = !call.writes || service.configuration.apiKey == nil
            if !isOpen, let refusal = refusal(ofKey: request.header("X-API-Key")) { return .response(refusal) }
            return .response(request.isTooLarge ? Self.tooLarge : service.own(call, request))
        }
        if route.call.needsKey, let refusal = refusal(ofKey: request.header("X-API-Key")) { return .response(refusal) }
        return meetingFaults(request, route)
    }

    /// The call itself, when nothing goes wrong on purpose.
    func answer(_ request: Request, _ route: Route, _ occasion: FaultPlan.RequestFacts, _ body: SubmitBody?) -> Answer {
        if request.isTooLarge { return .response(Self.tooLarge) }
        switch route.call {
        case .submit(let call):
            switch body {
            case .json(let body): return service.submit(call, request, body: body, occasion: occasion)
            case .refused(let refusal): return .response(refusal)
            case nil: return .response(.error(400, "Invalid JSON"))
            }
        case .picture: return service.picture(route.argument, request)
        case .job: return .response(service.job(route.argument, request))
        case .jobs: return .response(service.jobs(request))
        case .upload: return service.upload(request)
        case .models: return .response(service.models(request))
        case .account: return .response(service.account(request))
        case .uploadedFile: return .response(service.uploadedFile(route.argument, request))
        case .own(let call): return .response(service.own(call, request))
        }
    }

    private static let tooLarge = Response.error(413, "Request body too large")

    private static func refusal(ofMethod method: String, _ methods: [String: Route]) -> Response {
        guard !methods.isEmpty else { return .error(404, "Not found") }
        let allowed = (methods.keys + ["OPTIONS"]).sorted().joined(separator: ", ")
        let response = method == "OPTIONS" ? Response(status: 204) : .error(405, "Method not allowed")
        return response.adding("Allow", allowed)
    }

    /// What a CDN says to clients that do not name themselves, before the service hears of them.
    private static let forbidden = Response.page(403, title: "403 Forbidden", "No User-Agent.")

    private func refusal(ofKey key: String?) -> Response? {
        guard let key, !key.isEmpty else { return .error(401, "Missing API key") }
        guard key.hasPrefix("afk_"), key.utf8.count > 4 else { return .error(401, "Invalid API key") }
        guard let expected = service.configuration.apiKey else { return nil }
        let (given, wanted) = (Array(key.utf8), Array(expected.utf8))
        // The comparison takes as long for a nearly right key as for any other; only the length shows.
        let isEqual = given.count == wanted.count && sodium_memcmp(given, wanted, given.count) == 0
        return isEqual ? nil : .error(401, "Invalid API key")
    }
}
