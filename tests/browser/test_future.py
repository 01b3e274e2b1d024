"""The tab Future in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .test_accessibility import RULES


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, width, scheme):
    """By the rules of WCAG 2.2 AA that a machine can check, the tab has no fault."""
    page = visit("/?tab=future", width=width, height=800, scheme=scheme)
    page.locator(".ivig-tab-future .ivig-chart-trials h3").wait_for()
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
