import CChafa
import FluxImaging
import FluxModule

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The window of a terminal.
struct TerminalWindow: Equatable, Sendable {
    var columns = 80
    var rows = 24
    /// Of one cell, in pixels.
    var cellWidth = 8
    var cellHeight = 16

    /// Of the terminal that stdout is; nil where it is none.
    static func ofOutput() -> TerminalWindow? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var window = TerminalWindow()
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return window
        }
        (window.columns, window.rows) = (Int(size.ws_col), Int(size.ws_row))
        if size.ws_xpixel > 0, size.ws_ypixel > 0 {
            window.cellWidth = max(1, Int(size.ws_xpixel) / window.columns)
            window.cellHeight = max(1, Int(size.ws_ypixel) / window.rows)
        }
        return window
    }
}

/// Pictures as text for a terminal: as large as the window allows, several beside each other, with labels under them.
struct TerminalPictures {
    let graphics: TerminalGraphics
    let window: TerminalWindow

    /// No picture gets narrower than so many cells while there are rows for it.
    private static let narrowest = 24
    private static let gap = 2

    struct Shown {
        /// Nil where there is no picture, and the label says why.
        var picture: Raster?
        var label: String
    }

    /// Nil where chafa is not installed.
    func text(of shown: [Shown]) -> String? {
        let perRow = min(max(1, (window.columns + Self.gap) / (Self.narrowest + Self.gap)), max(1, shown.count))
        let width = (window.columns - 1 - (perRow - 1) * Self.gap) / perRow
        // A single picture leaves room for the words around it.
        let height = max(4, perRow == 1 ? window.rows * 2 / 3 : window.rows / 2)
        var text = ""
        var start = 0
        while start < shown.count {
            guard let row = row(shown[start..<min(start + perRow, shown.count)], width: width, height: height) else {
                return nil
            }
            text += row
            start += perRow
        }
        return text
    }

    private func row(_ shown: ArraySlice<Shown>, width: Int, height: Int) -> String? {
        let box = PixelSize(width: width * window.cellWidth, height: height * window.cellHeight)
        let sizes = shown.map { $0.picture?.size.scaled(toFit: box) }
        let tallest = sizes.compactMap { $0?.height }.max() ?? 0
        var text = ""
        if tallest > 0 {
            let rows = (tallest + window.cellHeight - 1) / window.cellHeight
            let columns = shown.count * (width + Self.gap) - Self.gap
            let sheet = Self.sheet(
                zip(shown, sizes), cell: (width + Self.gap) * window.cellWidth,
                size: PixelSize(width: columns * window.cellWidth, height: rows * window.cellHeight))
            guard let drawn = draw(sheet, columns: columns, rows: rows) else { return nil }
            text += drawn + (drawn.hasSuffix("\n") ? "" : "\n")
        }
        let measure = TextWidth()
        var line = ""
        for (index, one) in shown.enumerated() {
            let label = measure.cut(one.label.onOneLine, to: width)
            let space = String(repeating: " ", count: width - measure.of(label) + Self.gap)
            line += label + (index == shown.count - 1 ? "" : space)
        }
        return text + line + "\n"
    }

    /// The pictures of a row on one transparent ground, so that they stand beside each other whatever the terminal does.
    private static func sheet(
        _ pictures: some Sequence<(Shown, PixelSize?)>, cell: Int, size: PixelSize
    ) -> Raster {
        var sheet = Raster(width: size.width, height: size.height, red: 0, green: 0, blue: 0, alpha: 0)
        for (index, (shown, wanted)) in pictures.enumerated() {
            guard let wanted, let picture = shown.picture?.resized(to: wanted) else { continue }
            sheet.withUnsafeMutablePixels { target in
                for y in 0..<min(picture.height, size.height) {
                    let from = y * picture.width * 4
                    let to = (y * size.width + index * cell) * 4
                    let count = min(picture.width, size.width - index * cell) * 4
                    for offset in 0..<max(0, count) { target[to + offset] = picture.pixels[from + offset] }
                }
            }
        }
        return sheet
    }

    private func draw(_ raster: Raster, columns: Int, rows: Int) -> String? {
        let form: Int
        var colours = CCHAFA_TRUECOLOUR
        switch graphics {
        case .off: return ""
        case .kitty: form = CCHAFA_KITTY
        case .iTerm2: form = CCHAFA_ITERM2
        case .sixel: form = CCHAFA_SIXEL
        case .symbols(let known):
            form = CCHAFA_SYMBOLS
            switch known {
            case .all: colours = CCHAFA_TRUECOLOUR
            case .of256: colours = CCHAFA_256_COLOURS
            case .of16: colours = CCHAFA_16_COLOURS
            case .none: colours = CCHAFA_NO_COLOURS
            }
        }
        let drawn = raster.pixels.withUnsafeBufferPointer { pixels in
            cchafa_draw(
                pixels.baseAddress, Int32(raster.width), Int32(raster.height), Int32(columns), Int32(rows),
                Int32(window.cellWidth), Int32(window.cellHeight), Int32(form), Int32(colours))
        }
        guard let drawn else { return nil }
        defer { free(drawn) }
        return String(cString: drawn)
    }
}

extension PixelSize {
    /// The largest size of the same shape that lies inside `bounds`, also where that is larger.
    fileprivate func scaled(toFit bounds: PixelSize) -> PixelSize {
        let scale = min(Double(bounds.width) / Double(width), Double(bounds.height) / Double(height))
        return PixelSize(
            width: max(1, min(bounds.width, Int(Double(width) * scale))),
            height: max(1, min(bounds.height, Int(Double(height) * scale))))
    }
}
