import Testing

@testable import FluxSimulator

@Suite struct RandomSourceTests {
    @Test func uuidsAreOfVersionFour() {
        var random = RandomSource(seed: 1)
        let ids = (0..<1000).map { _ in random.uuid() }
        #expect(Set(ids).count == 1000)
        #expect(
            ids.allSatisfy { id in
                let characters = Array(id)
                return id.isUUID && id == id.lowercased() && characters[14] == "4" && "89ab".contains(characters[19])
            })
    }
}
