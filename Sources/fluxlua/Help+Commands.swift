/// What `fluxlua COMMAND --help` prints, of the commands that work on what was asked for before.
extension Help {
    static let ofCommands = [
        "jobs": jobs, "show": show, "resume": resume, "cache": cache, "plan": plan, "read": read,
        "gallery": gallery, "forget": forget, "doctor": doctor,
    ]

    private static let jobs = """
        usage: fluxlua jobs [options]

        What this machine has asked for, newest first.

          --status WORD     only those in a state: open (no end yet), written, accepted, completed, fetched, failed,
                            refused, unknown; or a word of the service's, such as PROCESSING
          --model NAME      only those of one model
          --since WHEN      only those asked for since then: 30m, 2h, 3d, today, yesterday, 2026-11-20,
                            "2026-11-20 14:00"
          --limit N         at most so many (default 20)
          --json            one JSON object a line
          --ledger FILE     read another ledger
          -h, --help        print this

        The last column tells what went wrong, where something did.

        In a pipe or a file: one job a line, tabs between the columns, no title, nothing cut.

        """

    private static let show = """
        usage: fluxlua show ID [options]

        Everything that is known of one job. ID is its number in 'fluxlua jobs', or the service's id of it, or the
        beginning of that.

          --json            one JSON object
          --ledger FILE     read another ledger
          -h, --help        print this

        """

    private static let gallery = """
        usage: fluxlua gallery [FOLDER | --run ID | --since WHEN] [options]

        A page of pictures that are there already, to look through, compare and choose from in a browser: those of the last
        run, or of another, or of a folder. It opens without a network and can be copied to anyone with its folder.

          FOLDER            the pictures in a folder and below, whoever made them; the page goes into it
          --run ID          what one run asked for ('fluxlua show' names a job's run)
          --since WHEN      what was asked for since then: 30m, 2h, 3d, today, yesterday, 2026-11-20
          --to FOLDER       where the page goes (default: gallery)
          --title TEXT      what stands above it
          --copy            copies of the pictures, for those that will be edited there; else the files share their bytes with
                            the kept ones where the disk can
          --ledger FILE     read another ledger
          -h, --help        print this

        A script makes a page that fills while it runs: flux.gallery(jobs, "folder").

        """

    private static let read = """
        usage: fluxlua read FILE... [options]

        The requests that made pictures, ready to be pasted into a script: of pictures that were saved here, and of those of
        A1111's web UI, Forge, ComfyUI, SwarmUI, Fooocus, InvokeAI, NovelAI, Draw Things, Easy Diffusion and Midjourney, as
        far as there are counterparts. What has none stands behind as comments.

          --json            one JSON object for each file: file, program, call, request, rest; or file, error
          -h, --help        print this

        exit status: 0 all of them told; 1 one of them told nothing

        """

    private static let resume = """
        usage: fluxlua resume [options]

        Finishes, without their scripts, the jobs that were asked for and have no end yet: requests whose answer was lost
        are sent again under their keys, so that the service recognises them; jobs that it has are watched; their
        pictures are fetched. A script that is run again afterwards gets them at once.

          --send-unknown ID send again a job whose outcome nobody can tell any more (state 'unknown'): if the service did
                            make it, it is paid twice. May be given several times; 'all' for every one
          --new-key         the key replaces another one of yours: jobs that were asked for with that are finished with this
                            one where the service shows them to it, and what was made with it is not paid again
          --json            one JSON object for each job
          --ledger FILE     use another ledger
          -h, --help        print this

        exit status: 0 every open job is finished; 1 it could not be done; 3 some failed or stay open; 130 interrupted

        """

    private static let cache = """
        usage: fluxlua cache [list | clear | --max SIZE] [options]

        The pictures that are kept so that nothing is paid twice.

          (nothing)         how many there are, how large they are, and how large they may become
          list              each of them, oldest use first
          clear             remove all that no open job needs; a request for one of them fetches it again, or pays again once
                            the service does not have it any more
          --max SIZE        remove the oldest until they take no more than that, such as 500MB or 2GB; for good, set
                            FLUX_CACHE_MAX
          --json            one JSON object a line
          --ledger FILE     the ledger that knows which are needed
          -h, --help        print this

        """

    private static let forget = """
        usage: fluxlua forget ID... [options]

        Closes open jobs that never reached any service: nobody was there when they were sent, as with a wrong address. They
        cost nothing, and a script that asks for them again sends them. A job that a service has, or may have, is not
        forgotten: it may be paid, and 'fluxlua resume' finishes it. ID is as for 'fluxlua show'.

          --ledger FILE     use another ledger
          -h, --help        print this

        exit status: 0 all of them are closed; 1 one of them is not

        """

    private static let doctor = """
        usage: fluxlua doctor --ledger[=FILE] [options]

        Checks that the ledger is whole, and that the pictures it knows are here as they were fetched. Reads all of both, which
        may take a while, and changes nothing. Says what it found and what to do.

          --ledger          look at the ledger, and at the pictures that it knows; =FILE for another ledger
          --json            one JSON object for each finding, and one for the sum
          -h, --help        print this

        exit status: 0 all is well; 1 something is wrong

        """

    private static let plan = """
        usage: fluxlua plan [--json] [options] script.lua [args]

        Runs a script without sending anything, and prints the jobs that it would ask for, which of them would be
        answered from what was already made, and what the others would cost. Each job is answered at once with a blank
        picture; flux.save writes nothing and returns the path. Everything else that the script does, it does. What it
        prints goes to stderr.

          --json            one JSON object for each job, and one for the sum
          (options)         as for a run: --simulate, --fresh, --ledger, --budget, -e, -l

        Seeds that are drawn are not known before a run. Where a script decides by what a picture shows, its plan can only
        follow one of its ways.

        """
}
