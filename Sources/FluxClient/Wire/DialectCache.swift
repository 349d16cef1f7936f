import Synchronization

/// The dialect that the service was last seen to understand, shared by all copies of a client (contract §9).
final class DialectCache: Sendable {
    private let dialect = Mutex(Dialect.description)

    var current: Dialect {
        get { dialect.withLock { $0 } }
        set { dialect.withLock { $0 = newValue } }
    }
}

extension FluxError {
    /// Whether this 400's details point at a field that the dialects spell differently and that the request has. Only
    /// then can the other dialect help; a 400 has made no job, so trying it is safe (contract §9).
    func pointsAtDialect(of request: ImageRequest) -> Bool {
        guard status == 400 else { return false }
        var fields: [String] = []
        if request.webhookURL != nil || !request.webhookEvents.isEmpty {
            fields += ["webhookUrl", "webhookEvents", "webhook_url", "webhook_events"]
        }
        if request.call == .edit { fields.append("prompt") }
        return details.contains { path, messages in
            fields.contains { field in
                path.hasWord(field) || messages.contains { $0.hasWord(field) }
            }
        }
    }
}

extension String {
    /// Whether an identifier stands in the text by itself: `prompt` is in `fluxFillParams.prompt` and in
    /// `Unrecognized key: "prompt"`, but not in `image_prompt`.
    fileprivate func hasWord(_ word: String) -> Bool {
        utf8.split { byte in
            let isPart =
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
            return !isPart
        }.contains { $0.elementsEqual(word.utf8) }
    }
}
