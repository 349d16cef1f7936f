"""The gallery's page in a real browser: a sweep of three axes and one of five, from a folder and served.

usage: gallery.py FLUXLUA SERVICE FOLDER
"""

import functools
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import rules
from browser import Browser, check, failures

program, service, folder = sys.argv[1:4]
os.chdir(folder)
environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": f"{folder}/data", "FLUX_BASE_URL": service, "APIFRAME_API_KEY": "afk_page"}

HOSTILE = ['a <img src=x onerror="document.title=\'hit\'"> mug', "a mug </script><script>document.title='hit'</script>",
           "a \"quoted\" 'mug' \\ 50% {x}", "كوب أحمر على طاولة"]

SCRIPT = """
local three = flux.sweep {
  model = "flux-1.1-pro", width = 256, height = 256, seed = { 1, 2, 3 }, output_format = { "jpg", "png" },
  prompt = flux.json.decode([==[PROMPTS]==]),
}
print(flux.gallery(three:run(), "three", { title = "Three <b>axes</b>" }))
local five = flux.sweep {
  model = "flux-1.1-pro", width = { 256, 288 }, height = { 256, 288 }, seed = { 1, 2 },
  prompt = flux.vary("red mug on oak", { red = { "a red", "[sim fail:reason=no_blue] a blue" }, oak = { "oak", "slate" } }),
}
print(flux.gallery(five:run(), "five"))
print(flux.gallery({ flux.generate { prompt = "[sim fail:reason=out_of_clay] a mug", seed = 1 },
  flux.generate { model = "flux-1.1-pro", prompt = "a mug", width = 256, height = 256 } }, "few"))
"""


def run(*arguments, fails=False):
    """A run of the program: its output, and what it says of its jobs."""
    result = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=240)
    check(fails or result.returncode == 0, f"{arguments} ended with {result.returncode}: {result.stderr}")
    return result.stdout, result.stderr


pathlib.Path("sweeps.lua").write_text(SCRIPT.replace("PROMPTS", json.dumps(HOSTILE, ensure_ascii=False)))
run("sweeps.lua")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
threading.Thread(target=server.serve_forever, daemon=True).start()
served = f"http://127.0.0.1:{server.server_port}"

browser = Browser()
for place in (f"file://{folder}", served):
    # A sweep of three axes, keyboard only.
    browser.open(f"{place}/three/index.html")
    check(browser.text("#title") == "Three <b>axes</b>", "the title is text")
    check(browser.text("#summary").startswith("24 pictures"), browser.text("#summary"))
    check(browser.count("#table:not([hidden]) tbody tr") == 3 - 1, "the formats lie down")
    check(browser.count("#table td[data-row] .tile") == 6, "seeds across, formats down, one prompt")
    check("seed 2" in browser.texts("#table thead th"), browser.texts("#table thead th"))
    browser.loaded("#table img")
    rules.check_page(browser, f"table at {place}")
    browser.keys("g")
    check(browser.count("#pictures .tile") > 5, "the grid is there")
    check(browser.active("aria-activedescendant") == "picture-0", "the grid has the focus, its first picture is current")
    browser.keys(Keys.ARROW_RIGHT, "s")
    current = browser.find("#picture-1")
    check(current.get_attribute("aria-label").endswith("starred"), current.get_attribute("aria-label"))
    browser.keys(" ", Keys.ARROW_RIGHT, " ", "c")
    check(browser.find("#viewer").get_attribute("open") is not None, "C compares")
    check(browser.count("#panes .pane") == 2, "two are compared")
    browser.loaded("#panes img")
    check(browser.texts("#facts mark") != [], "what differs is marked")
    before = browser.transforms()
    browser.keys("+", "+", Keys.ARROW_LEFT)
    after = browser.transforms()
    check(len(set(after)) == 1 and after != before, f"both move alike: {before} {after}")
    browser.keys("f")
    check(browser.visible_panes() == [0], "flip shows one")
    browser.keys(Keys.ARROW_RIGHT)
    check(browser.visible_panes() == [1], "an arrow flips")
    browser.keys("v")
    check(browser.find("#slider-label").is_displayed(), "the slider is there")
    rules.check_page(browser, f"viewer at {place}")
    browser.keys("n")
    browser.keys("for the client", Keys.TAB, Keys.ESCAPE)
    check(browser.find("#viewer").get_attribute("open") is None, "Escape closes")
    check(browser.active("id") == "pictures", "the focus is back in the grid")
    check(browser.script("return Object.values(Judgements.all).some(one => one.note === 'for the client')"), "the note is kept")
    browser.open(f"{place}/three/index.html")
    check(browser.script("return Object.values(Judgements.all).filter(one => one.mark === 'star').length") == 1, "stars last")

    # Filters, search and order.
    browser.keys("g", "/")
    browser.keys("كوب")
    check(browser.count("#pictures .tile") == 6, "search finds words of any script")
    browser.select_all()
    browser.keys(Keys.DELETE)
    browser.choose("#filter-field", "output_format")
    browser.choose("#filter-value", "png")
    check("12 shown" in browser.text("#summary"), browser.text("#summary"))
    browser.choose("#sort", "seed, reversed")
    check("seed 3" in browser.find("#picture-0").get_attribute("aria-label"), "sorted from the end")
    check(browser.title() == "Three <b>axes</b>", "no prompt ran as a script")

    # Five axes: choose, fold, hide.
    browser.open(f"{place}/five/index.html")
    check(browser.count("#axes fieldset") == 5, "five axes")
    browser.choose("#axes fieldset:nth-of-type(1) select:nth-of-type(1)", "across")
    browser.choose("#axes fieldset:nth-of-type(3) select:nth-of-type(1)", "down")
    check(browser.count("#table thead th") == 4 and browser.count("#table tbody tr") == 4, "two axes across, two down")
    browser.choose("#axes fieldset:nth-of-type(4) select:nth-of-type(1)", "folded away")
    check("1 of 2 folded" in browser.texts("#table .caption"), "folded cells say so")
    browser.choose("#axes fieldset:nth-of-type(2) select:nth-of-type(2)", "slate")
    check(any("no_blue" in text for text in browser.texts("#table .why")), "failed cells say why")
    browser.find("#axes fieldset:nth-of-type(1) summary").click()
    browser.find("#axes fieldset:nth-of-type(1) details input").click()
    check(browser.count("#table thead th") == 2, "a value is hidden")
    rules.check_page(browser, f"five axes at {place}")

    browser.open(f"{place}/few/index.html")
    check("out_of_clay" in browser.text("#pictures .why"), "a failed job says why")
    check("1 failed" in browser.text("#summary"), browser.text("#summary"))

# Export: the script makes the same pictures from the ledger, and so does that of a seed which was drawn.
for name, count in (("three", 1), ("few", 1)):
    browser.open(f"{served}/{name}/index.html")
    browser.keys("g")
    if name == "few":
        browser.keys(Keys.ARROW_RIGHT, "p")
    browser.keys("e")
    exported = browser.value("#export-text")
    check("flux.generate" in exported, exported)
    pathlib.Path(f"{name}-picks.lua").write_text(exported)
    said = run(f"{name}-picks.lua")[1]
    check(f"{count} reused" in said and " 0 made" in said, f"the exported script pays nothing: {said}")
    made = [file for file in pathlib.Path("picks").iterdir()]
    check(len(made) >= 1, "the exported script saves its pictures")
    browser.choose("#export-as", "JSON")
    check(json.loads(browser.value("#export-text"))[0]["mark"] == "star", "JSON has the stars")
    browser.choose("#export-as", "a list of files")
    listed = browser.value("#export-text").split()
    check(all(pathlib.Path(name, file).exists() for file in listed) and len(listed) == count, f"{listed}")
    rules.check_page(browser, f"export of {name}")
    browser.keys(Keys.ESCAPE)

# Served, it follows a sweep that is running.
data = json.loads(pathlib.Path("few/gallery.json").read_text())
finished = json.dumps({**data, "made": "2030-01-01T00:00:00Z", "title": "later"})
pathlib.Path("few/gallery.json").write_text(json.dumps({**data, "made": "2029-01-01T00:00:00Z", "running": True}))
page = pathlib.Path("few/index.html").read_text()
pathlib.Path("few/index.html").write_text(page.replace('"running":false', '"running":true'))
browser.open(f"{served}/few/index.html")
check("being made" in browser.text("#summary"), browser.text("#summary"))
pathlib.Path("few/gallery.json").write_text(finished)
browser.wait(lambda: browser.text("#title") == "later", "the page takes in what is new")
browser.open(f"file://{folder}/few/index.html")
check("reload the page" in browser.text("#summary"), browser.text("#summary"))

# Of an earlier run, and of a folder of pictures from anywhere.
output, _ = run("gallery", "--run", "1", "--to", "ledger")
browser.open(f"file://{folder}/{output.strip()}")
check(browser.text("#summary").startswith("41 pictures · 17 failed"), browser.text("#summary"))
output, _ = run("gallery", "picks")
browser.open(f"file://{folder}/{output.strip()}")
check("mug" in browser.find(".tile").get_attribute("aria-label"), "the files tell their prompts")

# The size of a phone, dark, and without motion.
browser.phone()
browser.open(f"file://{folder}/five/index.html")
check(browser.script("return document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out of a phone")
rules.check_page(browser, "phone, dark")

browser.finish(allowed=(served, f"file://{folder}"))
sys.exit(failures())
