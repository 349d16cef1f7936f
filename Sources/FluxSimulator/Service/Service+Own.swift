import FluxClient
import HTTPServer
import Synchronization

/// `/_sim`: what only the simulator has. It needs neither a `User-Agent` nor, for reading, a key; no fault strikes it.
extension Service {
    func own(_ call: ControlCall, _ request: Request) -> Response {
        switch call {
        case .index: return .json(200, Self.index)
        case .log: return .json(200, (summary() - counted.withLock { $0 }).json)
        case .resetLog:
            let now = summary()
            counted.withLock { $0 = now }
            return Response(status: 204)
        case .faults: return .json(200, rules())
        case .setFaults: return setFaults(request.body)
        }
    }

    private static let index: JSONValue = [
        "service": "fluxlua simulator",
        "calls": [
            "GET /_sim/log": "counts of requests, answers, jobs, credits and faults",
            "DELETE /_sim/log": "counts from here on",
            "GET /_sim/faults": "the rules in force, and how often each struck",
            "PUT /_sim/faults": "other rules from here on: { \"faults\": [\"429:every=3\", …] }",
        ],
    ]

    private func rules() -> JSONValue {
        let rules = withBooks { $0.faults.rules }
        return [
            "faults": .array(
                rules.map { ["rule": .string($0.fault.description), "struck": .integer(Int64($0.uses))] })
        ]
    }

    private func setFaults(_ body: [UInt8]) -> Response {
        guard let json = try? JSONValue(parsing: body), let texts = json["faults"]?.arrayValue else {
            return .error(400, "Expected { \"faults\": [rule, …] }")
        }
        var faults: [Fault] = []
        for (index, text) in texts.enumerated() {
            do throws(Fault.ParsingError) {
                let fault = try Fault(parsing: text.stringValue ?? "")
                guard fault.effect.target != .service else {
                    throw Fault.ParsingError(description: "fault '\(fault)': the clock is set when the service starts")
                }
                faults.append(fault)
            } catch {
                return .invalid(["faults.\(index)": [error.description]])
            }
        }
        let all = faults
        withBooks { $0.faults.replace(by: all) }
        return .json(200, rules())
    }
}
