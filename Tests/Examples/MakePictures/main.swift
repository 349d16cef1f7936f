// Makes a picture, follows how it gets on, and extends it to the right.
//
//     FLUX_BASE_URL=http://127.0.0.1:8080 APIFRAME_API_KEY=afk_any swift run make-pictures
import FluxClient
import FluxJobs
import Foundation

let environment = ProcessInfo.processInfo.environment
let baseURL = environment["FLUX_BASE_URL"] ?? "http://127.0.0.1:8080"
let key = environment["APIFRAME_API_KEY"]
// The local service is quicker than the real one, so its jobs are looked at earlier.
let configuration = baseURL.contains("//127.0.0.1") ? EngineConfiguration.local : EngineConfiguration()

let client = FluxClient(ServiceConfiguration(baseURL: baseURL, apiKey: key), transport: CurlTransport())
let engine = JobEngine(client: client, configuration: configuration, store: PictureStore(root: "pictures"))

do throws(FluxError) {
    // A job starts at once and works in the background; its states come as they change.
    let job = try engine.start(Flux2Pro(prompt: "a matte black mug on marble", resolution: .oneMegapixel, seed: 7))
    for await state in job.states where state.status != nil {
        print("\(state.status?.rawValue ?? "") \(state.progress ?? 0) %")
    }
    let mug = try await job.pictures[0]
    print("\(mug.width)×\(mug.height) \(mug.format)")

    // The picture of one job is what the next one works on.
    let wider = FluxFillPro(image: .url(mug.url), .outpaint(.right), prompt: "a marble table", seed: 7)
    for path in try await engine.save(engine.start(wider), to: "out/{model}-{seed}.{ext}") { print(path) }
} catch {
    print("\(error.kind): \(error.message)")
}
await engine.shutDown()
