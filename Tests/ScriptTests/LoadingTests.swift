import Foundation
import Testing

/// A run that draws nothing loads nothing that draws.
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
}
