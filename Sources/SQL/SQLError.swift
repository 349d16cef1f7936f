/// What a database refused, and why.
public struct SQLError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// Another connection holds it, longer than the connection's patience.
        case locked
        /// The disk, or the size limit of a file, is full.
        case full
        case readOnly
        /// No database, or a broken one.
        case damaged
        /// The file or the server cannot be opened, and trying again does not help by itself.
        case cannotOpen
        /// The server cannot be reached, is going down, or takes nothing at the moment: it may be back soon.
        case unavailable
        /// Reading or writing the disk failed.
        case disk
        /// A rule of the schema refused a row.
        case constraint
        /// Two transactions stood in each other's way, and this one was undone: it may be run again at once.
        case conflict
        case outOfMemory
        /// Anything else: mostly a mistake in a statement.
        case other
    }

    public var kind: Kind
    /// The database's own words.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
