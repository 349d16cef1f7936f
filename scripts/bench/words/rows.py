# The same as rows.lua with Python's csv.   rows.py FILE COUNT [print]
import csv
import sys

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))
assert len(rows) == int(sys.argv[2]), len(rows)
if sys.argv[3:]:
    for row in rows:
        print(*row.values(), sep="\t")
