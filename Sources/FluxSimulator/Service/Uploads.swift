import FluxImaging

/// The files that clients uploaded (contract §7).
struct Uploads: Sendable {
    struct File: Sendable {
        let id: String
        let format: ImageFormat
        let content: FileContent
        let expiresAt: Duration

        /// Its last part on the CDN.
        var name: String { "\(id).\(format.fileExtension)" }
    }

    static let maximumBytes = 25 << 20
    /// The service says one to two hours.
    static let lifetime = Duration.seconds(90 * 60)

    private var files: [String: File] = [:]

    mutating func add(_ content: FileContent, _ format: ImageFormat, id: String, now: Duration) -> File {
        files = files.filter { $0.value.expiresAt > now }
        let file = File(id: id, format: format, content: content, expiresAt: now + Self.lifetime)
        files[file.name] = file
        return file
    }

    func file(named name: String, now: Duration) -> File? {
        files[name].flatMap { $0.expiresAt > now ? $0 : nil }
    }
}
