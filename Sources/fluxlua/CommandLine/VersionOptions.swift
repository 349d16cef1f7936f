import CommandLineKit

/// `fluxlua version`
struct VersionOptions: RunnableCommand {
    static let declaration = CommandDeclaration<VersionOptions>("version", "print the version", exitStatuses: .usual)

    func run(in host: HostEnvironment) -> Int32 { host.put(Version.text + "\n") }
}
