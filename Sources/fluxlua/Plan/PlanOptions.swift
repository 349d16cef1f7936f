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
        "plan", "what a script would ask for, and cost, without sending anything",
        discussion: """
            Runs a script without sending anything, and prints the jobs that it would ask for, which of them would be \
            answered from what was already made, and what the others would cost. Each job is answered at once with a blank \
            picture; flux.save writes nothing and returns the path. Everything else that the script does, it does. What it \
            prints goes to stderr.

            Seeds that are drawn are not known before a run. Where a script decides by what a picture shows, its plan can \
            only follow one of its ways.
            """,
        usage: ["plan [options] script.lua [args]"],
        arguments: [RunOptions.script.lifted(\.run, help: "the Lua file, and what it gets; '-' reads it from stdin")],
        options: [
            OptionGroup("options", [.json(help: "one JSON object for each job, and one for the sum", \.isJSON)])
        ] + RunOptions.optionGroups.map { $0.lifted(\.run, without: ["-i", "--quiet", "--progress", "--listen"]) },
        examples: [Example("fluxlua plan sweep.lua", "the jobs of a sweep, as its axes, with what they would cost")],
        exitStatuses: RunOptions.declaration.description.exitStatuses)
}
