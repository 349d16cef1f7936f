#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A machine on a ledger that several share.
enum Member {
    /// What people call this one: `FLUX_MEMBER`, or the name of the host.
    static let name: String = {
        if let name = getenv("FLUX_MEMBER").map({ String(cString: $0) }), !name.isEmpty { return name }
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "a machine without a name" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
