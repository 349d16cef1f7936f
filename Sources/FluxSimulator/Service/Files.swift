import FluxImaging
import HTTPServer

/// The files that clients uploaded (contract §7) and the pictures that jobs were given: each content once, so many bytes
/// in all. When there is no room, the oldest pictures of jobs go first, then the oldest uploads.
struct Files: Sendable {
    struct Upload: Sendable, Hashable {
        let id: String
        let format: ImageFormat
        let fingerprint: String
        let expiresAt: Duration

        /// Its last part on the CDN.
        var name: String { "\(id).\(format.fileExtension)" }
    }

    enum Change: Sendable {
        case added(FileContent)
        case dropped(fingerprint: String)
        case uploaded(Upload)
        case expired(Upload)
    }

    static let maximumUploadBytes = 25 << 20
    /// The service says one to two hours.
    static let lifetime = Duration.seconds(90 * 60)

    let limit: Int
    private(set) var byteCount = 0
    /// What has changed since it was last taken, in order.
    private(set) var changes: [Change] = []
    private var contents: [String: (content: FileContent, holders: Int)] = [:]
    private var uploads: [String: Upload] = [:]
    private var inputs: [Int: [String]] = [:]
    /// First in, first out. Jobs may be gone already.
    private var uploadLine: ArraySlice<String> = []
    private var inputLine: ArraySlice<Int> = []

    init(limit: Int = 256 << 20) { self.limit = limit }

    mutating func takeChanges() -> [Change] {
        defer { changes = [] }
        return changes
    }

    func content(_ fingerprint: String) -> FileContent? { contents[fingerprint]?.content }

    func upload(named name: String, now: Duration) -> (upload: Upload, content: FileContent)? {
        guard let upload = uploads[name], upload.expiresAt > now else { return nil }
        return content(upload.fingerprint).map { (upload, $0) }
    }

    mutating func add(_ upload: Upload, _ content: FileContent) {
        hold(content)
        uploads[upload.name] = upload
        uploadLine.append(upload.name)
        changes.append(.uploaded(upload))
        makeRoom()
    }

    /// Keeps what a job was given.
    mutating func add(_ given: [FileContent], ofJob number: Int) {
        guard !given.isEmpty else { return }
        for content in given { hold(content) }
        inputs[number] = given.map(\.fingerprint)
        inputLine.append(number)
        makeRoom()
    }

    /// The job is forgotten, and its pictures with it.
    mutating func release(inputsOfJob number: Int) {
        for fingerprint in inputs.removeValue(forKey: number) ?? [] { release(fingerprint) }
    }

    mutating func expire(at now: Duration) {
        while let name = uploadLine.first, uploads[name].map({ $0.expiresAt <= now }) ?? true { dropUpload() }
        while let number = inputLine.first, inputs[number] == nil { inputLine.removeFirst() }
    }

    /// Goes on with what was kept by another service.
    mutating func resume(_ saved: SavedState) {
        for upload in saved.uploads where saved.contents[upload.fingerprint] != nil {
            uploads[upload.name] = upload
            uploadLine.append(upload.name)
        }
        for job in saved.jobs where !job.inputs.isEmpty {
            inputs[job.number] = job.inputs.map(\.fingerprint)
            inputLine.append(job.number)
        }
        for fingerprint in uploads.values.map(\.fingerprint) + inputs.values.joined() {
            guard let content = saved.contents[fingerprint] else { continue }
            if contents[fingerprint] == nil { byteCount += content.bytes.count }
            contents[fingerprint, default: (content, 0)].holders += 1
        }
    }

    private mutating func makeRoom() {
        while byteCount > limit, let number = inputLine.popFirst() { release(inputsOfJob: number) }
        // The one that came last stays, however large.
        while byteCount > limit, uploadLine.count > 1 { dropUpload() }
    }

    private mutating func dropUpload() {
        guard let name = uploadLine.popFirst(), let upload = uploads.removeValue(forKey: name) else { return }
        changes.append(.expired(upload))
        release(upload.fingerprint)
    }

    private mutating func hold(_ content: FileContent) {
        if contents[content.fingerprint] == nil {
            byteCount += content.bytes.count
            changes.append(.added(content))
        }
        contents[content.fingerprint, default: (content, 0)].holders += 1
    }

    private mutating func release(_ fingerprint: String) {
        guard let entry = contents[fingerprint] else { return }
        contents[fingerprint]?.holders -= 1
        guard entry.holders == 1 else { return }
        contents[fingerprint] = nil
        byteCount -= entry.content.bytes.count
        changes.append(.dropped(fingerprint: fingerprint))
    }
}
