/// What requests cost, in credits: what the service tells (`GET /v2/models`, contract §1), and where it tells nothing,
/// what its documentation says (contract §3).
public struct PriceList: Sendable {
    private let catalogue: Catalogue
    private var told: [String: ClosedRange<Int>] = [:]

    public init(catalogue: Catalogue = .flux, listings: [ModelListing] = []) {
        self.catalogue = catalogue
        for listing in listings { told[listing.id] = listing.credits }
    }

    /// Credits of one picture, at least and at most; nil where nobody tells.
    public func credits(ofModel model: String) -> ClosedRange<Int>? {
        told[model] ?? catalogue[model]?.credits.map { $0...$0 }
    }

    /// Credits of one job, at least and at most. Whether several pictures of a job (such as `num_outputs`) are one price or
    /// several is the service's to say, so they only raise the most.
    public func credits(ofModel model: String, parameters: [String: JSONValue]) -> ClosedRange<Int>? {
        let pictures = Model.pictureCount(parameters)
        return credits(ofModel: model).map { range in
            let (most, overflows) = range.upperBound.multipliedReportingOverflow(by: pictures)
            return range.lowerBound...(overflows ? .max : most)
        }
    }
}
