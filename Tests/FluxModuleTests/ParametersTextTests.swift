import Testing

@testable import FluxModule

/// The text that A1111's web UI and its kin put into pictures.
@Suite struct ParametersTextTests {
    @Test func readsPromptNegativeAndPairs() throws {
        let text = try #require(
            ParametersText(
                """
                a castle, (tall:1.3): "the keep"
                at dusk
                Negative prompt: blurry, text:
                low quality
                Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234567890, Size: 512x768, Model: v1-5, \
                Lora hashes: "a: 12, b: 34", Note: "he said \\"go\\"\\nnow \\u00e9 \\ud83e\\udd8a", Version: v1.6.0
                """))
        #expect(text.prompts.prompt == "a castle, (tall:1.3): \"the keep\"\nat dusk")
        #expect(text.prompts.negative == "blurry, text:\nlow quality")
        #expect(text["Seed"] == "1234567890" && text["Size"] == "512x768" && text["Sampler"] == "Euler a")
        #expect(text["Lora hashes"] == "a: 12, b: 34")
        #expect(text["Note"] == "he said \"go\"\nnow é 🦊")
        #expect(text["Version"] == "v1.6.0")
    }

    @Test func valuesThatAreUnquotedJSONKeepTheirCommas() throws {
        let text = try #require(
            ParametersText(
                "a fox\nSteps: 20, Seed: 5, Civitai resources: [{\"name\": \"a, b\", \"weight\": 1}], Hashes: {\"m\": \"1,2\"}"
            ))
        #expect(text["Civitai resources"] == "[{\"name\": \"a, b\", \"weight\": 1}]")
        #expect(text["Hashes"] == "{\"m\": \"1,2\"}")
    }

    @Test func aPromptMayHoldLinesThatLookLikeTheProgramsOwn() throws {
        let text = try #require(
            ParametersText(
                """
                Negative prompt: is what I wrote
                Steps: 1, Seed: 2, Size: 3x4
                Negative prompt: fog
                Steps: 20, Seed: 5, Size: 512x512
                """))
        #expect(text.prompts.prompt == "Negative prompt: is what I wrote\nSteps: 1, Seed: 2, Size: 3x4")
        #expect(text.prompts.negative == "fog")
        #expect(text["Seed"] == "5")
    }

    @Test func linesBelowThePairsAndEndsOfOtherSystemsAreNoTrouble() throws {
        let text = try #require(
            ParametersText("a fox\r\nby night\r\nSteps: 20, Seed: 5, Size: 1x1\r\nTemplate: {a|b}\r\n"))
        #expect(text.prompts.prompt == "a fox\nby night")
        #expect(text["Size"] == "1x1")
        #expect(text.tail.hasPrefix("Template: {a|b}"))
    }

    @Test(arguments: [
        "a prompt: with colons, and more: of them", "one line", "", "\n\n", "Negative prompt: x",
        "a photo, Steps: 20, Seed: 5, Size: 1x1",
    ])
    func aPromptAloneHasNoPairs(prompt: String) { #expect(ParametersText(prompt) == nil) }

    @Test(arguments: ["Steps: 20, Seed: \"5, Size: 1", "Steps: 1, Seed: 2, X: \"\\u12\"", "Seed: ,,,", "\": , : \""])
    func brokenPairsAreNoCrash(text: String) { _ = ParametersText(text)?.prompts }

    @Test func manyBeginningsOfJSONTakeNoLongerThanTheirLength() {
        let text = "Steps: 1, Seed: 2, Size: 3, " + String(repeating: "a: [, b: \", ", count: 40_000)
        #expect(ParametersText(text)?["Seed"] == "2")
    }
}
