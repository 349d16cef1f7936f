import FluxClient
import FluxDrawing
import FluxImaging
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Checks what the program needs from the machine.
struct Doctor {
    let host: HostEnvironment

    func program() -> [Finding] {
        var system = utsname()
        var name = ""
        if uname(&system) == 0 {
            name = withUnsafeBytes(of: &system.release) { bytes in
                ", kernel " + String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        let curl = CurlTransport.libraryVersion.split(separator: " ").prefix(2).joined(separator: " ")
        return [.good("program", "\(Version.text), \(curl)\(name)")]
    }

    func key() -> [Finding] {
        do throws(FluxError) {
            guard let key = try host.serviceKey() else {
                if host.value(of: .baseURL) != nil {
                    return [.note("key", "none for \(host.serviceURL): it gets a key that only local services accept")]
                }
                return [
                    .note(
                        "key", "none for \(host.serviceURL): the local service draws stand-in pictures, for nothing",
                        "for real pictures: fluxlua login, or export APIFRAME_API_KEY=afk_…")
                ]
            }
            let isKey = key.text.hasPrefix("afk_")
            switch key.source {
            case .environment:
                return [
                    isKey
                        ? .good("key", "from APIFRAME_API_KEY")
                        : .wrong(
                            "key", "APIFRAME_API_KEY does not begin with afk_, as the service's keys do",
                            "copy the whole key from the service's dashboard")
                ]
            case .file(let path):
                let file = PrivateFile(path: path)
                return [
                    file.isReadableByOthers
                        ? .wrong("key", "others can read it in \(path)", "chmod 600 \(path)")
                        : .good("key", "from \(path), where 'fluxlua login' stored it")
                ]
            }
        } catch {
            return [.wrong("key", error)]
        }
    }

    // MARK: Folders

    func folders() -> [Finding] {
        var findings: [Finding] = []
        func look(_ subject: String, _ what: String, _ folder: () throws(FluxError) -> String) {
            do throws(FluxError) {
                let path = try folder()
                if let problem = Self.problem(writingTo: path) {
                    findings.append(.wrong(subject, "\(what): \(problem)", "fix its permissions, or set HOME"))
                } else {
                    findings.append(.good(subject, "\(what): \(path)"))
                }
            } catch {
                findings.append(.wrong(subject, error))
            }
        }
        look("data", "ledger and pictures", host.dataFolder)
        look("settings", "key and settings", host.configurationFolder)
        look("state", "history of the prompt", host.stateFolder)
        if let data = try? host.dataFolder() { findings += disk(at: data) }
        return findings
    }

    /// A folder that is not there yet is made when it is needed, so the nearest one above it counts.
    private static func existing(_ path: String) -> String {
        var path = path[...]
        while access(String(path), F_OK) != 0, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            path = path[..<slash]
        }
        return String(path)
    }

    private static func problem(writingTo folder: String) -> String? {
        let existing = existing(folder)
        guard access(existing, W_OK | X_OK) != 0 else { return nil }
        return "cannot write to \(existing): \(String(cString: strerror(errno)).lowercased())"
    }

    /// A picture takes about a megabyte, so this is a few hundred of them.
    private static let littleSpace: Int64 = 500_000_000

    private func disk(at folder: String) -> [Finding] {
        var status = statvfs()
        guard statvfs(Self.existing(folder), &status) == 0 else {
            return [
                .wrong("disk", "cannot see how much is free: \(String(cString: strerror(errno)).lowercased())", nil)
            ]
        }
        let free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        let text = "\(ByteSize.text(free)) free for pictures"
        return [
            free < Self.littleSpace
                ? .wrong("disk", text, "free some space, or 'fluxlua cache --max 1GB'") : .good("disk", text)
        ]
    }

    // MARK: Jobs

    func jobs() -> [Finding] {
        do throws(FluxError) {
            let session = try LedgerLocation.session(nil, host)
            guard try session.hasLedger() else {
                return [.good("ledger", "none yet: nothing was requested")]
            }
            let path = try session.ledgerPath()
            let began = host.monotonic()
            let reader = try LedgerReader(path: path)
            let milliseconds = Int((host.monotonic() - began) * 1000)
            var filter = RecordFilter()
            filter.isOpen = true
            let open = try reader.requests(filter).count { $0.identity.account != LedgerAccount.local.name }
            filter.isOpen = false
            filter.status = RecordState.unknown.rawValue
            let unknown = try reader.requests(filter).count
            let answers = reader.isShared ? "\(LedgerAddress.shown(path)) answers in \(milliseconds) ms" : path
            var findings = [Finding.good("ledger", answers)]
            let members = try reader.members()
            if reader.isShared {
                let names = members.isEmpty ? "nobody has used it yet" : members.joined(separator: ", ")
                findings.append(.good("team", "\(names); this machine is \(LedgerAddress.member)"))
                findings += sharedPictures()
            }
            if open > 0 {
                findings.append(.note("jobs", "\(open) not finished", "fluxlua resume finishes them"))
            }
            if unknown > 0 {
                findings.append(
                    .note("jobs", "\(unknown) with an unknown outcome", "fluxlua help resume explains what to do"))
            }
            return findings
        } catch {
            return [.wrong("ledger", error)]
        }
    }

    /// Of a team.
    private func sharedPictures() -> [Finding] {
        guard let folder = host.sharedPictures else {
            return [
                .note(
                    "shared", "no folder of pictures is shared: each machine fetches its own from the service",
                    "set FLUX_PICTURES_SHARED to a folder that all machines see")
            ]
        }
        guard access(folder, F_OK) == 0, access(folder, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            return [
                .wrong(
                    "shared", "cannot write to \(folder): \(reason)",
                    "mount it, fix its permissions, or name another folder in FLUX_PICTURES_SHARED")
            ]
        }
        return [.good("shared", "pictures: \(folder)")]
    }

    // MARK: What is seen

    func screen() -> [Finding] {
        var findings: [Finding] = []
        if let window = host.window() {
            let graphics = TerminalGraphics(host.environment, ask: host.askTerminal)
            let size = "\(window.columns) × \(window.rows) characters, TERM=\(host.environment("TERM") ?? "")"
            findings.append(.good("terminal", "\(size); pictures: \(graphics.name)"))
        } else {
            findings.append(.note("terminal", "the output is not a terminal: flux.show shows nothing"))
        }
        return findings + fonts()
    }

    /// One letter of each script.
    private static let scripts = [
        ("Latin", "A"), ("Greek", "Ω"), ("Cyrillic", "Ж"), ("Arabic", "ع"), ("Hebrew", "ש"), ("Devanagari", "अ"),
        ("Thai", "ก"), ("Chinese", "永"), ("Japanese", "あ"), ("Korean", "한"), ("emoji", "🦊"),
    ]

    private func fonts() -> [Finding] {
        guard (try? Canvas(PixelSize(width: 8, height: 8), opaque: true)) != nil else {
            return [
                .wrong(
                    "fonts", "Pango, which draws sheets and stand-in pictures, is missing",
                    "sudo apt-get install libpangocairo-1.0-0")
            ]
        }
        let missing = Self.scripts.filter { !TextBlock.hasFonts(for: $0.1) }.map(\.0)
        return [
            missing.isEmpty
                ? .good("fonts", "every writing system tested has a font")
                : .note(
                    "fonts", "none for \(missing.joined(separator: ", "))",
                    "sudo apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji")
        ]
    }
}

extension TerminalGraphics {
    fileprivate var name: String {
        switch self {
        case .off: "off"
        case .kitty: "kitty's protocol"
        case .iTerm2: "iTerm2's protocol"
        case .sixel: "sixel"
        case .symbols: "coloured characters"
        }
    }
}
