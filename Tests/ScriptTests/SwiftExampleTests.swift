import Foundation
import Testing

/// The example of the Swift libraries' documentation, run as its reader would.
@Suite(.timeLimit(.minutes(5))) struct SwiftExampleTests {
    @Test func makePicturesFollowsAJobAndWorksOnItsPicture() async throws {
        try await ServedService.run(["--job-time", "0.3"]) { service in
            var program = try service.client()
            defer { program.remove() }
            program.executable = Program.folderOfProducts.appendingPathComponent("make-pictures")
            let result = try await program.run([])
            let lines = result.output.split(separator: "\n")
            #expect(lines.first == "QUEUED 0 %", "\(result.output)\(result.error)")
            #expect(lines.dropLast(2).last == "COMPLETED 100 %", "\(result.output)")
            #expect(lines.suffix(2) == ["1008×1008 jpg", "out/flux-fill-pro-7.jpg"], "\(result.output)")
            #expect(program.files(below: "out") == ["flux-fill-pro-7.jpg"])
            #expect(result.error.isEmpty && result.status == 0, "\(result.error)")
        }
    }

    @Test func makePicturesTellsWhatWentWrong() async throws {
        try await ServedService.run(["--key", "afk_right"]) { service in
            var program = try service.client(key: "afk_wrong")
            defer { program.remove() }
            program.executable = Program.folderOfProducts.appendingPathComponent("make-pictures")
            let result = try await program.run([])
            #expect(result.output == "auth: the service does not know the API key: Invalid API key\n")
        }
    }
}
