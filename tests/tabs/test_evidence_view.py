"""The evidence view on Explore, and the ways that lead to how we grade."""

from __future__ import annotations

import pytest

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.selection import Selection
from ivig_explainer.studies import behind

DATA = ivig.load()


@pytest.fixture
def page() -> Dashboard:
    dashboard = Dashboard(DATA)
    dashboard._restore("?tab=explore&chart=evidence")
    return dashboard


def part(page: Dashboard, name: str):
    parts = page.frame.children["explore"].children
    return (parts | parts["stage"].children)[name]


def press(widget, action: str, value: str = "") -> None:
    widget._handle_custom_msg({"action": action, "value": value}, [])


def drawn(page: Dashboard) -> set[str]:
    """Return what the marks of the chart carry."""
    return {mark for trace in part(page, "chart").figure["data"] for mark in trace.get("customdata", ())}


def test_filters_apply(page):
    """The marks are the graded conditions among the selected ones."""
    assert drawn(page) == {f"condition:{condition}" for condition in behind(DATA)}
    page.session.select(category=("Dermatological",))
    found = Selection(category=("Dermatological",)).apply(DATA)["id"]
    assert drawn(page) == {f"condition:{condition}" for condition in found if condition in behind(DATA)}


def test_every_mark_opens_a_card(page):
    """Clicking a mark opens the card of its condition, and the chart stays."""
    before = drawn(page)
    for mark in before:
        press(part(page, "chart"), "choose", mark)
        assert page.session.view.condition == mark.removeprefix("condition:")
    assert drawn(page) == before


def test_it_is_laid_out_for_the_width_of_its_plot(page):
    """When the browser tells another width the picture is laid out anew; a chart that fits any width is not drawn again."""
    plot = part(page, "chart")
    tall = plot.figure["layout"]["height"]
    plot.width = 1200
    assert plot.figure["layout"]["height"] < tall
    page.session.change(chart="categories")
    figure = plot.figure
    plot.width = 400
    assert plot.figure is figure


@pytest.mark.parametrize("start", ["bar", "card"])
def test_how_we_grade_is_one_step_away(page, start):
    """Beside the chart switch and on each card a link leads there, and says so in the address; also the second time."""
    page.session.change(condition="cidp")
    link = 'href="?tab=sources&amp;sources.at.part=grading" data-action="grading"'
    for _ in range(2):
        assert link in part(page, start).html
        press(part(page, start), "grading")
        assert page.session.view.tab == "sources"
        assert "sources.at.part=grading" in page.session.view.to_query()
        page.session.change(tab="explore")


@pytest.mark.parametrize("value", ["magic", "<script>"])
def test_a_part_that_does_not_exist_is_dropped_with_a_notice(value):
    """An address that asks for an unknown part of Sources opens the tab, and says what was ignored."""
    dashboard = Dashboard(DATA)
    dashboard._restore(f"?tab=sources&sources.at.part={value}")
    assert any("was left out" in notice for notice in dashboard.frame.notices)
    assert "sources.at" not in dashboard.session.view.to_query()
