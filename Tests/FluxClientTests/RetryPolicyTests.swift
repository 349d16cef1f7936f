import FluxClient
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy(retries: 6)

    private func delay(
        _ error: FluxError, attempts: Int = 1, method: HTTPRequest.Method = .get, key: Bool = false,
        random: Double = 1
    ) -> Duration? {
        policy.delay(
            afterAttempts: attempts, method: method, hasIdempotencyKey: key, error: error, random: random)
    }

    private func status(_ status: Int, retryAfter: Duration? = nil) -> FluxError {
        FluxError(.service, "", status: status, retryAfter: retryAfter)
    }

    private let network = FluxError(.network, "broken")

    @Test func triesAgainWhatMayPass() {
        for error in [status(429), status(500), status(502), status(503), status(520), network] {
            #expect(delay(error) != nil)
            #expect(delay(error, method: .post, key: true) != nil)
        }
    }

    @Test func triesNothingElseAgain() {
        for code in [200, 302, 400, 401, 402, 403, 404, 409, 413] {
            #expect(delay(status(code)) == nil)
            #expect(delay(status(code), method: .post, key: true) == nil)
        }
        for kind in [FluxError.Kind.cancelled, .io, .invalid, .service, .failed] {
            #expect(delay(FluxError(kind, "")) == nil)
        }
        var untrusted = network
        untrusted.isPermanent = true
        #expect(delay(untrusted) == nil)
    }

    @Test func repeatsAPostWithoutKeyOnlyWhenNothingWasDone() {
        #expect(delay(network, method: .post) == nil)
        #expect(delay(status(503), method: .post) == nil)
        #expect(delay(status(429), method: .post) != nil)
    }

    @Test func doublesTheBackoffUpToItsLimit() {
        let delays = (1...8).map {
            RetryPolicy(retries: 9).delay(
                afterAttempts: $0, method: .get, hasIdempotencyKey: false, error: network, random: 1)
        }
        #expect(
            delays == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30),
                .seconds(30),
            ])
    }

    @Test func spreadsTheWholeBackoff() {
        #expect(delay(network, attempts: 3, random: 0) == .zero)
        #expect(delay(network, attempts: 3, random: 0.25) == .milliseconds(500))
    }

    @Test func waitsAtLeastAsLongAsToldTo() {
        #expect(delay(status(429, retryAfter: .seconds(7)), random: 0) == .seconds(7))
        #expect(delay(status(503, retryAfter: .seconds(7)), random: 1) == .milliseconds(7500))
        #expect(delay(status(429, retryAfter: .seconds(60)), random: 0) == .seconds(60))
        #expect(delay(status(429, retryAfter: .seconds(301)), random: 0) == nil)
    }

    @Test func givesUpAfterItsRetries() {
        #expect(delay(network, attempts: 6) != nil)
        #expect(delay(network, attempts: 7) == nil)
        let none = RetryPolicy(retries: 0)
        #expect(
            none.delay(afterAttempts: 1, method: .get, hasIdempotencyKey: false, error: network, random: 0) == nil)
    }
}
