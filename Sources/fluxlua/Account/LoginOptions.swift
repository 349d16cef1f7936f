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
                        : "this is not an API key: keys begin with afk_; the service's dashboard shows yours")
                return ExitStatus.scriptFailed
            }
            var told = ""
            if !skipsCheck {
                let account = try await host.client(key: key).account()
                told = account.line.isEmpty ? "" : ": \(account.line)"
            }
            try keys.set(key, for: host.serviceURL)
            if host.value(of: .key) != nil {
                host.say("APIFRAME_API_KEY is set, and is used instead of the key that was stored now")
            }
            return host.put("stored in \(keys.file.path)\(told)\n")
        } catch {
            host.tell(error)
            if !skipsCheck, error.kind != .io { host.say("the key was not stored; --no-check stores it unchecked") }
            return ExitStatus.scriptFailed
        }
    }
}

extension LoginOptions {
    static let declaration = CommandDeclaration<LoginOptions>(
        "login", "store your API key, so that scripts use the service",
        discussion: """
            Asks for your API key without showing it, checks it with the service, and stores it in a file that only you can \
            read. If the input is not a terminal, its first line is the key. With FLUX_BASE_URL the key is stored for that \
            service, and is never sent to another.

            Scripts then use the service, and pictures are paid for. The environment takes precedence: if APIFRAME_API_KEY is \
            set, the stored key is not used.
            """,
        options: [
            OptionGroup("options", [.flag("--no-check", help: "do not check the key with the service", \.skipsCheck)])
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
            return host.put(hadKey ? "removed from \(keys.file.path)\n" : "no key is stored for \(host.serviceURL)\n")
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    static let declaration = CommandDeclaration<LogoutOptions>(
        "logout", "remove the stored API key", variables: [.baseURL], exitStatuses: .usual)
}
