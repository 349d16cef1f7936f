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
