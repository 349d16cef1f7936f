import FluxClient

/// How far to page through the service's list of jobs, newest first, to see all that are wanted.
///
/// Ends when all were seen, when the list ends, when a page reaches jobs older than every wanted one can be, or when the
/// pages that should have sufficed are through and one shows none of ours. Times are the service's own, never ours.
struct JobListPaginator {
    private var wanted: Set<String>
    /// No wanted job is older; nil where that is not known.
    private let floor: Int64?
    private var pagesLeft: Int
    private(set) var cursor: String?
    private(set) var isOver = false

    init(wanted: Set<String>, floor: Int64?, pages: Int) {
        self.wanted = wanted
        self.floor = floor
        pagesLeft = pages
    }

    /// Takes in a page, and sets the cursor of the next.
    mutating func take(_ page: JobPage) {
        let count = wanted.count
        for job in page.jobs { wanted.remove(job.id) }
        pagesLeft -= 1
        let isBelowFloor = floor.map { floor in page.jobs.contains { ($0.createdAt ?? .max) < floor } } ?? false
        let isFruitless = pagesLeft <= 0 && wanted.count == count
        let isStuck = page.nextCursor == nil || page.nextCursor == cursor
        isOver = wanted.isEmpty || !page.hasMore || isStuck || isBelowFloor || isFruitless
        cursor = page.nextCursor
    }
}
