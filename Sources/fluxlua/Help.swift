/// What `-h`, `-v` and `serve --help` print.
enum Help {
    static let version = "fluxlua 0.1.0 (Lua 5.4)"

    static let main = """
        \(version): scripts that make pictures with Black Forest Labs' Flux models

        usage: fluxlua [options] [script [args]]
               fluxlua serve [options]        (see fluxlua serve --help)

          script            run a Lua file; '-' reads it from stdin
          (nothing)         a prompt for exploring

          -e CODE           run CODE before the script, or instead of one
          -l NAME           require NAME before the script; GLOBAL=NAME gives it another name
          -i                stay at the prompt afterwards
          -E                leave LUA_INIT, LUA_PATH and LUA_CPATH alone
          -W                show Lua's warnings
          --simulate        use the local service even when a key is set
          --fault RULE      something that goes wrong in the local service (see fluxlua serve --help)
          -v, --version     print the version
          -h, --help        print this
          --                end of the options

        environment:
          APIFRAME_API_KEY  your key; without one a local service makes stand-in pictures, and nothing is paid
          FLUX_BASE_URL     another service that speaks the same wire, such as a 'fluxlua serve'

        A first script:

          local job = assert(flux.await(flux.generate { prompt = "a matte black mug on marble" }))
          print(flux.save(job, "mug.{ext}"))

        exit status: 0 well; 1 the script failed; 2 wrong usage; 3 jobs failed that the script never looked at;
        130 interrupted

        """

    static let serve = """
        usage: fluxlua serve [options]

        The local service on a port of its own, for other clients and for tests: the same wire as the real one, with
        stand-in pictures, and nothing is paid. It listens on 127.0.0.1 until it is interrupted.

          --port N          the port; 0 takes a free one (default 8080)
          --key KEY         accept this API key only (default: any that begins with afk_)
          --speed S         how long jobs take: instant, fast (half a second each; the default), lifelike (10 to
                            15 seconds, more or less), or seconds (--job-time says the same)
          --at-once N       how many jobs are worked on at the same time; the others are QUEUED (default 64)
          --credits N       what the account holds; submits beyond it get status 402 (default 100000)
          --seed N          everything that is chance follows from it: ids, seeds, how long lifelike jobs take
          --dialect NAME    accept one spelling of requests only: description or product-pages (default: either)
          --fault RULE      something that goes wrong; may be given several times:
        \(faults)
          -h, --help        print this

        Use it with:  FLUX_BASE_URL=http://127.0.0.1:8080 fluxlua script.lua

        """

    private static let faults = """
                              fail:prompt=TEXT          jobs whose prompt contains TEXT fail
                              fail:every=N,reason=TEXT  every Nth job fails, for that reason
                              429:every=N,retry-after=S every Nth request is refused for S seconds
                              503:call=submit,times=N   the first N submits get status 503 (or 500, 502, …); call is
                                                        submit, job, jobs, upload, models, account or picture
                              drop-answer:every=N       every Nth submit makes its job, and the answer is lost
        """
}
