import FluxImaging
import Foundation
import Testing

@testable import fluxlua

/// Pictures on their way to a terminal, and back.
@Suite(.timeLimit(.minutes(5))) struct TerminalPictureTests {
    /// Red, green, blue and grey quarters.
    private static let quarters: Raster = {
        var pixels: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<64 {
                switch (x < 32, y < 32) {
                case (true, true): pixels += [220, 0, 0, 255]
                case (false, true): pixels += [0, 200, 0, 255]
                case (true, false): pixels += [0, 0, 210, 255]
                case (false, false): pixels += [120, 120, 120, 255]
                }
            }
        }
        return (try? Raster(width: 64, height: 64, pixels: pixels))
            ?? Raster(width: 1, height: 1, red: 0, green: 0, blue: 0)
    }()

    private func text(_ graphics: TerminalGraphics, columns: Int = 60, count: Int = 1, label: String = "mug") throws
        -> String
    {
        let window = TerminalWindow(columns: columns, rows: 24, cellWidth: 8, cellHeight: 16)
        let shown = TerminalPictures.Shown(picture: Self.quarters, label: label)
        return try #require(
            TerminalPictures(graphics: graphics, window: window).text(
                of: [TerminalPictures.Shown](
                    repeating: shown, count: count)))
    }

    /// Looks at the middle of each quarter of the square picture at the left.
    private func expectQuarters(_ raster: Raster?, side: Int, tolerance: Int = 12) throws {
        let raster = try #require(raster)
        let expected: [(Int, Int, [Int])] = [
            (1, 1, [220, 0, 0]), (3, 1, [0, 200, 0]), (1, 3, [0, 0, 210]), (3, 3, [120, 120, 120]),
        ]
        for (x, y, colour) in expected {
            let pixel = try #require(raster[x * side / 4, y * side / 4])
            for channel in 0..<3 {
                #expect(abs(Int(pixel[channel]) - colour[channel]) <= tolerance, "\(x), \(y): \(pixel)")
            }
        }
    }

    // 24 rows leave 16 for one picture: 256 pixels.

    @Test func kittyGetsThePixelsThemselves() throws {
        try expectQuarters(try TerminalDecoding.kitty(text(.kitty)), side: 256, tolerance: 2)
    }

    @Test func sixelShowsThePicture() throws {
        try expectQuarters(try TerminalDecoding.sixel(text(.sixel)), side: 256)
    }

    @Test func symbolsShowThePictureInAllColours() throws {
        let drawn = try text(.symbols(.all))
        // Two pixels a cell: 16 rows are 32 pixels, and 32 columns as many.
        try expectQuarters(try TerminalDecoding.halfBlocks(drawn), side: 32)
    }

    @Test func iTermGetsAFile() throws {
        let drawn = try text(.iTerm2)
        let match = try #require(drawn.firstMatch(of: #/\x{1B}\]1337;File=inline=1;[^:]*:([A-Za-z0-9+\/=]+)/#))
        #expect(Data(base64Encoded: String(match.output.1))?.isEmpty == false)
    }

    @Test(arguments: [TerminalGraphics.Colours.of256, .of16, .none]) func fewerColoursAreUsed(
        colours: TerminalGraphics.Colours
    ) throws {
        let drawn = try text(.symbols(colours))
        #expect(!drawn.contains("38;2;"))
        #expect(drawn.contains("38;5;") == (colours == .of256))
    }

    @Test(arguments: [1, 2, 3, 7], [30, 60, 100]) func severalStandBesideEachOtherWithLabels(count: Int, columns: Int)
        throws
    {
        let drawn = try text(
            .symbols(.all), columns: columns, count: count, label: "아늑한 홈 오피스, a very long label indeed")
        let measure = TextWidth()
        let plain = drawn.replacing(#/\x{1B}\[[0-9;?]*[a-zA-Z]/#, with: "")
        for line in plain.split(separator: "\n") { #expect(measure.of(line) < columns) }
        let labels = plain.split(separator: "\n").filter { $0.contains("아늑한") }
        #expect(labels.map { $0.ranges(of: "아늑한").count }.reduce(0, +) == count)
    }

    @Test func aFailedOneIsItsLabel() throws {
        let window = TerminalWindow(columns: 60, rows: 24)
        let failed = TerminalPictures.Shown(picture: nil, label: "job flux-2-pro: out of clay")
        let drawn = TerminalPictures(graphics: .kitty, window: window).text(of: [failed])
        #expect(drawn == "job flux-2-pro: out of clay\n")
    }

    @Test(
        arguments: [
            (["TERM": "xterm-kitty"], TerminalGraphics.kitty), (["TERM_PROGRAM": "WezTerm", "TERM": "xterm"], .iTerm2),
            (["TERM": "dumb"], .off), (["TERM": "xterm-256color"], .symbols(.of256)),
            (["TERM": "xterm", "COLORTERM": "truecolor"], .symbols(.all)), (["TERM": "linux"], .symbols(.of16)),
            (["TERM": "xterm", "NO_COLOR": "1"], .symbols(.none)),
            (["TERM": "xterm-kitty", "FLUX_PICTURES": "off"], .off),
            (["TERM": "vt100", "FLUX_PICTURES": "sixel"], .sixel),
            (["TERM": "tmux-256color", "COLORTERM": "truecolor"], .symbols(.all)),
        ] as [([String: String], TerminalGraphics)])
    func surroundingsTellWhatATerminalCan(environment: [String: String], graphics: TerminalGraphics) {
        #expect(TerminalGraphics({ environment[$0] }, ask: { nil }) == graphics)
    }

    @Test func whatATerminalAnswersCounts() throws {
        #expect(TerminalCapabilities("") == nil)
        #expect(TerminalCapabilities("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;") == nil)
        let kitty = try #require(TerminalCapabilities("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c"))
        #expect(kitty.knowsKitty && !kitty.knowsSixel)
        let sixel = try #require(TerminalCapabilities("\u{1B}[?62;4;22c"))
        #expect(!sixel.knowsKitty && sixel.knowsSixel)
        let none = try #require(TerminalCapabilities("\u{1B}[?1;2;14c"))
        #expect(!none.knowsKitty && !none.knowsSixel)
        #expect(TerminalGraphics({ ["TERM": "xterm"][$0] }, ask: { kitty }) == .kitty)
        #expect(TerminalGraphics({ ["TERM": "tmux"][$0] }, ask: { sixel }) == .sixel)
    }

    @Test func nothingIsShownWhereTheOutputIsNoTerminal() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["-e", "flux.show(flux.generate 'a mug') print('after')"])
        #expect(result.output == "after\n" && result.status == 0)
    }
}
