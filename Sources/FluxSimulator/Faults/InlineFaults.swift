import FluxClient
import HTTPServer

/// Rules that a request brings along, so that one test, or one line of a script, chooses its own fault.
enum InlineFaults {
    /// Any call may have it, once or several times: `X-Sim-Fault: 503:times=1`.
    static let header = "X-Sim-Fault"

    /// For clients that cannot set headers, in front of a prompt, once or several times: `[sim late:seconds=3] a fox`.
    private static let opening = "[sim "

    static func inHeaders(of request: Request) throws(Fault.ParsingError) -> [Fault] {
        var faults: [Fault] = []
        for (name, value) in request.headers where name.lowercased() == header.lowercased() {
            var fault = try fault(value)
            // It is this request's answer that is meant, whatever it asks for.
            if case .dropAnswer = fault.effect, fault.call == .submit { fault.call = nil }
            faults.append(fault)
        }
        return faults
    }

    static func inPrompt(_ prompt: String) throws(Fault.ParsingError) -> [Fault] {
        var faults: [Fault] = []
        var rest = prompt[...]
        while rest.hasPrefix(opening) {
            guard let end = rest.firstIndex(of: "]") else {
                throw Fault.ParsingError(description: "'\(opening)' has no ']' after it")
            }
            faults.append(try fault(rest[rest.index(rest.startIndex, offsetBy: opening.count)..<end].trimmed))
            rest = rest[rest.index(after: end)...].drop { $0 == " " }
        }
        return faults
    }

    private static func fault(_ text: String) throws(Fault.ParsingError) -> Fault {
        let fault = try Fault(parsing: text)
        guard fault.effect.target != .service else {
            throw Fault.ParsingError(description: "fault '\(text)': it is for the whole service, not for one request")
        }
        return fault
    }

    /// Where either dialect of a submit has its prompt (contract §9), whether or not the rest of the body is right.
    static func prompt(of body: JSONValue) -> String? {
        guard let members = body.objectValue else { return nil }
        if let prompt = members["prompt"]?.stringValue { return prompt }
        return members.values.lazy.compactMap { $0.objectValue?["prompt"]?.stringValue }.first
    }
}
