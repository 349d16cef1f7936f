import CommandLineKit
import FluxClient

/// The keys that `fluxlua login` stores: one per line, after the address of its service. A key is never sent to another
/// service.
struct KeyFile {
    let file: PrivateFile

    init(_ host: HostEnvironment) throws(FluxError) {
        file = PrivateFile(path: try host.configurationFolder() + "/keys")
    }

    func key(for service: String) throws(FluxError) -> String? {
        try lines().first { $0.service == Self.name(service) }?.key
    }

    /// Keeps a key for a service in place of the one before; nil removes it.
    /// - Returns: whether there was one before.
    @discardableResult
    func set(_ key: String?, for service: String) throws(FluxError) -> Bool {
        let all = try lines()
        let name = Self.name(service)
        var left = all.filter { $0.service != name }
        let hadKey = left.count < all.count
        if let key { left.append((name, key)) }
        if left.isEmpty { return try file.remove() && hadKey }
        if key != nil || hadKey { try file.write(left.map { "\($0.service) \($0.key)\n" }.joined()) }
        return hadKey
    }

    /// All of them, for whatever service.
    func keys() throws(FluxError) -> [String] { try lines().map(\.key) }

    private func lines() throws(FluxError) -> [(service: String, key: String)] {
        (try file.text() ?? "").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
    }

    private static func name(_ service: String) -> String {
        var name = service[...]
        while name.hasSuffix("/") { name = name.dropLast() }
        return String(name)
    }
}

/// The key that requests carry.
struct ServiceKey: Equatable {
    enum Source: Equatable {
        case environment
        /// The path of the file of `fluxlua login`.
        case file(String)
    }

    var text: String
    var source: Source
}

extension HostEnvironment {
    /// The service that is used unless the local one is asked for.
    var serviceURL: String { value(of: .baseURL) ?? ServiceConfiguration().baseURL }

    /// The environment goes first.
    func serviceKey() throws(FluxError) -> ServiceKey? {
        if let text = value(of: .key) { return ServiceKey(text: text, source: .environment) }
        // Without a home there is no file to look for.
        guard (try? configurationFolder()) != nil else { return nil }
        let keys = try KeyFile(self)
        return try keys.key(for: serviceURL).map { ServiceKey(text: $0, source: .file(keys.file.path)) }
    }

    /// Asks the service with a key, for a command that waits for one answer.
    func client(key: String?) -> FluxClient {
        var service = ServiceConfiguration(baseURL: serviceURL, apiKey: key, retries: 0)
        service.allowInsecureHTTP = value(of: .insecureHTTP) == "1"
        service.timeouts = HTTPTimeouts(connect: .seconds(10), silence: .seconds(15), overall: .seconds(30))
        return FluxClient(service, transport: CurlTransport())
    }
}

extension Account {
    /// `900 credits, plan pro, ada@example.com`
    var line: String {
        [credits.map { "\($0) credits" }, plan.map { "plan \($0)" }, user].compactMap(\.self).joined(separator: ", ")
    }
}
