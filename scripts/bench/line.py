"""The table of scripts/bench.sh: each row tells medians and how far apart the runs were.

    line.py --head TEXT
    line.py WHAT ASKED OURS [THEIRS] [--of QUANTITY]

OURS and THEIRS are files with a line for each run: wall seconds, peak kilobytes, user seconds, system seconds, or `failed`.
QUANTITY is what the row compares: wall (default), user, system, processor (user and system) or memory. ASKED are limits
with commas between them: `at most 0.5` of the peer, `at most 0.5 s`, `80 MB`; other text is only shown. A limit that does
not hold is told at the end of the row. The spread is half the distance between the quartiles, in hundredths of the median.
"""
import argparse
import re
import statistics

COLUMNS = {"wall": [0], "memory": [1], "user": [2], "system": [3], "processor": [2, 3]}


def row(what, numbers, asked, memory="", verdict=""):
    """Prints a row. `numbers` stands below `fluxlua`, `peer`, `ratio` and `spread`."""
    print(f"{what:46} {numbers:>41}   {asked:20} {memory:>15}  {verdict}".rstrip(), flush=True)


def numbers(ours, theirs="-", ratio="-", spread=""):
    return f"{ours:>9} {theirs:>9} {ratio:>6} {spread:>14}"


class Runs:
    """What the runs of one program took."""

    def __init__(self, file):
        with open(file) as lines:
            words = [line.split() for line in lines]
        self.count = len(words)
        self.good = [[float(word) for word in line] for line in words if line != ["failed"]]
        self.failed = self.count - len(self.good)

    def values(self, quantity):
        return [sum(run[column] for column in COLUMNS[quantity]) for run in self.good]

    def median(self, quantity):
        return statistics.median(self.values(quantity))

    def spread(self, quantity):
        values = self.values(quantity)
        if len(values) < 2 or not self.median(quantity):
            return "-"
        quarters = statistics.quantiles(values, n=4, method="inclusive")
        return f"{(quarters[2] - quarters[0]) / 2 / self.median(quantity) * 100:.0f}%"


def megabytes(runs):
    return f"{runs.median('memory') / 1024:.0f} MB"


def missed(asked, ratio=None, ours=None, memory=None):
    """The limits of ASKED that do not hold, in words. `ratio` is any number without a unit, `ours` seconds, or megabytes in
    a row of memory; `memory` megabytes.
    """
    limits = []
    for limit in asked.split(", "):
        match = re.fullmatch(r"(?:at most )?([0-9.]+)( s| MB)?", limit)
        value = match and {None: ratio, " s": ours, " MB": memory}[match[2]]
        if value is not None and value > float(match[1]):
            limits.append(limit)
    return "missed: " + ", ".join(limits) if limits else ""


def compare(what, asked, ours, theirs, quantity):
    failures = [f"{runs.failed} of {runs.count} runs of {name} FAILED"
                for name, runs in (("fluxlua", ours), ("the peer", theirs)) if runs and runs.failed]
    if not ours.good or theirs and not theirs.good:
        row(what, "", asked, "", ", ".join(failures) or "not measured")
        return

    def shown(runs):
        return megabytes(runs) if quantity == "memory" else f"{runs.median(quantity):.2f} s"

    value = ours.median(quantity)
    ratio = value / theirs.median(quantity) if theirs and theirs.median(quantity) else None
    verdicts = failures + [missed(asked, ratio, value, ours.median("memory") / 1024)]
    both = [runs for runs in (ours, theirs) if runs]
    row(
        what,
        numbers(
            shown(ours), shown(theirs) if theirs else "-", f"{ratio:.2f}" if ratio is not None else "-",
            "± " + ", ".join(runs.spread(quantity) for runs in both)),
        asked, ", ".join(megabytes(runs) for runs in both),
        ", ".join(verdict for verdict in verdicts if verdict))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--head")
    parser.add_argument("--of", choices=COLUMNS, default="wall")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    if options.head:
        row(options.head, numbers("fluxlua", "peer", "ratio", "spread"), "asked", "memory")
        return
    what, asked, ours, *theirs = options.words
    compare(what, asked, Runs(ours), Runs(theirs[0]) if theirs else None, options.of)


if __name__ == "__main__":
    main()
