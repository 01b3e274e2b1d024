"""The tab Side effects in a browser: opened by keyboard, read by everybody, its chart and its explorer at work."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .test_accessibility import CUT, RULES


def opened(visit, *size, **options) -> Page:
    page = visit("/?tab=safety", *size, **options)
    expect(page.locator(".ivig-chart-reaction-studies .main-svg").first).to_be_attached()
    return page


def tick(page: Page, label: str) -> None:
    page.get_by_role("form", name="What is true of a person or a treatment").get_by_label(label, exact=True).check()


def test_the_keyboard_opens_tab_and_reaction(visit):
    """Enter on the navigation opens the tab, Enter on a reaction its card, which takes the focus; Close gives it back."""
    page = visit("/")
    page.locator(".ivig-nav-safety").focus()
    page.keyboard.press("Enter")
    button = page.locator('.ivig-safety-when [data-value="thromboembolism"]')
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ivig-safety-card h2")).to_be_focused()
    expect(page.locator(".ivig-safety-card")).to_contain_text("0.15 to 1.2% of courses")
    page.keyboard.press("Tab")
    page.locator(".ivig-safety-card .ivig-card-close").press("Enter")
    expect(page.locator(".ivig-safety-card .ivig-card")).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_cut(visit, width, scheme):
    """With a card open and boxes ticked there is no violation of WCAG 2.2 AA, and no text is cut off."""
    page = opened(visit, width, 844, scheme)
    page.locator('.ivig-safety-when [data-value="anaphylaxis"]').click()
    tick(page, "Previous clot")
    tick(page, "First infusion")
    expect(page.locator(".ivig-safety-result h3").first).to_have_text("8 reactions to think of")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert not violations, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in violations]
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_mark_opens_its_reaction(visit):
    """A click on a mark of the chart opens the card; the chart keeps its height when it gives way."""
    page = opened(visit)
    plot = page.locator(".ivig-chart-reactions .ivig-plot")
    plot.scroll_into_view_if_needed()
    height = plot.bounding_box()["height"]
    box = plot.locator(".scatterlayer .point").first
    box.scroll_into_view_if_needed()
    box.hover(force=True)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".ivig-safety-card h2")).to_contain_text("Aseptic meningitis")
    page.wait_for_function(
        "w => document.querySelector('.ivig-chart-reactions .ivig-plot').offsetWidth < w", arg=plot.bounding_box()["width"] + 1
    )
    assert plot.bounding_box()["height"] == pytest.approx(height, abs=2)


def test_ticks_lead_to_reactions_and_measures(visit):
    """Ticks show concerns and measures and are announced; Clear all takes them back."""
    page = opened(visit)
    tick(page, "Migraine")
    tick(page, "Blood group A, B or AB")
    result = page.locator(".ivig-safety-result")
    expect(result.locator("h3").first).to_have_text("2 reactions to think of")
    expect(result).to_contain_text("“history of migraine”")
    expect(result).to_contain_text("Know the blood group before high doses")
    expect(page.locator(".ivig-status")).to_contain_text("2 reactions to think of")
    page.get_by_role("button", name="Clear all").click()
    expect(result.locator("h3").first).to_have_text("Nothing is ticked yet")
    expect(page.get_by_label("Migraine", exact=True)).not_to_be_checked()


def test_charts_tell_what_they_draw(visit, data):
    """Each chart has its description, and its numbers as a table."""
    page = opened(visit)
    for name in ("reactions", "reaction-studies"):
        figure = page.locator(f".ivig-chart-{name}")
        assert len(figure.locator("figcaption").text_content()) > 100
        figure.locator(".ivig-chart-table summary").click()
        expect(figure.locator("tbody tr").first).to_be_visible()
    known = int(data.adverse_reactions["frequency_pct_low"].notna().sum())
    expect(page.locator(".ivig-chart-reactions tbody tr")).to_have_count(known)


def test_another_topic_by_study(visit):
    """The choice of a topic redraws the studies."""
    page = opened(visit)
    page.get_by_label("Show the studies of").select_option("haemolysis")
    expect(page.locator(".ivig-chart-reaction-studies h3")).to_contain_text("Haemolysis")


def test_reading_level_changes_which_name_comes_first(visit):
    """Plain reading shows the lay name first, in the columns and in the chart."""
    page = opened(visit)
    button = page.locator('.ivig-safety-when [data-value="thromboembolism"]')
    assert button.inner_text().startswith("Thromboembolism")
    page.locator("select.ivig-text").select_option("plain")
    expect(page.locator(".ivig-chart-reactions")).to_contain_text("Shivering")
    assert button.inner_text().startswith("Blood clot")
