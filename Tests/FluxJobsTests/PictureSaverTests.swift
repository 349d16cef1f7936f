import FluxClient
import FluxImaging
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

@Suite struct PictureSaverTests {
    let folder: TemporaryFolder
    let saver = PictureSaver()

    init() throws { folder = try TemporaryFolder() }

    private func item(
        _ content: [UInt8], index: Int = 1, prompt: String = "a mug", seed: Int64? = 7, name: String? = nil,
        sha256: String = "", images: [String: [ImageSource]] = [:]
    ) throws -> PictureSaver.Item {
        var snapshot = JobSnapshot()
        snapshot.id = "b2c3d4e5-0000-4000-8000-000000000000"
        snapshot.completedAt = 1_773_568_832_000
        let path = try folder.write(content, to: "fetched-\(UUID().uuidString)")
        return PictureSaver.Item(
            request: JobRequest(
                call: .generate, model: "flux-2-pro", prompt: prompt,
                parameters: ["resolution": .string("2MP"), "image_prompt_strength": .number(0.5)], images: images,
                seed: seed, name: name),
            snapshot: snapshot,
            picture: Picture(
                index: index, url: "http://x/1", format: .png, width: 640, height: 480, path: path, sha256: sha256,
                byteCount: content.count))
    }

    private func save(
        _ items: PictureSaver.Item..., as pattern: String, overwrite: Bool = false,
        transform: PictureSaver.Transform? = nil
    ) throws -> [String] {
        let pattern = try FilePattern(parsing: folder.path + "/" + pattern)
        return try saver.save(items, pattern: pattern, overwrite: overwrite, transform: transform)
            .map { String($0.path.dropFirst(folder.path.count + 1)) }
    }

    private var saved: [String] { folder.files.filter { !$0.hasPrefix("fetched-") } }

    @Test func theDefaultNameIsModelSeedAndId() throws {
        #expect(try save(item([1]), as: "out/") == ["out/flux-2-pro-7-b2c3d4e5.png"])
        #expect(try save(item([2], seed: nil), as: "out/") == ["out/flux-2-pro-random-b2c3d4e5.png"])
        #expect(try folder.read("out/flux-2-pro-7-b2c3d4e5.png") == [1])
    }

    @Test func allPlaceholdersAndParametersHaveValues() throws {
        let item = try item(
            [1], index: 2, name: "머그잔", images: ["image_prompt": [.file("refs/mug.v2.jpg")]])
        let pattern =
            "{index:02} {name} {width}x{height} {n} {resolution} {image_prompt_strength} {image_prompt} {raw}.{ext}"
        #expect(try save(item, as: pattern) == ["02 머그잔 640x480 1 2MP 0.5 mug.v2 false.png"])
        let dated = try #require(try save(item, as: "{date}_{time}").first)
        #expect(dated.wholeMatch(of: /2026-03-1\d_\d\d-\d\d-\d\d/) != nil)
    }

    @Test func labelsOfTheCallerStandBeforeOtherPlaceholders() throws {
        var item = try item([1])
        item.labels = ["model": "2 Pro / 4 MP", "red": "../blue"]
        #expect(try save(item, as: "{model}-{red}-{seed:03}.{ext}") == ["2 Pro _ 4 MP-.._blue-007.png"])
        #expect(throws: FluxError.self) { try save(item, as: "{green}.png") }
    }

    @Test func theRunningNumberCountsSavedPictures() throws {
        let items = try (1...3).map { try item([UInt8($0)]) }
        #expect(try save(items[0], items[1], as: "{n:03}.png") == ["001.png", "002.png"])
        #expect(try save(items[2], as: "{n:03}.png") == ["003.png"])
    }

    @Test func otherContentIsNeverOverwritten() throws {
        #expect(try save(item([1]), as: "a/b/x.png") == ["a/b/x.png"])
        #expect(try save(item([2]), as: "a/b/x.png") == ["a/b/x-2.png"])
        #expect(try save(item([3]), as: "a/b/x.png") == ["a/b/x-3.png"])
        #expect(try folder.read("a/b/x.png") == [1])
        #expect(saved == ["a/b/x-2.png", "a/b/x-3.png", "a/b/x.png"])
    }

    /// They are saved side by side, and named as if one came after the other.
    @Test func namesOfManyDoNotDependOnWhoIsFirst() throws {
        _ = try folder.write([99], to: "1.png")
        // Each name is asked for twice, and that of the first is taken.
        let items = try (1...40).map { number in
            var item = try item([UInt8(number)], seed: Int64((number + 1) / 2))
            item.snapshot.id = "job \(number)"
            return item
        }
        let pattern = try FilePattern(parsing: folder.path + "/{seed}.{ext}")
        let paths = try saver.save(items, pattern: pattern).map { String($0.path.dropFirst(folder.path.count + 1)) }
        #expect(paths == ["1-2.png", "1-3.png"] + (2...20).flatMap { ["\($0).png", "\($0)-2.png"] })
        for (number, path) in zip(UInt8(1)..., paths) { #expect(try folder.read(path) == [number]) }
        // A plan names them so, too, whether they are there or not.
        let plan = PictureSaver(writesFiles: false)
        #expect(try plan.save(items, pattern: pattern).map(\.path) == paths.map { folder.path + "/" + $0 })
    }

    @Test func errorOfTheFirstIsToldAndWhatWasSavedStays() throws {
        let items = try (1...40).map { try item([UInt8($0)], seed: Int64($0)) }
        for number in [12, 30] { try FileManager.default.removeItem(atPath: items[number].picture.path) }
        let pattern = try FilePattern(parsing: folder.path + "/{seed}.{ext}")
        let error = #expect(throws: FluxError.self) { try saver.save(items, pattern: pattern) }
        // Another one may have come to its end before the first had begun.
        let told = [12, 30].map { items[$0].picture.path }.contains { error?.message.contains($0) == true }
        #expect(told, "\(String(describing: error))")
        for path in saved { #expect(try folder.read(path).count == 1) }
    }

    @Test func theSameContentIsLeftAsItIs() throws {
        let first = try item([1])
        let second = try item([2])
        #expect(try save(first, second, as: "x.png") == ["x.png", "x-2.png"])
        let node = try FileManager.default.attributesOfItem(atPath: folder.path + "/x-2.png")[.systemFileNumber] as? Int
        #expect(try save(first, second, as: "x.png") == ["x.png", "x-2.png"])
        #expect(try save(second, as: "x.png", overwrite: false) == ["x-2.png"])
        let later =
            try FileManager.default.attributesOfItem(atPath: folder.path + "/x-2.png")[.systemFileNumber] as? Int
        #expect(node == later)
        #expect(saved == ["x-2.png", "x.png"])
    }

    @Test func whatIsKnownOfAFileIsNotReadAgain() throws {
        let pattern = try FilePattern(parsing: folder.path + "/x.png")
        let item = try item([1, 2, 3], sha256: "a hash")
        let saved = try #require(saver.save([item], pattern: pattern).first)
        let content = try #require(saved.mark?.content)
        // Other bytes, and a mark that says otherwise: only who reads the file would know.
        let path = try folder.write([7, 8, 9], to: "x.png")
        guard case .file(let identity) = try Files.entry(at: path) else { throw Failure("no file") }
        var known = SavedMarks()
        known[path] = SavedMark(content: content, identity)
        #expect(try saver.save([item], pattern: pattern, known: known).map(\.path) == [path])
        #expect(try folder.read("x.png") == [7, 8, 9] && self.saved == ["x.png"])
        // The mark of another content says nothing.
        known[path] = SavedMark(content: "another", identity)
        #expect(try saver.save([item], pattern: pattern, known: known).map(\.path) == [folder.path + "/x-2.png"])
    }

    @Test func fileThatIsWrittenToAtOnceIsNotTheKnownOneAnyMore() throws {
        let pattern = try FilePattern(parsing: folder.path + "/x.png")
        let item = try item([1, 2, 3], sha256: "a hash")
        let saved = try #require(saver.save([item], pattern: pattern).first)
        var known = SavedMarks()
        #expect(saved.mark != nil)
        known[saved.path] = saved.mark
        let handle = try #require(FileHandle(forWritingAtPath: saved.path))
        try handle.write(contentsOf: [9])
        try handle.close()
        #expect(try saver.save([item], pattern: pattern, known: known).map(\.path) == [folder.path + "/x-2.png"])
        #expect(try folder.read("x.png") == [9, 2, 3])
    }

    @Test func markTellsContentAndWhatIsPutAroundIt() throws {
        let items = try [item([1, 2], sha256: "one"), item([3, 4], sha256: "two"), item([1, 2])]
        let marks = try ["a", "b", "c"].map { ending in
            try saver.save(items, pattern: FilePattern(parsing: folder.path + "/\(ending)/")) { _, file in
                var composed = ComposedFile()
                composed.append(copying: 0..<file.byteCount)
                composed.append(Array(ending.utf8))
                return composed
            }.map(\.mark?.content)
        }
        #expect(Set(marks.flatMap { $0.prefix(2) }).count == 6 && !marks.contains { $0[0] == nil })
        #expect(marks.allSatisfy { $0[2] == nil }, "nobody knows the hash")
    }

    @Test func overwriteReplacesWhatWasThereButNothingOfTheSameCall() throws {
        _ = try save(item([1]), as: "x.png")
        #expect(try save(item([2]), item([3]), as: "x.png", overwrite: true) == ["x.png", "x-2.png"])
        #expect(try folder.read("x.png") == [2])
        #expect(try save(item([4]), item([5]), as: "x.png", overwrite: true) == ["x.png", "x-2.png"])
        #expect(try folder.read("x-2.png") == [5])
        #expect(saved == ["x-2.png", "x.png"])
    }

    @Test func hostileValuesStayInTheFolder() throws {
        let prompt = "../../../" + String(repeating: "긴 프롬프트/", count: 300) + "\u{0}.."
        let paths = try save(item([1], prompt: prompt), item([2], prompt: prompt), as: "out/{prompt}.{ext}")
        #expect(paths.allSatisfy { $0.hasPrefix("out/_.._.._긴 프롬프트") && $0.split(separator: "/").count == 2 })
        #expect(paths.allSatisfy { $0.utf8.count <= 255 + 4 } && paths[1].hasSuffix("-2.png"))
        #expect(saved == paths.sorted())
    }

    @Test func koreanNamesAreKept() throws {
        #expect(try save(item([1], prompt: "따뜻한 오후의 서재, 창가"), as: "그림/{prompt:9}.{ext}") == ["그림/따뜻한 오후의 서.png"])
        #expect(saved.count == 1)
    }

    @Test func aTransformMakesTheBytesAndItsErrorLeavesNoFile() throws {
        #expect(
            try save(item([1, 2, 3]), as: "x.png") { item, file in
                var composed = ComposedFile()
                composed.append(copying: 1..<file.byteCount)
                composed.append(Array(item.request.prompt.utf8))
                return composed
            } == ["x.png"])
        #expect(try folder.read("x.png") == [2, 3] + Array("a mug".utf8))
        let picture = try item([3])
        let error = #expect(throws: FluxError.self) {
            try save(picture, as: "y.png") { _, _ in throw ImagingError.unknownFormat }
        }
        #expect(error?.kind == .io && error?.message.hasSuffix("y.png: not a PNG, JPEG, WebP or GIF picture") == true)
        #expect(saved == ["x.png"])
    }

    @Test func anExtensionOfTheAuthorIsKept() throws {
        #expect(try save(item([1]), as: "cover.jpeg") == ["cover.jpeg"])
    }

    @Test func aFolderInTheWayIsAnErrorThatTellsWhatToDo() throws {
        _ = try save(item([1]), as: "out/x.png")
        let picture = try item([2])
        let error = #expect(throws: FluxError.self) { try save(picture, as: "out") }
        #expect(error?.kind == .io && error?.message == "cannot write \(folder.path)/out: it is a folder")
        #expect(error?.hint == "end the pattern with '/' to save into it")
        let inTheWay = #expect(throws: FluxError.self) { try save(picture, as: "out/x.png/y.png") }
        #expect(inTheWay?.message.hasSuffix("x.png: a file of that name is in the way") == true)
    }

    @Test func aNameTooLongForTheDiskIsAnErrorWithItsReason() throws {
        let picture = try item([1])
        let error = #expect(throws: FluxError.self) { try save(picture, as: String(repeating: "x", count: 300)) }
        #expect(error?.kind == .io && error?.message.hasPrefix("a name of 300 bytes is too long for a file") == true)
        #expect(saved.isEmpty)
    }

    @Test func linksThatLeadNowhereAndPipesTakeTheirNames() throws {
        symlink("/nowhere/at/all", folder.path + "/x.png")
        mkfifo(folder.path + "/x-2.png", 0o600)
        #expect(try save(item([1]), as: "x.png") == ["x-3.png"])
        #expect(try save(item([2]), as: "x.png", overwrite: true) == ["x-3.png"])
    }

    @Test func manyThreadsNeverShareAName() async throws {
        let saver = saver
        let pattern = try FilePattern(parsing: folder.path + "/same.png")
        let items = try (0..<16).map { try item([UInt8($0)]) }
        let paths = try await withThrowingTaskGroup(of: [String].self) { group in
            for item in items { group.addTask { try saver.save([item], pattern: pattern).map(\.path) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(paths).count == 16)
        let contents = try saved.map { try folder.read($0) }
        #expect(Set(contents).count == 16 && saved.count == 16)
    }
}

@Suite struct LeftoverTests {
    @Test func whatKilledProcessesLeftIsSweptAndWhatLivesStays() throws {
        let folder = try TemporaryFolder()
        let own = TemporaryName.new("tmp", random: 1)
        // No process has the number 2³¹−2.
        let dead = own.replacingOccurrences(of: "-\(getpid())-", with: "-2147483646-")
        let elsewhere = ".fluxlua-otherhost-2147483646-1.tmp"
        for name in [own, dead, elsewhere, "mug.jpg"] { _ = try folder.write([1], to: name) }
        TemporaryName.sweep(folder.path)
        #expect(folder.files == [own, elsewhere, "mug.jpg"].sorted())
    }

    @Test func aStoreSweepsItsOwnFolder() throws {
        let folder = try TemporaryFolder()
        let store = PictureStore(root: folder.path)
        let name = TemporaryName.new("1", random: 1).replacingOccurrences(of: "-\(getpid())-", with: "-2147483646-")
        try FileManager.default.createDirectory(atPath: folder.path + "/tmp", withIntermediateDirectories: true)
        _ = try folder.write([1], to: "tmp/" + name)
        _ = try store.temporaryPath()
        #expect(folder.files.isEmpty)
    }
}
