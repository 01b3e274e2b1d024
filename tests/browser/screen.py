"""What a page of the explainer shows, read from its document."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Locator, Page, expect

from ivig_explainer import Dataset, Selection

# What the explore tab shows. `drawn` is the number of conditions in the chart: lengths of bars, or leaves of the tree.
SHOWN = """() => {
  const tab = document.querySelector(".ivig-tab-explore");
  const boxes = [...tab.querySelectorAll(".ivig-filter label")].map((label) => [label.querySelector("input"), label.lastChild]);
  return {
    count: tab.querySelector(".ivig-count")?.textContent,
    rows: [...tab.querySelectorAll(".ivig-table tbody tr")].map((row) => row.dataset.id),
    drawn: (tab.querySelector(".ivig-plot")?.data ?? [])
      .flatMap((trace) => trace.type === "treemap" ? trace.customdata.map((mark) => Number(mark.startsWith("condition:"))) : trace.x)
      .reduce((sum, size) => sum + size, 0),
    checked: boxes.filter(([box]) => box.checked).map(([box]) => `${box.name}=${box.value}`),
    counts: Object.fromEntries(boxes.map(([box, count]) => [`${box.name}=${box.value}`, Number(count.textContent)])),
  };
}"""
PATIENCE_S = 20


def explore(page: Page) -> Locator:
    return page.locator(".ivig-tab-explore")


def box(page: Page, name: str, value: str) -> Locator:
    """Return the check box of one choice of a filter."""
    return page.locator(f'.ivig-filter-{name} input[value="{value}"]')


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value of a filter by its label, as a visitor does."""
    page.locator(f".ivig-filter-{name} label").filter(has=page.locator(f'input[value="{value}"]')).click()


def search(page: Page, text: str) -> None:
    page.locator(".ivig-search").fill(text)


def ids(page: Page) -> list[str]:
    """Return the ids of the rows of the table of conditions, in order."""
    return page.eval_on_selector_all(".ivig-table tbody tr", "rows => rows.map((row) => row.dataset.id)")


def expect_selection(page: Page, selection: Selection, data: Dataset) -> None:
    """Count, table, chart, numbers beside the filters and checked boxes show `selection`, no more and no less."""
    found = selection.apply(data)
    counts = selection.counts(data)
    wanted = {
        "count": f"{len(found)} of {len(data.conditions)} conditions",
        "rows": list(found["id"]),
        "drawn": len(found),
        "checked": [f"{name}={value}" for name in counts for value in getattr(selection, name)],
        "counts": {f"{name}={value}": size for name, sizes in counts.items() for value, size in sizes.items()},
    }
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    end = time.monotonic() + PATIENCE_S
    while (shown := page.evaluate(SHOWN)) != wanted and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert shown == wanted


def chart_table(page: Page) -> list[list[str]]:
    """Unfold "Show as table" and return the cells of its rows."""
    results = explore(page).locator(".ivig-explore-results")  # a card has a chart, too
    details = results.locator(".ivig-chart-table")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    expect(details.locator("caption")).to_have_text(results.locator(".ivig-chart h3").inner_text())
    return details.locator("tbody").evaluate("body => [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent))")


def expect_query(page: Page, text: str) -> None:
    """The address bar comes to hold the parts of this query string, in whatever order, and no others."""
    end = time.monotonic() + PATIENCE_S
    while (shown := sorted(parse_qsl(urlsplit(page.url).query))) != sorted(parse_qsl(text)) and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert shown == sorted(parse_qsl(text))
