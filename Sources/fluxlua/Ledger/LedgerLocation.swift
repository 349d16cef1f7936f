import CommandLineKit
import FluxClient
import FluxJobs

/// Reading the ledger, for the commands that change nothing.
enum LedgerLocation {
    /// Runs `body` on the ledger, and tells what is wrong with it.
    static func read(
        _ option: String?, _ host: HostEnvironment, _ body: (LedgerReader) throws(FluxError) -> Int32
    ) -> Int32 {
        with(option, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            return try body(try LedgerReader(path: try session.ledgerPath()))
        }
    }

    /// Runs `body` with what knows where the ledger is, and tells what goes wrong.
    static func with(_ option: String?, _ host: HostEnvironment, _ body: (Session) throws(FluxError) -> Int32) -> Int32
    {
        do throws(FluxError) {
            return try body(try session(option, host))
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    static func session(_ option: String?, _ host: HostEnvironment) throws(FluxError) -> Session {
        var options = RunOptions()
        options.ledger = option
        do throws(UsageError) {
            return try Session(host: host, options: options, takesWebhooks: false)
        } catch {
            throw FluxError(.invalid, error.message)
        }
    }
}

extension Session {
    /// - Returns: the exit status: a ledger that was named should be there.
    func sayThatNothingWasAsked() throws(FluxError) -> Int32 {
        host.say("nothing requested yet: there is no ledger \(LedgerAddress.shown(try ledgerPath()))")
        return options.ledger == nil ? ExitStatus.success : ExitStatus.scriptFailed
    }
}

extension HostEnvironment {
    /// An error with its hint.
    func tell(_ error: FluxError) { say(error.hint.map { "\(error.message)\nhint: \($0)" } ?? error.message) }
}
