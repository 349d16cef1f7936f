import CommandLineKit
import FluxClient

/// Whether the service can be reached, and how.
extension Doctor {
    func service() async -> [Finding] {
        var findings = proxy()
        let key = (try? host.serviceKey()) ?? nil
        let client = host.client(key: key?.text)
        let began = host.monotonic()
        do throws(FluxError) {
            let time = try await client.time()
            let milliseconds = Int((host.monotonic() - began) * 1000)
            findings.append(.good("network", "\(host.serviceURL) answers in \(milliseconds) ms"))
            findings += clock(time)
        } catch {
            let verdict = key == nil && host.value(of: .baseURL) == nil ? Finding.Verdict.note : .wrong
            return findings + [
                Finding(
                    subject: "network", verdict: verdict, text: "\(host.serviceURL): \(error.message)",
                    advice: error.hint ?? "check the network and the line 'proxy'")
            ]
        }
        guard key != nil else { return findings }
        do throws(FluxError) {
            let account = try await client.account()
            if let credits = account.credits, credits <= 0 {
                findings.append(.wrong("account", account.line, "buy credits on the service's page"))
            } else {
                findings.append(.good("account", account.line.isEmpty ? "the service accepts the key" : account.line))
            }
        } catch {
            findings.append(.wrong("account", error))
        }
        return findings
    }

    /// The variables that libcurl looks at, the first that is set.
    private func proxy() -> [Finding] {
        let isPlain = host.serviceURL.lowercased().hasPrefix("http:")
        let names = (isPlain ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]) + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { !(host.environment($0) ?? "").isEmpty }),
            let value = host.environment(name)
        else { return [.good("proxy", "none is set")] }
        // A proxy's address may hold a password.
        let address = value.replacing(#/\/\/[^@\/]*@/#, with: "//…@")
        var text = "\(name)=\(address)"
        for name in ["no_proxy", "NO_PROXY"] {
            if let spared = host.environment(name), !spared.isEmpty {
                text += ", \(name)=\(spared)"
                break
            }
        }
        return [.note("proxy", text)]
    }

    /// A day's budget, ages of jobs and certificates need one that is about right.
    private func clock(_ time: Int64?) -> [Finding] {
        guard let time else { return [.note("clock", "the service does not send its time")] }
        let seconds = host.now() / 1000 - time
        guard abs(seconds) > 120 else { return [.good("clock", "right")] }
        let minutes = abs(seconds) / 60
        return [
            .wrong(
                "clock", "\(minutes) minutes \(seconds > 0 ? "ahead of" : "behind") the service's",
                "set it: sudo timedatectl set-ntp true")
        ]
    }
}
