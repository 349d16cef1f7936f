import FluxImaging

/// Where everything on a sheet goes, in pixels: measured once, so that nothing lies over anything else.
struct SheetLayout {
    let style: SheetStyle
    /// What pictures are fitted into; the same for all pages of a sheet.
    let box: PixelSize
    let columns: Int
    /// Width of what stands to the left of the rows; 0: nothing.
    let headWidth: Int
    /// Of the title and the columns' heads, with the space below them.
    let titleHeight: Int
    let headHeight: Int
    /// Of each row: the taller of its pictures with labels and its head.
    let rowHeights: [Int]

    static let titleLines = 3
    static let headLines = 4
    static let rowHeadLines = 8
    static let labelLines = 2

    var labelStyle: TextBlock.Style { TextBlock.Style(size: style.fontSize, lines: Self.labelLines) }
    var headStyle: TextBlock.Style {
        TextBlock.Style(size: style.fontSize * 1.1, bold: true, centred: true, lines: Self.headLines)
    }
    var rowHeadStyle: TextBlock.Style {
        TextBlock.Style(size: style.fontSize * 1.1, bold: true, lines: Self.rowHeadLines)
    }
    var titleStyle: TextBlock.Style {
        TextBlock.Style(size: style.fontSize * 1.7, bold: true, lines: Self.titleLines)
    }

    /// Between a picture and its label, and between paragraphs.
    var labelGap: Int { max(2, Int(style.fontSize / 3)) }

    /// Below a row: what stands under a picture keeps clear of the next one.
    var rowGap: Int { style.gap + Int(style.fontSize * 0.6) }

    var width: Int { style.gap + (headWidth > 0 ? headWidth + style.gap : 0) + columns * (box.width + style.gap) }
    func height(of rows: Range<Int>) -> Int {
        style.gap + titleHeight + headHeight + rowHeights[rows].reduce(0) { $0 + $1 + rowGap }
    }
    func x(ofColumn column: Int) -> Int {
        style.gap + (headWidth > 0 ? headWidth + style.gap : 0) + column * (box.width + style.gap)
    }

    /// - Parameter box: the room of a picture, from `box(for:_:)`.
    /// - Throws: `ImagingError` without memory.
    init(_ sheet: Sheet, _ style: SheetStyle, box: PixelSize) throws(ImagingError) {
        self.style = style
        self.box = box
        columns = max(1, sheet.columnCount)
        let canvas = try Canvas(PixelSize(width: 8, height: 8), opaque: true)
        func size(_ text: String, _ style: TextBlock.Style, _ width: Int) -> (width: Int, height: Int) {
            guard !text.isEmpty, let block = TextBlock(text, style, width: width, on: canvas) else { return (0, 0) }
            return (block.width, block.height)
        }
        // Stands in for self, which has no values so far.
        let styles = (
            row: TextBlock.Style(size: style.fontSize * 1.1, bold: true, lines: Self.rowHeadLines),
            head: TextBlock.Style(
                size: style.fontSize * 1.1, bold: true, centred: true, lines: Self.headLines),
            label: TextBlock.Style(size: style.fontSize, lines: Self.labelLines)
        )
        let widest = max(Int(style.fontSize * 12), box.width / 2)
        let headWidth = sheet.rows.map { size($0.head, styles.row, widest).width }.max() ?? 0
        self.headWidth = headWidth > 0 ? headWidth + 2 : 0
        let headHeight = sheet.heads.map { size($0, styles.head, box.width).height }.max() ?? 0
        self.headHeight = headHeight > 0 ? headHeight + style.gap / 2 : 0
        let gap = max(2, Int(style.fontSize / 3))
        rowHeights = sheet.rows.map { row in
            let labels = row.cells.map { cell in
                cell.label.reduce(0) { $0 + size($1, styles.label, box.width).height + gap }
            }
            return max(box.height + (labels.max() ?? 0), size(row.head, styles.row, widest).height)
        }
        let inner = (headWidth > 0 ? headWidth + 2 + style.gap : 0) + columns * (box.width + style.gap) - style.gap
        let title = TextBlock.Style(size: style.fontSize * 1.7, bold: true, lines: Self.titleLines)
        let titleHeight = size(sheet.title, title, inner).height
        self.titleHeight = titleHeight > 0 ? titleHeight + style.gap : 0
    }

    /// The smallest box that each picture fits into with its longer side as long as a cell; a square where there is none.
    static func box(for sheets: [Sheet], _ style: SheetStyle) -> PixelSize {
        let cell = PixelSize(width: style.cell, height: style.cell)
        var box = PixelSize(width: 0, height: 0)
        for sheet in sheets {
            for row in sheet.rows {
                for case .picture(_, let size) in row.cells.map(\.content) {
                    let fitted = size.fitted(within: cell)
                    box.width = max(box.width, fitted.width)
                    box.height = max(box.height, fitted.height)
                }
            }
        }
        return box.width == 0 ? cell : box
    }

    /// The rows of each page, as many on each as it can hold.
    /// - Throws: `SheetTooLarge` where not even one row fits.
    func pages(_ format: ImageFormat) throws(SheetTooLarge) -> [Range<Int>] {
        let limits = SheetStyle.limits(of: format)
        func fits(_ rows: Range<Int>) -> Bool {
            let height = height(of: rows)
            return width <= limits.side && height <= limits.side && width * height <= limits.pixels
        }
        var pages: [Range<Int>] = []
        var start = 0
        for row in rowHeights.indices where !fits(start..<row + 1) {
            guard fits(row..<row + 1) else { throw tooLarge(row, format, limits) }
            pages.append(start..<row)
            start = row
        }
        if start < rowHeights.count { pages.append(start..<rowHeights.count) }
        return pages
    }

    private func tooLarge(_ row: Int, _ format: ImageFormat, _ limits: (side: Int, pixels: Int)) -> SheetTooLarge {
        let height = height(of: row..<row + 1)
        // Text keeps its size, so only the pictures can give way.
        var cell = style.cell
        func fits(_ cell: Int) -> Bool {
            let share = Double(cell) / Double(style.cell)
            let width = width - Int(Double(columns * box.width) * (1 - share))
            let height = height - Int(Double(box.height) * (1 - share))
            return width <= limits.side && height <= limits.side && width * height <= limits.pixels
        }
        while cell > 16, !fits(cell) { cell -= max(1, cell / 50) }
        let most =
            "the most for a \(format.name) page are \(limits.side) pixels a side and \(limits.pixels / 1_000_000) MP"
        let advice =
            fits(cell) ? "cell = \(cell) would do, or fewer columns" : "only fewer columns would do"
        return SheetTooLarge(
            description: "\(columns) columns of \(box.width) pixels make rows of \(width) × \(height) pixels; "
                + "\(most); \(advice)")
    }
}
