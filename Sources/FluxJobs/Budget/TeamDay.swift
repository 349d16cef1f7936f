/// What all who share a ledger have spent and may spend on an account today, from midnight to midnight of UTC.
public struct TeamDay: Sendable, Hashable {
    /// The account's name, also where its key has replaced another.
    public var account: String
    /// Milliseconds since 1970.
    public var began: Int64
    /// Credits; nil: nobody has set any.
    public var limit: Int?
    /// Credits of requests that are settled.
    public var spent: Int
    /// The most that the others can still cost.
    public var reserved: Int

    private static let length: Int64 = 24 * 3_600_000

    /// The next midnight of UTC, milliseconds since 1970.
    public var ends: Int64 { began + Self.length }

    /// What can still be asked for; nil: there is no limit.
    public var left: Int? { limit.map { Budget(.team, limit: $0, spent: spent, reserved: reserved).left } }

    /// The last midnight of UTC.
    static func beginning(of now: Int64) -> Int64 { now / length * length }
}
