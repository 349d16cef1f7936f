import FluxClient
import FluxJobs
import FluxStudio

extension GalleryPicture {
    /// The pictures of a request, or why there is none.
    static func all(of request: RequestRecord, in stores: [PictureStore]) -> [GalleryPicture] {
        let identity = request.identity
        var common = GalleryPicture(key: request.job ?? request.key)
        common.job = request.job
        common.call = identity.call
        common.model = identity.model
        common.prompt = identity.prompt
        common.seed = identity.seed
        common.name = request.name
        common.parameters = identity.parameters
        for (name, inputs) in identity.inputs {
            // An address, or the content of a file: its name the ledger does not know.
            let shown = inputs.map { JSONValue.string($0.hasPrefix("url:") ? String($0.dropFirst(4)) : $0) }
            common.parameters[name] = shown.count == 1 ? shown[0] : .array(shown)
        }
        common.status = request.statusWord
        common.error = request.errorMessage
        common.cost = request.cost
        common.created = request.createdAt.map(TimestampFormat.iso)
        for store in stores {
            guard let pictures = store.pictures(of: request) else { continue }
            common.error = nil
            return common.each(of: pictures)
        }
        if request.state == .fetched {
            common.error = "its picture is no longer stored here: run its script again to fetch it"
        }
        return [common]
    }
}
