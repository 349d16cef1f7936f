import Foundation
import TestSupport

@testable import FluxClient

/// nginx, which speaks TLS and HTTP/2 with the client and asks a `ScriptedServer` for the answers. That one sees two more
/// headers: `X-Protocol`, what the client speaks, and `X-Connection`, the number of its connection.
final class SecureProxy: Sendable {
    let url: String
    let trust: TrustSettings
    private let folder: TemporaryFolder
    private let process: ChildProcess

    /// - Parameters:
    ///   - requestsPerConnection: after as many, nginx lets a connection end.
    ///   - longestBody: of a request, in bytes; a longer one is refused before it is read.
    init(before server: ScriptedServer, requestsPerConnection: Int, longestBody: Int) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let certificate = try Certificate(in: folder)
        let port = try freePort()
        url = "https://127.0.0.1:\(port)"
        trust = TrustSettings { $0 == "CURL_CA_BUNDLE" ? certificate.path : nil }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.file($0));" }.joined(separator: " ")
        let configuration = """
            daemon off; master_process off; pid \(folder.file("pid")); error_log stderr notice;
            events { worker_connections 1024; }
            http {
                access_log off; \(temporary)
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(certificate.path); ssl_certificate_key \(certificate.keyPath);
                    keepalive_requests \(requestsPerConnection); client_max_body_size \(longestBody);
                    location / {
                        proxy_pass \(server.url);
                        proxy_set_header X-Protocol $server_protocol;
                        proxy_set_header X-Connection $connection;
                    }
                }
            }
            """
        try folder.write(bytes(configuration), to: "nginx.conf")
        process = try ChildProcess(["nginx", "-e", "stderr", "-c", folder.file("nginx.conf")])
        // It says this once it listens.
        try process.waitForOutput("getrlimit")
    }

    /// Its connections stay, and nothing is answered, until it is thawed.
    func freeze() { process.signal(SIGSTOP) }

    func thaw() { process.signal(SIGCONT) }
}
