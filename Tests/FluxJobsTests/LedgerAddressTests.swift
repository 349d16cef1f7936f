import Testing

@testable import FluxJobs

/// Addresses of ledgers in messages.
struct LedgerAddressTests {
    @Test(
        arguments: [
            ("/home/anna/a:b@c.sqlite", "/home/anna/a:b@c.sqlite"),
            ("postgresql://studio@db/flux", "postgresql://studio@db/flux"),
            ("postgres://studio:secret@db:5433/flux?sslmode=require", "postgres://studio@db:5433/flux"),
            ("postgresql://db:5433/flux?user=anna&password=secret", "postgresql://db:5433/flux"),
            // These should have been escaped.
            ("postgresql://studio:se/secret@db/flux", "postgresql://studio@db/flux"),
            ("postgresql://studio:se@secret@db/flux", "postgresql://studio@db/flux"),
            ("postgresql://studio:secret?x@db/flux", "postgresql://studio@…"),
        ])
    func passwordIsNeverShown(_ address: String, _ shown: String) {
        #expect(LedgerAddress.shown(address) == shown)
    }
}
