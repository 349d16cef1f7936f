import Dispatch
import Synchronization

/// Ctrl-C, or whatever else asks a command to stop that waits for jobs. What is at the service goes on there, and the
/// ledger keeps it open.
final class StopSignal: Sendable {
    private let received = Mutex<Int32?>(nil)

    /// Waits from now on.
    /// - Parameter onStop: called once, when the first has come.
    init(onStop: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "fluxlua.stop").async {
            let signal = Signals.waitForStop()
            self.received.withLock { $0 = signal }
            onStop()
        }
    }

    /// Which has come, if one has.
    var signal: Int32? { received.withLock { $0 } }
}
