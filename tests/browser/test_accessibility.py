"""The page for everybody: axe finds nothing, the keyboard reaches everything, nothing is cut off."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivig_explainer import Selection

from .screen import box, choose, explore

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, "resultTypes": ["violations"]}
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
STATES = {
    "overview": "",
    "categories": "tab=explore",
    "tree": "tab=explore&chart=tree",
    "access map": "tab=explore&chart=access&category=Immunodeficiency&question=funded-unlicensed",
    "evidence view": "tab=explore&chart=evidence",
    "card": "tab=explore&category=Neurological&condition=cidp",
    "nothing found": "tab=explore&q=xyzzyplugh&colour=red",
}
SMALLEST_TARGET_PX = 24

# Every element that the Tab key should stop at, in the order of the document, with its looks before it has the focus.
STOPS = """() => {
  const wanted = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length && e.tabIndex >= 0 && !e.disabled;
  window.stops = [...document.querySelectorAll(wanted)].filter(seen);
  window.looks = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.boxShadow].join(); };
  window.before = new Map(stops.map((e) => [e, looks(e)]));
  return stops.length;
}"""
# Where the page was clicked last, the Tab key would go on; from a mark at the very start it begins anew.
FROM_THE_START = """() => {
  const mark = document.createElement("span");
  mark.tabIndex = -1;
  document.body.prepend(mark);
  mark.focus();
  mark.remove();
  scrollTo(0, 0);
}"""
# What has the focus: its place among the stops, whether it looks other than before, and whether it is seen.
FOCUSED = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const r = e.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  return {
    place: stops.indexOf(e),
    name: e.outerHTML.slice(0, 90),
    end: e === document.body || e === document.documentElement,
    scrolls: e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth,
    marked: ring && looks(e) !== before.get(e),
    seen: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
  };
}"""
# Texts that do not fit: wider than the window, or cut by a box that does not scroll.
CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  if (!e.checkVisibility({ visibilityProperty: true })) return false;
  if (e.closest("svg, .ivig-hidden, .ivig-status, .ivig-skip, figcaption")) return false;
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) return false;
  let scroller = e.parentElement;
  while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowX)) scroller = scroller.parentElement;
  if (scroller) return false;
  const style = getComputedStyle(e);
  const cut = /hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
  const r = e.getBoundingClientRect();
  return cut || r.right > innerWidth + 1 || r.left < -1;
}).map((e) => e.outerHTML.slice(0, 120))"""
# Controls smaller than a finger wants, counting the label of a check box; links within text are excepted.
SMALL = f"""() => [...document.querySelectorAll("button, input, select, summary, nav a, .ivig-skip:focus")].filter((e) => {{
  if (!e.checkVisibility({{ visibilityProperty: true }})) return false;
  const r = (e.closest("label") ?? e).getBoundingClientRect();
  return r.width && (r.width < {SMALLEST_TARGET_PX} || r.height < {SMALLEST_TARGET_PX});
}}).map((e) => e.outerHTML.slice(0, 120))"""


def set_theme(page: Page, theme: str) -> None:
    page.locator(".ivig-theme").select_option(theme)
    expect(page.locator(".ivig-app")).to_have_attribute("data-theme", theme)


def set_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


def overflow(page: Page) -> int:
    """Return by how many pixels the page stays wider than its window, once the charts had time to follow it."""
    for _ in range(40):
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if not wide:
            break
        page.wait_for_timeout(100)
    return wide


def press_through(page: Page) -> list[dict]:
    """Press Tab until the focus leaves the page; return what had the focus."""
    size = page.evaluate(STOPS)
    page.evaluate(FROM_THE_START)
    found = []
    for _ in range(size + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["end"] or (found and stop["place"] == 0):
            return found
        found.append(stop)
    raise AssertionError(f"the Tab key never leaves the page: {found[-5:]}")


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violation_and_nothing_is_cut(at, state):
    """By the rules of WCAG 2.2 AA that a machine can check, light and dark, wide and narrow; no sideways scrolling."""
    page = at(STATES[state])
    problems = []
    for width in WIDTHS:
        set_width(page, width)
        for theme in THEMES:
            set_theme(page, theme)
            results = Axe().run(page, options=RULES)
            if results.violations_count:
                problems.append(f"{width} px, {theme}:\n{results.generate_report()}")
        problems += [f"{width} px: the page is {wide} px too wide" for wide in [overflow(page)] if wide]
        problems += [f"{width} px: cut off: {cut}" for cut in page.evaluate(CUT)]
        problems += [f"{width} px: too small: {small}" for small in page.evaluate(SMALL)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("state", ["overview", "card"])
def test_text_at_double_size_fits(at, state):
    """At 200 % zoom, which leaves a window of 640 px, and on the smallest phones nothing is cut off sideways."""
    page = at(STATES[state], width=640, height=400)
    for width in (640, 320):
        set_width(page, width)
        assert overflow(page) == 0
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize(
    ("state", "width"), [("overview", 1280), ("categories", 1280), ("access map", 1280), ("card", 1280), ("categories", 390)]
)
def test_the_tab_key_reaches_every_control(at, state, width):
    """Every visible control is a stop, in the order of the document, within the window, with a visible mark of focus."""
    page = at(STATES[state], width=width)
    found = press_through(page)
    size = page.evaluate("stops.length")
    places = [stop["place"] for stop in found if stop["place"] >= 0]
    missed = page.evaluate("places => stops.filter((_, i) => !places.includes(i)).map((e) => e.outerHTML.slice(0, 90))", places)
    assert missed == []
    assert places == list(range(size))
    assert [stop["name"] for stop in found if stop["place"] < 0 and not stop["scrolls"]] == []
    assert [stop["name"] for stop in found if not stop["marked"] and stop["place"] >= 0] == []
    assert [stop["name"] for stop in found if not stop["seen"]] == []


def test_one_row_of_the_table_is_a_stop_with_arrow_keys(at):
    """Its name and its box; arrow keys, Home and End move between rows, each with a mark of focus; Tab leaves, Enter opens."""
    page = at("tab=explore&category=Dermatological")
    links = page.locator(".ivig-table tbody th a")
    assert (
        page.locator('.ivig-table tbody [tabindex="0"]').count() == page.locator('.ivig-table tr:first-child [tabindex="0"]').count() == 2
    )
    links.first.focus()
    page.evaluate(STOPS)
    for key, target in [("ArrowDown", links.nth(1)), ("End", links.last), ("ArrowUp", links.nth(-2)), ("Home", links.first)]:
        page.keyboard.press(key)
        expect(target).to_be_focused()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        assert page.evaluate(FOCUSED)["seen"]
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".ivig-table thead button").last).to_be_focused()
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ivig-card h2")).to_be_focused()


def test_all_can_be_done_by_keyboard(at, data):
    """Search, filter, chart and download take keys alone, and the focus stays where it was."""
    page = at("tab=explore")
    for control, key in [(box(page, "category", "Neurological"), "Space"), (page.get_by_role("button", name="Tree"), "Enter")]:
        control.focus()
        page.keyboard.press(key)
    expect(page.locator(".ivig-count")).to_have_text(
        f"{len(Selection(category=('Neurological',)).apply(data))} of {len(data.conditions)} conditions"
    )
    expect(page.get_by_role("button", name="Tree")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Tree")).to_be_focused()
    expect(box(page, "category", "Neurological")).to_be_checked()


def test_landmarks_and_headings(at):
    """One banner, one main, one footer, a named navigation, one h1, and no level of headings skipped."""
    page = at("tab=explore&condition=cidp")
    for role in ("banner", "main", "contentinfo", "navigation", "search"):
        expect(page.get_by_role(role)).to_have_count(1)
    assert page.get_by_role("navigation").get_attribute("aria-label")
    levels = page.locator(":is(h1, h2, h3, h4):visible").evaluate_all("all => all.map((h) => Number(h.tagName[1]))")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert page.locator("html").get_attribute("lang")


def test_changes_are_announced(at, data):
    """The status line, a live region, says how many conditions are shown after filter, search and reset."""
    page = at("tab=explore")
    status = page.get_by_role("status")
    choose(page, "category", "Neurological")
    size = len(Selection(category=("Neurological",)).apply(data))
    expect(status).to_have_text(f"{size} of {len(data.conditions)} conditions shown")
    page.locator(".ivig-search").fill("xyzzyplugh")
    expect(status).to_have_text(f"0 of {len(data.conditions)} conditions shown")
    page.locator(".ivig-reset").click()
    expect(status).to_have_text(f"{len(data.conditions)} of {len(data.conditions)} conditions shown")


@pytest.mark.parametrize("state", ["overview", "categories", "tree"])
def test_every_chart_has_a_name_and_its_numbers(at, state):
    """A chart is an image with a name that tells its finding, and a table that keyboard and mouse unfold."""
    page = at(STATES[state])
    charts = page.locator(".ivig-tab:not([hidden]) .ivig-chart")
    assert charts.count() >= 1
    for chart in charts.all():
        title = chart.locator("h3").inner_text()
        image = chart.get_by_role("img", name=f"Chart: {title}").first
        expect(image).to_be_visible()
        assert len(image.get_attribute("aria-label")) > len(title) + 40
        assert chart.locator("figcaption").text_content()
        chart.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(chart.locator("table caption")).to_have_text(title)
        assert chart.locator("thead th").count() >= 3
        assert chart.locator("tbody tr").count() >= 3


def test_on_a_phone_the_filters_are_folded(at, data):
    """At 390 px the filters wait behind one line that the keyboard unfolds; at 1280 px they stand open."""
    page = at("tab=explore", width=390)
    first = box(page, "category", "Neurological")
    expect(first).to_be_hidden()
    expect(page.locator(".ivig-table")).to_be_visible()
    page.locator(".ivig-filters summary").focus()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    choose(page, "category", "Neurological")
    expect(page.locator(".ivig-filters summary")).to_contain_text("1 chosen")
    assert overflow(page) == 0
    set_width(page, 1280)
    expect(first).to_be_visible()


def test_the_whole_chart_is_within_the_window_of_a_phone(at):
    """The chart takes the width of the page, after a turn of the phone too."""
    page = at("tab=explore", width=390)
    for width in (390, 800, 390):
        set_width(page, width)
        page.wait_for_function(
            """() => { const plot = document.querySelector(".ivig-tab-explore .ivig-plot"), svg = plot.querySelector(".main-svg");
            return Math.abs(svg.getBoundingClientRect().width - plot.clientWidth) <= 1 && plot.clientWidth <= innerWidth; }"""
        )
    assert explore(page).locator(".barlayer .point").count() > 5
