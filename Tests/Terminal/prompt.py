"""Works at the prompt through a pseudo-terminal, and looks at the screen: prompt.py PROGRAM SERVICE FOLDER.

Each step waits for what it needs to see.
"""
import os
import sys
import time

import pexpect
import pyte

program, service, folder = sys.argv[1:4]
environment = dict(
    os.environ,
    FLUX_BASE_URL=service,
    APIFRAME_API_KEY="afk_of_the_prompt",
    TERM="xterm-256color",
    COLORTERM="truecolor",
    FLUX_PICTURES="symbols",
    XDG_STATE_HOME=os.path.join(folder, "state"),
    LANG="C.UTF-8",
    VISUAL="sed -i s/fox/owl/",
)
environment.pop("NO_COLOR", None)
rows, columns = 40, 100


class Prompt:
    def __init__(self, columns=columns, **more):
        self.child = pexpect.spawn(
            program, [], env=dict(environment, **more), dimensions=(rows, columns), encoding=None, cwd=folder
        )
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.see(lambda: self.last() == "flux>", "the prompt")

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines()).rstrip()

    def last(self):
        return self.lines()[self.screen.cursor.y]

    def see(self, condition, what):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"never seen: {what}\n{self.text()}"
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert condition(), f"ended without: {what}\n{self.text()}"
                return

    def type(self, text):
        self.child.send(text)

    def enter(self, text, expected):
        """Types a line, and waits for what follows and for the next prompt."""
        self.clear()
        self.type(text + "\r")
        self.see(lambda: expected in self.text() and self.last() == "flux>", expected)

    def clear(self):
        """An empty screen with a prompt: Ctrl-C, then Ctrl-L."""
        self.type("\x03")
        self.see(lambda: self.last() == "flux>", "a new prompt")
        self.type("\x0c")
        self.see(lambda: self.text() == "flux>" and self.screen.cursor.y == 0, "an empty screen")

    def end(self):
        self.type("\x03\x04")
        self.see(lambda: not self.child.isalive(), "the end")


prompt = Prompt()

# Values show themselves, and are kept.
prompt.enter("1 + 1", "2")
prompt.enter('{ b = 1, a = { true, "x" } }', '{ a = { true, "x" }, b = 1 }')
prompt.enter("_1 + 40", "42")
prompt.enter("error 'no more clay'", "no more clay")
prompt.enter("flux.generate { resolutoin = 1 }", "did you mean 'resolution'?")

# Tab: names, fields of a request, models, values, members of what is alive, files.
prompt.clear()
prompt.type("flux.gener\t")
prompt.see(lambda: "flux.generate" in prompt.text(), "flux.generate")
prompt.type(" { reso\t")
prompt.see(lambda: "flux.generate { resolution =" in prompt.text(), "resolution = ")
prompt.type('"\t\t')
prompt.see(lambda: "4MP" in prompt.text() and "the default" in prompt.text(), "the sizes with the default")
prompt.clear()
prompt.type('flux.generate { model = "\t\t')
prompt.see(lambda: "flux-1.1-pro-ultra" in prompt.text() and "Flux 2 Pro" in prompt.text(), "the models with titles")
prompt.enter("mine = { alpha = 1, beta = print } print 'kept'", "kept")
prompt.clear()
prompt.type("mine.\t")
prompt.see(lambda: "alpha" in prompt.text() and "beta" in prompt.text(), "fields of a table of the author's")
open(os.path.join(folder, "mug picture.png"), "w").close()
prompt.clear()
prompt.type('flux.read "mug\t')
prompt.see(lambda: 'flux.read "mug picture.png"' in prompt.text(), "a file's name")

# Help.
prompt.enter("?flux.sheet", "a contact sheet")
prompt.enter("?guidance", "how closely to follow the prompt")
prompt.enter(":help", ":script FILE")
prompt.enter(":nonsense", "there is no command ':nonsense'")

# A job shows its picture.
prompt.enter('flux.generate { prompt = "a red mug", seed = 7, model = "flux-1.1-pro" }', "seed 7")
assert "COMPLETED" in prompt.text() and "\u2580" in prompt.text(), prompt.text()
prompt.clear()
prompt.type("_.im\t")
prompt.see(lambda: "_.images" in prompt.text(), "a field of a job")
prompt.enter(":again seed=8", "seed 8")
prompt.enter(":save mug", "mug.jpg")
assert os.path.getsize(os.path.join(folder, "mug.jpg")) > 1000
prompt.enter(":cost", "2 jobs: 2 made")
prompt.enter(":jobs", "flux-1.1-pro seed=7 COMPLETED")
prompt.enter(":set model=flux-1.1-pro", ":set")
prompt.enter("flux.config().model", '"flux-1.1-pro"')

# The last entry, changed in an editor; and a sweep's result, completed.
prompt.enter("'a red fox'", '"a red fox"')
prompt.enter(":edit", '"a red owl"')
sweep = "flux.sweep { prompt = { 'a mug', 'a cup' }, seed = 1, model = 'flux-1.1-pro' }"
prompt.enter(f"result = {sweep}:run() print(result)", "result of 2 cells, 2 done")
prompt.clear()
prompt.type("result.fa\t")
prompt.see(lambda: "result.failed" in prompt.text(), "a field of a result")

# What a task says appears above the line that is typed, which stays whole.
prompt.clear()
prompt.type('flux.spawn(function() flux.sleep(0.5) print("from a task") end)\r')
prompt.see(lambda: prompt.last() == "flux>" and "task of" in prompt.text(), "the task")
prompt.type('x = "한국어 🦊 half')
# A line of its own: the call that was typed has the words too.
prompt.see(lambda: "from a task" in prompt.lines() and prompt.last().startswith("flux> x = "), "the notice")
assert prompt.screen.cursor.x == len("flux> x = ") + 1 + 6 + 1 + 2 + 1 + 4, prompt.screen.cursor.x
prompt.type(' typed"\r')
prompt.see(lambda: prompt.last() == "flux>", "the prompt")
prompt.enter("#x", str(len('한국어 🦊 half typed'.encode())))

# An entry of several lines comes back whole; what is pasted is one entry; Ctrl-R finds.
prompt.clear()
prompt.type("for i = 1, 2 do\r")
prompt.see(lambda: prompt.last().endswith(".."), "the second prompt")
prompt.type("print(i * 10)\r")
prompt.see(lambda: prompt.last().endswith(".."), "the second prompt")
prompt.type("end\r")
prompt.see(lambda: "20" in prompt.text() and prompt.last() == "flux>", "the loop")
prompt.clear()
prompt.type("\x1b[A\r")
prompt.see(lambda: "20" in prompt.text() and prompt.last() == "flux>", "the loop once more")
prompt.clear()
prompt.type("\x1b[200~local a = 20\nlocal b = 3\nprint(a + b)\x1b[201~")
prompt.see(lambda: "print(a + b)" in prompt.text(), "what was pasted")
prompt.type("\r")
prompt.see(lambda: "23" in prompt.lines() and prompt.last() == "flux>", "its result")
prompt.clear()
prompt.type("\x12no more")
prompt.see(lambda: "error 'no more clay'" in prompt.text(), "an entry that was searched for")

# Ctrl-C ends the wait and gives the prompt back.
prompt.clear()
prompt.type("flux.sleep(1000)\r")
prompt.see(lambda: "flux.sleep(1000)" in prompt.text(), "the call")
prompt.type("\x03")
prompt.see(lambda: "interrupted" in prompt.text() and prompt.last() == "flux>", "the prompt after Ctrl-C")

# A smaller window in the middle of a line.
prompt.clear()
prompt.type("y = 'a line that is long enough for a narrow window'")
prompt.see(lambda: "narrow window'" in prompt.text(), "the line")
prompt.screen.resize(rows, 40)
prompt.child.setwinsize(rows, 40)
prompt.type("\r")
prompt.see(lambda: prompt.last() == "flux>", "the prompt")
prompt.screen.resize(rows, columns)
prompt.child.setwinsize(rows, columns)
prompt.enter("#y", "46")

# No key is kept, and the history is the user's alone.
prompt.enter("k = 'afk_0123456789'", "flux>")
prompt.enter(":script session.lua", "session.lua")
prompt.end()
history = os.path.join(folder, "state", "fluxlua", "history")
assert os.stat(history).st_mode & 0o777 == 0o600, oct(os.stat(history).st_mode)
kept = open(history, encoding="utf-8").read()
assert "afk_0123456789" not in kept and "no\\040more\\040clay" in kept, kept
script = open(os.path.join(folder, "session.lua"), encoding="utf-8").read()
assert "seed = 8" in script and "flux.config" in script, script

# Ctrl-D says what is under way.
prompt = Prompt(columns=40)
prompt.enter('slow = flux.generate "[sim delay:seconds=60] a slow mug"', "a slow mug")
prompt.type("\x04")
prompt.see(lambda: "under way" in prompt.text(), "what is under way")
prompt.type("n\r")
prompt.see(lambda: "left open" in prompt.text(), "that it is left open")
prompt.see(lambda: not prompt.child.isalive(), "the end")

# A terminal that knows nothing gets no control sequences.
plain = pexpect.spawn(
    program, [], env=dict(environment, TERM="dumb"), dimensions=(rows, columns), encoding="utf-8", cwd=folder
)
plain.expect_exact("flux> ")
plain.sendline("'so ' .. 'plain'")
plain.expect_exact('"so plain"')
assert "\x1b[3" not in plain.before, repr(plain.before)
plain.expect_exact("flux> ")
plain.sendeof()
plain.expect(pexpect.EOF)
