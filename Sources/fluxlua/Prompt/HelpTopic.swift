import FluxClient

/// What the prompt says about a function, a parameter or a model.
struct HelpTopic: Sendable {
    var name: String
    /// A few words.
    var summary: String
    var usage: String
    var example: String

    init(_ name: String, _ summary: String, _ usage: String, _ example: String) {
        (self.name, self.summary, self.usage, self.example) = (name, summary, usage, example)
    }

    static subscript(name: String) -> HelpTopic? {
        all.first { $0.name == name } ?? all.first { $0.name == "flux.\(name)" }
    }

    /// The functions of the `flux` table.
    static let all: [HelpTopic] = [
        HelpTopic(
            "flux.generate", "requests a picture", "flux.generate { prompt = …, model = …, … } → job, at once",
            "flux.generate { prompt = \"a red fox in snow\", seed = 7, resolution = \"1MP\" }"),
        HelpTopic(
            "flux.edit", "repaints a part of a picture, or extends it",
            "flux.edit { image = …, mask = … or outpaint = …, prompt = … } → job, at once",
            "flux.edit { image = \"shop.png\", mask = \"sign.png\", prompt = \"a green sign\" }"),
        HelpTopic(
            "flux.upscale", "makes a picture larger",
            "flux.upscale(image, { upscale_factor = 2, model = …, … }) → job, at once",
            "flux.upscale(\"mug.jpg\", { upscale_factor = 4 })"),
        HelpTopic(
            "flux.remove_background", "cuts the subject out: a PNG with transparency",
            "flux.remove_background(image, { model = …, … }) → job, at once",
            "flux.save(flux.remove_background(\"mug.jpg\"), \"mug-cut.png\")"),
        HelpTopic(
            "flux.await", "waits for a job, a task or a list",
            "flux.await(x, { timeout = seconds }) → x, or nil and an error",
            "job = assert(flux.await(flux.generate \"a red fox\"))"),
        HelpTopic(
            "flux.completed", "jobs, each as it ends", "for job in flux.completed(jobs) do … end",
            "for job in flux.completed(jobs) do print(job.seed, job.ok) end"),
        HelpTopic("flux.any", "the first that succeeds", "flux.any(jobs) → job", "job = flux.any(jobs)"),
        HelpTopic(
            "flux.save", "saves pictures", "flux.save(x, pattern, { overwrite = true }) → paths",
            "flux.save(_, \"out/{seed}.{ext}\")"),
        HelpTopic("flux.show", "shows pictures here", "flux.show(job, image, file or list)", "flux.show(_)"),
        HelpTopic(
            "flux.sweep", "every combination of lists of values",
            "flux.sweep { field = list, … } → sweep; sweep:run() → result",
            "flux.sweep { prompt = \"a fox\", seed = flux.seeds(4) }:run()"),
        HelpTopic(
            "flux.vary", "words of a prompt that take several values", "prompt = flux.vary(text, { word = { … } })",
            "flux.vary(\"a red mug\", { red = { \"red\", \"blue\" } })"),
        HelpTopic(
            "flux.zip", "fields that change together, in a sweep", "flux.zip { field = list, field = list }",
            "flux.zip { width = { 1024, 512 }, height = { 512, 1024 } }"),
        HelpTopic(
            "flux.prompts", "many prompts from one template",
            "flux.prompts(template, { count =, mode =, seed = }) → list",
            "flux.prompts(\"a {red|blue} {fox|owl}\", { mode = \"all\" })"),
        HelpTopic(
            "flux.sheet", "a contact sheet", "flux.sheet(jobs or result, file, opts) → paths",
            "flux.sheet(jobs, \"sheet.png\", { columns = 4 })"),
        HelpTopic(
            "flux.gallery", "a folder with a page to look through, compare and choose from",
            "flux.gallery(jobs or result, folder, opts) → path", "flux.gallery(jobs, \"mugs\", { title = \"Mugs\" })"),
        HelpTopic(
            "flux.mask", "a mask for flux.edit", "flux.mask(picture, shapes, opts) → path",
            "flux.mask(\"shop.png\", { rect = { 25, 10, 50, 20 } }, { unit = \"%\" })"),
        HelpTopic(
            "flux.read", "the request that made a picture", "flux.read(file) → request, program",
            "flux.generate((flux.read(\"out/7.jpg\")))"),
        HelpTopic(
            "flux.csv", "rows of a spreadsheet", "for row in flux.csv(file) do … end",
            "for row in flux.csv(\"prompts.csv\") do print(row.prompt) end"),
        HelpTopic("flux.lines", "lines of a text file", "flux.lines(file) → list", "flux.lines(\"prompts.txt\")"),
        HelpTopic("flux.range", "numbers to loop over", "flux.range(first, last, step) → list", "flux.range(2, 10, 2)"),
        HelpTopic("flux.seeds", "seeds to loop over", "flux.seeds(count, first) → list", "flux.seeds(4)"),
        HelpTopic(
            "flux.spawn", "runs a function beside the others", "flux.spawn(f, …) → task",
            "task = flux.spawn(function() flux.sleep(1) return 7 end)"),
        HelpTopic(
            "flux.map", "a function for each item, at the same time", "flux.map(list, f, { concurrency = n }) → list",
            "flux.map({ 1, 2 }, function(n) return n * 2 end)"),
        HelpTopic("flux.sleep", "waits", "flux.sleep(seconds)", "flux.sleep(0.5)"),
        HelpTopic(
            "flux.models", "models, what they take and cost", "flux.models() → list",
            "flux.models()[\"flux-2-pro\"].cost"),
        HelpTopic(
            "flux.estimate", "credits, at least and at most", "flux.estimate(request or list)",
            "flux.estimate { prompt = \"a fox\" }"),
        HelpTopic("flux.account", "credits and plan", "flux.account()", "flux.account().credits"),
        HelpTopic("flux.job", "a job of an earlier run", "flux.job(id) → job", "flux.job(\"b2c3d4e5\")"),
        HelpTopic(
            "flux.jobs", "earlier jobs, newest first", "flux.jobs { status =, model =, since =, limit = } → list",
            "flux.jobs { since = \"today\" }"),
        HelpTopic(
            "flux.loras", "your trained styles, for flux-lora",
            "flux.loras({ include_archived = true } or id) → list or one",
            "for _, lora in ipairs(flux.loras()) do print(lora.id, lora.name) end"),
        HelpTopic("flux.upload", "the URL of a local picture", "flux.upload(path) → url", "flux.upload(\"mug.jpg\")"),
        HelpTopic(
            "flux.config", "reads or changes the settings", "flux.config { … } → settings",
            "flux.config { model = \"flux-1.1-pro\", out = \"pictures\" }"),
        HelpTopic(
            "flux.inspect", "any value as text", "flux.inspect(value, { depth =, width = })", "print(flux.inspect(_))"),
        HelpTopic(
            "flux.json", "JSON", "flux.json.encode(value), flux.json.decode(text)", "flux.json.decode('{\"a\": 1}').a"),
    ]

    /// What there is to say of a word: of a function, a parameter, a model or a command.
    static func text(for word: String) -> String {
        if word.isEmpty { return overview }
        if let text = known(word) { return text }
        if let command = PromptCommand.all.first(where: { ":\($0.name)" == word || $0.name == word }) {
            return ":\(command.usage)\n  \(command.summary)\n"
        }
        let question = Suggestion.question(for: word, in: functions + names())
        return "there is no help on '\(word)'\(question); :help lists the topics\n"
    }

    /// Of a function, a parameter or a model; nil for any other word.
    static func known(_ word: String, catalogue: Catalogue = .flux) -> String? {
        let word = word.hasSuffix("()") ? String(word.dropLast(2)) : word
        if let topic = self[word] {
            return "\(topic.name): \(topic.summary)\n  \(topic.usage)\n  for example:  \(topic.example)\n"
        }
        if let model = catalogue[word] { return text(of: model) }
        let takers = catalogue.models.filter { $0[parameter: word] != nil }
        return takers.isEmpty ? nil : text(ofParameter: word, takers)
    }

    /// The names of the functions without `flux.`, by which they are found too.
    static let functions = all.map { String($0.name.dropFirst("flux.".count)) }

    static func names(catalogue: Catalogue = .flux) -> [String] {
        all.map(\.name) + catalogue.models.map(\.id) + catalogue.models.flatMap { $0.parameters.map(\.name) }
    }

    private static func text(of model: Model) -> String {
        var text = "\(model.id): \(model.title), requested with flux.\(model.call.rawValue)\n"
        let width = model.parameters.map(\.name.count).max() ?? 0
        for parameter in model.parameters {
            let space = String(repeating: " ", count: width - parameter.name.count)
            text += "  \(parameter.name)\(space)  \(parameter.summary)\(Completer.range(of: parameter))\n"
        }
        return text
    }

    private static func text(ofParameter name: String, _ models: [Model]) -> String {
        var text = "\(name): a parameter of \(models.map(\.id).joined(separator: ", "))\n"
        guard let parameter = models.first?[parameter: name] else { return text }
        text += "  \(parameter.summary)\(Completer.range(of: parameter))\n"
        if let value = parameter.defaultValue {
            text += "  default: \(String(decoding: value.encoded(), as: UTF8.self))\n"
        }
        let value = exampleValue(parameter)
        let call = models.first?.call ?? .generate
        let arguments =
            switch call {
            case .generate, .edit: " { prompt = \"a fox\", \(name) = \(value) }"
            case .upscale, .removeBackground: name == "image" ? "(\(value))" : "(\"mug.jpg\", { \(name) = \(value) })"
            }
        text += "  for example:  flux.\(call.rawValue)\(arguments)\n"
        return text
    }

    private static func exampleValue(_ parameter: Parameter) -> String {
        switch parameter.kind {
        case .boolean: "true"
        case .integer(let range): String(range.map { min(max(7, $0.lowerBound), $0.upperBound) } ?? 7)
        case .number(let range, _): String(range.lowerBound.isFinite ? range.lowerBound : 0.5)
        case .choice(let values): "\"\(values.last ?? "")\""
        case .numberChoice(let values): values.last.map(Completer.short) ?? "2"
        case .aspectRatio: "\"16:9\""
        case .image: "\"mug.jpg\""
        case .images: "{ \"mug.jpg\", \"logo.png\" }"
        case .text: "\"…\""
        }
    }

    private static var overview: String {
        var text = "Type Lua; an expression shows its value, a job its picture. Tab completes. _ is the last value.\n\n"
        func list(_ all: [(name: String, words: String)]) {
            let width = all.map(\.name.count).max() ?? 0
            for (name, words) in all {
                text += "  \(name)\(String(repeating: " ", count: width - name.count))  \(words)\n"
            }
        }
        list(PromptCommand.all.map { (":\($0.usage)", $0.summary) })
        text += "\n"
        list(all.map { ($0.name, $0.summary) })
        text += "\n?flux.generate, ?resolution or ?flux-2-pro explains more.\n"
        return text
    }
}
