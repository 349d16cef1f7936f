import HTTPServer
import Synchronization

/// How the service is called by those who reach it.
extension Service {
    /// `http://host:port` as this client wrote it, so that what it is given works from where it stands.
    func base(for request: Request) -> String {
        let own = authority.withLock { $0 }
        guard let host = request.header("Host"), !host.isEmpty, host.utf8.count <= 255,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:[]".contains($0)) })
        else { return "http://\(own)" }
        knownHosts.withLock { hosts in
            // Nobody has this many names for one machine; whoever makes them up shall not fill the memory.
            if hosts.count < 64 { hosts.insert(host.lowercased()) }
        }
        return "http://\(host)"
    }

    /// The path of a URL of its own CDN; nil of any other URL.
    func ownPath(of url: String) -> String? {
        guard url.lowercased().hasPrefix("http://") else { return nil }
        let rest = url.dropFirst("http://".count)
        guard let slash = rest.firstIndex(of: "/"), rest[slash...].hasPrefix("/cdn/") else { return nil }
        let host = rest[..<slash].lowercased()
        let isOwn = authority.withLock { $0 == host } || knownHosts.withLock { $0.contains(host) }
        return isOwn ? String(rest[slash...]) : nil
    }
}
