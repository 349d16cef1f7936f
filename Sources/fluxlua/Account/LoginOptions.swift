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

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        do throws(FluxError) {
            let keys = try KeyFile(host)
            guard let typed = host.readSecret("API key for \(host.serviceURL): ") else {
                host.say("no key was given, so nothing has changed")
                return ExitStatus.interrupted(by: SIGINT)
            }
            let key = typed.filter { !$0.isWhitespace }
            guard key.hasPrefix("afk_"), key.utf8.count > 4, key.utf8.allSatisfy({ 33...126 ~= $0 }) else {
                host.say(
                    key.isEmpty
                        ? "no key was given, so nothing has changed"
                        : "this is no API key: they begin with afk_; the service's dashboard shows yours")
                return ExitStatus.scriptFailed
            }
            var told = ""
            if !skipsCheck {
                let account = try await host.client(key: key).account()
                told = account.line.isEmpty ? "" : ": \(account.line)"
            }
            try keys.set(key, for: host.serviceURL)
            if host.value(of: .key) != nil {
                host.say("APIFRAME_API_KEY is set, and goes before the key that is kept now")
            }
            return host.put("kept in \(keys.file.path)\(told)\n")
        } catch {
            host.tell(error)
            if !skipsCheck, error.kind != .io { host.say("the key was not kept; --no-check keeps it unchecked") }
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
    func run(in host: HostEnvironment) throws(UsageError) -> Int32 {
        do throws(FluxError) {
            let keys = try KeyFile(host)
            let hadKey = try keys.set(nil, for: host.serviceURL)
            if host.value(of: .key) != nil {
                host.say("APIFRAME_API_KEY is still set: 'unset APIFRAME_API_KEY' ends that")
            }
            return host.put(hadKey ? "removed from \(keys.file.path)\n" : "no key is kept for \(host.serviceURL)\n")
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    static let declaration = CommandDeclaration<LogoutOptions>(
        "logout", "remove the kept API key", variables: [.baseURL], exitStatuses: .usual)
}
