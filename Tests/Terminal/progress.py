"""Runs a script at a pseudo-terminal while jobs are under way, and looks at the screen: progress.py PROGRAM SERVICE.

The window is narrow, gets narrower in the middle, and has wide characters in it. Everything waits for what it needs to see.
"""
import os
import sys
import time

import pexpect
import pyte

program, service, folder = sys.argv[1:4]
script = os.path.join(folder, "watch.lua")
with open(script, "w") as file:
    file.write(
        """
        local jobs = {}
        for seed = 1, 12 do
          jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "아늑한 홈 오피스, a long prompt of many words", seed = seed }
        end
        for job in flux.completed(jobs) do print("ended " .. job.seed) end
        io.write("half ") io.write("a line\\n")
        """
    )

environment = dict(os.environ, FLUX_BASE_URL=service, APIFRAME_API_KEY="afk_screen", TERM="xterm-256color")
environment.pop("NO_COLOR", None)
rows = 24
child = pexpect.spawn(program, [script], env=environment, dimensions=(rows, 60), encoding=None, cwd=folder)
screen = pyte.Screen(60, rows)
stream = pyte.ByteStream(screen)


def lines():
    return [line.rstrip() for line in screen.display if line.strip()]


def progress():
    return [line for line in lines() if " of 12 done" in line]


def read_until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"never seen: {what}\n" + "\n".join(lines())
        try:
            stream.feed(child.read_nonblocking(4096, timeout=1))
        except pexpect.TIMEOUT:
            continue
        except pexpect.EOF:
            assert condition(), f"ended without: {what}\n" + "\n".join(lines())
            return


read_until(lambda: progress() and any("flux-1.1-pro" in line for line in lines()), "a progress line and a running job")
assert len(progress()) == 1
# The lines of what runs are cut to the window, also where characters are two cells wide.
assert all(len(line) <= 59 for line in lines()), lines()

screen.resize(rows, 40)
child.setwinsize(rows, 40)
read_until(lambda: any("ended" in line for line in lines()) and progress(), "output and progress")
assert len(progress()) == 1, lines()

read_until(lambda: any("12 jobs: 12 made" in line for line in lines()), "the end")
while True:
    try:
        stream.feed(child.read_nonblocking(4096, timeout=10))
    except pexpect.EOF:
        break
shown = lines()
# After the end: what the script printed, whole, and nothing else.
assert not progress(), shown
assert sorted(line for line in shown if line.startswith("ended")) == sorted(f"ended {seed}" for seed in range(1, 13)), shown
assert "half a line" in shown, shown
assert not any("flux-1.1-pro" in line for line in shown), shown
child.close()
assert child.exitstatus == 0, child.exitstatus
