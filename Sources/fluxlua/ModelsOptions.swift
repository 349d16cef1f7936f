import CommandLineKit
import FluxClient
import FluxSimulator

/// `fluxlua models [NAME]`
struct ModelsOptions: RunnableCommand {
    var model: String?
    var isJSON = false

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        let catalogue = Catalogue.flux
        var models = catalogue.models
        if let model {
            guard let known = catalogue[model] else {
                let question = Suggestion.question(for: model, in: models.map(\.id))
                throw UsageError(message: "there is no model '\(model)'\(question); 'fluxlua models' lists them")
            }
            models = [known]
        }
        let prices = await prices(host)
        if isJSON { return host.put(models.map { $0.json(prices).line }.joined()) }
        if model != nil { return host.put(models.map { $0.page(prices) }.joined()) }
        return host.put(table(models, prices).text(width: host.outputWidth))
    }

    /// What the service tells; where none is set up, what the local service charges, as `flux.models()` says it.
    private func prices(_ host: HostEnvironment) async -> PriceList {
        do throws(FluxError) {
            let key = try host.serviceKey()
            guard key != nil || host.value(of: .baseURL) != nil else {
                host.say("no APIFRAME_API_KEY: the prices are those of the local service, where nothing is paid")
                return PriceList(listings: Simulator.listings)
            }
            return PriceList(listings: try await host.client(key: key?.text).models())
        } catch {
            host.say("the service does not say what models cost: \(error.message)")
            return PriceList()
        }
    }

    private func table(_ models: [Model], _ prices: PriceList) -> TextTable {
        var table = TextTable(columns: [
            TextTable.Column(title: "MODEL"), TextTable.Column(title: "WITH"),
            TextTable.Column(title: "CREDITS", isNumber: true), TextTable.Column(title: "SECONDS", isNumber: true),
            TextTable.Column(title: "PARAMETERS", canShrink: true),
        ])
        for model in models {
            table.rows.append([
                model.id, model.call.rawValue, prices.text(of: model), model.seconds ?? "?",
                model.parameters.map(\.name).joined(separator: " "),
            ])
        }
        return table
    }
}

extension ModelsOptions {
    static let declaration = CommandDeclaration<ModelsOptions>(
        "models", "list the models, their parameters and their prices",
        discussion: """
            Lists the models: the function that requests them, the credits and the usual seconds of a picture, and their \
            parameters. Unknown values are '?'. With a key, the prices come from the service; without one, from the local \
            service. In a pipe or a file: one model per line, tabs between the columns, no header.
            """,
        arguments: [
            Argument(
                "MODEL", .atMostOnce, help: "show this model in full: each parameter with its values and default",
                completion: .words(Catalogue.flux.models.map(\.id))
            ) { options, text, _ in options.model = text }
        ],
        options: [OptionGroup("options", [.json(\.isJSON)])],
        examples: [Example("fluxlua models flux-2-pro", "all about one model")],
        variables: [.key, .baseURL],
        exitStatuses: .usual)
}

extension PriceList {
    /// `10`, `8 to 12`, or `?`.
    fileprivate func text(of model: Model) -> String {
        credits(ofModel: model.id).map { range in
            range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        } ?? "?"
    }
}

extension Model {
    fileprivate var seconds: String? { averageDuration.map { String($0.components.seconds) } }

    fileprivate func json(_ prices: PriceList) -> JSONValue {
        var object: [String: JSONValue] = [
            "model": .string(id), "title": .string(title), "call": .string(call.rawValue),
            "params_key": .string(parametersKey),
            "parameters": .array(parameters.map(\.json)),
        ]
        if let credits = prices.credits(ofModel: id) {
            object["cost"] = [
                "least": .integer(Int64(credits.lowerBound)), "most": .integer(Int64(credits.upperBound)),
            ]
        }
        if let averageDuration { object["seconds"] = .integer(averageDuration.components.seconds) }
        return .object(object)
    }

    /// Everything that is known of it.
    fileprivate func page(_ prices: PriceList) -> String {
        var text = "\(id): \(title)\n\n"
        text += "called with   flux.\(call.rawValue) { model = \"\(id)\", … }\n"
        text += "credits       \(prices.text(of: self)) a picture\n"
        text += "takes         \(seconds.map { "about \($0) seconds" } ?? "the service does not say how long")\n\n"
        let width = parameters.map(\.name.count).max() ?? 0
        for parameter in parameters {
            let space = String(repeating: " ", count: width - parameter.name.count)
            var words = [parameter.values]
            if parameter.isRequired { words.append("required") }
            if let value = parameter.defaultValue { words.append("default \(LuaText.of(value))") }
            if !parameter.isDocumented { words.append("not on the model's product page") }
            text += "\(parameter.name)\(space)  \(parameter.summary)\n"
            text += String(repeating: " ", count: width + 2) + words.joined(separator: "; ") + "\n"
        }
        return text
    }
}

extension Parameter {
    /// `"jpg", "png" or "webp"`, `a whole number from 0 to 100`
    var values: String { Self.text(of: kind) + (documented.map { ", documented: \(Self.text(of: $0))" } ?? "") }

    private static func text(of kind: Kind) -> String {
        switch kind {
        case .boolean: "true or false"
        case .integer(let range): "a whole number" + (range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? "")
        case .number(let range, let step):
            "a number"
                + (range.lowerBound.isFinite && range.upperBound.isFinite
                    ? " from \(short(range.lowerBound)) to \(short(range.upperBound))" : "")
                + (step.map { " in steps of \(short($0))" } ?? "")
        case .choice(let values): values.map { "\"\($0)\"" }.joined(separator: ", ")
        case .numberChoice(let values): values.map(short).joined(separator: ", ")
        case .text(let length) where length.upperBound == .max: "text"
        case .text(let length): "text of \(length.lowerBound) to \(length.upperBound) characters"
        case .aspectRatio(let documented):
            "\"W:H\""
                + (documented.isEmpty ? "" : ", such as \(documented.map { "\"\($0)\"" }.joined(separator: ", "))")
        case .image: "a picture: a URL, a file or a job"
        case .images(.max): "a list of pictures: URLs, files or jobs"
        case .images(let limit): "a list of at most \(limit) pictures: URLs, files or jobs"
        }
    }

    private static func short(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }

    fileprivate var json: JSONValue {
        var object: [String: JSONValue] = [
            "name": .string(name), "summary": .string(summary), "values": .string(values),
            "required": .bool(isRequired),
        ]
        object["default"] = defaultValue
        return .object(object)
    }
}
