import FluxJobs

extension JobCounts {
    /// The line at the end of a run, such as `8 jobs: 6 made, 2 reused, 0 failed; 60 credits`.
    func line(isPaid: Bool) -> String {
        var line = "\(count) \(count == 1 ? "job" : "jobs"): \(made) made, \(reused) reused, \(failed) failed"
        if leftOpen > 0 { line += ", \(leftOpen) left open" }
        if notAskedFor > 0 { line += ", \(notAskedFor) not requested" }
        if !isPaid { return line + "; nothing was paid" }
        line += "; \(credits) \(credits == 1 ? "credit" : "credits")"
        if unknownCosts > 0 { line += " plus \(unknownCosts) of unknown price" }
        return line
    }
}
