import FluxClient

/// What `-h`, `-v` and `serve --help` print.
enum Help {
    static let version = "fluxlua 0.1.0 (Lua 5.4)"

    static let main = """
        \(version): scripts that make pictures with Black Forest Labs' Flux models

        usage: fluxlua [options] [script [args]]
               fluxlua COMMAND [options]      (see fluxlua COMMAND --help)

          script            run a Lua file; '-' reads it from stdin
          (nothing)         a prompt for exploring

          plan script.lua   what a script would ask for, and cost, without sending anything
          jobs              what was asked for so far
          show ID           one of these jobs
          resume            finish what was asked for and has no end yet
          cache             the pictures that are kept so that nothing is paid twice
          forget ID...      close jobs that never reached any service
          doctor --ledger   check that what was asked for and the kept pictures agree
          read FILE...      the requests that made pictures
          gallery           a page of pictures, to compare and choose from in a browser
          serve             the local service for other programs

          -e CODE           run CODE before the script, or instead of one
          -l NAME           require NAME before the script; GLOBAL=NAME gives it another name
          -i                stay at the prompt afterwards
          -E                leave LUA_INIT, LUA_PATH and LUA_CPATH alone
          -W                show Lua's warnings
          --budget N        ask for no more than N credits' worth of pictures
          --simulate        use the local service even when a key is set
          --fresh           ask for new pictures, whatever was made before
          --ledger FILE     where what was asked is written down (default: ledger.sqlite in the data folder)
          --quiet           no progress, and no line at the end
          --progress=json   tell what happens to jobs as JSON on stderr, an event a line: submitted, progress, completed,
                            failed, saved
          --fault RULE      something that goes wrong in the local service (see fluxlua serve --help)
          --listen HOST:PORT
                            take the service's webhooks there; FLUX_WEBHOOK is the public URL that leads to it
          --sandbox         for a script from someone else: it reads below its own folder, writes below out/, and
                            reaches nothing else; with the limits 256M, 60 and 100 unless others are given
          --memory SIZE     the memory that the script may use, such as 512M or 2G
          --time SECONDS    the time that it may compute; waiting does not count
          --max-jobs N      the pictures that it may ask for
          -v                print the version first
          --version         print the version
          -h, --help        print this
          --                end of the options

        environment:
          APIFRAME_API_KEY  your key; without one a local service makes stand-in pictures, and nothing is paid
          FLUX_LEDGER       the same as --ledger
          FLUX_WEBHOOK      a public URL that leads to --listen: the service then tells when pictures are ready
          FLUX_INSECURE_HTTP=1  lets the key go to FLUX_BASE_URL over plain http beyond this machine
          FLUX_BASE_URL     another service that speaks the same wire, such as a 'fluxlua serve'
          FLUX_BUDGET_DAY   the most credits that one day may cost
          FLUX_PICTURES     how flux.show draws in the terminal: kitty, iterm2, sixel, symbols or off
          FLUX_CACHE_MAX    how large the kept pictures may become, such as 2GB (default 5GB)

        A first script:

          local job = assert(flux.await(flux.generate { prompt = "a matte black mug on marble" }))
          print(flux.save(job, "mug.{ext}"))

        flux.models() tells what models there are, what they take and what they cost.

        exit status: 0 well; 1 the script failed; 2 wrong usage; 3 jobs failed that the script never looked at;
        130 interrupted

        """

    static let serve = """
        usage: fluxlua serve [options]

        The local service on a port of its own, for other clients and for tests: the same wire as the real one, with
        stand-in pictures, and nothing is paid. It listens on 127.0.0.1 until it is interrupted.

          --port N          the port; 0 takes a free one (default 8080)
          --listen HOST[:PORT]  another address, such as 0.0.0.0:8080; one that other machines can reach needs a --key
          --key KEY         accept this API key only (default: any that begins with afk_)
          --speed S         how long jobs take: instant, fast (half a second each; the default), lifelike (10 to
                            15 seconds, more or less), or seconds (--job-time says the same)
          --at-once N       how many jobs are worked on at the same time; the others are QUEUED (default 64)
          --state FILE      keep jobs, credits, idempotency keys and uploads in FILE, and go on with them next time
          --credits N       what the account holds; submits beyond it get status 402 (default 100000)
          --seed N          everything that is chance follows from it: ids, seeds, how long lifelike jobs take
          --dialect NAME    accept one spelling of requests only: description or product-pages (default: either)
          --fault RULE      something that goes wrong; may be given several times (see below)
          -h, --help        print this

        Use it with:  FLUX_BASE_URL=http://127.0.0.1:8080 fluxlua script.lua

        \(faults)
        GET /_sim/log tells what was asked, made, billed and spoilt so far, DELETE begins the counts anew; GET and PUT
        /_sim/faults ({"faults": [RULE, ...]}) read and change the rules while it runs.

        """

    private static let faults = """
        Faults are KIND:name=value,name=value,...

          429, 503, 404 ... that status instead of the answer (400 to 599); retry-after=S says when to come again,
                            retry-after-date=S says it as a date; body=html or body=empty instead of JSON
          200:body=html     well, says the status, and then a page (or body=empty)
          drop              the connection ends before anything is done; how=fin or rst
          drop-answer       the job is made, and the answer is lost: how=head (after its head), fin or rst
          delay:seconds=S   the answer comes later
          cut:bytes=N       the body ends too early, while the head promises all of it
          slow:speed=N      the body comes at N bytes per second
          late:seconds=S    pictures answer 404 for so long after their job's end
          wrong             pictures are how=other (bytes), truncated or html
          fail:reason=TEXT  the job fails; moderated: for moderation's reason
          result:shape=NAME the result is url, list, object, nested, unknown or null
          webhook-duplicate, webhook-reorder, webhook-lost
          clock:seconds=N   all dates are N seconds off

        When:  call=NAME (submit, job, jobs, upload, models, account, picture), prompt=TEXT (of the job), after=N
        (spares the first N), every=N, times=N (at most), rate=P (by chance, 0 to 1).

          --fault 429:every=5,retry-after=1      --fault 503:call=submit,times=2      --fault fail:prompt=broken

        One request chooses for itself by a header, X-Sim-Fault: RULE, or at the beginning of its prompt:
        "[sim 503:times=1] a fox".

        """

    /// ` (did you mean '--simulate'?)`, or nothing: from the options that a help text tells of.
    static func question(for argument: String, in help: String) -> String {
        guard argument.hasPrefix("--") else { return "" }
        let known = help.split { !$0.isLetter && $0 != "-" }.filter { $0.hasPrefix("--") && $0.count > 2 }
        return Suggestion.question(for: String(argument.prefix { $0 != "=" }), in: known.map(String.init))
    }
}
