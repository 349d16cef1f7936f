import FluxClient
import FluxJobs
import FluxModule

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

extension Session {
    /// An engine that sends nothing. Its jobs are answered by stand-ins; what it writes down goes into a copy of the ledger,
    /// so that it decides as the next run will.
    func openPlan(_ settings: FluxSettings, _ book: PlannedJobs) throws(FluxError) -> JobEngine {
        let folder = try temporaryFolder()
        let path = try ledgerPath()
        let hasLedger = try hasLedger()
        let copy = folder + "/ledger.sqlite"
        if hasLedger { try LedgerReader(path: path).copy(to: copy) }
        let ledger = try Ledger(path: copy, for: runDescription)
        keep(ledger)
        book.circumstances = PlannedJobs.Context(
            account: ledger.run.account, ledger: hasLedger ? path : nil, takesUp: ledger.run.continued != nil)
        var configuration = settings.engineConfiguration(.local)
        configuration.firstLook = .zero
        // What would go over it is told from the sum.
        configuration.budget = nil
        let client = FluxClient(ServiceConfiguration(baseURL: PlanTransport.baseURL), transport: PlanTransport())
        return JobEngine(
            client: client, configuration: configuration,
            store: PictureStore(root: folder + "/pictures", alsoFoundIn: try foundFolders()), ledger: ledger,
            onStart: { book.add($0) })
    }

    /// Where pictures are that a run would find.
    private func foundFolders() throws(FluxError) -> [String] {
        let shared = usesLocalService ? nil : host.sharedPictures
        return [try pictureFolder()] + [shared].compactMap(\.self)
    }

    /// Goes when the program ends.
    private func temporaryFolder() throws(FluxError) -> String {
        let parents = [host.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 }, "/tmp", "/var/tmp"].compactMap(
            \.self)
        for parent in parents {
            var template = Array("\(parent)/fluxlua-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            keep(temporaryFolder: path)
            return path
        }
        throw FluxError(
            .io, "no temporary folder in \(parents[0]): \(String(cString: strerror(errno)))",
            hint: "name one that this user may write in TMPDIR")
    }

    func remove(temporaryFolder path: String) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            host.say("the temporary folder \(path) stays: \(error)")
        }
    }
}
