"""Types a key at a pseudo-terminal: login.py PROGRAM SERVICE FOLDER. What is typed must not be seen."""
import os
import sys

import pexpect

program, service, folder = sys.argv[1:4]
environment = dict(os.environ, HOME=folder, FLUX_BASE_URL=service, TERM="xterm-256color")
for name in ("APIFRAME_API_KEY", "XDG_CONFIG_HOME"):
    environment.pop(name, None)
keys = os.path.join(folder, ".config", "fluxlua", "keys")


def start():
    # A shell around it shows whether the terminal is as before.
    child = pexpect.spawn("/bin/sh", env=dict(environment, PS1="ready> "), encoding="utf-8", timeout=60)
    child.expect_exact("ready> ")
    child.sendline(f"'{program}' login; echo status=$?")
    child.expect_exact(f"API key for {service}: ")
    return child


child = start()
child.send("afk_wrong\x15afk_kept_by_loginX\x7f\r")
child.expect(r"stored in .*keys")
seen = child.before
child.expect_exact("status=0")
assert "afk" not in seen + child.before, seen
assert open(keys).read() == f"{service} afk_kept_by_login\n"
child.expect_exact("ready> ")
child.sendline("echo echoed")
child.expect_exact("echo echoed")
os.remove(keys)

child = start()
child.send("afk_half\x03")
child.expect_exact("status=130")
assert "afk" not in child.before, child.before
assert not os.path.exists(keys)
child.expect_exact("ready> ")
child.sendline("echo echoed")
child.expect_exact("echo echoed")
