"""Living with IVIG in a browser: for everybody, by keyboard, with charts that are told in words and numbers."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .test_accessibility import CUT, RULES, SMALL, THEMES, WIDTHS, overflow, set_theme, set_width

CHARTS = ("before-after", "pneumonia", "serious", "responders", "skin", "growth", "uses")


@pytest.fixture
def page(visit) -> Page:
    opened = visit("/?tab=living")
    expect(opened.locator(".ivig-chart-uses .main-svg").first).to_be_visible()
    return opened


def test_the_tab_opens_by_keyboard(visit):
    """The link of the navigation takes Enter and shows the tab."""
    page = visit("/")
    page.locator(".ivig-nav-living").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ivig-tab-living h2").first).to_be_visible()
    expect(page.locator(".ivig-chart-growth .main-svg").first).to_be_attached()


def test_axe_finds_no_violation_and_nothing_is_cut(page):
    """By the rules of WCAG 2.2 AA that a machine can check, light and dark, wide and narrow; no sideways scrolling."""
    problems = []
    for width in WIDTHS:
        set_width(page, width)
        for theme in THEMES:
            set_theme(page, theme)
            results = Axe().run(page, options=RULES)
            if results.violations_count:
                problems.append(f"{width} px, {theme}:\n{results.generate_report()}")
        if overflow(page):
            problems.append(f"{width} px: the page is {overflow(page)} px too wide")
        problems += [f"{width} px: cut off: {cut}" for cut in page.evaluate(CUT)]
        problems += [f"{width} px: too small: {small}" for small in page.evaluate(SMALL)]
    assert not problems, "\n".join(problems)


def test_labels_of_rows_fit_a_phone(visit):
    """At 390 px no text of a chart sticks out of its picture, once it has taken its width."""
    page = visit("/?tab=living", width=390, height=844)
    expect(page.locator(".ivig-chart-uses .main-svg").first).to_be_visible()
    page.wait_for_function(
        """() => [...document.querySelectorAll(".ivig-living .ivig-plot")].every(
          (plot) => plot._fullLayout?.width === plot.offsetWidth)"""
    )
    out = page.evaluate(
        """() => [...document.querySelectorAll(".ivig-living .ivig-plot")].flatMap((plot) => {
          const { left, right } = plot.getBoundingClientRect();
          return [...plot.querySelectorAll("text")].filter((t) => {
            const r = t.getBoundingClientRect();
            return r.width && (r.left < left - 1 || r.right > right + 1);
          }).map((t) => t.textContent);
        })"""
    )
    assert out == []


def test_every_chart_has_a_name_and_its_numbers(page):
    """A chart is an image whose name tells its finding, and a table that the keyboard unfolds."""
    for name in CHARTS:
        chart = page.locator(f".ivig-chart-{name}")
        title = chart.locator("h3").inner_text()
        label = chart.locator(".ivig-plot").get_attribute("aria-label")
        assert label.startswith(f"Chart: {title}")
        assert len(label) > len(title) + 40
        chart.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(chart.locator("table caption")).to_have_text(title)
        assert chart.locator("tbody tr").count() >= 2


def test_a_slider_redraws_and_is_announced(page):
    """An arrow key on the trough moves the mark, and the status line reads the finding out."""
    title = page.locator(".ivig-chart-pneumonia h3")
    before = title.inner_text()
    page.get_by_label("Trough compared with it").focus()
    page.keyboard.press("ArrowRight")
    expect(title).not_to_have_text(before)
    expect(page.get_by_role("status")).to_have_text(title.inner_text())


def test_a_list_of_uses_is_chosen(page):
    """Another list redraws the bars, and its own note takes the place of the other."""
    page.get_by_label("Place, year and what was counted").select_option("london-ontario-use")
    expect(page.locator(".ivig-chart-uses h3")).to_contain_text("London")
    expect(page.locator('[data-part="uses-london-ontario-use"]')).to_be_visible()
    expect(page.locator('[data-part="uses-us-hospital-users-by-indication"]:visible')).to_have_count(0)


def test_the_history_unfolds(page, data):
    """The short history first; the switch shows all events, a kind its own, and the count follows."""
    shown = page.locator(".ivig-living-history > li:visible")
    expect(shown).to_have_count(int((data.timeline["importance"] == 1).sum()))
    page.get_by_label("All events").check()
    expect(shown).to_have_count(len(data.timeline))
    expect(page.get_by_role("status")).to_have_text(f"{len(data.timeline)} of {len(data.timeline)} events shown")
    page.get_by_label("Kind of event").select_option("safety")
    expect(shown).to_have_count(int((data.timeline["kind"] == "safety").sum()))


def test_a_citation_leads_to_its_source(page):
    """A number at a statement goes to the source in the list."""
    mark = page.locator("#living-infections .ivig-cite a:visible").first
    target = mark.get_attribute("href")
    mark.click()
    expect(page.locator(target)).to_be_in_viewport()


def test_a_condition_opens_its_card(page):
    """The name of a condition in the table of outlooks leads to its card."""
    page.locator('#living-survival a[data-value="cvid"]').first.click()
    expect(page.locator(".ivig-card h2")).to_contain_text("Common variable immunodeficiency")
