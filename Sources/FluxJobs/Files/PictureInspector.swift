import FluxClient
import FluxImaging
import Synchronization

/// What a picture's file tells of it.
public struct PictureInfo: Sendable, Hashable {
    /// In pixels, as they are stored.
    public var stored: PixelSize
    public var orientation: ExifOrientation
    /// Nil where nobody has asked for them.
    public var tones: PictureTones?

    public init(stored: PixelSize, orientation: ExifOrientation, tones: PictureTones? = nil) {
        self.stored = stored
        self.orientation = orientation
        self.tones = tones
    }

    /// In pixels, as people see the picture.
    public var seen: PixelSize { orientation.seen(stored) }
}

/// Looks into local pictures before they are paid for, once as long as they stay the same. Blocks on the disk.
public final class PictureInspector: Sendable {
    /// More than a script names in one go; what is kept of each is small.
    private static let mostKnown = 1_000

    private let known = Mutex<[String: (identity: Files.Identity, facts: PictureInfo)]>([:])

    public init() {}

    /// - Parameters:
    ///   - path: of the picture.
    ///   - wantsTones: also how dark and how bright it gets, for which all of it is decoded.
    /// - Throws: kind `io` when the file cannot be read, `invalid` when it is no whole picture that can be decoded.
    public func facts(of path: String, tones wantsTones: Bool = false) throws(FluxError) -> PictureInfo {
        if let known = known.withLock({ $0[path] }), !wantsTones || known.facts.tones != nil,
            try Files.entry(at: path) == .file(known.identity)
        {
            return known.facts
        }
        let (bytes, identity) = try Self.contents(of: path)
        let facts: PictureInfo
        do {
            let header = try Raster.checkedHeader(of: bytes)
            guard Self.isWhole(bytes, header) else {
                throw FluxError(.invalid, "\(path) is damaged or cut short: it may not have been copied to its end")
            }
            facts = PictureInfo(
                stored: PixelSize(width: header.width, height: header.height), orientation: ExifOrientation(of: bytes),
                tones: wantsTones ? PictureTones(try Raster(decoding: bytes)) : nil)
        } catch let error as ImagingError {
            throw Self.unreadable(path, error)
        } catch let error as FluxError {
            throw error
        } catch {
            throw FluxError(.invalid, "cannot read \(path): \(error)")
        }
        // A file that was written this very moment may be written again without its times telling it.
        let isSettled = identity.isOlder(than: Files.now)
        known.withLock { known in
            if known.count >= Self.mostKnown { known = [:] }
            known[path] = isSettled ? (identity, facts) : nil
        }
        return facts
    }

    /// A picture's pixels as people see them.
    /// - Throws: as `facts(of:)`.
    public func raster(of path: String) throws(FluxError) -> Raster {
        let (bytes, _) = try Self.contents(of: path)
        do throws(ImagingError) {
            return try Raster(decoding: bytes).turned(by: ExifOrientation(of: bytes))
        } catch {
            throw Self.unreadable(path, error)
        }
    }

    private static func contents(of path: String) throws(FluxError) -> ([UInt8], Files.Identity) {
        var bytes: [UInt8] = []
        // As much as the service takes (contract §7), and a byte by which a longer file is seen to be one.
        let limit = 25 << 20
        let identity = try Files.stream(path, limit: limit + 1) { bytes.append(contentsOf: $0) }
        guard bytes.count <= limit else {
            throw FluxError(.invalid, "\(path) is larger than 25 MB, the most that the service takes")
        }
        return (bytes, identity)
    }

    /// Where the end is not where it should be, as in the pictures of telephones that hide a film behind it, the decoder
    /// tells.
    private static func isWhole(_ bytes: [UInt8], _ header: ImageHeader) -> Bool {
        let edge = 16 << 10
        if header.format.isWhole(
            beginning: Array(bytes.prefix(edge)), ending: Array(bytes.suffix(edge)), byteCount: bytes.count)
        {
            return true
        }
        return (try? Raster(decoding: bytes, reducedTo: PixelSize(width: 64, height: 64))) != nil
    }

    private static func unreadable(_ path: String, _ error: ImagingError) -> FluxError {
        FluxError(.invalid, "cannot read \(path): \(error)")
    }
}
