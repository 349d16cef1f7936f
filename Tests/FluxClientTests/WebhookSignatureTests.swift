import FluxClient
import Testing

struct WebhookSignatureTests {
    private let body = bytes(#"{"event":"completed"}"#)
    /// Computed with another implementation of HMAC.
    private let digits = "5417f2238951f061baa77c85bde08f7518fdc3cd2bd9d731be273c65f66697e4"

    @Test func signsAsTheServiceDoes() {
        #expect(WebhookSignature.sign(body, apiKey: "afk_test") == "sha256=\(digits)")
    }

    @Test func acceptsTheDigitsWithAndWithoutPrefix() {
        for signature in ["sha256=\(digits)", digits, digits.uppercased()] {
            #expect(WebhookSignature.isValid(signature, for: body, apiKey: "afk_test"))
        }
    }

    @Test func refusesEverythingElse() {
        let changed = (digits.hasPrefix("0") ? "1" : "0") + digits.dropFirst()
        for signature in ["", "sha256=", "sha1=\(digits)", String(digits.dropLast()), digits + "0", changed] {
            #expect(!WebhookSignature.isValid(signature, for: body, apiKey: "afk_test"))
        }
        #expect(!WebhookSignature.isValid(digits, for: body + [0x20], apiKey: "afk_test"))
        #expect(!WebhookSignature.isValid(digits, for: body, apiKey: "afk_tesT"))
    }

    @Test func onlyWhatTheServiceSignedIsADelivery() throws {
        let body = bytes(#"{"event":"failed","jobId":"j","status":"FAILED","error":"GPU on fire"}"#)
        let signature = WebhookSignature.sign(body, apiKey: "afk_test")
        let delivery = try WebhookDelivery(body: body, signature: signature, apiKey: "afk_test")
        #expect(delivery.jobID == "j" && delivery.state?.status == .failed && delivery.state?.error == "GPU on fire")
        for (body, signature) in [
            (body, nil), (body, ""), (body, "sha256=00"), (body + [0x20], signature),
            (body, WebhookSignature.sign(body, apiKey: "afk_other")),
        ] {
            #expect(throws: FluxError.self) {
                try WebhookDelivery(body: body, signature: signature, apiKey: "afk_test")
            }
        }
    }

    @Test func aDeliveryOfUnknownShapeStillNamesItsJob() throws {
        func delivery(_ text: String) throws -> WebhookDelivery {
            try WebhookDelivery(
                body: bytes(text), signature: WebhookSignature.sign(bytes(text), apiKey: "k"), apiKey: "k")
        }
        let strange = try delivery(#"{"jobId":"j","status":"COMPLETED","result":{"surprise":1}}"#)
        #expect(strange.jobID == "j" && strange.state == nil)
        // What a state of a new name means is read better from a look.
        for text in [#"{"jobId":"j","status":"THINKING"}"#, #"{"jobId":"j","event":"completed"}"#] {
            #expect(try delivery(text).state == nil)
        }
        #expect(throws: FluxError.self) { try delivery("<html>") }
        #expect(throws: FluxError.self) { try delivery("{}") }
    }
}
