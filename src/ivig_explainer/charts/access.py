"""How five jurisdictions treat each condition: one square a condition and jurisdiction, by status."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import shorten, wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer import access as model
from ivig_explainer.access import Cell
from ivig_explainer.charts.style import HATCHING, Chart, figure, palette
from ivig_explainer.dataset import Dataset
from ivig_explainer.references import address, by_id, in_words
from ivig_explainer.selection import REGIONS, STATUSES

ROW_HEIGHT_PX = 26
LONGEST_NAME = 44
HOVER_WIDTH = 60
PATTERNS = {"historical": "/", "group": "."}  # what is no position in force on the condition itself
COLUMNS = ["Condition", "Country", "Position", "Kind", "Body", "As of", "In its own words", "Notes", "Source"]


def access(data: Dataset, conditions: Sequence[str], theme: str = "light", question: str = "") -> Chart:
    """Draw the map for the conditions with these ids, in their order; `question` is the one that they answer, for the title.

    A square carries the address of its source as customdata. The table has a row a square, and its links lead to the same
    addresses. History is hatched, a group's position dotted, and advice on use is set in italics.
    """
    cells = [cell for condition in conditions for cell in model.rows(data)[condition].values() if cell.status]
    names = data.conditions.set_index("id")["name"]
    sources = by_id(data)
    links = tuple(address(sources[cell.sources[0]]) for cell in cells)
    linked = list(zip(cells, links, strict=True))
    traces = [_trace(look, [pair for pair in linked if _look(pair[0]) == look], data, theme) for look in _looks(cells)]
    drawn = figure(
        traces,
        theme,
        barmode="overlay",
        bargap=0.12,
        height=ROW_HEIGHT_PX * max(len(conditions), 1) + 40,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        xaxis={
            "range": [-0.5, len(REGIONS) - 0.5],
            "tickvals": list(range(len(REGIONS))),
            "ticktext": list(REGIONS),
            "side": "top",
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(conditions),
            "tickvals": list(conditions),
            "ticktext": [escape(shorten(names[i], LONGEST_NAME, placeholder="…")) for i in conditions],
            "range": [len(conditions) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
            "ticksuffix": "  ",
        },
    )
    return Chart(
        "access",
        drawn,
        model.finding(data, conditions, question),
        _description(cells),
        _table(cells, data),
        tuple((STATUSES[status], status) for status in STATUSES if any(cell.status == status for cell in cells)),
        tuple(sorted({source for cell in cells for source in cell.sources})),
        links,
    )


def _look(cell: Cell) -> tuple[str, str, bool]:
    """Return what decides how a square is drawn: its status, its pattern, whether it is advice."""
    return cell.status, "historical" if cell.historical else "group" if cell.group else "", cell.kind == "utilisation"


def _looks(cells: list[Cell]) -> list[tuple[str, str, bool]]:
    order = list(STATUSES)
    return sorted({_look(cell) for cell in cells}, key=lambda look: (order.index(look[0]), *look[1:]))


def _trace(look: tuple[str, str, bool], cells: list[tuple[Cell, str]], data: Dataset, theme: str) -> go.Bar:
    status, pattern, advice = look
    colours = palette(theme)
    fill, ink = colours.access[status]
    pale = bool(pattern) or advice  # the fill moves to the outline: it is no funding, or not in force
    marker = {
        "color": colours.surface if pale else fill,
        "line": {"color": fill if pale else colours.outline, "width": 2.5 if pale else 0.8},
    }
    if pattern:
        marker["pattern"] = {"shape": PATTERNS[pattern], **HATCHING, "fgcolor": fill}
    regions = list(REGIONS)
    return go.Bar(
        name=STATUSES[status],
        orientation="h",
        y=[cell.condition for cell, _ in cells],
        x=[0.94] * len(cells),
        base=[regions.index(cell.jurisdiction) - 0.47 for cell, _ in cells],
        text=[_label(cell) for cell, _ in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": colours.text if pale else ink, "style": "italic" if pale else "normal", "size": 11},
        constraintext="none",
        customdata=[link for _, link in cells],
        hovertext=["<br>".join(_hover(cell, data)) for cell, _ in cells],
        hovertemplate="%{hovertext}<extra></extra>",
        marker=marker,
        showlegend=False,
    )


def _label(cell: Cell) -> str:
    text, _ = model.words(cell)
    return f"{model.SYMBOLS[cell.status]} {text}"


def _hover(cell: Cell, data: Dataset) -> list[str]:
    """Return the lines of a square's hover text, safe as the HTML that Plotly reads."""
    lines = [f"{REGIONS[cell.jurisdiction]}: {STATUSES[cell.status]}", *model.about(cell, data), f"Source: {_source(cell, data)}"]
    return [escape(part) for line in lines for part in wrap(line, HOVER_WIDTH)]


def _source(cell: Cell, data: Dataset) -> str:
    return in_words(by_id(data)[cell.sources[0]])


def _description(cells: list[Cell]) -> str:
    if not cells:
        return "There is nothing to draw."
    parts = []
    for region, name in REGIONS.items():
        counts = pd.Series([cell.status for cell in cells if cell.jurisdiction == region and cell.counts]).value_counts()
        found = ", ".join(f"{STATUSES[status].lower()} {counts[status]}" for status in STATUSES if status in counts)
        parts.append(f"{name}: {found or 'nothing in force'}")
    return f"Positions in force on the conditions themselves. {'; '.join(parts)}."


def _table(cells: list[Cell], data: Dataset) -> pd.DataFrame:
    names = data.conditions.set_index("id")["name"]
    rows = [
        (
            names[cell.condition],
            REGIONS[cell.jurisdiction],
            STATUSES[cell.status],
            model.KINDS[cell.kind],
            cell.body,
            cell.as_of,
            cell.native_term,
            " ".join(list(model.about(cell, data))[1:]),
            _source(cell, data),
        )
        for cell in cells
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
