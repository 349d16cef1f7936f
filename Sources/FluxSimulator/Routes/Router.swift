import CSodium
import FluxClient
import Synchronization

/// Leads each request to its call: who may ask, whether there is such a call, which fault strikes; and marks every
/// answer with an `X-Request-Id`.
struct Router: HTTPService {
    let service: Service

    func bodyLimit(for head: Request) -> Int {
        Route.methods(of: head.path)[head.method]?.call.bodyLimit ?? 64 << 10
    }

    func answer(_ request: Request) -> Answer {
        let methods = Route.methods(of: request.path)
        service.log.withLock { $0.count(methods[request.method]?.call) }
        switch respond(to: request, methods) {
        case .response(let response): return .response(signed(response))
        case .breakOff(let response):
            service.log.withLock { $0.count(status: 0) }
            return .breakOff(response)
        case .hangUp: return .hangUp
        case .later(let work):
            return .later { answer in work { answer(signed($0)) } }
        }
    }

    private func signed(_ response: Response) -> Response {
        service.log.withLock { $0.count(status: response.status) }
        return response.adding("X-Request-Id", service.nextRequestID())
    }

    private func respond(to request: Request, _ methods: [String: Route]) -> Answer {
        let route = methods[request.method]
        if route?.call != .log, (request.header("User-Agent") ?? "").isEmpty { return .response(Self.forbidden) }
        guard let route else {
            guard !methods.isEmpty else { return .response(.error(404, "Not found")) }
            let allowed = methods.keys.sorted().joined(separator: ", ")
            return .response(Response.error(405, "Method not allowed").adding("Allow", allowed))
        }
        if route.call.needsKey, let refusal = refusal(ofKey: request.header("X-API-Key")) { return .response(refusal) }
        if let fault = service.withBooks({ $0.faults.refusal(of: route.call) }) {
            let text = fault.status == 429 ? "Too many requests" : "Service temporarily unavailable"
            let response = Response.error(fault.status, text)
            return .response(fault.retryAfter.map { response.adding("Retry-After", String($0)) } ?? response)
        }
        if request.isTooLarge { return .response(.error(413, "Request body too large")) }

        switch route.call {
        case .submit(let call): return service.submit(call, request)
        case .picture: return service.picture(route.argument, request)
        case .job: return .response(service.job(route.argument, request))
        case .jobs: return .response(service.jobs(request))
        case .upload: return service.upload(request)
        case .models: return .response(service.models(request))
        case .account: return .response(service.account(request))
        case .uploadedFile: return .response(service.uploadedFile(route.argument, request))
        case .log: return .response(.json(200, service.summary().json))
        }
    }

    /// What a CDN says to clients that do not name themselves, before the service hears of them.
    private static let forbidden = Response(
        status: 403, headers: [("Content-Type", "text/html; charset=utf-8")],
        body: Array("<html><head><title>403 Forbidden</title></head><body>No User-Agent.</body></html>\n".utf8))

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
