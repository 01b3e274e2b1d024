"""The access map as a visitor meets it: every cell leads to its source, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from ivig_explainer import Selection, access
from ivig_explainer.references import address, in_words
from ivig_explainer.selection import CATEGORIES, REGIONS, STATUSES

from .screen import choose, expect_query, explore

MAP = "tab=explore&chart=access"
ROWS = "() => [...document.querySelectorAll('.ivig-grid tbody tr')].map((row) => row.dataset.id)"
# Cells whose text runs over their edge.
SPILT = """() => [...document.querySelectorAll(".ivig-grid-cell > .ivig-grid-symbol, .ivig-grid-cell > span > *")].filter((text) => {
  if (!text.closest(".ivig-grid") || getComputedStyle(text).clipPath !== "none") return false;
  const [inner, cell] = [text.getBoundingClientRect(), text.closest("td").getBoundingClientRect()];
  return inner.width && (inner.right > cell.right + 1 || inner.left < cell.left - 1);
}).map((text) => text.textContent)"""


def cell(page: Page, condition: str, region: str) -> Locator:
    return page.locator(f'.ivig-grid tr[data-id="{condition}"] td').nth(list(REGIONS).index(region)).locator(".ivig-grid-stop")


def expect_rows(page: Page, ids: list[str]) -> None:
    """The grid comes to show these conditions in this order."""
    page.wait_for_function("ids => JSON.stringify((" + ROWS + ")()) === JSON.stringify(ids)", arg=ids)


def ordered(data, sort: str, selection: Selection = Selection(), question: str = "") -> list[str]:  # noqa: B008
    found = selection.apply(data)
    return access.ordered(data, found[found["id"].isin(access.answer(data, question))] if question else found, sort)


def kinds(data) -> dict[str, access.Cell]:
    """Return one cell of every kind that looks other: each status, history, advice, a group's position."""
    found: dict[str, access.Cell] = {}
    for row in access.rows(data).values():
        for one in row.values():
            if one.status:
                found.setdefault(f"{one.status} {one.kind} {one.historical} {bool(one.group)}", one)
    return found


@contextmanager
def elsewhere(page: Page) -> Iterator[None]:
    """Let other servers answer with an empty page, so that a link to them can be followed."""
    outside = lambda url: not url.startswith("http://127.0.0.1")  # noqa: E731
    page.context.route(outside, lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"))
    yield
    page.context.unroute(outside)


def test_every_kind_of_cell_leads_to_its_source(at, data):
    """Each cell is a link to its source in a new tab, named in words, with the look of what it says."""
    page = at(MAP)
    sources = data.sources.set_index("id", drop=False)
    found = kinds(data)
    assert {one.status for one in found.values()} == set(STATUSES)
    for one in found.values():
        stop = cell(page, one.condition, one.jurisdiction)
        expect(stop).to_have_attribute("href", address(sources.loc[one.sources[0]]))
        expect(stop).to_have_attribute("target", "_blank")
        expect(stop).to_have_attribute("rel", "noopener")
        expect(stop).to_have_attribute("data-look", one.status)
        expect(stop).to_contain_text(access.words(one)[0])
        assert ("old" in stop.inner_text()) == one.historical
        assert ("group" in stop.inner_text()) == bool(one.group)


def test_a_click_opens_the_source(at, data):
    """One click, and the source stands in a new tab; the page stays as it is."""
    page = at(MAP)
    source = data.sources.set_index("id", drop=False).loc[access.rows(data)["gbs"]["EU"].sources[0]]
    with elsewhere(page), page.expect_popup() as opening:
        cell(page, "gbs", "EU").click()
    assert opening.value.url.rstrip("/") == address(source).rstrip("/")
    opening.value.close()
    expect_query(page, MAP)


def test_pointing_at_a_cell_tells_what_it_stands_for(at, data):
    """The body's own words, date, products and source are shown, stay under the pointer, and go with Escape (WCAG 1.4.13)."""
    page = at(f"{MAP}&category=Neurological")
    tip = page.get_by_role("tooltip")
    one = access.rows(data)["cidp"]["US"]
    stop = cell(page, "cidp", "US")
    stop.hover()
    expect(tip).to_be_visible()
    source = data.sources.set_index("id", drop=False).loc[one.sources[0]]
    for part in (one.body, one.as_of, one.native_term, *(product.brand for product in one.products), in_words(source)):
        expect(tip).to_contain_text(part)
    expect(stop).to_have_attribute("aria-describedby", tip.get_attribute("id"))
    inside, from_cell = tip.bounding_box(), stop.bounding_box()
    page.mouse.move(from_cell["x"] + from_cell["width"] - 3, from_cell["y"] + 10)
    page.mouse.move(inside["x"] + 30, inside["y"] + 20, steps=4)
    page.wait_for_timeout(500)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    stop.hover()
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_the_grid_is_one_stop_with_arrow_keys(at, data):
    """Tab enters at one cell and leaves; arrow keys, Home and End move, tell, and keep the focus in sight; Enter follows the link."""
    page = at(f"{MAP}&category=Neurological")
    ids = ordered(data, "category", Selection(category=("Neurological",)))
    stops = page.locator(".ivig-grid tbody .ivig-grid-stop")
    assert page.locator('.ivig-grid [tabindex="0"]').count() == 1
    page.locator(".ivig-access-sorts button").last.focus()
    page.keyboard.press("Tab")
    name = lambda place: page.locator(f'.ivig-grid tr[data-id="{ids[place]}"] th a')  # noqa: E731
    expect(page.locator(".ivig-grid tbody :focus")).to_have_count(1)  # where the visitor was last
    for key, target in [
        ("Control+Home", name(0)),
        ("ArrowDown", name(1)),
        ("ArrowRight", cell(page, ids[1], "US")),
        ("End", cell(page, ids[1], "CA")),
        ("PageDown", cell(page, ids[11], "CA")),
        ("Control+End", cell(page, ids[-1], "CA")),
        ("ArrowRight", cell(page, ids[-1], "CA")),
        ("Home", name(-1)),
        ("Control+Home", name(0)),
    ]:
        page.keyboard.press(key)
        expect(target).to_be_focused()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        expect(target).to_be_in_viewport()
        assert target.evaluate(
            """stop => { const [a, box] = [stop.getBoundingClientRect(), stop.closest(".ivig-grid-box").getBoundingClientRect()];
            return a.top >= box.top + stop.closest("table").tHead.offsetHeight - 1 && a.bottom <= box.bottom + 1; }"""
        )
    assert page.locator('.ivig-grid [tabindex="0"]').count() == 1
    assert stops.count() == len(ids) * 6
    while page.evaluate("document.activeElement.closest('tr').dataset.id") != "cidp":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tooltip")).to_contain_text(access.rows(data)["cidp"]["US"].native_term)
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()
    expect(cell(page, "cidp", "US")).to_be_focused()
    with elsewhere(page), page.expect_popup() as opening:
        page.keyboard.press("Enter")
    opening.value.close()
    page.keyboard.press("Tab")
    expect(page.locator(".ivig-grid :focus")).to_have_count(0)


def test_a_name_opens_its_card_and_gets_the_focus_back(at, data):
    """The condition's name opens its card; closing it returns to the map where the visitor was."""
    page = at(f"{MAP}&category=Neurological")
    name = page.locator('.ivig-grid tr[data-id="gbs"] th a')
    name.click()
    expect(page.locator(".ivig-card h2")).to_be_focused()
    expect(page.locator('.ivig-grid tr[data-id="gbs"]')).to_have_attribute("aria-current", "true")
    expect_query(page, f"{MAP}&category=Neurological&condition=gbs")
    page.locator(".ivig-card-close").click()
    expect(name).to_be_focused()


@pytest.mark.parametrize("question", access.QUESTIONS)
def test_a_question_is_one_click(at, data, question):
    """The button's number is that of the rows it shows; the title answers; Clear takes it back."""
    page = at(MAP)
    button = page.get_by_role("group", name="Questions to the map").get_by_role("button", name=access.QUESTIONS[question].label)
    size = len(access.answer(data, question))
    expect(button).to_contain_text(str(size))
    button.click()
    expect_rows(page, ordered(data, "disagreement" if question == "disagree" else "category", question=question))
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(explore(page).locator(".ivig-chart-access h3")).to_have_text(access.finding(data, data.conditions["id"], question))
    expect(page.locator(".ivig-access-asked")).to_contain_text(f"{size} of {len(data.conditions)}")
    expect(page.locator(".ivig-count")).to_have_text(f"{len(data.conditions)} of {len(data.conditions)} conditions")
    expect_query(page, f"{MAP}&question={question}" + ("&sort=disagreement" if question == "disagree" else ""))
    page.locator(".ivig-access-asked button").click()
    expect(page.locator(".ivig-access-asked")).to_have_count(0)
    expect(page.locator(".ivig-grid tbody tr")).to_have_count(len(data.conditions))


def test_filters_sort_and_question_stand_in_a_link(at, visit, data):
    """What was clicked together survives "copy link": another visitor sees the same rows in the same order."""
    page = at(MAP)
    choose(page, "category", "Neurological")
    page.get_by_role("button", name="Funded in the UK or Australia").click()
    page.get_by_role("group", name="Sort the map by").get_by_role("button", name="Evidence").click()
    rows = ordered(data, "evidence", Selection(category=("Neurological",)), "funded-unlicensed")
    expect_rows(page, rows)
    expect(page.locator(".ivig-grid tbody th small").first).to_contain_text("Evidence: ")
    expect_query(page, f"{MAP}&category=Neurological&question=funded-unlicensed&sort=evidence")
    page.locator(".ivig-copy").click()
    expect(page.get_by_role("status")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = visit(link.removeprefix(visit.server.origin), width=390, height=844)
    expect_rows(other, rows)
    by_evidence = other.get_by_role("group", name="Sort the map by").get_by_role("button", name="Evidence")
    expect(by_evidence).to_have_attribute("aria-pressed", "true")


def test_the_map_gives_its_place_to_the_other_charts(at, data):
    """Choosing another chart replaces the map by it, and back, without a fault and with the filters kept."""
    page = at(f"{MAP}&category={CATEGORIES[4]}")
    group = page.get_by_role("group", name="Chart")
    group.get_by_role("button", name="Tree").click()
    expect(explore(page).locator(".ivig-chart")).to_have_count(1)
    expect(explore(page).locator(".ivig-chart-tree .treemaplayer .slice").first).to_be_visible()
    group.get_by_role("button", name="Access map").click()
    expect(explore(page).locator(".ivig-chart")).to_have_count(1)
    expect_rows(page, ordered(data, "category", Selection(category=(CATEGORIES[4],))))


@pytest.mark.parametrize("width", [1280, 700, 390, 320])
def test_nothing_is_cut_off(at, data, width):
    """From a desktop to the smallest phone every cell holds its text, headings and names stay in sight, the page scrolls one way."""
    page = at(MAP, width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate(SPILT) == []
    expect(page.locator(".ivig-grid tbody tr")).to_have_count(len(data.conditions))
    scrolled, heading, name = page.evaluate(
        """() => { const box = document.querySelector(".ivig-grid-box"), edge = box.getBoundingClientRect();
        box.scrollTo(1000, 3000);
        const first = (part) => document.querySelector(`.ivig-grid ${part} th`).getBoundingClientRect();
        return [box.scrollTop, first("thead").top - edge.top, first("tbody").left - edge.left]; }"""
    )
    assert scrolled > 1000
    assert heading == pytest.approx(0, abs=2)
    assert name == pytest.approx(0, abs=2)
