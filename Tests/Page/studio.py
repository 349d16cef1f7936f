"""The studio in a real browser: ask, watch it arrive, ask again, paint a mask, sweep, die and come back; and who is not let in.

usage: studio.py FLUXLUA SERVICE FOLDER
"""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import urllib.parse
import urllib.request

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import rules
from browser import Browser, check, failures

program, service, folder = sys.argv[1:4]
os.chdir(folder)
environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": f"{folder}/data", "FLUX_BASE_URL": service, "APIFRAME_API_KEY": "afk_page",
               # For scripts with --listen: the studio looks after its jobs itself.
               "FLUX_WEBHOOK": "https://studio.example/flux"}


class Studio:
    """A running studio, and its address."""

    def __init__(self, *options, **variables):
        self.process = subprocess.Popen([program, "studio", "--no-open", *options], env={**environment, **variables}, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        check(self.address.startswith("http://127.0.0.1:"), f"it prints its address: {self.address}")
        self.base = self.address.split("?")[0]
        self.port = urllib.parse.urlparse(self.address).port

    def end(self, how):
        self.process.send_signal(how)
        error = self.process.communicate(timeout=60)[1]
        return self.process.returncode, error


def made():
    """Jobs that the service has made, as its own log says."""
    with urllib.request.urlopen(f"{service}/_sim/log") as answer:
        return json.load(answer)["jobs"]["made"]


def refusal(studio, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
    connection.request(method, path, body, headers)
    return connection.getresponse().status


studio = Studio("--budget", "500")

# Who is not let in.
check(refusal(studio, "GET", "/", {}) == 403, "no token, no page")
check(refusal(studio, "GET", "/gallery.json", {}) == 403, "no token, no data")
check(refusal(studio, "GET", "/?token=0123456789abcdef", {}) == 403, "a wrong token")
check(refusal(studio, "GET", studio.address.removeprefix(studio.base[:-1]), {"Host": "evil.example"}) == 403, "a forged Host")

browser = Browser()
browser.open(studio.address)
browser.wait(lambda: browser.title() == "Studio", "the page opens")
check("token" not in browser.driver.current_url, "the token leaves the address")
check(refusal(studio, "GET", studio.address.removeprefix(studio.base[:-1]), {}) == 403, "a second browser is refused")
cookie = browser.driver.get_cookies()[0]
check(cookie["httpOnly"] and cookie["sameSite"] == "Strict", "the cookie is for the browser alone")
allowed = {"Cookie": f"{cookie['name']}={cookie['value']}"}
check(refusal(studio, "GET", "/runs", allowed) == 200, "the browser's cookie counts")
check(refusal(studio, "POST", "/ask", allowed, "{}") == 403, "a POST without an Origin")
check(refusal(studio, "POST", "/ask", {**allowed, "Origin": "http://evil.example"}, "{}") == 403, "a POST from elsewhere")
check(refusal(studio, "GET", "/files/..%2f..%2fjudgements.json", allowed) == 404, "no file beside the kept ones")

# Ask, and watch it arrive.
browser.wait(lambda: "credits left" in browser.text("#account"), "credits are in sight")
check("budget 500" in browser.text("#account"), "the budget is in sight")
browser.find("#new-picture").click()
browser.choose("#ask-model", "flux-1.1-pro")
browser.find("#ask-prompt").click()
browser.keys("a red mug on oak")
browser.find("#ask-seed").send_keys("7")
browser.wait(lambda: browser.text("#ask-estimate") == "1 picture: 10 credits", "the price is told before")
check(made() == 0, "nothing was sent for it")
rules.check_page(browser, "the form")
browser.find("#ask-send").click()
browser.wait(lambda: browser.count("#pictures img") == 1, "the picture arrives")
browser.loaded("#pictures img")
browser.wait(lambda: "10 spent here" in browser.text("#account"), "what it cost is told")
rules.check_page(browser, "the studio")

# A mistake is told where it is made, and a second order of the same is free.
browser.find("#pictures").click()
browser.keys(Keys.HOME, Keys.ENTER)
browser.find("#facts").find_elements("xpath", ".//button[text()='Ask again…']")[0].click()
browser.wait(lambda: "exist already" in browser.text("#ask-estimate"), "what is there already is told")
seed = browser.find("#ask-seed")
seed.clear()
seed.send_keys("x")
browser.wait(lambda: "seed" in browser.text("#ask-problem"), "what is wrong is told")
check(not browser.find("#ask-send").is_enabled(), "nothing wrong can be sent")
seed.clear()
seed.send_keys("8")
browser.wait(lambda: "10 credits" in browser.text("#ask-estimate"), "another seed has its price")
browser.find("#ask-send").click()
browser.wait(lambda: browser.count("#pictures img") == 2, "another seed arrives")
check(made() == 2, f"two were made, not {made()}")

# A star stays with the studio.
browser.find("#pictures").click()
browser.keys(Keys.HOME, "p")

# Paint a mask, and have it made anew.
browser.keys(Keys.ENTER)
browser.find("#facts").find_elements("xpath", ".//button[text()='Paint a mask…']")[0].click()
canvas = browser.find("#painter-canvas")
browser.wait(lambda: canvas.size["height"] > 50, "the picture is there to paint on")
ActionChains(browser.driver).move_to_element(canvas).click_and_hold().move_by_offset(60, 20).release().perform()
browser.wait(lambda: "is painted" in browser.text("#painted") and "nothing" not in browser.text("#painted"), "what is painted is told")
rules.check_page(browser, "the painter")
browser.find("#undo").click()
check(browser.text("#painted") == "nothing is painted", "undo takes it back")
browser.find("#painter-view").click()
browser.script("element('painter-view').focus()")
browser.keys(" ", Keys.ARROW_RIGHT, " ")
check("nothing" not in browser.text("#painted"), "the keyboard paints too")
browser.find("#painter-use").click()
browser.wait(lambda: browser.find("#ask").is_displayed() and browser.value("#ask-model") == "flux-fill-pro", "the mask goes into an edit")
check(browser.count("#ask-images img") >= 2, "picture and mask are shown")
prompt = browser.find("#ask-prompt")
prompt.clear()
prompt.send_keys("a blue mug")
browser.wait(lambda: browser.find("#ask-send").is_enabled() and "1 picture" in browser.text("#ask-estimate"), "the edit has its price")
browser.find("#ask-send").click()
browser.wait(lambda: browser.count("#pictures img") == 3, "the edited picture arrives")

# A sweep, and the script that asks for the same.
browser.find("#new-picture").click()
browser.choose("#ask-model", "flux-1.1-pro")
browser.find("#ask-prompt").send_keys("a red fox")
browser.find("#ask-axes summary").click()
for field, values in (("seed", "1, 2"), ("red", "red, blue")):
    browser.find("#add-axis").click()
    browser.keys(field, Keys.TAB, values)
browser.wait(lambda: browser.text("#ask-estimate") == "4 pictures: 40 credits", "a sweep has its price")
script = browser.value("#ask-lua")
check("flux.sweep" in script and 'flux.vary("a red fox", { red = { "red", "blue" } })' in script, script)
browser.find("#ask-send").click()
browser.wait(lambda: browser.count("#pictures img") == 7, "the sweep arrives")
pathlib.Path("sweep.lua").write_text(script)
script_environment = {name: value for name, value in environment.items() if name != "FLUX_WEBHOOK"}
result = subprocess.run([program, "sweep.lua"], env=script_environment, capture_output=True, text=True, timeout=60)
check("4 reused" in result.stderr, f"the script makes the same: {result.stderr}")

# Killed in the middle, it comes back, and nothing is paid twice.
before = made()
request = {"call": "generate", "request": {"model": "flux-1.1-pro", "prompt": "[sim delay:call=job,seconds=2] a fox", "seed": 3}, "axes": {}, "words": {}}
check(refusal(studio, "POST", "/ask", {**allowed, "Origin": studio.base[:-1], "Content-Type": "application/json"}, json.dumps(request)) == 200, "it is asked for")
browser.wait(lambda: made() == before + 1, "the service has it")
browser.console()
killed = studio.base
studio.end(signal.SIGKILL)
studio = Studio()
browser.open(studio.address)
browser.console(of_the_dead=killed)
browser.wait(lambda: browser.count("#pictures img") == 8, "what was under way arrives")
check(made() == before + 1, f"nothing was asked for twice: {made() - before}")
check(browser.count("#pictures .star") == 1, "the star is still there")

# A run of its own shows its axes.
browser.choose("#run", [text for text in browser.texts("#run option") if "sweep.lua" in text][0])
browser.wait(lambda: browser.text("#summary").startswith("4 pictures"), "one run is shown alone")
browser.finish(allowed=(killed, studio.base))
status, error = studio.end(signal.SIGINT)
check(status == 0, f"Ctrl-C ends it well: {status} {error}")

# A limit of the environment holds here as for a script.
studio = Studio(FLUX_BUDGET="5")
opened = urllib.request.urlopen(studio.address)
allowed = {"Cookie": opened.headers["Set-Cookie"].split(";")[0]}
count = made()
order = json.dumps({"call": "generate", "request": {"model": "flux-1.1-pro", "prompt": "a dear fox", "seed": 1}, "axes": {}, "words": {}})
refusal(studio, "POST", "/ask", {**allowed, "Origin": studio.base[:-1], "Content-Type": "application/json"}, order)
with urllib.request.urlopen(urllib.request.Request(studio.base + "account", headers=allowed)) as answer:
    check(json.load(answer)["budget"] == 5, "the budget of the environment is in sight")
status, error = studio.end(signal.SIGINT)
check(made() == count, f"nothing over the budget is sent: {error}")

# Stars that cannot be read are not written over.
judgements = pathlib.Path("data/fluxlua/studio/judgements.json")
check("star" in judgements.read_text(), "stars are kept")
judgements.write_text('{"half')
result = subprocess.run([program, "studio", "--no-open"], env=environment, capture_output=True, text=True, timeout=60)
check(result.returncode == 1 and "judgements.json cannot be read" in result.stderr, f"{result.returncode}: {result.stderr}")
check(judgements.read_text() == '{"half', "and stay as they are")

# Other machines need a password.
result = subprocess.run([program, "studio", "--no-open", "--listen", "0.0.0.0"], env=environment, capture_output=True, text=True, timeout=60)
check(result.returncode == 2 and "FLUX_STUDIO_PASSWORD" in result.stderr, f"no password, no other machines: {result.stderr}")
sys.exit(failures())
