"""The tab Future in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .test_accessibility import RULES, STOPS, press_through


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, width, scheme):
    """By the rules of WCAG 2.2 AA that a machine can check, the tab has no fault."""
    page = visit("/?tab=future", width=width, height=800, scheme=scheme)
    page.locator(".ivig-tab-future .ivig-chart-trials h3").wait_for()
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()


def test_every_control_is_a_stop_that_is_seen(visit):
    """The Tab key reaches the chart's table, the cards and the sources, and shows where it is."""
    page = visit("/?tab=future", width=1280, height=800)
    page.locator(".ivig-tab-future .ivig-chart-trials h3").wait_for()
    stops = press_through(page)
    assert len(stops) == page.evaluate(STOPS)
    assert all(stop["seen"] for stop in stops)
