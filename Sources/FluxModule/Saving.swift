import FluxClient
import FluxImaging
import FluxJobs
import LuaRuntime

extension FluxModule {
    /// `flux.save(x, pattern, { overwrite = true })`: the path of each picture; a list of them when `x` is a list.
    func save(_ call: borrowing LuaCall, name: String) throws(LuaError) -> LuaOutcome {
        let subject = try call[1]
        return try save(
            try targets(subject, name: name), isList: subject.table != nil, pattern: try call[2], options: try call[3],
            call, name: name)
    }

    /// `save_cells(jobs, labels, pattern, options)`: the pictures of jobs, where each has further placeholders: a table of
    /// texts for each job, by their names.
    func saveCells(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "result:save"
        let jobs = try call[1].table?.items ?? []
        let labels = try call[2].table?.items ?? []
        var targets: [Target] = []
        for (job, labels) in zip(jobs, labels) {
            let named = labels.table?.pairs ?? [:]
            for var target in try self.targets(job, name: name) {
                for (key, text) in named { target.labels[key.string ?? ""] = text.string ?? "" }
                targets.append(target)
            }
        }
        return try save(
            targets, isList: true, pattern: try call[3], options: try call[4], call, name: name)
    }

    /// `check_saving(pattern, options)`: raises what is wrong with them, before the jobs of a sweep are waited for.
    func checkSaving(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        _ = try overwrites(try call[2], name: "result:save")
        _ = try pattern(from: try call[1], name: "result:save")
        return .none
    }

    private func overwrites(_ options: LuaValue, name: String) throws(LuaError) -> Bool {
        try Options(options, of: name, known: ["overwrite"], example: "overwrite = true").flag("overwrite")
    }

    private func save(
        _ targets: [Target], isList: Bool, pattern: LuaValue, options: LuaValue, _ call: borrowing LuaCall, name: String
    ) throws(LuaError) -> LuaOutcome {
        let overwrite = try overwrites(options, name: name)
        let pattern = try self.pattern(from: pattern, name: name)
        do throws(FluxError) {
            // A slip of the pen is told now, not after the jobs were waited for.
            for target in targets { try pattern.check(for: target.job.job.request, labels: target.labels) }
        } catch {
            throw LuaError(error, in: name)
        }
        let transform = settings.metadata ? embedMetadata : nil
        let outcome: @Sendable ([String]) -> LuaOutcome = { paths in
            let paths = paths.map(LuaValue.string)
            return isList ? .value(.list(paths)) : .values(paths)
        }
        let isReady = targets.allSatisfy { $0.job.job.snapshot.isSettled }
        // Where Lua cannot wait (a finalizer, a comparison), what is there already can still be saved.
        if isReady && !call.canWait {
            let items = try items(of: targets, name: name)
            do throws(FluxError) {
                let saved = try saver.save(items, pattern: pattern, overwrite: overwrite, transform: transform)
                noteSaved(items, saved)
                return outcome(saved.map(\.path))
            } catch {
                throw Self.failure(error, in: name)
            }
        }
        let wait = try call.wait()
        let task = Task { [self] in
            for target in targets { _ = await target.job.job.settled() }
            do throws(LuaError) {
                let items = try items(of: targets, name: name)
                let known = await openedEngine?.savedMarks(of: items) ?? SavedMarks()
                let saved: [SavedPicture]
                do throws(FluxError) {
                    saved = try await saver.saved(
                        items, pattern: pattern, overwrite: overwrite, known: known, transform: transform)
                } catch {
                    throw Self.failure(error, in: name)
                }
                noteSaved(items, saved)
                let paths = saved.map(\.path)
                wait.finish { outcome(paths) }
            } catch {
                wait.finish { () throws(LuaError) in throw error }
            }
        }
        wait.onEnd { task.cancel() }
        return .wait(wait)
    }

    private func noteSaved(_ items: [PictureSaver.Item], _ saved: [SavedPicture]) {
        openedEngine?.noteSaved(items, saved)
        for (item, saved) in zip(items, saved) { onSave(item, saved.path) }
    }

    /// What went wrong with the disk costs nothing: that is worth knowing at this moment.
    static func failure(_ error: FluxError, in name: String) -> LuaError {
        var error = error
        if error.kind == .io, error.hint == nil {
            error.hint = "the pictures are kept: fix this and run the script again; they are not paid for twice"
        }
        return LuaError(error, in: name)
    }

    /// What to save: all pictures of a job, or one.
    private struct Target: Sendable {
        var job: JobObject
        var picture: PictureObject?
        /// Further placeholders.
        var labels: [String: String] = [:]
    }

    private func targets(_ value: LuaValue, name: String) throws(LuaError) -> [Target] {
        if let job: JobObject = value.object() { return [Target(job: job)] }
        if let picture: PictureObject = value.object() { return [Target(job: picture.owner, picture: picture)] }
        guard let table = value.table, table.pairs.isEmpty else {
            throw LuaError(
                kind: "invalid", "\(name): expected a job, an image or a list of them, got \(value.typeName)")
        }
        var targets: [Target] = []
        for item in table.items { targets += try self.targets(item, name: name) }
        return targets
    }

    private func pattern(from value: LuaValue, name: String) throws(LuaError) -> FilePattern {
        guard value.isNil || value.string != nil else {
            throw LuaError(kind: "invalid", "\(name): the pattern must be a string (got \(value.shown))")
        }
        do throws(FluxError) {
            return try FilePattern(parsing: value.string ?? settings.out + "/")
        } catch {
            throw LuaError(error, in: name)
        }
    }

    /// The pictures to save; raises for a job without.
    private func items(of targets: [Target], name: String) throws(LuaError) -> [PictureSaver.Item] {
        var items: [PictureSaver.Item] = []
        for target in targets {
            see(target.job)
            if let error = target.job.job.snapshot.error {
                var raised = LuaError(error, job: target.job)
                raised.message = "\(name): \(target.job.text): \(raised.message)"
                throw raised
            }
            for var item in PictureSaver.Item.all(of: target.job.job)
            where target.picture == nil || item.picture.index == target.picture?.picture.index {
                item.labels = target.labels
                items.append(item)
            }
        }
        return items
    }

    /// Puts what a picture was made from into its file. Nothing that differs from run to run: the same picture is the
    /// same file. A picture that cannot carry it is saved without.
    private var embedMetadata: PictureSaver.Transform {
        { [notice] item, file in
            var unchanged = ComposedFile()
            unchanged.append(copying: 0..<file.byteCount)
            // A GIF has no place for it.
            guard item.picture.format != .gif else { return unchanged }
            do throws(ImagingError) {
                return try ImageMetadata(of: item.request).composed(with: file)
            } catch {
                if case .unreadable = error { throw error }
                notice("warning: a picture was saved without its prompt and seed in it: \(error)")
                return unchanged
            }
        }
    }
}
