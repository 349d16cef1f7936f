import CommandLineKit

extension Fluxlua {
    /// Everything that can be typed. Parsing, help, completion, the manual page and the documentation's table come from it.
    static let program = ProgramDescription<any RunnableCommand>(
        name: "fluxlua", version: Version.text, main: AnyCommand(RunOptions.self),
        groups: [
            .init(
                "scripts",
                [
                    AnyCommand(NewOptions.self), AnyCommand(PlanOptions.self), AnyCommand(ReadOptions.self),
                    AnyCommand(ModelsOptions.self), AnyCommand(MetaOptions.self),
                ]),
            .init(
                "jobs and pictures",
                [
                    AnyCommand(JobsOptions.self), AnyCommand(ShowOptions.self), AnyCommand(ResumeOptions.self),
                    AnyCommand(CacheOptions.self), AnyCommand(ForgetOptions.self), AnyCommand(GalleryOptions.self),
                    AnyCommand(StudioOptions.self),
                ]),
            .init(
                "ledger and team",
                [AnyCommand(LedgerOptions.self), AnyCommand(BudgetOptions.self), AnyCommand(WorkerOptions.self)]),
            .init(
                "services",
                [AnyCommand(LoginOptions.self), AnyCommand(LogoutOptions.self), AnyCommand(ServeOptions.self)]),
            .init(
                "help",
                [
                    AnyCommand(HelpOptions.self), AnyCommand(DoctorOptions.self), AnyCommand(CompletionOptions.self),
                    AnyCommand(TrustOptions.self), AnyCommand(VersionOptions.self),
                ]),
        ],
        files: [
            Example("~/.local/share/fluxlua/ledger.sqlite", "the ledger of jobs ($XDG_DATA_HOME/fluxlua)"),
            Example(
                "~/.local/share/fluxlua/pictures",
                "the pictures that are kept; local-pictures: those of the local service"),
            Example("~/.config/fluxlua/keys", "the keys that 'fluxlua login' stores ($XDG_CONFIG_HOME/fluxlua)"),
            Example("~/.config/fluxlua/init.lua", "your settings: Lua that calls flux.config"),
            Example(".fluxlua.lua", "a project's settings, beside its scripts or above them"),
            Example(
                "~/.local/state/fluxlua/consents",
                "which projects' settings you have agreed to ($XDG_STATE_HOME/fluxlua)"),
            Example("~/.local/state/fluxlua/history", "what was typed at the prompt ($XDG_STATE_HOME/fluxlua)"),
        ])
}
