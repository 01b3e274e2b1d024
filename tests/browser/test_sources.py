"""The tab Sources: the article checked, the bibliography searched, its links lead where they say."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivig_explainer.charts.verdicts import VERDICTS
from ivig_explainer.tabs.sources import FIRST, MORE, _Wanted, find

from .test_accessibility import RULES

# Type one letter more, and measure until the count above the list has changed.
ANSWER_MS = """async (text) => {
  const field = document.querySelector('.ivig-sources-library input[type="search"]');
  const list = document.querySelector(".ivig-sources-library");
  const before = list.querySelector(".ivig-sources-count").textContent;
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  while (list.querySelector(".ivig-sources-count")?.textContent === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def tab(page: Page):
    return page.locator(".ivig-tab-sources")


def rows(page: Page):
    return tab(page).locator(".ivig-sources-table tbody tr:not([hidden])")


def entries(page: Page):
    return tab(page).locator(".ivig-sources-list > li")


def test_statements_are_filtered_by_verdict_and_part(visit, data):
    """The two choices leave what the table holds, and one button shows all again."""
    page = visit("/?tab=sources")
    claims = data.article_claims
    expect(rows(page)).to_have_count(len(claims))
    page.get_by_label("Verdict", exact=True).select_option("supported-with-limits")
    left = claims[claims["verdict"] == "supported-with-limits"]
    expect(rows(page)).to_have_count(len(left))
    page.get_by_label("Part of the article").select_option("future")
    expect(rows(page)).to_have_count(int((left["part"] == "future").sum()))
    expect(page.get_by_role("status")).to_contain_text("statements shown")
    page.get_by_role("button", name="Show all").click()
    expect(rows(page)).to_have_count(len(claims))


def test_the_chart_is_described_and_shown_as_table(visit, data):
    """Title, description and table of the chart say the same numbers."""
    page = visit("/?tab=sources")
    chart = tab(page).locator(".ivig-chart-verdicts")
    expect(chart.locator("h3")).to_contain_text(f"{len(data.article_claims)} statements")
    title, description = chart.locator("h3").inner_text(), chart.locator("figcaption").text_content()
    expect(chart.locator(".ivig-plot")).to_have_attribute("aria-label", f"Chart: {title}. {description}")
    expect(chart.locator(".ivig-legend li")).to_have_text(list(VERDICTS.values()))
    chart.locator("summary").click()
    expect(chart.locator("tbody tr").first).to_be_visible()
    sizes = chart.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert sum(map(int, sizes)) == len(data.article_claims)


def test_a_citation_unfolds_the_sources_at_the_end(visit):
    """The list at the end is folded; following a number opens it at its entry."""
    page = visit("/?tab=sources")
    mark = rows(page).first.locator(".ivig-cite a").first
    target = mark.get_attribute("href")
    mark.click()
    expect(page.locator(target)).to_be_in_viewport()


def test_sources_are_found_as_one_types(visit, data):
    """The list and its count follow the search, the kind and the years."""
    page = visit("/?tab=sources")
    expect(entries(page)).to_have_count(FIRST)
    page.get_by_label("Title, publisher, id or DOI").fill("cochrane")
    size = len(find(data, _Wanted(text="cochrane")))
    expect(tab(page).locator(".ivig-sources-library .ivig-sources-count")).to_contain_text(f"{size} of {len(data.sources):,} sources")
    page.get_by_label("From year").fill("2015")
    size = len(find(data, _Wanted(text="cochrane", first_year=2015)))
    expect(tab(page).locator(".ivig-sources-library .ivig-sources-count")).to_contain_text(f"{size} of {len(data.sources):,} sources")
    page.get_by_label("To year").fill("2010")
    expect(tab(page).locator(".ivig-fault", has_text="before the first")).to_be_visible()


def test_the_keyboard_shows_more(visit):
    """Enter on the button adds sources and puts the focus on the first new one."""
    page = visit("/?tab=sources")
    page.get_by_role("button", name="more of").focus()
    page.keyboard.press("Enter")
    expect(entries(page)).to_have_count(FIRST + MORE)
    expect(entries(page).nth(FIRST).locator("a").first).to_be_focused()


def test_a_use_opens_the_card(visit, data):
    """A condition under a source leads to its card."""
    page = visit("/?tab=sources")
    page.get_by_label("Order").select_option("used")
    entry = entries(page).first
    expect(entry.locator("summary")).to_contain_text("conditions")
    entry.locator("summary").click()
    link = entry.locator('a[data-action="open"]').first
    condition = link.get_attribute("data-value")
    link.click()
    expect(page.locator(".ivig-card h2")).to_have_text(data.conditions.set_index("id").loc[condition, "name"])


def test_typing_is_answered_soon(visit):
    """The list follows what is typed without a wait that is felt; the first letter, which makes the index, is left out."""
    page = visit("/?tab=sources")
    expect(entries(page)).to_have_count(FIRST)
    page.evaluate(ANSWER_MS, "c")
    times = [page.evaluate(ANSWER_MS, text) for text in ("cochr", "plasma", "guillain", "label")]
    print("answers in ms:", [round(t) for t in times])
    assert min(times) < 150


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, width, scheme):
    """No rule of WCAG 2.2 AA is broken, and nothing is wider than the page."""
    page = visit("/?tab=sources", width, 800, scheme)
    expect(entries(page)).to_have_count(FIRST)
    entries(page).first.locator("summary").click()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
