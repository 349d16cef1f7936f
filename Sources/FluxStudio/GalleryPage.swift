import CSodium
import FluxClient

/// The page as one HTML file: markup, styles, script and data, so that it works from a folder and without a network.
enum GalleryPage {
    private static let scripts = [
        PackageResources.data_js, PackageResources.view_js, PackageResources.table_js, PackageResources.viewer_js,
        PackageResources.export_js, PackageResources.page_js,
    ]

    /// - Parameters:
    ///   - data: what `gallery.json` holds.
    ///   - isStudio: whether the studio's parts are in it.
    static func html(title: String, data: JSONValue, isStudio: Bool = false) -> [UInt8] {
        let all = isStudio ? scripts + [PackageResources.studio_js] : scripts
        let script = all.map(text).joined(separator: "\n")
        // Nothing but this very script runs, whatever a prompt says; nothing is fetched from elsewhere.
        let policy =
            "default-src 'none'; img-src 'self' file: data: blob:; connect-src 'self'; style-src 'unsafe-inline'; "
            + "script-src 'sha256-\(base64OfHash(script))'; base-uri 'none'; form-action 'none'"
        let parts = [
            "policy": policy, "title": escaped(title), "style": text(PackageResources.page_css),
            "studio": isStudio ? text(PackageResources.studio_html) : "",
            "data": String(decoding: data.encoded(), as: UTF8.self).replacing("<", with: "\\u003c"), "script": script,
        ]
        // Split once, so that no part is searched for the marks of others.
        var page = ""
        for (index, piece) in text(PackageResources.page_html).split(separator: "@", omittingEmptySubsequences: false)
            .enumerated()
        {
            page += index.isMultiple(of: 2) ? String(piece) : parts[String(piece)] ?? ""
        }
        return Array(page.utf8)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func base64OfHash(_ text: String) -> String {
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        let bytes = Array(text.utf8)
        crypto_hash_sha256(&hash, bytes, UInt64(bytes.count))
        var encoded = [CChar](
            repeating: 0, count: sodium_base64_encoded_len(hash.count, sodium_base64_VARIANT_ORIGINAL))
        sodium_bin2base64(&encoded, encoded.count, hash, hash.count, sodium_base64_VARIANT_ORIGINAL)
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
