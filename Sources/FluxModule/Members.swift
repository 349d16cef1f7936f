extension FluxModule {
    /// What a value of a type has, for completion and help: names with a few words on each.
    /// - Parameter type: as `tostring` begins: `job`, `image`, `task`.
    public static func members(of type: String, methodsOnly: Bool) -> [(name: String, words: String)] {
        let (fields, methods): ([(String, String)], [(String, String)]) =
            switch type {
            case "job": (jobMembers, [("await", "waits for it"), ("save", "saves its pictures")])
            case "image": (imageMembers, [])
            case "sweep": ([("axes", "its axes: name, values, labels")], [])
            case "result":
                (
                    [
                        ("jobs", "its jobs, in the order of cells"), ("failed", "how many failed"),
                        ("axes", "the axes: name, values, labels"),
                    ], []
                )
            case "task":
                (
                    [
                        ("done", "whether it has ended"), ("status", "running, done, failed or cancelled"),
                        ("error", "why it failed"),
                    ],
                    [("await", "waits for its results"), ("cancel", "ends it")]
                )
            default: ([], [])
            }
        return methodsOnly ? methods : fields + methods
    }

    private static let jobMembers = [
        ("id", "the service's name for it"), ("model", "which model makes it"), ("prompt", "what it shows"),
        ("seed", "makes it again"), ("params", "the other parameters"), ("name", "your label"),
        ("status", "PENDING, QUEUED, PROCESSING, COMPLETED, FAILED or CANCELLED"), ("progress", "0 to 100"),
        ("done", "whether it has ended"), ("ok", "whether it has its pictures"), ("error", "why it has none"),
        ("images", "its pictures: url, format, width, height, path"), ("cost", "credits"),
        ("reused", "answered from what was made before"), ("created_at", "seconds since 1970"),
        ("completed_at", "seconds since 1970"), ("elapsed", "seconds that it took"),
    ]

    private static let imageMembers = [
        ("url", "where the service keeps it"), ("format", "jpg, png or webp"), ("width", "pixels"),
        ("height", "pixels"), ("path", "the kept file"),
    ]
}
