import CommandLineKit

/// `fluxlua version`
struct VersionOptions: RunnableCommand {
    static let declaration = CommandDeclaration<VersionOptions>("version", "the version", exitStatuses: .usual)

    func run(in world: World) -> Int32 { world.put(Version.text + "\n") }
}
