"""The doses of several conditions, to scale on one axis: every schedule of each condition, by phase."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.kinetics import LINES
from ivig_explainer.charts.rows import MARK_PX, Panel, Row, axes, draw
from ivig_explainer.charts.style import Chart, sources_of
from ivig_explainer.wording import PHASES, span

CAP_PX = 4


def compared_doses(courses: pd.DataFrame, conditions: Sequence[str], names: Sequence[str], theme: str = "light") -> Chart:
    """Draw the schedules of `conditions` (ids) in g/kg a course, a row for each condition and phase, `names` in the labels.

    `courses` is what `ivig_explainer.dosing.courses` returns. Schedules alike in dose are one mark: a dot, or a bar from the
    lowest to the highest dose. Marks carry "condition:ID" as customdata.
    """
    order = {condition: place for place, condition in enumerate(conditions)}
    some = courses[courses["condition"].isin(order)]
    marks = _marks(some, order)
    rows = list(marks.groupby(["place", "phase"], sort=False).groups)
    panel = Panel(
        rows=tuple(Row(names[place], PHASES[phase]) for place, phase in rows),
        title="g/kg of body weight in one course",
        axis={"rangemode": "tozero", "range": [0, max([*marks["high"], 1]) * 1.06]},
    )
    heights = dict(zip(rows, panel.heights, strict=True))
    traces = [_trace(marks[marks["place"] == place], place, names[place], heights, theme) for place in marks["place"].unique()]
    drawn, words = draw([panel], traces, theme), (_title(marks, names), _description(marks, names))
    return Chart("compared-doses", drawn, *words, _table(marks, names), sources=sources_of(some))


def _marks(some: pd.DataFrame, order: dict[str, int]) -> pd.DataFrame:
    """Return one row for each mark: condition, place, phase, low, high, middle, and how many schedules it stands for."""
    phases = {phase: place for place, phase in enumerate(PHASES)}
    marks = some.groupby(["condition", "phase", "low", "high", "middle"], as_index=False).agg(schedules=("id", "size"))
    marks["place"] = marks["condition"].map(order)
    return marks.sort_values(["place", "phase", "low", "high"], key=lambda c: c.map(phases) if c.name == "phase" else c, ignore_index=True)


def _trace(some: pd.DataFrame, place: int, name: str, heights: dict, theme: str) -> go.Scatter:
    look = LINES[place]
    colour = look.dark if theme == "dark" else look.light
    return go.Scatter(
        name=name,
        x=some["middle"].tolist(),
        y=_heights(some, heights),
        mode="markers",
        marker={"symbol": look.symbol, "size": 9, "color": colour},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (some["high"] - some["middle"]).round(4).tolist(),
            "arrayminus": (some["middle"] - some["low"]).round(4).tolist(),
            "color": colour,
            "thickness": 2,
            "width": CAP_PX,
        },
        customdata=[f"condition:{condition}" for condition in some["condition"]],
        hovertext=[f"<b>{escape(name)}</b><br>{PHASES[m.phase]}: {_dose(m)}" for m in some.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
        **axes(0),
    )


def _heights(some: pd.DataFrame, heights: dict) -> list[float]:
    """Spread the marks of a row over its height, so that ranges which overlap can be told apart."""
    places = []
    for (place, phase), marks in some.groupby(["place", "phase"], sort=False):
        step = (MARK_PX - 8) / max(len(marks), 2)
        middle = (len(marks) - 1) / 2
        places += [round(heights[place, phase] + step * (number - middle), 1) for number in range(len(marks))]
    return places


def _dose(mark: tuple) -> str:
    many = f" ({mark.schedules} schedules)" if mark.schedules > 1 else ""
    return f"{span(mark.low, mark.high)} g/kg a course{many}"


def _title(marks: pd.DataFrame, names: Sequence[str]) -> str:
    if marks.empty:
        return "No schedule by body weight is recorded for these conditions"
    ends = [f"{names[place]} {span(some['low'].min(), some['high'].max())} g/kg" for place, some in marks.groupby("place", sort=False)]
    return f"One course, from lowest to highest: {'; '.join(ends)}"


def _description(marks: pd.DataFrame, names: Sequence[str]) -> str:
    if marks.empty:
        return "There is nothing to draw."
    parts = [
        f"{names[place]}, {PHASES[phase].lower()}: {', '.join(_dose(m) for m in some.itertuples())}"
        for (place, phase), some in marks.groupby(["place", "phase"], sort=False)
    ]
    return f"Every schedule on one axis of grams per kilogram a course. {'. '.join(parts)}."


def _table(marks: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Condition": [names[place] for place in marks["place"]],
            "Phase": marks["phase"].map(PHASES),
            "g/kg a course": [span(m.low, m.high) for m in marks.itertuples()],
            "Schedules": marks["schedules"],
        }
    )
