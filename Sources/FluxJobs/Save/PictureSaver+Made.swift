import FluxClient

/// Pictures that were made here, such as masks.
extension PictureSaver {
    /// Saves a picture that was made here, and returns its path. As with fetched ones, a name that is taken by other
    /// content becomes `name-2.png`, and a file that has the content already is left as it is.
    /// - Parameters:
    ///   - path: of the file, if that name is free.
    ///   - overwrite: whether a file of other content is replaced instead.
    ///   - make: makes the file's bytes, where that holds up nobody.
    ///   - keep: what puts the bytes where they do nobody harm and tells where, when this saver writes no files.
    ///   - isGuess: in a plan: it was made from a picture that will be another one.
    public func saved(
        at path: String, overwrite: Bool = false, isGuess: Bool = false,
        made make: @escaping @Sendable () throws(FluxError) -> [UInt8],
        keep: @escaping @Sendable ([UInt8]) throws(FluxError) -> Picture
    ) async throws(FluxError) -> String {
        try await Disk.run { () throws(FluxError) in
            let bytes = try make()
            if self.writesFiles {
                return try self.write(FileContent(bytes), to: path, replacing: overwrite, except: []).path
            }
            let picture = try keep(bytes)
            let result: Result<String, FluxError> = self.planned.withLock { planned in
                Result { () throws(FluxError) in
                    try planned.place(made: picture, at: path, isGuess: isGuess) { path throws(FluxError) in
                        try self.isTaken(path, FileContent(bytes), overwrite: overwrite)
                    }
                }
            }
            return try result.get()
        }
    }

    /// The name that a job's picture would get in a folder.
    public func path(of item: Item, in folder: String) throws(FluxError) -> String {
        try path(for: item, pattern: FilePattern(parsing: folder + "/"))
    }

    /// The path of what is made from a file, in a folder: `out/mug-mask.png` from `refs/mug.jpg`.
    public static func path(madeFrom path: String, mark: String, in folder: String) -> String {
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] } ?? path[...]
        let stem = FileNameText.divided(String(name)).stem
        let ending = mark + ".png"
        let start = FileNameText.start(of: stem, byteCount: FilePattern.nameByteLimit - ending.utf8.count)
        return folder + "/" + start + ending
    }
}

extension JobEngine {
    /// Puts a picture that was made here beside the fetched ones.
    public func keep(_ bytes: [UInt8]) throws(FluxError) -> Picture { try core.store.keep(made: bytes) }
}

extension PictureStore {
    /// Takes in the file of a picture that was made here.
    func keep(made bytes: [UInt8]) throws(FluxError) -> Picture {
        let temporary = try temporaryPath()
        try Files.writeNew(FileContent(bytes), to: temporary, shownAs: temporary)
        let reading = PictureReading()
        reading.began()
        bytes.withUnsafeBytes { reading.received($0) }
        return try keep(temporary, reading, index: 1, url: "")
    }
}
