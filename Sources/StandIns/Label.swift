import CPangoCairo
import FluxDrawing
import FluxImaging

/// A part of a picture, in pixels.
struct PixelRect: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}

/// The strip that says what a stand-in picture stands for: the prompt, the model, the seed, and that it is simulated.
struct Label {
    let prompt: String
    let facts: String

    init(_ order: PictureSpecification) {
        // More than fits two lines of the widest picture; longer text only costs time.
        prompt = order.prompt.prefix(500).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        facts = "\(order.model)  ·  seed \(order.seed)  ·  simulated"
    }

    /// Draws along the lower edge of a part of the picture.
    /// - Returns: false when the part is too small for legible text; then nothing is drawn.
    @discardableResult
    func draw(on canvas: Canvas, along part: PixelRect, palette: Palette) -> Bool {
        guard let text = blocks(on: canvas, width: part.width), text.height <= part.height else { return false }
        let context = canvas.context
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_identity_matrix(context)
        let (x, top) = (Double(part.x), Double(part.y + part.height - text.height))
        let back = palette.ink.at(lightness: 0.17).rgb
        cairo_set_source_rgba(context, back.red, back.green, back.blue, 0.92)
        cairo_rectangle(context, x, top, Double(part.width), Double(text.height))
        cairo_fill(context)
        let accent = palette.accent.at(lightness: 0.74).rgb
        cairo_set_source_rgb(context, accent.red, accent.green, accent.blue)
        cairo_rectangle(context, x, top, Double(part.width), max(1, Double(text.padding) * 0.14))
        cairo_fill(context)
        let left = x + Double(text.padding)
        let first = top + Double(text.padding) * 0.7
        text.prompt?.draw(on: canvas, x: left, y: first, Colour(red: 247, green: 247, blue: 245))
        let quiet = palette.accent.mixed(Colour.white, 0.55).at(lightness: 0.84)
        text.facts.draw(on: canvas, x: left, y: first + Double((text.prompt?.height ?? 0) + text.gap), quiet)
        return true
    }

    /// How high the strip is for a width, in pixels; nil where it cannot be legible.
    func height(on canvas: Canvas, width: Int) -> Int? { blocks(on: canvas, width: width)?.height }

    private struct Blocks {
        /// Nil where the prompt is empty.
        var prompt: TextBlock?
        var facts: TextBlock
        var gap: Int
        var padding: Int
        var height: Int
    }

    private func blocks(on canvas: Canvas, width: Int) -> Blocks? {
        guard width >= 150 else { return nil }
        let size = min(max(Double(width) / 56, 12.5), Double(min(canvas.size.width, canvas.size.height)) / 34 + 6, 25)
        let padding = Int(size * 0.85)
        let room = width - padding * 2
        let prompt =
            prompt.isEmpty ? nil : TextBlock(prompt, TextBlock.Style(size: size, lines: 2), width: room, on: canvas)
        guard
            let facts = TextBlock(facts, TextBlock.Style(size: max(11, size * 0.84)), width: room, on: canvas)
        else { return nil }
        let gap = prompt == nil ? 0 : Int(size * 0.3)
        let height = (prompt?.height ?? 0) + gap + facts.height + Int(Double(padding) * 1.4)
        return Blocks(prompt: prompt, facts: facts, gap: gap, padding: padding, height: height)
    }
}
