import FluxClient
import LuaRuntime

extension LuaError {
    /// An error of the service, a job or a file as scripts see it (lua-api §6).
    init(_ error: FluxError, in function: String? = nil, job: JobObject? = nil) {
        var fields: [String: LuaValue] = [:]
        fields["status"] = error.status.map { LuaValue($0) }
        fields["hint"] = error.hint.map(LuaValue.string)
        fields["retry_after"] = error.retryAfter.map { .number($0.inSeconds) }
        fields["request_id"] = error.requestID.map(LuaValue.string)
        fields["job"] = job.map { .object($0) }
        if !error.details.isEmpty {
            fields["details"] = .fields(error.details.mapValues { .string($0.joined(separator: "; ")) })
        }
        let message = (function.map { "\($0): " } ?? "") + error.message
        self.init(kind: error.kind.rawValue, message, fields: fields)
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
