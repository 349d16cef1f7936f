import FluxImaging
import Foundation

/// What a terminal would show of the text that it is sent: back from control sequences to pixels.
enum TerminalDecoding {
    /// The picture of kitty's protocol: base64 of four bytes a pixel, in pieces.
    static func kitty(_ text: String) throws -> Raster? {
        var size: (width: Int, height: Int)?
        var bytes: [UInt8] = []
        for match in text.matches(of: #/\x{1B}_G([^;\x{1B}]*);?([^\x{1B}]*)\x{1B}\\/#) {
            var fields: [String: Int] = [:]
            for field in match.output.1.split(separator: ",") {
                let parts = field.split(separator: "=")
                if parts.count == 2 { fields[String(parts[0])] = Int(parts[1]) }
            }
            if let width = fields["s"], let height = fields["v"] { size = (width, height) }
            guard let piece = Data(base64Encoded: String(match.output.2)) else { return nil }
            bytes += piece
        }
        guard let size else { return nil }
        return try Raster(width: size.width, height: size.height, pixels: bytes)
    }

    /// A sixel picture: colours are numbered, and each character is six pixels below each other.
    static func sixel(_ text: String) throws -> Raster? {
        guard let match = text.firstMatch(of: #/\x{1B}P[0-9;]*q"1;1;(\d+);(\d+)([^\x{1B}]*)\x{1B}\\/#),
            let width = Int(match.output.1), let height = Int(match.output.2)
        else { return nil }
        var pixels = [UInt8](repeating: 0, count: width * height * 4)
        var palette: [Int: [UInt8]] = [:]
        var (x, y, colour, count) = (0, 0, 0, 1)
        var rest = match.output.3[...]
        func number() -> Int {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits) ?? 0
        }
        while let character = rest.first {
            rest.removeFirst()
            switch character {
            case "#":
                colour = number()
                guard rest.first == ";" else { continue }
                var parts: [Int] = []
                while rest.first == ";" {
                    rest.removeFirst()
                    parts.append(number())
                }
                palette[colour] = parts.suffix(3).map { UInt8($0 * 255 / 100) } + [255]
            case "!": count = number()
            case "$": x = 0
            case "-": (x, y) = (0, y + 6)
            default:
                guard let value = character.asciiValue, value >= 63 else { continue }
                for column in x..<min(x + count, width) {
                    for bit in 0..<6 where (value - 63) >> bit & 1 == 1 && y + bit < height {
                        let place = ((y + bit) * width + column) * 4
                        pixels.replaceSubrange(place..<place + 4, with: palette[colour] ?? [0, 0, 0, 0])
                    }
                }
                x += count
                count = 1
            }
        }
        return try Raster(width: width, height: height, pixels: pixels)
    }

    /// Two pixels a cell, one above the other, of half blocks in all colours.
    static func halfBlocks(_ text: String) throws -> Raster? {
        var rows: [[(upper: [UInt8], lower: [UInt8])]] = []
        var (ink, paper, isTurned): ([UInt8], [UInt8], Bool) = ([255, 255, 255, 255], [0, 0, 0, 255], false)
        for line in text.split(separator: "\n") {
            var cells: [(upper: [UInt8], lower: [UInt8])] = []
            var rest = line[...]
            while let character = rest.first {
                if let match = rest.prefixMatch(of: #/\x{1B}\[([0-9;]*)m/#) {
                    let codes = match.output.1.split(separator: ";").compactMap { Int($0) }
                    rest = rest[match.range.upperBound...]
                    var index = 0
                    while index < codes.count {
                        let colour = { codes[index + 2...index + 4].map { UInt8($0) } + [255] }
                        switch codes[index] {
                        case 0: (ink, paper, isTurned) = ([255, 255, 255, 255], [0, 0, 0, 255], false)
                        case 7: isTurned = true
                        case 38 where index + 4 < codes.count:
                            ink = colour()
                            index += 4
                        case 48 where index + 4 < codes.count:
                            paper = colour()
                            index += 4
                        default: break
                        }
                        index += 1
                    }
                    continue
                }
                rest.removeFirst()
                let (front, back) = isTurned ? (paper, ink) : (ink, paper)
                switch character {
                case "▀": cells.append((front, back))
                case "▄": cells.append((back, front))
                case "█": cells.append((front, front))
                default: cells.append((back, back))
                }
            }
            rows.append(cells)
        }
        guard let width = rows.first?.count, width > 0 else { return nil }
        let whole = rows.prefix { $0.count == width }
        let pixels = whole.flatMap { row in row.flatMap(\.upper) + row.flatMap(\.lower) }
        return try Raster(width: width, height: whole.count * 2, pixels: pixels)
    }
}
