import FluxJobs
import FluxModule
import LuaRuntime

/// `--detach`: a script's requests are left to the workers of its ledger, and the script ends where it would wait for them.
struct Detachment: Sendable {
    let handover = Handover()

    /// Ends the script as soon as it waits, and nothing else is under way that it could wait for.
    func watch(_ lua: LuaRuntime, _ module: FluxModule, _ exitRequest: ExitRequest) async {
        let look: @Sendable () -> Void = { Task { await endIfAllIsHandedOver(lua, module, exitRequest) } }
        await lua.whenWaiting(look)
        handover.whenChanged(look)
    }

    private func endIfAllIsHandedOver(_ lua: LuaRuntime, _ module: FluxModule, _ exitRequest: ExitRequest) async {
        guard exitRequest.status == nil, let engine = module.openedEngine else { return }
        let counts = handover.counts
        guard counts.handedOver > 0, engine.openJobs.isEmpty, await lua.isWaiting else { return }
        // What was answered a moment ago may still set the script going: that came before this question.
        guard await lua.isWaiting, engine.openJobs.isEmpty, handover.counts == counts else { return }
        await exitRequest.end(lua, with: ExitStatus.success)
    }

    /// What was left to others; empty: nothing.
    var lines: [String] {
        let counts = handover.counts
        var lines: [String] = []
        if counts.handedOver > 0 {
            let what = counts.handedOver == 1 ? "1 request is" : "\(counts.handedOver) requests are"
            lines.append(
                "\(what) left to the workers ('fluxlua worker'); run the script again to get the pictures")
        }
        if counts.leftOut > 0 {
            let what = counts.leftOut == 1 ? "1 request needs" : "\(counts.leftOut) requests need"
            lines.append("\(what) pictures that are not made yet: run the script again when they are")
        }
        return lines
    }
}
