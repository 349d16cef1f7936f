# Makes a JPEG of exactly 300,000 bytes from a smaller one.   picture.py SMALL LARGE
import sys

small = open(sys.argv[1], "rb").read()
missing = 300_000 - len(small)
comments = b""
while missing:
    size = missing if missing <= 64_000 else 60_000
    comments += b"\xff\xfe" + (size - 2).to_bytes(2, "big") + b"x" * (size - 4)
    missing -= size
# Comments are allowed before the mark that ends the picture.
open(sys.argv[2], "wb").write(small[:-2] + comments + small[-2:])
