import FluxClient
import Testing

/// `fluxlua models`: the catalogue for people and for other programs.
@Suite(.timeLimit(.minutes(5))) struct ModelsTests {
    @Test func tableHasEachModelWithItsParameters() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["models"])
        let rows = result.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.map { String($0[0]) } == Catalogue.flux.models.map(\.id))
        for (row, model) in zip(rows, Catalogue.flux.models) {
            #expect(row[1] == model.call.rawValue && row[4].split(separator: " ").count == model.parameters.count)
        }
        #expect(rows.first { $0[0] == "flux-fill-pro" }?[2] == "9" && result.status == 0)
        #expect(
            result.error == """
                fluxlua: no APIFRAME_API_KEY: the prices are those of the local service, where nothing is paid

                """)
    }

    @Test func withoutAKeyTableAndScriptsTellTheSamePrices() async throws {
        let program = try Program()
        defer { program.remove() }
        let rows = try await program.run(["models"]).output.split(separator: "\n").map { $0.split(separator: "\t") }
        let script = """
            for _, model in ipairs(flux.models()) do
              local least, most = model.cost.least, model.cost.most
              print(model.model, least == most and least or least .. " to " .. most)
            end
            """
        let told = try await program.run(["-e", script]).output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.map { [$0[0], $0[2]] } == told && rows.count == Catalogue.flux.models.count)
    }

    @Test(arguments: Catalogue.flux.models.map(\.id)) func pageHasEachParameterWithItsValues(_ name: String)
        async throws
    {
        let program = try Program()
        defer { program.remove() }
        let model = try #require(Catalogue.flux[name])
        let page = try await program.run(["models", name]).output
        #expect(page.hasPrefix("\(name): \(model.title)\n"))
        for parameter in model.parameters {
            #expect(page.contains("\n\(parameter.name) ") && page.contains(parameter.summary))
            if case .choice(let values) = parameter.kind {
                for value in values { #expect(page.contains("\"\(value)\"")) }
            }
        }
        let json = try JSONValue(parsing: Array(try await program.run(["models", name, "--json"]).output.utf8))
        #expect(json["parameters"]?.arrayValue?.count == model.parameters.count)
    }

    @Test func serviceIsAskedForPricesWhereOneIsSetUp() async throws {
        try await ServedService.run { service in
            let told = try await service.pricesOfAllModels()
            var program = try Program()
            defer { program.remove() }
            program.environment["FLUX_BASE_URL"] = service.baseURL
            let output = try await program.run(["models"]).output
            for row in output.split(separator: "\n").map({ $0.split(separator: "\t") }) {
                #expect(told[String(row[0])] == String(row[2]), "\(row[0])")
            }
            program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:9"
            let alone = try await program.run(["models", "flux-fill-pro"])
            #expect(alone.output.contains("credits       9 a picture\n") && alone.status == 0)
            #expect(alone.error.hasPrefix("fluxlua: the service does not say what models cost: "))
        }
    }
}

extension ServedService {
    fileprivate func pricesOfAllModels() async throws -> [String: String] {
        let client = FluxClient(ServiceConfiguration(baseURL: baseURL, apiKey: Self.key), transport: CurlTransport())
        let models = try await client.models()
        return Dictionary(
            uniqueKeysWithValues: models.compactMap { model in
                model.credits.map { range in
                    let isOne = range.lowerBound == range.upperBound
                    return (model.id, isOne ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)")
                }
            })
    }
}
