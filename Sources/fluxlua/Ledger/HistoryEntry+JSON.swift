import FluxClient
import FluxJobs

extension HistoryEntry {
    /// What `--json` prints of a job. Times are ISO 8601 in UTC; what is not known is null.
    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        func time(_ value: Int64?) -> JSONValue { value.map { .string(TimestampFormat.iso($0)) } ?? .null }
        let identity = request.identity
        return [
            "id": .integer(request.id), "job": text(request.job), "status": .string(request.statusWord),
            "state": .string(request.state.rawValue), "account": .string(identity.account),
            "call": .string(identity.call.rawValue), "model": .string(identity.model),
            "prompt": .string(identity.prompt), "params": .object(identity.parameters),
            "inputs": .object(identity.inputs.mapValues { .array($0.map(JSONValue.string)) }),
            "seed": identity.seed.map(JSONValue.integer) ?? .null, "seed_source": .string(identity.seedSource.rawValue),
            "name": text(request.name), "origin": text(request.origin), "key": .string(request.key),
            "attempt": .integer(Int64(request.attempt)), "cost": number(request.cost),
            "cost_limit": number(request.costLimit), "error": text(request.errorMessage),
            "error_kind": text(request.errorKind), "answer": text(request.answer), "asked_at": time(request.writtenAt),
            "accepted_at": time(request.acceptedAt), "created_at": time(request.createdAt),
            "completed_at": time(request.completedAt), "settled_at": time(request.settledAt),
            "member": text(request.member), "run": .integer(run.id), "script": .string(run.script),
            "arguments": .array(run.arguments.map(JSONValue.string)),
            "uses": .array(
                uses.map { use in
                    [
                        "run": .integer(use.run), "origin": text(use.origin), "reused": .bool(use.isReuse),
                        "asked_at": time(use.askedAt),
                    ]
                }),
            "pictures": .array(
                request.pictures.map { picture in
                    [
                        "place": number(picture.place), "url": .string(picture.url), "sha256": .string(picture.sha256),
                        "format": .string(picture.format), "width": number(picture.width),
                        "height": number(picture.height), "bytes": number(picture.byteCount),
                    ]
                }),
            "saved": .array(
                saves.map { ["place": number($0.place), "path": .string($0.path), "saved_at": time($0.savedAt)] }),
        ]
    }
}

extension JSONValue {
    /// As one line.
    var line: String { String(decoding: encoded(), as: UTF8.self) + "\n" }
}
