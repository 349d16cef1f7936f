import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A PostgreSQL server of the tests' own, on a free port and in a folder of its own. It ends with the process that started
/// it, however that ends.
public final class PostgreSQLServer: Sendable {
    public let port: UInt16
    private let supervisor: ChildProcess
    private let commands: FileHandle
    private let lock = Mutex(0)

    public struct Failure: Error {
        public var message: String
    }

    /// The one that tests share; each has a database of its own.
    public static func shared() throws -> PostgreSQLServer { try one.get() }

    private static let one = Result { try PostgreSQLServer() }

    /// Does what it is told, a line at a time, and takes everything down when nobody is there any more to tell it.
    private static let script = """
        set -eu
        bin=$1 port=$2
        folder=$(mktemp -d)
        trap 'rm -rf "$folder"' EXIT
        # Nothing here needs to outlive a power cut.
        options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 -c shared_buffers=64MB"
        control() { "$bin/pg_ctl" -w -s -D "$folder/data" -l "$folder/log" "$@" </dev/null; }
        "$bin/initdb" -D "$folder/data" -U fluxlua -A trust --no-sync -E UTF8 --locale=C >"$folder/log" 2>&1 || {
          cat "$folder/log" >&2
          exit 1
        }
        control -o "$options" start || { cat "$folder/log" >&2; exit 1; }
        echo ready
        while read -r command; do
          case $command in
            start) control -o "$options" start ;;
            stop) control -m fast stop ;;
            crash) control -m immediate stop ;;
          esac
          echo ready
        done
        control -m immediate stop || true
        """

    public init() throws {
        guard let programs = Self.programs else {
            throw Failure(message: "no PostgreSQL server is installed (Debian's package postgresql)")
        }
        port = try Self.freePort()
        let input = Pipe()
        // The server refuses to run as root.
        let user = geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        let words = user + ["/bin/sh", "-c", Self.script, "postgresql", programs, String(port)]
        supervisor = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"], folder: "/",
            input: input.fileHandleForReading)
        commands = input.fileHandleForWriting
        // Another program that the tests start must not keep this one alive.
        _ = fcntl(commands.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try waitUntilReady()
    }

    /// A new and empty database.
    /// - Returns: its address.
    public func database() throws -> String {
        let name = lock.withLock { count in
            count += 1
            return "test\(count)"
        }
        try run("CREATE DATABASE \(name)", in: "postgres")
        return address(of: name)
    }

    public func address(of database: String, port: UInt16? = nil) -> String {
        "postgresql://fluxlua@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    /// Runs SQL, and gives its rows as `psql -At` prints them.
    @discardableResult
    public func run(_ sql: String, in database: String) throws -> String {
        let psql = try ChildProcess(
            "\(Self.programs ?? "")/psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, address(of: database)],
            environment: ["LC_ALL": "C"], folder: "/")
        let (output, error, status) = psql.result()
        guard status == 0 else { throw Failure(message: error) }
        return output
    }

    public func start() throws { try tell("start") }

    /// Ends all connections and stops.
    public func stop() throws { try tell("stop") }

    /// Stops as a power cut would, but for what the disk has.
    public func crash() throws { try tell("crash") }

    private func tell(_ command: String) throws {
        try commands.write(contentsOf: Data("\(command)\n".utf8))
        try waitUntilReady()
    }

    private func waitUntilReady() throws {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(supervisor.output.fileDescriptor, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        guard String(decoding: line, as: UTF8.self) == "ready" else {
            throw Failure(message: "the PostgreSQL server has not started: \(supervisor.result().error)")
        }
    }

    /// Debian keeps the server's programs off everybody's path, by version.
    private static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "/usr/lib/postgresql/\($0)/bin" } + ["/opt/homebrew/bin", "/usr/local/bin"]
        return folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    private static func freePort() throws -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(message: "no port is free") }
        return UInt16(bigEndian: address.sin_port)
    }
}
