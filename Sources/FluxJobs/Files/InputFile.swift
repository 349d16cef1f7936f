import FluxClient
import Synchronization

/// A local picture as it was when a job was asked for.
public struct InputFile: Sendable, Hashable {
    public var path: String
    /// 64 hexadecimal digits, of the content.
    public var sha256: String
    public var byteCount: Int

    public init(path: String, sha256: String, byteCount: Int) {
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
    }
}

/// Reads local files once as long as they stay the same. Blocks on the disk.
final class InputFiles: Sendable {
    private let known = Mutex<[String: (identity: Files.Identity, file: InputFile)]>([:])

    /// The file as it is at this moment. `.io` when it cannot be read.
    func file(at path: String) throws(FluxError) -> InputFile {
        if let known = known.withLock({ $0[path] }), try Files.entry(at: path) == .file(known.identity) {
            return known.file
        }
        let (sha256, identity) = try ContentHash.ofFile(path)
        let file = InputFile(path: path, sha256: sha256, byteCount: identity.byteCount)
        // A file that was written this very moment may be written again without its times telling it.
        let isSettled = identity.isOlder(than: Files.now)
        known.withLock { $0[path] = isSettled ? (identity, file) : nil }
        return file
    }

    /// The local files of a request, by path; a file that cannot be read has its error.
    func files(of request: JobRequest) -> [String: Result<InputFile, FluxError>] {
        var files: [String: Result<InputFile, FluxError>] = [:]
        for case .file(let path) in request.images.values.joined() where files[path] == nil {
            do throws(FluxError) {
                files[path] = .success(try file(at: path))
            } catch {
                files[path] = .failure(error)
            }
        }
        return files
    }
}

extension FluxError {
    /// A file's content is not the one that a job was asked with.
    static func changed(_ path: String) -> FluxError {
        FluxError(
            .io, "\(path) has changed since it was asked for, and nothing was made of it",
            hint: "give each picture a file of its own, or wait for the job before writing the file again")
    }
}
