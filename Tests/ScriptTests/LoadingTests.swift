import Foundation
import Testing

/// Libraries are loaded by those runs that use them.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/maps"))) struct LoadingTests {
    @Test func drawingIsLoadedWhenSomethingIsDrawn() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(
            """
            local function drawing()
              local count = 0
              for line in io.lines("/proc/self/maps") do
                if line:find("libcairo") or line:find("libpango") or line:find("libfontconfig") then count = count + 1 end
              end
              return count > 0
            end
            print(drawing())
            flux.mask({ width = 8, height = 8 }, { rect = { 0, 0, 4, 4 } })
            print(drawing())
            """, to: "loading.lua")
        let result = try await program.run(["loading.lua"])
        #expect(result.output == "false\ntrue\n", "\(result.error)")
    }

    /// What requests, serves or hashes is not there before, and with it dozens of libraries that libcurl brings.
    @Test func nothingIsLoadedForARunThatAsksForNothing() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write(
            """
            local function loaded()
              local names = {}
              for line in io.lines("/proc/self/maps") do
                local name = line:match("/lib([%w_+]+)[%w%._-]*%.so")
                if name then names[name] = true end
              end
              return names
            end
            local function tell(names) return names.curl, names.microhttpd, names.crypto, names.gnutls end
            print(tell(loaded()))
            flux.await(flux.generate { prompt = "a mug" })
            print(tell(loaded()))
            """, to: "loading.lua")
        let result = try await program.run(["loading.lua"])
        #expect(result.output == "nil\tnil\tnil\tnil\ntrue\ttrue\ttrue\ttrue\n", "\(result.error)")
    }
}
