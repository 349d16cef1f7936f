import FluxClient

/// What a saver that writes nothing has promised: which picture would stand under which name.
struct PlannedFiles: Sendable {
    private struct Owner: Hashable {
        var job: String?
        var index: Int
    }

    private var owners: [String: Owner] = [:]
    private var pictures: [String: String] = [:]
    private var requests: [String: JobRequest] = [:]

    /// The name that a picture would get, as `PictureSaver` gives them.
    /// - Parameter isTaken: whether a name is already that of another file on the disk.
    mutating func place(
        _ item: PictureSaver.Item, at path: String, isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> String {
        // Pictures that stand in for others may all look the same.
        let owner = Owner(job: item.snapshot.id, index: item.picture.index)
        var number = 1
        while true {
            let candidate = number == 1 ? path : FileNameText.numbered(path, number)
            number += 1
            let name = Self.plain(candidate)
            if let planned = owners[name] {
                if planned == owner { return candidate }
            } else if try !isTaken(candidate) {
                owners[name] = owner
                pictures[name] = item.picture.path
                requests[name] = item.request
                return candidate
            }
        }
    }

    /// A file that would stand at a path, whatever it is made from.
    mutating func note(_ file: String, at path: String) { pictures[Self.plain(path)] = file }

    /// The picture that would stand at a path: its file in the store.
    func picture(at path: String) -> String? { pictures[Self.plain(path)] }

    /// What that picture would be made with.
    func request(at path: String) -> JobRequest? { requests[Self.plain(path)] }

    private static func plain(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        return String(path)
    }
}

extension PictureSaver {
    /// The picture, in the store, that would stand at a path if this saver wrote files; nil where it would be another's.
    public func standIn(for path: String) -> String? { planned.withLock { $0.picture(at: path) } }

    /// The request of that picture; nil for a file that is no job's.
    public func plannedRequest(for path: String) -> JobRequest? { planned.withLock { $0.request(at: path) } }
}
