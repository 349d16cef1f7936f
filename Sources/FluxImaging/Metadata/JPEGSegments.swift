/// A JPEG file as a list of segments and the compressed picture behind them. By hand, because TurboJPEG's interface
/// does not reach a file's markers without decoding the picture.
struct JPEGSegments {
    private struct Segment {
        var marker: UInt8
        /// Where it lies in the file, from its marker on; nil for a new one.
        var place: Range<Int>?
        /// Of those that metadata is in, and of new ones.
        var payload: [UInt8] = []
    }

    private var segments: [Segment]
    /// From the start-of-scan marker to the end of the file.
    private let scan: Range<Int>

    private static let exifSignature = Array("Exif\0\0".utf8)
    private static let xmpSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let app0: UInt8 = 0xE0
    private static let app1: UInt8 = 0xE1
    /// A segment's length is two bytes that count themselves.
    private static let maximumPayload = 65_533

    init(parsing file: ByteSource) throws(ImagingError) {
        segments = []
        var window = ByteWindow(file)
        var position = 2
        while true {
            guard try window.load(position..<position + 4), window[position] == 0xFF else { throw Self.broken }
            let marker = window[position + 1]
            // Any number of FF may stand before a marker.
            if marker == 0xFF {
                position += 1
                continue
            }
            if marker == 0xDA { break }
            let length = Int(window[position + 2]) << 8 | Int(window[position + 3])
            let place = position..<position + 2 + length
            // Markers without a length, and the end of the picture, have no business before the first scan.
            guard marker >= 0xC0, !(0xD0...0xD9).contains(marker), length >= 2, place.upperBound <= file.byteCount
            else { throw Self.broken }
            var segment = Segment(marker: marker, place: place)
            if marker == Self.app1 {
                guard try window.load(place) else { throw Self.broken }
                segment.payload = Array(window[place].dropFirst(4))
            }
            segments.append(segment)
            position = place.upperBound
        }
        scan = position..<file.byteCount
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

    var composed: ComposedFile {
        var file = ComposedFile()
        file.append(copying: 0..<2)
        for segment in segments {
            if let place = segment.place {
                file.append(copying: place)
            } else {
                let length = segment.payload.count + 2
                file.append([0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 0xFF)] + segment.payload)
            }
        }
        file.append(copying: scan)
        return file
    }
}
