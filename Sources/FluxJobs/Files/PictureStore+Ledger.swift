import FluxImaging

extension PictureStore {
    /// The pictures of a fetched request, if all of them are here. They count as used now.
    func pictures(of record: RequestRecord) -> [Picture]? {
        guard record.state == .fetched, !record.pictures.isEmpty else { return nil }
        var pictures: [Picture] = []
        for known in record.pictures {
            let path = path(sha256: known.sha256, fileExtension: known.format)
            guard let format = ImageFormat(rawValue: known.format),
                case .file(let file)? = try? Files.entry(at: path), file.byteCount == known.byteCount
            else { return nil }
            Files.touch(path)
            pictures.append(
                Picture(
                    index: known.place, url: known.url, format: format, width: known.width, height: known.height,
                    path: path, sha256: known.sha256, byteCount: known.byteCount))
        }
        return pictures
    }

    func path(sha256: String, fileExtension: String) -> String {
        "\(root)/\(sha256.prefix(2))/\(sha256).\(fileExtension)"
    }
}
