# Writes a table as spreadsheets do: commas, quotes and line breaks within quotes.   table.py ROWS FILE
import csv
import sys

with open(sys.argv[2], "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["name", "prompt", "seed", "width", "headline", "note"])
    for number in range(int(sys.argv[1])):
        table.writerow([
            f"mug-{number}", f"a red mug on marble, soft light from the left, {number % 90} mm lens, very calm", number, 1024,
            f'The "{number % 7}th" mug', "first line,\nsecond line" if number % 10 == 0 else "plain",
        ])
