import CommandLineKit
import FluxClient
import FluxModule
import LuaRuntime

/// Where each setting comes from.
extension Doctor {
    func settings() async -> [Finding] {
        var findings: [Finding] = []
        do throws(FluxError) {
            if let project = try ProjectFile.nearest(to: ".") {
                switch try ProjectConsents(host).answer(to: project) {
                case true?: break
                case false?: findings.append(.note("project", "\(project.path) is not run, because you refused it"))
                case nil:
                    findings.append(
                        .note("project", "\(project.path) is new or has changed, and is not run", "fluxlua trust")
                    )
                }
            }
        } catch {
            findings.append(.wrong("project", error))
        }
        do throws(SettingsLoader.Problem) {
            let loaded = try await SettingsLoader(host: host).load(RunOptions(), folder: ".", project: .agreed)
            let fields = loaded.values.luaValue.table
            for name in FluxSettings.names {
                let value = fields?[name].shown ?? "nil"
                findings.append(.good("setting", "\(name) = \(value), \(loaded.source(of: name).text)"))
            }
        } catch {
            switch error {
            case .usage(let error): findings.append(.wrong("setting", error.message, "fix the variable, or unset it"))
            case .file(let message): findings.append(.wrong("setting", message, "fix the file"))
            // Nothing is asked here.
            case .interrupted: break
            }
        }
        let set = EnvironmentVariable.all.filter { host.value(of: $0) != nil }.map(\.name)
        if !set.isEmpty { findings.append(.note("variables", "set: \(set.joined(separator: ", "))")) }
        return findings
    }
}
