import CPangoCairo
import FluxImaging

/// Draws contact sheets, page by page: one page is in memory at a time, and of the pictures as many as there are
/// processors.
package struct SheetPainter: Sendable {
    private let style: SheetStyle
    private let format: ImageFormat
    private let quality: Int
    private let pages: [Page]
    /// Reads a picture's file.
    private let read: @Sendable (String) throws -> [UInt8]

    private struct Page: Sendable {
        var sheet: Sheet
        var layout: SheetLayout
        var rows: Range<Int>
    }

    /// Measures all pages.
    /// - Parameters:
    ///   - sheets: one after the other, each on pages of its own.
    ///   - quality: 0…100; no effect on PNG.
    /// - Throws: `SheetTooLarge`, `ImagingError`.
    package init(
        _ sheets: [Sheet], style: SheetStyle, format: ImageFormat, quality: Int = 90,
        read: @escaping @Sendable (String) throws -> [UInt8]
    ) throws {
        self.style = style
        self.format = format
        self.quality = quality
        self.read = read
        let box = SheetLayout.box(for: sheets, style)
        var pages: [Page] = []
        for sheet in sheets {
            let layout = try SheetLayout(sheet, style, box: box)
            pages += try layout.pages(format).map { Page(sheet: sheet, layout: layout, rows: $0) }
        }
        self.pages = pages
    }

    package var pageCount: Int { pages.count }

    /// Pixels of a page, counted from 0.
    package func size(ofPage index: Int) -> PixelSize {
        PixelSize(width: pages[index].layout.width, height: pages[index].layout.height(of: pages[index].rows))
    }

    /// A page as a file, counted from 0.
    /// - Throws: `ImagingError`, or `CancellationError` between two rows. A picture that cannot be read is shown as failed.
    package func page(_ index: Int, concurrency: Int) async throws -> [UInt8] {
        let page = pages[index]
        let layout = page.layout
        let canvas = try Canvas(size(ofPage: index), opaque: true)
        // The units of a canvas suit scenes; here all is in pixels.
        cairo_identity_matrix(canvas.context)
        canvas.flood(.flat(style.theme.paper))
        drawHeads(page, on: canvas)
        var top = style.gap + layout.titleHeight + layout.headHeight
        for row in page.rows {
            try Task.checkCancellation()
            let cells = page.sheet.rows[row].cells
            var column = 0
            while column < cells.count {
                let end = min(column + max(1, concurrency), cells.count)
                let pictures = await thumbnails(of: cells[column..<end], within: layout.box)
                for (offset, picture) in pictures.enumerated() {
                    draw(cells[column + offset], picture, on: canvas, layout, column: column + offset, top: top)
                }
                column = end
            }
            let head = page.sheet.rows[row].head
            if layout.headWidth > 0,
                let text = TextBlock(head, layout.rowHeadStyle, width: layout.headWidth, on: canvas)
            {
                text.draw(on: canvas, x: Double(style.gap), y: Double(top), style.theme.ink)
            }
            top += layout.rowHeights[row] + layout.rowGap
        }
        return try canvas.encoded(as: format, quality: quality)
    }

    private func drawHeads(_ page: Page, on canvas: Canvas) {
        let layout = page.layout
        if !page.sheet.title.isEmpty {
            TextBlock(page.sheet.title, layout.titleStyle, width: layout.width - style.gap * 2, on: canvas)?
                .draw(on: canvas, x: Double(style.gap), y: Double(style.gap), style.theme.ink)
        }
        for (column, head) in page.sheet.heads.enumerated() where !head.isEmpty {
            TextBlock(head, layout.headStyle, width: layout.box.width, on: canvas)?
                .draw(
                    on: canvas, x: Double(layout.x(ofColumn: column)), y: Double(style.gap + layout.titleHeight),
                    style.theme.ink)
        }
    }

    // MARK: Cells

    private enum Thumbnail: Sendable {
        case picture(Raster)
        case text(String, isFailure: Bool)
    }

    /// What is shown of some cells, read and reduced at the same time.
    private func thumbnails(of cells: ArraySlice<Sheet.Cell>, within box: PixelSize) async -> [Thumbnail] {
        await withTaskGroup(of: (Int, Thumbnail).self) { group in
            for (index, cell) in cells.enumerated() {
                group.addTask { (index, thumbnail(of: cell.content, within: box)) }
            }
            var all: [Int: Thumbnail] = [:]
            for await (index, thumbnail) in group { all[index] = thumbnail }
            return cells.indices.enumerated().map { all[$0.offset] ?? .text("", isFailure: false) }
        }
    }

    private func thumbnail(of content: Sheet.Content, within box: PixelSize) -> Thumbnail {
        switch content {
        case .failed(let why): return .text(why, isFailure: true)
        case .missing(let why): return .text(why, isFailure: false)
        case .picture(let path, _):
            do {
                return .picture(try Raster(decoding: read(path), reducedTo: box))
            } catch {
                return .text("\(error)", isFailure: true)
            }
        }
    }

    private func draw(
        _ cell: Sheet.Cell, _ thumbnail: Thumbnail, on canvas: Canvas, _ layout: SheetLayout, column: Int, top: Int
    ) {
        let (x, box) = (layout.x(ofColumn: column), layout.box)
        switch thumbnail {
        case .picture(let raster):
            let left = x + (box.width - raster.width) / 2
            // At the lower edge, where its label is.
            let upper = top + box.height - raster.height
            canvas.place(raster, x: left, y: upper)
        case .text(let why, let isFailure):
            let back = isFailure ? style.theme.alarmBack : style.theme.blank
            canvas.fill(.rect(Double(x), Double(top), Double(box.width), Double(box.height)), back)
            let padding = max(2, min(box.width / 12, style.gap))
            let lineHeight = style.fontSize * 1.45
            let lines = max(1, Int(Double(box.height - padding * 2) / lineHeight))
            let text = TextBlock(
                why, TextBlock.Style(size: style.fontSize, centred: true, lines: lines),
                width: box.width - padding * 2, on: canvas)
            if let text, text.height <= box.height {
                let colour = isFailure ? style.theme.alarm : style.theme.quiet
                text.draw(
                    on: canvas, x: Double(x + padding), y: Double(top + (box.height - text.height) / 2), colour)
            }
        }
        var y = top + box.height
        for (index, paragraph) in cell.label.enumerated() {
            y += layout.labelGap
            guard let text = TextBlock(paragraph, layout.labelStyle, width: box.width, on: canvas) else { continue }
            text.draw(on: canvas, x: Double(x), y: Double(y), index == 0 ? style.theme.ink : style.theme.quiet)
            y += text.height
        }
    }
}
