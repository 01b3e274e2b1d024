"""The tab Compare in a browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .screen import expect_query
from .test_accessibility import CUT, RULES

QUERY = "tab=compare&compare=cidp&compare=gbs&compare=mmn"


def test_from_the_table_to_the_comparison(at):
    """By keyboard: a row's box is reached from its name, two are ticked, and a button leads to the comparison and its address."""
    page = at("tab=explore&q=neuropathy")
    rows = page.locator(".ivig-table tbody tr")
    ids = [rows.nth(place).get_attribute("data-id") for place in (0, 1)]
    rows.nth(0).locator("a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".ivig-comparing")).to_contain_text("2 conditions chosen to compare")
    expect(rows.locator("input:checked")).to_have_count(2)
    page.locator(".ivig-comparing button").first.press("Enter")
    expect(page.locator(".ivig-compare thead th")).to_have_count(2)
    expect_query(page, f"tab=compare&q=neuropathy&compare={ids[0]}&compare={ids[1]}")
    expect(page.get_by_role("status").filter(has_text="2 conditions compared")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_can_be_read_by_everybody(at, width):
    """Axe finds nothing, nothing is cut off, and on a phone each cell says whose it is."""
    page = at(QUERY, width=width, height=844)
    expect(page.locator(".ivig-chart-compared-doses .main-svg").first).to_be_visible()
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate(CUT) == []
    expect(page.locator(".ivig-compare-name").first).to_be_visible(visible=width < 800)
    assert page.get_by_role("row").count() > 20  # the table is a table also where it is shown as blocks


def test_only_what_differs(at):
    """One choice leaves the lines that differ, and the address keeps it."""
    page = at(QUERY)
    page.get_by_label("Only lines that differ").check()
    expect(page.locator('.ivig-compare tbody tr:visible:not(.ivig-compare-group):not(:has([data-verdict="differs"]))')).to_have_count(0)
    assert page.locator('.ivig-compare [data-verdict="differs"]:visible').count() > 3
    expect_query(page, QUERY + "&compare.show.lines=differences")
