import CDisk
import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension PictureSaver {
    /// How a fetched picture comes into another folder.
    public enum Linking: String, Sendable, CaseIterable {
        /// Without a second copy of its bytes, where the file system can: a copy that shares them until one is changed, else
        /// a second name of the same file.
        case linked = "link"
        case copied = "copy"
    }

    /// Gives a picture that will not change a name in a folder, which is made. One of that size there is the same picture.
    /// - Throws: `FluxError` of kind `io`.
    public func link(_ source: String, to path: String, _ linking: Linking) throws(FluxError) {
        try checkPlace(of: path)
        guard writesFiles else { return }
        guard let size = PictureFile.size(of: source) else { throw FluxError(.io, "cannot read \(source): it is gone") }
        if PictureFile.size(of: path) == size { return }
        try Files.makeFolder(FileNameText.folder(of: path))
        if linking == .linked {
            if fluxlua_clone_file(source, path) == 0 { return }
            Files.remove(path)
            if addName(path, of: source) { return }
        }
        try write(FileContent(of: OpenFile(source)), replacing: path)
    }
}

/// Gives a file a second name; false where the file system cannot. Outside the type, whose own `link` hides the system's.
private func addName(_ path: String, of source: String) -> Bool { link(source, path) == 0 }

extension FilePattern {
    /// A text as part of a file's name, at most so long: letters and digits, dashes between words; `picture` for nothing.
    public static func name(of text: String, byteCount: Int) -> String {
        let words = text.split { !$0.isLetter && !$0.isNumber }.joined(separator: "-").lowercased()
        var name = FileNameText.start(of: words, byteCount: byteCount)
        while name.last == "-" { name.removeLast() }
        return name.isEmpty || FileNameText.isDevice(name) ? "picture" : name
    }
}
