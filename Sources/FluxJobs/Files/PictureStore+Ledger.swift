import FluxImaging

extension PictureStore {
    /// The pictures of a fetched request, if all of them are here. They count as used now.
    public func pictures(of record: RequestRecord) -> [Picture]? {
        guard record.state == .fetched, !record.pictures.isEmpty else { return nil }
        var pictures: [Picture] = []
        for known in record.pictures {
            guard let format = ImageFormat(rawValue: known.format), let path = path(of: known) else { return nil }
            pictures.append(
                Picture(
                    index: known.place, url: known.url, format: format, width: known.width, height: known.height,
                    path: path, sha256: known.sha256, byteCount: known.byteCount))
        }
        return pictures
    }

    /// Where a picture is that may be in any of these places.
    func path(of known: PictureRecord) -> String? {
        for root in [root] + found + [shared?.root].compactMap(\.self) {
            let path = Self.path(in: root, sha256: known.sha256, fileExtension: known.format)
            guard case .file(let file)? = try? Files.entry(at: path), file.byteCount == known.byteCount else {
                continue
            }
            if root == self.root { Files.touch(path) }
            return path
        }
        return nil
    }

    static func path(in root: String, sha256: String, fileExtension: String) -> String {
        "\(root)/\(sha256.prefix(2))/\(sha256).\(fileExtension)"
    }

    func path(sha256: String, fileExtension: String) -> String {
        Self.path(in: root, sha256: sha256, fileExtension: fileExtension)
    }
}
