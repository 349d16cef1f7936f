import Testing

@testable import FluxImaging

@Suite struct GenerationTextTests {
    @Test func readsPromptNegativeAndPairs() {
        let text = GenerationText(
            """
            a castle, (tall:1.3): "the keep"
            at dusk
            Negative prompt: blurry, text:
            low quality
            Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234567890, Size: 512x768, Model: v1-5, \
            Lora hashes: "a: 12, b: 34", Note: "he said \\"go\\"\\nnow \\u00e9", Version: v1.6.0
            """)
        #expect(text.prompt == "a castle, (tall:1.3): \"the keep\"\nat dusk")
        #expect(text.negativePrompt == "blurry, text:\nlow quality")
        #expect(text["Seed"] == "1234567890" && text["Size"] == "512x768" && text["Sampler"] == "Euler a")
        #expect(text["Lora hashes"] == "a: 12, b: 34")
        #expect(text["Note"] == "he said \"go\"\nnow é")
        #expect(text["Version"] == "v1.6.0")
    }

    @Test(arguments: ["a prompt: with colons, and more: of them", "one line", "", "\n\n", "Negative prompt: x"])
    func aPromptAloneHasNoPairs(prompt: String) {
        let text = GenerationText(prompt)
        #expect(text.pairs.isEmpty)
    }

    @Test(arguments: ["Steps: 20, Seed: \"5", "Steps: 1, Seed: 2, X: \"\\u12\"", "Seed: ,,,", "\": , : \""])
    func brokenPairsAreNoCrash(text: String) { _ = GenerationText(text) }
}
