import Synchronization

extension ContentHash {
    /// Short texts are hashed many times for each job: one context for all of them costs less than to make one each time.
    private static let forTexts = Mutex(ContentHash())

    /// The hash of a text's UTF-8.
    static func of(_ text: String) -> String {
        forTexts.withLock { hash in
            var text = text
            hash.begin()
            text.withUTF8 { hash.add(UnsafeRawBufferPointer($0)) }
            return hash.digits()
        }
    }

    static func of(_ bytes: [UInt8]) -> String {
        forTexts.withLock { hash in
            hash.begin()
            bytes.withUnsafeBytes { hash.add($0) }
            return hash.digits()
        }
    }
}
