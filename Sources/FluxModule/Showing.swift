import FluxClient
import FluxJobs
import LuaRuntime

/// A picture that a script wants to show.
public struct ShownPicture: Sendable {
    /// Its file; nil where there is no picture, and the label says why.
    public var path: String?
    public var label: String
}

/// `flux.show`: pictures in the terminal, where there is one.
extension FluxModule {
    func defineShowing(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.show") { call throws(LuaError) in try self.show(call) }
    }

    private enum Showable: Sendable {
        case job(JobObject)
        case picture(PictureObject)
        case file(String)
    }

    /// `flux.show(x)`: of a job, an image, a file or a list of them; waits for jobs. Nothing is shown where the output is
    /// no terminal.
    private func show(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let all = try showables(try call[1])
        guard let onShow else { return .none }
        return try later(call) { () throws(FluxError) in
            var shown: [ShownPicture] = []
            for one in all {
                switch one {
                case .file(let path): shown.append(ShownPicture(path: path, label: path))
                case .picture(let picture):
                    shown.append(ShownPicture(path: picture.picture.path, label: Self.label(of: picture.owner)))
                case .job(let object):
                    _ = await object.job.settled()
                    self.see(object)
                    if let error = object.job.snapshot.error {
                        shown.append(ShownPicture(path: nil, label: "\(object.text): \(error.message)"))
                    }
                    for picture in object.job.snapshot.pictures {
                        shown.append(ShownPicture(path: picture.path, label: Self.label(of: object)))
                    }
                }
            }
            await onShow(shown)
            return .none
        }
    }

    private static func label(of object: JobObject) -> String {
        let request = object.job.request
        let seed = request.seed.map { "  seed \($0)" } ?? ""
        return (request.name.map { "\($0)  " } ?? "") + request.model + seed
    }

    private func showables(_ value: LuaValue) throws(LuaError) -> [Showable] {
        if let job: JobObject = value.object() { return [.job(job)] }
        if let picture: PictureObject = value.object() { return [.picture(picture)] }
        if let path = value.string {
            if let problem = LocalPicture.problem(with: path, self) {
                throw LuaError(kind: "invalid", "flux.show: \(problem)")
            }
            return [.file(path)]
        }
        guard let table = value.table, table.pairs.isEmpty else {
            throw LuaError(
                kind: "invalid",
                "flux.show: expected a job, an image, a file or a list of them, got \(value.typeName)")
        }
        var all: [Showable] = []
        for item in table.items where item != false { all += try showables(item) }
        return all
    }
}
