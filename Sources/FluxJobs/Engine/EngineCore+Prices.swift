import FluxClient

extension EngineCore {
    /// What may be spent at this moment.
    func budgetLimits(_ ledger: Ledger) -> BudgetLimits {
        let configuration = configuration
        return BudgetLimits(
            run: configuration.budget, day: configuration.dayBudget,
            dayBegan: LocalTime.midnight(before: ledger.now))
    }

    /// The most that a request can cost; nil where nobody tells and no budget asks for it.
    ///
    /// Only a budget makes the service be asked for its prices, once; what a price is not known for is refused then.
    func costLimit(of request: JobRequest) async throws(FluxError) -> Int? {
        let configuration = configuration
        guard configuration.budget != nil || configuration.dayBudget != nil else {
            let documented = PriceList(catalogue: client.catalogue)
            return documented.credits(ofModel: request.model, parameters: request.parameters)?.upperBound
        }
        var problem: FluxError?
        if prices == nil {
            switch await askedPrices() {
            case .success(let list): prices = list
            case .failure(let error): problem = error
            }
        }
        let known = prices ?? PriceList(catalogue: client.catalogue)
        if let credits = known.credits(ofModel: request.model, parameters: request.parameters) {
            return credits.upperBound
        }
        let budget = Budget(configuration.budget == nil ? .day : .run, limit: 0)
        throw budget.refusal(ofUnknownPriceOf: request.model, because: problem?.message)
    }

    /// All who want to know wait for one answer.
    private func askedPrices() async -> Result<PriceList, FluxError> {
        if let priceQuestion { return await priceQuestion.value }
        let question = Task { [client] () -> Result<PriceList, FluxError> in
            do throws(FluxError) {
                return .success(PriceList(catalogue: client.catalogue, listings: try await client.models()))
            } catch {
                return .failure(error)
            }
        }
        priceQuestion = question
        defer { priceQuestion = nil }
        return await question.value
    }
}
