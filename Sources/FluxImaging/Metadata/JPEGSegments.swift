/// A JPEG file as a list of segments and the compressed picture behind them. By hand, because TurboJPEG's interface
/// does not reach a file's markers without decoding the picture.
struct JPEGSegments {
    private struct Segment {
        var marker: UInt8
        var payload: [UInt8]
    }

    private var segments: [Segment]
    /// From the start-of-scan marker to the end of the file.
    private let scan: ArraySlice<UInt8>

    private static let exifSignature = Array("Exif\0\0".utf8)
    private static let xmpSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let app0: UInt8 = 0xE0
    private static let app1: UInt8 = 0xE1
    /// A segment's length is two bytes that count themselves.
    private static let maximumPayload = 65_533

    init(parsing file: [UInt8]) throws(ImagingError) {
        segments = []
        var position = 2
        while true {
            guard position + 4 <= file.count, file[position] == 0xFF else { throw Self.broken }
            let marker = file[position + 1]
            // Any number of FF may stand before a marker.
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xDA { break }
            let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
            // Markers without a length, and the end of the picture, have no business before the first scan.
            guard marker >= 0xC0, !(0xD0...0xD9).contains(marker), length >= 2, position + 2 + length <= file.count
            else { throw Self.broken }
            segments.append(Segment(marker: marker, payload: Array(file[(position + 4)..<(position + 2 + length)])))
            position += 2 + length
        }
        scan = file[position...]
    }

    private static let broken = ImagingError.damaged(.jpg, detail: "its segments do not lead to a picture")

    /// The packet of the standard XMP segment.
    var xmp: [UInt8]? { payload(Self.xmpSignature) }
    /// The EXIF block, without the signature before it.
    var exif: [UInt8]? { payload(Self.exifSignature) }

    private func payload(_ signature: [UInt8]) -> [UInt8]? {
        segments.first { $0.marker == Self.app1 && $0.payload.starts(with: signature) }
            .map { Array($0.payload.dropFirst(signature.count)) }
    }

    func embedding(_ metadata: ImageMetadata) -> JPEGSegments {
        var result = self
        let previous = xmp.flatMap { XMPPacket($0).metadata }
        let isExifOurs = previous.map { $0.reductions.map(ExifBlock.encoded).contains(exif) } ?? false
        if exif == nil || isExifOurs {
            let block = metadata.reductions.lazy.map(ExifBlock.encoded).first { Self.fits($0, Self.exifSignature) }
            result.set(block, Self.exifSignature, after: [])
        }
        let packet = metadata.reductions.lazy
            .compactMap { reduced in xmp.map { XMPPacket($0).adding(reduced) } ?? XMPPacket(reduced) }
            .first { Self.fits($0.bytes, Self.xmpSignature) }
        // A foreign packet that leaves no room, or is written in an unusual way, is the file's own and stays.
        if let packet { result.set(packet.bytes, Self.xmpSignature, after: Self.exifSignature) }
        return result
    }

    private static func fits(_ bytes: [UInt8], _ signature: [UInt8]) -> Bool {
        signature.count + bytes.count <= maximumPayload
    }

    /// Replaces the segment where it stands, or puts it behind the JFIF head and the segment that it has to follow.
    private mutating func set(_ bytes: [UInt8]?, _ signature: [UInt8], after predecessor: [UInt8]) {
        guard let bytes else { return }
        let segment = Segment(marker: Self.app1, payload: signature + bytes)
        if let index = segments.firstIndex(where: { $0.marker == Self.app1 && $0.payload.starts(with: signature) }) {
            segments[index] = segment
            return
        }
        var index = segments.prefix { $0.marker == Self.app0 }.count
        if !predecessor.isEmpty,
            let other = segments.firstIndex(where: { $0.marker == Self.app1 && $0.payload.starts(with: predecessor) })
        {
            index = other + 1
        }
        segments.insert(segment, at: index)
    }

    func encoded() -> [UInt8] {
        var file: [UInt8] = [0xFF, 0xD8]
        for segment in segments {
            let length = segment.payload.count + 2
            file += [0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 0xFF)]
            file += segment.payload
        }
        return file + scan
    }
}
