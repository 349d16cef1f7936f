import Testing

@testable import FluxClient

struct DecodingTests {
    private func job(_ members: String) throws -> JobState {
        try JobState(try json(#"{"id":"\#(jobID)","model":"flux-2-pro",\#(members)}"#))
    }

    @Test func readsTheJobOfTheContract() throws {
        let job = try JobState(
            try json(
                #"""
                { "id": "j", "status": "COMPLETED", "model": "flux-2-pro", "progress": 100,
                  "result": { "images": ["https://cdn.example/1.jpg"] }, "error": null, "creditCost": 10,
                  "webhookStatus": null, "createdAt": "2026-03-15T10:00:00.000Z",
                  "completedAt": "2026-03-15T10:00:32.000Z", "expired": false, "input": {} }
                """#))
        #expect(
            job
                == JobState(
                    id: "j", status: .completed, model: "flux-2-pro", progress: 100,
                    imageURLs: ["https://cdn.example/1.jpg"], creditCost: 10, createdAt: 1_773_568_800_000,
                    completedAt: 1_773_568_832_000, input: [:]))
    }

    @Test(arguments: [
        (#"{"images":["https://x/1","https://x/2"]}"#, ["https://x/1", "https://x/2"]),
        (#"{"images":[{"url":"https://x/1"},{"url":"https://x/2"}]}"#, ["https://x/1", "https://x/2"]),
        (#""https://x/1""#, ["https://x/1"]),
        (#"["https://x/1","http://x/2"]"#, ["https://x/1", "http://x/2"]),
        (#"[{"url":"https://x/1"}]"#, ["https://x/1"]),
        (#"{"image":"https://x/1"}"#, ["https://x/1"]),
        (#"{"url":"https://x/1"}"#, ["https://x/1"]),
        (#"{"output":"https://x/1"}"#, ["https://x/1"]),
        (#"{"output":["https://x/1"]}"#, ["https://x/1"]),
        (#"{"images":null,"output":{"url":"https://x/1"}}"#, ["https://x/1"]),
    ])
    func readsEveryShapeOfResult(_ result: String, _ urls: [String]) throws {
        #expect(try job(#""status":"COMPLETED","result":\#(result)"#).imageURLs == urls)
    }

    @Test(arguments: [
        #"{"pictures":["https://x/1"]}"#, #""soon""#, "null", "7", "[]", #"{"images":[]}"#, #"["https://x/1",7]"#,
        #"[["https://x/1"]]"#, "{}",
    ])
    func showsAResultThatItCannotRead(_ result: String) throws {
        let state = try job(#""status":"COMPLETED","result":\#(result),"creditCost":9"#)
        #expect(state.unreadableResult == result && state.imageURLs.isEmpty && state.creditCost == 9)
    }

    @Test func doesNotReadAResultBeforeItsTime() throws {
        #expect(try job(#""status":"PROCESSING","result":{"preview":1}"#).imageURLs.isEmpty)
        let expired = try job(#""status":"COMPLETED","result":null,"expired":true"#)
        #expect(expired.isExpired && expired.unreadableResult == nil)
    }

    @Test func readsAFailure() throws {
        #expect(try job(#""status":"FAILED","error":"NSFW content"# + #"""#).error == "NSFW content")
        #expect(try job(#""status":"FAILED","error":{"message":"no"}"#).error == "no")
        #expect(try job(#""status":"FAILED","error":{"code":7}"#).error == #"{"code":7}"#)
        #expect(try job(#""status":"QUEUED","error":null"#).error == nil)
    }

    @Test func readsNumbersTolerantly() throws {
        #expect(try job(#""status":"PROCESSING","progress":33.4"#).progress == 33)
        #expect(try job(#""status":"PROCESSING","progress":null"#).progress == nil)
        #expect(try job(#""status":"PROCESSING","progress":1e300"#).progress == nil)
        #expect(try job(#""status":"PROCESSING","progress":250"#).progress == 100)
        #expect(try job(#""status":"FAILED","creditCost":2.5"#).creditCost == 3)
        for cost in ["-1", "9e18", "1000000001"] {
            #expect(try job(#""status":"FAILED","creditCost":\#(cost)"#).creditCost == nil)
        }
    }

    @Test func refusesAJobThatIsNone() {
        #expect(throws: FluxError.self) { try JobState(try json("{}")) }
    }

    @Test func onePageEntryThatCannotBeReadLosesNoOther() throws {
        let page = try JobPage(
            try json(
                #"""
                {"jobs":[{"id":"a","status":"QUEUED"},{"jobId":7},
                 {"id":"c","status":"CANCELLED"}],"nextCursor":"n","hasMore":true}
                """#))
        #expect(page.jobs.map(\.id) == ["a", "c"])
        #expect(page.unreadable.map(\.jobID) == [nil])
        #expect(page.nextCursor == "n")
        #expect(page.hasMore)
        let last = try JobPage(try json(#"{"jobs":[],"nextCursor":null,"hasMore":false}"#))
        #expect(last == JobPage(jobs: []))
        #expect(throws: FluxError.self) { try JobPage(try json("[]")) }
    }

    @Test func readsUploadAcceptedJobAccountAndModels() throws {
        let upload = try Upload(
            try json(
                #"""
                {"id":"u","url":"https://x/u.png","kind":"image","contentType":"image/png","byteSize":12,
                 "expiresAt":"2026-03-15T10:00:00Z"}
                """#))
        #expect(
            upload
                == Upload(
                    id: "u", url: "https://x/u.png", contentType: "image/png", byteSize: 12,
                    expiresAt: 1_773_568_800_000))
        #expect(try JobAccepted(try json(#"{"jobId":"j","status":"PROCESSING"}"#)).status == .processing)
        #expect(try JobAccepted(try json(#"{"jobId":"j","status":"NEW"}"#)) == JobAccepted(jobID: "j", status: .queued))
        #expect(throws: FluxError.self) { try JobAccepted(try json(#"{"status":"QUEUED"}"#)) }
        let account = try Account(
            try json(#"{"user":{"email":"a@b.c"},"team":{"credits":120,"plan":"pro"},"apiKey":{"prefix":"afk_1"}}"#))
        #expect(account.user == "a@b.c")
        #expect(account.credits == 120)
        #expect(account.plan == "pro")
        #expect(account.keyPrefix == "afk_1")
        let models = try ModelListing.list(
            try json(
                #"{"models":[{"id":"flux-2-pro","name":"Flux 2 Pro","creditCost":10},{"x":1},"#
                    + #"{"id":"flux-2-max","label":"Flux 2 Max","costMin":8,"costMax":21},{"id":"odd","cost":-1}]}"#))
        #expect(models.map(\.id) == ["flux-2-pro", "flux-2-max", "odd"])
        #expect(models.map(\.title) == ["Flux 2 Pro", "Flux 2 Max", nil])
        #expect(models.map(\.credits) == [10...10, 8...21, nil])
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-15T10:00:32.5Z", 1_773_568_832_500),
            ("2026-03-15T10:00:32.123456789Z", 1_773_568_832_123), ("2026-03-15T12:00:32+02:00", 1_773_568_832_000),
            ("2026-03-15T08:30:32-0130", 1_773_568_832_000), ("2026-03-15T10:00:32", 1_773_568_832_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000), ("1969-12-31T23:59:59.250Z", -750),
            ("2000-12-31T23:59:60Z", 978_307_199_000),
        ] as [(String, Int64)])
    func readsTimes(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp.milliseconds(iso8601: text) == milliseconds)
    }

    @Test(arguments: [
        "", "2026-03-15", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-03-15T24:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-15T10:00:32.Z", "2026-03-15T10:00:32Zx", "2026-03-15T10:00:32+", "yesterday",
    ])
    func refusesTimesThatAreNone(_ text: String) {
        #expect(Timestamp.milliseconds(iso8601: text) == nil)
    }

    @Test func readsHTTPDates() {
        #expect(Timestamp.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(Timestamp.seconds(httpDate: "Sunday, 06-Nov-94 08:49:37 GMT") == nil)
        #expect(Timestamp.seconds(httpDate: "06 Nov 1994") == nil)
    }
}
