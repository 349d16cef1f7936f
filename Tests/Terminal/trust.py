"""Answers the question whether a project's settings file may run, at a pseudo-terminal: trust.py PROGRAM SERVICE FOLDER."""
import os
import sys

import pexpect

program, service, folder = sys.argv[1:4]
environment = dict(os.environ, HOME=folder, FLUX_BASE_URL=service, TERM="xterm-256color")
for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
    environment.pop(name, None)
question = "Run it, now and in future? [y/N] "
settings = os.path.join(folder, ".fluxlua.lua")


def write(text):
    with open(settings, "w") as file:
        file.write(text)


def run(arguments, answer=None):
    child = pexpect.spawn(program, arguments, env=environment, encoding="utf-8", cwd=folder, timeout=60)
    if answer is not None:
        child.expect_exact(question)
        asked = child.before
        assert settings in asked, asked
        child.send(answer)
    child.expect(pexpect.EOF)
    child.close()
    return (asked if answer is not None else "") + child.before, child.exitstatus


show = ["-e", "print('out is ' .. flux.config().out)"]
# What would move the cursor is not shown as it is.
write("flux.config { out = 'chosen' } --\x1b[2Jhidden\n")
output, status = run(show, "n")
assert "out is out" in output and status == 0, output
assert "flux.config { out = 'chosen' } -- [2Jhidden" in output, repr(output)
output, status = run(show)
assert question not in output and "out is out" in output, output
output, status = run(["trust"], "y")
assert "runs before scripts, as it is now" in output and status == 0, output
output, status = run(show)
assert question not in output and "out is chosen" in output, output

write("flux.config { out = 'other' }\n")
output, status = run(show, "\x03")
assert "out is" not in output and status == 130, (output, status)
output, status = run(show, "y")
assert "out is other" in output and status == 0, output
output, status = run(show)
assert question not in output and "out is other" in output, output
