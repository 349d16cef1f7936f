import CommandLineKit
import Dispatch
import FluxClient
import FluxJobs
import FluxModule
import FluxStudio
import HTTPServer
import LuaRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fluxlua studio`: the page, live, until it is interrupted.
struct StudioCommand {
    let host: HostEnvironment
    let options: StudioOptions

    func run() async throws(UsageError) -> Int32 {
        let password = host.value(of: .studioPassword)
        if options.host != nil, password == nil {
            throw UsageError(
                message: "'--listen' lets other machines in: set FLUX_STUDIO_PASSWORD to the password for it"
            )
        }
        var run = RunOptions()
        run.ledger = options.ledger
        run.simulates = options.simulates
        run.budget = options.budget
        let settings: FluxSettings
        // A limit on credits holds here as for a script. The project's file counts where the user has agreed to it.
        switch try await SettingsLoader(host: host).values(run, folder: "", project: .agreed) {
        case .success(let values): settings = values
        case .failure(let ended): return ended.status
        }
        let session = try Session(host: host, options: run, takesWebhooks: false)
        session.script = .studio
        do throws(FluxError) {
            return try await serve(session, settings, password: options.host == nil ? nil : password)
        } catch {
            host.tell(error)
            session.close(status: ExitStatus.scriptFailed)
            return ExitStatus.scriptFailed
        }
    }

    private func serve(
        _ session: Session, _ settings: FluxSettings, password: String?
    ) async throws(FluxError) -> Int32 {
        let socket: ListeningSocket
        do throws(ListeningError) {
            socket = try ListeningSocket(
                host: options.host ?? "127.0.0.1", port: UInt16(clamping: options.port), loopbackOnly: password == nil)
        } catch {
            throw FluxError(.io, "the studio cannot listen: \(error)")
        }
        let module = FluxModule(
            settings: settings, notice: { [host] in host.say($0) },
            openEngine: { settings throws(FluxError) in try session.openEngine(settings) })
        let lua: LuaRuntime
        let engine: JobEngine
        do throws(LuaError) {
            lua = try LuaRuntime(ignoresEnvironment: true)
            try await module.install(in: lua)
        } catch {
            throw FluxError(.io, error.message)
        }
        engine = try module.open()
        await takeUp(engine, session)
        let usualFolder = try session.dataFolder() + "/studio"
        let folder = options.folder ?? usualFolder
        let backend = try LedgerStudioBackend(
            ledger: try session.ledgerPath(), stores: try session.stores(), orders: StudioRequests(lua), engine: engine,
            isPaid: !session.usesLocalService, folder: folder)
        let access = StudioAccess(hosts: hosts(socket.port), port: socket.port, password: password)
        let studio = StudioServer(backend: backend, access: access)
        let server = HTTPServer(service: studio, time: ServiceClock(clock: ContinuousClock(), beginning: Date()))
        do throws(ListeningError) { try server.start(on: socket) } catch {
            throw FluxError(.io, "the studio cannot listen: \(error)")
        }
        let address =
            "http://\(name(options.host ?? "127.0.0.1")):\(socket.port)/" + (password == nil ? access.query : "")
        let isOpened = !options.leavesBrowserClosed && password == nil && Browser.open(address, host)
        host.say(
            isOpened
                ? "the studio is open in the browser; Ctrl-C ends it" : "open this address in a browser; Ctrl-C ends it"
        )
        let written = host.put(address + "\n")
        let watch = Task { await self.watch(backend, studio) }
        if written == ExitStatus.success { _ = await Self.stopSignal() }
        watch.cancel()
        server.stop()
        await finish(engine)
        await lua.close()
        session.close(status: ExitStatus.success)
        if engine.tally.count > 0 { host.say(engine.tally.line(isPaid: !session.usesLocalService)) }
        return written
    }

    /// What an earlier studio, or a script that is gone, has asked for and not got is fetched.
    private func takeUp(_ engine: JobEngine, _ session: Session) async {
        guard !session.usesLocalService, let ledger = engine.ledger else { return }
        var filter = RecordFilter()
        filter.isOpen = true
        filter.account = ledger.run.account.name
        do throws(FluxError) {
            var open = try await ledger.requests(filter)
            let alive = try await ledger.alive(Set(open.map { $0.owner ?? $0.run }))
            open.removeAll { alive.contains($0.owner ?? $0.run) }
            for record in open { _ = engine.resume(record) }
            if !open.isEmpty {
                host.say(
                    open.count == 1
                        ? "resuming 1 job of an earlier run" : "resuming \(open.count) jobs of earlier runs")
            }
        } catch {
            host.tell(error)
        }
    }

    /// Tells the pages when the ledger has changed, by whoever.
    private func watch(_ backend: LedgerStudioBackend, _ studio: StudioServer) async {
        var round = 0
        var isTold = false
        while !Task.isCancelled {
            do throws(FluxError) {
                if try await backend.hasChanged() { studio.changed() }
                isTold = false
            } catch {
                // Once, not at every look.
                if !isTold { host.tell(error) }
                isTold = true
            }
            round += 1
            if round % 30 == 0 { studio.keepAlive() }
            try? await host.sleep(.milliseconds(500))
        }
    }

    /// What was asked for is paid: it is waited for, unless a second Ctrl-C says otherwise.
    private func finish(_ engine: JobEngine) async {
        await engine.askNoMore()
        let second = Task.detached {
            _ = await Self.stopSignal()
            await engine.shutDown()
        }
        await engine.idle()
        second.cancel()
        await engine.shutDown()
    }

    private static func stopSignal() async -> Int32 {
        await withCheckedContinuation { continuation in
            // A thread of its own, which may wait for the rest of the program's life.
            DispatchQueue(label: "stop").async { continuation.resume(returning: Signals.waitForStop()) }
        }
    }

    private func name(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    private func hosts(_ port: UInt16) -> Set<String> {
        var names = ["127.0.0.1", "localhost"]
        if let host = options.host { names.append(name(host).lowercased()) }
        if ["0.0.0.0", "::"].contains(options.host ?? "") { names.append(Self.machineName) }
        // Browsers leave out the usual port.
        return Set(names.map { "\($0):\(port)" } + (port == 80 ? names : []))
    }

    private static var machineName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, bytes.count - 1)
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
    }
}
