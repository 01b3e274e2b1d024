"""The infusion tab in a browser: a plan follows what is typed, by keyboard too, on every screen."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from .test_accessibility import CUT, RULES, SMALL, THEMES, WIDTHS, overflow, press_through, set_theme, set_width

PAGE = "/?tab=infusion&condition=itp-adult"


def field(page: Page, name: str) -> Locator:
    return page.locator(f".ivig-infusion .ivig-field-{name} :is(input, select)")


def result(page: Page) -> Locator:
    return page.locator(".ivig-infusion-result")


def open_example(visit, **options) -> Page:
    """Open the tab with 0.4 g/kg of Octagam 10% in one day: 28 g."""
    page = visit(PAGE, **options)
    field(page, "product").select_option("octagam-10")
    expect(result(page).locator("h3")).to_contain_text("Octagam 10%")
    field(page, "dose_g_per_kg").fill("0.4")
    field(page, "days").fill("1")
    expect(result(page).locator("h3")).to_have_text("28 g are 280 mL of Octagam 10%")
    return page


def test_it_opens_by_keyboard(visit):
    """The tab's link and the Enter key open it, with charts."""
    page = visit("/")
    page.locator(".ivig-nav-infusion").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ivig-infusion h2").first).to_be_visible()
    expect(page.locator(".ivig-infusion .ivig-chart .main-svg").first).to_be_visible()


def test_what_is_typed_becomes_a_plan(visit):
    """A weight changes grams, chart and announcement at once, and stands in the address; reloading keeps it."""
    page = open_example(visit)
    field(page, "weight_kg").fill("100")
    expect(result(page).locator("h3")).to_have_text("40 g are 400 mL of Octagam 10%")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^40 g, 400 mL, about \d"))
    expect(page.locator(".ivig-chart-rate-steps h3")).to_contain_text("40 g of Octagam 10%")
    assert page.evaluate("location.search").startswith(PAGE.removeprefix("/"))
    page.wait_for_function("location.search.includes('infusion.form.weight_kg=100')")
    page.reload()
    expect(result(page).locator("h3")).to_have_text("40 g are 400 mL of Octagam 10%")


def test_the_impossible_gets_a_sentence_beside_its_field(visit):
    """The field is marked and tied to its sentence; the charts are away until the number makes sense."""
    page = open_example(visit)
    weight = field(page, "weight_kg")
    for wrong in ("0", "900"):
        weight.fill(wrong)
        fault = page.locator(".ivig-field-weight_kg .ivig-fault")
        expect(fault).to_contain_text(f"from 0.5 to 350 kg; {wrong} is not")
        expect(weight).to_have_attribute("aria-invalid", "true")
        assert fault.get_attribute("id") in weight.get_attribute("aria-describedby").split()
        expect(result(page)).to_contain_text("The plan waits")
        expect(page.locator(".ivig-chart-rate-steps")).to_be_hidden()
    weight.fill("70")
    expect(page.locator(".ivig-chart-rate-steps")).to_be_visible()
    expect(fault).to_be_empty()


def test_choosing_keeps_the_focus(visit):
    """When a choice replaces what other fields offer, the focus stays where it was."""
    page = open_example(visit)
    condition = field(page, "condition")
    condition.focus()
    condition.select_option("cidp")
    expect(field(page, "regimen").locator('[value="cidp-us-privigen-induction"]')).to_be_attached()
    expect(condition).to_be_focused()
    field(page, "regimen").focus()
    field(page, "regimen").select_option("cidp-us-privigen-induction")
    expect(field(page, "product")).to_have_value("privigen")
    expect(field(page, "dose_g_per_kg")).to_have_value("2")
    expect(field(page, "regimen")).to_be_focused()


def test_a_bar_and_the_slider_set_the_days(visit):
    """Clicking a bar of the splits and moving the slider by keys do the same."""
    page = open_example(visit)
    page.locator(".ivig-chart-durations .point").nth(2).click(force=True)
    expect(field(page, "days")).to_have_value("3")
    expect(result(page).locator("h3")).to_contain_text("over 3 days")
    field(page, "days").focus()
    page.keyboard.press("ArrowRight")
    expect(result(page).locator("h3")).to_contain_text("over 4 days")


def test_charts_tell_their_numbers(visit):
    """Each chart is an image with a name and a description, and unfolds as a table."""
    page = open_example(visit)
    for name, least in (("rate-steps", 4), ("durations", 5), ("sessions", 6)):
        chart = page.locator(f".ivig-chart-{name}")
        expect(chart.get_by_role("img", name=re.compile("^Chart: ")).first).to_be_visible()
        assert len(chart.locator("figcaption").text_content()) > 40
        chart.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(chart.locator("tbody tr").nth(least - 1)).to_be_attached()


def test_axe_finds_no_violation_and_nothing_is_cut(visit):
    """By WCAG 2.2 AA, with folds open, with a plan and with a fault, light and dark, wide and narrow."""
    page = open_example(visit)
    for summary in page.locator(".ivig-infusion-result summary").all():
        summary.click()
    problems = []
    for weight in ("70", "0"):
        field(page, "weight_kg").fill(weight)
        expect(result(page)).to_contain_text("waits" if weight == "0" else "28 g")
        for width in WIDTHS:
            set_width(page, width)
            for theme in THEMES:
                set_theme(page, theme)
                results = Axe().run(page, options=RULES)
                if results.violations_count:
                    problems.append(f"{width} px, {theme}:\n{results.generate_report()}")
            problems += [f"{width} px too wide by {overflow(page)}"] * bool(overflow(page))
            problems += [f"{width} px: cut off: {cut}" for cut in page.evaluate(CUT)]
            problems += [f"{width} px: too small: {small}" for small in page.evaluate(SMALL)]
    assert not problems, "\n".join(problems)


def test_every_control_is_a_stop_that_is_seen(visit):
    """The Tab key reaches all fields, folds and links, each within the window."""
    page = visit(PAGE)
    expect(page.locator(".ivig-chart-sessions .main-svg").first).to_be_visible()
    found = press_through(page)
    names = " ".join(stop["name"] for stop in found)
    for part in ("condition", "regimen", "dose_g_per_kg", "days", "weight_kg", "basis", "height_cm", "sex", "product", "table"):
        assert f'name="{part}"' in names
    assert [stop["name"] for stop in found if not stop["seen"]] == []
