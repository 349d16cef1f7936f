/// The Lua half of the `flux` module, embedded in the binary at build time.
public enum StandardLibrary {
    /// What editors are told of `flux`, in the Lua language server's notation, without the models' requests.
    public static var definitions: [UInt8] { PackageResources.definitions_lua }

    /// Source text of the files in `stdlib/`, each a chunk that is called with the `flux` table.
    public static var sources: [(name: String, bytes: [UInt8])] {
        [
            ("flux", PackageResources.flux_lua), ("lists", PackageResources.lists_lua),
            ("text", PackageResources.text_lua), ("csv", PackageResources.csv_lua),
            ("places", PackageResources.places_lua), ("wildcards", PackageResources.wildcards_lua),
            ("template", PackageResources.template_lua), ("choosing", PackageResources.choosing_lua),
            ("prompts", PackageResources.prompts_lua), ("sheet", PackageResources.sheet_lua),
            ("vary", PackageResources.vary_lua), ("axes", PackageResources.axes_lua),
            ("asking", PackageResources.asking_lua), ("sweep_result", PackageResources.sweep_result_lua),
            ("sweep", PackageResources.sweep_lua), ("gallery", PackageResources.gallery_lua),
        ]
    }
}
