/// The faults of one simulator and how often each was met. Counting, not chance, decides: the same requests meet the
/// same faults.
struct FaultPlan: Sendable {
    private var entries: [(fault: Fault, matches: Int, uses: Int)]

    init(_ faults: [Fault]) {
        entries = faults.map { ($0, 0, 0) }
    }

    /// Asked once for each request of the service.
    mutating func refusal(of call: Call) -> (status: Int, retryAfter: Int?)? {
        for index in entries.indices {
            guard case .refuse(let status, let retryAfter) = entries[index].fault.effect,
                entries[index].fault.call.map({ $0 == call.faultCall }) ?? call.isOfService
            else { continue }
            if strikes(index) { return (status, retryAfter) }
        }
        return nil
    }

    /// Asked once for each job that is made: the reason why it will fail.
    mutating func failure(ofJobWith prompt: String) -> String? {
        for index in entries.indices {
            guard case .failJob(let reason) = entries[index].fault.effect, matches(index, prompt) else { continue }
            if strikes(index) { return reason }
        }
        return nil
    }

    /// Asked once for each job that is made.
    mutating func dropsAnswer(toJobWith prompt: String) -> Bool {
        for index in entries.indices where entries[index].fault.effect == .dropAnswer && matches(index, prompt) {
            if strikes(index) { return true }
        }
        return false
    }

    private func matches(_ index: Int, _ prompt: String) -> Bool {
        entries[index].fault.prompt.map { prompt.contains($0) } ?? true
    }

    private mutating func strikes(_ index: Int) -> Bool {
        entries[index].matches += 1
        let fault = entries[index].fault
        guard entries[index].matches.isMultiple(of: fault.every), entries[index].uses < fault.times ?? .max else {
            return false
        }
        entries[index].uses += 1
        return true
    }
}
