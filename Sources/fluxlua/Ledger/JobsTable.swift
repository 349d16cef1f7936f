import FluxClient
import FluxJobs

/// Jobs as rows, for people or for other programs.
struct JobsTable {
    let isForPeople: Bool
    let tellsService: Bool
    let tellsMember: Bool
    /// Milliseconds since 1970.
    let now: Int64

    /// - Parameter width: cells of the terminal; nil: the output is for other programs.
    func text(of requests: [RequestRecord], width: Int?) -> String {
        // For programs it is always there, so that they need not count columns.
        let tellsReasons = !isForPeople || requests.contains { $0.reason != nil }
        var table = TextTable(columns: columns(tellsReasons))
        table.rows = requests.map { cells(of: $0, tellsReasons) }
        return table.text(width: width)
    }

    private func columns(_ tellsReasons: Bool) -> [TextTable.Column] {
        var columns = [
            TextTable.Column(title: "ID", isNumber: true), TextTable.Column(title: "WHEN"),
            TextTable.Column(title: "STATUS"), TextTable.Column(title: "CREDITS", isNumber: true, isOptional: true),
            TextTable.Column(title: "MODEL", isOptional: true),
            TextTable.Column(title: "SEED", isNumber: true, isOptional: true),
            TextTable.Column(title: "JOB", isOptional: true), TextTable.Column(title: "PROMPT", canShrink: true),
        ]
        if tellsService { columns.insert(TextTable.Column(title: "SERVICE", isOptional: true), at: 7) }
        if tellsReasons { columns.append(TextTable.Column(title: "REASON", canShrink: true)) }
        if tellsMember { insert(TextTable.Column(title: "MEMBER"), into: &columns) }
        return columns
    }

    private func cells(of request: RequestRecord, _ tellsReasons: Bool) -> [String] {
        let when =
            isForPeople ? TimestampFormat(now: now).short(request.writtenAt) : TimestampFormat.iso(request.writtenAt)
        var cells = [
            String(request.id), when, request.statusWord, request.cost.map { String($0) } ?? "",
            request.identity.model, request.identity.seed.map { String($0) } ?? "",
            isForPeople ? String((request.job ?? "").prefix(8)) : request.job ?? "",
            (request.name.map { "\($0): " } ?? "") + request.identity.prompt,
        ]
        if tellsService { cells.insert(HistoryEntry.service(ofAccount: request.identity.account), at: 7) }
        if tellsReasons { cells.append(request.reason ?? "") }
        if tellsMember { insert(request.member ?? "", into: &cells) }
        return cells
    }

    /// For programs it comes last, so that the others stay where they are without a team.
    private func insert<Element>(_ element: Element, into elements: inout [Element]) {
        elements.insert(element, at: isForPeople ? 2 : elements.count)
    }
}

extension RequestRecord {
    /// Why it has no pictures, or none so far; nil where nothing went wrong.
    fileprivate var reason: String? { state == .fetched ? nil : errorMessage }
}
