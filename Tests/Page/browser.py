"""A headless Chromium, and the little that the page's tests ask of it."""

import json
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

_failed = []


def check(holds, text):
    """Notes what does not hold, and goes on."""
    if not holds:
        _failed.append(text)
        print(f"does not hold: {text}", file=sys.stderr)


def failures():
    return 1 if _failed else 0


class Browser:
    def __init__(self, width=1200, height=900):
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                         "--disable-background-networking", f"--window-size={width},{height}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(60)

    def open(self, address):
        self.driver.get(address)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self, selector):
        return self.find(selector).text

    def texts(self, selector):
        return [found.text for found in self.driver.find_elements(By.CSS_SELECTOR, selector)]

    def value(self, selector):
        return self.find(selector).get_attribute("value")

    def title(self):
        return self.driver.title

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def keys(self, *keys):
        """Types into whatever has the focus."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def select_all(self):
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()

    def active(self, attribute):
        return self.driver.switch_to.active_element.get_attribute(attribute)

    def choose(self, selector, text):
        Select(self.find(selector)).select_by_visible_text(text)

    def wait(self, condition, text, seconds=30):
        try:
            WebDriverWait(self.driver, seconds, 0.05).until(lambda _: condition())
        except Exception:
            check(False, text)

    def loaded(self, selector):
        """Every picture has come, and is one."""
        self.wait(lambda: self.script(
            "return [...document.querySelectorAll(arguments[0])].every(one => one.complete && one.naturalWidth > 0)", selector),
            f"the pictures of {selector} load")

    def transforms(self):
        return self.script("return [...document.querySelectorAll('#panes img')].map(one => one.style.transform)")

    def visible_panes(self):
        return self.script(
            "return [...document.querySelectorAll('#panes .pane')].flatMap((one, index) => one.style.visibility === 'hidden' ? [] : [index])")

    def phone(self):
        """A small, dark screen of somebody who wants no motion."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark"}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def console(self, of_the_dead=None):
        """No error on the console since this was asked last, but of a server that was killed: nobody answers there."""
        for entry in self.driver.get_log("browser"):
            is_of_the_dead = of_the_dead is not None and entry["message"].startswith(of_the_dead)
            check(is_of_the_dead or entry["level"] not in ("SEVERE", "WARNING"), f"console: {entry['message']}")

    def finish(self, allowed):
        """No error on the console, and nothing asked for anywhere else."""
        self.console()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = message["params"]["request"]["url"]
                check(address.startswith((*allowed, "data:", "blob:", "chrome")), f"asked for {address}")
        self.driver.quit()
