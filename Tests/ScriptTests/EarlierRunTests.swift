import Foundation
import Testing

/// What a script sees of the runs before it, through the ledger.
@Suite(.timeLimit(.minutes(5))) struct EarlierRunTests {
    private static let ask = """
        flux.config { first_look = 0 }
        for seed, prompt in ipairs { "a fox", "please fail", "an owl" } do
          local job = flux.generate {
            model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256, name = "n" .. seed,
          }
          job:await()
          if seed == 1 then print(job.id) end
        end
        """

    @Test func jobsOfAnEarlierRunAreThereWithTheirPicturesAndNobodyIsAsked() async throws {
        try await ServedService.run(["--job-time", "0", "--fault", "fail:prompt=please"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let first = try await program.run(["-e", Self.ask])
            let id = first.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(first.status == 0 && id.count == 36, "\(first.error)")
            let asked = try await service.requests()

            let code = """
                for _, job in ipairs(flux.jobs {}) do
                  print(job.seed, job.prompt, job.name, job.status, job.ok, job.done, job.cost, #job.images, job.params.width)
                end
                print(#flux.jobs { status = "failed" }, flux.jobs { status = "failed" }[1].error.kind)
                print(#flux.jobs { since = "1h", limit = 2 }, #flux.jobs { model = "flux-2-pro" })
                local fox = flux.job "\(id)"
                print(fox.prompt, fox == flux.jobs { status = "completed" }[2], flux.save(fox, "fox.{ext}"))
                """
            let second = try await program.run(["-e", code])
            #expect(
                second.output == """
                    3\tan owl\tn3\tCOMPLETED\ttrue\ttrue\t10\t1\t256
                    2\tplease fail\tn2\tFAILED\tfalse\ttrue\t0\t0\t256
                    1\ta fox\tn1\tCOMPLETED\ttrue\ttrue\t10\t1\t256
                    1\tfailed
                    2\t0
                    a fox\ttrue\tfox.jpg

                    """, "\(second.error)")
            #expect(second.status == 0)
            #expect(try await service.requests() == asked)
        }
    }

    @Test func jobThatAnEarlierRunLeftOpenIsWatchedToItsEnd() async throws {
        try await ServedService.run(["--job-time", "1"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let running = try program.start([
                "-e",
                """
                local job = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = 1, width = 256, height = 256 }
                while not job.id do flux.sleep(0.001) end
                print(job.id)
                io.flush()
                flux.sleep(1000)
                """,
            ])
            let id = try #require(await running.line())
            running.signal(SIGKILL)
            _ = try await running.result()
            let code = """
                local job = flux.jobs {}[1]
                print(job.id == "\(id)", job.prompt)
                print(job:await() == job, job.status, #job.images, flux.job "\(id)" == job)
                """
            let result = try await program.run(["-e", code])
            #expect(
                result.output == "true\ta fox\ntrue\tCOMPLETED\t1\ttrue\n", "\(result.output)\(result.error)")
            // It is known from now on.
            let again = try await program.run(["-e", "print(flux.jobs {}[1].ok, #flux.jobs {}[1].images)"])
            #expect(again.output == "true\t1\n", "\(again.error)")
            #expect(try await service.requests()["POST /v2/images/generate"] == 1)
        }
    }
}
