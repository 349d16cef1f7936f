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
}
