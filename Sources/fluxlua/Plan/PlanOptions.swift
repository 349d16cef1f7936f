import CommandLineKit

/// `fluxlua plan script.lua`
struct PlanOptions: RunnableCommand {
    var run = RunOptions()
    var isJSON = false

    mutating func validate() throws(UsageError) {
        guard run.input != .none || !run.steps.isEmpty else { throw UsageError(message: "'plan' needs a script") }
    }

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        try await PlanCommand(host: host, options: self).run()
    }
}

extension PlanOptions {
    static let declaration = CommandDeclaration<PlanOptions>(
        "plan", "show what a script would request and cost, without sending anything",
        discussion: """
            Runs a script without sending anything, and prints the jobs that it would request, which of them would reuse \
            pictures made before, and what the others would cost. Each job is answered at once with a blank picture; \
            flux.save writes nothing and returns the path. Everything else in the script really happens. Its output goes to \
            stderr.

            Random seeds are not known before a run. If a script decides by what a picture shows, the plan can follow only \
            one of its paths.
            """,
        usage: ["plan [options] script.lua [args]"],
        arguments: [RunOptions.script.lifted(\.run, help: "the Lua file and its arguments; '-' reads it from stdin")],
        options: [
            OptionGroup("options", [.json(help: "one JSON object for each job, and one for the sum", \.isJSON)])
        ]
            + RunOptions.optionGroups.map {
                $0.lifted(\.run, without: ["-i", "--detach", "--quiet", "--progress", "--listen"])
            },
        examples: [Example("fluxlua plan sweep.lua", "the jobs of a sweep, as its axes, with what they would cost")],
        exitStatuses: RunOptions.declaration.description.exitStatuses)
}
