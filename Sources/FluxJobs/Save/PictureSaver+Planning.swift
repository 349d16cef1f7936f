import FluxClient

/// What a saver that writes nothing has promised: which picture would stand under which name.
struct PlannedFiles: Sendable {
    private enum Owner: Hashable {
        case job(String?, index: Int)
        /// A picture that is made by the plan as it will be, with the hash of its content.
        case made(String)
    }

    private struct Promise {
        var owner: Owner
        /// The file that stands in for it.
        var picture: String
        /// What will stand there is another picture, perhaps of another size.
        var isGuess: Bool
        /// What a job's picture is made with.
        var request: JobRequest?
    }

    private var promises: [String: Promise] = [:]

    /// The name that a picture would get, as `PictureSaver` gives them.
    /// - Parameter isTaken: whether a name is already that of another file on the disk.
    mutating func place(
        _ item: PictureSaver.Item, at path: String, isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> String {
        try place(Self.promise(of: item), at: path, isTaken: isTaken)
    }

    /// Whether a picture would get just that name.
    mutating func take(
        _ path: String, for item: PictureSaver.Item, isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> Bool {
        try take(path, Self.promise(of: item), isTaken)
    }

    private static func promise(of item: PictureSaver.Item) -> Promise {
        // Pictures that stand in for others may all look the same.
        Promise(
            owner: .job(item.snapshot.id, index: item.picture.index), picture: item.picture.path,
            isGuess: !item.snapshot.isReused, request: item.request)
    }

    /// The name that a picture would get which is made here.
    mutating func place(
        made picture: Picture, at path: String, isGuess: Bool, isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> String {
        let promise = Promise(owner: .made(picture.sha256), picture: picture.path, isGuess: isGuess)
        return try place(promise, at: path, isTaken: isTaken)
    }

    private mutating func place(
        _ promise: Promise, at path: String, isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> String {
        var number = 1
        while true {
            let candidate = number == 1 ? path : FileNameText.numbered(path, number)
            if try take(candidate, promise, isTaken) { return candidate }
            number += 1
        }
    }

    private mutating func take(
        _ path: String, _ promise: Promise, _ isTaken: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> Bool {
        let name = Self.plain(path)
        if let planned = promises[name] { return planned.owner == promise.owner }
        guard try !isTaken(path) else { return false }
        promises[name] = promise
        return true
    }

    /// The picture that would stand at a path: its file in the store.
    func picture(at path: String) -> String? { promises[Self.plain(path)]?.picture }

    /// Whether another picture will stand there.
    func isGuess(at path: String) -> Bool { promises[Self.plain(path)]?.isGuess ?? false }

    /// What the picture there would be made with.
    func request(at path: String) -> JobRequest? { promises[Self.plain(path)]?.request }

    private static func plain(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        return String(path)
    }
}

extension PictureSaver {
    /// The picture, in the store, that would stand at a path if this saver wrote files; nil where it would be another's.
    public func standIn(for path: String) -> String? { planned.withLock { $0.picture(at: path) } }

    /// Whether what a plan has at a path only stands in for another picture, so that neither its size nor its pixels count.
    public func hasOnlyGuess(at path: String) -> Bool { planned.withLock { $0.isGuess(at: path) } }

    /// The request of that picture; nil for a file that is no job's.
    public func plannedRequest(for path: String) -> JobRequest? { planned.withLock { $0.request(at: path) } }
}
