@testable import FluxClient

/// The service's JSON: what is read comes back from what is written of it, and every answer is read or refused.
enum JSONFuzzer {
    @Sendable static func test(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes) else { return }
        let written = json.encoded()
        guard let again = try? JSONValue(parsing: written), again.encoded() == written else {
            fatalError("not the same again: \(String(decoding: written, as: UTF8.self))")
        }
        _ = try? JobState(json)
        _ = try? JobAccepted(json)
        _ = try? JobPage(json)
        _ = try? Upload(json)
        _ = try? ModelListing.list(json)
        _ = try? Account(json)
        _ = ImageRequest(body: json, catalogue: .flux)
        let signature = WebhookSignature.sign(bytes, apiKey: "afk_test")
        _ = try? WebhookDelivery(body: bytes, signature: signature, apiKey: "afk_test")
    }
}
