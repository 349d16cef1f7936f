"""Watches jobs at a pseudo-terminal while a script asks for more: watch.py PROGRAM SERVICE FOLDER."""
import os
import subprocess
import sys
import time

import pexpect
import pyte

program, service, folder = sys.argv[1:4]
environment = dict(os.environ, FLUX_BASE_URL=service, APIFRAME_API_KEY="afk_of_the_tests", TERM="xterm-256color")
script = 'flux.config { first_look = 0 } flux.await(flux.generate { prompt = "a mug", seed = tonumber(arg[1]) })'
with open(os.path.join(folder, "ask.lua"), "w") as file:
    file.write(script)


def ask(seed):
    subprocess.run(
        [program, "ask.lua", str(seed)], env=environment, cwd=folder, check=True, stderr=subprocess.DEVNULL)


screen = pyte.Screen(80, 8)
stream = pyte.Stream(screen)
ask(1)
child = pexpect.spawn(program, ["jobs", "--watch"], env=environment, encoding="utf-8", cwd=folder, dimensions=(8, 80))


def shown():
    return [line.rstrip() for line in screen.display if line.strip()]


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition(shown()):
        assert time.monotonic() < end, shown()
        try:
            stream.feed(child.read_nonblocking(65536, timeout=1))
        except pexpect.TIMEOUT:
            pass


wait_until(lambda lines: len(lines) == 2 and lines[0].startswith("ID") and " COMPLETED " in lines[1])
ask(2)
wait_until(lambda lines: len(lines) == 3 and all(" COMPLETED " in line for line in lines[1:]))
# The newest fill the window, with its title, and push nothing out of it.
for seed in range(3, 12):
    ask(seed)
wait_until(lambda lines: lines[1].startswith("11 ") and " COMPLETED " in lines[1])
assert shown()[0].startswith("ID") and 5 <= len(shown()) <= 7, shown()
assert screen.cursor.y == 0, screen.cursor.y
child.sendintr()
child.expect(pexpect.EOF)
child.close()
assert child.exitstatus == 130, child.exitstatus
