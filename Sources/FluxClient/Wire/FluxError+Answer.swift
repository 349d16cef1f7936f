extension FluxError {
    /// What an answer that is no success means: the one place that reads statuses (contract §5). The body may be the
    /// service's JSON, a proxy's HTML, or nothing.
    ///
    /// - Parameters:
    ///   - answer: of any status but a success.
    ///   - now: seconds since 1970, for a `Retry-After` that is a date and an answer without its own `Date`.
    ///   - redaction: takes out what the answer repeats of our secrets, before any of it is cut.
    public init(answer: HTTPResponse, now: Int64, redaction: Redaction = Redaction()) {
        let answer = redaction.cleaned(answer)
        let json = (try? JSONValue(reading: answer.body)).map { redaction.cleaned($0) }
        let said = Self.text(of: answer, json)
        let status = answer.status
        switch status {
        case 400:
            let details = Self.details(json?["details"])
            let message = Self.joined("the service refused the request", said)
            self.init(.invalid, Self.joined(message, Self.line(of: details)))
            self.details = details
        case 401:
            self.init(.auth, Self.joined("the service does not know the API key", said))
            hint = "set APIFRAME_API_KEY to your key, which begins with afk_"
        case 402:
            self.init(.credits, Self.joined("not enough credits", said))
            creditsRequired = json?["creditsRequired"]?.integerValue.flatMap { Int(exactly: $0) }
            creditsAvailable = json?["creditsAvailable"]?.integerValue.flatMap { Int(exactly: $0) }
            if let creditsRequired, let creditsAvailable {
                message = "not enough credits: \(creditsRequired) required, \(creditsAvailable) available"
            }
            hint = "buy credits, or request less at a time"
        case 403:
            self.init(.auth, Self.joined("the service denies access", said))
            hint = "check that the API key is active and may make images"
        case 404:
            self.init(.invalid, Self.joined("the service does not have this", said))
        case 407:
            self = .proxyWantsPassword
        case 409:
            self.init(.invalid, Self.joined("this idempotency key was used with another request", said))
            hint = "send it with a new key"
        case 413:
            self.init(.invalid, Self.joined("the request is too large", said))
        case 429:
            self.init(.rateLimited, Self.joined("too many requests", said))
        case 408, 425, 499:
            // Somebody on the way has given up, which tells nothing of what became of the request.
            self.init(.service, Self.joined("the request was given up on the way (HTTP \(status))", said))
        case 300..<400:
            self.init(.service, "the service redirects to \(answer.headers["Location"] ?? "nowhere")")
            hint = "check the base URL"
        case 400..<500:
            self.init(.invalid, Self.joined("the service answered \(status)", said))
        case 500...:
            self.init(.service, Self.joined("trouble at the service (HTTP \(status))", said))
        default:
            self.init(.service, Self.joined("the service answered \(status)", said))
        }
        self.status = status
        retryAfter = Self.retryAfter(answer.headers, now: now)
        requestID = answer.headers["X-Request-Id"]
    }

    private static func joined(_ message: String, _ said: String?) -> String {
        said.map { "\(message): \($0)" } ?? message
    }

    // MARK: What the body says

    /// The service's own text, or the beginning of whatever else came.
    private static func text(of answer: HTTPResponse, _ json: JSONValue?) -> String? {
        if let text = json?["error"]?.stringValue ?? json?["error"]?["message"]?.stringValue
            ?? json?["message"]?.stringValue
        {
            return text.isEmpty ? nil : text.inOneLine.shortened(to: 500)
        }
        return excerpt(of: answer.body)
    }

    /// One short line of a body that is not the service's JSON; of HTML its text without the tags.
    static func excerpt(of body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        var words = ""
        var isInTag = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": isInTag = true
            case ">" where isInTag:
                isInTag = false
                words.append(" ")
            default:
                if isInTag { continue }
                words.unicodeScalars.append(scalar)
            }
        }
        let line = words.inOneLine
        return line.isEmpty ? nil : line.shortened(to: 120)
    }

    /// `details` as path → messages, however deep it is nested; a list of `{path, message}` is understood too.
    private static func details(_ json: JSONValue?) -> [String: [String]] {
        var details: [String: [String]] = [:]
        collect(json ?? .null, at: "", into: &details)
        return details
    }

    /// The first few details in a line, in the order of their paths; nil when there are none.
    private static func line(of details: [String: [String]]) -> String? {
        let all = details.sorted { $0.key < $1.key }
        guard !all.isEmpty else { return nil }
        let shown = all.prefix(3).map { path, messages in
            (path.isEmpty ? "" : "\(path): ") + messages.joined(separator: ", ")
        }
        let rest = all.count > shown.count ? "; and \(all.count - shown.count) more" : ""
        return shown.joined(separator: "; ").inOneLine.shortened(to: 400) + rest
    }

    private static func collect(_ json: JSONValue, at path: String, into details: inout [String: [String]]) {
        switch json {
        case .null: break
        case .string(let message): details[path, default: []].append(message)
        case .array(let entries):
            for entry in entries {
                if let message = entry["message"]?.stringValue {
                    details[pathText(entry["path"]) ?? path, default: []].append(message)
                } else {
                    collect(entry, at: path, into: &details)
                }
            }
        case .object(let members):
            for (key, value) in members { collect(value, at: path.isEmpty ? key : "\(path).\(key)", into: &details) }
        default: details[path, default: []].append(json.encodedString)
        }
    }

    private static func pathText(_ path: JSONValue?) -> String? {
        path?.stringValue
            ?? path?.arrayValue.map { $0.map { $0.stringValue ?? $0.encodedString }.joined(separator: ".") }
    }

    // MARK: Retry-After

    /// A picture is gone after a day, and a person after less: who says more is asked again sooner.
    private static let longestRetryAfter = Duration.seconds(3600)

    /// Seconds or an HTTP date; a date is compared with the answer's own `Date`, because clocks differ.
    private static func retryAfter(_ headers: HTTPHeaders, now: Int64) -> Duration? {
        guard let text = headers["Retry-After"] else { return nil }
        if let seconds = Double(text), seconds.isFinite {
            return min(.milliseconds(Int64(min(max(seconds, 0), 1e6) * 1000)), longestRetryAfter)
        }
        guard let date = Timestamp.seconds(httpDate: text) else { return nil }
        let sent = headers["Date"].flatMap(Timestamp.seconds(httpDate:)) ?? now
        return min(.seconds(max(0, date - sent)), longestRetryAfter)
    }
}

extension FluxError {
    /// Why a job failed, from the reason that it gives (contract §4): `.moderated` when content moderation refused it.
    public init(jobFailure reason: String?) {
        guard let reason, !reason.isEmpty else {
            self.init(.failed, "the job failed at the service, which gives no reason")
            return
        }
        let words = reason.lowercased()
        let said = reason.inOneLine
        let signs = ["nsfw", "moderat", "safety", "flagged", "sensitive content", "content policy"]
        guard signs.contains(where: { words.contains($0) }) else {
            self.init(.failed, "the job failed: \(said)")
            return
        }
        self.init(.moderated, "content moderation refused the picture: \(said)")
        hint = "change the prompt or the pictures given; flux-fill-pro also has 'safety_tolerance'"
    }
}

extension String {
    /// Without line breaks, and without what would move a terminal's cursor or turn its line around.
    fileprivate var inOneLine: String {
        var words = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: words.append(" ")
            case .format where scalar.properties.isBidiControl: continue
            default: words.unicodeScalars.append(scalar)
            }
        }
        return words.split(separator: " ").joined(separator: " ")
    }
}
