#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Names of files in the making. They tell which process makes them, so that what a killed one left can be told from
/// what a living one still writes.
public enum TemporaryName {
    private static let prefix = ".fluxlua-\(machine)-"

    /// A file's name, without a folder: `.fluxlua-<machine>-<process>-<random>.<suffix>`.
    public static func new(_ suffix: String, random: UInt64) -> String {
        "\(prefix)\(getpid())-\(String(random, radix: 36)).\(suffix)"
    }

    /// Removes what processes of this machine left in a folder that do not live any more.
    public static func sweep(_ folder: String) {
        guard let entries = opendir(folder.isEmpty ? "." : folder) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }),
                process > 0, kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink((folder.isEmpty ? "" : folder + "/") + name)
        }
    }

    /// Processes of several machines, or containers, may share a folder; their numbers tell nothing here.
    private static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(bytes.reduce(5381 as UInt32) { $0 &* 33 ^ UInt32($1) }, radix: 36)
    }()
}
