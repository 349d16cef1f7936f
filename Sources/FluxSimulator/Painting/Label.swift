import CPangoCairo
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

    init(_ order: PictureOrder) {
        // More than fits two lines of the widest picture; longer text only costs time.
        prompt = order.prompt.prefix(500).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        facts = "\(order.model)  ·  seed \(order.seed)  ·  simulated"
    }

    /// Draws along the lower edge of a part of the picture.
    /// - Returns: false when the part is too small for legible text; then nothing is drawn.
    @discardableResult
    func draw(on canvas: Canvas, along part: PixelRect, palette: Palette) -> Bool {
        guard let text = layouts(on: canvas, width: part.width), text.height <= part.height else { return false }
        defer { text.release() }
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
        cairo_set_source_rgb(context, 0.97, 0.97, 0.96)
        cairo_move_to(context, left, top + Double(text.padding) * 0.7)
        pango_cairo_show_layout(context, text.prompt)
        let quiet = palette.accent.mixed(Colour.white, 0.55).at(lightness: 0.84).rgb
        cairo_set_source_rgb(context, quiet.red, quiet.green, quiet.blue)
        cairo_move_to(context, left, top + Double(text.padding) * 0.7 + Double(text.promptHeight + text.gap))
        pango_cairo_show_layout(context, text.facts)
        return true
    }

    /// How high the strip is for a width, in pixels; nil where it cannot be legible.
    func height(on canvas: Canvas, width: Int) -> Int? {
        guard let text = layouts(on: canvas, width: width) else { return nil }
        defer { text.release() }
        return text.height
    }

    /// How many characters of the text no installed font can show, after those were taken out.
    static func unknownGlyphs(in text: String) -> Int {
        guard let canvas = try? Canvas(PixelSize(width: 8, height: 8), opaque: true),
            let layout = pango_cairo_create_layout(canvas.context)
        else { return 0 }
        defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
        set(text, of: layout)
        return Int(pango_layout_get_unknown_glyphs_count(layout))
    }

    // MARK: Layout

    private struct Layouts {
        var prompt: OpaquePointer
        var facts: OpaquePointer
        var promptHeight: Int
        var gap: Int
        var padding: Int
        var height: Int

        func release() {
            g_object_unref(UnsafeMutableRawPointer(prompt))
            g_object_unref(UnsafeMutableRawPointer(facts))
        }
    }

    private func layouts(on canvas: Canvas, width: Int) -> Layouts? {
        guard width >= 150 else { return nil }
        let size = min(max(Double(width) / 56, 12.5), Double(min(canvas.size.width, canvas.size.height)) / 34 + 6, 25)
        let padding = Int(size * 0.85)
        guard let promptLayout = pango_cairo_create_layout(canvas.context) else { return nil }
        guard let factsLayout = pango_cairo_create_layout(canvas.context) else {
            g_object_unref(UnsafeMutableRawPointer(promptLayout))
            return nil
        }
        let room = Int32((width - padding * 2) * Int(PANGO_SCALE))
        Self.style(promptLayout, size: size, room: room, lines: 2)
        Self.style(factsLayout, size: max(11, size * 0.84), room: room, lines: 1)
        Self.set(prompt, of: promptLayout)
        Self.set(facts, of: factsLayout)
        let promptHeight = prompt.isEmpty ? 0 : Self.height(promptLayout)
        let gap = prompt.isEmpty ? 0 : Int(size * 0.3)
        let height = promptHeight + gap + Self.height(factsLayout) + Int(Double(padding) * 1.4)
        return Layouts(
            prompt: promptLayout, facts: factsLayout, promptHeight: promptHeight, gap: gap, padding: padding,
            height: height)
    }

    private static func style(_ layout: OpaquePointer, size: Double, room: Int32, lines: Int32) {
        let font = pango_font_description_from_string("Sans")
        pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
        pango_layout_set_font_description(layout, font)
        pango_font_description_free(font)
        // Letters where the type designer wants them, not on whole pixels: small text keeps its rhythm.
        let context = pango_layout_get_context(layout)
        pango_context_set_round_glyph_positions(context, 0)
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        pango_cairo_context_set_font_options(context, options)
        cairo_font_options_destroy(options)
        pango_layout_context_changed(layout)
        pango_layout_set_width(layout, room)
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_height(layout, -lines)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    }

    private static func height(_ layout: OpaquePointer) -> Int {
        var height: Int32 = 0
        pango_layout_get_pixel_size(layout, nil, &height)
        return Int(height)
    }

    /// Sets the text without the characters that no font has: a box with a number in it tells a designer nothing.
    private static func set(_ text: String, of layout: OpaquePointer) {
        pango_layout_set_text(layout, text, -1)
        guard pango_layout_get_unknown_glyphs_count(layout) > 0 else { return }
        var bytes = Array(text.utf8)
        var unknown: Set<Int> = []
        // An ellipsized layout shows only what fits, so the whole text is laid out beside it.
        guard let whole = pango_layout_copy(layout) else { return }
        defer { g_object_unref(UnsafeMutableRawPointer(whole)) }
        pango_layout_set_ellipsize(whole, PANGO_ELLIPSIZE_NONE)
        let iterator = pango_layout_get_iter(whole)
        defer { pango_layout_iter_free(iterator) }
        repeat {
            guard let run = pango_layout_iter_get_run_readonly(iterator)?.pointee, let glyphs = run.glyphs?.pointee,
                let item = run.item?.pointee
            else { continue }
            for index in 0..<Int(glyphs.num_glyphs)
            where glyphs.glyphs[index].glyph & 0x1000_0000 != 0 && glyphs.glyphs[index].glyph != 0x0FFF_FFFF {
                unknown.insert(Int(item.offset + glyphs.log_clusters[index]))
            }
        } while pango_layout_iter_next_run(iterator) != 0
        for start in unknown.sorted(by: >) where start < bytes.count {
            var end = start + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            bytes.removeSubrange(start..<end)
        }
        // What joined or varied those characters may be left between two spaces.
        let rest = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            .filter { !$0.unicodeScalars.allSatisfy(\.properties.isDefaultIgnorableCodePoint) }.joined(separator: " ")
        pango_layout_set_text(layout, rest, -1)
    }
}
