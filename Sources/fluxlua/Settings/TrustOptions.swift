import CommandLineKit
import FluxClient

/// `fluxlua trust [FOLDER]`
struct TrustOptions: RunnableCommand {
    var folder = "."
    var agrees = false
    var refuses = false

    mutating func validate() throws(UsageError) {
        if agrees, refuses { throw UsageError(message: "'trust' takes '--yes' or '--no', not both") }
    }

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 {
        guard agrees || refuses || (host.inputIsTerminal && host.errorIsTerminal) else {
            throw UsageError(message: "'trust' asks at a terminal; elsewhere use '--yes' or '--no'")
        }
        do throws(FluxError) {
            guard let project = try ProjectFile.nearest(to: folder) else {
                host.say("there is no \(ProjectFile.name) in \(folder) or above it")
                return ExitStatus.scriptFailed
            }
            let answer: Bool
            if agrees || refuses {
                answer = agrees
                try ProjectConsents(host).note(answer, to: project)
            } else {
                guard let typed = try host.askConsent(to: project) else { return ExitStatus.interrupted(by: 2) }
                answer = typed
            }
            return host.put("\(project.path) \(answer ? "runs before scripts, as it is now" : "is not run")\n")
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }
}

extension TrustOptions {
    static let declaration = CommandDeclaration<TrustOptions>(
        "trust", "decide whether a project's settings file may run",
        discussion: """
            A project's settings file, .fluxlua.lua, is Lua that runs before the scripts in its folder and below. It runs \
            only after you have agreed to it, and you are asked again when it changes. This shows the file and asks.
            """,
        arguments: [
            Argument("FOLDER", .atMostOnce, help: "where to look, and above (default: here)", completion: .folders) {
                options, text, _ in options.folder = text
            }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .flag("--yes", help: "agree without being asked", \.agrees),
                    .flag("--no", help: "refuse without being asked", \.refuses),
                ])
        ],
        exitStatuses: .usual + [ExitStatusDescription(ExitStatus.interrupted(by: 2), "interrupted")])
}
