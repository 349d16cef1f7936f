/// What becomes of a webhook on its way.
enum WebhookFate: Sendable, Hashable {
    case delivered
    /// It arrives twice.
    case doubled
    /// It never arrives, and the service does not know.
    case lost
    /// It arrives after the one that follows it. Says nothing of a job's last one.
    case overtaken
}

extension WebhookFate {
    /// What the faults have in store for a job's events; of several, the worst.
    init(_ troubles: Set<Fault.WebhookTrouble>) {
        self =
            if troubles.contains(.lost) {
                .lost
            } else if troubles.contains(.reorder) {
                .overtaken
            } else {
                troubles.contains(.duplicate) ? .doubled : .delivered
            }
    }
}
