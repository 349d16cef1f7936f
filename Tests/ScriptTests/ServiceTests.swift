import FluxClient
import Foundation
import TestSupport
import Testing

/// `fluxlua` and `fluxlua serve`, two processes that know nothing of each other but the wire.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
    private static let ask = """
        flux.config { first_look = 0 }
        local job = assert(flux.await(flux.generate { prompt = "a mug", seed = 7, resolution = "0.5MP" }))
        print(flux.save(job, "mug.{ext}"))
        """

    @Test func scriptWithAKeyUsesTheServiceThatItIsPointedTo() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run(["-e", Self.ask])
            #expect(result.output == "mug.jpg\n")
            #expect(result.error.isEmpty && result.status == 0, "\(result.error)")
            let requests = try await service.requests()
            #expect(requests["POST /v2/images/generate"] == 1)
            #expect(requests["GET /cdn/{picture}"] == 1)
        }
    }

    /// A look would come after an hour: what ends the job is the webhook.
    private static let askAndBeTold = """

        flux.config { first_look = 3600 }
        print(assert(flux.await(flux.generate { prompt = "a mug", seed = 7, resolution = "0.5MP" })).ok)
        """

    @Test func webhooksTellOfJobsThatNobodyLooksAt() async throws {
        let program = try Program()
        defer { program.remove() }
        let local = try await program.run(["--simulate", "--listen", "127.0.0.1:0", "-e", Self.askAndBeTold])
        #expect(local.output == "true\n" && local.status == 0, "\(local.error)")
    }

    @Test func webhooksNeedAPlaceToArriveAtAndAnAddressThatLeadsThere() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            let unnamed = try await program.run(["--listen", "127.0.0.1:0", "-e", Self.ask])
            #expect(unnamed.status == 1 && unnamed.error.contains("--listen needs the public URL"), "\(unnamed.error)")
            program.environment["FLUX_WEBHOOK"] = "https://example.org/hook"
            let placeless = try await program.run(["-e", Self.ask])
            #expect(
                placeless.status == 1
                    && placeless.error.contains("FLUX_WEBHOOK is set, but nothing listens for webhooks"),
                "\(placeless.error)")
            program.environment["FLUX_WEBHOOK"] = "https://example.org/a b"
            let wrong = try await program.run(["--listen", "127.0.0.1:0", "-e", Self.ask])
            #expect(wrong.error.contains("FLUX_WEBHOOK must be a URL"), "\(wrong.error)")
            program.environment["FLUX_WEBHOOK"] = nil
            let inScript = "flux.config { webhook = 'https://example.org/a b' }" + Self.ask
            let ofScript = try await program.run(["--listen", "127.0.0.1:0", "-e", inScript])
            #expect(ofScript.error.contains("'webhook' of flux.config must be a URL"), "\(ofScript.error)")
            let late = try await program.run(["-e", Self.ask + "flux.config { webhook = 'https://example.org/hook' }"])
            #expect(late.error.contains("set 'webhook' before the first picture is requested"), "\(late.error)")
        }
    }

    @Test func whatTheServiceHasNotSignedIsTurnedAwayAndToldOnce() async throws {
        let program = try Program()
        defer { program.remove() }
        let port = try freePort()
        let script = "flux.await(flux.generate { prompt = 'a mug', resolution = '0.5MP' }) print('ready') io.flush() "
        let running = try program.start([
            "--simulate", "--quiet", "--listen", "127.0.0.1:\(port)", "-e", script + "flux.sleep(1000)",
        ])
        #expect(await running.line() == "ready")
        for _ in 1...2 {
            let answer = try await Web.post("http://127.0.0.1:\(port)/", ["jobId": "x", "status": "FAILED"], key: nil)
            #expect(answer.status == 401)
        }
        running.signal(SIGINT)
        let result = try await running.result()
        let told =
            "fluxlua: refused at --listen: the webhook is not signed by the service; the jobs are polled as usual"
        #expect(result.error.split(separator: "\n").count { $0 == told } == 1, "\(result.error)")
    }

    @Test func paidPicturesAreKeptInTheUsersData() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            program.environment["XDG_DATA_HOME"] = program.file("data").path
            let result = try await program.run(["-e", Self.ask + "io.write(job.images[1].path)"])
            let kept = program.files(below: "data/fluxlua/pictures")
            #expect(kept.count == 1)
            #expect(result.output == "mug.jpg\n" + program.file("data/fluxlua/pictures/\(kept.first ?? "")").path)
        }
    }

    @Test func paidPicturesAreKeptInTheHomeWhereNoOtherPlaceIsNamed() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            program.environment["XDG_DATA_HOME"] = "not/absolute"
            _ = try await program.run(["-e", Self.ask])
            #expect(program.files(below: ".local/share/fluxlua/pictures").count == 1)
            #expect(program.files().filter { $0.hasSuffix(".jpg") }.count == 2, "and the saved one")
        }
    }

    @Test func standInPicturesAreKeptApartFromPaidOnes() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run([
            "-e",
            """
            local job = flux.generate { model = "flux-1.1-pro", prompt = "a mug", width = 256, height = 256 }
            print(io.open(assert(job:await()).images[1].path, "rb") ~= nil, job.images[1].path)
            """,
        ])
        #expect(result.output.hasPrefix("true\t\(program.data.path)/fluxlua/local-pictures/"), "\(result.output)")
        #expect(result.status == 0)
        #expect(program.files().isEmpty)
    }

    @Test func wrongKeyIsAnErrorOfAuthWithAHint() async throws {
        try await ServedService.run(["--key", "afk_the_right_one"]) { service in
            let program = try service.client(key: "afk_another")
            defer { program.remove() }
            let result = try await program.run([
                "-e",
                """
                local job, err = flux.await(flux.generate "a mug")
                print(job, err.kind, err.status, err)
                print(err.hint)
                print(err.request_id ~= nil)
                """,
            ])
            #expect(
                result.output == """
                    nil\tauth\t401\tthe service does not know the API key: Invalid API key
                    set APIFRAME_API_KEY to your key, which begins with afk_
                    true

                    """)
            #expect(result.error.isEmpty && result.status == 0, "\(result.error)")

            let right = try service.client(key: "afk_the_right_one")
            defer { right.remove() }
            #expect(try await right.run(["-e", Self.ask]).output == "mug.jpg\n")
        }
    }

    @Test func addressThatIsNoneIsToldBeforeAnythingIsWrittenDownForIt() async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["FLUX_BASE_URL"] = "localhost:8080"
        let result = try await program.run(["-e", "flux.generate 'x'"])
        #expect(result.status == 1)
        #expect(
            result.error
                == "fluxlua: (command line):1: flux.generate: FLUX_BASE_URL must begin with https:// or http:// "
                + "(got 'localhost:8080')\n")
        #expect(!FileManager.default.fileExists(atPath: program.data.path))
    }

    @Test func emptyKeyIsNoKey() async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["APIFRAME_API_KEY"] = ""
        let code = "flux.generate({ model = 'flux-1.1-pro', prompt = 'x', width = 256, height = 256 }):await()"
        let result = try await program.run(["-e", code])
        #expect(
            result.error
                == "fluxlua: no APIFRAME_API_KEY: using the local service, which draws stand-in pictures; nothing is paid\n"
        )
        #expect(result.status == 0)
    }

    @Test func askingForTheLocalServiceCountsMoreThanAKey() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run(["--simulate", "-e", Self.ask])
            #expect(result.output == "mug.jpg\n" && result.status == 0)
            #expect(result.error.hasPrefix("fluxlua: --simulate: using the local service"), "\(result.error)")
            #expect(try await service.requests().isEmpty)
        }
    }

    @Test func faultsAreForTheLocalServiceOnly() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run(["--fault", "fail:every=1", "-e", Self.ask])
            #expect(result.error.contains("--fault is for the local service only"), "\(result.error)")
            #expect(result.error.contains("add --simulate") && result.status == 1)
            #expect(try await service.requests().isEmpty)
        }
    }

    @Test func nothingIsStartedForAScriptThatAsksForNoPicture() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["-e", "flux.sleep(0) print(flux.config().out)"])
        #expect(result.output == "out\n" && result.error.isEmpty && result.status == 0)
        #expect(program.files().isEmpty)
    }

    @Test(arguments: [
        #"flux.generate { model = "flux-2-pro", prompt = "x", resolution = "3MP" }"#,
        #"flux.generate { prompt = "x", resolutoin = "2MP" }"#, #"flux.generate { prompt = "" }"#,
        #"flux.edit { prompt = "x", image = "https://example.com/a.png", mode = "inpaint" }"#,
        #"flux.generate { prompt = "x", image_prompt = "no/such/file.png" }"#,
        #"flux.generate { prompt = "x", webhook_url = "nowhere" }"#,
    ])
    func nothingIsSentForAWrongRequest(_ code: String) async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run(["-e", code])
            #expect(result.error.hasPrefix("fluxlua: (command line):1: flux."), "\(result.error)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
            #expect(result.status == 1)
            #expect(try await service.requests().isEmpty)
        }
    }

    @Test func oneFileIsUploadedOnceHoweverOftenItIsUsed() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run([
                "-e",
                """
                flux.config { first_look = 0, model = "flux-1.1-pro" }
                local function ask(image, seed)
                  return flux.generate { prompt = "x", seed = seed, image_prompt = image, width = 256, height = 256 }
                end
                local path = flux.save(ask(nil, 1), "one.{ext}")
                assert(io.open("same.jpg", "wb")):write(io.open(path, "rb"):read("a")):close()
                print(select(2, flux.await { ask(path, 2), ask(path, 3), ask("same.jpg", 4) }))
                """,
            ])
            #expect(result.output == "0\n" && result.error.isEmpty, "\(result.error)")
            #expect(try await service.requests()["POST /v2/uploads"] == 1)
        }
    }

    @Test func jobsOfALoopAreAllUnderWayBeforeTheFirstIsDone() async throws {
        try await ServedService.run(["--job-time", "3600"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let running = try program.start([
                "-e",
                """
                local jobs = {}
                for seed = 1, 8 do jobs[seed] = flux.generate { prompt = "x", seed = seed } end
                for _, job in ipairs(jobs) do
                  while not job.id do flux.sleep(0.001) end
                end
                print "all are under way"
                io.flush()
                flux.sleep(1000)
                """,
            ])
            #expect(await running.line() == "all are under way")
            #expect(try await service.requests()["POST /v2/images/generate"] == 8)
            running.signal(SIGINT)
            #expect(await running.errorLine() == "fluxlua: interrupted")
            running.signal(SIGINT)
            _ = try await running.result()
        }
    }

    @Test func portThatIsTakenIsToldAndEndsWithOne() async throws {
        try await ServedService.run { service in
            let port = service.baseURL.split(separator: ":").last ?? ""
            let result = try await service.program.run(["serve", "--port", String(port)])
            #expect(result.error.hasPrefix("fluxlua: ") && result.error.contains(port), "\(result.error)")
            #expect(result.output.isEmpty && result.status == 1)
        }
    }

    @Test func serviceThatIsNotThereIsAnErrorOfTheNetwork() async throws {
        var program = try Program()
        defer { program.remove() }
        // Nobody listens on port 1 of this machine, and nothing of the user's is asked to.
        program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:1"
        let result = try await program.run([
            "-e", "flux.config { retries = 0 } local job, err = flux.await(flux.generate 'x') print(job, err.kind)",
        ])
        #expect(result.output == "nil\tnetwork\n" && result.error.isEmpty && result.status == 0, "\(result.error)")
    }

    @Test func serviceTellsWhatItDidWhenItEnds() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            _ = try await program.run(["-e", Self.ask])
            let result = try await service.end()
            #expect(
                result.error == """
                    fluxlua serve: 3 requests; 1 job (1 completed, 0 failed, 0 replayed); 10 credits billed
                             1  GET /cdn/{picture}
                             1  GET /v2/jobs/{id}
                             1  POST /v2/images/generate
                      answers: 2 × 200, 1 × 202

                    """)
            #expect(result.output.isEmpty && result.status == 0)
        }
    }

    @Test func otherMachinesAreServedOnlyWithAKey() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["serve", "--listen", "0.0.0.0:0"])
        #expect(result.error.hasPrefix("fluxlua: other machines can reach 0.0.0.0"), "\(result.error)")
        #expect(result.error.contains("add --key afk_") && result.output.isEmpty && result.status == 2)
        try await ServedService.run(["--listen", "0.0.0.0:0", "--key", ServedService.key]) { service in
            let requests = try await service.requests()
            #expect(service.baseURL.hasPrefix("http://0.0.0.0:") && requests.isEmpty)
        }
    }

    @Test func serviceMeetsTheFaultsThatItIsGiven() async throws {
        try await ServedService.run(["--job-time=0", "--fault", "fail:prompt=broken,reason=out of paint"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let code = "flux.config { first_look = 0 } print(flux.await(flux.generate 'a broken mug'))"
            #expect(try await program.run(["-e", code]).output == "nil\tthe job failed: out of paint\n")
        }
    }
}
