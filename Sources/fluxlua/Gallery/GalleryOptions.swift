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
        "gallery", "a page of pictures, to compare and choose from in a browser",
        discussion: """
            A page of pictures that are there already, to look through, compare and choose from in a browser: those of the \
            last run, or of another, or of a folder. It opens without a network and can be copied to anyone with its folder.

            A script makes a page that fills while it runs: flux.gallery(jobs, "folder").
            """,
        usage: ["gallery [FOLDER | --run ID | --since WHEN] [options]"],
        arguments: [
            Argument(
                "FOLDER", .atMostOnce,
                help: "the pictures in a folder and below, whoever made them; the page goes into it",
                completion: .folders
            ) { options, text, _ in options.folder = text }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .value(
                        "--run", placeholder: "ID", mustBe: "a whole number from 1 on",
                        help: "what one run asked for ('fluxlua show' names a job's run)", read: runNumber
                    ) { $0.run = $1 },
                    .text(
                        "--since", placeholder: "WHEN",
                        help: "what was asked for since then: 30m, 2h, 3d, today, yesterday, 2026-11-20",
                        completion: .words(["today", "yesterday"]), \.since),
                    .text(
                        "--to", placeholder: "FOLDER", help: "where the page goes (default: gallery)",
                        completion: .folders,
                        \.target),
                    .text("--title", placeholder: "TEXT", help: "what stands above it", \.title),
                    .flag(
                        "--copy",
                        help:
                            "copies of the pictures, for those that will be edited there; else the files share their bytes "
                            + "with the kept ones where the disk can",
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
