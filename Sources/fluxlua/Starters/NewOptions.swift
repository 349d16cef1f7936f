import CommandLineKit
import FluxClient
import FluxStarters

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fluxlua new [STARTER [FILE]]`
struct NewOptions: RunnableCommand {
    var starter: String?
    var file: String?

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 {
        guard let starter else { return host.put(Self.list) }
        guard let found = Starter.all.first(where: { $0.name == starter || $0.file == starter }) else {
            let question = Suggestion.question(for: starter, in: Starter.all.map(\.name))
            throw UsageError(message: "there is no starter '\(starter)'\(question); 'fluxlua new' lists them")
        }
        var path = file ?? found.name + ".lua"
        if path.hasSuffix("/") { path += found.name + ".lua" }
        if !path.hasSuffix(".lua") { path += ".lua" }
        do throws(FluxError) {
            // Its usage line names it.
            let text = String(decoding: found.source, as: UTF8.self).replacing(
                "fluxlua \(found.file)", with: "fluxlua \(path)")
            try Self.makeFolder(of: path)
            try Self.write(Array(text.utf8), to: path)
            if let companion = found.companion { try Self.writeBeside(path, companion.file, companion.content, host) }
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
        return host.put("\(path): \(found.summary)\nrun it:  fluxlua \(path)\n")
    }

    private static func writeBeside(
        _ path: String, _ name: String, _ content: [UInt8], _ host: HostEnvironment
    ) throws(FluxError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        guard access(folder + name, F_OK) != 0 else {
            return host.say("\(folder)\(name) already exists, and was left unchanged")
        }
        try write(content, to: folder + name)
    }

    private static func makeFolder(of path: String) throws(FluxError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        do {
            try FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
        } catch {
            throw FluxError(.io, "cannot make the folder \(path[..<slash]): \(error)")
        }
    }

    /// Never over a file.
    private static func write(_ bytes: [UInt8], to path: String) throws(FluxError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            throw errno == EEXIST
                ? FluxError(.io, "\(path) already exists, and is not overwritten", hint: "name another file")
                : FluxError(.io, "cannot write \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        let code = HostEnvironment.write(bytes[...], to: file)
        close(file)
        guard code == 0 else {
            unlink(path)
            throw FluxError(.io, "cannot write \(path): \(String(cString: strerror(code)).lowercased())")
        }
    }

    private static var list: String {
        let width = Starter.all.map(\.name.count).max() ?? 0
        return Starter.all.map { starter in
            "\(starter.name)\(String(repeating: " ", count: width - starter.name.count))  \(starter.summary)\n"
        }.joined()
    }
}

extension NewOptions {
    static let declaration = CommandDeclaration<NewOptions>(
        "new", "write a script to start from",
        discussion:
            "Writes a script for you to start from; it never overwrites a file. Without a name, lists the scripts.",
        usage: ["new [STARTER [FILE]] [options]"],
        arguments: [
            Argument(
                "STARTER", .atMostOnce, help: "the script's name, such as sweep",
                completion: .words(Starter.all.map(\.name))
            ) { options, text, _ in options.starter = text },
            Argument(
                "FILE", .atMostOnce, help: "the file to write (default: STARTER.lua)",
                completion: .files(endings: ["lua"])
            ) { options, text, _ in options.file = text },
        ],
        examples: [
            Example("fluxlua new", "list the scripts"),
            Example("fluxlua new sweep mugs.lua", "one prompt, several seeds"),
        ],
        exitStatuses: .usual)
}
