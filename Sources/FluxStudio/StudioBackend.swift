import FluxClient
import FluxImaging

/// What the studio's page can ask for. The program answers: it has the ledger, the engine and the scripts' language.
package protocol StudioBackend: Sendable {
    /// The pictures of a run, or of all.
    func gallery(run: Int64?) async throws(FluxError) -> Gallery
    /// The runs of the ledger, newest first: `[{ id, script, count }]`.
    func runs() async throws(FluxError) -> JSONValue
    /// `{ credits, spent, budget, paid }`; what is not known is null.
    func account() async -> JSONValue
    /// Checks what an order asks for: `{ least, most, count, reused }`.
    func estimate(_ order: JSONValue) async throws(FluxError) -> JSONValue
    /// Asks for it: `{ count }`.
    func ask(_ order: JSONValue) async throws(FluxError) -> JSONValue
    /// Keeps a picture that was dropped or painted: where it is.
    func keep(_ bytes: [UInt8], as format: ImageFormat) async throws(FluxError) -> String
    /// The file of a picture that a gallery has shown, by its hash; nil for any other.
    func picture(hash: String) async -> String?
    /// A small copy of it as a JPEG.
    func thumbnail(hash: String) async throws(FluxError) -> [UInt8]?
    /// A picture that was kept, by the name of its file.
    func kept(_ name: String) async -> String?
    /// Stars, rejections and notes, by the pictures' keys.
    func judgements() async -> JSONValue
    func judge(_ key: String, _ judgement: JSONValue) async throws(FluxError)
}
