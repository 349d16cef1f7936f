extension String {
    /// Lines of at most `width` characters. Lines that begin with a space stay as they are; the others are joined into
    /// paragraphs, which empty lines end.
    func filled(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        func endParagraph() {
            if !line.isEmpty { lines.append(line) }
            line = ""
        }
        for source in split(separator: "\n", omittingEmptySubsequences: false) {
            guard let first = source.first, first != " " else {
                endParagraph()
                lines.append(String(source))
                continue
            }
            for word in source.split(separator: " ") {
                if !line.isEmpty, line.count + 1 + word.count > width { endParagraph() }
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        endParagraph()
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
