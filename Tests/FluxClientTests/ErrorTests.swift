import FluxClient
import Testing

struct ErrorTests {
    private func error(_ status: Int, _ body: String = "", _ headers: [(name: String, value: String)] = []) -> FluxError
    {
        FluxError(
            answer: HTTPResponse(status: status, headers: HTTPHeaders(headers), body: bytes(body)), now: 784_111_700)
    }

    @Test(arguments: [
        (400, FluxError.Kind.invalid), (401, .auth), (402, .credits), (403, .auth), (404, .invalid), (409, .invalid),
        (413, .invalid), (418, .invalid), (429, .rateLimited), (500, .service), (502, .service), (503, .service),
        (599, .service), (302, .service), (101, .service),
        (408, .service), (425, .service), (499, .service),
    ])
    func mapsEachStatusToItsKind(_ status: Int, _ kind: FluxError.Kind) {
        #expect(error(status, #"{"error":"text"}"#).kind == kind)
        #expect(error(status).kind == kind)
        #expect(error(status).status == status)
        #expect(!error(status).message.isEmpty)
    }

    @Test func saysWhatTheServiceSays() {
        let error = error(401, #"{"error":"Invalid API key"}"#, [("x-request-ID", " req-7 ")])
        #expect(error.message == "the service does not know the API key: Invalid API key")
        #expect(error.hint == "set APIFRAME_API_KEY to your key, which begins with afk_")
        #expect(error.requestID == "req-7")
    }

    @Test func tellsTheCreditsThatAreMissing() {
        let error = error(402, #"{"error":"Insufficient","creditsRequired":10,"creditsAvailable":3}"#)
        #expect(error.message == "not enough credits: 10 required, 3 available")
        #expect(error.creditsRequired == 10)
        #expect(error.creditsAvailable == 3)
        #expect(self.error(402, #"{"error":"Insufficient"}"#).message == "not enough credits: Insufficient")
    }

    @Test func readsDetailsOfEveryShape() {
        #expect(
            error(400, #"{"error":"x","details":{"fluxParams.seed":["a","b"],"prompt":"c"}}"#).details == [
                "fluxParams.seed": ["a", "b"], "prompt": ["c"],
            ])
        #expect(
            error(400, #"{"details":[{"path":["fluxParams","seed"],"message":"a"},{"path":"p","message":"b"}]}"#)
                .details == ["fluxParams.seed": ["a"], "p": ["b"]])
        #expect(error(400, #"{"details":{"fieldErrors":{"seed":["a"]}}}"#).details == ["fieldErrors.seed": ["a"]])
        #expect(error(400, #"{"error":"x"}"#).details.isEmpty)
    }

    @Test func showsAShortExcerptOfWhateverElseCame() {
        let page = "<!DOCTYPE html><html>\n<title>502 Bad Gateway</title><body><h1>Bad\tGateway</h1>"
        #expect(error(502, page).message == "trouble at the service (HTTP 502): 502 Bad Gateway Bad Gateway")
        #expect(error(502).message == "trouble at the service (HTTP 502)")
        #expect(error(502, "[1]").message == "trouble at the service (HTTP 502): [1]")
        let long = error(500, String(repeating: "x", count: 100_000)).message
        #expect(long.count < 200)
        let binary = FluxError(
            answer: HTTPResponse(status: 500, body: [0xFF, 0x00, 0x1B] + bytes("[31m")), now: 0)
        #expect(!binary.message.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test(
        arguments: [
            ("3", Duration.seconds(3)), ("1.5", .milliseconds(1500)), ("-1", .zero),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(77)), ("Sun, 06 Nov 1994 08:00:00 GMT", .zero),
            ("100000", .seconds(3600)), ("1e30", .seconds(3600)), ("Sun, 06 Nov 2094 08:00:00 GMT", .seconds(3600)),
            ("soon", nil), ("inf", nil),
        ] as [(String, Duration?)])
    func readsRetryAfter(_ value: String, _ duration: Duration?) {
        #expect(error(429, "", [("Retry-After", value)]).retryAfter == duration)
    }

    @Test func measuresRetryAfterByTheServersClock() {
        let headers = [
            (name: "Date", value: "Sun, 06 Nov 1994 08:49:30 GMT"),
            (name: "Retry-After", value: "Sun, 06 Nov 1994 08:49:37 GMT"),
        ]
        #expect(error(503, "", headers).retryAfter == .seconds(7))
    }

    @Test func whatTheServiceSaysIsOneLineThatMovesNoCursor() {
        let text = "no\u{1B}[2J way\r\n\u{202E}here\u{9B}1A"
        let said = "no [2J way here 1A"
        let body = JSONValue.object(["error": .string(text)]).encodedString
        #expect(error(500, body).message == "trouble at the service (HTTP 500): \(said)")
        let details = JSONValue.object(["error": "x", "details": ["prompt": .string(text)]]).encodedString
        #expect(error(400, details).message.contains("prompt: \(said)"))
        #expect(FluxError(jobFailure: text).message == "the job failed: \(said)")
    }

    @Test func tellsModerationFromOtherFailures() {
        for reason in ["NSFW content detected", "Request Moderated", "blocked by safety filter", "prompt was flagged"] {
            #expect(FluxError(jobFailure: reason).kind == .moderated)
            #expect(FluxError(jobFailure: reason).message.contains(reason))
        }
        #expect(FluxError(jobFailure: "GPU lost") == FluxError(.failed, "the job failed: GPU lost"))
        #expect(FluxError(jobFailure: nil).kind == .failed)
    }
}
