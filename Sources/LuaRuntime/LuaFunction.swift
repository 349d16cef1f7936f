/// A Lua function that Swift holds. Lua keeps it for as long as this lives.
public final class LuaFunction: Sendable, Hashable {
    let reference: Int64
    let mailbox: LuaMailbox

    init(reference: Int64, mailbox: LuaMailbox) {
        self.reference = reference
        self.mailbox = mailbox
    }

    deinit { mailbox.send(.letGo(reference)) }

    public static func == (left: LuaFunction, right: LuaFunction) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
