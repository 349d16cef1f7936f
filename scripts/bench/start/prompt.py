# Starts a program so many times on a terminal of its own, each until its prompt is there, and prints wall seconds, peak
# kilobytes, user and system seconds of all together.   prompt.py COUNT PROGRAM [ARGUMENT]...
import os
import pty
import select
import signal
import sys
import time

count, command = int(sys.argv[1]), sys.argv[2:]
wall = memory = user = system = 0
for _ in range(count):
    began = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(command[0], command)
    shown = b""
    while b"> " not in shown:
        if not select.select([terminal], [], [], 10)[0]:
            sys.exit(f"prompt: {command[0]} shows no prompt: {shown!r}")
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            sys.exit(f"prompt: {command[0]} ended before its prompt: {shown!r}")
    wall += time.perf_counter() - began
    os.kill(process, signal.SIGKILL)
    usage = os.wait4(process, 0)[2]
    os.close(terminal)
    memory = max(memory, usage.ru_maxrss)
    user += usage.ru_utime
    system += usage.ru_stime
print(f"{wall:.3f} {memory} {user:.3f} {system:.3f}")
