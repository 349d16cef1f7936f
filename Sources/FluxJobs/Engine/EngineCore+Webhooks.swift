import FluxClient

extension EngineCore {
    /// Takes in what the service has told by itself, once or many times, in whatever order.
    func receive(_ delivery: WebhookDelivery) {
        schedule.heard()
        guard let number = numbers[delivery.jobID], let job = progress[number]?.job else {
            // The answer that names the job may still be on its way; or it is over, or not ours.
            return early.add(delivery)
        }
        guard let state = delivery.state else {
            schedule.hurry(number, at: clock.now)
            return rearm()
        }
        // A late one does not turn back time.
        if !state.status.isFinal, (state.progress ?? 0) < (job.snapshot.progress ?? 0) { return }
        if state.status.isFinal { schedule.told() }
        observe(number, state)
        rearm()
    }
}

/// Deliveries of jobs that nobody here knows yet: the last ones.
struct EarlyWebhooks {
    static let mostCount = 1000

    private var deliveries: [String: WebhookDelivery] = [:]
    private var order = FIFOQueue<String>()
    private var count = 0

    /// Of one job the one that tells of its end is kept.
    mutating func add(_ delivery: WebhookDelivery) {
        if let known = deliveries[delivery.jobID] {
            if known.state?.status.isFinal != true { deliveries[delivery.jobID] = delivery }
            return
        }
        deliveries[delivery.jobID] = delivery
        order.append(delivery.jobID)
        count += 1
        if count > Self.mostCount, let oldest = order.popFirst() {
            deliveries[oldest] = nil
            count -= 1
        }
    }

    /// The delivery of a job that is known from now on.
    mutating func take(_ jobID: String) -> WebhookDelivery? { deliveries.removeValue(forKey: jobID) }
}
