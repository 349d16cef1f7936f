import FluxImaging
import FluxJobs
import LuaRuntime
import Synchronization

/// Looks at a local mask before anything is paid: a mask that is wrong makes a wrong picture, not an error.
final class MaskChecks: Sendable {
    private struct Stamp: Hashable {
        var path: String
        var state: FileState
    }

    /// Of the newest masks and pictures that were looked at; a loop of edits reads its mask once.
    private let readings = Mutex<[Stamp: MaskReading]>([:])
    private let turned = Mutex<[Stamp: Bool]>([:])
    private static let capacity = 256

    /// What is wrong with the mask of an edit, and what to do about it; nil when all is well, or cannot be known yet.
    func problem(with request: JobRequest) -> String? {
        guard case .file(let mask)? = request.images["mask"]?.first, let reading = reading(of: mask) else { return nil }
        var size: PixelSize?
        var name = "picture"
        switch request.images["image"]?.first {
        case .file(let path):
            name = "\"\(path)\""
            guard let stamp = Self.stamp(path), let bytes = try? PictureFile.contents(of: path) else { return nil }
            let isTurned = Self.known(turned, stamp) { MaskReading.isTurned(bytes) }
            if isTurned { return "image: \(path) \(Self.turnedAdvice)" }
            size = (try? ImageHeader(parsing: bytes))?.size
        case .picture(let job, let index):
            name = "job"
            let picture = job.snapshot.pictures.first { $0.index == index }
            size = picture.map { PixelSize(width: $0.width, height: $0.height) }
        case .url, nil: break
        }
        if reading.isTurned { return "mask: \(mask) \(Self.turnedAdvice)" }
        if let size, size != reading.size {
            return "mask: \(mask) is \(Self.text(reading.size)) pixels, but the picture is \(Self.text(size)); "
                + "flux.mask(\(name), …) makes one of the same size"
        }
        if reading.isTransparent {
            return "mask: \(mask) is transparent in places, but a mask is black and white; "
                + "flux.mask(\(name), \"transparent\", { from = \"\(mask)\" }) makes white of what is transparent"
        }
        if !reading.hasWhite {
            return "mask: \(mask) has nothing white, so nothing would be repainted; flux.mask(\(name), "
                + "{ rect = { x, y, width, height } }) makes one that is white there"
        }
        if !reading.hasBlack {
            return "mask: \(mask) is all white, so nothing of the picture would be kept; flux.mask(\(name), "
                + "{ rect = { x, y, width, height } }) makes one that is black elsewhere"
        }
        return nil
    }

    static let turnedAdvice =
        "is turned by its EXIF data, which not every service follows, so a mask could lie elsewhere; "
        + "save it upright in an image editor, then flux.mask makes a mask of its size"

    private static func text(_ size: PixelSize) -> String { "\(size.width) × \(size.height)" }

    /// Nil where the file cannot be read: the upload will say why.
    private func reading(of path: String) -> MaskReading? {
        guard let stamp = Self.stamp(path) else { return nil }
        if let known = readings.withLock({ $0[stamp] }) { return known }
        guard let bytes = try? PictureFile.contents(of: path), let reading = try? MaskReading(bytes) else { return nil }
        readings.withLock { readings in
            if readings.count >= Self.capacity { readings = [:] }
            readings[stamp] = reading
        }
        return reading
    }

    private static func stamp(_ path: String) -> Stamp? {
        FileState(of: path).map { Stamp(path: path, state: $0) }
    }

    private static func known(_ cache: borrowing Mutex<[Stamp: Bool]>, _ stamp: Stamp, _ look: () -> Bool) -> Bool {
        if let known = cache.withLock({ $0[stamp] }) { return known }
        let answer = look()
        cache.withLock { cache in
            if cache.count >= capacity { cache = [:] }
            cache[stamp] = answer
        }
        return answer
    }
}
