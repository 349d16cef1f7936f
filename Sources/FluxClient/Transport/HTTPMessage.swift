/// One request, free of the library that sends it.
public struct HTTPRequest: Sendable {
    /// The methods that the service's calls need.
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    /// What is sent behind the headers.
    public enum Body: Sendable, Hashable {
        case none
        case bytes([UInt8])
        /// `multipart/form-data` of one file, streamed from disk.
        case multipartFile(path: String, fieldName: String, fileName: String, contentType: String)

        /// Whether it is read from disk while it is sent.
        var isFile: Bool {
            if case .multipartFile = self { true } else { false }
        }
    }

    public var method: Method
    /// Absolute, `http` or `https`.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: Body
    public var timeouts: HTTPTimeouts
    /// A longer body of the answer is an error.
    public var maximumBytes: Int64
    /// How many redirects are followed; 0: none, a 3xx is the answer. A request that carries an API key is never
    /// redirected, whatever this says, because the key would travel along.
    public var redirectLimit: Int

    public init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: Body = .none,
        timeouts: HTTPTimeouts = HTTPTimeouts(), maximumBytes: Int64 = 16 << 20, redirectLimit: Int = 0
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.maximumBytes = maximumBytes
        self.redirectLimit = redirectLimit
    }

    /// The header that carries the key (contract §1).
    public static let keyHeader = "X-API-Key"

    /// A header's value, its name in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.utf8.equalsIgnoringCase(name.utf8) }?.value
    }
}

/// How long an exchange may take.
public struct HTTPTimeouts: Sendable, Hashable {
    public var connect: Duration
    /// Without a byte in either direction.
    public var silence: Duration
    /// From the beginning to the last byte.
    public var overall: Duration

    public init(
        connect: Duration = .seconds(10), silence: Duration = .seconds(30), overall: Duration = .seconds(120)
    ) {
        self.connect = connect
        self.silence = silence
        self.overall = overall
    }
}

/// One answer, whatever its status.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    /// Empty where the body went to a file.
    public var body: [UInt8]
    /// Bytes of the body, also of one that went to a file.
    public var byteCount: Int64

    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], byteCount: Int64? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.byteCount = byteCount ?? Int64(body.count)
    }

    public var isSuccess: Bool { (200..<300).contains(status) }
}

/// The header lines of an answer as they came, searched only when somebody asks.
public struct HTTPHeaders: Sendable, Hashable {
    private let block: [UInt8]

    public init(_ headers: [(name: String, value: String)] = []) {
        block = Array(headers.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
    }

    init(block: [UInt8]) { self.block = block }

    func cleaned(by redaction: Redaction) -> HTTPHeaders { HTTPHeaders(block: redaction.cleaned(block)) }

    /// The value of the first header of that name, in any case, without white space around it.
    public subscript(name: String) -> String? {
        var rest = block[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                line[..<colon].equalsIgnoringCase(name.utf8)
            else { continue }
            let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            let value = line[(colon + 1)...].drop(while: isSpace)
            let end = value.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? value.startIndex
            return String(decoding: value[..<end], as: UTF8.self)
        }
        return nil
    }
}

extension Collection<UInt8> {
    /// Equal where upper and lower case of ASCII letters do not count.
    func equalsIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0 == $1 || $0.isLetter && $0 | 0x20 == $1 | 0x20 }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
