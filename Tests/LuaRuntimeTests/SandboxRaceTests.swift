import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// What the sandbox has checked becomes a link out of it before it is opened: who swaps it in gains nothing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SandboxRaceTests {
    struct Race: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What becomes a link, below the output folder.
        var swapped: String
        var target: String
        /// What the script names, below the output folder.
        var path: String
    }

    static let races = [
        Race(testDescription: "a folder", swapped: "box", target: "../secret", path: "box/secret.txt"),
        Race(
            testDescription: "a file", swapped: "secret.txt", target: "../secret/secret.txt", path: "secret.txt"),
    ]

    /// A thread of its own lets a link take the place of a file or folder, and gives the place back, again and again.
    private final class Swapper: Sendable {
        private let isOver = Atomic(false)
        private let hasEnded = DispatchSemaphore(value: 0)

        init(_ place: String, target: String) {
            Thread.detachNewThread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    // The script may have removed either.
                    rename(place, place + ".aside")
                    symlink(target, place)
                    unlink(place)
                    rename(place + ".aside", place)
                }
                hasEnded.signal()
            }
        }

        func stop() {
            isOver.store(true, ordering: .relaxed)
            hasEnded.wait()
        }
    }

    /// Often enough to meet the link at every moment, many times over; more often when the other thread stood still all the
    /// while with the file aside.
    private static let loop = """
        local path, use = ...
        path = out .. "/" .. path
        local tries, opened = 0, 0
        while tries < 20000 or opened == 0 and tries < 2000000 do
          tries = tries + 1
          if use(path) then opened = opened + 1 end
        end
        return opened
        """

    private func race(_ race: Race, _ use: String) async throws {
        let confined = try await Confined()
        let out = confined.folder.path + "/out"
        if race.path != race.swapped {
            try FileManager.default.createDirectory(
                atPath: "\(out)/\(race.swapped)", withIntermediateDirectories: true)
        }
        _ = try confined.folder.write(Array("mine".utf8), to: "out/\(race.path)")
        let function = try await confined.lua.load(use.utf8, name: "=use")
        let swapper = Swapper("\(out)/\(race.swapped)", target: race.target)
        let result = await Task {
            try await confined.lua.run(Self.loop, [.string(race.path), .function(function)])
        }.result
        swapper.stop()
        #expect(try result.get().first?.integer != 0)
        #expect(try confined.outsideIsUntouched)
    }

    @Test(arguments: races)
    func secretIsNeverRead(_ race: Race) async throws {
        try await self.race(
            race,
            """
            local file = io.open(...)
            if not file then return false end
            assert(file:read "a" == "mine", "read what is outside")
            return file:close()
            """)
    }

    @Test(arguments: races)
    func secretIsNeverWritten(_ race: Race) async throws {
        try await self.race(
            race,
            """
            local file = io.open(..., "w")
            return file and file:write "mine" and file:close()
            """)
    }

    @Test(arguments: races)
    func secretIsNeverRemoved(_ race: Race) async throws {
        try await self.race(
            race,
            """
            local file = io.open(..., "a")
            if file then file:close() end
            return os.remove(...)
            """)
    }
}
