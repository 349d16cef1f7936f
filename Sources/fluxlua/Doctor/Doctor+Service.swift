import CommandLineKit
import FluxClient

/// Whether the service is reached, and how.
extension Doctor {
    func service() async -> [Finding] {
        var findings = proxy()
        let key = (try? world.serviceKey()) ?? nil
        let client = world.client(key: key?.text)
        let began = world.monotonic()
        do throws(FluxError) {
            let time = try await client.time()
            let milliseconds = Int((world.monotonic() - began) * 1000)
            findings.append(.good("network", "\(world.serviceURL) answers in \(milliseconds) ms"))
            findings += clock(time)
        } catch {
            let verdict = key == nil && world.value(of: .baseURL) == nil ? Finding.Verdict.note : .wrong
            return findings + [
                Finding(
                    subject: "network", verdict: verdict, text: "\(world.serviceURL): \(error.message)",
                    advice: error.hint ?? "check the network, and what 'proxy' says")
            ]
        }
        guard key != nil else { return findings }
        do throws(FluxError) {
            let account = try await client.account()
            if let credits = account.credits, credits <= 0 {
                findings.append(.wrong("account", account.line, "buy credits on the service's page"))
            } else {
                findings.append(.good("account", account.line.isEmpty ? "the service takes the key" : account.line))
            }
        } catch {
            findings.append(.wrong("account", error))
        }
        return findings
    }

    /// The variables that libcurl looks at, the first that is set.
    private func proxy() -> [Finding] {
        let isPlain = world.serviceURL.lowercased().hasPrefix("http:")
        let names = (isPlain ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]) + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { !(world.environment($0) ?? "").isEmpty }),
            let value = world.environment(name)
        else { return [.good("proxy", "none is set")] }
        // A proxy's address may hold a password.
        let address = value.replacing(#/\/\/[^@\/]*@/#, with: "//…@")
        var text = "\(name)=\(address)"
        for name in ["no_proxy", "NO_PROXY"] {
            if let spared = world.environment(name), !spared.isEmpty {
                text += ", \(name)=\(spared)"
                break
            }
        }
        return [.note("proxy", text)]
    }

    /// A day's budget, ages of jobs and certificates need one that is about right.
    private func clock(_ time: Int64?) -> [Finding] {
        guard let time else { return [.note("clock", "the service does not tell its own")] }
        let seconds = world.now() / 1000 - time
        guard abs(seconds) > 120 else { return [.good("clock", "right")] }
        let minutes = abs(seconds) / 60
        return [
            .wrong(
                "clock", "\(minutes) minutes \(seconds > 0 ? "ahead of" : "behind") the service's",
                "set it: sudo timedatectl set-ntp true")
        ]
    }
}
