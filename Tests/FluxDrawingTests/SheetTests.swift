import FluxImaging
import Testing

@testable import FluxDrawing

@Suite struct SheetTests {
    static let red = Raster(width: 200, height: 100, red: 220, green: 0, blue: 0)

    /// A picture file that is only in memory.
    static func reading(_ files: [String: [UInt8]]) -> @Sendable (String) throws -> [UInt8] {
        { path in
            guard let bytes = files[path] else { throw ImagingError.unknownFormat }
            return bytes
        }
    }

    static func picture(_ label: [String] = []) -> Sheet.Cell {
        Sheet.Cell(.picture(path: "red.png", size: red.size), label: label)
    }

    private func painter(_ sheet: Sheet, _ style: SheetStyle = SheetStyle(cell: 100)) throws -> SheetPainter {
        let files = ["red.png": try Self.red.encoded(as: .png)]
        return try SheetPainter([sheet], style: style, format: .png, read: Self.reading(files))
    }

    private func drawn(_ sheet: Sheet, _ style: SheetStyle = SheetStyle(cell: 100)) async throws -> Raster {
        try Raster(decoding: await painter(sheet, style).page(0, concurrency: 2))
    }

    private func isRed(_ raster: Raster, _ x: Int, _ y: Int) -> Bool {
        raster[x, y].map { $0.x > 200 && $0.y < 20 && $0.z < 20 } ?? false
    }

    @Test func picturesStandInTheirPlacesAndPaperBetweenThem() async throws {
        let style = SheetStyle(cell: 100, gap: 10)
        let sheet = Sheet(rows: [
            Sheet.Row(cells: [Self.picture(), Self.picture()]),
            Sheet.Row(cells: [Self.picture(), Sheet.Cell(.missing("left out"))]),
        ])
        let raster = try await drawn(sheet, style)
        let layout = try SheetLayout(sheet, style, box: SheetLayout.box(for: [sheet], style))
        // Pictures of one shape need no square.
        #expect(layout.box == PixelSize(width: 100, height: 50))
        #expect(raster.width == 10 + 2 * 110)
        for column in 0..<2 { #expect(isRed(raster, layout.x(ofColumn: column) + 50, 10 + 25)) }
        let second = 10 + layout.rowHeights[0] + layout.rowGap
        #expect(isRed(raster, layout.x(ofColumn: 0) + 50, second + 25))
        #expect(!isRed(raster, layout.x(ofColumn: 1) + 50, second + 25))
        #expect(!isRed(raster, layout.x(ofColumn: 1) - 5, 35))
        #expect(!isRed(raster, layout.x(ofColumn: 0) + 50, second - 3))
    }

    @Test(arguments: [
        String(repeating: "a storefront with many words ", count: 12), String(repeating: "긴설명", count: 100),
        String(repeating: "夕焼けの海", count: 60), String(repeating: "عند غروب الشمس ", count: 20),
        String(repeating: "🦊👩‍👩‍👧", count: 40), String(repeating: "W", count: 300),
    ])
    func aLabelStaysUnderItsPicture(text: String) async throws {
        let style = SheetStyle(cell: 100, gap: 10)
        func sheet(_ label: [String]) -> Sheet {
            // The second row's picture, and the empty label beside, must not be touched.
            Sheet(rows: [
                Sheet.Row(cells: [Self.picture(label), Self.picture(["", ""])]), Sheet.Row(cells: [Self.picture()]),
            ])
        }
        let labelled = sheet([text, text])
        let raster = try await drawn(labelled, style)
        let layout = try SheetLayout(labelled, style, box: SheetLayout.box(for: [labelled], style))
        let labelHeight = layout.rowHeights[0] - layout.box.height
        // Two paragraphs of two lines.
        #expect(labelHeight > 0 && Double(labelHeight) < style.fontSize * 8)
        let paper = raster[1, 1]
        let from = 10 + layout.box.height
        var marks = 0
        for y in from..<from + layout.rowHeights[0] - layout.box.height + layout.rowGap {
            for x in 0..<raster.width where raster[x, y] != paper {
                #expect((10..<110).contains(x), "at \(x), \(y)")
                #expect(y < from + labelHeight, "at \(x), \(y)")
                marks += 1
            }
        }
        #expect(marks > 100)
    }

    @Test(arguments: [ImageFormat.png, .jpg, .webp]) func everyRowIsOnOnePageAndEveryPageCanBeHeld(
        format: ImageFormat
    ) throws {
        let cells = [Sheet.Cell](repeating: Sheet.Cell(.missing("")), count: 30)
        let sheet = Sheet(title: "All", rows: [Sheet.Row](repeating: Sheet.Row(cells: cells), count: 334))
        let layout = try SheetLayout(sheet, SheetStyle(), box: PixelSize(width: 384, height: 384))
        let pages = try layout.pages(format)
        #expect(pages.flatMap { Array($0) } == Array(0..<334))
        let limits = SheetStyle.limits(of: format)
        for rows in pages {
            #expect(layout.width <= limits.side && layout.height(of: rows) <= limits.side)
            #expect(layout.width * layout.height(of: rows) <= limits.pixels)
        }
    }

    @Test(arguments: [ImageFormat.jpg, .webp]) func aRowThatNoPageHoldsNamesACellThatFits(format: ImageFormat) throws {
        let cells = [Sheet.Cell](repeating: Sheet.Cell(.missing("")), count: 100)
        let sheet = Sheet(rows: [Sheet.Row(cells: cells)])
        func layout(_ cell: Int) throws -> SheetLayout {
            let style = SheetStyle(cell: cell, gap: 12, fontSize: 14)
            return try SheetLayout(sheet, style, box: PixelSize(width: cell, height: cell))
        }
        let error = try #require(throws: SheetTooLarge.self) { try layout(600).pages(format) }
        let words = error.description.split(separator: " ").map(String.init)
        let place = try #require(words.firstIndex(of: "cell"))
        let cell = try #require(Int(words[place + 2]))
        #expect(cell > 50)
        #expect(try layout(cell).pages(format) == [0..<1])
    }

    @Test func aPictureThatCannotBeReadIsShownAsFailed() async throws {
        let lost = Sheet.Cell(.picture(path: "gone.png", size: PixelSize(width: 100, height: 100)))
        let sheet = Sheet(rows: [Sheet.Row(cells: [lost, Sheet.Cell(.failed("why"))])])
        let raster = try await drawn(sheet, SheetStyle(cell: 100, gap: 10, theme: .dark))
        #expect(raster[12, 12] == raster[122, 12])
        #expect(raster[12, 12] != raster[1, 1])
    }
}
