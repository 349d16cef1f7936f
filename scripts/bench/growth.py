#!/usr/bin/env python3
"""How cost grows with the number of jobs: a script of 1,000, 10,000 and 100,000 jobs on the local service, each on a ledger of
its own, and what people do with that ledger then. A figure for each job beside that of the fewest tells what grows faster
than the work.

    growth.py BINARY [--sizes 1000 10000 100000] [--folder FOLDER]
"""
import argparse, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent


class Service:
    """The local service as a process of its own, with a data folder of its own."""

    def __init__(self, binary, folder):
        environment = dict(os.environ, XDG_DATA_HOME=str(folder))
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--key", "afk_bench", "--speed", "instant", "--credits", "1000000000"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.url = next(word for word in self.process.stdout.readline().split() if "://" in word)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def measured(command, folder, environment):
    """Wall and processor seconds and peak megabytes of a program, which has to end well."""
    begun = time.monotonic()
    with open(folder / "said.txt", "wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    if status != 0:
        sys.exit(f"growth: '{' '.join(command[1:])}' failed: {(folder / 'said.txt').read_text()[-500:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rows_of(binary, size, place):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"growth-{size}-", dir=place))
    (folder / "service").mkdir()
    service = Service(binary, folder / "service")
    environment = dict(
        os.environ, FLUX_BASE_URL=service.url, APIFRAME_API_KEY="afk_bench", XDG_DATA_HOME=str(folder / "data"))
    script = [binary, "--quiet", str(HERE / "growth.lua"), str(size)]
    try:
        wall, processor, memory = measured(script, folder, environment)
        ledger = sum(path.stat().st_size for path in (folder / "data/fluxlua").glob("ledger.sqlite*"))
        rows = {
            "processor time a job, ms": processor / size * 1000,
            "memory at the most, MB": memory,
            "memory a job, KB": memory * 1024 / size,
            "ledger a job, KB": ledger / size / 1024,
        }
        for name, command in {
            "the same again, s": script,
            "plan, s": [binary, "plan", *script[2:]],
            "jobs (the last ones), s": [binary, "jobs"],
            "jobs (all of them), s": [binary, "jobs", "--limit", str(size)],
            "resume (nothing is open), s": [binary, "resume"],
            "budget, s": [binary, "budget"],
            "gallery of the run, s": [binary, "gallery", "--run", "1", "--to", "page"],
        }.items():
            rows[name] = measured(command, folder, environment)[0]
        return rows
    finally:
        service.end()
        shutil.rmtree(folder)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--folder", help="where files are made: a memory file system unless told otherwise")
    options = options.parse_args()
    place = options.folder or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    table = {}
    for size in options.sizes:
        table[size] = rows_of(str(pathlib.Path(options.binary).resolve()), size, place)
        print(f"{size} jobs are done", file=sys.stderr)
    print(f"{'':30}" + "".join(f"{size:>12,}" for size in table) + "   each job, last beside first")
    first, last = min(table), max(table)
    for name in table[first]:
        is_per_job = " a job" in name
        growth = table[last][name] / table[first][name]
        if not is_per_job:
            growth *= first / last
        print(f"{name:30}" + "".join(f"{table[size][name]:12.2f}" for size in table) + f"   × {growth:.2f}")


if __name__ == "__main__":
    main()
