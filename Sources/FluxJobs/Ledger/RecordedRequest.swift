import FluxClient

/// What an open job is to the ledger: which request it is, and what is to be done about it.
struct RecordedRequest: Sendable {
    enum Plan: Sendable {
        /// It was never sent, or an earlier attempt does not count: written down, then sent.
        case send
        /// It is written down, and no job was made of it: sent with today's body.
        case sendAgain
        /// It may have been sent: sent byte for byte.
        case replay(EncodedRequest)
        /// The service has it as a job.
        case watch(id: String, status: JobStatus)
        /// Its pictures are there.
        case answered(RequestRecord, [Picture])
        /// It may have been sent too long ago to be sent again.
        case lookUp(RequestRecord)
        /// Another run on the ledger is sending it: what becomes of that counts.
        case follow(RequestRecord)
    }

    let identity: RequestIdentity
    let digest: String
    var attempt = 1 {
        didSet { key = RequestIdentity.key(digest: digest, attempt: attempt) }
    }
    /// What the ledger and the service know this attempt by.
    private(set) var key: String
    /// New pictures are wanted on purpose.
    let isFresh: Bool
    var plan = Plan.send
    /// What this process has written down for this attempt and may send.
    var written: EncodedRequest?
    /// Its pictures were there once: when the service does not have them any more, they are made anew.
    var wasFetched = false
    /// What the ledger knows of its job, where that has ended.
    var known: JobState?
    /// The run that sent it.
    var owner: Int64?
    /// The machine of that run, where one is told.
    var member: String?
    /// Another run that goes on has asked for it, and pays for it.
    var isTheirs = false
    /// It was there before this run.
    var isOld = false
    /// An attempt whose answer was lost may have reached the service: what a later one is answered tells nothing of it.
    var mayHaveArrived = false

    init(identity: RequestIdentity, digest: String, isFresh: Bool) {
        self.identity = identity
        self.digest = digest
        self.isFresh = isFresh
        key = RequestIdentity.key(digest: digest, attempt: attempt)
    }

    /// Whether it is written down, and its cost reserved, before it is sent.
    var isToBeSent: Bool {
        switch plan {
        case .send, .sendAgain: true
        case .replay, .watch, .answered, .lookUp, .follow: false
        }
    }

    /// For how long after it was first written down a request is sent again under its key. The service remembers keys for
    /// 24 hours (contract §6); what is under way by then must still arrive within them.
    static let replayWindow: Int64 = (24 * 60 - 10) * 60 * 1000

    /// Whether it is in the ledger, and has not come to its end.
    var isUnderWay: Bool {
        switch plan {
        case .replay, .watch, .lookUp, .follow: true
        case .send, .sendAgain, .answered: false
        }
    }

    /// Decides what to do, from what the ledger has.
    /// - Parameters:
    ///   - record: the newest attempt of this request.
    ///   - pictures: its pictures, if all of them are in the store.
    ///   - now: milliseconds since 1970.
    mutating func decide(from record: RequestRecord?, pictures: [Picture]?, run: LedgerRun, now: Int64) {
        written = nil
        wasFetched = false
        mayHaveArrived = false
        isTheirs = false
        guard let record else {
            isOld = false
            plan = .send
            return
        }
        attempt = record.attempt
        isOld = true
        known = record.jobState
        owner = record.owner ?? record.run
        member = record.member
        isTheirs = record.isClaimed && record.owner != run.id
        let isOfThisWish = record.isFresh && record.identity.lineage == run.lineage && record.state != .unknown
        if isFresh, !isOfThisWish { return sendNewAttempt() }
        if run.account.isInProcess { return decideInProcess(from: record, pictures) }
        switch record.state {
        case .fetched:
            if let pictures {
                plan = .answered(record, pictures)
                return
            }
            wasFetched = true
            watchOrLookUp(record)
        case .accepted, .completed:
            watchOrLookUp(record)
        case .written where isTheirs:
            plan = .follow(record)
        case .written:
            mayHaveArrived = !record.isUnsent
            let isRecent = now - record.writtenAt < Self.replayWindow && now >= record.writtenAt
            plan = isRecent ? .replay(record.sent) : .lookUp(record)
        case .unknown:
            mayHaveArrived = true
            plan = .lookUp(record)
        case .refused:
            plan = .sendAgain
        case .failed:
            sendNewAttempt()
        }
    }

    /// What the local service of another process was asked, nobody can tell any more, and nobody pays.
    private mutating func decideInProcess(from record: RequestRecord, _ pictures: [Picture]?) {
        switch (record.state, pictures) {
        case (.fetched, let pictures?): plan = .answered(record, pictures)
        case (.failed, _): sendNewAttempt()
        default: plan = .sendAgain
        }
    }

    private mutating func watchOrLookUp(_ record: RequestRecord) {
        plan = record.job.map { .watch(id: $0, status: record.status ?? .queued) } ?? .lookUp(record)
    }

    mutating func sendNewAttempt() {
        attempt += 1
        plan = .send
        written = nil
        wasFetched = false
        isTheirs = false
        mayHaveArrived = false
        isOld = false
    }
}

extension FluxError {
    /// The service answered, and made no job of the request.
    var madeNoJob: Bool {
        guard let status, (400..<500).contains(status), status != 409 else { return false }
        return [.invalid, .auth, .credits].contains(kind)
    }

    static func unknownOutcome(_ why: String) -> FluxError {
        FluxError(
            .unknownOutcome, "it is unclear whether the service has this request from an earlier run: \(why)",
            hint:
                "look in the service's own list of jobs; if it is missing, request it with fresh = true, or send it again "
                + "as 'fluxlua resume --help' explains: both are paid for again")
    }
}
