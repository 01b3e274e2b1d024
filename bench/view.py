"""What the first view holds, for whichever framework shows it: the same words, rows, charts and cards as on our page.

Results are kept by selection, as the documentation of each peer advises; our page computes them anew each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer import Selection, charts, grading, load
from ivig_explainer.app import DISCLAIMER, TITLE
from ivig_explainer.prose import render
from ivig_explainer.selection import FILTERS, ROLES_SHORT
from ivig_explainer.tabs.card import card

__all__ = ["COLUMNS", "DISCLAIMER", "FILTERS", "LEAD", "TITLE", "Shown", "card_of", "selection", "show"]

DATA = load()
STRENGTHS = grading.grade(DATA)
COLUMNS = ("Condition", "Category", "What IVIG does", "Evidence")
LEAD = render((DATA.folder / "prose" / "overview.md").read_text(encoding="utf-8").splitlines()[0], lambda _: "")


@dataclass(frozen=True)
class Shown:
    """What is on the screen for one selection. `table` has the columns id and `COLUMNS`."""

    count: str
    title: str
    figure: go.Figure
    table: pd.DataFrame
    categories: tuple[str, ...]


def selection(chosen: dict[str, list[str] | None], search: str | None) -> Selection:
    """Return the selection that a visitor's controls stand for; an empty control may say None."""
    return Selection(**{name: tuple(values or ()) for name, values in chosen.items()}, q=search or "")


@cache
def show(chosen: Selection) -> Shown:
    """Return what is on the screen for a selection."""
    found = chosen.apply(DATA)
    chart = charts.categories(found, STRENGTHS)
    levels = found["id"].map(STRENGTHS).map(grading.LEVELS)
    table = pd.DataFrame(
        {"id": found["id"], **dict(zip(COLUMNS, (found["name"], found["category"], found["role"].map(ROLES_SHORT), levels), strict=True))}
    )
    count = f"{len(found)} of {len(DATA.conditions)} conditions"
    return Shown(count, chart.title, chart.figure, table.reset_index(drop=True), tuple(chart.table["Category"]))


def card_of(condition: str) -> str:
    """Return the card of a condition as HTML; nothing where none is open."""
    return card(DATA, condition) if condition else ""
