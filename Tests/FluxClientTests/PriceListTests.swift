import FluxClient
import Testing

struct PriceListTests {
    private let prices = PriceList(listings: [
        ModelListing(id: "flux-2-pro", credits: 8...12), ModelListing(id: "flux-lora", credits: 5...5),
        ModelListing(id: "other"),
    ])

    @Test func serviceHasTheFirstWordAndTheDocumentationTheSecond() {
        #expect(prices.credits(ofModel: "flux-2-pro") == 8...12)
        #expect(prices.credits(ofModel: "flux-fill-pro") == 9...9)
        #expect(prices.credits(ofModel: "flux-2-max") == nil && prices.credits(ofModel: "other") == nil)
    }

    @Test func severalPicturesOfAJobRaiseTheMostOnly() {
        #expect(prices.credits(ofModel: "flux-lora", parameters: ["num_outputs": 4]) == 5...20)
        #expect(prices.credits(ofModel: "flux-lora", parameters: ["num_outputs": 0]) == 5...5)
        #expect(prices.credits(ofModel: "flux-lora", parameters: ["num_outputs": .integer(.max)]) == 5...(.max))
        #expect(prices.credits(ofModel: "flux-lora", parameters: [:]) == 5...5)
    }
}
