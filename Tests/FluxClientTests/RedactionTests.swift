import TestSupport
import Testing

@testable import FluxClient

/// The key never comes back out.
struct RedactionTests {
    private static let key = "afk_very/secret+key"

    @Test func everySecretIsTakenOutOfATextInAllItsForms() {
        let redaction = Redaction([Self.key, "afk_very/secret+key-and-more", "short"])
        #expect(redaction.cleaned("a \(Self.key)-and-more, \(Self.key)\(Self.key).") == "a (secret), (secret)(secret).")
        #expect(redaction.cleaned("?k=afk_very%2Fsecret%2Bkey&") == "?k=(secret)&")
        #expect(redaction.cleaned("afk_very, short") == "afk_very, short")
        #expect(Redaction(["secret"]).cleaned("(secret) secrets") == "((secret)) (secret)s")
        let json: JSONValue = ["a": [.string("x\(Self.key)")], "\(Self.key)": 1, "b": "fine"]
        #expect(redaction.cleaned(json) == ["a": ["x(secret)"], "(secret)": 1, "b": "fine"])
        #expect(redaction.cleaned(Array(Self.key.utf8.dropLast())) == Array(Self.key.utf8.dropLast()))
    }

    @Test func passwordsOfAddressesAreSecrets() {
        let environment = [
            "FLUX_BASE_URL": "https://me:base-password@host/x", "HTTPS_PROXY": "http://p:proxy%40password@proxy:3128",
            "https_proxy": "http://nobody@proxy", "APIFRAME_API_KEY": Self.key,
        ]
        let redaction = Redaction { environment[$0] }
        let text = "base-password proxy%40password proxy@password \(Self.key) nobody@proxy"
        #expect(redaction.cleaned(text) == "(secret) (secret) (secret) (secret) nobody@proxy")
        #expect(redaction.cleaned("Authorization: Basic cDpwcm94eUBwYXNzd29yZA==") == "Authorization: Basic (secret)")
        #expect("https://me:base-password@host/x".withoutUser == "https://host/x")
        #expect("https://host/a@b".withoutUser == "https://host/a@b")
    }

    @Test func passwordsOfDatabasesAreSecrets() {
        let environment = [
            "FLUX_LEDGER": "postgresql://me:ledger-password@host/x?sslmode=require&password=in%20query",
            "PGPASSWORD": "of-libpq",
        ]
        let redaction = Redaction(
            environment: { environment[$0] }, addresses: ["--ledger=postgres://you:from-argument@host/y"])
        let text = "ledger-password in%20query in query of-libpq from-argument sslmode=require"
        #expect(redaction.cleaned(text) == "(secret) (secret) (secret) (secret) (secret) sslmode=require")
    }

    /// A service, or a proxy before it, that repeats what it was sent wherever it can.
    @Test(arguments: [400, 401, 402, 403, 404, 409, 413, 429, 302, 500, 502, 200])
    func noAnswerBringsTheKeyBack(_ status: Int) async throws {
        let key = Self.key
        let escaped = key.utf8.map { "\\u00" + String($0, radix: 16) }.joined()
        let long = String(repeating: "x", count: 490) + key
        let bodies = [
            #"{"error":"X-API-Key: \#(key)","details":{"\#(key)":["\#(key)"],"p":"\#(escaped)"}}"#,
            #"{"error":"\#(escaped)","creditsRequired":"\#(key)"}"#, #"{"error":{"message":"\#(long)"}}"#,
            "<html>\(key)</html>", String(repeating: "y", count: 110) + key, #""\#(key)""#,
        ]
        for body in bodies {
            let server = try ScriptedServer([
                .answer(
                    status,
                    headers: [
                        ("X-Request-Id", "r-\(key)"), ("Location", "http://127.0.0.1:1/\(key)"), ("Retry-After", key),
                    ], body: bytes(body))
            ])
            defer { server.stop() }
            let client = FluxClient(server, retries: 0) { $0.apiKey = key }
            let folder = try TemporaryFolder()
            var told: [String] = []
            func note(_ body: () async throws -> some Any) async {
                do { told.append(String(reflecting: try await body())) } catch {
                    told.append(String(reflecting: error))
                }
            }
            await note {
                try await client.submit(
                    ImageRequest(call: .generate, model: "flux-2-pro", prompt: "a"), idempotencyKey: "k")
            }
            await note { try await client.job(jobID) }
            await note { try await client.account() }
            await note { try await client.download("\(server.url)/\(key).jpg", to: folder.file("a.jpg")) }
            #expect(told.count == 4 && !told.contains { $0.contains("afk_very") }, "\(told)")
        }
    }

    @Test func whatAJobSaysBringsTheKeyBackNowhere() async throws {
        let key = Self.key
        let body = #"""
            {"id":"\#(jobID)","status":"FAILED","model":"\#(key)","error":"header X-API-Key: \#(key)",
             "input":{"prompt":"\#(key)"},"result":["\#(key)"]}
            """#
        let server = try ScriptedServer([.json(200, body)])
        defer { server.stop() }
        let state = try await FluxClient(server) { $0.apiKey = key }.job(jobID)
        #expect(state.error == "header X-API-Key: (secret)" && !String(reflecting: state).contains("afk_very"))
        let signed = bytes(#"{"jobId":"j","status":"FAILED","error":"\#(key)"}"#)
        let delivery = try WebhookDelivery(
            body: signed, signature: WebhookSignature.sign(signed, apiKey: key), apiKey: key)
        #expect(delivery.state?.error == "(secret)")
    }
}
