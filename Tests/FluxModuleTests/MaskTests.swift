import FluxImaging
import FluxModule
import Foundation
import LuaRuntime
import Testing

/// `flux.mask`, and what `flux.edit` says of masks before anything is sent.
struct MaskTests {
    /// A photo of 60 × 40, and masks that are right and wrong for it.
    private func bench() async throws -> Bench {
        let bench = try await Bench()
        let photo = Raster(width: 60, height: 40, red: 90, green: 120, blue: 60)
        _ = try bench.folder.write(try photo.encoded(as: .png), to: "mug.png")
        _ = try bench.folder.write(try Self.turned(photo.encoded(as: .jpg)), to: "turned.jpg")
        for (name, mask) in [
            ("good", try Self.mask(60, 40, white: 10..<30)), ("soft", try Self.mask(60, 40, white: 10..<30, 140)),
            ("small", try Self.mask(30, 20, white: 5..<15)), ("sideways", try Self.mask(40, 60, white: 5..<15)),
            ("black", try Self.mask(60, 40, white: 0..<0)), ("dim", try Self.mask(60, 40, white: 10..<30, 120)),
            ("white", try Self.mask(60, 40, white: 0..<60)), ("hole", try Self.mask(60, 40, clear: 10..<30)),
        ] {
            _ = try bench.folder.write(try mask.encoded(as: .png), to: name + ".png")
        }
        _ = try bench.folder.write(
            try Self.turned(Self.mask(60, 40, white: 10..<30).encoded(as: .jpg)), to: "turned-mask.jpg")
        _ = try bench.folder.write(Array(try photo.encoded(as: .png).prefix(60)), to: "broken.png")
        return bench
    }

    private static func mask(
        _ width: Int, _ height: Int, white: Range<Int> = 0..<0, _ tone: UInt8 = 255, clear: Range<Int> = 0..<0
    ) throws -> Raster {
        var pixels: [UInt8] = []
        for _ in 0..<height {
            for x in 0..<width {
                let value = white.contains(x) ? tone : 0
                pixels += [value, value, value, clear.contains(x) ? 0 : 255]
            }
        }
        return try Raster(width: width, height: height, pixels: pixels)
    }

    /// A JPEG that is to be turned a quarter to the right.
    private static func turned(_ file: [UInt8]) -> [UInt8] {
        let block = Array("Exif\0\0MM\0*\0\0\0".utf8) + [8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        return Array(file[..<2]) + [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block + file[2...]
    }

    /// A call with the files of the bench, and what is said of it with their plain names.
    private func complaint(of call: String, _ bench: Bench) async throws -> String {
        let folder = bench.folder.path + "/"
        let text = try await bench.complaint(of: "local d = '\(folder)' " + call)
        return text.replacingOccurrences(of: folder, with: "")
    }

    // MARK: Before anything is paid

    @Test(arguments: [
        (
            "mug.png", "small.png",
            #"mask: small.png is 30 × 20, but the picture is 60 × 40; flux.mask("mug.png", …) makes one of the same size"#
        ),
        (
            "mug.png", "sideways.png",
            #"mask: sideways.png is 40 × 60, but the picture is 60 × 40; flux.mask("mug.png", …) makes one of the same size"#
        ),
        (
            "mug.png", "black.png",
            """
            mask: black.png has nothing white in it, so nothing would be repainted; \
            flux.mask("mug.png", { rect = { x, y, width, height } }) makes one with a white part
            """
        ),
        (
            "mug.png", "dim.png",
            """
            mask: dim.png has nothing white in it, so nothing would be repainted; \
            flux.mask("mug.png", { rect = { x, y, width, height } }) makes one with a white part
            """
        ),
        (
            "mug.png", "white.png",
            """
            mask: white.png is white all over, so nothing of the picture would be kept; \
            flux.mask("mug.png", { rect = { x, y, width, height } }) makes one with a white part only
            """
        ),
        (
            "mug.png", "hole.png",
            """
            mask: hole.png is transparent in places, but a mask is white where to repaint and black where to keep; \
            flux.mask("hole.png", "transparent") makes what is transparent white, and with { invert = true } the rest
            """
        ),
        (
            "turned.jpg", "good.png",
            """
            image: turned.jpg is stored as 60 × 40 and turned by its EXIF (orientation 6), which the service may \
            overlook; save it upright first (magick turned.jpg -auto-orient upright.png); what \
            flux.mask("turned.jpg", …) makes fits the upright one
            """
        ),
        (
            "mug.png", "turned-mask.jpg",
            """
            mask: turned-mask.jpg is stored as 60 × 40 and turned by its EXIF (orientation 6), which the service may \
            overlook; flux.mask("mug.png", …) makes one that is upright
            """
        ),
        ("mug.png", "broken.png", "mask: broken.png is damaged or cut short: it may not have been copied to its end"),
        (
            "https://a/b.png", "white.png",
            """
            mask: white.png is white all over, so nothing of the picture would be kept; \
            flux.mask(picture, { rect = { x, y, width, height } }) makes one with a white part only
            """
        ),
    ])
    func faultOfAMaskIsAnErrorAtTheAuthorsLine(_ image: String, _ mask: String, _ message: String) async throws {
        let bench = try await bench()
        let picture = image.hasPrefix("https") ? "'\(image)'" : "d .. '\(image)'"
        let request = "{ prompt = 'x', image = \(picture), mask = d .. '\(mask)' }"
        for function in ["edit", "estimate"] {
            let said = try await complaint(of: "flux.\(function) \(request)", bench)
            #expect(said == "ask.lua:1: flux.\(function): \(message)")
        }
        #expect(bench.service.state.requests.isEmpty)
    }

    @Test(arguments: [
        "{ prompt = 'x', image = d .. 'mug.png', mask = d .. 'good.png' }",
        "{ prompt = 'x', image = d .. 'mug.png', mask = d .. 'soft.png' }",
        "{ prompt = 'x', image = 'https://a/b.png', mask = d .. 'good.png' }",
        "{ prompt = 'x', image = d .. 'mug.png', mask = 'https://a/m.png' }",
        // Nothing is painted inside a mask there.
        "{ prompt = 'x', image = d .. 'turned.jpg', outpaint = 'Make square' }",
    ])
    func whatIsRightIsSent(_ request: String) async throws {
        let bench = try await bench()
        _ = try await bench.runToEnd(
            """
            local d = '\(bench.folder.path)/'
            local job = flux.edit \(request)
            while not job.id do flux.sleep(0.01) end
            """)
        #expect(bench.sent.count == 1)
    }

    @Test func maskThatChangesIsLookedAtAgain() async throws {
        let bench = try await bench()
        let call = "flux.edit { prompt = 'x', image = d .. 'mug.png', mask = d .. 'm.png' }"
        _ = try bench.folder.write(try Self.mask(60, 40, white: 0..<0).encoded(as: .png), to: "m.png")
        #expect(try await complaint(of: call, bench).contains("nothing white"))
        _ = try bench.folder.write(try Self.mask(60, 40, white: 0..<60).encoded(as: .png), to: "m.png")
        #expect(try await complaint(of: call, bench).contains("white all over"))
    }

    /// The service's pictures are 6 × 4 here.
    @Test func maskForAJobIsComparedWhenItsPictureIsThere() async throws {
        let bench = try await bench()
        let values = try await bench.runToEnd(
            """
            local d = '\(bench.folder.path)/'
            job = flux.generate 'a mug'
            edit = flux.edit { prompt = 'x', image = job, mask = d .. 'good.png' }
            return edit ~= nil
            """)
        #expect(values == [true])
        while bench.service.state.jobs.isEmpty { await Task.yield() }
        bench.service.tell(1, status: "COMPLETED")
        let said = try await bench.runToEnd(
            """
            local _, err = flux.await(edit)
            return err.kind, err.message
            """)
        #expect(said.first == "invalid")
        #expect(
            said.last?.string?.hasSuffix(
                "good.png is 60 × 40, but the picture is 6 × 4; flux.mask(job, …) makes one of the same size") == true)
        #expect(bench.sent.count == 1, "no edit was sent")
        // It is there now, so that the error comes at once.
        let late = try await complaint(
            of: "flux.edit { prompt = 'z', image = job, mask = d .. 'good.png' }", bench)
        #expect(late.hasPrefix("ask.lua:1: flux.edit: mask: good.png is 60 × 40, but the picture is 6 × 4"))
        #expect(!bench.service.state.requests.contains { $0.contains("uploads") })
    }

    // MARK: flux.mask

    private func made(_ arguments: String, _ bench: Bench) async throws -> Raster {
        let values = try await bench.runToEnd(
            """
            local d = '\(bench.folder.path)/'
            flux.config { out = d .. 'out' }
            return flux.mask(\(arguments))
            """)
        let path = try #require(values.first?.string)
        return try Raster(decoding: Array(try Data(contentsOf: URL(filePath: path))))
    }

    private func white(_ mask: Raster) -> Int {
        (0..<mask.width * mask.height).count { mask.pixels[$0 * 4] == 255 }
    }

    @Test(arguments: [
        ("d .. 'mug.png', { rect = { 10, 5, 20, 10 } }", 60, 40, 200),
        ("d .. 'mug.png', { rect = { x = 10, y = 5, width = 20, height = 10 } }", 60, 40, 200),
        ("d .. 'mug.png', { { rect = { 0, 0, 5, 5 } }, { rect = { 50, 30, 100, 100 } } }", 60, 40, 125),
        ("d .. 'mug.png', { rect = { 50, 0, 50, 100 } }, { unit = '%' }", 60, 40, 1_200),
        ("d .. 'mug.png', { rect = { 10, 5, 20, 10 } }, { invert = true }", 60, 40, 2_200),
        ("d .. 'mug.png', { polygon = { { 0, 0 }, { 60, 0 }, { 60, 20 }, { 0, 20 } } }", 60, 40, 1_200),
        ("d .. 'mug.png', { rect = { 0, 0, 30, 40 } }, { feather = 6 }", 60, 40, 24 * 40),
        ("{ width = 30, height = 20 }, { rect = { 0, 0, 15, 20 } }", 30, 20, 300),
        ("d .. 'hole.png', 'transparent'", 60, 40, 800),
        ("d .. 'mug.png', 'transparent', { from = d .. 'hole.png' }", 60, 40, 800),
        ("d .. 'hole.png', 'transparent', { invert = true }", 60, 40, 1_600),
        // As people see it.
        ("d .. 'turned.jpg', { rect = { 0, 0, 40, 10 } }", 40, 60, 400),
    ])
    func shapesBecomeWhite(_ arguments: String, _ width: Int, _ height: Int, _ count: Int) async throws {
        let bench = try await bench()
        let mask = try await made(arguments, bench)
        #expect(mask.width == width && mask.height == height && mask.isOpaque)
        #expect(white(mask) == count)
        #expect(bench.service.state.requests.isEmpty)
    }

    @Test func sameShapesAreTheSameFileAndOthersAnother() async throws {
        let bench = try await bench()
        let values = try await bench.runToEnd(
            """
            local d = '\(bench.folder.path)/'
            flux.config { out = d .. 'out' }
            local small, large = { rect = { 1, 1, 9, 9 } }, { rect = { 1, 1, 19, 19 } }
            return flux.mask(d .. 'mug.png', small), flux.mask(d .. 'mug.png', large),
              flux.mask(d .. 'mug.png', small), flux.mask(d .. 'mug.png', small, { file = d .. 'm/' }),
              flux.mask(d .. 'mug.png', small, { file = d .. 'm/x.png' }),
              flux.mask(d .. 'mug.png', large, { file = d .. 'm/x.png' }),
              flux.mask(d .. 'mug.png', large, { file = d .. 'm/x.png', overwrite = true }),
              flux.mask({ width = 20, height = 30 }, small)
            """)
        let folder = bench.folder.path + "/"
        #expect(
            values.map { $0.string?.replacingOccurrences(of: folder, with: "") } == [
                "out/mug-mask.png", "out/mug-mask-2.png", "out/mug-mask.png", "m/mug-mask.png", "m/x.png", "m/x-2.png",
                "m/x.png", "out/mask-20x30.png",
            ])
    }

    @Test func maskOfAJobWaitsForItsPicture() async throws {
        let bench = try await bench()
        let waiting = Task { try await made("flux.generate 'a mug', { rect = { 0, 0, 3, 4 } }", bench) }
        while bench.service.state.jobs.isEmpty { await Task.yield() }
        bench.service.tell(1, status: "COMPLETED")
        let mask = try await waiting.value
        #expect(mask.size == PixelSize(width: 6, height: 4) && white(mask) == 12)
    }

    @Test(arguments: [
        ("'no.png', { rect = { 0, 0, 1, 1 } }", "no such file: no.png"),
        ("nil, { rect = { 0, 0, 1, 1 } }", "expected a file, a job or { width = 1024, height = 768 }, got nil"),
        (
            "'https://a/b.png', { rect = { 0, 0, 1, 1 } }",
            "the size of a picture on the web is not known here: give { width = …, height = … } instead"
        ),
        ("{ width = 9 }, { rect = { 0, 0, 1, 1 } }", "the picture must be { width, height }: 'height' is missing"),
        (
            "{ widht = 9, height = 9 }, { rect = { 0, 0, 1, 1 } }",
            "the picture: unknown field 'widht' (did you mean 'width'?)"
        ),
        (
            "{ width = 9.5, height = 9 }, { rect = { 0, 0, 1, 1 } }",
            "the picture: 'width' must be a whole number from 1 to 16384 (got 9.5)"
        ),
        ("{ 16384, 16384 }, { rect = { 0, 0, 1, 1 } }", "the picture has more than 100 million pixels"),
        ("p, {}", "there is no shape in the list"),
        ("p, { rectangle = { 0, 0, 1, 1 } }", "unknown shape 'rectangle' (did you mean 'rect'?)"),
        ("p, { circle = { 0, 0, 1 } }", "unknown shape 'circle' (there are rect, ellipse and polygon)"),
        ("p, { rect = 5 }", "'rect' must be { x, y, width, height } (got 5)"),
        ("p, { rect = { 0, 0, 1 } }", "'rect' must be { x, y, width, height } (got 3 values)"),
        ("p, { rect = { x = 0, y = 0, w = 1, h = 1 } }", "'rect': unknown field"),
        ("p, { rect = { x = 0, y = 0, width = 1 } }", "'rect' must be { x, y, width, height }: 'height' is missing"),
        ("p, { rect = { 0, 0, -1, 1 } }", "'rect': 'width' must be more than 0 (got -1)"),
        ("p, { rect = { 0, 0, 'a', 1 } }", "'rect': 'width' must be a number (got \"a\")"),
        ("p, { rect = { 0, 0, 1e9, 1 } }", "'rect': 'width' must be between -1,000,000 and 1,000,000 (got"),
        ("p, { rect = { 0, 0, 0/0, 1 } }", "'rect': 'width' must be between -1,000,000 and 1,000,000 (got"),
        (
            "p, { { rect = { 0, 0, 1, 1 } }, { elipse = {} } }",
            "shape 2: unknown shape 'elipse' (did you mean 'ellipse'?)"
        ),
        (
            "p, { rect = { 0, 0, 9, 9 }, ellipse = { 1, 1, 1, 1 } }",
            "one table has several shapes; give each a table of its own, { { rect = … }, { ellipse = … } }"
        ),
        ("p, { polygon = { { 0, 0 }, { 9, 9 } } }", "'polygon' needs three points or more (got 2)"),
        (
            "p, { polygon = { 0, 0, 9, 9 } }",
            "'polygon' must be a list of points such as { { 10, 10 }, { 200, 10 }, { 100, 150 } }"
        ),
        (
            "p, { polygon = { { 0, 0 }, { 9 }, { 9, 9 } } }",
            "'polygon': point 2 must be { x, y } (got 1 values)"
        ),
        ("p, { rect = { 60, 0, 9, 9 } }", "the shape lies outside the picture, which is 60 × 40"),
        (
            "p, { { rect = { 0, 0, 9, 9 } }, { ellipse = { -9, 0, 5, 5 } } }",
            "shape 2 lies outside the picture, which is 60 × 40"
        ),
        ("p, { rect = { 0, 0, 60, 40 } }", "the shapes cover the whole picture: nothing would be kept"),
        (
            "p, { rect = { 9, 9, 6, 6 } }, { feather = 30 }",
            "with a feather of 30 pixels nothing is left of the shapes: make the shapes larger or the feather smaller"
        ),
        (
            "p, { polygon = { { 0, 0 }, { 9, 9 }, { 20, 20 } } }",
            "the shapes are too thin or too small: nothing would be repainted"
        ),
        ("p, { rect = { 0, 0, 9, 9 } }, { fether = 3 }", "unknown option 'fether' (did you mean 'feather'?)"),
        (
            "p, { rect = { 0, 0, 9, 9 } }, { feather = -1 }",
            "'feather' must be a number of pixels from 0 to 1000 (got -1)"
        ),
        ("p, { rect = { 0, 0, 9, 9 } }, { unit = 'cm' }", "'unit' must be \"%\" or \"px\" (got \"cm\")"),
        (
            "p, { rect = { 0, 0, 9, 9 } }, { file = 'm.jpg' }",
            "'file' must end in .png, or in / for a folder (got \"m.jpg\")"
        ),
        ("p, { rect = { 0, 0, 9, 9 } }, { from = p }", "'from' goes with \"transparent\", not with shapes"),
        ("p, 'transparant'", "'transparant' is not a shape (did you mean 'transparent'?)"),
        ("p, 'transparent'", "mug.png has nothing transparent: nothing would be repainted"),
        ("p, 'transparent', { from = d .. 'small.png' }", "from: small.png is 30 × 20, but the picture is 60 × 40"),
        ("{ 60, 40 }, 'transparent'", "\"transparent\" needs a picture, or 'from', the file of one"),
    ])
    func wrongMaskIsAnErrorAtTheAuthorsLine(_ arguments: String, _ message: String) async throws {
        let bench = try await bench()
        let said = try await complaint(
            of: "local p = d .. 'mug.png' flux.config { out = d .. 'out' } flux.mask(\(arguments))", bench)
        #expect(said.hasPrefix("ask.lua:1: flux.mask: \(message)"), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/out"))
    }
}
