"""Every graded condition as a mark: strength of evidence up, people randomised as area, category as colour and symbol.

A line parts what studies favour from what they found no benefit in; where studies disagree, a condition lies on it.
Within its band a mark has its name beside it and stands where there is room; left and right mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import sqrt
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.flow import Item, flow
from ivig_explainer.charts.style import Chart, Palette, figure, palette
from ivig_explainer.grading import LEVELS, RULE
from ivig_explainer.studies import Behind

BANDS = {level: label for level, label in LEVELS.items() if level != "not-graded"}
SIDES = {"strong": "▲ in favour of IVIG", "conflicting": "on the line: studies disagree", "no-benefit": "▼ no benefit"}
RADIUS_PX = 0.6  # of a circle that stands for one person; areas grow with the number of people
SMALLEST_PX = 6.0
SCALE = (400, 2000)  # people of the circles that show the scale
SYMBOL_PX = 7
SYMBOL_OF = {
    "Immunodeficiency": "diamond",
    "Neurological": "circle",
    "Haematological": "square",
    "Rheumatological & inflammatory": "triangle-up",
    "Dermatological": "triangle-down",
    "Infectious disease": "cross",
    "Obstetric & neonatal": "star",
    "Transplantation": "x",
    "Other": "hourglass",
}
FEW = 24  # up to so many conditions have their full names, and their numbers beside them
NAME_CHARACTERS, DETAIL_CHARACTERS = 26, 36
NAME_SIZE, DETAIL_SIZE = 12, 11
HEADING_PX, INDENT_PX, PADDING_PX, MARGIN_PX = 24, 14, 10, 8


@dataclass(frozen=True)
class _Mark:
    """One condition as it is drawn; `x` and `y` in pixels from the top left."""

    id: str
    name: str
    category: str
    behind: Behind
    lines: tuple[tuple[str, float], ...]
    x: float = 0
    y: float = 0

    @property
    def radius(self) -> float:
        """The radius of its circle in pixels."""
        return radius(self.behind.people)

    @property
    def item(self) -> Item:
        return Item(self.radius, self.lines)


def evidence(conditions: pd.DataFrame, behind: Mapping[str, Behind], theme: str = "light", width: float = 640) -> Chart:
    """Draw the graded conditions among `conditions` for a plot that is `width` pixels wide.

    `conditions` needs the columns id, name, abbreviations and category; `behind` is what `studies.behind` returns.
    Marks carry "condition:…" as customdata.
    """
    colours = palette(theme)
    graded = [c for c in conditions.itertuples() if c.id in behind]
    marks, layout = _lay_out([_mark(c, behind[c.id], len(graded)) for c in graded], width - 2 * MARGIN_PX, colours)
    traces = _traces(marks, colours) + ([_scale(layout, colours)] if marks else [])
    across = width - 2 * MARGIN_PX
    drawn = figure(
        traces,
        theme,
        height=layout.height + 2 * MARGIN_PX,
        margin=dict.fromkeys("lrtb", MARGIN_PX),
        font={**figure([], theme).layout.font.to_plotly_json(), "size": NAME_SIZE},
        showlegend=True,
        hovermode="closest",
        xaxis={"range": [0, across], "visible": False, "fixedrange": True},
        yaxis={"range": [layout.height, 0], "visible": False, "fixedrange": True},
        shapes=layout.shapes,
        annotations=layout.notes,
        meta={"declutter": True, "width": width},
    )
    ungraded = len(conditions) - len(graded)
    legend = ((f"{LEVELS['not-graded']}, so not graded and not drawn: {ungraded}", "not-graded"),) if ungraded else ()
    sources = tuple(dict.fromkeys(source for c in graded for source in behind[c.id].sources))
    return Chart(
        "evidence", drawn, _title(graded, behind, ungraded), _description(graded, behind, ungraded), _table(graded, behind), legend, sources
    )


def radius(people: int) -> float:
    """Return the radius in pixels of a circle that stands for `people`; the smallest stands for few and for none."""
    return max(RADIUS_PX * sqrt(people), SMALLEST_PX)


def _mark(condition, behind: Behind, size: int) -> _Mark:
    few = size <= FEW
    lines = [(line, NAME_SIZE) for line in _cut(condition.name if few else behind.label, NAME_CHARACTERS)]
    if few:
        detail = "; ".join(filter(None, (_people(behind), behind.number)))
        lines += [(line, DETAIL_SIZE) for line in wrap(detail, DETAIL_CHARACTERS)]
    return _Mark(condition.id, condition.name, condition.category, behind, tuple(lines))


def _cut(name: str, characters: int) -> list[str]:
    """Return a name on at most two lines, the rest of a longer one cut."""
    lines = wrap(name, characters, break_on_hyphens=False)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1]} …"]


def _people(behind: Behind) -> str:
    if behind.people:
        return f"{behind.people:,} people randomised"
    return "number of people not printed" if behind.trials else "no randomised study"


class _Layout:
    """What stands around the marks, band by band from the top."""

    def __init__(self) -> None:
        self.height = 0.0
        self.shapes: list[dict] = []
        self.notes: list[dict] = []
        self.scale: list[tuple[float, float]] = []

    def note(self, text: str, **where: object) -> None:
        self.notes.append({"text": text, "showarrow": False, "yanchor": "middle", "borderpad": 0, **where})


def _lay_out(marks: list[_Mark], across: float, colours: Palette) -> tuple[list[_Mark], _Layout]:
    layout, placed = _Layout(), []
    order = list(SYMBOL_OF)
    marks = sorted(marks, key=lambda m: (order.index(m.category), -m.behind.people, m.name))
    if not marks:
        return [], layout
    for level, label in BANDS.items():
        here = [mark for mark in marks if mark.behind.level == level]
        top = layout.height
        places, edges = flow([mark.item for mark in here], across - INDENT_PX)
        first = top + HEADING_PX
        placed += [
            _Mark(m.id, m.name, m.category, m.behind, m.lines, x + INDENT_PX, y + first) for m, (x, y) in zip(here, places, strict=True)
        ]
        layout.height = first + edges[-1] + PADDING_PX
        middle = top + HEADING_PX / 2
        rule = "<br>".join(wrap(RULE[level], 60))
        layout.note(f"<b>{label}</b>  {len(here)}", x=INDENT_PX - 4, y=middle, xanchor="left", hovertext=rule)
        if level in SIDES:
            layout.note(SIDES[level], x=across, y=middle, xanchor="right", font={"color": colours.muted})
        strip = {"fillcolor": colours.strength[level], "line": {"color": colours.outline, "width": 0.5}}
        layout.shapes.append(_rectangle(0, 5, top + 1, layout.height - 1) | strip)
        if level == "conflicting":
            shade = {"fillcolor": colours.line, "opacity": 0.45, "line": {"width": 0}}
            layout.shapes.append(_rectangle(5, across, top + 1, layout.height - 1) | shade)
            thick = {"line": {"color": colours.text, "width": 2}}
            row = [] if len(edges) > 2 else placed[len(placed) - len(here) :]
            layout.shapes += [_line(left, right, first + _middle(edges)) | thick for left, right in _gaps(row, across)]
        elif level != "no-benefit":
            layout.shapes.append(_line(0, across, layout.height) | {"line": {"color": colours.line, "width": 1}})
    _add_scale(layout, across, colours)
    return placed, layout


def _middle(edges: list[float]) -> float:
    """Return the edge between two rows that is nearest to the middle, or the middle where there is one row or none."""
    half = edges[-1] / 2
    return min(edges[1:-1], key=lambda edge: abs(edge - half), default=half)


def _rectangle(left: float, right: float, top: float, bottom: float) -> dict:
    return {"type": "rect", "layer": "below", "x0": left, "x1": right, "y0": top, "y1": bottom}


def _line(left: float, right: float, y: float) -> dict:
    return {"type": "line", "layer": "below", "x0": left, "x1": right, "y0": y, "y1": y}


def _gaps(row: list[_Mark], across: float) -> list[tuple[float, float]]:
    """Return from where to where a line is drawn that runs through a row of marks, but through no label of it."""
    starts = [0.0, *(mark.x - mark.radius + mark.item.width + 4 for mark in row)]
    ends = [*(mark.x - mark.radius for mark in row), across]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _scale_items() -> list[tuple[int, str]]:
    few = int((SMALLEST_PX / RADIUS_PX) ** 2)
    return [(0, "none randomised"), (few, f"{few} or fewer, or not printed"), *((size, f"{size:,} people") for size in SCALE)]


def _add_scale(layout: _Layout, across: float, colours: Palette) -> None:
    layout.note("Area: people in randomised studies", x=INDENT_PX - 4, y=layout.height + 14, xanchor="left", font={"color": colours.muted})
    places, edges = flow([Item(radius(size), ((text, NAME_SIZE),)) for size, text in _scale_items()], across - INDENT_PX)
    layout.scale = [(x + INDENT_PX, y + layout.height + HEADING_PX + 2) for x, y in places]
    layout.height += HEADING_PX + 2 + edges[-1] + 4


def _scale(layout: _Layout, colours: Palette) -> go.Scatter:
    """Return marks that say how large how many people are."""
    items = _scale_items()
    return go.Scatter(
        x=[x for x, _ in layout.scale],
        y=[y for _, y in layout.scale],
        text=[text for _, text in items],
        mode="markers+text",
        textposition="middle right",
        textfont={"color": colours.muted},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        marker={
            "size": [2 * radius(size) for size, _ in items],
            "color": [colours.surface, *[colours.line] * (len(items) - 1)],
            "line": {"color": colours.outline, "width": 1},
            "opacity": 1,
        },
    )


def _traces(marks: list[_Mark], colours: Palette) -> list[go.Scatter]:
    """Return for each category its circles, filled where people were randomised, and the symbols inside them."""
    traces = []
    for category, symbol in SYMBOL_OF.items():
        here = [mark for mark in marks if mark.category == category]
        if here:
            traces += [_circles(here, colours), _symbols(here, category, symbol, colours)]
    return traces


def _circles(marks: list[_Mark], colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[mark.x for mark in marks],
        y=[mark.y for mark in marks],
        text=[_label(mark) for mark in marks],
        hovertext=[_hover(mark) for mark in marks],
        customdata=[f"condition:{mark.id}" for mark in marks],
        mode="markers+text",
        textposition="middle right",
        hoverinfo="text",
        cliponaxis=False,
        showlegend=False,
        marker={
            "size": [2 * mark.radius for mark in marks],
            "color": [colours.category[mark.category] if mark.behind.trials else colours.surface for mark in marks],
            "line": {"color": colours.outline, "width": 1},
            "opacity": 1,
        },
    )


def _symbols(marks: list[_Mark], category: str, symbol: str, colours: Palette) -> go.Scatter:
    """Return the symbols inside the circles, which tell the category to who cannot tell the colours apart.

    No line is drawn; its colour is that of the circle for the legend.
    """
    return go.Scatter(
        name=category,
        line={"color": colours.category[category]},
        x=[mark.x for mark in marks],
        y=[mark.y for mark in marks],
        mode="markers",
        hoverinfo="skip",
        cliponaxis=False,
        marker={"symbol": symbol, "size": SYMBOL_PX, "color": "#ffffff", "line": {"color": "#1b2430", "width": 1}, "opacity": 1},
    )


def _label(mark: _Mark) -> str:
    return "<br>".join(
        escape(text) if size == NAME_SIZE else f'<span style="font-size:{size / NAME_SIZE:.2f}em">{escape(text)}</span>'
        for text, size in mark.lines
    )


def _hover(mark: _Mark) -> str:
    behind = mark.behind
    studies = f" in {behind.trials} stud{'ies' if behind.trials > 1 else 'y'}" if behind.people else ""
    parts = [
        f"{BANDS[behind.level]} · {mark.category}",
        f"{_people(behind)}{studies}",
        f"Best study: {study(behind)} ({behind.kind})",
        f"{behind.outcome}: {behind.number or behind.found}",
    ]
    lines = [line for part in parts for line in wrap(part, 60)]
    return "<br>".join([f"<b>{escape(mark.name)}</b>", *map(escape, lines)])


def study(behind: Behind) -> str:
    """Return the name of the best study with its year."""
    return f"{behind.study}, {behind.year}" if behind.year else behind.study


def _title(graded: list, behind: Mapping[str, Behind], ungraded: int) -> str:
    if not graded:
        return "No condition is selected" if not ungraded else "No study compares IVIG with anything in what is selected"
    levels = [behind[c.id].level for c in graded]
    favour = sum(level in ("strong", "moderate") for level in levels)
    size = f"{len(graded)} condition{'s' * (len(graded) != 1)} with comparative studies"
    return f"Of {size}, randomised evidence clearly favours IVIG in {favour}; no benefit is shown in {levels.count('no-benefit')}"


def _description(graded: list, behind: Mapping[str, Behind], ungraded: int) -> str:
    if not graded:
        return "There is nothing to draw."
    levels = [behind[c.id].level for c in graded]
    bands = ", ".join(f"{label} {levels.count(level)}" for level, label in BANDS.items())
    largest = max(graded, key=lambda c: behind[c.id].people)
    most = behind[largest.id].people
    size = f" Most people were randomised for {largest.name}: {most:,}." if most else ""
    return (
        f"Conditions by strength of evidence, from most in favour to no benefit: {bands}. A line separates those in favour from "
        f"those without benefit; conflicting ones lie on it.{size} {LEVELS['not-graded']}, so not drawn: {ungraded}."
    )


def _table(graded: list, behind: Mapping[str, Behind]) -> pd.DataFrame:
    order = list(BANDS)
    rows = [
        (c.name, c.category, BANDS[b.level], f"{b.people:,}" if b.people else _people(b), study(b), f"{b.outcome}: {b.number or b.found}")
        for c in sorted(graded, key=lambda c: (order.index(behind[c.id].level), -behind[c.id].people, c.name))
        for b in [behind[c.id]]
    ]
    return pd.DataFrame(rows, columns=["Condition", "Category", "Evidence", "People randomised", "Best study", "What it found"])
