import FluxClient
import LuaRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the Lua half needs for words and files of them, in the table `flux.words`, which it takes away from the scripts:
/// `script_folder`, `text_files(folder)` and `suggestion(name, names)`.
extension FluxModule {
    /// Folders below a folder of wildcards; a link that leads up ends here.
    private static let deepest = 16
    private static let mostFiles = 100_000

    func defineWords(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.words.suggestion") { call throws(LuaError) in
            let names = try call[2].table?.items.compactMap(\.string) ?? []
            return .value(.string(Suggestion.question(for: try call[1].string ?? "", in: names)))
        }
        try await lua.register("flux.words.text_files") { call throws(LuaError) in
            let folder = try call[1].string ?? "."
            return .value(.list(self.textFiles(below: folder).map { .string($0) }))
        }
        try await lua.setGlobal("flux.words.script_folder", to: .string(scriptFolder))
    }

    /// The `.txt` files below a folder, by their paths from there without the ending, in order. What is hidden, or what
    /// the script may not read, is left out.
    private func textFiles(below top: String) -> [String] {
        var found: [String] = []
        func look(in inner: String, depth: Int) {
            let folder = inner.isEmpty ? top : "\(top)/\(inner)"
            guard restrictions.files?.refusalOfReading(folder) == nil,
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
            else { return }
            for name in names where !name.hasPrefix(".") && found.count < Self.mostFiles {
                let path = inner.isEmpty ? name : "\(inner)/\(name)"
                if name.hasSuffix(".txt") {
                    if restrictions.files?.refusalOfReading("\(top)/\(path)") == nil {
                        found.append(String(path.dropLast(4)))
                    }
                } else if depth < Self.deepest {
                    // A file has no names in it.
                    look(in: path, depth: depth + 1)
                }
            }
        }
        look(in: "", depth: 1)
        return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }
}
