#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The user's browser.
enum Browser {
    /// - Returns: false where none can be opened: no screen, or no program that knows the browser.
    static func open(_ address: String, _ host: HostEnvironment) -> Bool {
        #if canImport(Darwin)
            let program = "/usr/bin/open"
        #else
            guard host.environment("DISPLAY") != nil || host.environment("WAYLAND_DISPLAY") != nil else {
                return false
            }
            let program = "/usr/bin/xdg-open"
        #endif
        guard access(program, X_OK) == 0 else { return false }
        var process = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(address), nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What it says is not for this terminal.
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        return posix_spawn(&process, program, &actions, nil, arguments, environ) == 0
    }
}
