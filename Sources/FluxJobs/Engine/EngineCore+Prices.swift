import FluxClient

extension EngineCore {
    /// What may be spent at this moment.
    func budgetLimits(_ ledger: Ledger) -> BudgetLimits {
        let configuration = configuration
        return BudgetLimits(
            run: configuration.budget, day: configuration.dayBudget,
            dayBegan: LocalTime.midnight(before: ledger.now), teamDayBegan: TeamDay.beginning(of: ledger.now))
    }

    private var hasBudget: Bool { configuration.budget != nil || configuration.dayBudget != nil }

    /// Somebody else on the ledger may set a budget at any time.
    private var wantsPrices: Bool {
        hasBudget || ledger?.isShared == true || ledger?.run.hasTeamBudget == true
    }

    /// Asks the service for its prices, once, and only where a budget makes them matter.
    /// - Returns: why they are not known.
    @discardableResult
    func learnPrices() async -> FluxError? {
        guard wantsPrices, prices == nil else { return nil }
        switch await askedPrices() {
        case .success(let list):
            prices = list
            return nil
        case .failure(let error):
            return error
        }
    }

    /// The most that a request can cost; nil where nobody tells and no budget asks for it. With a budget, what no price is
    /// known for is refused.
    func costLimit(of request: JobRequest) async throws(FluxError) -> Int? {
        let configuration = configuration
        guard wantsPrices else {
            let documented = PriceList(catalogue: client.catalogue)
            return documented.credits(ofModel: request.model, parameters: request.parameters)?.upperBound
        }
        let problem = await learnPrices()
        let known = prices ?? PriceList(catalogue: client.catalogue)
        if let credits = known.credits(ofModel: request.model, parameters: request.parameters) {
            return credits.upperBound
        }
        // Where only the team may have one, the ledger refuses it.
        guard hasBudget else { return nil }
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
