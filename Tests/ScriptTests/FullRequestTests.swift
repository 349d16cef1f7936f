import FluxClient
import FluxImaging
import FluxSimulator
import Testing

/// Each of the four main models with everything that it documents, by plain HTTP and through `flux`.
@Suite(.timeLimit(.minutes(5))) struct FullRequestTests {
    /// With a white lower half, since it is also the mask.
    private static func reference() throws -> Raster {
        let colour: [UInt8] = [200, 80, 40, 255]
        return try Raster(
            width: 64, height: 64, pixels: (0..<64 * 64).flatMap { $0 < 32 * 64 ? colour : [255, 255, 255, 255] })
    }

    @Test func requestsNameEveryParameterThatTheProductPagesDocument() throws {
        var sent: [String: Set<String>] = [:]
        for request in FullRequest.all {
            sent[request.model, default: []].formUnion(request.parameters.keys)
            sent[request.model, default: []].formUnion(request.pictures.keys)
        }
        #expect(sent.keys.sorted() == ["flux-1.1-pro", "flux-1.1-pro-ultra", "flux-2-pro", "flux-fill-pro"])
        for (model, names) in sent {
            let parameters = try #require(Catalogue.flux[model]).parameters
            #expect(names == Set(parameters.filter(\.isDocumented).map(\.name)), "\(model)")
        }
    }

    @Test(arguments: FullRequest.all, Dialect.allCases)
    func servedOverPlainHTTP(_ request: FullRequest, _ dialect: Dialect) async throws {
        let key = ServedService.key
        try await ServedService.run { service in
            let file = try Self.reference().encoded(as: .png)
            let upload = try await Web.upload(service.baseURL + "/v2/uploads", file, key: key)
            #expect(upload.status == 201)
            let picture = try #require(try upload.json["url"]?.stringValue)

            let body = request.body(dialect, picture: picture)
            let accepted = try await Web.post(service.baseURL + request.call.path, body, key: key)
            #expect(accepted.status == 202, "\(String(decoding: accepted.body, as: UTF8.self))")
            #expect(try accepted.json["status"]?.stringValue == "QUEUED")
            let id = try #require(try accepted.json["jobId"]?.stringValue)

            var job = try await Web.get(service.baseURL + "/v2/jobs/" + id, key: key).json
            while ["QUEUED", "PROCESSING"].contains(job["status"]?.stringValue) {
                job = try await Web.get(service.baseURL + "/v2/jobs/" + id, key: key).json
            }
            #expect(job["status"]?.stringValue == "COMPLETED", "\(job)")
            #expect(job["input"] == body)
            let url = try #require(job["result"]?["images"]?.arrayValue?.first?.stringValue)
            let image = try await Web.get(url)
            let format = try #require(ImageFormat(rawValue: request.format))
            #expect(image.status == 200 && image.type == format.mimeType)
            #expect(ImageFormat.detect(image.body) == format)
            _ = try Raster(decoding: image.body)
        }
    }

    /// Not through `serve`, which takes either spelling: a service that knows only one.
    @Test(arguments: FullRequest.all, [SimulatorConfiguration.AcceptedDialect.interfaceDescription, .productPages])
    func askedThroughFlux(
        _ request: FullRequest, _ dialect: SimulatorConfiguration.AcceptedDialect
    ) async throws {
        let simulator = Simulator(SimulatorConfiguration(jobDuration: .zero, acceptedDialect: dialect))
        try simulator.start()
        defer { simulator.stop() }
        var program = try Program()
        defer { program.remove() }
        program.environment["FLUX_BASE_URL"] = simulator.baseURL
        program.environment["APIFRAME_API_KEY"] = ServedService.key
        try program.write(Self.reference().encoded(as: .png), to: "reference.png")
        try program.write(
            """
            flux.config { first_look = 0 }
            local job = assert(flux.await(\(request.lua(picture: "reference.png"))))
            print(job.status, job.seed, job.images[1].format, flux.save(job, "{seed}.{ext}"))
            """, to: "full.lua")
        let result = try await program.run(["full.lua"])
        #expect(result.output == "COMPLETED\t42\t\(request.format)\t42.\(request.format)\n")
        // No warning either: all of it is documented.
        #expect(result.error.isEmpty && result.status == 0, "\(result.error)")
        #expect(try Raster(decoding: program.bytes("42.\(request.format)")).width > 0)
        let asked = simulator.summary()
        #expect(asked.jobs == 1 && asked.requests["POST \(request.call.path)"] == (dialect == .productPages ? 2 : 1))
    }

    @Test(arguments: FullRequest.all)
    func servedThroughFluxIsTheSamePictureAsByPlainHTTP(_ request: FullRequest) async throws {
        let key = ServedService.key
        try await ServedService.run { service in
            let file = try Self.reference().encoded(as: .png)
            let picture = try await Web.upload(service.baseURL + "/v2/uploads", file, key: key).json["url"]?.stringValue
            let body = request.body(.description, picture: try #require(picture))
            let accepted = try await Web.post(service.baseURL + request.call.path, body, key: key).json

            let program = try service.client()
            defer { program.remove() }
            try program.write(file, to: "reference.png")
            try program.write(
                """
                flux.config { first_look = 0, metadata = false }
                print(flux.save(\(request.lua(picture: "reference.png")), "made.{ext}"))
                """, to: "full.lua")
            let result = try await program.run(["full.lua"])
            #expect(result.output == "made.\(request.format)\n")
            #expect(result.error.isEmpty && result.status == 0, "\(result.error)")

            let id = try #require(accepted["jobId"]?.stringValue)
            var url: String?
            while url == nil {
                let job = try await Web.get(service.baseURL + "/v2/jobs/" + id, key: key).json
                try #require(["QUEUED", "PROCESSING", "COMPLETED"].contains(job["status"]?.stringValue), "\(job)")
                url = job["result"]?["images"]?.arrayValue?.first?.stringValue
            }
            let other = try await Web.get(try #require(url)).body
            let made = try program.bytes("made.\(request.format)")
            #expect(made == other)
        }
    }
}

extension FullRequest: CustomTestStringConvertible {
    var testDescription: String { name }
}
