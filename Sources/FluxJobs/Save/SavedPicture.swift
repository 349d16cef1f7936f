#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A picture that stands under the name that an author's pattern gave it.
public struct SavedPicture: Sendable, Hashable {
    public var path: String
    /// Nil where the file system's times are too coarse to tell, and in a plan.
    var mark: SavedMark?
}

/// What tells without reading it that a file still is what was saved there. The ledger keeps it.
struct SavedMark: Sendable, Hashable {
    /// SHA-256 of what tells the content: the hash of the fetched picture, and what was put around its parts.
    var content: String
    /// Which file it was, as the system told it when it had been written.
    var file: String

    init(content: String, file: String) {
        self.content = content
        self.file = file
    }

    init(content: String, _ file: Files.Identity) {
        self.init(
            content: content,
            file: "\(file.device):\(file.node):\(file.byteCount):\(file.modifiedSeconds).\(file.modifiedNanoseconds):"
                + "\(file.changedSeconds).\(file.changedNanoseconds)")
    }
}

/// The marks that the ledger has, by path.
public struct SavedMarks: Sendable {
    private var marks: [String: SavedMark] = [:]
    private let folder: String

    /// - Parameter folder: where relative paths start.
    public init(in folder: String = FileManager.default.currentDirectoryPath) { self.folder = folder }

    /// - Parameter path: may be relative.
    subscript(path: String) -> SavedMark? {
        get { marks.isEmpty ? nil : marks[absolute(path)] }
        set { marks[absolute(path)] = newValue }
    }

    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(folder)/\(path)" }
}
