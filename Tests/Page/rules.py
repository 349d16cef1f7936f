"""What the page promises to people who use a keyboard, a screen reader, or weak eyes:

- everything that can be operated has a role that says so and a name;
- every picture has a text instead, empty only where the text stands beside it;
- text has a contrast of at least 4.5 to 1 to what lies behind it (3 to 1 where it is large);
- the focus follows the order of the page and can be seen; no element takes an order of its own;
- headings do not leave out a level, ids are there once, and what names an id names one that is there;
- the page has a language and a title.
"""

from browser import check

RULES = r"""
const wrong = [];
const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
// The one in front.
const open = [...document.querySelectorAll("dialog[open]")].at(-1);
const scope = open ?? document;
const seen = [...scope.querySelectorAll("*")].filter(isSeen);
const shown = (one) => one.outerHTML.slice(0, 120);

function nameOf(one) {
  const by = one.getAttribute("aria-labelledby");
  if (by) return by.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  if (one.getAttribute("aria-label")) return one.getAttribute("aria-label").trim();
  if (one.labels?.length) return [...one.labels].map((label) => label.textContent).join(" ").trim();
  if (["BUTTON", "A", "SUMMARY", "OPTION"].includes(one.tagName) || one.hasAttribute("role")) return one.textContent.trim();
  return one.getAttribute("title") ?? "";
}

const operable = seen.filter((one) => one.matches("button, a[href], input, select, textarea, summary, [tabindex], [role=option]"));
for (const one of operable) {
  if (!nameOf(one)) wrong.push(`has no name: ${shown(one)}`);
  if (one.tabIndex > 0) wrong.push(`takes an order of its own: ${shown(one)}`);
  if (one.hasAttribute("tabindex") && !one.getAttribute("role")) wrong.push(`has no role: ${shown(one)}`);
}
for (const image of seen.filter((one) => one.tagName === "IMG")) {
  if (!image.hasAttribute("alt")) wrong.push(`has no text instead: ${shown(image)}`);
}
const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) wrong.push(`twice: #${id}`);
for (const one of seen) {
  for (const name of ["aria-labelledby", "aria-controls", "aria-activedescendant"]) {
    for (const id of (one.getAttribute(name) ?? "").split(" ").filter(Boolean)) {
      if (!document.getElementById(id)) wrong.push(`${name} names nothing: ${id}`);
    }
  }
}
let level = 0;
for (const heading of [...scope.querySelectorAll("h1, h2, h3, h4")].filter(isSeen)) {
  const own = Number(heading.tagName[1]);
  if (!open && own > level + 1) wrong.push(`leaves out a level: ${shown(heading)}`);
  level = own;
}
if (!document.documentElement.lang || !document.title) wrong.push("the page has no language or no title");

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function colour(text) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}
function behind(one) {
  for (let at = one; at; at = at.parentElement) {
    const found = colour(getComputedStyle(at).backgroundColor);
    if (found[3] > 250) return found;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 255] : [255, 255, 255, 255];
}
function brightness([red, green, blue]) {
  const part = (value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}
for (const one of seen) {
  const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!hasText || one.matches(":disabled, option, .unseen, .unseen *") || one.closest("script, style")) continue;
  const style = getComputedStyle(one), front = brightness(colour(style.color)), back = brightness(behind(one));
  const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
  if (contrast < (isLarge ? 3 : 4.5)) wrong.push(`contrast ${contrast.toFixed(1)}: ${shown(one)}`);
}
return wrong;
"""

FOCUS = """
const one = document.activeElement, style = getComputedStyle(one);
const box = one.getBoundingClientRect();
return [one === document.body ? "" : one.outerHTML.slice(0, 100), box.top, box.left,
  style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  || [...one.querySelectorAll(".current")].some((inside) => getComputedStyle(inside).outlineStyle !== "none")];
"""


def check_page(browser, where):
    """Checks all rules on what can be seen now."""
    for wrong in browser.script(RULES):
        check(False, f"{where}: {wrong}")
    _check_focus(browser, where)


def _check_focus(browser, where):
    browser.script("window.before = document.activeElement")
    browser.script("([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).querySelector('button, a, select, input').focus()")
    seen = []
    for _ in range(60):
        browser.keys("\ue004")
        html, top, _, is_visible = browser.script(FOCUS)
        if not html or html in seen:
            break
        seen.append(html)
        check(is_visible, f"{where}: the focus cannot be seen on {html}")
    check(len(seen) > 3, f"{where}: Tab reaches only {len(seen)} places")
    browser.script("window.before.focus(); if (document.activeElement !== window.before) document.activeElement.blur()")
