#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// An XMP packet: RDF in XML, the one form of metadata that all three formats carry.
struct XMPPacket {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Names our own properties. A URN, because the namespace is a name and no page stands behind it.
    private static let namespace = "urn:fluxlua:picture:1.0:"
    private static let blockStart = Array("<rdf:Description rdf:about=\"\" xmlns:flux=\"\(namespace)\"".utf8)
    private static let blockEnd = Array("</rdf:Description>".utf8)
    private static let listEnd = Array("</rdf:RDF>".utf8)

    /// A packet with nothing but ours.
    init(_ metadata: ImageMetadata) {
        let text = """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            \(Self.block(metadata) { _ in false })</rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>
            """
        bytes = Array(text.utf8)
    }

    /// This packet with ours in it, in place of an earlier one of ours. A property may stand only once, so what the
    /// packet says itself is left out of ours. Nil when the packet is not written the usual way.
    func adding(_ metadata: ImageMetadata) -> XMPPacket? {
        var foreign = bytes
        if let start = foreign.range(of: Self.blockStart)?.lowerBound {
            guard let end = foreign.range(of: Self.blockEnd, from: start)?.upperBound else { return nil }
            // The line feed that closes our block goes with it.
            let last = end < foreign.endIndex && foreign[end] == UInt8(ascii: "\n") ? end + 1 : end
            foreign.removeSubrange(start..<last)
        }
        guard let end = foreign.range(of: Self.listEnd)?.lowerBound,
            foreign.range(of: "xmlns:rdf=".utf8) != nil
        else { return nil }
        let block = Self.block(metadata) { foreign.range(of: $0.utf8) != nil }
        foreign.insert(contentsOf: block.utf8, at: end)
        return XMPPacket(foreign)
    }

    private static func block(_ metadata: ImageMetadata, isTaken: (String) -> Bool) -> String {
        let prompt = XMLText.escape(metadata.prompt)
        let model = XMLText.escape(metadata.model)
        let software = XMLText.escape(metadata.software)
        var text = ""
        text.reserveCapacity(2048)
        text += """
            \(String(decoding: blockStart, as: UTF8.self))
             xmlns:dc="http://purl.org/dc/elements/1.1/"
             xmlns:xmp="http://ns.adobe.com/xap/1.0/"
             xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">

            """
        func add(_ name: String, _ value: String) {
            if isTaken(name) { return }
            for part in ["<", name, ">", value, "</", name, ">\n"] { text += part }
        }
        add("dc:description", "<rdf:Alt><rdf:li xml:lang=\"x-default\">\(prompt)</rdf:li></rdf:Alt>")
        add("xmp:CreatorTool", software)
        add("Iptc4xmpExt:AIPromptInformation", prompt)
        add("Iptc4xmpExt:AISystemUsed", model)
        add("flux:prompt", prompt)
        add("flux:model", model)
        if let seed = metadata.seed { add("flux:seed", String(seed)) }
        if let parameters = metadata.parameters { add("flux:parameters", XMLText.escape(parameters)) }
        if let call = metadata.call { add("flux:call", XMLText.escape(call)) }
        if let key = metadata.parametersKey { add("flux:parametersKey", XMLText.escape(key)) }
        if metadata.isCut { add("flux:isCut", "true") }
        add("flux:software", software)
        text += "</rdf:Description>\n"
        return text
    }

    /// Our fields, whatever prefix and form (element or attribute) they now have; nil where there are none.
    var metadata: ImageMetadata? {
        guard let prefix, let prompt = value("\(prefix):prompt"), let model = value("\(prefix):model") else {
            return nil
        }
        var metadata = ImageMetadata(
            prompt: prompt, model: model, seed: value("\(prefix):seed").flatMap { Int64($0) },
            parameters: value("\(prefix):parameters"), call: value("\(prefix):call"),
            parametersKey: value("\(prefix):parametersKey"), software: value("\(prefix):software") ?? "")
        metadata.isCut = value("\(prefix):isCut") != nil
        return metadata
    }

    /// A property's text; of a list or of alternatives the first.
    func text(ofProperty name: String) -> String? {
        guard let value = rawValue(name) else { return nil }
        let raw = Array(value)
        guard let item = raw.range(of: "<rdf:li".utf8)?.upperBound else { return XMLText.unescape(raw) }
        guard let start = raw[item...].firstIndex(of: UInt8(ascii: ">")),
            let end = raw.range(of: "</rdf:li>".utf8, from: start)?.lowerBound
        else { return nil }
        return XMLText.unescape(raw[(start + 1)..<end])
    }

    /// What stands between `xmlns:` and `="our namespace"`.
    private var prefix: String? {
        for quote in ["\"", "'"] {
            guard let end = bytes.range(of: "=\(quote)\(Self.namespace)\(quote)".utf8)?.lowerBound else {
                continue
            }
            guard let colon = bytes[..<end].lastIndex(of: UInt8(ascii: ":")) else { continue }
            return String(decoding: bytes[(colon + 1)..<end], as: UTF8.self)
        }
        return nil
    }

    private func value(_ name: String) -> String? { rawValue(name).map(XMLText.unescape) }

    /// As it is written, entities and all.
    private func rawValue(_ name: String) -> ArraySlice<UInt8>? {
        if let start = bytes.range(of: "<\(name)>".utf8)?.upperBound,
            let end = bytes.range(of: "</\(name)>".utf8, from: start)?.lowerBound
        {
            return bytes[start..<end]
        }
        for quote in ["\"", "'"] {
            guard let start = bytes.range(of: "\(name)=\(quote)".utf8)?.upperBound,
                let end = bytes[start...].firstIndex(of: quote.utf8.first ?? 0)
            else { continue }
            return bytes[start..<end]
        }
        return bytes.range(of: "<\(name)/>".utf8) == nil ? nil : []
    }
}

extension [UInt8] {
    /// Where `pattern` first stands at or behind `start`. The standard library's search is a hundred times slower in
    /// an unoptimized build.
    func range(of pattern: some Collection<UInt8>, from start: Int = 0) -> Range<Int>? {
        let pattern = Array(pattern)
        guard let first = pattern.first else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var position = start
            while position + pattern.count <= bytes.count,
                let hit = memchr(base + position, Int32(first), bytes.count - pattern.count + 1 - position)
            {
                position = UnsafeRawPointer(hit) - base
                if memcmp(hit, pattern, pattern.count) == 0 { return position..<position + pattern.count }
                position += 1
            }
            return nil
        }
    }
}
