#!/usr/bin/env python3
"""Kills a script of 40 jobs at every transition and at random moments, with lost answers and refusals mixed in, runs it
again, and checks that the service made and billed exactly 40 jobs and that all 40 files are whole.

    kill.py BINARY [--random 300] [--transitions all|N] [--seed 1] [--workers 2]
"""
import argparse, concurrent.futures, hashlib, json, os, pathlib, random, shutil, signal, sqlite3, subprocess, sys
import tempfile, time
import urllib.request

HERE = pathlib.Path(__file__).parent
JOBS = 40
FAULTS = ["drop-answer:every=7", "429:call=submit,every=9", "503:call=job,every=50", "503:call=jobs,every=11"]


class Service:
    """The local service as a process of its own."""

    def __init__(self, binary, faults=FAULTS, port="0"):
        self.binary, self.faults = binary, faults
        command = [binary, "serve", "--port", port, "--job-time", "0.15", "--credits", "1000000000"]
        for fault in faults:
            command += ["--fault", fault]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = next(word for word in self.process.stdout.readline().split() if "://" in word)

    def log(self):
        with urllib.request.urlopen(self.url + "/_sim/log") as answer:
            log = json.load(answer)
        return log["jobs"]["made"], log["credits"]["billed"]

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def forgetful(self):
        """Another one in its place, at the same address, which knows no key and no job of those before."""
        self.end()
        return Service(self.binary, self.faults, self.url.rsplit(":", 1)[1])


class Place:
    """A home of its own for one script, and a key of its own: nothing of another round answers here."""

    def __init__(self, binary, service, shim=None):
        self.folder = tempfile.TemporaryDirectory(prefix="fluxlua-kill-")
        self.path = pathlib.Path(self.folder.name)
        self.binary, self.shim = binary, shim
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.path), "TMPDIR": str(self.path), "LANG": "C.UTF-8",
            "FLUX_BASE_URL": service.url, "APIFRAME_API_KEY": "afk_" + self.path.name.split("-")[-1],
        }
        self.data = self.path / ".local/share/fluxlua"
        self.ledger = self.data / "ledger.sqlite"

    def start(self, arguments=None, **strike):
        environment = dict(self.environment)
        if strike:
            environment["LD_PRELOAD"] = str(self.shim)
            environment.update({"STRIKE_" + name.upper(): str(value) for name, value in strike.items()})
        return subprocess.Popen(
            [self.binary] + (arguments or [str(HERE / "kill.lua"), str(JOBS)]), cwd=self.path, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, arguments=None, limit=120, **strike):
        process = self.start(arguments, **strike)
        try:
            _, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "did not end"
        return process.returncode, errors.decode(errors="replace")

    def ended(self):
        """Whether the last run is noted as ended well: there is nothing left to take up then."""
        if not self.ledger.exists():
            return False
        ledger = sqlite3.connect(self.ledger)
        try:
            row = ledger.execute("SELECT outcome FROM runs ORDER BY id DESC LIMIT 1").fetchone()
            return row == ("clean",)
        except sqlite3.OperationalError:
            return False
        finally:
            ledger.close()

    def problems(self):
        """What is wrong with the files, by the ledger's own hashes."""
        found = []
        ledger = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        rows = ledger.execute("PRAGMA integrity_check").fetchall()
        if rows != [("ok",)]:
            found.append(f"ledger: {rows[0][0]}")
        hashes = dict(ledger.execute(
            "SELECT path, sha256 FROM saves JOIN pictures USING (request, place)").fetchall())
        states = dict(ledger.execute("SELECT state, count(*) FROM requests GROUP BY state").fetchall())
        if states != {"fetched": JOBS}:
            found.append(f"states {states}")
        for number in range(1, JOBS + 1):
            path = self.path / "out" / f"{number}.jpg"
            if not path.exists():
                found.append(f"{path.name} is missing")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != hashes.get(str(path)):
                found.append(f"{path.name} is not what was fetched")
        extra = sorted(p.name for p in (self.path / "out").iterdir() if not p.name.startswith("."))
        if len(extra) != JOBS:
            found.append(f"{len(extra)} files")
        return found

    def close(self):
        self.folder.cleanup()


def finish(place, service, before, what):
    """Runs the script again, and gives what is wrong then."""
    # Run again after its end, a script draws new seeds: that would be another run.
    if not place.ended():
        status, errors = place.run()
        if status != 0:
            return [f"{what}: status {status} when it was run again: {errors.strip()[-300:]}"]
    problems = place.problems()
    made, billed = (after - earlier for after, earlier in zip(service.log(), before))
    if (made, billed) != (JOBS, JOBS * 10):
        problems.append(f"{made} jobs made, {billed} credits billed")
    return [f"{what}: {problem}" for problem in problems]


def killed_at_call(binary, service, shim, number):
    place = Place(binary, service, shim)
    before = service.log()
    status, _ = place.run(kill=number)
    # Fewer calls this time: it came to its end. What holds after a kill must hold after that too.
    problems = finish(place, service, before, f"call {number}")
    place.close()
    return problems, status == -signal.SIGKILL


def killed_at_moment(binary, service, shim, seconds):
    place = Place(binary, service)
    before = service.log()
    process = place.start()
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    problems = finish(place, service, before, f"after {seconds:.3f} s")
    place.close()
    return problems, process.returncode == -signal.SIGKILL


def many(binary, shim, workers, strike, moments, title):
    """Each worker has a service of its own, whose counts are those of its rounds alone."""
    begun = time.time()
    problems, kills = [], 0
    shares = [moments[index::workers] for index in range(workers)]

    def work(share):
        service = Service(binary)
        try:
            return [strike(binary, service, shim, moment) for moment in share]
        finally:
            service.end()

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for results in pool.map(work, shares):
            for found, hit in results:
                problems += found
                kills += hit
    print(f"{title:32} {kills:5} kills of {len(moments):5} rounds, {len(problems)} problems, {time.time() - begun:6.0f} s")
    for problem in problems[:20]:
        print("   ", problem)
    return not problems


def build_shim(folder):
    shim = pathlib.Path(folder) / "strike.so"
    compiler = os.environ.get("CC") or shutil.which("cc") or "clang"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, HERE / "strike.c", "-ldl"], check=True)
    return shim


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("binary")
    options.add_argument("--random", type=int, default=300)
    options.add_argument("--transitions", default="all", help="all, or about so many of them")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2)))
    options = options.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        shim = build_shim(folder)
        # How long an undisturbed run takes, and by how many calls it leaves traces.
        service = Service(binary)
        place = Place(binary, service, shim)
        count, begun = pathlib.Path(folder) / "count", time.time()
        status, errors = place.run(count=count)
        usual = time.time() - begun
        if status != 0:
            sys.exit(f"the undisturbed run failed: {errors}")
        calls = int(count.read_text().split()[0])
        place.close()
        service.end()
        print(f"an undisturbed run: {usual:.2f} s, {calls} calls that leave traces")
        points = list(range(1, 2 * calls + 1))
        if options.transitions != "all":
            points = points[:: max(1, len(points) // max(1, int(options.transitions)))]
        good = many(binary, shim, options.workers, killed_at_call, points, "killed at every transition")
        moments = [random.uniform(0, usual * 1.1) for _ in range(options.random)]
        good &= many(binary, shim, options.workers, killed_at_moment, moments, "killed at random moments")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
