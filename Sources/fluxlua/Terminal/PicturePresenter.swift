import FluxImaging
import FluxJobs
import FluxModule
import Synchronization

/// Shows pictures in the terminal at stdout. Its abilities are found out when the first picture is shown.
final class PicturePresenter: Sendable {
    private let host: HostEnvironment
    private let graphics = Mutex<TerminalGraphics?>(nil)
    private let hasSaid = Mutex(false)

    init(host: HostEnvironment) { self.host = host }

    func show(_ pictures: [ShownPicture]) {
        guard let window = host.window(), !pictures.isEmpty else { return }
        let graphics = graphics.withLock { known in
            let found = known ?? TerminalGraphics(host.environment, ask: host.askTerminal)
            known = found
            return found
        }
        guard graphics != .off else { return }
        let box = PixelSize(width: window.columns * window.cellWidth, height: window.rows * window.cellHeight)
        let shown = pictures.map { picture -> TerminalPictures.Shown in
            guard let path = picture.path else { return TerminalPictures.Shown(picture: nil, label: picture.label) }
            do {
                let raster = try Raster(decoding: PictureFile.contents(of: path), reducedTo: box)
                return TerminalPictures.Shown(picture: raster, label: picture.label)
            } catch {
                return TerminalPictures.Shown(picture: nil, label: "\(picture.label): \(error)")
            }
        }
        guard let text = TerminalPictures(graphics: graphics, window: window).text(of: shown) else {
            let isFirst = hasSaid.withLock { said in
                defer { said = true }
                return !said
            }
            if isFirst { host.say("pictures are shown by chafa, which is not installed (libchafa0)") }
            return
        }
        host.writeOutput(text)
    }
}
