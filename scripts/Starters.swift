/// A script that designers start from, embedded in the binary at build time.
public struct Starter: Sendable {
    /// What it is called by, such as `sweep`.
    public let name: String
    /// In `scripts/`.
    public let file: String
    public let source: [UInt8]
    /// A file that it reads, which stands beside it.
    public let companion: (file: String, content: [UInt8])?

    init(_ name: String, _ file: String, _ source: [UInt8], companion: (file: String, content: [UInt8])? = nil) {
        self.name = name
        self.file = file
        self.source = source
        self.companion = companion
    }

    /// Its first comment's first line.
    public var summary: String {
        let line = source.prefix { $0 != UInt8(ascii: "\n") }.drop { "- ".utf8.contains($0) }
        return String(decoding: line, as: UTF8.self)
    }

    /// The most useful ones first.
    public static let all = [
        Starter("sweep", "sweep_seeds.lua", PackageResources.sweep_seeds_lua),
        Starter("compare", "compare_models.lua", PackageResources.compare_models_lua),
        Starter("matrix", "prompt_matrix.lua", PackageResources.prompt_matrix_lua),
        Starter(
            "campaign", "campaign_headlines.lua", PackageResources.campaign_headlines_lua,
            companion: ("headlines.csv", PackageResources.headlines_csv)),
        Starter("product", "product_backgrounds.lua", PackageResources.product_backgrounds_lua),
        Starter("poster", "poster_texts.lua", PackageResources.poster_texts_lua),
        Starter("mascot", "mascot_set.lua", PackageResources.mascot_set_lua),
        Starter("best", "best_of.lua", PackageResources.best_of_lua),
        Starter("seeds", "best_seeds_large.lua", PackageResources.best_seeds_large_lua),
        Starter("sign", "replace_sign.lua", PackageResources.replace_sign_lua),
        Starter("portrait", "widen_portrait.lua", PackageResources.widen_portrait_lua),
        Starter("wide", "widen_folder.lua", PackageResources.widen_folder_lua),
        Starter("cutout", "cut_out.lua", PackageResources.cut_out_lua),
        Starter("nightly", "nightly_variations.lua", PackageResources.nightly_variations_lua),
    ]
}
