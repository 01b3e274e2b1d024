"""Explore: filters, charts, the table of conditions, and the card of one condition."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import charts, grading
from ivig_explainer.charts import Chart
from ivig_explainer.comparison import FEWEST
from ivig_explainer.selection import FILTERS, ROLES_SHORT, Selection
from ivig_explainer.studies import behind
from ivig_explainer.tabs import saving
from ivig_explainer.tabs.access_map import AccessMap
from ivig_explainer.tabs.betting import Betting
from ivig_explainer.tabs.card import card, forest
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.remembered import SOURCES_AT
from ivig_explainer.view import CHARTS, MOST_COMPARED, View
from ivig_explainer.widgets import Facets, Markup, Plot, Table

if TYPE_CHECKING:
    from ivig_explainer.app import Session

COLUMNS = [
    {"key": "name", "label": "Condition"},
    {"key": "category", "label": "Category"},
    {"key": "role", "label": "What IVIG does"},
    {"key": "evidence", "label": "Evidence"},
]
INLINE_FILTERS = ("age", "course")
LAYOUT = """
<div class="ivig-explore">
  <div class="ivig-explore-filters" data-slot="filters"></div>
  <div class="ivig-explore-results">
    <div data-slot="bar"></div>
    <div data-slot="bet"></div>
    <div data-slot="stage" data-part="stage"></div>
    <div data-slot="table" data-part="table"></div>
  </div>
  <div class="ivig-explore-card" data-slot="card"></div>
</div>
"""
CHART_PLACE = '<div data-slot="chart"></div>'
MAP_PLACE = '<div data-slot="map"></div>'


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Explore(session).layout


class _Explore:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.strengths = grading.grade(session.data)
        self.facets = Facets(groups=_groups())
        self.betting = Betting(session, self._cover)
        self.bar = Markup(css_class="ivig-bar")
        self.plot = Plot(fits=True)
        self.map: AccessMap | None = None
        self.stage = Markup(children={"chart": self.plot})
        self.table = Table(columns=COLUMNS, rows=_rows(session.data.conditions, self.strengths), picking="Compare")
        self.forest = Plot(name="forest")
        self.drawn = ("", "")  # condition and theme of the forest plot
        self.card = Markup(children={"forest": self.forest})
        self.from_map = False  # whether the open card was opened from the access map, which then gets the focus back
        self.layout = Markup(
            html=LAYOUT,
            children={
                "filters": self.facets,
                "bar": self.bar,
                "bet": self.betting.layout,
                "stage": self.stage,
                "table": self.table,
                "card": self.card,
            },
        )
        self._refresh(session.view)
        self._show_card(session.view)
        session.listen(self._follow)
        self.facets.observe(lambda change: session.select(**{k: tuple(v) for k, v in change["new"].items()}), "chosen")
        self.bar.on_action(self._act)
        self.plot.on_action(self._act)
        self.plot.observe(lambda _: self._fit(), "width")
        self.table.on_action(self._act)
        self.card.on_action(self._act)

    def _follow(self, old: View, new: View) -> None:
        if new.tab != "explore":
            return
        if old.condition != new.condition or old.tab != new.tab:
            self._show_card(new)
        self._refresh(new)

    def _refresh(self, view: View) -> None:
        session, selection = self.session, view.selection
        shown = selection.apply(session.data)
        self.facets.counts = selection.counts(session.data)
        self.facets.chosen = {name: list(getattr(selection, name)) for name in FILTERS}
        total = len(session.data.conditions)
        count = f"{len(shown)} of {total} conditions"
        self.bar.html = _bar(count, view, _comparing(view) + _loosening(selection, session))
        with self.table.hold_sync():
            self.table.shown = shown.index.tolist()
            self.table.picked = list(view.compare)
            self.table.caption = f"{count}. Column headings sort; arrow keys move between rows; Enter opens one."
        self._draw(view, shown)
        if chart := self._forest(view):
            draw(self.forest, chart, self.session.data)
        self.betting.offer(shown, view)
        session.announce(f"{count} shown")

    def _draw(self, view: View, shown: pd.DataFrame) -> None:
        """Show what is chosen among the charts; only that one stands in the page."""
        if view.chart == "access":
            self._build_map().show(view, shown)
            self.stage.html = MAP_PLACE
        else:
            chart = self._chart(view, shown)
            evidence = grading.sources(self.session.data, shown["id"])
            draw(self.plot, replace(chart, sources=tuple(dict.fromkeys(evidence + chart.sources))), self.session.data)
            self.stage.html = CHART_PLACE

    def _build_map(self) -> AccessMap:
        """Return the access map, made when it is first asked for."""
        if self.map is None:
            self.map = AccessMap(self.session, lambda condition: self._open(condition, from_map=True))
            self.stage.children = {**self.stage.children, "map": self.map.layout}
        return self.map

    def _chart(self, view: View, shown: pd.DataFrame) -> charts.Chart:
        theme = self.session.theme
        if view.chart == "evidence":
            return charts.evidence(shown, behind(self.session.data), theme, self.plot.width)
        return getattr(charts, view.chart)(shown, self.strengths, theme)

    def _fit(self) -> None:
        """Draw a chart anew that is laid out for the width which the plot turned out to have."""
        view = self.session.view
        if view.chart == "evidence":
            self._draw(view, view.selection.apply(self.session.data))

    def _cover(self, covered: bool) -> None:
        """Hide the chart, and the table that tells the same, while a guess is open."""
        self.layout.hidden = ["stage", "table"] if covered else []

    def _show_card(self, view: View) -> None:
        chart = self._forest(view)  # first, so that the new card never waits beside the plot of the old
        self.card.html = card(self.session.data, view.condition) if view.condition else ""
        self.table.opened = view.condition
        self.layout.css_class = "ivig-carded" if view.condition else ""
        if self.map:
            self.map.grid.opened = view.condition
        if chart:
            draw(self.forest, chart, self.session.data)

    def _forest(self, view: View) -> Chart | None:
        """Return the plot on the card where it is to be drawn anew, for another condition or theme."""
        wanted = (view.condition, self.session.theme)
        if not view.condition or wanted == self.drawn:
            return None
        self.drawn = wanted
        return forest(self.session.data, *wanted)

    def _act(self, action: str, value: str) -> None:
        match action:
            case "open":
                self._open(value)
            case "close":
                self.session.change(condition="")
                (self.map.grid if self.from_map and self.session.view.chart == "access" else self.table).focus()
            case "quiz" if value in set(self.session.data.conditions["id"]):
                self._test(value)
            case "reset":
                self.session.change(selection=Selection())
            case "loosen":
                self.session.change(selection=self.session.view.selection.without(value))
            case "chart" if value in CHARTS:
                self.session.change(chart=value)
            case "choose":
                self._choose(value)
            case "pick":
                self._pick(value)
            case "compare":
                self._compare(value)
            case "compare-none":
                self.session.change(compare=())
            case "grading":
                self._explain_grading()
            case "copy":
                self.session.frame.copy_address()
                self.session.announce("The address of this view was copied")
            case "download" if value in saving.KINDS:
                saving.save_view(self.session, value)
            case "sheet":
                saving.save_sheet(self.session, value)

    def _open(self, condition: str, from_map: bool = False) -> None:
        if condition in set(self.session.data.conditions["id"]):
            self.from_map = from_map
            self.session.change(condition=condition)
            self.card.focus(".ivig-card h2")

    def _choose(self, mark: str) -> None:
        """A mark of a chart narrows to its category or role, or opens its condition."""
        kind, _, value = mark.partition(":")
        if kind == "condition":
            self._open(value)
        elif kind in ("category", "role") and value in FILTERS[kind][1]:
            self.session.select(**{kind: (value,)})

    def _pick(self, condition: str) -> None:
        """Add a condition to those that are compared, or take it out."""
        chosen = self.session.view.compare
        if condition in chosen:
            self.session.change(compare=tuple(c for c in chosen if c != condition))
        elif not self._add(condition):
            self.session.announce(f"{MOST_COMPARED} conditions are the most that can be compared; take one out first")

    def _add(self, condition: str) -> bool:
        """Add a condition to those that are compared; tell whether there was room."""
        chosen = self.session.view.compare
        if condition in chosen or condition not in set(self.session.data.conditions["id"]):
            return True
        if len(chosen) < MOST_COMPARED:
            self.session.change(compare=(*chosen, condition))
        return len(chosen) < MOST_COMPARED

    def _compare(self, condition: str) -> None:
        """Go to the comparison, with a condition that a card adds to it."""
        if condition and not self._add(condition):
            self.session.notice(f"{MOST_COMPARED} conditions are compared already; remove one to add another.")
        self.session.change(tab="compare")

    def _explain_grading(self) -> None:
        """Lead to the part of the sources that tells how levels come about; anew where it was shown before."""
        self.session.keep(SOURCES_AT, {})
        self.session.show(replace(self.session.view, tab="sources").keep(SOURCES_AT, {"part": "grading"}))

    def _test(self, condition: str) -> None:
        """Go to a quiz about a condition."""
        # Imported here: a visitor who never plays need not wait for it.
        from ivig_explainer.quiz.settings import PLACE, about

        self.session.show(replace(self.session.view, tab="quiz").keep(PLACE, about(condition)))


def _groups() -> list[dict]:
    return [
        {
            "name": name,
            "label": label,
            "inline": name in INLINE_FILTERS,
            "options": [{"value": v, "label": text} for v, text in choices.items()],
        }
        for name, (label, choices) in FILTERS.items()
    ]


def _rows(conditions: pd.DataFrame, strengths: pd.Series) -> list[dict]:
    ranks = {level: rank for rank, level in enumerate(grading.LEVELS)}
    return [
        {
            "id": c.id,
            "cells": [
                {"text": c.name, "note": ", ".join(c.abbreviations)},
                {"text": c.category},
                {"text": ROLES_SHORT[c.role]},
                {"text": grading.LEVELS[strengths[c.id]], "sort": ranks[strengths[c.id]], "mark": strengths[c.id]},
            ],
        }
        for c in conditions.itertuples(index=False)
    ]


def _bar(count: str, view: View, loosening: str) -> str:
    """Return the line above the results: how many, what can be done with them, which chart."""
    choices = "".join(
        f'<button type="button" data-action="chart" data-value="{name}" aria-pressed="{str(name == view.chart).lower()}">{label}</button>'
        for name, label in CHARTS.items()
    )
    reset = '<button type="button" class="ivig-reset" data-action="reset">Reset</button>' if view.selection else ""
    return (
        f'<div class="ivig-bar-line"><p class="ivig-count">{count}</p>{reset}'
        f'<button type="button" class="ivig-copy" data-action="copy">Copy link</button>'
        f"{saving.menu()}"
        f'<span class="ivig-views"><span class="ivig-group ivig-chart-choice" role="group" aria-label="Chart">{choices}</span>'
        f'<a href="?tab=sources&amp;{SOURCES_AT}.part=grading" data-action="grading">How we grade</a></span></div>{loosening}'
    )


def _comparing(view: View) -> str:
    """Return the line that leads to the comparison once a condition is chosen for it."""
    size = len(view.compare)
    if not size:
        return ""
    more = "; choose one more in the table" if size < FEWEST else ""
    return (
        f'<p class="ivig-comparing">{size} condition{"s" * (size != 1)} chosen to compare{more}. '
        '<button type="button" class="ivig-primary" data-action="compare">Compare side by side</button> '
        '<button type="button" data-action="compare-none">Clear</button></p>'
    )


def _loosening(selection: Selection, session: Session) -> str:
    """Where nothing matches, offer to drop the part of the selection that costs most matches."""
    if len(selection.apply(session.data)):
        return ""
    costliest = selection.costliest(session.data)
    if not costliest:
        return '<p class="ivig-empty">No condition matches.</p>'
    part, size = costliest
    label = f"the search for “{escape(selection.q)}”" if part == "q" else f"the filter “{FILTERS[part][0]}”"
    return (
        f'<p class="ivig-empty">No condition matches. Without {label}, {size} would. '
        f'<button type="button" data-action="loosen" data-value="{part}">Remove it</button></p>'
    )
