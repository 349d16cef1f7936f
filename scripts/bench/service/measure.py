# Measures the program against its own local service, each section in fresh processes, and prints lines of the table.
#   measure.py BINARY FOLDER SECTION...        sections: watch many faults
import atexit
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

from line import missed, row

binary, scripts = sys.argv[1], sys.argv[2]
started = []


@atexit.register
def end_all():
    """Also when a section fails, nothing goes on running."""
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


class Service:
    """A `fluxlua serve` of its own, on a free port or on the one that it had before."""

    def __init__(self, *options, port=0):
        self.process = subprocess.Popen(
            [binary, "serve", "--port", str(port), *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        started.append(self.process)
        line = self.process.stdout.readline()
        self.url = next(word for word in line.split() if "://" in word)
        self.port = int(self.url.rsplit(":", 1)[1])

    def log(self):
        with urllib.request.urlopen(self.url + "/_sim/log") as answer:
            return json.load(answer)

    def looks(self):
        requests = self.log()["requests"]
        return requests.get("GET /v2/jobs", 0) + requests.get("GET /v2/jobs/{id}", 0)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def start(script, count, service):
    environment = dict(
        os.environ, FLUX_BASE_URL=service.url, APIFRAME_API_KEY="afk_bench",
        XDG_DATA_HOME=os.path.join(os.getcwd(), f"data-{time.time_ns()}"))
    started.append(subprocess.Popen(
        [binary, f"{scripts}/{script}.lua", str(count)], stdout=subprocess.PIPE, text=True, env=environment))
    return started[-1]


def status(process, name):
    """Kilobytes of a line of the process's status."""
    with open(f"/proc/{process.pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as line:
        fields = line.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watch(count=1000):
    service = Service("--speed", "15", "--at-once", str(count), "--credits", "1000000")
    client = start("watch", count, service)
    lags = []
    looks = peak = 0
    for line in client.stdout:
        lags.append(time.time() - float(line))
        if len(lags) == count:
            looks, peak = service.looks(), status(client, "VmHWM")
    client.wait()
    service.end()
    assert len(lags) == count, f"{len(lags)} of {count} jobs were noticed"
    lags.sort()
    asked = "at most 200"
    row(f"{count} jobs of 15 s: requests to watch", f"{looks}", asked, f"{peak / 1024:.0f} MB", missed(asked, looks))
    for name, lag, asked in (("mean", statistics.mean(lags), "at most 0.7 s"),
                             ("95th of 100", lags[int(count * 0.95)], "at most 1.5 s")):
        row(f"  from completion to notice: {name}", f"{lag:.2f} s", asked, verdict=missed(asked, ours=lag))


def many():
    costs = {}
    for count in (2_000, 10_000):
        service = Service("--speed", "600", "--at-once", str(count), "--credits", "10000000")
        client = start("many", count, service)
        assert client.stdout.readline() == "accepted\n"
        time.sleep(2)
        before, pages, began = processor_seconds(client), service.looks(), time.time()
        # Several rounds of each: the more jobs, the rarer they are.
        time.sleep(count / 1000 * 4)
        while (looks := service.looks() - pages) < count / 100:
            if time.time() - began > count / 1000 * 16:
                sys.exit(f"measure: {count} jobs had {looks} looks in {time.time() - began:.0f} s, which is no round")
            time.sleep(0.5)
        costs[count] = (processor_seconds(client) - before) / looks
        memory = status(client, "VmHWM") / 1024
        asked = "at most 150 MB" if count == 10_000 else ""
        row(f"{count} jobs in flight: processor for a round", f"{costs[count] * count / 100 * 1000:.0f} ms", asked,
            f"{memory:.0f} MB", missed(asked, memory=memory))
        client.kill()
        client.wait()
        service.end()
    row("  for each job, 10000 beside 2000", f"{costs[10_000] / costs[2_000]:.2f}", "about 1")


def settle(what, count, options, disturb=None):
    began = time.time()
    service = Service("--credits", "1000000", "--at-once", "1000", "--seed", "1", *options)
    client = start("settle", count, service)
    earlier = {"made": 0, "completed": 0}
    if disturb:
        service, earlier = disturb(service)
    succeeded, pictures = map(int, client.stdout.read().split())
    client.wait()
    # A service that was started again has counted anew.
    jobs = {name: service.log()["jobs"][name] + earlier[name] for name in earlier}
    service.end()
    good = client.returncode == 0 and succeeded == pictures == jobs["made"] == jobs["completed"] == count
    row(f"{what}: {count} jobs", f"{succeeded} made, {jobs['made']} billed, {time.time() - began:.0f} s",
        f"{count}, {count}: {'yes' if good else 'NO'}")
    return good


def gone(service):
    time.sleep(3)
    port, jobs = service.port, service.log()["jobs"]
    service.end()
    time.sleep(60)
    again = Service("--credits", "1000000", "--at-once", "1000", "--speed", "5", "--state", "state.sqlite", port=port)
    return again, jobs


def faults(count=200):
    rules = {
        "20% 429": ["429:every=5,retry-after=1"],
        "10% 5xx": ["503:every=10"],
        "5% lost answers": ["drop-answer:every=20"],
        "5% cut downloads": ["cut:call=picture,every=20"],
    }
    rules["all of these"] = [rule for some in list(rules.values()) for rule in some]
    results = [
        settle(what, count, [word for rule in some for word in ("--fault", rule)]) for what, some in rules.items()
    ]
    results.append(
        settle("gone for 60 s", count, ["--speed", "5", "--state", "state.sqlite"], disturb=gone))
    if not all(results):
        sys.exit("measure: a fault run did not settle all its jobs")


for section in sys.argv[3:]:
    {"watch": watch, "many": many, "faults": faults}[section]()
