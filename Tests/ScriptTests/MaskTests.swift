import FluxImaging
import Foundation
import Testing

/// Masks as other programs write them: each fault is told at the author's line, and nothing is sent.
@Suite(.timeLimit(.minutes(2))) struct MaskTests {
    private static let size = PixelSize(width: 96, height: 64)

    /// Black, with another pixel inside a rectangle.
    private static func mask(_ pixel: SIMD4<UInt8>, around: SIMD4<UInt8> = SIMD4(0, 0, 0, 255)) throws -> [UInt8] {
        var pixels: [UInt8] = []
        for y in 0..<size.height {
            for x in 0..<size.width {
                let value = (20..<50).contains(x) && (10..<40).contains(y) ? pixel : around
                pixels += [value.x, value.y, value.z, value.w]
            }
        }
        return try Raster(width: size.width, height: size.height, pixels: pixels).encoded(as: .png)
    }

    /// A JPEG whose EXIF data says that it lies on its side.
    private static func turned() throws -> [UInt8] {
        let file = try Raster(width: size.width, height: size.height, red: 90, green: 90, blue: 90).encoded(as: .jpg)
        let tiff: [UInt8] = [
            0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ]
        let payload = Array("Exif\0\0".utf8) + tiff
        return Array(file[..<2]) + [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload + file[2...]
    }

    private static let white = SIMD4<UInt8>(255, 255, 255, 255)
    private static let hole = SIMD4<UInt8>(0, 0, 0, 0)

    private func program() throws -> Program {
        let program = try Program()
        let photo = try Raster(width: 96, height: 64, red: 10, green: 200, blue: 90).encoded(as: .png)
        try Data(photo).write(to: program.folder.appendingPathComponent("photo.png"))
        try Data(Self.turned()).write(to: program.folder.appendingPathComponent("turned.jpg"))
        try Data(Self.mask(Self.white)).write(to: program.folder.appendingPathComponent("good.png"))
        try Data(Self.mask(Self.hole, around: Self.white)).write(
            to: program.folder.appendingPathComponent("hole.png"))
        try Data(Self.mask(SIMD4(100, 100, 100, 255))).write(to: program.folder.appendingPathComponent("dark.png"))
        try Data(Self.mask(Self.white, around: Self.white)).write(
            to: program.folder.appendingPathComponent("white.png"))
        let small = try Raster(width: 48, height: 32, red: 255, green: 255, blue: 255).encoded(as: .png)
        try Data(small).write(to: program.folder.appendingPathComponent("small.png"))
        return program
    }

    @Test(arguments: [
        ("photo.png", "hole.png", #"flux.mask("photo.png", "transparent", { from = "hole.png" })"#),
        ("photo.png", "dark.png", "dark.png has nothing white"),
        ("photo.png", "white.png", "white.png is all white"),
        ("photo.png", "small.png", "small.png is 48 × 32 pixels, but the picture is 96 × 64"),
        ("turned.jpg", "good.png", "image: turned.jpg is turned by its EXIF data"),
        ("photo.png", "turned.jpg", "mask: turned.jpg is turned by its EXIF data"),
    ])
    func aWrongMaskIsToldAndNothingIsSent(image: String, mask: String, words: String) async throws {
        try await ServedService.run([]) { service in
            let program = try program()
            defer { program.remove() }
            let client = try service.client()
            defer { client.remove() }
            var run = program
            run.environment = client.environment
            try program.write(
                "flux.edit { image = \"\(image)\", mask = \"\(mask)\", prompt = \"a sign\" }", to: "edit.lua")
            let result = try await run.run(["edit.lua"])
            #expect(result.status == 1)
            #expect(result.error.contains("edit.lua:1: flux.edit: "), "\(result.error)")
            #expect(result.error.contains(words), "\(result.error)")
            let log = try await Web.get(service.baseURL + "/_sim/log").json
            #expect(log["jobs"]?["made"]?.integerValue == 0)
            #expect(log["requests"]?["upload"]?.integerValue ?? 0 == 0)
        }
    }

    @Test func aHoleBecomesTheWhiteOfAMask() async throws {
        let program = try program()
        defer { program.remove() }
        try program.write(
            """
            local mask = flux.mask("photo.png", "transparent", { from = "hole.png", file = "mask.png" })
            print(flux.await(flux.edit { image = "photo.png", mask = mask, prompt = "a sign", seed = 1 }).ok)
            print(flux.mask("hole.png", "transparent", { invert = true, file = "rest.png" }))
            print(flux.mask("photo.png", { rect = { 25, 25, 50, 50 } }, { unit = "%", file = "middle.png" }))
            """, to: "mask.lua")
        let result = try await program.run(["mask.lua"])
        #expect(result.output == "true\nrest.png\nmiddle.png\n", "\(result.error)")
        let mask = try Raster(decoding: program.bytes("mask.png"))
        #expect(mask.size == Self.size && mask.isOpaque)
        #expect(mask[30, 20] == Self.white && mask[5, 5] == SIMD4(0, 0, 0, 255))
        #expect(try Raster(decoding: program.bytes("rest.png"))[30, 20] == SIMD4(0, 0, 0, 255))
        let middle = try Raster(decoding: program.bytes("middle.png"))
        let whites = (0..<64).flatMap { y in (0..<96).filter { middle[$0, y] == Self.white } }.count
        #expect(whites == 48 * 32)
    }
}
