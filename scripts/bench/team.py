#!/usr/bin/env python3
"""Several members of a team at work on one ledger, in a PostgreSQL database of its own, beside the local service.

    team.py BINARY kill  [--members 4] [--jobs 400] [--kills 12] [--seed 1]
    team.py BINARY watch [--members 4] [--jobs 1000] [--seconds 15]
    team.py BINARY rate  [--members 8] [--jobs 5000]

kill: all make the same sweep. They are killed and begin again, the database restarts and crashes, all connections are cut for
some seconds, and answers are lost. Then each picture must be made and billed once, every member must have all of them, and the
budget of the team, which is just what the sweep costs, must not have been exceeded at any look.
watch: the looks of members that share jobs, and how long after its completion a script sees a job as completed, beside one
member that has all of them.
rate: jobs of no duration, each member its own; what they cost members, database and service.
"""
import argparse, json, os, pathlib, pwd, random, resource, shutil, signal, socket, subprocess, sys, tempfile, threading, time
import urllib.request

KEY = "afk_of_the_team"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Database:
    """A PostgreSQL server in a folder of its own; it refuses to run as root."""

    def __init__(self, folder):
        self.folder, self.port = folder / "postgresql", free_port()
        self.folder.mkdir()
        self.programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.user = []
        if os.geteuid() == 0:
            postgres = pwd.getpwnam("postgres")
            shutil.chown(self.folder, postgres.pw_uid, postgres.pw_gid)
            self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.run("initdb", "-D", self.folder / "data", "-U", "fluxlua", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()
        self.sql("CREATE DATABASE team", database="postgres")

    def run(self, program, *arguments):
        subprocess.run(
            [*self.user, self.programs / program, *arguments], check=True, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL)

    def control(self, *arguments):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self.run("pg_ctl", "-w", "-s", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, *arguments)

    def start(self):
        self.control("start")

    def stop(self, mode):
        self.control("-m", mode, "stop")

    def sql(self, text, database="team"):
        address = f"postgresql://fluxlua@127.0.0.1:{self.port}/{database}"
        command = [self.programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, address]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def processor_time(self):
        """Seconds, with all connections that have ended."""
        server = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        fields = pathlib.Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


class Relay:
    """Leads to the database, and can be cut."""

    def __init__(self, port):
        self.target, self.is_cut, self.ends = port, False, set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                if self.is_cut:
                    raise ConnectionError
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self.ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def close(*ends):
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def carry(self, source, sink):
        try:
            while some := source.recv(1 << 16):
                sink.sendall(some)
        except OSError:
            pass
        self.close(source, sink)

    def cut(self):
        self.is_cut = True
        self.close(*self.ends)
        self.ends = set()


class Service:
    def __init__(self, binary, *options):
        command = [binary, "serve", "--port", "0", "--credits", "1000000000", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = next(word for word in self.process.stdout.readline().split() if "://" in word)

    def log(self):
        with urllib.request.urlopen(self.url + "/_sim/log") as answer:
            return json.load(answer)

    def looks(self):
        requests = self.log()["requests"]
        return requests.get("GET /v2/jobs", 0) + requests.get("GET /v2/jobs/{id}", 0)

    def processor_time(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


class Team:
    def __init__(self, binary, folder, service, port, script):
        self.binary, self.folder, self.service, self.port = binary, folder, service, port
        self.script = folder / "sweep.lua"
        self.script.write_text(script)

    def start(self, number, *arguments, output=None):
        home = self.folder / f"member-{number}"
        home.mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "FLUX_BASE_URL": self.service.url,
            "APIFRAME_API_KEY": KEY, "FLUX_MEMBER": f"member-{number}",
            "FLUX_LEDGER": f"postgresql://fluxlua@127.0.0.1:{self.port}/team",
        }
        with open(home / "output", "w") as kept, open(home / "error", "a") as error:
            return subprocess.Popen(
                [self.binary, self.script, *arguments], cwd=home, env=environment, stdout=output or kept, stderr=error)

    def output(self, number):
        return (self.folder / f"member-{number}/output").read_text()

    def error(self, number):
        return (self.folder / f"member-{number}/error").read_text()


def sweep(jobs, prompt):
    return f"""
flux.config {{ concurrency = 2000 }}
local result = flux.sweep {{
  model = "flux-1.1-pro", prompt = {prompt}, seed = flux.seeds({jobs}), width = 256, height = 256,
}}:run()
local found = 0
for _, job in ipairs(result.jobs) do
  if job.ok then io.open(job.images[1].path, "rb"):close() found = found + 1 end
end
print(#result.jobs, result.failed, found)
"""


def kill(binary, folder, options):
    random.seed(options.seed)
    database, service = Database(folder), Service(
        binary, "--job-time", "2", "--at-once", "64", "--fault", "drop-answer:call=submit,rate=0.05")
    relay = Relay(database.port)
    team = Team(binary, folder, service, relay.port, sweep(options.jobs, '"a red mug"'))
    budget, most, is_over = options.jobs * 10, 0, threading.Event()

    def look():
        nonlocal most
        while not is_over.wait(0.05):
            most = max(most, service.log()["credits"]["billed"])

    threading.Thread(target=look, daemon=True).start()
    running = [team.start(number) for number in range(options.members)]
    time.sleep(2)
    account = database.sql("SELECT account FROM fluxlua.runs LIMIT 1")
    database.sql(f"INSERT INTO fluxlua.budgets VALUES ('{account}', {budget})")
    events = [(random.uniform(1, 14), "kill") for _ in range(options.kills)]
    began = time.monotonic()
    for moment, what in sorted(events + [(4, "restart"), (9, "crash"), (12, "cut")]):
        time.sleep(max(0, began + moment - time.monotonic()))
        if what == "kill":
            victim = random.randrange(options.members)
            running[victim].kill()
            running[victim].wait()
            running[victim] = team.start(victim)
        elif what == "cut":
            relay.cut()
            time.sleep(3)
            relay.is_cut = False
        else:
            database.stop("fast" if what == "restart" else "immediate")
            time.sleep(1)
            database.start()
    statuses = [member.wait(timeout=300) for member in running]
    is_over.set()
    log = service.log()
    made, billed = log["jobs"]["made"], log["credits"]["billed"]
    wanted = f"{options.jobs}\t0\t{options.jobs}\n"
    problems = [f"made {made} and billed {billed} of {budget}"] if (made, billed) != (options.jobs, budget) else []
    problems += [f"{most} credits were billed at one moment"] if most > budget else []
    for number, status in enumerate(statuses):
        if status != 0 or team.output(number) != wanted:
            problems.append(f"member {number} ended with {status}: {team.output(number)}{team.error(number)}")
    print(f"{options.members} members, {options.kills} kills: {made} made, {billed} billed, {log['jobs']['replayed']} replayed")
    service.end()
    database.stop("immediate")
    if problems:
        sys.exit("\n".join(problems))


def watch(binary, folder, options):
    script = (pathlib.Path(__file__).parent / "service/watch.lua").read_text()
    print("members      looks   lag, mean   lag, 95 of 100   lag, most      wall")
    for members in (1, options.members):
        place = folder / str(members)
        place.mkdir()
        database, service = Database(place), Service(
            binary, "--job-time", str(options.seconds), "--at-once", str(options.jobs))
        team = Team(binary, place, service, database.port, script)
        began, lags = time.monotonic(), []

        def listen(member):
            for line in member.stdout:
                lags.append(time.time() - float(line))

        jobs = options.jobs // members
        running = [
            team.start(number, str(jobs), f"mug of {number}", output=subprocess.PIPE) for number in range(members)]
        listeners = [threading.Thread(target=listen, args=(member,)) for member in running]
        for listener in listeners:
            listener.start()
        for member, listener in zip(running, listeners):
            assert member.wait(timeout=300) == 0
            listener.join()
        wall = time.monotonic() - began
        assert len(lags) == jobs * members, f"{len(lags)} of {jobs * members} jobs were noticed"
        lags.sort()
        print(
            f"{members:7} {service.looks():10} {sum(lags) / len(lags):9.2f} s {lags[len(lags) * 95 // 100]:14.2f} s "
            f"{lags[-1]:9.2f} s {wall:7.1f} s")
        service.end()
        database.stop("immediate")


def rate(binary, folder, options):
    database, service = Database(folder), Service(binary, "--job-time", "0", "--at-once", str(options.jobs))
    team = Team(binary, folder, service, database.port, sweep(options.jobs // options.members, '"mug of " .. arg[1]'))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    running = [team.start(number, str(number)) for number in range(options.members)]
    for member in running:
        assert member.wait(timeout=300) == 0
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    jobs = options.jobs // options.members * options.members
    written, size, commits = database.sql(
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'), pg_database_size('team'), xact_commit FROM pg_stat_database "
        "WHERE datname = 'team'").split("|")
    print(f"{jobs} jobs of {options.members} members in {wall:.1f} s: {jobs / wall:.0f} a second")
    print("processor time a job, in milliseconds")
    for name, seconds in (
        ("members, user", after.ru_utime - before.ru_utime), ("members, system", after.ru_stime - before.ru_stime),
        ("database", database.processor_time()), ("service", service.processor_time()),
    ):
        print(f"  {name:16} {seconds * 1000 / jobs:6.2f}")
    print(f"database: {int(commits) / jobs:.2f} transactions and {int(size) / jobs / 1024:.1f} KB a job")
    service.end()
    database.stop("immediate")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    modes = parser.add_subparsers(dest="mode", required=True)
    for mode, members, jobs in (("kill", 4, 400), ("watch", 4, 1000), ("rate", 8, 5000)):
        one = modes.add_parser(mode)
        one.add_argument("--members", type=int, default=members)
        one.add_argument("--jobs", type=int, default=jobs)
        one.add_argument("--kills", type=int, default=12)
        one.add_argument("--seed", type=int, default=1)
        one.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fluxlua-team-", ignore_cleanup_errors=True) as folder:
        # The database's user passes through.
        os.chmod(folder, 0o755)
        {"kill": kill, "watch": watch, "rate": rate}[options.mode](options.binary, pathlib.Path(folder), options)


if __name__ == "__main__":
    main()
