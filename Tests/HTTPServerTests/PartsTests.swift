import Testing

@testable import HTTPServer

@Suite struct PartsTests {
    private func contents(_ body: String, _ type: String = "multipart/form-data; boundary=b") -> [String]? {
        let bytes = Array(body.utf8)
        return Multipart(bytes, contentType: type)?.parts.map { part in
            "\(part.name)/\(part.fileName ?? "-")=\(String(decoding: bytes[part.content], as: UTF8.self))"
        }
    }

    @Test func formsAreTakenApart() {
        let body =
            "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
            + "--b  \r\ncontent-type: image/png\r\ncontent-disposition: form-data; name=file; filename=\"a;\\\"b.png\"\r\n"
            + "\r\n\r\n--\r\n-b\r\n--b--\r\nepilogue"
        #expect(contents(body) == ["note/-=hello", "file/a;\"b.png=\r\n--\r\n-b"])
        #expect(contents(body, "Multipart/Form-Data; charset=utf-8; boundary=\"b\"")?.count == 2)
    }

    @Test func emptyPartsAreEmpty() {
        #expect(contents("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--") == ["a/-="])
        #expect(contents("--b--") == [])
    }

    @Test(arguments: [
        "", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "--c\r\n\r\n--c--",
        "--b\r\n\r\n--b", "--b\r\nx\r\n--b--",
    ])
    func brokenFormsAreNone(body: String) {
        #expect(contents(body) == nil)
    }

    @Test(arguments: ["", "text/plain; boundary=b", "multipart/form-data", "multipart/form-data; boundary="])
    func formsNeedABoundary(type: String) {
        #expect(contents("--b--", type) == nil)
    }

    @Test func partsWithoutANameAreSkipped() {
        #expect(contents("--b\r\nX: y\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--") == [])
    }

    @Test(arguments: [
        ("bytes=0-0", ByteRange.part(0..<1)), ("bytes=5-100", .part(5..<10)), ("bytes=9-", .part(9..<10)),
        ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)), ("BYTES = 1-2", .part(1..<3)),
        ("bytes=10-", .outside), ("bytes=10-12", .outside), ("bytes=-0", .outside),
        ("bytes=3-2", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("bytes=a-b", .whole), ("bytes=+1-2", .whole),
        ("lines=1-2", .whole), ("bytes=1-2,4-5", .whole), ("bytes=99999999999999999999-", .whole), ("", .whole),
    ])
    func rangesAreRead(header: String, range: ByteRange) {
        #expect(ByteRange(header, of: 10) == range)
    }
}
