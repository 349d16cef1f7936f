import FluxClient
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Plain HTTP, as any other client of the service would speak it.
enum Web {
    struct Answer {
        var status: Int
        var type: String
        var body: [UInt8]

        var json: JSONValue {
            get throws { try JSONValue(parsing: body) }
        }
    }

    static func get(_ url: String, key: String? = nil) async throws -> Answer {
        try await send(request(url, key))
    }

    static func post(_ url: String, _ json: JSONValue, key: String?) async throws -> Answer {
        var request = request(url, key)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(json.encoded())
        return try await send(request)
    }

    /// One file in the field `file` of a form.
    static func upload(_ url: String, _ file: [UInt8], key: String?) async throws -> Answer {
        var request = request(url, key)
        request.httpMethod = "POST"
        request.setValue("multipart/form-data; boundary=edge", forHTTPHeaderField: "Content-Type")
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
        request.httpBody = Data(Array(head.utf8) + file + Array("\r\n--edge--\r\n".utf8))
        return try await send(request)
    }

    private static func request(_ url: String, _ key: String?) -> URLRequest {
        var request = URLRequest(url: URL(string: url)!)
        request.setValue("a-test", forHTTPHeaderField: "User-Agent")
        if let key { request.setValue(key, forHTTPHeaderField: "X-API-Key") }
        return request
    }

    private static func send(_ request: URLRequest) async throws -> Answer {
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = response as! HTTPURLResponse
        return Answer(
            status: answer.statusCode, type: answer.value(forHTTPHeaderField: "Content-Type") ?? "", body: Array(data))
    }
}
