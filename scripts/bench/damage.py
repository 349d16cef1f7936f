#!/usr/bin/env python3
"""Takes the disk and the ledger away from a script in every way: the disk full from each write on; the ledger removed,
cut, with flipped bits, read-only. Checks that nothing crashes and that nothing is paid twice in silence.

    damage.py BINARY [--bits 50] [--every 1] [--seed 1] [--workers 2]
"""
import argparse, concurrent.futures, os, pathlib, random, shutil, signal, sys, tempfile, time

import kill

JOBS = 8
# With a file `draws` its seeds are drawn, and it stays at its end until there is a file `go`.
SCRIPT = """
flux.config { metadata = false, first_look = 0 }
local draws, jobs = io.open("draws"), {}
for number = 1, 8 do
  jobs[number] = flux.generate {
    model = "flux-1.1-pro", prompt = "A quay in fog", name = number .. "", width = 256, height = 256,
    seed = not draws and number or nil,
  }
end
for job in flux.completed(jobs) do flux.save(assert(job:await()), "out/{name}.{ext}") end
if draws and not io.open("go") then io.stderr:write("saved\\n") flux.sleep(1e6) end
"""


def made(service):
    return service.log()[0]


def crashed(status):
    return status is None or (status < 0 and -status != signal.SIGPIPE) or status > 3


def place_with_script(binary, service, shim=None):
    place = kill.Place(binary, service, shim)
    (place.path / "quay.lua").write_text(SCRIPT)
    return place


def run(place, **strike):
    return place.run(["quay.lua"], limit=60, **strike)


def judge(place, service, what, may_refuse=True):
    """After damage the next run either says what is wrong and asks for nothing, or has all its answers, or says that what
    was made before may not be known any more."""
    before = made(service)
    status, errors = run(place)
    problems = []
    if crashed(status):
        problems.append(f"crashed with {status}: {errors.strip()[-300:]}")
    is_told = "ledger" in errors
    if status != 0 and not (may_refuse and is_told):
        problems.append(f"status {status} without a word of the ledger: {errors.strip()[-300:]}")
    count = made(service) - before
    if count and not is_told:
        problems.append(f"{count} jobs made again in silence: {errors.strip()[-300:]}")
    if not count and sorted(path.name for path in (place.path / "out").iterdir()) != [f"{seed}.jpg" for seed in range(1, JOBS + 1)]:
        problems.append("a picture is not that of its seed")
    return [f"{what}: {problem}" for problem in problems]


def full_disk(binary, service, shim, number):
    place = place_with_script(binary, service, shim)
    before = made(service)
    status, errors = run(place, full=number)
    problems = []
    if crashed(status):
        problems.append(f"full at {number}: crashed with {status}: {errors.strip()[-300:]}")
    if status != 0 and "room" not in errors and "no space left" not in errors:
        problems.append(f"full at {number}: does not say so: {errors.strip()[-300:]}")
    if status == 0 and any(not (place.path / f"out/{seed}.jpg").exists() for seed in range(1, JOBS + 1)):
        problems.append(f"full at {number}: ended well without its files")
    status, errors = run(place)
    if status != 0:
        problems.append(f"full at {number}: with room again, status {status}: {errors.strip()[-300:]}")
    if made(service) - before != JOBS:
        problems.append(f"full at {number}: {made(service) - before} jobs made: {errors.strip()[-200:]}")
    place.close()
    return problems


class Sample:
    """A ledger as a script leaves it, to be damaged again and again, in front of a service that remembers nothing. Of a
    script that was killed it is what SQLite has in its log; then the service remembers, but no seed is known without it."""

    def __init__(self, binary, is_killed=False):
        self.is_killed = is_killed
        self.service = kill.Service(binary, faults=[])
        self.place = place_with_script(binary, self.service)
        if is_killed:
            (self.place.path / "draws").touch()
            process = self.place.start(["quay.lua"])
            while process.stderr.readline() != b"saved\n":
                pass
            process.kill()
            process.communicate()
            (self.place.path / "go").touch()
        else:
            status, errors = run(self.place)
            if status != 0:
                sys.exit(f"the undisturbed run failed: {errors}")
            self.service = self.service.forgetful()
        self.copy = self.place.path / "copy"
        shutil.copytree(self.place.data, self.copy)
        self.file = self.place.data / ("ledger.sqlite-wal" if is_killed else "ledger.sqlite")
        self.bytes = self.file.read_bytes()

    def reset(self):
        shutil.rmtree(self.place.data)
        shutil.copytree(self.copy, self.place.data)
        # Of other seeds than at first.
        for other in (self.place.path / "out").glob("*-*"):
            other.unlink()

    def damaged(self, bytes, what):
        self.reset()
        self.file.write_bytes(bytes)
        problems = judge(self.place, self.service, f"{self.file.name}: {what}")
        # What it was asked for now it knows, and would make no second time.
        if not self.is_killed and made(self.service):
            self.service = self.service.forgetful()
        return problems

    def close(self):
        self.place.close()
        self.service.end()


def damage(binary, options, index):
    """One worker's share: its own service and samples."""
    found, rounds = [], 0
    chance = random.Random(options.seed * 1000 + index)
    for is_killed in [False, True]:
        sample = Sample(binary, is_killed)
        pages = range(0, len(sample.bytes), 4096)
        for page in pages[index::options.workers]:
            for _ in range(options.bits):
                at = page + chance.randrange(min(4096, len(sample.bytes) - page))
                bit = chance.randrange(8)
                bytes = bytearray(sample.bytes)
                bytes[at] ^= 1 << bit
                found += sample.damaged(bytes, f"bit {bit} of byte {at}")
                rounds += 1
            found += sample.damaged(sample.bytes[:page], f"cut to {page} bytes")
            found += sample.damaged(sample.bytes[:page + 1000], f"cut to {page + 1000} bytes")
            rounds += 2
        if index == 0:
            sample.reset()
            for left in sample.place.data.glob("ledger.sqlite*"):
                left.unlink()
            found += judge(sample.place, sample.service, "ledger removed", may_refuse=False)
            found += sample.damaged(b"no database at all, " * 500, "another file in its place")
            rounds += 2
        sample.close()
    return found, rounds


def read_only(binary):
    """As a user who may not write: root may."""
    service = kill.Service(binary, faults=[])
    place = place_with_script(binary, service)
    for path in [place.path, *place.path.rglob("*")]:
        os.chown(path, 65534, 65534)
    before, found = made(service), []

    def as_nobody():
        process = kill.subprocess.run(
            [binary, "quay.lua"], cwd=place.path, env=place.environment, capture_output=True, text=True, user=65534,
            group=65534, extra_groups=[], timeout=60)
        return process.returncode, process.stderr

    status, errors = as_nobody()
    if status != 0:
        found.append(f"as another user: status {status}: {errors}")
    place.ledger.chmod(0o400)
    for folder_too in [False, True]:
        if folder_too:
            place.data.chmod(0o500)
        status, errors = as_nobody()
        if status == 0 or crashed(status) or "ledger" not in errors:
            found.append(f"read-only: status {status}: {errors.strip()[-300:]}")
        if made(service) - before != JOBS:
            found.append(f"read-only: {made(service) - before} jobs made")
    place.data.chmod(0o700)
    place.close()
    service.end()
    return found, 2


def report(title, begun, found, rounds):
    print(f"{title:32} {rounds:5} rounds, {len(found)} problems, {time.time() - begun:6.0f} s")
    for problem in found[:20]:
        print("   ", problem)
    return not found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("binary")
    options.add_argument("--bits", type=int, default=50, help="flipped in each page, one by one")
    options.add_argument("--every", type=int, default=1, help="only each so many-th write meets a full disk")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2)))
    options = options.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    good = True
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        shim = kill.build_shim(folder)
        service = kill.Service(binary, faults=[])
        place = place_with_script(binary, service, shim)
        count = pathlib.Path(folder) / "count"
        status, errors = run(place, count=count)
        if status != 0:
            sys.exit(f"the undisturbed run failed: {errors}")
        writes = int(count.read_text().split()[1])
        place.close()
        service.end()

        begun = time.time()
        points = range(1, writes + 1, options.every)

        def share(index):
            service = kill.Service(binary, faults=[])
            try:
                return [p for number in points[index::options.workers] for p in full_disk(binary, service, shim, number)]
            finally:
                service.end()

        found = [problem for problems in pool.map(share, range(options.workers)) for problem in problems]
        good &= report("disk full at every write", begun, found, len(points))

        begun = time.time()
        results = list(pool.map(lambda index: damage(binary, options, index), range(options.workers)))
        good &= report(
            "ledger damaged", begun, [p for found, _ in results for p in found], sum(rounds for _, rounds in results))
        if os.geteuid() == 0:
            begun = time.time()
            good &= report("ledger read-only", begun, *read_only(binary))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
