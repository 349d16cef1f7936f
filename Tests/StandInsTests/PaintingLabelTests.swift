import FluxDrawing
import FluxImaging
import Testing

@testable import StandIns

@Suite struct PaintingLabelTests {
    @Test func theLabelLiesAlongTheLowerEdgeAndNowhereElse() throws {
        let size = PixelSize(width: 512, height: 512)
        let order = PaintingTests.order("A red mug", width: 512, height: 512)
        let painting = Painting(order)
        let canvas = try painting.scene(of: size)
        let bare = canvas.raster()
        let whole = PixelRect(x: 0, y: 0, width: 512, height: 512)
        #expect(Label(order).draw(on: canvas, along: whole, palette: painting.palette))
        let labelled = canvas.raster()
        let height = try #require(Label(order).height(on: canvas, width: 512))
        // Two lines of at least eleven pixels, and no more than an eighth of the picture.
        #expect(height >= 30 && height <= 64)
        let border = (512 - height) * 512 * 4
        #expect(labelled.pixels[..<border] == bare.pixels[..<border])
        #expect(labelled.pixels[border...] != bare.pixels[border...])
    }

    @Test func aLongPromptTakesTwoLinesAtMost() throws {
        let canvas = try Canvas(PixelSize(width: 512, height: 512), opaque: true)
        func height(_ prompt: String) -> Int? {
            Label(PaintingTests.order(prompt)).height(on: canvas, width: 512)
        }
        let one = try #require(height("short"))
        let two = try #require(height(String(repeating: "two lines ", count: 9)))
        #expect(one < two)
        #expect(height(String(repeating: "very long ", count: 200)) == two)
        #expect(height(String(repeating: "x", count: 2_000)) == two)
        #expect(height("many\nlines\n\n\nof\ntext") == one)
    }

    @Test func tooSmallAPlaceGetsNoLabel() throws {
        let canvas = try Canvas(PixelSize(width: 512, height: 512), opaque: true)
        let palette = Painting(PaintingTests.order()).palette
        let label = Label(PaintingTests.order())
        let before = canvas.raster()
        #expect(!label.draw(on: canvas, along: PixelRect(x: 0, y: 0, width: 100, height: 500), palette: palette))
        #expect(!label.draw(on: canvas, along: PixelRect(x: 0, y: 0, width: 500, height: 9), palette: palette))
        #expect(canvas.raster() == before)
    }

    @Test(arguments: ["커피 한 잔과 따뜻한 햇살", "夕焼けの海", "咖啡", "قهوة", "Ünïcödé ŝčř", "☕️ 👩🏽‍🚀🎉 done"])
    func noScriptEndsAsBoxes(prompt: String) {
        #expect(TextBlock.hasFonts(for: prompt))
    }

    @Test func differentHangulLooksDifferent() throws {
        func picture(_ prompt: String) throws -> Raster {
            let canvas = try Canvas(PixelSize(width: 400, height: 80), opaque: true)
            let label = Label(PaintingTests.order(prompt))
            let palette = Painting(PaintingTests.order("x")).palette
            #expect(label.draw(on: canvas, along: PixelRect(x: 0, y: 0, width: 400, height: 80), palette: palette))
            return canvas.raster()
        }
        // Characters that no font has would be left out of both.
        #expect(try picture("가나다") != picture("라마바"))
        #expect(try picture("가나다") != picture(""))
    }
}
