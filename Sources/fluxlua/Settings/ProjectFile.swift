import FluxClient
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A project's settings file, `.fluxlua.lua`, beside a script or above it.
struct ProjectFile: Equatable, Sendable {
    static let name = ".fluxlua.lua"

    var path: String
    var text: String

    /// Of its content: other content needs another consent.
    var hash: String { PictureFile.hash(of: Array(text.utf8)) }

    /// The nearest one, from a folder upward; nil where there is none.
    static func nearest(to folder: String) throws(FluxError) -> ProjectFile? {
        // Where it really is: what is above a link is above what it leads to.
        guard let real = realpath(folder.isEmpty ? "." : folder, nil) else { return nil }
        defer { free(real) }
        var parts = String(cString: real).split(separator: "/")
        while true {
            let path = "/" + (parts + [Substring(name)]).joined(separator: "/")
            if let text = try PrivateFile(path: path).text() { return ProjectFile(path: path, text: text) }
            if parts.isEmpty { return nil }
            parts.removeLast()
        }
    }
}

/// What the user has said about projects' settings files, each content once: lines `yes HASH PATH` and `no HASH PATH`.
struct ProjectConsents {
    let file: PrivateFile

    init(_ host: HostEnvironment) throws(FluxError) {
        file = PrivateFile(path: try host.stateFolder() + "/consents")
    }

    /// Nil where the content is new here.
    func answer(to project: ProjectFile) throws(FluxError) -> Bool? {
        guard let entry = try entries().first(where: { $0.path == project.path && $0.hash == project.hash }) else {
            return nil
        }
        return entry.word == "yes"
    }

    func note(_ answer: Bool, to project: ProjectFile) throws(FluxError) {
        let others = try entries().filter { $0.path != project.path }
        let all = others + [(answer ? "yes" : "no", project.hash, project.path)]
        try file.write(all.map { "\($0.word) \($0.hash) \($0.path)\n" }.joined())
    }

    private func entries() throws(FluxError) -> [(word: String, hash: String, path: String)] {
        (try file.text() ?? "").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            return parts.count == 3 ? (parts[0], parts[1], parts[2]) : nil
        }
    }
}

extension HostEnvironment {
    /// Shows a project's settings file and asks whether it may run. The answer is noted.
    /// - Returns: nil when Ctrl-C was the answer.
    func askConsent(to project: ProjectFile) throws(FluxError) -> Bool? {
        var shown = project.text.split(separator: "\n", omittingEmptySubsequences: false).map {
            "    " + String($0).onOneLine
        }
        if shown.last == "    " { shown.removeLast() }
        writeError(
            "fluxlua: the project's settings file \(project.path) is new, or has changed:\n\n"
                + shown.joined(separator: "\n") + "\n\n")
        guard let key = readKey("It can do all that a script can. Run it, now and in future? [y/N] ") else {
            return nil
        }
        let answer = key == "y" || key == "Y"
        try ProjectConsents(self).note(answer, to: project)
        return answer
    }
}
