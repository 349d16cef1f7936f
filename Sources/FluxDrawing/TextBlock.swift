import CPangoCairo
import FluxImaging

/// A few lines of text in whatever script, laid out for a canvas: wrapped to a width, and ended by "…" where it does not
/// fit. Sizes are in pixels of the canvas, whatever its units. Belongs to the canvas's thread.
package final class TextBlock {
    package struct Style {
        /// Height of the font in pixels.
        package var size: Double
        package var bold = false
        package var centred = false
        /// The most lines that are shown; the last one ends in "…" when there would be more.
        package var lines = 1

        package init(size: Double, bold: Bool = false, centred: Bool = false, lines: Int = 1) {
            self.size = size
            self.bold = bold
            self.centred = centred
            self.lines = lines
        }
    }

    /// Of what is shown, in pixels.
    package let width: Int
    package let height: Int
    private let layout: OpaquePointer

    /// - Parameter width: pixels that a line may take.
    /// - Returns: nil where there is no memory for it.
    package init?(_ text: String, _ style: Style, width room: Int, on canvas: Canvas) {
        guard let layout = pango_cairo_create_layout(canvas.context) else { return nil }
        self.layout = layout
        Self.apply(style, room: room, to: layout)
        Self.set(text, of: layout)
        var size: (width: Int32, height: Int32) = (0, 0)
        pango_layout_get_pixel_size(layout, &size.width, &size.height)
        width = Int(size.width)
        height = Int(size.height)
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    /// Draws it with its upper left corner at a place, in pixels.
    package func draw(on canvas: Canvas, x: Double, y: Double, _ colour: Colour) {
        let context = canvas.context
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_identity_matrix(context)
        let rgb = colour.rgb
        cairo_set_source_rgb(context, rgb.red, rgb.green, rgb.blue)
        cairo_move_to(context, x, y)
        pango_cairo_show_layout(context, layout)
    }

    /// Whether the installed fonts have each character of the text; false where there is nothing to draw it with.
    package static func hasFonts(for text: String) -> Bool {
        guard let canvas = try? Canvas(PixelSize(width: 8, height: 8), opaque: true),
            let layout = pango_cairo_create_layout(canvas.context)
        else { return false }
        defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
        let description = pango_font_description_from_string("Sans 12")
        defer { pango_font_description_free(description) }
        guard let fonts = pango_context_load_fontset(pango_layout_get_context(layout), description, nil) else {
            return false
        }
        defer { g_object_unref(UnsafeMutableRawPointer(fonts)) }
        return text.unicodeScalars.allSatisfy { character in
            guard let font = pango_fontset_get_font(fonts, character.value) else { return false }
            defer { g_object_unref(UnsafeMutableRawPointer(font)) }
            return pango_font_has_char(font, character.value) != 0
        }
    }

    private static func apply(_ style: Style, room: Int, to layout: OpaquePointer) {
        let font = pango_font_description_from_string(style.bold ? "Sans Bold" : "Sans")
        pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
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
        pango_layout_set_width(layout, Int32(clamping: max(1, room) * Int(PANGO_SCALE)))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_height(layout, -Int32(clamping: max(1, style.lines)))
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
        if style.centred { pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER) }
    }

    /// Sets the text without the characters that no font has: a box with a number in it tells a designer nothing.
    private static func set(_ text: String, of layout: OpaquePointer) {
        pango_layout_set_text(layout, text, Int32(clamping: text.utf8.count))
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
        pango_layout_set_text(layout, rest, Int32(clamping: rest.utf8.count))
    }
}
