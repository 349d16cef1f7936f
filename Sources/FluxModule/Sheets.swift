import FluxClient
import FluxDrawing
import FluxImaging
import FluxJobs
import LuaRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `flux.sheet` (`stdlib/sheet.lua`) leaves to Swift: options and files. Which job goes where is said in Lua.
extension FluxModule {
    private static let sheetOptions = [
        "columns", "rows", "pages", "cell", "label", "title", "theme", "gap", "font_size", "quality",
    ]

    func defineSheets(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.check_sheet") { call throws(LuaError) in
            _ = try SheetArguments(file: try call[1], options: try call[2], self)
            return .none
        }
        try await lua.register("flux.draw_sheet") { call throws(LuaError) in try self.drawSheet(call) }
    }

    /// What is to be drawn: read from the arguments of `flux.sheet`.
    private struct SheetArguments {
        var file: String
        var format: ImageFormat
        var style: SheetStyle
        var quality: Int

        init(file: LuaValue, options value: LuaValue, _ module: FluxModule) throws(LuaError) {
            func wrong(_ message: String) -> LuaError { LuaError(kind: "invalid", "flux.sheet: \(message)") }
            guard let name = file.string, !name.isEmpty else {
                throw wrong("expected the name of a file such as \"sheet.png\" (got \(file.shown))")
            }
            let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
            let formats: [String: ImageFormat] = ["png": .png, "jpg": .jpg, "jpeg": .jpg, "webp": .webp]
            guard let format = formats[ending] else {
                throw wrong("the file's name must end in .png, .jpg or .webp (got \"\(name)\")")
            }
            do throws(FluxError) {
                try module.saver.checkPlace(of: name)
            } catch {
                throw LuaError(error, in: "flux.sheet")
            }
            let options = try Options(
                value, of: "flux.sheet", known: FluxModule.sheetOptions, example: "columns = 4")
            self.file = name
            self.format = format
            let themes = SheetStyle.Theme.allCases.map(\.rawValue)
            let word = try options.text("theme") ?? themes[0]
            guard let theme = SheetStyle.Theme(rawValue: word) else {
                throw wrong("'theme' must be \"light\" or \"dark\" (got \"\(word)\")")
            }
            let font = options.value("font_size")
            if let font, !(6...200).contains(font.number ?? 0) {
                throw wrong("'font_size' must be a number of pixels from 6 to 200 (got \(font.shown))")
            }
            style = SheetStyle(
                cell: try options.count("cell", 16...4096) ?? 384, gap: try options.count("gap", 0...500),
                fontSize: font?.number, theme: theme)
            quality = try options.count("quality", 0...100) ?? 90
        }
    }

    /// `draw_sheet(file, options, sheets)`; a sheet is `{ title, heads, rows = { { head, cells = { … } } } }`, a cell
    /// `{ job = a job or an image, missing = why, label = { … } }`.
    private func drawSheet(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let order = try SheetArguments(file: try call[1], options: try call[2], self)
        let sheets = try call[3].table?.items.map { value throws(LuaError) in self.sheet(from: value) } ?? []
        let painter: SheetPainter
        do {
            painter = try SheetPainter(sheets, style: order.style, format: order.format, quality: order.quality) {
                try PictureFile.contents(of: $0)
            }
        } catch {
            throw LuaError(kind: "invalid", "flux.sheet: \(error)")
        }
        let paths = (1...max(1, painter.pageCount)).map { Self.path(order.file, page: $0, of: painter.pageCount) }
        let outcome = LuaOutcome.value(.list(paths.map(LuaValue.string)))
        guard saver.writesFiles, painter.pageCount > 0 else { return outcome }
        return try later(call, raisingIn: "flux.sheet") { () throws(FluxError) in
            for (index, path) in paths.enumerated() {
                let bytes: [UInt8]
                do {
                    bytes = try await painter.page(
                        index, concurrency: ProcessInfo.processInfo.activeProcessorCount)
                } catch is CancellationError {
                    throw FluxError(.cancelled, "the sheet was cancelled")
                } catch {
                    throw FluxError(.io, "cannot draw \(path): \(error)")
                }
                try self.saver.write(bytes, replacing: path)
            }
            return outcome
        }
    }

    private func sheet(from value: LuaValue) -> Sheet {
        let table = value.table ?? LuaTable()
        let rows = (table["rows"].table?.items ?? []).map { row in
            Sheet.Row(
                head: row.table?["head"].string ?? "", cells: (row.table?["cells"].table?.items ?? []).map(cell))
        }
        return Sheet(
            title: table["title"].string ?? "", heads: (table["heads"].table?.items ?? []).map { $0.string ?? "" },
            rows: rows)
    }

    private func cell(from value: LuaValue) -> Sheet.Cell {
        let table = value.table ?? LuaTable()
        let label = (table["label"].table?.items ?? []).compactMap(\.string)
        if let picture: PictureObject = table["job"].object() {
            return Sheet.Cell(Self.content(of: picture.picture), label: label)
        }
        guard let object: JobObject = table["job"].object() else {
            return Sheet.Cell(.missing(table["missing"].string ?? ""), label: label)
        }
        see(object)
        let snapshot = object.job.snapshot
        if let first = snapshot.pictures.first { return Sheet.Cell(Self.content(of: first), label: label) }
        if let error = snapshot.error { return Sheet.Cell(.failed(error.message), label: label) }
        return Sheet.Cell(.missing(snapshot.statusWord), label: label)
    }

    private static func content(of picture: Picture) -> Sheet.Content {
        .picture(path: picture.path, size: PixelSize(width: picture.width, height: picture.height))
    }

    /// `mugs.png`; of several pages `mugs-01.png`, `mugs-02.png`, ….
    private static func path(_ file: String, page: Int, of count: Int) -> String {
        guard count > 1, let dot = file.lastIndex(of: ".") else { return file }
        let digits = String(page)
        let padding = String(repeating: "0", count: max(0, String(count).count - digits.count))
        return "\(file[..<dot])-\(padding)\(digits)\(file[dot...])"
    }
}
