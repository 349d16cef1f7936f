import FluxClient

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

/// A picture in a store, as a file that may go when room is needed.
public struct StoredPicture: Sendable, Hashable {
    public var path: String
    /// 64 hexadecimal digits.
    public var sha256: String
    public var byteCount: Int
    /// When a run last needed it; milliseconds since 1970.
    public var lastUsed: Int64
}

extension PictureStore {
    /// What the store may take, in bytes, where nobody says otherwise.
    public static let usualLimit: Int64 = 5_000_000_000

    /// All pictures, the one that was used longest ago first.
    /// - Throws: kind `io` when a folder cannot be read. A store that is not there yet holds none.
    public func storedPictures() throws(FluxError) -> [StoredPicture] {
        var pictures: [StoredPicture] = []
        for folder in try Self.names(in: root) where folder.utf8.count == 2 {
            for name in try Self.names(in: "\(root)/\(folder)") {
                let path = "\(root)/\(folder)/\(name)"
                let sha256 = name.prefix { $0 != "." }
                // One that another process has just removed is no error.
                guard sha256.utf8.count == 64, case .file(let file) = try Files.entry(at: path) else { continue }
                let lastUsed = Int64(file.modifiedSeconds) * 1000 + Int64(file.modifiedNanoseconds) / 1_000_000
                pictures.append(
                    StoredPicture(path: path, sha256: String(sha256), byteCount: file.byteCount, lastUsed: lastUsed))
            }
        }
        return pictures.sorted { ($0.lastUsed, $0.path) < ($1.lastUsed, $1.path) }
    }

    /// Removes those that were used longest ago, until the store takes no more than so many bytes.
    /// - Parameters:
    ///   - limit: bytes that may stay.
    ///   - needed: hashes of pictures that stay; asked for only when something has to go.
    ///   - newest: milliseconds since 1970: what was used later than that stays too, since a run may be about to note it.
    /// - Returns: what was removed.
    @discardableResult
    public func trim(
        to limit: Int64, keeping needed: @autoclosure () throws(FluxError) -> Set<String>, notNewerThan newest: Int64
    ) throws(FluxError) -> [StoredPicture] {
        let pictures = try storedPictures()
        var total = pictures.reduce(0) { $0 + Int64($1.byteCount) }
        guard total > limit else { return [] }
        let needed = try needed()
        var removed: [StoredPicture] = []
        for picture in pictures where total > limit {
            guard !needed.contains(picture.sha256), picture.lastUsed <= newest else { continue }
            if removed.isEmpty { try noteTrim() }
            Files.remove(picture.path)
            guard try Files.entry(at: picture.path) == .nothing else {
                throw FluxError(.io, "cannot remove \(picture.path)", hint: "let this user write its folder")
            }
            total -= Int64(picture.byteCount)
            removed.append(picture)
        }
        return removed
    }

    /// Removes downloads that no process goes on with: a download takes minutes, not hours.
    /// - Parameter moment: milliseconds since 1970; what was written later stays.
    public func removeTemporaries(olderThan moment: Int64) throws(FluxError) {
        for name in try Self.names(in: root + "/tmp") {
            let path = "\(root)/tmp/\(name)"
            guard case .file(let file) = try Files.entry(at: path), Int64(file.modifiedSeconds) * 1000 < moment else {
                continue
            }
            Files.remove(path)
        }
    }

    /// When pictures were last removed to make room; milliseconds since 1970. Nil: never.
    var lastTrim: Int64? {
        guard case .file(let file)? = try? Files.entry(at: trimMark) else { return nil }
        return Int64(file.modifiedSeconds) * 1000 + Int64(file.modifiedNanoseconds) / 1_000_000
    }

    private var trimMark: String { root + "/last-trim" }

    private func noteTrim() throws(FluxError) {
        if try Files.entry(at: trimMark) == .nothing { try Files.makePrivateFile(trimMark) }
        Files.touch(trimMark)
    }

    private static func names(in folder: String) throws(FluxError) -> [String] {
        guard try Files.entry(at: folder) != .nothing else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FluxError(.io, "cannot read the folder \(folder): \(error)")
        }
    }
}
