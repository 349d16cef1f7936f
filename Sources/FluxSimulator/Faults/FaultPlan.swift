/// The faults of one simulator and how often each was met. Counting, and chance from a seed, decide: the same requests
/// meet the same faults.
struct FaultPlan: Sendable {
    /// A request, as far as faults look at it.
    struct RequestFacts: Sendable {
        var call: FaultCall?
        /// One of the calls of contract §1: what a fault without a call strikes.
        var isOfService = true
        /// Of the job that it asks for, or makes.
        var prompt: String?
        /// What tells it, and its repetitions, from other requests. The rules that it brought count by this.
        var identity = ""
        /// Rules that came with the request itself.
        var carried: [Fault] = []
        /// Rules that came with the submit of the job that it asks for.
        var inherited: [Fault] = []
    }

    /// What a request meets. The first of a sort that strikes is the one that counts.
    struct RequestFaults: Sendable {
        /// `answer` or `drop`: comes in the place of everything else.
        var instead: Fault.Effect?
        var delay: Duration?
        var wrongPicture: Fault.WrongPicture?
        /// `cut` or `slow`
        var delivery: Fault.Effect?
    }

    private struct Count {
        var matches = 0
        var uses = 0
    }

    private var configured: [(fault: Fault, count: Count)]
    /// Of rules that came with requests, by rule and the request's identity.
    private var carried: [String: Count] = [:]
    private var random: RandomSource
    /// How often each kind struck.
    private(set) var fired: [String: Int] = [:]

    init(_ faults: [Fault], seed: UInt64) {
        configured = faults.map { ($0, Count()) }
        random = RandomSource(seed: seed ^ 0xFA17)
    }

    /// The rules of the simulator, and how often each struck.
    var rules: [(fault: Fault, uses: Int)] { configured.map { ($0.fault, $0.count.uses) } }

    /// Whether some rule asks what a job's prompt is.
    var readPrompts: Bool { configured.contains { $0.fault.prompt != nil } }

    /// From now on these, counted from the beginning.
    mutating func replace(by faults: [Fault]) { configured = faults.map { ($0, Count()) } }

    // MARK: Requests

    /// Asked once for each request, before it is looked at.
    mutating func mishap(of occasion: RequestFacts) -> RequestFaults {
        var mishap = RequestFaults()
        strike(occasion, .request) { effect in
            switch effect {
            case .answer, .drop:
                mishap.instead = effect
                return false
            case .delay(let duration): mishap.delay = mishap.delay ?? duration
            case .wrongPicture(let how): mishap.wrongPicture = mishap.wrongPicture ?? how
            case .cut, .slow: mishap.delivery = mishap.delivery ?? effect
            default: break
            }
            return true
        }
        return mishap
    }

    /// Asked once for each answer that can be lost: of a submit, when it made a job.
    mutating func loss(of occasion: RequestFacts) -> Fault.LostAnswer? {
        var loss: Fault.LostAnswer?
        strike(occasion, .answer) { effect in
            if case .dropAnswer(let how) = effect { loss = how }
            return false
        }
        return loss
    }

    // MARK: Jobs

    /// Asked once for each job that is made.
    mutating func trouble(ofJobMadeBy occasion: RequestFacts) -> JobFaults {
        var trouble = JobFaults()
        strike(occasion, .job) { effect in
            switch effect {
            case .failJob(let reason): trouble.failure = trouble.failure ?? reason
            case .latePictures(let duration): trouble.lateness = max(trouble.lateness, duration)
            case .result(let shape): trouble.shape = trouble.shape ?? shape
            case .webhook(let webhook): trouble.webhooks.insert(webhook)
            default: break
            }
            return true
        }
        trouble.inherited = occasion.carried.filter { $0.call == .job || $0.call == .picture }
        return trouble
    }

    // MARK: Counting

    /// Tells `meet` of every fault that strikes, until it says false.
    private mutating func strike(
        _ occasion: RequestFacts, _ target: Fault.Effect.Target, meet: (Fault.Effect) -> Bool
    ) {
        for index in configured.indices {
            let fault = configured[index].fault
            guard fault.effect.target == target, matches(fault, occasion, anyCall: occasion.isOfService) else {
                continue
            }
            var count = configured[index].count
            let strikes = decide(fault, &count)
            configured[index].count = count
            if strikes, !meet(fault.effect) { return }
        }
        let own = occasion.carried.map { (fault: $0, anyCall: true) }
        let inherited = occasion.inherited.map { (fault: $0, anyCall: false) }
        for (fault, anyCall) in own + inherited {
            guard fault.effect.target == target, matches(fault, occasion, anyCall: anyCall) else { continue }
            let name = "\(fault) \(occasion.identity)"
            var count = carried[name] ?? Count()
            let strikes = decide(fault, &count)
            // Whoever sends ever new rules shall not fill the memory; old ones then begin anew.
            if carried.count >= Self.rememberedRules, carried[name] == nil { carried = [:] }
            if fault.counts { carried[name] = count }
            if strikes, !meet(fault.effect) { return }
        }
    }

    private static let rememberedRules = 10_000

    private func matches(_ fault: Fault, _ occasion: RequestFacts, anyCall: Bool) -> Bool {
        if let text = fault.prompt, occasion.prompt?.contains(text) != true { return false }
        guard fault.effect.strikesCalls else { return true }
        return fault.call.map { $0 == occasion.call } ?? anyCall
    }

    private mutating func decide(_ fault: Fault, _ count: inout Count) -> Bool {
        count.matches += 1
        let number = count.matches - fault.after
        guard number > 0, number.isMultiple(of: fault.every), count.uses < fault.times ?? .max,
            fault.rate >= 1 || Double.random(in: 0..<1, using: &random) < fault.rate
        else { return false }
        count.uses += 1
        fired[fault.effect.kind, default: 0] += 1
        return true
    }
}

/// What will go wrong with one job.
struct JobFaults: Sendable {
    var failure: String?
    /// How long after the job's end its pictures are still 404.
    var lateness = Duration.zero
    var shape: Fault.ResultShape?
    /// For whoever delivers the job's webhooks.
    var webhooks: Set<Fault.WebhookFault> = []
    /// Rules of its submit that are meant for calls that ask for the job or its pictures.
    var inherited: [Fault] = []
}

extension Fault {
    /// Whether it must be known how often it was met.
    fileprivate var counts: Bool { after > 0 || every > 1 || times != nil }
}
