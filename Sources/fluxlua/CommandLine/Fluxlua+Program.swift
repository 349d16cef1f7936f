import CommandLineKit

extension Fluxlua {
    /// Everything that can be typed. Parsing, help, completion, the manual page and the README's table come from it.
    static let program = ProgramDescription<any RunnableCommand>(
        name: "fluxlua", version: Version.text, main: AnyCommand(RunOptions.self),
        groups: [
            .init("scripts", [AnyCommand(PlanOptions.self), AnyCommand(ReadOptions.self)]),
            .init(
                "what was asked for",
                [
                    AnyCommand(JobsOptions.self), AnyCommand(ShowOptions.self), AnyCommand(ResumeOptions.self),
                    AnyCommand(CacheOptions.self), AnyCommand(ForgetOptions.self), AnyCommand(GalleryOptions.self),
                ]),
            .init(
                "help and services",
                [
                    AnyCommand(HelpOptions.self), AnyCommand(VersionOptions.self), AnyCommand(CompletionOptions.self),
                    AnyCommand(ServeOptions.self), AnyCommand(DoctorOptions.self),
                ]),
        ],
        files: [
            Example("~/.local/share/fluxlua/ledger.sqlite", "what was asked for ($XDG_DATA_HOME/fluxlua)"),
            Example(
                "~/.local/share/fluxlua/pictures",
                "the pictures that are kept; local-pictures: those of the local service"),
            Example("~/.local/state/fluxlua/history", "what was typed at the prompt ($XDG_STATE_HOME/fluxlua)"),
        ])
}
