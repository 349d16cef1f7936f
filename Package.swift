// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

/// A C library of the system, found through pkg-config.
func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

/// A C library that the program loads late on Linux (CLate), where it is not linked; its headers lie where compilers look.
func late(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
    #if os(macOS)
        system(name, pkgConfig, apt: apt, brew: brew)
    #else
        .systemLibrary(name: name, providers: [.apt([apt]), .brew([brew])])
    #endif
}

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

// On a Mac, Pango and Cairo are linked as every other library.
#if os(macOS)
    let pangoCairo: [Target.Dependency] = ["CCairo"]
    let linkedOnMac = [system("CCairo", "cairo", apt: "libpango1.0-dev", brew: "pango")]
#else
    let pangoCairo: [Target.Dependency] = []
    let linkedOnMac: [Target] = []
#endif

// The fuzzers need the sanitizers of scripts/fuzz.sh; without them there is nothing to link them with.
let fuzzers: [Target] =
    Context.environment["FLUXLUA_FUZZERS"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzzers", dependencies: ["FluxClient", "FluxImaging", "FluxModule", "LuaRuntime"],
            path: "Tests/Fuzz/Fuzzers", swiftSettings: strict)
    ]

let package = Package(
    name: "fluxlua",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "FluxClient", targets: ["FluxClient"]),
        .library(name: "FluxJobs", targets: ["FluxJobs"]),
        .library(name: "LuaRuntime", targets: ["LuaRuntime"]),
        .executable(name: "fluxlua", targets: ["fluxlua"]),
    ],
    targets: [
        system("CLua", "lua5.4", apt: "liblua5.4-dev", brew: "lua@5.4"),
        late("CCurl", "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
        late("CMicrohttpd", "libmicrohttpd", apt: "libmicrohttpd-dev", brew: "libmicrohttpd"),
        // Hashes of files, several times as fast as libsodium's; libcurl brings it along anyhow.
        late("CCrypto", "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
        system("CSodium", "libsodium", apt: "libsodium-dev", brew: "libsodium"),
        system("CSpng", "spng", apt: "libspng-dev", brew: "libspng"),
        // zlib unpacks texts of PNG files, also where libspng gives none: behind the pixels, and in files that are cut. libspng
        // brings it along.
        system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
        system("CTurboJPEG", "libturbojpeg", apt: "libturbojpeg0-dev", brew: "jpeg-turbo"),
        // libwebpmux writes metadata into WebP files, and brings libwebp with it.
        system("CWebP", "libwebpmux", apt: "libwebp-dev", brew: "webp"),
        // giflib reads the GIF pictures that the service takes as inputs; it has no pkg-config file.
        .systemLibrary(name: "CGif", providers: [.apt(["libgif-dev"]), .brew(["giflib"])]),
        system("CSQLite", "sqlite3", apt: "libsqlite3-dev", brew: "sqlite"),
        system("CEdit", "libedit", apt: "libedit-dev", brew: "libedit"),

        // Linux's way to start writing a file out, which the Glibc module does not show.
        .systemLibrary(name: "CDisk"),
        // Late loading of libraries.
        .target(name: "CLate"),
        .target(name: "LuaBridge", dependencies: ["CLua"]),
        // The C library's streams, so that one writer owns the terminal.
        .target(name: "CTerminal"),
        // Pictures in terminals, by chafa, loaded when one is shown.
        .target(name: "CChafa"),
        // Drawing. On Linux it is loaded when something is drawn; libpango1.0-dev has the headers.
        .target(name: "CPangoCairo", dependencies: ["CLate"] + pangoCairo),
        room("LuaRuntime", ["LuaBridge"]),
        room("FluxClient", ["CCurl", "CLate", "CSodium"]),
        // Not swift-argument-parser: what it gives besides parsing we need otherwise (the stock interpreter's rules, the
        // README's table, fish), and there are no other packages here.
        room("CommandLineKit", []),
        // Values, rows and errors of any database.
        room("SQL", []),
        room("SQLite", ["SQL", "CSQLite"]),
        // libpq, loaded when a ledger is on a server. Its calls are declared there, so that building needs no headers.
        .target(name: "CPostgreSQL"),
        room("PostgreSQL", ["SQL", "CPostgreSQL"]),
        room("FluxImaging", ["CSpng", "CZlib", "CTurboJPEG", "CWebP", "CGif"]),
        room("FluxJobs", ["FluxClient", "FluxImaging", "SQL", "SQLite", "PostgreSQL", "CCrypto", "CLate", "CDisk"]),
        room("FluxDrawing", ["FluxImaging", "CPangoCairo"]),
        room("StandIns", ["FluxDrawing", "FluxImaging", "CPangoCairo"]),
        room("HTTPServer", ["CMicrohttpd", "CLate", "CSodium"]),
        room("FluxSimulator", ["HTTPServer", "FluxClient", "FluxImaging", "StandIns", "SQL", "SQLite", "CSodium"]),
        .target(
            name: "FluxStudio", dependencies: ["HTTPServer", "FluxJobs", "FluxImaging", "FluxClient", "CSodium"],
            resources: [
                .embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/data.js"),
                .embedInCode("Page/view.js"), .embedInCode("Page/table.js"), .embedInCode("Page/viewer.js"),
                .embedInCode("Page/export.js"), .embedInCode("Page/page.js"), .embedInCode("Page/studio.html"),
                .embedInCode("Page/studio.js"),
            ],
            swiftSettings: strict),
        .target(
            name: "FluxStandardLibrary", path: "stdlib",
            resources: [
                .embedInCode("flux.lua"), .embedInCode("lists.lua"), .embedInCode("text.lua"),
                .embedInCode("csv.lua"), .embedInCode("places.lua"), .embedInCode("wildcards.lua"),
                .embedInCode("template.lua"), .embedInCode("choosing.lua"), .embedInCode("prompts.lua"),
                .embedInCode("sheet.lua"), .embedInCode("gallery.lua"), .embedInCode("vary.lua"),
                .embedInCode("axes.lua"),
                .embedInCode("asking.lua"), .embedInCode("sweep_result.lua"), .embedInCode("sweep.lua"),
                .embedInCode("definitions.lua"),
            ],
            swiftSettings: strict),
        // What `fluxlua new` writes.
        .target(
            name: "FluxStarters", path: "scripts",
            exclude: [
                "bench", "bench.sh", "check_package.sh", "check_wire.sh", "docs.sh", "fuzz.sh", "install.sh",
                "package.sh",
                "packages", "run.sh", "setup.sh", "test.sh",
            ],
            sources: ["Starters.swift"],
            resources: [
                .embedInCode("best_of.lua"), .embedInCode("best_seeds_large.lua"),
                .embedInCode("campaign_headlines.lua"), .embedInCode("headlines.csv"),
                .embedInCode("compare_models.lua"), .embedInCode("mascot_set.lua"),
                .embedInCode("nightly_variations.lua"), .embedInCode("poster_texts.lua"),
                .embedInCode("product_backgrounds.lua"), .embedInCode("prompt_matrix.lua"),
                .embedInCode("replace_sign.lua"), .embedInCode("sweep_seeds.lua"),
                .embedInCode("cut_out.lua"), .embedInCode("widen_folder.lua"), .embedInCode("widen_portrait.lua"),
            ],
            swiftSettings: strict),
        room(
            "FluxModule",
            [
                "LuaRuntime", "FluxJobs", "FluxClient", "FluxDrawing", "FluxImaging", "FluxStudio",
                "FluxStandardLibrary",
            ]),
        .executableTarget(
            name: "fluxlua",
            // It puts the parts together: which service, which client, which engine.
            dependencies: [
                "CommandLineKit", "FluxModule", "FluxSimulator", "HTTPServer", "FluxStudio", "FluxStarters", "StandIns",
                "FluxJobs", "FluxDrawing", "FluxImaging", "FluxClient", "FluxStandardLibrary", "LuaRuntime", "CEdit",
                "CTerminal",
                "CChafa",
            ],
            swiftSettings: strict),

        // The example of the Swift libraries' documentation.
        .executableTarget(
            name: "make-pictures", dependencies: ["FluxClient", "FluxJobs"], path: "Tests/Examples/MakePictures",
            swiftSettings: strict),

        .target(name: "CSpawn", path: "Tests/CSpawn"),
        .target(name: "TestSupport", dependencies: ["CSpawn"], path: "Tests/TestSupport", swiftSettings: strict),
        tests("LuaRuntimeTests", ["TestSupport", "LuaRuntime"]),
        tests("FluxClientTests", ["TestSupport", "FluxClient"]),
        tests("SQLiteTests", ["TestSupport", "SQL", "SQLite", "CSQLite"]),
        tests("FluxImagingTests", ["TestSupport", "FluxImaging", "CZlib"]),
        tests("FluxJobsTests", ["TestSupport", "FluxJobs", "FluxClient", "FluxImaging", "SQL", "SQLite"]),
        tests("FluxDrawingTests", ["FluxDrawing", "FluxImaging", "TestSupport"]),
        tests("StandInsTests", ["StandIns", "FluxDrawing", "FluxImaging"]),
        tests("HTTPServerTests", ["HTTPServer", "TestSupport"]),
        tests(
            "FluxSimulatorTests",
            ["TestSupport", "FluxSimulator", "HTTPServer", "FluxClient", "FluxImaging", "SQL", "SQLite"]),
        tests("FluxStudioTests", ["TestSupport", "FluxStudio", "FluxJobs", "FluxImaging", "FluxClient"]),
        tests("FluxModuleTests", ["TestSupport", "FluxModule", "FluxJobs", "FluxClient", "FluxImaging", "LuaRuntime"]),
        tests("CommandLineKitTests", ["CommandLineKit"]),
        tests(
            "ScriptTests",
            [
                "TestSupport", "fluxlua", "make-pictures", "CommandLineKit", "FluxStarters", "FluxSimulator",
                "FluxJobs", "FluxClient",
                "FluxImaging",
            ]),
    ] + linkedOnMac + fuzzers
)
