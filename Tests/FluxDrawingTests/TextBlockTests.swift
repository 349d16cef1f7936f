import FluxImaging
import Testing

@testable import FluxDrawing

@Suite struct TextBlockTests {
    private func block(_ text: String, lines: Int, width: Int = 200) throws -> TextBlock {
        let canvas = try Canvas(PixelSize(width: 400, height: 200), opaque: true)
        return try #require(TextBlock(text, TextBlock.Style(size: 16, lines: lines), width: width, on: canvas))
    }

    @Test(arguments: ["a long prompt of many words ", "홈 오피스의 긴 설명 ", "夕焼けの海と小さな船", "صورة لقطة على الشاطئ ", "🎉🦊"])
    func longTextKeepsToItsWidthAndItsLines(word: String) throws {
        let one = try block("x", lines: 1)
        let long = try block(String(repeating: word, count: 30), lines: 2)
        #expect(long.width <= 200)
        #expect(long.height > one.height && long.height <= one.height * 3)
    }

    @Test func whatNoFontCanShowIsLeftOut() throws {
        #expect(TextBlock.hasFonts(for: "aЖ한🦊") && !TextBlock.hasFonts(for: "a\u{10FFFD}b"))
        #expect(try block("a\u{10FFFD}b", lines: 1).width == block("ab", lines: 1).width)
    }
}
