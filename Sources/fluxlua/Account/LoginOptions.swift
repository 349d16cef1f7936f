import CommandLineKit
import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fluxlua login`
struct LoginOptions: RunnableCommand {
    var skipsCheck = false

    func run(in world: World) async throws(UsageError) -> Int32 {
        do throws(FluxError) {
            let keys = try KeyFile(world)
            guard let typed = world.readSecret("API key for \(world.serviceURL): ") else {
                world.say("no key was given, so nothing has changed")
                return ExitStatus.interrupted(by: SIGINT)
            }
            let key = typed.filter { !$0.isWhitespace }
            guard key.hasPrefix("afk_"), key.utf8.count > 4, key.utf8.allSatisfy({ 33...126 ~= $0 }) else {
                world.say(
                    key.isEmpty
                        ? "no key was given, so nothing has changed"
                        : "this is no API key: they begin with afk_; the service's dashboard shows yours")
                return ExitStatus.scriptFailed
            }
            var told = ""
            if !skipsCheck {
                let account = try await world.client(key: key).account()
                told = account.line.isEmpty ? "" : ": \(account.line)"
            }
            try keys.set(key, for: world.serviceURL)
            if world.value(of: .key) != nil {
                world.say("APIFRAME_API_KEY is set, and goes before the key that is kept now")
            }
            return world.put("kept in \(keys.file.path)\(told)\n")
        } catch {
            world.tell(error)
            if !skipsCheck, error.kind != .io { world.say("the key was not kept; --no-check keeps it unchecked") }
            return ExitStatus.scriptFailed
        }
    }
}

extension LoginOptions {
    static let declaration = CommandDeclaration<LoginOptions>(
        "login", "keep your API key, so that scripts use the service",
        discussion: """
            Asks for your API key without showing it, checks it with the service, and keeps it in a file that you alone can \
            read. Where the input is no terminal, the key is its first line. With FLUX_BASE_URL the key is kept for that \
            service, and goes to no other.

            Scripts then use the service, and pictures are paid for. The environment goes first: with APIFRAME_API_KEY set, \
            the kept key is not used.
            """,
        options: [
            OptionGroup("options", [.flag("--no-check", help: "do not ask the service about the key", \.skipsCheck)])
        ],
        examples: [
            Example("fluxlua login", "asks for the key"),
            Example("fluxlua login < key.txt", "takes it from a file"),
        ],
        variables: [.key, .baseURL],
        exitStatuses: .usual + [ExitStatusDescription(ExitStatus.interrupted(by: 2), "interrupted")])
}

/// `fluxlua logout`
struct LogoutOptions: RunnableCommand {
    func run(in world: World) throws(UsageError) -> Int32 {
        do throws(FluxError) {
            let keys = try KeyFile(world)
            let hadKey = try keys.set(nil, for: world.serviceURL)
            if world.value(of: .key) != nil {
                world.say("APIFRAME_API_KEY is still set: 'unset APIFRAME_API_KEY' ends that")
            }
            return world.put(hadKey ? "removed from \(keys.file.path)\n" : "no key is kept for \(world.serviceURL)\n")
        } catch {
            world.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    static let declaration = CommandDeclaration<LogoutOptions>(
        "logout", "remove the kept API key", variables: [.baseURL], exitStatuses: .usual)
}
