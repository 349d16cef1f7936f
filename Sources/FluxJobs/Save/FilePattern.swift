import FluxClient

/// A pattern for file names, such as `out/{prompt:40}-{seed}.{ext}` (lua-api §5).
///
/// `{name}` stands for a value, `{name:40}` for its first 40 characters, `{name:04}` (a width with a leading zero) for
/// the value filled up with zeros to 4 characters; `{{` and `}}` are literal braces. Slashes divide folders only where
/// the author wrote them. A pattern that ends in `/` names a folder; a default file name is appended to it.
///
/// What the author wrote is kept as it is, also an extension that is not the picture's format. A value never leaves the
/// folder: see `FileNameText`; at the start of a name it cannot bring a dot or dash, at the end no dot or space, and a
/// name that would be empty, `.` or `..`, a device on Windows, or begin with a bare accent, gets a `_` in front. A name stays so short that a
/// suffix such as `-2` still fits into the 255 bytes that file systems take; the longest value is cut for that.
public struct FilePattern: Sendable, Hashable {
    /// The file name appended to a pattern that is a folder, below the author's folder or `flux.config().out`.
    public static let defaultFileName = "{model}-{seed}-{id:8}.{ext}"

    enum Width: Sendable, Hashable {
        case cut(Int)
        case fill(Int)
    }

    enum Piece: Sendable, Hashable {
        case text(String)
        case value(String, Width?)
    }

    /// Bytes of one name, which leaves room for a suffix.
    static let nameByteLimit = 244

    /// The names between the author's slashes; the first is empty when the path is absolute.
    let names: [[Piece]]

    /// - Throws: kind `invalid` when a brace is open, closed or empty where it should not be, or a width is none.
    public init(parsing pattern: String, defaultFileName: String = Self.defaultFileName) throws(FluxError) {
        guard !pattern.isEmpty else { throw FluxError(.invalid, "the file pattern is empty") }
        let isFolder = pattern.utf8.last == UInt8(ascii: "/")
        names = try Self.names(in: isFolder ? pattern + defaultFileName : pattern)
    }

    /// The placeholders, in the order in which they are written.
    public var placeholders: [String] {
        names.joined().compactMap { if case .value(let name, _) = $0 { name } else { nil } }
    }

    /// The path, with each value looked up under its name. A value of nil is an unknown placeholder.
    /// - Throws: kind `invalid` for an unknown placeholder, with `known` and the nearest of them in the message.
    public func path(known: @autoclosure () -> [String], value: (String) -> String?) throws(FluxError) -> String {
        var path = ""
        for (position, pieces) in names.enumerated() {
            if position > 0 { path += "/" }
            var rendered: [(text: String, isValue: Bool)] = []
            for piece in pieces {
                switch piece {
                case .text(let text):
                    rendered.append((text, false))
                case .value(let name, let width):
                    guard let text = value(name) else { throw Self.unknown(name, known: known()) }
                    rendered.append((Self.shaped(FileNameText.clean(text), width), true))
                }
            }
            path += Self.name(rendered)
        }
        return path
    }

    private static func shaped(_ text: String, _ width: Width?) -> String {
        switch width {
        case .cut(let count):
            FileNameText.clean(text.prefix(count))
        case .fill(let count):
            String(repeating: "0", count: max(0, count - text.count)) + text
        case nil:
            text
        }
    }

    /// One name of the path, made fit. A name without values is the author's own and kept as it is.
    private static func name(_ pieces: [(text: String, isValue: Bool)]) -> String {
        guard pieces.contains(where: \.isValue) else { return pieces.map(\.text).joined() }
        var pieces = pieces
        var excess = pieces.reduce(0) { $0 + $1.text.utf8.count } - nameByteLimit
        while excess > 0 {
            let values = pieces.indices.filter { pieces[$0].isValue && !pieces[$0].text.isEmpty }
            guard let longest = values.max(by: { pieces[$0].text.utf8.count < pieces[$1].text.utf8.count }) else {
                break
            }
            // Down to the second longest at most, so that no single value pays for the others.
            let length = pieces[longest].text.utf8.count
            let others = values.filter { $0 != longest }.map { pieces[$0].text.utf8.count }.max() ?? 0
            let target = max(length - excess, min(others, length - 1))
            pieces[longest].text = FileNameText.start(of: pieces[longest].text, byteCount: target)
            excess -= length - pieces[longest].text.utf8.count
        }
        for index in pieces.indices {
            guard pieces[index].isValue else { break }
            pieces[index].text.unicodeScalars.trimPrefix(while: { $0 == "." || $0 == "-" || $0 == " " })
            if !pieces[index].text.isEmpty { break }
        }
        for index in pieces.indices.reversed() {
            guard pieces[index].isValue else { break }
            while let scalar = pieces[index].text.unicodeScalars.last, scalar == "." || scalar == " " {
                pieces[index].text.unicodeScalars.removeLast()
            }
            if !pieces[index].text.isEmpty { break }
        }
        let name = pieces.map(\.text).joined()
        let first = name.unicodeScalars.first ?? "."
        let isBareStart =
            pieces[0].isValue && (".- ".unicodeScalars.contains(first) || first.properties.isGraphemeExtend)
        let isOnlyDots = name.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
        return isBareStart || isOnlyDots || FileNameText.isDevice(name) ? "_" + name : name
    }

    /// Whether each placeholder will have a value for a picture of a request, which may not be made yet.
    /// - Parameter labels: as those of `PictureSaver.Item`.
    /// - Throws: as `path`.
    public func check(for request: JobRequest, labels: [String: String] = [:]) throws(FluxError) {
        let names = placeholders.filter { !PlaceholderValues.fixed.contains($0) }
        if names.isEmpty { return }
        let known = PlaceholderValues.known(of: request, labels: labels)
        for name in names where !known.contains(name) { throw Self.unknown(name, known: known) }
    }

    private static func unknown(_ name: String, known: [String]) -> FluxError {
        FluxError(
            .invalid,
            "unknown placeholder '\(name)' in the file pattern\(Suggestion.question(for: name, in: known))",
            hint: "known: " + known.map { "{\($0)}" }.joined(separator: " "))
    }
}
