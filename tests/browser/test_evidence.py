"""The evidence view as it is drawn: nothing covers anything, marks open cards, filters apply, and its rule is within reach."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivig_explainer import Selection
from ivig_explainer.studies import behind

from .screen import box, chart_table, choose, explore
from .test_accessibility import RULES, THEMES, WIDTHS, set_theme, set_width

# Five conditions, fifty, and all.
SELECTIONS = (
    Selection(category=("Neurological",), evidence=("conflicting",)),
    Selection(category=("Neurological", "Transplantation")),
    Selection(),
)
SIZES = ((390, 844), (1280, 800), (1920, 1080))
# What is drawn: the circles with their centres, the labels that are seen, and how many there are.
DRAWN = """() => {
  const plot = document.querySelector(".ivig-chart-evidence .ivig-plot");
  const box = (node) => { const b = node.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; };
  const labels = [...plot.querySelectorAll(".textpoint text")];
  return {
    plot: box(plot),
    marks: plot.data.flatMap((trace) => trace.customdata ?? []),
    circles: [...plot.querySelectorAll(".scatterlayer .trace")]
      .flatMap((trace, number) => plot.data[number].mode === "markers" ? [] : [...trace.querySelectorAll(".point")].map(box)),
    labels: labels.filter((label) => label.style.visibility !== "hidden").map(box),
    hidden: labels.length - labels.filter((label) => label.style.visibility !== "hidden").length,
  };
}"""
# The layout is that of the present width once Python has heard of it.
FITS = """() => {
  const plot = document.querySelector(".ivig-chart-evidence .ivig-plot");
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const room = plot?.offsetWidth / scale - (plot?.layout?.meta?.width ?? Infinity);
  return room >= 0 && room < 60 && plot.querySelectorAll(".textpoint").length > 0;
}"""


def overlapping(boxes: list[list[float]], slack: float = 1) -> list[tuple]:
    """Return the pairs of boxes that have more than `slack` pixels in common both ways."""
    return [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if min(one[1], other[1]) - max(one[0], other[0]) > slack and min(one[3], other[3]) - max(one[2], other[2]) > slack
    ]


def click_mark(page: Page, condition: str) -> None:
    """Click a circle where it is drawn."""
    plot = explore(page).locator(".ivig-plot")
    plot.scroll_into_view_if_needed()
    place = page.evaluate(
        """(mark) => {
          const plot = document.querySelector(".ivig-chart-evidence .ivig-plot");
          const number = plot.data.findIndex((trace) => trace.customdata?.includes(mark));
          const trace = plot.querySelectorAll(".scatterlayer .trace")[number];
          const point = trace.querySelectorAll(".point")[plot.data[number].customdata.indexOf(mark)];
          point.scrollIntoView({ block: "center" });
          const box = point.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        f"condition:{condition}",
    )
    page.mouse.click(*place)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
@pytest.mark.parametrize("selection", SELECTIONS, ids=["five", "fifty", "all"])
def test_nothing_covers_anything(at, data, selection, size):
    """With 5, 50 and all conditions, at three widths, every label is seen, and no label or circle covers another or is cut."""
    page = at(f"tab=explore&chart=evidence&{selection.to_query()}", *size)
    page.wait_for_function(FITS)
    shown = page.evaluate(DRAWN)
    assert set(shown["marks"]) == {f"condition:{i}" for i in selection.apply(data)["id"] if i in behind(data)}
    assert shown["hidden"] == 0
    assert overlapping(shown["labels"]) == []
    assert overlapping(shown["circles"], slack=2) == []
    for circle in shown["circles"]:
        for label in shown["labels"]:
            assert not overlapping([circle, label], slack=3)
    left, right, top, bottom = shown["plot"]
    for drawn in shown["labels"] + shown["circles"]:
        assert left <= drawn[0] + 1
        assert drawn[1] <= right + 1
        assert top <= drawn[2] + 1
        assert drawn[3] <= bottom + 1


def test_a_label_without_room_gives_way(at):
    """Where type turns out larger than the layout reckoned with, labels are hidden until none covers another."""
    page = at("tab=explore&chart=evidence", 1280, 800)
    page.wait_for_function(FITS)
    page.add_style_tag(content=".textpoint text { font-size: 19px !important; letter-spacing: 3px }")
    page.evaluate("document.querySelector('.ivig-chart-evidence .ivig-plot').emit('plotly_afterplot')")
    shown = page.evaluate(DRAWN)
    page.evaluate("document.querySelectorAll('head > style:last-of-type, body > style').forEach((style) => style.remove())")
    page.evaluate("document.querySelector('.ivig-chart-evidence .ivig-plot').emit('plotly_afterplot')")
    assert shown["hidden"] > 0
    assert shown["labels"]
    assert overlapping(shown["labels"]) == []


def test_a_mark_opens_its_card_and_filters_apply(at, data):
    """Clicking a circle opens the card of its condition; a filter leaves its own marks, in the chart and in its table."""
    page = at("tab=explore&chart=evidence", 1280, 800)
    page.wait_for_function(FITS)
    click_mark(page, "mmn")
    expect(page.locator(".ivig-card h2")).to_have_text(data.conditions.set_index("id").loc["mmn", "name"])
    expect(explore(page).locator(".ivig-chart-evidence")).to_be_visible()
    choose(page, "category", "Dermatological")
    expect(box(page, "category", "Dermatological")).to_be_checked()
    found = Selection(category=("Dermatological",)).apply(data)
    graded = [row.name for row in found.itertuples() if row.id in behind(data)]
    expect(explore(page).locator(".ivig-chart-evidence h3")).to_contain_text(f"Of {len(graded)} conditions")
    assert sorted(row[0] for row in chart_table(page)) == sorted(graded)


def test_how_we_grade_by_keyboard(at, data):
    """From the chart switch, Tab and Enter lead to the rule, which takes the focus; its address leads there, too."""
    page = at("tab=explore&chart=evidence", 1280, 800)
    page.get_by_role("group", name="Chart").get_by_role("button").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading = page.locator(".ivig-sources-grading h2")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    at("", 1280, 800)
    at("tab=sources&sources.at.part=grading", 1280, 800)
    expect(heading).to_be_focused()


def test_how_we_grade_is_for_everybody(at):
    """With its folds open axe finds nothing in it, light and dark, and no table of it makes a phone scroll sideways."""
    page = at("tab=sources&sources.at.part=grading")
    page.evaluate("document.querySelectorAll('.ivig-sources-grading details').forEach((fold) => (fold.open = true))")
    problems = []
    for width in WIDTHS:
        set_width(page, width)
        for theme in THEMES:
            set_theme(page, theme)
            results = Axe().run(page, context=".ivig-sources-grading", options=RULES)
            problems += [results.generate_report()] * bool(results.violations_count)
        section = page.locator(".ivig-sources-grading")
        assert section.evaluate("part => part.scrollWidth <= part.clientWidth"), width
    assert not problems, "\n".join(problems)
