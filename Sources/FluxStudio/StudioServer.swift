import FluxClient
import FluxImaging
import FluxJobs
import HTTPServer
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The studio's page over HTTP: the page, its data, the pictures, and what is asked for on it.
package final class StudioServer: HTTPService {
    private let backend: any StudioBackend
    private let access: StudioAccess
    private let catalogue: Catalogue
    private let streams = Mutex<[ResponseStream]>([])

    /// The longest picture that is taken, in bytes.
    private static let uploadLimit = 32 << 20

    package init(backend: any StudioBackend, access: StudioAccess, catalogue: Catalogue = .flux) {
        self.backend = backend
        self.access = access
        self.catalogue = catalogue
    }

    /// Something is new: every open page looks.
    package func changed() { tell("event: change\ndata: {}\n\n") }

    /// Keeps connections open, and finds those that are gone.
    package func keepAlive() { tell(":\n\n") }

    private func tell(_ text: String) {
        let open = streams.withLock { $0 }
        let gone = open.filter { !$0.write(Array(text.utf8)) }
        if !gone.isEmpty { streams.withLock { streams in streams.removeAll { gone.contains($0) } } }
    }

    package func bodyLimit(for head: Request) -> Int { head.path == "/upload" ? Self.uploadLimit : 1 << 20 }

    package func answer(_ request: Request) -> Answer {
        let answer: Answer
        switch access.verdict(on: request) {
        case .refused(let response): answer = .response(response)
        case .welcome(let cookie):
            // A page that leads on: a redirect would still count as coming from where the address was clicked.
            answer = .response(
                Response(
                    status: 200, headers: [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", cookie)],
                    body: Array(
                        "<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0;url=/\"><link rel=\"icon\" href=\"data:,\">Opening…"
                            .utf8)))
        case .allowed:
            if request.isTooLarge {
                answer = .response(.text(413, "That is too large: at most 32 MB."))
            } else if request.hasUnknownCoding {
                answer = .response(.text(501, "Transfer-Encoding not supported"))
            } else {
                answer = respond(to: request)
            }
        }
        return answer.map { response in
            response.adding("X-Content-Type-Options", "nosniff").adding("Referrer-Policy", "no-referrer")
                .adding("X-Frame-Options", "DENY").adding("Cross-Origin-Resource-Policy", "same-origin")
        }
    }

    private func respond(to request: Request) -> Answer {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.first ?? "", parts.count) {
        case ("GET", "", 0): return later { .html(await self.page()) }
        case ("GET", "gallery.json", 1):
            return later { [backend] in
                .json(try await backend.gallery(run: request.queryValue("run").flatMap { Int64($0) }).studioJSON)
            }
        case ("GET", "runs", 1): return later { [backend] in .json(try await backend.runs()) }
        case ("GET", "account", 1): return later { [backend] in .json(await backend.account()) }
        case ("GET", "events", 1): return events()
        case ("GET", "thumbs", 2), ("GET", "pictures", 2), ("GET", "files", 2):
            return later { try await self.file(parts[0], parts[1], request) }
        case ("POST", "estimate", 1):
            return later { [backend] in
                let order = try Self.json(request)
                do throws(FluxError) {
                    return .json(try await backend.estimate(order))
                } catch {
                    // No failure: what is wrong with an order is what the page asks for.
                    return .json(["problem": .string(error.message)])
                }
            }
        case ("POST", "ask", 1): return later { [backend] in .json(try await backend.ask(try Self.json(request))) }
        case ("POST", "judge", 1):
            return later { [backend] in
                let order = try Self.json(request)
                guard let key = order["key"]?.stringValue, let judgement = order["judgement"] else {
                    throw Self.malformed
                }
                try await backend.judge(key, judgement)
                return .json(.object([:]))
            }
        case ("POST", "upload", 1): return later { try await self.upload(request.body) }
        default: return .response(.text(404, "There is no such page."))
        }
    }

    private static let malformed = FluxError(.invalid, "the page has sent a request that cannot be read")

    private static func json(_ request: Request) throws(FluxError) -> JSONValue {
        guard let value = try? JSONValue(parsing: request.body), value.objectValue != nil else { throw malformed }
        return value
    }

    /// Answers by work that may wait; what goes wrong is told as text.
    private func later(_ work: @escaping @Sendable () async throws -> Response) -> Answer {
        .later { answer in
            Task {
                do {
                    answer(try await work())
                } catch let error as FluxError {
                    let hint = error.hint.map { " (\($0))" } ?? ""
                    answer(.text(error.kind == .invalid || error.kind == .budget ? 400 : 502, error.message + hint))
                } catch {
                    answer(.text(500, "\(error)"))
                }
            }
        }
    }

    // MARK: Page and data

    private func page() async -> [UInt8] {
        var members = (try? await backend.gallery(run: nil).studioJSON.objectValue) ?? [:]
        members["studio"] = ["models": models, "judgements": await backend.judgements()]
        return GalleryPage.html(title: "Studio", data: .object(members), isStudio: true)
    }

    /// What the form is made of.
    private var models: JSONValue {
        .array(
            catalogue.models.map { model in
                [
                    "id": .string(model.id), "title": .string(model.title), "call": .string(model.call.rawValue),
                    "credits": model.credits.map { .integer(Int64($0)) } ?? .null,
                    "parameters": .array(model.parameters.map(\.studioJSON)),
                ]
            })
    }

    private func events() -> Answer {
        let stream = ResponseStream()
        streams.withLock { $0.append(stream) }
        stream.onClose { [weak self] in self?.streams.withLock { streams in streams.removeAll { $0 == stream } } }
        stream.write(Array("retry: 1000\n\n".utf8))
        return .response(
            Response(
                status: 200, headers: [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")],
                delivery: .stream(stream)))
    }

    // MARK: Files

    private func file(_ kind: String, _ name: String, _ request: Request) async throws(FluxError) -> Response {
        let stem = String(name.split(separator: ".").first ?? "")
        var bytes: [UInt8]?
        switch kind {
        case "thumbs": bytes = try await backend.thumbnail(hash: stem)
        case "files":
            bytes = try await backend.kept(name).map { path throws(FluxError) in try PictureFile.contents(of: path) }
        default:
            bytes = try await backend.picture(hash: stem).map { path throws(FluxError) in
                try PictureFile.contents(of: path)
            }
        }
        guard let bytes, let format = ImageFormat.detect(bytes) else { return .text(404, "There is no such picture.") }
        return FileContent(bytes).response(to: request, contentType: format.mimeType)
    }

    private func upload(_ bytes: [UInt8]) async throws(FluxError) -> Response {
        let header: ImageHeader
        do throws(ImagingError) {
            header = try ImageHeader(parsing: bytes)
        } catch {
            throw FluxError(.invalid, "the service does not accept this picture: \(error)")
        }
        let path = try await backend.keep(bytes, as: header.format)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return .json([
            "path": .string(path), "shown": .string("files/\(name)"), "width": .integer(Int64(header.width)),
            "height": .integer(Int64(header.height)),
        ])
    }
}

extension Response {
    fileprivate static func json(_ value: JSONValue) -> Response {
        Response(
            status: 200, headers: [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")],
            body: value.encoded())
    }

    fileprivate static func html(_ bytes: [UInt8]) -> Response {
        Response(
            status: 200, headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")],
            body: bytes)
    }
}

extension Gallery {
    /// As the studio serves it: pictures and thumbnails by their hashes.
    fileprivate var studioJSON: JSONValue {
        var served = self
        for index in served.pictures.indices {
            guard let source = served.pictures[index].source else { continue }
            served.pictures[index].file = "pictures/\(source.hash).\(source.fileExtension)"
            served.pictures[index].thumbnail = "thumbs/\(source.hash).jpg"
        }
        return served.json(id: "studio", made: Date().formatted(.iso8601))
    }
}

extension Parameter {
    fileprivate var studioJSON: JSONValue {
        var values: JSONValue = .null
        let word: String
        switch kind {
        case .boolean: word = "flag"
        case .choice(let choices): (word, values) = ("choice", .array(choices.map(JSONValue.string)))
        case .numberChoice(let choices): (word, values) = ("choice", .array(choices.map(JSONValue.number)))
        case .image, .images: word = "images"
        case .integer, .number: word = "number"
        case .text, .aspectRatio: word = "text"
        }
        return [
            "name": .string(name), "kind": .string(word), "values": values, "default": defaultValue ?? .null,
            "about": .string(summary), "required": .bool(isRequired),
        ]
    }
}
