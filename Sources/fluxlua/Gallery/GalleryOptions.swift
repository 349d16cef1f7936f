import CommandLineKit
import FluxJobs

/// `fluxlua gallery`
struct GalleryOptions: RunnableCommand {
    /// A folder of pictures; nil: those of the ledger.
    var folder: String?
    var run: Int64?
    /// As typed.
    var since: String?
    /// Where the page goes.
    var target: String?
    var title: String?
    var copies = false
    var ledger: String?

    mutating func validate() throws(UsageError) {
        guard [folder != nil, run != nil, since != nil].count(where: { $0 }) < 2 else {
            throw UsageError(message: "'gallery' takes one of: a folder, '--run', '--since'")
        }
    }

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        try await GalleryCommand(host: host, options: self).run()
    }
}

extension GalleryOptions {
    static let declaration = CommandDeclaration<GalleryOptions>(
        "gallery", "make a page of pictures, to compare and choose from in a browser",
        discussion: """
            Makes a page of existing pictures, to look through, compare and choose from in a browser: those of the last run, \
            of another run, or of a folder. The page needs no network; to pass it on, copy its folder.

            A script can make a page that fills while it runs: flux.gallery(jobs, "folder").
            """,
        usage: ["gallery [FOLDER | --run ID | --since WHEN] [options]"],
        arguments: [
            Argument(
                "FOLDER", .atMostOnce,
                help: "all pictures in a folder and its subfolders, whoever made them; the page goes into it",
                completion: .folders
            ) { options, text, _ in options.folder = text }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .value(
                        "--run", placeholder: "ID", mustBe: "a whole number from 1 on",
                        help: "the pictures of one run ('fluxlua show' names a job's run)", read: runNumber
                    ) { $0.run = $1 },
                    .text(
                        "--since", placeholder: "WHEN",
                        help: "the pictures requested since then: 30m, 2h, 3d, today, yesterday, 2026-11-20",
                        completion: .words(["today", "yesterday"]), \.since),
                    .text(
                        "--to", placeholder: "FOLDER", help: "where the page goes (default: gallery)",
                        completion: .folders,
                        \.target),
                    .text("--title", placeholder: "TEXT", help: "the title of the page", \.title),
                    .flag(
                        "--copy",
                        help:
                            "copy the pictures, so that they can be edited there; otherwise the files share their bytes "
                            + "with the kept ones, if the disk can do that",
                        \.copies),
                    .ledger(\.ledger),
                ])
        ],
        examples: [
            Example("fluxlua gallery", "the pictures of the last run"),
            Example("fluxlua gallery out --to choice", "those of a folder, on a page elsewhere"),
        ],
        exitStatuses: .usual)

    private static let runNumber: @Sendable (String) -> Int64? = { Int64($0).flatMap { $0 > 0 ? $0 : nil } }
}
