import FluxClient
import TestSupport
import Testing

struct ExampleTests {
    /// The example of FluxClient.docc, as it is there.
    @Test func exampleOfTheDocumentationRuns() async throws {
        let server = try ScriptedServer([
            .json(202, #"{"jobId":"\#(jobID)","status":"QUEUED"}"#),
            .json(200, #"{"id":"\#(jobID)","model":"flux-2-pro","status":"PROCESSING","progress":40}"#),
        ])
        defer { server.stop() }
        let (baseURL, key) = (server.url, "afk_test")

        let client = FluxClient(ServiceConfiguration(baseURL: baseURL, apiKey: key), transport: CurlTransport())
        let request = Flux2Pro(prompt: "a matte black mug on marble", resolution: .oneMegapixel, seed: 7)
        let accepted = try await client.submit(request, idempotencyKey: "mug-7")
        let state = try await client.job(accepted.jobID)

        #expect(state.status == .processing && state.progress == 40)
        #expect(server.requests.map { $0.header("Idempotency-Key") } == ["mug-7", nil])
    }
}
