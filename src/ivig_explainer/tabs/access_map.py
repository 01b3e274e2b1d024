"""The access map of explore: conditions by country as a grid of cells, each of which leads to its source."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import access, grading
from ivig_explainer.access import Cell
from ivig_explainer.dataset import Dataset
from ivig_explainer.references import address, by_id, in_words
from ivig_explainer.selection import REGIONS, STATUSES
from ivig_explainer.view import View
from ivig_explainer.widgets import Grid, Markup

if TYPE_CHECKING:
    from ivig_explainer.app import Session

LAYOUT = """
<figure class="ivig-chart ivig-chart-access" aria-label="Access map">
  <div data-slot="head"></div>
  <div data-slot="grid"></div>
  <div data-slot="foot"></div>
  <div class="ivig-chart-tools"><button type="button" data-scene="chart:access">Add to lecture</button></div>
</figure>
"""
LOOKS = {"historical": "old", "group": "group", "utilisation": ""}  # how a cell may look besides its status, and the word for it
LOOKS_EXPLAINED = {
    "historical": "Hatched, “old”: a scheme that has been replaced",
    "utilisation": "Dashed: advice on use, not funding",
    "group": "Dotted, “group”: nothing for the condition itself, its group’s position",
}
NOTHING = "Nothing recorded"
HINT = "Point at a cell, or move to it with the arrow keys, for the body’s own words; a click opens their source."
DESCRIPTION = (
    "Of several positions a cell shows one: in force before replaced, funding before advice before licence, then the one that goes "
    "furthest, which is often that on short-term use. “+1” counts the others; they stand on the condition’s card."
)


class AccessMap:
    """The map's title, questions, order and legend above its grid. `open_card` is called with the id of a condition."""

    def __init__(self, session: Session, open_card: Callable[[str], None]) -> None:
        self.session = session
        self.head = Markup(css_class="ivig-access-head")
        self.grid = Grid(**contents(session.data), opened=session.view.condition)
        foot = Markup(html=_foot(), css_class="ivig-access-foot")
        self.layout = Markup(html=LAYOUT, children={"head": self.head, "grid": self.grid, "foot": foot})
        self.open_card = open_card
        self.head.on_action(self._act)
        self.grid.on_action(lambda action, value: open_card(value) if action == "open" else None)

    def show(self, view: View, shown: pd.DataFrame) -> None:
        """Show the conditions `shown` that fit the question, in the order chosen."""
        data = self.session.data
        answers = {question: len(access.answer(data, question) & set(shown["id"])) for question in access.QUESTIONS}
        found = shown[shown["id"].isin(access.answer(data, view.question))] if view.question else shown
        self.head.html = _head(view, access.finding(data, shown["id"], view.question), answers, len(shown))
        places = _places(data)
        with self.grid.hold_sync():
            self.grid.note = view.sort
            self.grid.caption = f"{len(found)} conditions. Arrow keys move between cells; Enter opens the source, or the card from a name."
            self.grid.shown = [places[i] for i in access.ordered(data, found, view.sort)]

    def _act(self, action: str, value: str) -> None:
        match action:
            case "question" if value in access.QUESTIONS:
                self._ask(value)
            case "sort" if value in access.SORTS:
                self.session.change(sort=value)
                self.session.announce(f"Sorted by {access.SORTS[value].lower()}")
            case "clear":
                self._ask("")

    def _ask(self, question: str) -> None:
        """Put a question to the map, or take it back; where countries disagree most is seen best in the order of disagreement."""
        view = self.session.view
        asked = "" if question == view.question else question
        self.session.change(question=asked, sort="disagreement" if asked == "disagree" else view.sort)
        self.session.announce(access.finding(self.session.data, self.session.view.selection.apply(self.session.data)["id"], asked))


@cache
def _places(data: Dataset) -> dict[str, int]:
    return {condition: place for place, condition in enumerate(data.conditions["id"])}


@cache
def contents(data: Dataset) -> dict[str, object]:
    """Return what the grid holds for a data set: every text and every address once, and every row."""
    texts, links = _Numbered(), _Numbered()
    rows = [_row(data, condition, texts, links) for condition in data.conditions.itertuples()]
    sources = by_id(data)
    return {
        "columns": [{"label": "Condition", "brief": "Condition", "note": ""}, *_columns(data)],
        "rows": rows,
        "texts": list(texts),
        "links": [{"href": address(sources[i]), "title": in_words(sources[i])} for i in links],
        "symbols": access.SYMBOLS,
        "empty": NOTHING,
    }


class _Numbered(dict[str, int]):
    """Texts, each with the number at which it was first met."""

    def number(self, text: str) -> int:
        return self.setdefault(text, len(self))


def _columns(data: Dataset) -> list[dict[str, str]]:
    """Return a column for each country, with the kind of position that most of its cells hold."""
    rows = access.rows(data).values()
    columns = []
    for region, name in REGIONS.items():
        kinds = pd.Series([row[region].kind for row in rows if row[region].status])
        most = kinds.value_counts().index[0] if len(kinds) else ""
        columns.append({"label": name, "brief": region, "note": access.KINDS.get(most, "")})
    return columns


def _row(data: Dataset, condition, texts: _Numbered, links: _Numbered) -> dict:
    row = access.rows(data)[condition.id]
    steps, _ = access.disagreement(row)
    places = access.positions(row)
    apart = f"{steps} step{'s' * (steps != 1)} apart" if places > 1 else f"{places or 'no'} position{'s' * (places != 1)} in force"
    return {
        "id": condition.id,
        "name": condition.name,
        "notes": {
            "category": condition.category,
            "evidence": f"Evidence: {grading.LEVELS[grading.grade(data)[condition.id]]}",
            "disagreement": apart,
        },
        "cells": [_cell(data, cell, texts, links) if cell.status else None for cell in row.values()],
    }


def _cell(data: Dataset, cell: Cell, texts: _Numbered, links: _Numbered) -> dict:
    text, brief = access.words(cell)
    holds = {"historical": cell.historical, "group": bool(cell.group), "utilisation": cell.kind == "utilisation"}
    how = [look for look in LOOKS if holds[look]]
    tags = [LOOKS[look] for look in how if LOOKS[look]] + [f"+{cell.more}"] * bool(cell.more)
    lines = [f"{REGIONS[cell.jurisdiction]}: {STATUSES[cell.status]}", *access.about(cell, data)]
    return {
        "look": cell.status,
        "text": text,
        "brief": brief,
        "how": how,
        "tags": tags,
        "about": [texts.number(line) for line in lines],
        "link": links.number(cell.sources[0]),
    }


def _head(view: View, title: str, answers: dict[str, int], size: int) -> str:
    """Return what stands above the grid: the finding, the questions, the order."""
    questions = "".join(
        f'<button type="button" data-action="question" data-value="{name}" aria-pressed="{str(name == view.question).lower()}">'
        f'{escape(question.label)} <span class="ivig-access-size">{answers[name]}</span></button>'
        for name, question in access.QUESTIONS.items()
    )
    sorts = "".join(
        f'<button type="button" data-action="sort" data-value="{name}" aria-pressed="{str(name == view.sort).lower()}">{label}</button>'
        for name, label in access.SORTS.items()
    )
    return (
        f"<h3>{escape(title)}</h3>"
        f'<div class="ivig-access-questions" role="group" aria-label="Questions to the map">{questions}</div>'
        f"{_asked(view.question, answers, size)}"
        f'<div class="ivig-access-line"><span class="ivig-small">Sort by</span>'
        f'<span class="ivig-group ivig-access-sorts" role="group" aria-label="Sort the map by">{sorts}</span></div>'
        f'<p class="ivig-small ivig-access-about">{HINT}</p>'
    )


def _asked(question: str, answers: dict[str, int], size: int) -> str:
    if not question:
        return ""
    asked = access.QUESTIONS[question]
    return (
        f'<p class="ivig-access-asked"><strong>{escape(asked.label)}</strong> {answers[question]} of {size} shown. '
        f'<button type="button" data-action="clear">Clear the question</button><span class="ivig-small">{escape(asked.rule)}</span></p>'
    )


def _foot() -> str:
    """Return what stands below the grid: what its looks mean, and which position a cell shows."""
    items = [f"{_sample(status)} {label}" for status, label in STATUSES.items()]
    items += [f"{_sample('funded-routinely', look)} {text}" for look, text in LOOKS_EXPLAINED.items()]
    items.append(f'<span aria-hidden="true">–</span> {NOTHING}')
    legend = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="ivig-legend">{legend}</ul><p class="ivig-small ivig-access-about">{DESCRIPTION}</p>'


def _sample(status: str, look: str = "") -> str:
    """Return a cell as the legend shows it."""
    how = f" ivig-grid-{look}" if look else ""
    return f'<span class="ivig-grid-cell{how}" data-look="{status}" aria-hidden="true">{access.SYMBOLS[status]}</span>'
