import FluxClient
import FluxImaging
import FluxJobs
import FluxModule
import FluxStudio

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of pictures, with what their files say about how they were made.
struct PictureFolder {
    let path: String
    /// Where the page goes; nil: into this folder, which then keeps its pictures as they are.
    let target: String?

    private static let endings: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]
    /// What galleries add to a folder.
    private static let ownFolders: Set<String> = ["thumbs", "pictures"]

    /// In the order of their names.
    /// - Throws: `FluxError` of kind `io` when the folder cannot be read. A file that is no picture says so in its place.
    func pictures() throws(FluxError) -> [GalleryPicture] {
        let told = toldByGallery()
        return try names().map { picture($0, told) }
    }

    private func names() throws(FluxError) -> [String] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw FluxError(.io, "there is no folder \(path)")
        }
        guard FileManager.default.fileExists(atPath: path + "/.") else {
            throw FluxError(.io, "\(path) is a file: 'fluxlua gallery' takes a folder of pictures")
        }
        let all: [String]
        do {
            all = try FileManager.default.subpathsOfDirectory(atPath: path)
        } catch {
            throw FluxError(.io, "cannot read the folder \(path): \(error)")
        }
        let isGallery = FileManager.default.fileExists(atPath: path + "/gallery.json")
        return all.filter { name in
            let parts = name.split(separator: "/")
            guard !parts.contains(where: { $0.hasPrefix(".") }) else { return false }
            if isGallery, parts.count > 1, Self.ownFolders.contains(String(parts[0])) { return parts[0] == "pictures" }
            return Self.endings.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
        }.map { (key: Self.orderKey($0), name: $0) }.sorted { $0.key < $1.key }.map(\.name)
    }

    /// Puts `mug-2.jpg` before `mug-10.jpg`: numbers are filled up with zeros.
    static func orderKey(_ name: String) -> String {
        var key = ""
        var number = ""
        func end() {
            key += String(repeating: "0", count: max(0, 20 - number.count)) + number
            number = ""
        }
        for character in name.lowercased() {
            if character.isASCII, character.isNumber {
                number.append(character)
            } else {
                if !number.isEmpty { end() }
                key.append(character)
            }
        }
        if !number.isEmpty { end() }
        return key
    }

    /// What an earlier gallery of the folder tells of its pictures, whose files may tell nothing, by their names.
    private func toldByGallery() -> [String: GalleryPicture] {
        guard let bytes = try? PictureFile.contents(of: path + "/gallery.json"),
            let json = try? JSONValue(parsing: bytes)
        else { return [:] }
        let pictures = (json["pictures"]?.arrayValue ?? []).compactMap { GalleryPicture(json: $0) }
        return Dictionary(pictures.compactMap { picture in picture.file.map { ($0, picture) } }) { first, _ in first }
    }

    private func picture(_ name: String, _ told: [String: GalleryPicture]) -> GalleryPicture {
        let place = "\(path)/\(name)"
        var picture = told[name] ?? GalleryPicture(key: name)
        if told[name] == nil { picture.name = name.split(separator: ".").dropLast().joined(separator: ".") }
        do throws(FluxError) {
            let bytes = try PictureFile.contents(of: place)
            do throws(ImagingError) {
                let header = try ImageHeader(parsing: bytes)
                picture.source = GalleryPicture.Source(
                    path: place, fileExtension: header.format.fileExtension, width: header.width,
                    height: header.height, hash: PictureFile.hash(of: bytes), standsAt: target == nil ? name : nil)
            } catch {
                picture.error = "\(error)"
                picture.status = "FAILED"
            }
            if told[name] == nil, let origin = try? PictureOrigin(bytes: bytes, of: place) { picture.take(origin) }
        } catch {
            picture.error = error.message
            picture.status = "FAILED"
        }
        return picture
    }
}

extension GalleryPicture {
    /// What a picture's file tells of the request that made it.
    fileprivate mutating func take(_ origin: PictureOrigin) {
        var request = origin.request
        call = origin.call
        model = request.removeValue(forKey: "model")?.stringValue ?? origin.program
        prompt = request.removeValue(forKey: "prompt")?.stringValue ?? ""
        if !prompt.isEmpty { name = nil }
        seed = request.removeValue(forKey: "seed")?.integerValue
        if let own = request.removeValue(forKey: "name")?.stringValue { name = own }
        parameters = request
    }
}
