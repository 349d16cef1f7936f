import FluxImaging
import FluxModule

/// Files of pictures: headers, metadata, pixels of those that are small, and our own metadata put into them.
enum ImageFuzzer {
    private static let note = ImageMetadata(
        prompt: "a fox & <snow>", model: "flux-2-pro", seed: 7, parameters: #"{"resolution":"1MP"}"#)

    @Sendable static func test(_ bytes: [UInt8]) {
        _ = OtherFormat.name(of: bytes)
        _ = ExifOrientation(of: bytes)
        _ = try? PictureOrigin(bytes: bytes, of: "picture")
        _ = try? ImageMetadata(reading: bytes)
        if let data = try? EmbeddedData(reading: bytes) {
            _ = (data.own, data.xmpText("dc:description"))
            if let exif = data.exif { _ = ExifReader(exif).userComment }
        }
        guard let header = try? ImageHeader(parsing: bytes) else { return }
        precondition(header.width > 0 && header.height > 0)
        _ = header.format.isWhole(beginning: bytes, ending: bytes, byteCount: bytes.count)
        guard header.width * header.height <= 1 << 16 else { return }
        if let raster = try? Raster(decoding: bytes) {
            precondition(raster.width == header.width && raster.height == header.height)
            _ = try? Raster(decoding: bytes, reducedTo: PixelSize(width: 5, height: 3))
        }
        guard let noted = try? note.embedded(in: bytes) else { return }
        guard let again = try? ImageHeader(parsing: noted), again == header else {
            fatalError("another picture with our metadata in it")
        }
    }
}
