import FluxClient
import Testing

@testable import FluxSimulator

/// Rules: their text, and when they strike. What they do to the wire is in `FaultWireTests`.
@Suite struct FaultTests {
    @Test(arguments: [
        ("fail:prompt=broken", Fault(.failJob(reason: Fault.defaultReason), prompt: "broken")),
        ("fail:reason=Out of memory,every=5", Fault(.failJob(reason: "Out of memory"), every: 5)),
        ("fail", Fault(.failJob(reason: Fault.defaultReason))),
        ("moderated", Fault(.failJob(reason: Fault.moderationReason))),
        ("429:retry-after=1,every=5", Fault(.answer(status: 429, retryAfter: .seconds(1)), every: 5)),
        ("429:retry-after-date=90", Fault(.answer(status: 429, retryAfter: .date(90)))),
        ("503:call=submit,times=2", Fault(.answer(status: 503), call: .submit, times: 2)),
        ("502:body=html", Fault(.answer(status: 502, body: .html))),
        ("200:body=empty,call=job", Fault(.answer(status: 200, body: .empty), call: .job)),
        ("404:call=picture,after=3,rate=0.25", Fault(.answer(status: 404), call: .picture, after: 3, rate: 0.25)),
        ("drop", Fault(.drop(reset: false))),
        ("drop:how=rst", Fault(.drop(reset: true))),
        ("drop-answer:every=7", Fault(.dropAnswer(), every: 7)),
        ("drop-answer:how=rst,call=jobs", Fault(.dropAnswer(.reset), call: .jobs)),
        ("delay:seconds=0.5", Fault(.delay(.milliseconds(500)))),
        ("cut", Fault(.cut())),
        ("cut:bytes=10", Fault(.cut(bytes: 10))),
        ("slow:speed=50", Fault(.slow(bytesPerSecond: 50))),
        ("late:seconds=3", Fault(.latePictures(.seconds(3)))),
        ("wrong", Fault(.wrongPicture(.other))),
        ("wrong:how=html", Fault(.wrongPicture(.html))),
        ("result:shape=nested", Fault(.result(.nested))),
        ("webhook-duplicate", Fault(.webhook(.duplicate))),
        ("webhook-reorder:prompt=a", Fault(.webhook(.reorder), prompt: "a")),
        ("webhook-lost", Fault(.webhook(.lost))),
        ("clock:seconds=-3600", Fault(.clock(seconds: -3600))),
    ])
    func textsAreReadAndWritten(text: String, fault: Fault) throws {
        #expect(try Fault(parsing: text) == fault)
        #expect("\(fault)" == text)
    }

    @Test func usualWordsMayBeLeftOutAndBlanksDoNotCount() throws {
        #expect(try Fault(parsing: "429:") == Fault(.answer(status: 429)))
        #expect(try Fault(parsing: " drop-answer : call=submit, how=head") == Fault(.dropAnswer()))
        #expect(try Fault(parsing: "wrong:call=picture,how=other") == Fault(.wrongPicture()))
    }

    @Test(arguments: [
        "", ":", "oops", "200", "302", "600", "4O4", "0429", "429:every=0", "429:every=x", "429:retry-after=-1",
        "429:retry-after=1,retry-after-date=1", "429:body=pdf", "fail:retry-after=1", "fail:call=submit", "fail:every",
        "fail:every=1,every=2", "503:call=everything", "drop:how=head", "drop-answer:reason=x", "delay:seconds=-1",
        "delay:seconds=x", "cut:bytes=-1", "slow:speed=0", "late:call=picture", "wrong:call=job", "result:shape=round",
        "webhook-duplicate:call=submit", "clock", "clock:seconds=1,every=2", "clock:seconds=9999999999",
        "429:rate=1.5", "429:times=99999999999",
    ])
    func otherTextsAreRefusedInWords(text: String) {
        #expect { try Fault(parsing: text) } throws: { "\($0)".hasPrefix("fault '\(text)': ") }
    }

    @Test(arguments: [
        ("fial", "(did you mean 'fail'?)"), ("drop-anser", "(did you mean 'drop-answer'?)"),
        ("429:evry=2", "'evry' does not go with '429' (did you mean 'every'?)"),
        ("result:shape=lst", "(did you mean 'list'?)"), ("503:call=submitt", "(did you mean 'submit'?)"),
    ])
    func slipsAreRecognized(text: String, hint: String) {
        #expect { try Fault(parsing: text) } throws: { "\($0)".hasSuffix(hint) }
    }

    // MARK: When they strike

    private static func strikes(_ text: String, of count: Int, seed: UInt64 = 1) throws -> [Int] {
        var plan = FaultPlan([try Fault(parsing: text)], seed: seed)
        return (1...count).filter { _ in plan.mishap(of: FaultPlan.RequestFacts(call: .account)).instead != nil }
    }

    @Test(arguments: [
        ("503", [1, 2, 3, 4, 5, 6, 7, 8]), ("503:every=3", [3, 6]), ("503:times=2", [1, 2]), ("503:after=6", [7, 8]),
        ("503:after=1,every=2,times=2", [3, 5]), ("503:rate=0", []), ("503:call=job", []),
        ("503:call=account,times=1", [1]),
        ("503:prompt=a", []),
    ])
    func conditionsCount(text: String, expected: [Int]) throws {
        #expect(try Self.strikes(text, of: 8) == expected)
    }

    @Test func chanceFollowsTheSeed() throws {
        let strikes = try Self.strikes("503:rate=0.1", of: 2000)
        #expect((120...280).contains(strikes.count))
        #expect(try Self.strikes("503:rate=0.1", of: 2000) == strikes)
        #expect(try Self.strikes("503:rate=0.1", of: 2000, seed: 2) != strikes)
    }

    @Test func carriedRulesCountPerRequestAndItsRepetitions() throws {
        var plan = FaultPlan([], seed: 1)
        let rule = try Fault(parsing: "503:times=1")
        func isStruck(_ identity: String) -> Bool {
            let occasion = FaultPlan.RequestFacts(call: .submit, identity: identity, carried: [rule])
            return plan.mishap(of: occasion).instead != nil
        }
        #expect(["a", "a", "b", "a", "b"].map(isStruck) == [true, false, true, false, false])
        #expect(plan.fired == ["503": 2])
    }

    @Test func memoryOfCarriedRulesHasAnEnd() throws {
        var plan = FaultPlan([], seed: 1)
        let rule = try Fault(parsing: "503:times=1")
        func isStruck(_ identity: String) -> Bool {
            let occasion = FaultPlan.RequestFacts(call: .submit, identity: identity, carried: [rule])
            return plan.mishap(of: occasion).instead != nil
        }
        #expect(isStruck("first") && !isStruck("first"))
        for number in 0..<10_000 { #expect(isStruck("\(number)")) }
        #expect(isStruck("first"))
    }

    @Test func jobsTroubleIsGathered() throws {
        let texts = [
            "fail:prompt=broken", "late:seconds=3", "result:shape=list", "webhook-duplicate", "webhook-lost:prompt=x",
            "webhook-reorder", "503",
        ]
        var plan = FaultPlan(try texts.map { try Fault(parsing: $0) }, seed: 1)
        let carried = try ["410:call=picture", "503", "moderated"].map { try Fault(parsing: $0) }
        let trouble = plan.trouble(ofJobMadeBy: FaultPlan.RequestFacts(prompt: "a mug", carried: carried))
        #expect(trouble.failure == Fault.moderationReason)
        #expect(trouble.lateness == .seconds(3) && trouble.shape == .list)
        #expect(trouble.webhooks == [.duplicate, .reorder])
        #expect(trouble.inherited == [carried[0]])
    }
}
