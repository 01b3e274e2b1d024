"""Filters, search, chart, table and card of the explore tab."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from ivig_explainer import Selection, grading
from ivig_explainer.selection import CATEGORIES

from .screen import chart_table, choose, expect_query, expect_selection, explore, ids, search

BAR = """category => {
  const plot = document.querySelector(".ivig-tab-explore .ivig-plot");
  const widest = [...plot.querySelectorAll(".barlayer .point")]
    .filter((point) => plot.data[0].y[point.__data__.p] === category)
    .map((point) => point.getBoundingClientRect())
    .sort((a, b) => b.width - a.width)[0];
  return [widest.x + widest.width / 2, widest.y + widest.height / 2];
}"""
LEAF = """id => {
  const leaf = [...document.querySelectorAll(".ivig-tab-explore .treemaplayer .slice")]
    .find((slice) => slice.__data__.data.data.id === id).querySelector(".surface").getBoundingClientRect();
  return [leaf.x + leaf.width / 2, leaf.y + leaf.height / 2];
}"""


def click_mark(page: Page, finder: str, name: str) -> None:
    """Click a mark of the chart where it is drawn."""
    explore(page).locator(".ivig-plot").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(finder, name))


def show_tree(page: Page) -> None:
    page.get_by_role("group", name="Chart").get_by_role("button", name="Tree").click()
    expect(explore(page).locator(".treemaplayer .slice").first).to_be_visible()


def test_all_conditions_are_shown_at_first(at, data):
    """Without a filter, count, chart, table and the numbers beside the filters hold every condition."""
    expect_selection(at("tab=explore"), Selection(), data)


def test_filters_change_count_chart_and_table_together(at, data):
    """What is chosen is what `Selection` selects, after every click, also when a choice is taken back."""
    page = at("tab=explore")
    choose(page, "category", "Neurological")
    expect_selection(page, Selection(category=("Neurological",)), data)
    choose(page, "category", "Dermatological")
    expect_selection(page, Selection(category=("Neurological", "Dermatological")), data)
    choose(page, "evidence", "strong")
    expect_selection(page, Selection(category=("Neurological", "Dermatological"), evidence=("strong",)), data)
    choose(page, "category", "Dermatological")
    expect_selection(page, Selection(category=("Neurological",), evidence=("strong",)), data)
    expect_query(page, "tab=explore&category=Neurological&evidence=strong")


def test_country_and_access_are_one_question(at, data):
    """A country and a status chosen together mean that status in that country."""
    page = at("tab=explore")
    choose(page, "region", "AU")
    choose(page, "status", "not-funded")
    expect_selection(page, Selection(region=("AU",), status=("not-funded",)), data)


def test_quick_clicks_all_count(at, data):
    """Guards against a late answer of the kernel that unchecks what was checked meanwhile."""
    page = at("tab=explore")
    page.evaluate("document.querySelectorAll('.ivig-filter-category input').forEach((box) => box.click())")
    expect_selection(page, Selection(category=CATEGORIES), data)


def test_chart_as_table_sums_to_the_count(at, data):
    """The numbers behind the categories chart are those of the selection, by category and by evidence."""
    page = at("tab=explore&region=UK")
    found = Selection(region=("UK",)).apply(data)
    rows = chart_table(page)
    assert {row[0]: int(row[1]) for row in rows} == found["category"].value_counts().to_dict()
    assert all(int(row[1]) == sum(map(int, row[2:])) for row in rows)
    assert sum(int(row[1]) for row in rows) == len(found)
    choose(page, "category", "Dermatological")
    found = Selection(region=("UK",), category=("Dermatological",)).apply(data)
    expect(explore(page).locator(".ivig-chart-table tbody tr")).to_have_count(1)
    assert int(chart_table(page)[0][1]) == len(found)


def test_tree_as_table_names_every_condition(at, data):
    """The table behind the tree holds every selected condition once, with its evidence."""
    page = at("tab=explore&category=Neurological&chart=tree")
    found = Selection(category=("Neurological",)).apply(data)
    strengths = grading.grade(data)
    assert sorted((row[2], row[3]) for row in chart_table(page)) == sorted(
        (row.name, grading.LEVELS[strengths[row.id]]) for row in found.itertuples(index=False)
    )


def test_a_bar_narrows_to_its_category(at, data):
    """Clicking a bar filters the table, the count and the address by its category."""
    page = at("tab=explore")
    click_mark(page, BAR, "Dermatological")
    expect_selection(page, Selection(category=("Dermatological",)), data)
    expect_query(page, "tab=explore&category=Dermatological")


def test_a_leaf_of_the_tree_opens_its_card(at, data):
    """Clicking a condition in the tree opens its card, and the tree stays as it is."""
    page = at("tab=explore")
    show_tree(page)
    click_mark(page, LEAF, "cidp")
    expect(page.locator(".ivig-card h2")).to_have_text(data.conditions.set_index("id").loc["cidp", "name"])
    expect_query(page, "tab=explore&chart=tree&condition=cidp")
    assert explore(page).locator(".treemaplayer .slice").count() > len(data.conditions)


def test_search_finds_as_one_types_in_spite_of_a_typo(at, data):
    """A misspelt name finds its condition, best match first, without pressing Enter."""
    page = at("tab=explore")
    page.locator(".ivig-search").press_sequentially("polyneuropaty", delay=20)
    expect_selection(page, Selection(q="polyneuropaty"), data)
    assert "cidp" in ids(page)
    expect_query(page, "tab=explore&q=polyneuropaty")


def test_search_by_code(at, data):
    """An ICD-10 code finds its conditions."""
    page = at("tab=explore")
    search(page, "G61.0")
    expect_selection(page, Selection(q="G61.0"), data)
    assert "gbs" in [c.casefold() for row in data.conditions.set_index("id").loc[ids(page), "abbreviations"] for c in row]


def test_search_on_the_overview_leads_to_explore(at, data):
    """Searching is exploring: from any tab, Enter shows what was found."""
    page = at()
    search(page, "kawasaki")
    page.locator(".ivig-search").press("Enter")
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    expect_selection(page, Selection(q="kawasaki"), data)
    expect(page.locator(".ivig-search")).to_be_focused()
    expect(page.locator(".ivig-search")).to_have_value("kawasaki")


def test_where_nothing_matches_the_page_offers_a_way_out(at, data):
    """It says that nothing matches, names the part that costs most, and removes that part when asked."""
    selection = Selection(category=("Dermatological",), q="kawasaki")
    part, size = selection.costliest(data)
    page = at(f"{selection.to_query()}&tab=explore")
    expect_selection(page, selection, data)
    offer = page.locator(".ivig-empty")
    expect(offer).to_contain_text("No condition matches")
    expect(offer).to_contain_text(f"{size} would")
    offer.get_by_role("button").click()
    expect_selection(page, selection.without(part), data)
    expect(offer).to_have_count(0)
    expect(page.locator(".ivig-search")).to_have_value(selection.without(part).q)


def test_a_hopeless_search_says_so(at, data):
    """Where only the search is to blame, removing the search is what is offered."""
    page = at("tab=explore")
    search(page, "xyzzyplugh")
    expect(page.locator(".ivig-empty")).to_contain_text("xyzzyplugh")
    expect(explore(page).locator(".ivig-chart h3")).to_have_text("No condition is selected")
    page.locator(".ivig-empty button").click()
    expect_selection(page, Selection(), data)
    expect(page.locator(".ivig-search")).to_have_value("")


def test_a_row_opens_a_card_and_closing_gives_the_focus_back(at, data):
    """The card's heading takes the focus; Close returns it to the row that was opened."""
    page = at("tab=explore&category=Neurological")
    row = page.locator('.ivig-table tr[data-id="cidp"]')
    row.locator("a").click()
    heading = page.locator(".ivig-card h2")
    expect(heading).to_have_text(row.locator("a").inner_text())
    expect(heading).to_be_focused()
    expect(row).to_have_attribute("aria-current", "true")
    page.locator(".ivig-card-close").click()
    expect(page.locator(".ivig-card")).to_have_count(0)
    expect(row.locator("a")).to_be_focused()


def test_a_card_names_its_sources(at, data):
    """Every citation leads to a source on the card, and every source to an address on the web."""
    page = at("tab=explore&condition=cidp")
    broken = page.locator(".ivig-card .ivig-cite a").evaluate_all(
        "all => all.filter((a) => !a.closest('.ivig-card').querySelector(a.getAttribute('href'))).map((a) => a.outerHTML)"
    )
    assert not broken
    assert page.locator(".ivig-card .ivig-cite a").count() > 5
    links = page.locator(".ivig-card .ivig-references li").evaluate_all("all => all.map((li) => li.querySelector('a')?.href ?? '')")
    assert len(links) > 5
    assert [link for link in links if not link.startswith(("https://", "http://"))] == []
    named = set(data.conditions.set_index("id").loc["cidp", "sources"])
    titles = set(data.sources[data.sources["id"].isin(named)]["title"])
    assert titles <= set(page.locator(".ivig-card .ivig-references a").all_inner_texts())


def test_a_citation_shows_its_source(at):
    """Following a citation scrolls to the source and keeps the card, the filters and the session."""
    page = at("tab=explore&condition=cidp")
    mark = page.locator(".ivig-card .ivig-cite a").first
    target = mark.get_attribute("href")
    mark.click()
    expect(page.locator(target)).to_be_in_viewport()
    expect(page.locator(".ivig-card")).to_be_visible()
    choose(page, "category", "Neurological")
    expect(page.locator(".ivig-card")).to_be_visible()
    expect(page.locator(".ivig-count")).not_to_have_text(re.compile(r"^(\d+) of \1 "))


def test_a_sorted_column_stays_sorted_when_filters_change(at, data):
    """A heading sorts upwards, then downwards, then gives the first order back."""
    page = at("tab=explore&category=Neurological")
    names = [name.casefold() for name in Selection(category=("Neurological",)).apply(data)["name"]]
    first = ids(page)
    heading = page.locator(".ivig-table thead th").first
    shown = lambda: page.locator(".ivig-table tbody th a").all_inner_texts()  # noqa: E731
    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.locator("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert sorted(map(str.casefold, shown())) == sorted(names)
    assert ids(page) != first
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") is None
    assert ids(page) == first
    levels = list(grading.LEVELS.values())
    page.locator(".ivig-table thead button").last.click()
    ranks = [levels.index(text) for text in page.locator('.ivig-table tbody td[data-column="evidence"]').all_inner_texts()]
    assert ranks == sorted(ranks)
    choose(page, "course", "acute")
    expect(page.locator(".ivig-table tbody tr")).to_have_count(len(Selection(category=("Neurological",), course=("acute",)).apply(data)))
    ranks = [levels.index(text) for text in page.locator('.ivig-table tbody td[data-column="evidence"]').all_inner_texts()]
    assert ranks == sorted(ranks)
    page.locator(".ivig-table thead button").last.click(click_count=2)
    expect(page.locator(".ivig-table [aria-sort]")).to_have_count(0)


def test_reset_shows_all_again(at, data):
    """Reset clears filters and search, keeps the open card, and goes away."""
    page = at("tab=explore&category=Neurological&q=neuropathy&condition=cidp")
    page.locator(".ivig-reset").click()
    expect_selection(page, Selection(), data)
    expect(page.locator(".ivig-search")).to_have_value("")
    expect(page.locator(".ivig-reset")).to_have_count(0)
    expect(page.locator(".ivig-card")).to_be_visible()


def test_copy_link_copies_the_address(at):
    """The clipboard holds the address of what is seen, and the page says that it was copied."""
    page = at("tab=explore&category=Neurological")
    choose(page, "evidence", "strong")
    expect_query(page, "tab=explore&category=Neurological&evidence=strong")
    page.locator(".ivig-copy").click()
    expect(page.get_by_role("status")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_a_download_holds_what_is_shown(at, data, tmp_path, suffix):
    """The saved file has the conditions of the table in its order, the evidence, the sources and the notice."""
    page = at("tab=explore&category=Neurological&evidence=strong")
    explore(page).locator(".ivig-downloads summary").click()
    with page.expect_download() as waiting:
        explore(page).locator(f'.ivig-downloads [data-value="{suffix}"]').click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.suffix == f".{suffix}"
    assert data.version in path.name
    if suffix == "json":
        content = json.loads(path.read_text(encoding="utf-8"))
        table, notice = pd.DataFrame(content["conditions"]), content["notice"]
    elif suffix == "xlsx":
        table = pd.read_excel(path, sheet_name="Conditions")
        notice = " ".join(pd.read_excel(path, sheet_name="About")["value"].astype(str))
    else:
        table = pd.read_csv(path)
        notice = table["notice"].iloc[0]
    assert list(table["id"]) == ids(page)
    assert set(table["evidence_strength"]) == {"strong"}
    assert table["sources"].notna().all()
    assert "education only" in notice
