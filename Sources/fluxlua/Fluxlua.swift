#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The program: reads the command line, does what it asks, and ends with its status.
@main
enum Fluxlua {
    /// Not `async`: the main thread of an async program waits with every signal let through, so the signals would end the
    /// process there.
    static func main() {
        Signals.blockInEveryThread()
        Task.detached {
            let status = await run(.real)
            fflush(nil)
            exit(status)
        }
        while true { pause() }
    }

    static func run(_ world: World) async -> Int32 {
        let command: Command
        do throws(UsageError) {
            command = try Command(parsing: world.arguments)
        } catch {
            let first = world.arguments.dropFirst().first
            let command = first.flatMap { (["serve"] + Help.ofCommands.keys).contains($0) ? " \($0)" : nil } ?? ""
            world.say("\(error.message)\ntry 'fluxlua\(command) --help'")
            return ExitStatus.usage
        }
        switch command {
        case .help: world.writeOutput(Help.main)
        case .serveHelp: world.writeOutput(Help.serve)
        case .commandHelp(let command): world.writeOutput(Help.ofCommands[command] ?? Help.main)
        case .version: world.writeOutput(Help.version + "\n")
        case .serve(let options): return await ServeCommand(world: world, options: options).run()
        case .jobs(let options): return JobsCommand(world: world, options: options).run()
        case .show(let options): return ShowCommand(world: world, options: options).run()
        case .resume(let options): return await ResumeCommand(world: world, options: options).run()
        case .cache(let options): return CacheCommand(world: world, options: options).run()
        case .forget(let options): return ForgetCommand(world: world, options: options).run()
        case .doctor(let options): return DoctorCommand(world: world, options: options).run()
        case .plan(let options): return await PlanCommand(world: world, options: options).run()
        case .read(let options): return ReadCommand(world: world, options: options).run()
        case .gallery(let options): return await GalleryCommand(world: world, options: options).run()
        case .run(let options): return await RunCommand(world: world, options: options).run()
        }
        return ExitStatus.success
    }
}
