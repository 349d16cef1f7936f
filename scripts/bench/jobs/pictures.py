# Makes 4,096 JPEGs of exactly 300,000 bytes from a smaller one, FOLDER/000.jpg to FOLDER/fff.jpg. They look the same and
# differ in a comment, so that each job has a picture of its own as it has at the service.   pictures.py SMALL FOLDER
import os
import sys

small = open(sys.argv[1], "rb").read()
missing = 300_000 - len(small)
comments = []
while missing:
    size = missing if missing <= 64_000 else 60_000
    comments.append(size)
    missing -= size
for number in range(4096):
    path = f"{sys.argv[2]}/{number:03x}.jpg"
    with open(path, "wb") as file:
        # Comments are allowed before the mark that ends the picture. They are holes in the file but for its number.
        file.write(small[:-2])
        for size in comments:
            file.write(b"\xff\xfe" + (size - 2).to_bytes(2, "big") + number.to_bytes(2, "big"))
            file.seek(size - 6, os.SEEK_CUR)
        file.write(small[-2:])
    # Read once, it is in memory when the first client asks for it.
    with open(path, "rb") as file:
        file.read()
