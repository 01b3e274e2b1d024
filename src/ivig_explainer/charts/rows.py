"""Charts made of labelled rows: each label stands above its marks, so that long names fit a phone.

A chart has one panel or several, each with an axis of its own: what is counted differently never shares a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from ivig_explainer.charts.style import figure, palette

LINE_PX = 17
MARK_PX = 26  # the height in which a row's marks stand
HEADING_PX = 30
AXIS_PX = 48
LONGEST_LINE = 50  # characters that fit beside each other on a phone, in the widest of the usual fonts
COLUMNS = ([0, 0.44], [0.56, 1])  # the widths of two axes beside each other
BESIDE = 100  # what the number of a panel's second axis adds to that of its first


@dataclass(frozen=True)
class Row:
    """What stands above a row's marks: a name in bold type, then what it is about, in lines of so many `letters`."""

    name: str
    about: str = ""
    letters: int = LONGEST_LINE

    @property
    def lines(self) -> tuple[str, ...]:
        """The label, broken into lines that fit a phone, safe as HTML."""
        names = [f"<b>{escape(line)}</b>" for line in wrap(self.name, self.letters - 6)]
        return (*names, *(escape(line) for line in wrap(self.about, self.letters)))

    @property
    def height(self) -> int:
        """The height of label and marks in pixels."""
        return LINE_PX * len(self.lines) + MARK_PX


@dataclass(frozen=True)
class Panel:
    """Rows that share an axis: its title, and whatever else Plotly is to know about it. `heading` stands above them.

    With `beside`, a second axis with what Plotly is to know about it, the first takes the left half of the width.
    """

    rows: tuple[Row, ...]
    title: str
    heading: str = ""
    axis: dict = field(default_factory=dict)
    beside: dict | None = None

    @property
    def head(self) -> tuple[str, ...]:
        """The heading, broken into lines that fit a phone, safe as HTML."""
        letters = min((row.letters for row in self.rows), default=LONGEST_LINE)
        return tuple(escape(line) for line in wrap(self.heading, letters))

    @property
    def head_height(self) -> int:
        """The height of the heading in pixels."""
        return HEADING_PX + LINE_PX * (len(self.head) - 1) if self.head else 0

    @property
    def height(self) -> int:
        """The height of the rows in pixels."""
        return sum(row.height for row in self.rows)

    @property
    def heights(self) -> list[int]:
        """Where the marks of each row stand, in pixels from the top of the panel: the y of a mark."""
        places, top = [], 0
        for row in self.rows:
            top += row.height
            places.append(top - MARK_PX // 2)
        return places


def axes(place: int, beside: bool = False) -> dict[str, str]:
    """Return which axes the traces of the panel at `place` (from 0) belong to; `beside` names those of its second axis."""
    number = "" if place == 0 else str(place + 1)
    return {"xaxis": f"x{place + 1 + BESIDE}" if beside else f"x{number}", "yaxis": f"y{number}"}


def draw(panels: Sequence[Panel], traces: list, theme: str) -> go.Figure:
    """Return the figure of `panels`, one under the other; `traces` name their axes with `axes`."""
    colours = palette(theme)
    total = sum(panel.height + AXIS_PX + panel.head_height for panel in panels) or 1
    layout, notes, top = {}, [], 0
    for place, panel in enumerate(panels):
        names = axes(place)
        if panel.heading:
            notes.append(_note("<br>".join(panel.head), {"yref": "paper", "y": 1 - top / total, "align": "left"}))
            top += panel.head_height
        layout["yaxis" + names["yaxis"][1:]] = {
            "domain": [max(1 - (top + panel.height) / total, 0), 1 - top / total],
            "range": [panel.height, 0],
            "visible": False,
            "fixedrange": True,
            "anchor": names["xaxis"],
        }
        usual = {"anchor": names["yaxis"], "gridcolor": colours.line, "zeroline": False, "fixedrange": True}
        title = {"text": panel.title, "standoff": 4, "font": {"size": 12}}
        layout["xaxis" + names["xaxis"][1:]] = {**usual, "title": title, **panel.axis}
        if panel.beside is not None:
            layout["xaxis" + names["xaxis"][1:]]["domain"] = COLUMNS[0]
            layout["xaxis" + axes(place, beside=True)["xaxis"][1:]] = {**usual, "domain": COLUMNS[1], **panel.beside}
        notes += _labels(panel, names["yaxis"])
        top += panel.height + AXIS_PX
    return figure(
        traces,
        theme,
        height=max(total + 8, AXIS_PX),
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        hovermode="closest",
        annotations=notes,
        **layout,
    )


def _labels(panel: Panel, yaxis: str) -> list[dict]:
    return [
        _note("<br>".join(row.lines), {"yref": yaxis, "y": mark + MARK_PX // 2 - row.height, "align": "left"})
        for row, mark in zip(panel.rows, panel.heights, strict=True)
    ]


def _note(text: str, where: dict) -> dict:
    return {"text": text, "xref": "paper", "x": 0, "xanchor": "left", "yanchor": "top", "showarrow": False, "borderpad": 0} | where
