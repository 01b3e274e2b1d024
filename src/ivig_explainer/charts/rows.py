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
LONGEST_LINE = 54  # characters that fit beside each other on a phone


@dataclass(frozen=True)
class Row:
    """What stands above a row's marks: a name in bold type, then what it is about."""

    name: str
    about: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The label, broken into lines that fit a phone, safe as HTML."""
        names = [f"<b>{escape(line)}</b>" for line in wrap(self.name, LONGEST_LINE - 6)]
        return (*names, *(escape(line) for line in wrap(self.about, LONGEST_LINE)))

    @property
    def height(self) -> int:
        """The height of label and marks in pixels."""
        return LINE_PX * len(self.lines) + MARK_PX


@dataclass(frozen=True)
class Panel:
    """Rows that share an axis: its title, and whatever else Plotly is to know about it. `heading` stands above them."""

    rows: tuple[Row, ...]
    title: str
    heading: str = ""
    axis: dict = field(default_factory=dict)

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


def axes(place: int) -> dict[str, str]:
    """Return which axes the traces of the panel at `place` (from 0) belong to."""
    number = "" if place == 0 else str(place + 1)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def draw(panels: Sequence[Panel], traces: list, theme: str) -> go.Figure:
    """Return the figure of `panels`, one under the other; `traces` name their axes with `axes`."""
    colours = palette(theme)
    total = sum(panel.height + AXIS_PX + (HEADING_PX if panel.heading else 0) for panel in panels) or 1
    layout, notes, top = {}, [], 0
    for place, panel in enumerate(panels):
        names = axes(place)
        if panel.heading:
            notes.append(_note(escape(panel.heading), {"yref": "paper", "y": 1 - top / total}))
            top += HEADING_PX
        layout["yaxis" + names["yaxis"][1:]] = {
            "domain": [max(1 - (top + panel.height) / total, 0), 1 - top / total],
            "range": [panel.height, 0],
            "visible": False,
            "fixedrange": True,
            "anchor": names["xaxis"],
        }
        layout["xaxis" + names["xaxis"][1:]] = {
            "anchor": names["yaxis"],
            "title": {"text": panel.title, "standoff": 4, "font": {"size": 12}},
            "gridcolor": colours.line,
            "zeroline": False,
            "fixedrange": True,
            **panel.axis,
        }
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
