import FluxClient
import FluxImaging
import HTTPServer
import Synchronization

/// `POST /v2/uploads` (contract §7).
extension Service {
    func upload(_ request: Request) -> Answer {
        guard let multipart = Multipart(request.body, contentType: request.header("Content-Type") ?? "") else {
            return .response(.error(400, "Expected multipart/form-data"))
        }
        let files = multipart.parts.filter { $0.name == "file" }
        guard let part = files.first else { return .response(.invalid(["file": ["Required"]])) }
        guard files.count == 1 else { return .response(.invalid(["file": ["Only one file at a time"]])) }
        guard part.content.count <= Files.maximumUploadBytes else {
            return .response(.error(413, "The file is larger than 25 MB"))
        }
        // The bytes count, not what they are said to be.
        let bytes = Array(request.body[part.content])
        guard let format = ImageFormat.detect(bytes) else {
            return .response(.invalid(["file": ["Unsupported file type, expected PNG, JPEG, WebP or GIF"]]))
        }

        let content = FileContent(bytes)
        let file = withBooks { $0.add(content, format) }
        let answer = Response.json(
            201,
            [
                "id": .string(file.id),
                "url": .string("\(base(for: request))/cdn/uploads/\(file.name)"),
                "kind": "image",
                "contentType": .string(format.mimeType),
                "byteSize": .integer(Int64(bytes.count)),
                "expiresAt": .string(time.timestamp(file.expiresAt)),
            ])
        return afterWriting(answer)
    }
}
