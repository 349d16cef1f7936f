import CSodium
import FluxClient
import HTTPServer

/// Which keys were used for what (contract §6): remembered for a day, and no more than so many of them.
struct IdempotencyKeys: Sendable {
    struct Acceptance: Sendable, Hashable {
        let key: String
        let number: Int
        let jobID: String
        /// Of the call and the body.
        let digest: String
        let at: Duration
        /// How the job had ended when it was forgotten.
        var status: JobStatus?
    }

    static let lifetime = Duration.seconds(24 * 3600)

    let limit: Int
    private var acceptances: [String: Acceptance] = [:]
    /// First in, first out. A key that was used again after a day is in it twice.
    private var line: ArraySlice<(key: String, number: Int)> = []

    init(limit: Int) { self.limit = limit }

    /// What the key was used for, within the day.
    func acceptance(of key: String, now: Duration) -> Acceptance? {
        acceptances[key].flatMap { now < $0.at + Self.lifetime ? $0 : nil }
    }

    mutating func add(_ acceptance: Acceptance) {
        acceptances[acceptance.key] = acceptance
        line.append((acceptance.key, acceptance.number))
    }

    /// The job is forgotten, its key is not.
    mutating func close(_ job: JobRecord) -> Acceptance? {
        guard let key = job.idempotencyKey, acceptances[key]?.number == job.number else { return nil }
        acceptances[key]?.status = job.status
        return acceptances[key]
    }

    /// Forgets what is older than a day or too much; the keys that are gone.
    mutating func expire(at now: Duration) -> [String] {
        var gone: [String] = []
        while let (key, number) = line.first {
            if let acceptance = acceptances[key], acceptance.number == number {
                guard now >= acceptance.at + Self.lifetime || acceptances.count > limit else { break }
                acceptances[key] = nil
                gone.append(key)
            }
            line.removeFirst()
        }
        return gone
    }

    /// Tells two requests apart without keeping either.
    static func digest(of body: [UInt8], to call: SubmitCall) -> String {
        var digest = [UInt8](repeating: 0, count: 16)
        let prefix = Array(call.path.utf8)
        crypto_generichash(&digest, digest.count, body, UInt64(body.count), prefix, prefix.count)
        return digest.hexadecimal
    }
}
