import CommandLineKit
import FluxClient
import FluxModule
import LuaRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Collects the values that scripts find in `flux.config()`.
struct SettingsLoader {
    let host: HostEnvironment

    /// Why there are no settings.
    enum Problem: Error {
        case usage(UsageError)
        /// A file could not be read, or failed.
        case file(String)
        /// Ctrl-C, at the question.
        case interrupted
    }

    /// How a project's file is treated.
    enum ProjectPolicy {
        /// The user is asked, where there is a terminal.
        case asked
        /// It runs where the user has agreed to it before.
        case agreed
        case leftAlone
    }

    /// The environment's settings, by their names in `flux.config`.
    static let variables: [(setting: String, variable: EnvironmentVariable)] = [
        ("model", .model), ("out", .out), ("concurrency", .concurrency), ("budget", .budget),
    ]

    /// - Parameter folder: the script's, or the working folder.
    func load(_ options: RunOptions, folder: String, project: ProjectPolicy) async throws(Problem) -> LoadedSettings {
        var loaded = LoadedSettings()
        if !options.skipsSettings {
            if let path = userFile, let text = try file({ () throws(FluxError) in try PrivateFile(path: path).text() })
            {
                try await run(text, .user(path), at: path, &loaded)
            }
            if let project = try agreedFile(near: folder, project) {
                try await run(project.text, .project(project.path), at: project.path, &loaded)
            }
        }
        do throws(UsageError) {
            for (setting, variable) in Self.variables {
                guard let text = host.value(of: variable) else { continue }
                try loaded.take(setting, text, from: .environment(variable.name))
            }
            if let webhook = host.value(of: .webhook) { loaded.take(webhook: webhook) }
            for assignment in options.settings {
                try loaded.take(assignment.name, assignment.value, from: .option("--set"))
            }
        } catch {
            throw .usage(error)
        }
        if let budget = options.budget { loaded.limitBudget(to: budget) }
        return loaded
    }

    /// Nothing can be run without settings: what is wrong was told.
    struct Ended: Error {
        let status: Int32
    }

    /// The values alone, for a command that runs with them.
    func values(
        _ options: RunOptions, folder: String, project: ProjectPolicy
    ) async throws(UsageError) -> Result<FluxSettings, Ended> {
        do throws(Problem) {
            return .success(try await load(options, folder: folder, project: project).values)
        } catch {
            switch error {
            case .usage(let error): throw error
            case .file(let message):
                host.say(message)
                return .failure(Ended(status: ExitStatus.scriptFailed))
            case .interrupted:
                host.say("interrupted")
                return .failure(Ended(status: ExitStatus.interrupted(by: SIGINT)))
            }
        }
    }

    /// Nil where there is no place for it.
    var userFile: String? { (try? host.configurationFolder()).map { $0 + "/init.lua" } }

    private func agreedFile(near folder: String, _ policy: ProjectPolicy) throws(Problem) -> ProjectFile? {
        guard policy != .leftAlone,
            let project = try file({ () throws(FluxError) in try ProjectFile.nearest(to: folder) })
        else { return nil }
        switch try file({ () throws(FluxError) in try ProjectConsents(host).answer(to: project) }) {
        case true?: return project
        case false?: return nil
        case nil: break
        }
        guard policy == .asked else { return nil }
        guard host.inputIsTerminal, host.errorIsTerminal else {
            host.say(
                "note: \(project.path) is new or has changed, and is not run ('fluxlua trust' shows it and asks)")
            return nil
        }
        guard let agreed = try file({ () throws(FluxError) in try host.askConsent(to: project) }) else {
            throw .interrupted
        }
        return agreed ? project : nil
    }

    private func run(
        _ text: String, _ source: SettingSource, at path: String, _ loaded: inout LoadedSettings
    ) async throws(Problem) {
        let chunk = SettingsChunk(loaded.values)
        do throws(LuaError) {
            let lua = try LuaRuntime()
            do throws(LuaError) {
                try await chunk.install(in: lua)
                try await lua.execute(lua.load(RunCommand.withoutFirstComment(Array(text.utf8)), name: "@\(path)"))
            } catch {
                await lua.close()
                throw error
            }
            await lua.close()
        } catch {
            throw .file(RunEnding.text(of: error))
        }
        loaded.take(chunk, from: source)
    }

    private func file<Value>(_ body: () throws(FluxError) -> Value) throws(Problem) -> Value {
        do throws(FluxError) {
            return try body()
        } catch {
            throw .file(error.message)
        }
    }
}
