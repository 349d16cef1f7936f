import FluxClient

/// Everything that can be asked of the simulator.
enum Call: Sendable, Hashable {
    case submit(SubmitCall)
    case job
    case jobs
    case upload
    case models
    case account
    /// A job's picture on the CDN.
    case picture
    /// An uploaded file on the CDN.
    case uploadedFile
    case own(ControlCall)

    /// As in the contract; the request log counts under this name.
    var name: String {
        switch self {
        case .submit(let call): "POST \(call.path)"
        case .job: "GET /v2/jobs/{id}"
        case .jobs: "GET /v2/jobs"
        case .upload: "POST /v2/uploads"
        case .models: "GET /v2/models"
        case .account: "GET /v2/me"
        case .picture: "GET /cdn/{picture}"
        case .uploadedFile: "GET /cdn/uploads/{file}"
        case .own(let call): call.rawValue
        }
    }

    var needsKey: Bool { isOfService && self != .models }

    var ownCall: ControlCall? {
        if case .own(let call) = self { call } else { nil }
    }

    /// One of the calls of contract §1, not the CDN and not the simulator's own.
    var isOfService: Bool {
        switch self {
        case .submit, .job, .jobs, .upload, .models, .account: true
        case .picture, .uploadedFile, .own: false
        }
    }

    var faultCall: FaultCall? {
        switch self {
        case .submit: .submit
        case .job: .job
        case .jobs: .jobs
        case .upload: .upload
        case .models: .models
        case .account: .account
        case .picture, .uploadedFile: .picture
        case .own: nil
        }
    }

    /// Longest body in bytes.
    var bodyLimit: Int {
        switch self {
        case .submit: 1 << 20
        // The file, and some room for the boundaries and other fields around it.
        case .upload: Files.maximumUploadBytes + 64 << 10
        default: 64 << 10
        }
    }
}

/// The simulator's own calls, which the service does not have.
enum ControlCall: String, Sendable, Hashable {
    case index = "GET /_sim"
    case log = "GET /_sim/log"
    case resetLog = "DELETE /_sim/log"
    case faults = "GET /_sim/faults"
    case setFaults = "PUT /_sim/faults"

    /// It changes something, so a simulator with a key asks for it.
    var writes: Bool { self == .resetLog || self == .setFaults }
}

/// A call and what its path names.
struct Route: Sendable, Hashable {
    var call: Call
    /// The last part of the path, where that is variable.
    var argument = ""

    /// The methods that a path knows and where they lead; empty: no such path. HEAD goes where GET goes.
    static func methods(of path: String) -> [String: Route] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch (parts.count, parts.first, parts.dropFirst().first) {
        case (3, "v2", "images"):
            guard let call = SubmitCall(rawValue: parts[2]) else { return [:] }
            return ["POST": Route(call: .submit(call))]
        case (3, "v2", "jobs"): return reading(Route(call: .job, argument: parts[2]))
        case (2, "v2", "jobs"): return reading(Route(call: .jobs))
        case (2, "v2", "uploads"): return ["POST": Route(call: .upload)]
        case (2, "v2", "models"): return reading(Route(call: .models))
        case (2, "v2", "me"): return reading(Route(call: .account))
        case (3, "cdn", "uploads"): return reading(Route(call: .uploadedFile, argument: parts[2]))
        case (2, "cdn", _): return reading(Route(call: .picture, argument: parts[1]))
        case (1, "_sim", _): return reading(Route(call: .own(.index)))
        case (2, "_sim", "log"):
            return reading(Route(call: .own(.log))).merging(["DELETE": Route(call: .own(.resetLog))]) { $1 }
        case (2, "_sim", "faults"):
            return reading(Route(call: .own(.faults))).merging(["PUT": Route(call: .own(.setFaults))]) { $1 }
        default: return [:]
        }
    }

    private static func reading(_ route: Route) -> [String: Route] {
        ["GET": route, "HEAD": route]
    }
}
