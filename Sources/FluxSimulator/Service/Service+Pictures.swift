import FluxClient
import FluxImaging
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JobRecord {
    /// The last part on the CDN of the picture, counted from 0.
    func pictureName(_ index: Int) -> String { "\(id)-\(index + 1).\(format)" }
}

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
                case .failure(let error): answer(.error(500, "The picture could not be painted: \(error)"))
                }
            }
        }
    }

    /// `GET /cdn/uploads/{file}`
    func uploadedFile(_ name: String, _ request: Request) -> Response {
        let now = time.elapsed()
        guard let file = uploads.withLock({ $0.file(named: name, now: now) }) else { return .error(404, "Not found") }
        return file.content.response(to: request, contentType: file.format.mimeType)
    }

    /// The job whose picture has this name, if it stands on the CDN now.
    private func finishedPicture(_ name: String) -> (JobRecord, Int)? {
        let now = time.elapsed()
        guard let job = books.withLock({ $0.job(String(name.prefix(36))) }),
            job.hasPictures(at: now),
            let index = (0..<job.pictureCount).first(where: { job.pictureName($0) == name })
        else { return nil }
        return (job, index)
    }

    /// Has the picture ready by the time that somebody asks.
    func prepare(_ job: JobRecord, _ index: Int) {
        pictures.prepare(job.pictureName(index), paint(job, index))
    }

    private func paint(_ job: JobRecord, _ index: Int) -> PictureStore.Paint {
        { [brush] in try brush(job, index) }
    }

    // MARK: Jobs that are given pictures

    /// Fetches what the job was given and paints it. Only then is it known whether the job can be done, so it stays
    /// `PROCESSING` until then.
    func work(on job: JobRecord) async {
        var job = job
        var failure: String?
        do {
            for reference in job.submission.references {
                job.inputs.append(InputPicture(parameter: reference.parameter, bytes: try await bytes(of: reference)))
            }
            for index in 0..<job.pictureCount {
                let painted = await content(of: job.pictureName(index), paint(job, index))
                if case .failure(let error) = painted { throw error }
            }
        } catch let error as PictureFailure {
            failure = error.reason
        } catch {
            failure = "\(error)"
        }
        let (inputs, reason, now) = (job.inputs, failure, time.elapsed())
        books.withLock { $0.settle(job.id, failure: reason, inputs: inputs, now: now) }
    }

    private func content(of name: String, _ paint: @escaping PictureStore.Paint) async -> PictureStore.Outcome {
        await withCheckedContinuation { continuation in
            pictures.fetch(name, paint) { continuation.resume(returning: $0) }
        }
    }

    private func bytes(of reference: Submission.Reference) async throws(PictureFailure) -> [UInt8] {
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
        let now = time.elapsed()
        let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
        switch Route.methods(of: path)["GET"]?.call {
        case .uploadedFile:
            return uploads.withLock { $0.file(named: name, now: now)?.content.bytes }
        case .picture:
            guard let (job, index) = finishedPicture(name) else { return nil }
            return try? await content(of: name, paint(job, index)).get().bytes
        default: return nil
        }
    }
}
