import FluxImaging
import Testing

/// Files that come with metadata of their own.
@Suite struct ForeignMetadataTests {
    static let packet = """
        <?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
        <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' \
        xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:CreatorTool='Some Camera' xmp:Rating='5'/>\
        </rdf:RDF></x:xmpmeta><?xpacket end='w'?>
        """

    static func jpeg(_ segments: [[UInt8]]) throws -> [UInt8] {
        var file = try Samples.picture().encoded(as: .jpg)
        // Behind the JFIF head, which is 18 bytes long.
        for segment in segments.reversed() {
            let length = segment.count + 2
            file.insert(contentsOf: [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + segment, at: 20)
        }
        return file
    }

    static func xmpSegment(_ packet: String) -> [UInt8] {
        Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Array(packet.utf8)
    }

    @Test func aForeignPacketKeepsItsPropertiesAndGetsOurs() throws {
        let file = try MetadataTests.awkward.embedded(in: Self.jpeg([Self.xmpSegment(Self.packet)]))
        #expect(file.contains("xmp:CreatorTool='Some Camera' xmp:Rating='5'".utf8))
        #expect(!file.contains("<xmp:CreatorTool>".utf8))
        #expect(file.contains("<dc:description>".utf8))
        #expect(try ImageMetadata(reading: file) == MetadataTests.awkward)
        #expect(try Raster(decoding: file) == Raster(decoding: Self.jpeg([])))
    }

    @Test func aForeignPacketOfAnotherEncodingStaysAsItIs() throws {
        let odd = Self.xmpSegment("\u{0}<\u{0}x")
        let file = try MetadataTests.plain.embedded(in: Self.jpeg([odd]))
        #expect(file.contains(odd))
        #expect(file.contains("A cozy home office".utf8))
    }

    @Test func aForeignEXIFBlockStaysAsItIs() throws {
        let exif = Array("Exif\0\0MM\0*\0\0\0\u{8}\0\0\0\0\0\0".utf8)
        let file = try MetadataTests.plain.embedded(in: Self.jpeg([exif]))
        #expect(file.contains(exif))
        #expect(file.split(separator: Array("Exif\0\0".utf8)).count == 2)
        #expect(try ImageMetadata(reading: file) == MetadataTests.plain)
    }

    @Test func ourFieldsAreReadAfterAnotherProgramRewroteThem() throws {
        let rewritten = """
            <x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
            <rdf:Description rdf:about='' xmlns:ns1='urn:fluxlua:picture:1.0:' ns1:model='flux-2-pro' ns1:seed='7' \
            ns1:software='fluxlua'><ns1:prompt>a &#x26; b &#xCEE4;</ns1:prompt></rdf:Description></rdf:RDF></x:xmpmeta>
            """
        let read = try ImageMetadata(reading: Self.jpeg([Self.xmpSegment(rewritten)]))
        #expect(read == ImageMetadata(prompt: "a & b 커", model: "flux-2-pro", seed: 7))
    }
}
