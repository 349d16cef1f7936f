import FluxClient
import FluxImaging
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A picture on this machine that is to be uploaded.
enum LocalPicture {
    /// Contract §7.
    private static let uploadLimit = 25 << 20

    /// Why the script may not name a file, or the service would not take it; nil when all is well.
    static func problem(with path: String, _ module: FluxModule) -> String? {
        if let reason = module.restrictions.files?.refusalOfReading(path) { return "cannot read \(path): \(reason)" }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return "no such file: \(path)" }
            return PictureFile.problem(opening: path, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return "not a file: \(path)"
        }
        guard status.st_size <= uploadLimit else {
            return "\(path) is larger than 25 MB, the most that the service accepts"
        }
        var head = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &head, head.count, 0)
        guard count > 0 else { return "\(path) is empty" }
        head.removeLast(head.count - count)
        guard ImageFormat.detect(head) != nil else {
            guard let other = OtherFormat.name(of: head) else { return "not a PNG, JPEG, WebP or GIF picture: \(path)" }
            return "\(path) is \(other), which the service does not accept: save it as a PNG or JPEG picture"
        }
        do throws(FluxError) {
            _ = try module.examiner.facts(of: path)
            return nil
        } catch {
            return error.message
        }
    }
}
