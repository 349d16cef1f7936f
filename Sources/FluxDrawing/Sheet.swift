import FluxImaging

/// A contact sheet: pictures in rows and columns, with what they are written beside them. Plain data; `SheetLayout` says
/// where all of it goes, `SheetPainter` draws it.
package struct Sheet: Sendable {
    package enum Content: Sendable {
        /// A file, and the pixels that its header tells.
        case picture(path: String, size: PixelSize)
        /// A picture that could not be made, with why.
        case failed(String)
        /// A place without a picture, with why.
        case missing(String)
    }

    package struct Cell: Sendable {
        package var content: Content
        /// What stands under it, a paragraph each; each takes two lines at most.
        package var label: [String]

        package init(_ content: Content, label: [String] = []) {
            self.content = content
            self.label = label
        }
    }

    package struct Row: Sendable {
        /// What stands to its left; empty: nothing.
        package var head: String
        package var cells: [Cell]

        package init(head: String = "", cells: [Cell]) {
            self.head = head
            self.cells = cells
        }
    }

    /// What stands above everything; empty: nothing.
    package var title: String
    /// What stands over the columns; empty where nothing does.
    package var heads: [String]
    package var rows: [Row]

    package init(title: String = "", heads: [String] = [], rows: [Row]) {
        self.title = title
        self.heads = heads
        self.rows = rows
    }

    package var columnCount: Int { max(heads.count, rows.map(\.cells.count).max() ?? 0) }
}

/// How a sheet looks.
package struct SheetStyle: Sendable {
    package enum Theme: String, Sendable, CaseIterable {
        case light
        case dark

        var paper: Colour { self == .light ? Colour(0.985, 0.002, 95) : Colour(0.19, 0.004, 260) }
        var ink: Colour { self == .light ? Colour(0.24, 0.006, 260) : Colour(0.94, 0.003, 95) }
        var quiet: Colour { self == .light ? Colour(0.46, 0.008, 260) : Colour(0.74, 0.006, 260) }
        var blank: Colour { self == .light ? Colour(0.945, 0.003, 260) : Colour(0.25, 0.006, 260) }
        var alarm: Colour { self == .light ? Colour(0.5, 0.16, 27) : Colour(0.75, 0.12, 27) }
        var alarmBack: Colour { self == .light ? Colour(0.95, 0.02, 27) : Colour(0.28, 0.035, 27) }
    }

    /// The longer side of a picture, in pixels.
    package var cell: Int
    /// Between cells, in pixels.
    package var gap: Int
    /// Of labels, in pixels.
    package var fontSize: Double
    package var theme: Theme

    /// - Parameters:
    ///   - gap: by default a thirtieth of a cell.
    ///   - fontSize: by default as fits the cell.
    package init(cell: Int = 384, gap: Int? = nil, fontSize: Double? = nil, theme: Theme = .light) {
        self.cell = cell
        self.gap = gap ?? max(4, cell / 30)
        self.fontSize = fontSize ?? min(max(Double(cell) / 26, 10), 22)
        self.theme = theme
    }

    /// The longest sides that files of a format can have, and the most pixels of one page: so many are held in memory
    /// while it is drawn.
    package static func limits(of format: ImageFormat) -> (side: Int, pixels: Int) {
        (side: format == .webp ? 16_383 : 32_000, pixels: 32_000_000)
    }
}

/// A sheet that no page can hold. Its description says which cell size would do.
package struct SheetTooLarge: Error, CustomStringConvertible {
    package let description: String
}
