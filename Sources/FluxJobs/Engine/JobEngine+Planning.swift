import FluxClient

extension JobEngine {
    /// Writes bytes among the engine's own files, for a plan, and returns the path.
    public func plannedFile(_ bytes: [UInt8]) throws(FluxError) -> String {
        let path = try core.store.temporaryPath()
        try Files.writeNew(bytes, to: path, shownAs: path)
        return path
    }
}
