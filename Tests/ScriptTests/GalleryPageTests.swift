import Foundation
import Testing

@testable import fluxlua

/// The page in a browser, and the command that makes it.
@Suite(.timeLimit(.minutes(5))) struct GalleryPageTests {
    @Test func galleryDoesWhatItPromisesInABrowser() async throws {
        try await ServedService.run(["--job-time", "0"]) { service in
            let result = try await PythonSession.run("Page/gallery.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }

    @Test(arguments: [
        (["gallery", "nowhere"], "there is no folder nowhere", 1), (["gallery"], "there is no ledger", 1),
        (["gallery", "a", "b"], "does not take 'b'", 2), (["gallery", "a", "--run", "1"], "takes one of", 2),
        (["gallery", "--run", "x"], "'--run'", 2), (["gallery", "--titel", "x"], "did you mean '--title'?", 2),
    ])
    func mistakesAreTold(arguments: [String], text: String, status: Int32) async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(arguments)
        #expect(result.status == status && result.error.contains(text), "\(result.error)")
        #expect(result.output.isEmpty)
    }

    @Test func numbersInNamesCountAsNumbers() {
        let names = ["mug-10.jpg", "mug-2.jpg", "Mug-1.jpg", "mug.jpg"]
        let sorted = names.sorted { PictureFolder.orderKey($0) < PictureFolder.orderKey($1) }
        #expect(sorted == ["Mug-1.jpg", "mug-2.jpg", "mug-10.jpg", "mug.jpg"])
    }
}

/// The studio in a browser.
@Suite(.timeLimit(.minutes(5))) struct StudioTests {
    @Test func studioDoesWhatItPromisesInABrowser() async throws {
        try await ServedService.run(["--job-time", "0.2"]) { service in
            let result = try await PythonSession.run("Page/studio.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }
}
