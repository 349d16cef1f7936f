/// Rows of text for people, in columns that fit the terminal; for other programs, the same cells with tabs between them.
struct TextTable {
    struct Column {
        var title: String
        /// Numbers end at the same place.
        var isNumber = false
        /// Gives way where the terminal is narrow; the last one also keeps its full length where there is room.
        var canShrink = false
        /// Left out, later ones first, where the others do not fit otherwise.
        var isOptional = false
    }

    var columns: [Column]
    var rows: [[String]] = []

    /// No column that shrinks gets narrower.
    private static let narrowest = 12
    private static let gap = 2

    /// - Parameter width: cells of the terminal; nil: the output is for other programs, nothing is cut, and there is no
    ///   title.
    func text(width: Int?) -> String {
        let rows = rows.map { $0.map(\.onOneLine) }
        guard let width else { return rows.map { $0.joined(separator: "\t") + "\n" }.joined() }
        let measure = TextWidth()
        var natural = columns.map { measure.of($0.title) }
        for row in rows {
            for (index, cell) in row.enumerated() { natural[index] = max(natural[index], measure.of(cell)) }
        }
        let shown = shownColumns(natural, width)
        let widths = shrunk(natural, shown, width)
        var text = ""
        for cells in [columns.map(\.title)] + rows {
            var line = ""
            for index in shown {
                let cell = measure.cut(cells[index], to: widths[index])
                let space = String(repeating: " ", count: max(0, widths[index] - measure.of(cell)))
                if index != shown.first { line += String(repeating: " ", count: Self.gap) }
                line += columns[index].isNumber ? space + cell : cell + (index == shown.last ? "" : space)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    private func shownColumns(_ natural: [Int], _ width: Int) -> [Int] {
        var shown = Array(columns.indices)
        func least() -> Int {
            shown.reduce((shown.count - 1) * Self.gap) { sum, index in
                sum + (columns[index].canShrink ? min(natural[index], Self.narrowest) : natural[index])
            }
        }
        while least() > width, let last = shown.lastIndex(where: { columns[$0].isOptional }) { shown.remove(at: last) }
        return shown
    }

    /// What is missing is taken from the widest column that can shrink, cell by cell.
    private func shrunk(_ natural: [Int], _ shown: [Int], _ width: Int) -> [Int] {
        var widths = natural
        var excess = shown.reduce((shown.count - 1) * Self.gap) { $0 + widths[$1] } - width
        while excess > 0 {
            let candidates = shown.filter { columns[$0].canShrink && widths[$0] > Self.narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
