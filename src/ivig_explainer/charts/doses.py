"""What a course of IVIG weighs: every schedule on one dose axis, by what IVIG does and by phase of treatment."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.kinetics import LINES
from ivig_explainer.charts.style import Chart, figure, palette, sources_of
from ivig_explainer.dosing import NEAR, around, near
from ivig_explainer.selection import ROLES

PHASES = {
    "replacement": "regular",
    "induction": "first course",
    "single-course": "single course",
    "maintenance": "maintenance",
    "prophylaxis": "prevention",
}
LOOKS = dict(zip(ROLES, LINES, strict=False))
ROW_PX = 27
TICKS = (0.1, 0.2, 0.4, 0.6, 1, 2, 4, 6)
WRITTEN_FROM = 20  # a mark that stands for this many schedules says how many


def doses(courses: pd.DataFrame, dose_g_per_kg: float | None = None, theme: str = "light") -> Chart:
    """Draw the rows of `ivig_explainer.dosing.courses`: schedules alike in role, phase and dose are one mark.

    A mark stands at the middle of its range, a bar shows the range, the area tells how many schedules it is. A dose is drawn
    as a line, and what counts as the same dose as a band around it.
    """
    marks = _marks(courses)
    drawn, description = _draw(marks, dose_g_per_kg, theme), _description(courses, marks, dose_g_per_kg)
    return Chart("doses", drawn, _title(courses), description, _table(marks), sources=sources_of(courses))


def span(low: float, high: float) -> str:
    """Return a dose, or a range of doses, as text.

    >>> span(0.4, 0.4), span(0.4, 0.6)
    ('0.4', '0.4–0.6')
    """
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _marks(courses: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each mark, in the order in which the rows of the picture stand."""
    order = {role: place for place, role in enumerate(ROLES)} | {phase: place for place, phase in enumerate(PHASES)}
    marks = courses.groupby(["role", "phase", "low", "high", "middle"], sort=True).agg(
        schedules=("id", "size"), conditions=("condition", "nunique")
    )
    return marks.reset_index().sort_values(
        ["role", "phase", "low", "high"], key=lambda c: c.map(order) if c.name in ("role", "phase") else c
    )


def _draw(marks: pd.DataFrame, dose_g_per_kg: float | None, theme: str) -> go.Figure:
    colours = palette(theme)
    places, headings = _rows(marks)
    count = len(places) + len(headings)
    top = math.log10(max([*marks["high"], 4]) * 1.15)
    axis = {"fixedrange": True, "zeroline": False}
    return figure(
        [_trace(marks[marks["role"] == role], role, places, theme) for role in headings],
        theme,
        height=ROW_PX * count + 52,
        margin={"l": 8, "r": 8, "t": 4, "b": 44},
        showlegend=False,
        hovermode="closest",
        xaxis=axis
        | {
            "type": "log",
            "range": [math.log10(0.085), top],
            "tickvals": list(TICKS),
            "ticktext": [f"{tick:g}" for tick in TICKS],
            "gridcolor": colours.line,
            "title": {"text": "g/kg in one course, log scale", "standoff": 6, "font": {"size": 13}},
        },
        yaxis=axis
        | {
            "range": [count - 0.4, -0.6],
            "tickvals": list(places.values()),
            "ticktext": [PHASES[phase] for _, phase in places],
            "automargin": True,
            "gridcolor": colours.line,
        },
        annotations=[
            {
                "text": f"<b>{ROLES[role]}</b>",
                "xref": "paper",
                "x": 0,
                "xanchor": "left",
                "y": place,
                "showarrow": False,
                "font": {"color": _colour(role, theme)},
            }
            for role, place in headings.items()
        ],
        shapes=[] if dose_g_per_kg is None else _slider(dose_g_per_kg, theme),
    )


def _rows(marks: pd.DataFrame) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Return the place of each row (role, phase) and of each role's heading above its rows, from the top."""
    places, headings = {}, {}
    for role, some in marks.groupby("role", sort=False):
        headings[role] = len(places) + len(headings)
        for phase in some["phase"].unique():
            places[role, phase] = len(places) + len(headings)
    return places, headings


def _trace(some: pd.DataFrame, role: str, places: dict[tuple[str, str], int], theme: str) -> go.Scatter:
    colour = _colour(role, theme)
    middle = some["middle"]
    return go.Scatter(
        x=middle.tolist(),
        y=[places[role, phase] for phase in some["phase"]],
        mode="markers+text",
        marker={
            "symbol": LOOKS[role].symbol,
            "size": (7 + 2.1 * some["schedules"] ** 0.5).round(1).tolist(),
            "color": colour,
            "opacity": 1,
            "line": {"color": palette(theme).surface, "width": 1},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (some["high"] - middle).round(4).tolist(),
            "arrayminus": (middle - some["low"]).round(4).tolist(),
            "color": colour,
            "thickness": 1.5,
            "width": 3,
        },
        text=[str(n) if n >= WRITTEN_FROM else "" for n in some["schedules"]],
        textfont={"size": 10, "color": palette(theme).surface},
        customdata=[f"{value:g}" for value in middle.round(2)],
        hovertext=[
            f"{span(m.low, m.high)} g/kg, {PHASES[m.phase]}<br>{_number(m.schedules, 'schedule')}, {_number(m.conditions, 'condition')}"
            for m in some.itertuples()
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        name=ROLES[role],
    )


def _slider(dose_g_per_kg: float, theme: str) -> list[dict]:
    colours = palette(theme)
    low, high = around(dose_g_per_kg)
    whole = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return [
        whole | {"type": "rect", "x0": low, "x1": high, "fillcolor": colours.muted, "opacity": 0.18, "line": {"width": 0}},
        whole | {"type": "line", "x0": dose_g_per_kg, "x1": dose_g_per_kg, "line": {"color": colours.text, "width": 2, "dash": "dot"}},
    ]


def _colour(role: str, theme: str) -> str:
    return LOOKS[role].dark if theme == "dark" else LOOKS[role].light


def _number(size: int, what: str) -> str:
    return f"{size} {what}{'' if size == 1 else 's'}"


def _title(courses: pd.DataFrame) -> str:
    middle = courses.groupby("role")["middle"].median()
    if not {"replacement", "immunomodulation"} <= set(middle.index):
        return f"{_number(len(courses), 'schedule')} on one dose axis"
    return (
        f"Schedules that replace antibody centre on {middle['replacement']:.2g} g/kg a course, "
        f"those that calm the immune system on {middle['immunomodulation']:.2g} g/kg"
    )


def _description(courses: pd.DataFrame, marks: pd.DataFrame, dose_g_per_kg: float | None) -> str:
    parts = ["Every schedule of the tables on one axis of grams per kilogram a course, grouped by what IVIG does and by phase."]
    for role in marks["role"].unique():
        some = courses[courses["role"] == role]["middle"]
        parts.append(
            f"{ROLES[role]}: {_number(len(some), 'schedule')}; half of them lie between {some.quantile(0.25):.2g} and "
            f"{some.quantile(0.75):.2g} g/kg, all between {some.min():.2g} and {some.max():.2g}."
        )
    if dose_g_per_kg is not None:
        found = near(courses, dose_g_per_kg)
        counts = "; ".join(f"{ROLES[role]} {(found['role'] == role).sum()}" for role in marks["role"].unique())
        parts.append(f"The line stands at {dose_g_per_kg:g} g/kg. Within {NEAR:.0%} of it: {counts}.")
    return " ".join(parts)


def _table(marks: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What IVIG does": marks["role"].map(ROLES),
            "Phase": marks["phase"].map(PHASES),
            "g/kg a course": [span(m.low, m.high) for m in marks.itertuples()],
            "Schedules": marks["schedules"],
            "Conditions": marks["conditions"],
        }
    )
