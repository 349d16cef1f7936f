import Foundation
import TestSupport
import Testing

@testable import FluxImaging

/// What we write is read alike by the programs that designers and their tools use, and the pixels stay what they were.
@Suite(.timeLimit(.minutes(2))) struct OtherProgramsTests {
    private static let metadata = ImageMetadata(
        prompt: "a \"red\" fox, in snow: 여우", model: "flux-2-pro", seed: 7, parameters: #"{"resolution":"1MP"}"#)

    private func run(_ program: String, _ arguments: [String]) throws -> (output: String, status: Int32) {
        let result = try ChildProcess(
            "/usr/bin/\(program)", arguments, environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"],
            folder: FileManager.default.temporaryDirectory.path
        ).result()
        return (result.output, result.status)
    }

    /// Writes a picture with metadata and without, and hands both files over.
    private func withFiles(_ format: ImageFormat, _ body: (_ with: String, _ without: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fluxlua-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = try Samples.picture().encoded(as: format)
        let with = folder.appendingPathComponent("with.\(format.fileExtension)")
        let without = folder.appendingPathComponent("without.\(format.fileExtension)")
        try Data(Self.metadata.embedded(in: plain)).write(to: with)
        try Data(plain).write(to: without)
        try body(with.path, without.path)
    }

    @Test(arguments: Samples.written) func exiftoolReadsPromptModelAndSoftware(format: ImageFormat) throws {
        try withFiles(format) { with, _ in
            let (output, status) = try run("exiftool", ["-s3", "-Description", "-XMP-flux:Model", "-Software", with])
            #expect(status == 0)
            #expect(output == "\(Self.metadata.prompt)\n\(Self.metadata.model)\nfluxlua\n")
            let (warnings, _) = try run("exiftool", ["-s3", "-Warning", "-Error", with])
            #expect(warnings.isEmpty)
        }
    }

    @Test(arguments: Samples.written) func imageMagickDecodesTheSamePixels(format: ImageFormat) throws {
        try withFiles(format) { with, without in
            let (size, status) = try run("identify", ["-format", "%m %w %h %#", with])
            let (other, _) = try run("identify", ["-format", "%m %w %h %#", without])
            #expect(status == 0 && size == other && size.contains(" 48 32 "))
        }
    }

    @Test(arguments: Samples.written) func pillowReadsTheTextAndTheSamePixels(format: ImageFormat) throws {
        let script = """
            # Pillow takes texts of EXIF for Latin-1.
            import sys
            from PIL import Image
            a, b = Image.open(sys.argv[1]), Image.open(sys.argv[2])
            assert a.tobytes() == b.tobytes()
            print(a.text["parameters"] if a.format == "PNG" else a.getexif()[0x010e].encode("latin-1").decode())
            """
        try withFiles(format) { with, without in
            let (output, status) = try run("python3", ["-c", script, with, without])
            #expect(status == 0)
            #expect(output.hasPrefix(Self.metadata.prompt))
        }
    }
}
