import FluxClient

/// How long jobs take, when no other job is in their way.
public enum JobDuration: Sendable, Hashable {
    /// Every job the same, from its acceptance to its end; zero: done as soon as accepted.
    case exactly(Duration)
    /// As the service states for the model (contract §3), give or take three tenths of it by chance.
    case lifelike

    /// Where the service states nothing.
    private static let usualDuration = Duration.seconds(12)

    func duration(of model: Model, _ random: inout RandomSource) -> Duration {
        switch self {
        case .exactly(let duration): max(.zero, duration)
        case .lifelike:
            // Whole milliseconds, so that timestamps tell the schedule exactly.
            .milliseconds(
                Int(
                    (model.averageDuration ?? Self.usualDuration) / .milliseconds(1)
                        * Double.random(in: 0.7...1.3, using: &random)))
        }
    }
}
