"""Every view has an address that restores it: what a tab shows after its address was opened is what it showed before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Form, Markup, Plot

DATA = ivig.load()


def widgets(widget: Markup, place: str = "") -> dict[str, object]:
    """Return the widgets of a tab by the way that leads to them."""
    found = {place: widget}
    for name, child in getattr(widget, "children", {}).items():
        found |= widgets(child, f"{place}/{name}")
    return found


def opened(query: str) -> Dashboard:
    """Return the page as its address opens it."""
    page = Dashboard(DATA)
    page._restore(query)
    return page


def shown(page: Dashboard) -> dict[str, object]:
    """Return everything that the open tab shows: HTML, what is hidden, values of forms, drawn figures."""
    traits = {Markup: ("html", "hidden"), Form: ("values", "fields", "faults"), Plot: ("name", "title", "figure", "table")}
    found = widgets(page._built[page.session.view.tab])
    return {
        f"{place}.{trait}": getattr(widget, trait)
        for place, widget in found.items()
        for kind, names in traits.items()
        if type(widget) is kind
        for trait in names
    }


def fill(place: str, **values: object) -> Callable[[dict], None]:
    """Return a change: a form gets other values."""
    return lambda found: setattr(found[place], "values", {**found[place].values, **values})


def press(place: str, action: str, value: str) -> Callable[[dict], None]:
    """Return a change: a mark is pressed."""
    return lambda found: found[place]._handle_custom_msg({"action": action, "value": value}, [])


CHANGES = {
    "troughs": ("living", [fill("/trough-form", reference=6.0, trough=9.0)]),
    "list of uses": ("living", [fill("/uses-form", list="london-ontario-use")]),
    "history": ("living", [fill("/history-form", extent="all")]),
    "weight": ("infusion", [fill("/form", weight_kg=82.5)]),
    "plan": (
        "infusion",
        [fill("/form", condition="cidp"), fill("/form", product="privigen"), fill("/form", days=4, height_cm=180, sex="male")],
    ),
    "own dose": ("infusion", [fill("/form", dose_g_per_kg=0.65)]),
    "part of the antibody": ("mechanism", [press("/antibody", "part", "Fab")]),
    "all families": ("mechanism", [press("/antibody", "family", "")]),
    "family": ("mechanism", [press("/antibody", "family", "FcRn")]),
    "mechanisms of a condition": ("mechanism", [fill("/condition", condition="cidp")]),
    "dose": ("mechanism", [fill("/dose", dose=0.45)]),
    "schedules": (
        "mechanism",
        [press("/levels/presets", "preset", "1"), fill("/levels/first", dose=0.55), fill("/levels/person", weight=61)],
    ),
    "all models": ("mechanism", [press("/levels/switch", "levels", "all")]),
    "one schedule": ("mechanism", [fill("/levels/person", compare="no")]),
    "reaction": ("safety", [press("/when", "open", "haemolysis")]),
    "studies": ("safety", [press("/card", "studies", "haemolysis")]),
    "risks": ("safety", [lambda found: fill("/form", person=[found["/form"].fields[0]["options"][1]["value"]])(found)]),
    "question": ("questions", [press("", "question", "questions-09-headaches")]),
    "filter": ("questions", [fill("/form", filter="headache")]),
    "statements": ("sources", [fill("/claims-form", verdict="outdated")]),
    "library": ("sources", [fill("/form", text="cochrane", first_year=2015)]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_comes_back(name):
    """Changing a tab changes its address, and opening that address shows the same again, with nothing ignored."""
    tab, changes = CHANGES[name]
    page = opened(f"?tab={tab}")
    before = page.session.view.to_query()
    for change in changes:
        change(widgets(page._built[tab]))
    query = page.session.view.to_query()
    assert query != before
    again = opened(f"?{query}")
    assert shown(again) == shown(page)
    assert again.frame.notices == []
    assert again.session.view == page.session.view


@pytest.mark.parametrize("name", CHANGES)
def test_going_back_shows_what_was(name):
    """The address of before, shown on the same page again as Back does, undoes the change."""
    tab, changes = CHANGES[name]
    page = opened(f"?tab={tab}")
    first, before = page.session.view, shown(page)
    for change in changes:
        change(widgets(page._built[tab]))
    page.session.show(View(tab="overview"))
    page.session.show(first)
    assert shown(page) == before


@pytest.mark.parametrize("tab", TABS)
def test_opening_a_tab_adds_nothing_to_its_address(tab):
    """What is as usual is left out, in every tab."""
    assert opened(f"?tab={tab}").session.view == View(tab=tab)


@pytest.mark.parametrize("tab", ["infusion", "mechanism"])
def test_a_card_that_is_opened_elsewhere_adds_nothing(tab):
    """Tabs that follow the open card keep the address as short as it was, and show by it what they showed."""
    page = opened(f"?tab={tab}")
    page.session.show(View(tab="explore", condition="gbs"))
    assert page.session.view == View(tab="explore", condition="gbs")
    page.session.show(View(tab="explore"))
    assert page.session.view == View(tab="explore")
    page.session.change(tab=tab)  # it still shows what it showed last
    assert shown(opened(f"?{page.session.view.to_query()}")) == shown(page)
