import FluxClient
import FluxImaging
import HTTPServer
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a job's pictures cannot be made, in the words of its `error`.
struct PictureFailure: Error, Sendable {
    let reason: String
}

/// Pictures: those that jobs make, and those that they are given.
extension Service {
    /// `GET /cdn/{picture}`: needs no key, lasts 24 hours (contract §4).
    func picture(_ name: String, _ request: Request) -> Answer {
        guard let (job, index) = finishedPicture(name) else { return .response(.error(404, "Not found")) }
        let type = ImageFormat(rawValue: job.format)?.mimeType ?? "application/octet-stream"
        if let content = pictures.cached(name) { return .response(content.response(to: request, contentType: type)) }
        return .later { [self] answer in
            pictures.fetch(name, paint(job, index)) { outcome in
                switch outcome {
                case .success(let content): answer(content.response(to: request, contentType: type))
                // What it was painted from had to make room.
                case .failure(is PictureFailure): answer(.error(404, "Not found"))
                case .failure(let error): answer(.error(500, "The picture could not be painted: \(error)"))
                }
            }
        }
    }

    /// `GET /cdn/uploads/{file}`
    func uploadedFile(_ name: String, _ request: Request) -> Response {
        let found = withBooks { $0.files.upload(named: name, now: $0.clock) }
        guard let (upload, content) = found else { return .error(404, "Not found") }
        return content.response(to: request, contentType: upload.format.mimeType)
    }

    /// The job whose picture has this name, if it stands on the CDN now.
    private func finishedPicture(_ name: String) -> (JobRecord, Int)? {
        let (job, now) = withBooks { ($0.jobs[String(name.prefix(36))], $0.clock) }
        guard let job, job.hasPictures(at: now),
            let index = (0..<job.pictureCount).first(where: { job.pictureName($0) == name })
        else { return nil }
        return (job, index)
    }

    /// Has the picture ready by the time that somebody asks.
    func prepare(_ job: JobRecord, _ index: Int) {
        pictures.prepare(job.pictureName(index), paint(job, index))
    }

    private func paint(_ job: JobRecord, _ index: Int) -> PictureStore.Paint {
        { [painter, weak self] in try painter(job, self?.pictures(givenTo: job) ?? [], index) }
    }

    private func pictures(givenTo job: JobRecord) throws -> [InputPicture] {
        guard !job.inputs.isEmpty else { return [] }
        return try withBooks { stateMachine in
            try job.inputs.map { input in
                guard let content = stateMachine.files.content(input.fingerprint) else {
                    throw PictureFailure(reason: "image '\(input.parameter)' is no longer there")
                }
                return InputPicture(parameter: input.parameter, bytes: content.bytes)
            }
        }
    }

    // MARK: Jobs that are given pictures

    /// Fetches what the job was given and paints it. Only then is it known whether the job can be done, so it stays
    /// `PROCESSING` until then.
    func work(on job: JobRecord) async {
        var given: [(parameter: String, content: FileContent)] = []
        var failure: String?
        do {
            for reference in try job.submission().references {
                given.append((reference.parameter, FileContent(try await bytes(of: reference))))
            }
            let inputs = given.map { InputPicture(parameter: $0.parameter, bytes: $0.content.bytes) }
            for index in 0..<job.pictureCount {
                _ = try await content(of: job.pictureName(index)) { [painter] in try painter(job, inputs, index) }.get()
            }
        } catch let error as PictureFailure {
            failure = error.reason
        } catch is CancellationError {
            // The service was closed.
            return
        } catch {
            failure = "\(error)"
        }
        withBooks { [given, failure] in $0.settle(job.number, failure: failure, given: given) }
    }

    private func content(of name: String, _ paint: @escaping PictureStore.Paint) async -> PictureStore.Outcome {
        await withCheckedContinuation { continuation in
            pictures.fetch(name, paint) { continuation.resume(returning: $0) }
        }
    }

    func bytes(of reference: Submission.Reference) async throws(PictureFailure) -> [UInt8] {
        let url = reference.url
        let shown = url.count > 100 ? "\(url.prefix(100))…" : url
        let bytes: [UInt8]?
        if url.lowercased().hasPrefix("data:") {
            bytes = Self.decoded(dataURL: url)
        } else if let path = ownPath(of: url) {
            bytes = await ownBytes(path)
        } else {
            bytes = try? await fetch?(url) ?? nil
        }
        guard let bytes else {
            throw PictureFailure(reason: "could not fetch image '\(reference.parameter)': \(shown)")
        }
        return bytes
    }

    private static func decoded(dataURL url: String) -> [UInt8]? {
        guard let comma = url.firstIndex(of: ","), url[..<comma].lowercased().hasSuffix(";base64") else { return nil }
        return Data(base64Encoded: String(url[url.index(after: comma)...])).map(Array.init)
    }

    private func ownBytes(_ path: String) async -> [UInt8]? {
        let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
        switch Route.methods(of: path)["GET"]?.call {
        case .uploadedFile:
            return withBooks { $0.files.upload(named: name, now: $0.clock)?.content.bytes }
        case .picture:
            guard let (job, index) = finishedPicture(name) else { return nil }
            return try? await content(of: name, paint(job, index)).get().bytes
        default: return nil
        }
    }
}
