"""Serum IgG over time: one schedule or several, or one schedule through every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, palette
from ivig_explainer.kinetics import Curve, Model, Schedule, Target, curve

HEIGHT_PX = 380
LEGEND_ROW_PX = 22
MARKED_DOSES = 14  # with more doses, only every second, third, ... is marked


@dataclass(frozen=True)
class Line:
    """How one of several curves is told apart: colour, dash and symbol, each by itself."""

    light: str
    dark: str
    dash: str
    symbol: str


# Okabe-Ito, darkened or lightened until each has 3:1 against the page of its theme
LINES = (
    Line("#0072b2", "#56b4e9", "solid", "circle"),
    Line("#d55e00", "#e69f00", "dash", "square"),
    Line("#00795a", "#2fc79b", "dot", "diamond"),
    Line("#a8478a", "#e29ac6", "dashdot", "triangle-up"),
    Line("#1b2430", "#e8edf3", "longdash", "x"),
    Line("#8a6a00", "#f0e442", "longdashdot", "star"),
    Line("#77828e", "#a9b4c0", "2px 6px 10px 6px", "triangle-down"),
    Line("#7a3b00", "#e0704a", "14px 4px 4px 4px 4px 4px", "hexagon"),
)


def kinetics(curves: Sequence[Curve], target: Target | None = None, theme: str = "light") -> Chart:
    """Draw IgG over weeks, one line for each curve, with peaks and troughs marked and the trough target shaded.

    `curves` come from `ivig_explainer.kinetics.curve`, each with its own label. The table holds every peak and trough, and
    what each curve settles at. Raises ValueError for more curves than there are lines to tell them apart, and for two
    curves with one label.
    """
    _check(curves)
    drawn, words = _draw(curves, target, theme), (_title(curves, target), _description(curves, target))
    return Chart("kinetics", drawn, *words, _table(curves), sources=_sources(curves, target))


def spread(
    models: Mapping[str, Model],
    schedule: Schedule,
    weight_kg: float,
    starting_igg_g_per_l: float,
    weeks: float,
    target: Target | None = None,
    theme: str = "light",
) -> Chart:
    """Draw one schedule for one person through every model that knows its route.

    The distance between the lines is what is not known. Raises ValueError as `ivig_explainer.kinetics.curve` does.
    """
    fit = [model for model in models.values() if schedule.route in model.routes]
    curves = [curve(model.name, model, schedule, weight_kg, starting_igg_g_per_l, weeks) for model in fit]
    _check(curves)
    left_out = [model.name for model in models.values() if schedule.route not in model.routes]
    drawn, words = _draw(curves, target, theme, ends=("trough",)), (_spread_title(curves), _spread_description(curves, left_out, target))
    return Chart("spread", drawn, *words, _spread_table(curves), sources=_sources(curves, target))


def _sources(curves: Sequence[Curve], target: Target | None) -> tuple[str, ...]:
    """Return the sources of the models, and of the target where it is drawn."""
    models = [source for c in curves for source in c.model.sources]
    return tuple(dict.fromkeys([*models, *(target.sources if target else ())]))


def _check(curves: Sequence[Curve]) -> None:
    if len(curves) > len(LINES):
        raise ValueError(f"at most {len(LINES)} curves can be told apart, not {len(curves)}")
    if len({c.label for c in curves}) < len(curves):
        raise ValueError("each curve needs a label of its own")


def _draw(curves: Sequence[Curve], target: Target | None, theme: str, ends: tuple[str, ...] = ("trough", "peak")) -> go.Figure:
    colours = palette(theme)
    traces = [trace for c, line in zip(curves, LINES, strict=False) for trace in _traces(c, line, theme, ends)]
    axis = {"automargin": True, "gridcolor": colours.line, "zeroline": False, "fixedrange": True}
    shown = len(curves) > 1
    weeks = max((c.points["day"].iloc[-1] / 7 for c in curves), default=1.0)
    tick = next((step for step in (1, 4, 8, 13, 26) if weeks / step <= 8), 52)
    return figure(
        traces,
        theme,
        height=HEIGHT_PX + LEGEND_ROW_PX * len(curves) * shown,
        margin={"l": 8, "r": 8, "t": 8, "b": 44},
        showlegend=shown,
        legend={"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top", "itemwidth": 50},
        xaxis=axis
        | {
            "title": {"text": "weeks since the first dose", "standoff": 6},
            "range": [-0.02 * weeks, 1.02 * weeks],
            "dtick": tick,
        },
        yaxis=axis | {"title": {"text": "IgG in serum (g/L)", "standoff": 6}, "rangemode": "tozero"},
        **(_band(target, theme) if target else {}),
    )


def _traces(c: Curve, line: Line, theme: str, ends: tuple[str, ...]) -> list[go.Scatter]:
    """Return the line, its troughs (filled) or also its peaks (open), and what stands for all of them in the legend."""
    colour = line.dark if theme == "dark" else line.light
    stroke = {"color": colour, "width": 2, "dash": line.dash}
    every = max(1, -(-len(c.extremes) // MARKED_DOSES))
    marked = c.extremes.iloc[::-1].iloc[::every].iloc[::-1]  # the last dose is always among them
    common = {"legendgroup": c.label, "name": c.label}
    hover = f"{c.label}<br>%{{y:.1f}} g/L in week %{{x:.1f}}<extra></extra>"
    path = go.Scatter(
        x=_weeks(c.points["day"]),
        y=_levels(c.points["igg_g_per_l"]),
        mode="lines",
        line=stroke,
        showlegend=False,
        hovertemplate=hover,
        **common,
    )
    marks = [
        go.Scatter(
            x=_weeks(marked[f"{end}_day"]),
            y=_levels(marked[f"{end}_g_per_l"]),
            mode="markers",
            marker={
                "symbol": line.symbol + ("-open" if end == "peak" else ""),
                "size": 8,
                "color": colour,
                "line": {"color": colour, "width": 1.5},
            },
            showlegend=False,
            hovertemplate=f"{end.capitalize()} · {hover}",
            **common,
        )
        for end in ends
    ]
    key = go.Scatter(
        x=[None], y=[None], mode="lines+markers", line=stroke, marker={"symbol": line.symbol, "size": 8, "color": colour}, **common
    )
    return [path, *marks, key]


def _band(target: Target, theme: str) -> dict:
    """Return the layout of the target: a shaded band with edges, and its name."""
    colours = palette(theme)
    edge = {"color": colours.muted, "width": 1, "dash": "dot"}
    side = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "line": edge}
    area = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": target.low, "y1": target.high, "layer": "below"}
    return {
        "shapes": [
            area | {"fillcolor": colours.muted, "opacity": 0.15, "line": {"width": 0}},
            *(side | {"y0": level, "y1": level} for level in (target.low, target.high)),
        ],
        "annotations": [
            {
                "text": f"trough target {target.low:g} to {target.high:g} g/L",
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "y": target.low,
                "yanchor": "top",
                "showarrow": False,
                "font": {"size": 12, "color": colours.muted},
            }
        ],
    }


def _title(curves: Sequence[Curve], target: Target | None) -> str:
    if not curves:
        return "No schedule is chosen"
    if len(curves) == 1:
        (only,) = curves
        where = f", {_against(only, target)}" if target else ""
        return f"Trough {_settles(only)}{where}"
    low, high = _lowest_and_highest(curves)
    if _same(low, high):
        return f"Troughs of all {len(curves)} settle at {low.steady.trough:.1f} g/L"
    return f"Troughs settle at {low.steady.trough:.1f} g/L ({low.label}) to {high.steady.trough:.1f} g/L ({high.label})"


def _spread_title(curves: Sequence[Curve]) -> str:
    if not curves:
        return "No model covers this route"
    low, high = _lowest_and_highest(curves)
    if _same(low, high):
        return f"The trough settles at {low.steady.trough:.1f} g/L, whichever model is asked"
    return (
        f"The same dose settles at a trough of {low.steady.trough:.1f} to {high.steady.trough:.1f} g/L, "
        f"depending on which of {len(curves)} models is asked"
    )


def _settles(c: Curve) -> str:
    """Say where the trough of a curve ends up, and when."""
    if c.settled_week is None:
        last = c.extremes["trough_g_per_l"].iloc[-1] if len(c.extremes) else c.starting_igg_g_per_l
        week = c.points["day"].iloc[-1] / 7
        return f"is {last:.1f} g/L after {week:.0f} weeks, on its way to {c.steady.trough:.1f} g/L"
    if not c.settled_week:
        return f"stays near its start at {c.steady.trough:.1f} g/L"
    return f"settles at {c.steady.trough:.1f} g/L after {c.settled_week:g} weeks"


def _against(c: Curve, target: Target) -> str:
    level = round(c.steady.trough, 1)
    place = "below" if level < target.low else "above" if level > target.high else "within"
    return f"{place} the target of {target.low:g} to {target.high:g} g/L"


def _lowest_and_highest(curves: Sequence[Curve]) -> tuple[Curve, Curve]:
    ordered = sorted(curves, key=lambda c: c.steady.trough)
    return ordered[0], ordered[-1]


def _same(low: Curve, high: Curve) -> bool:
    return round(low.steady.trough, 1) == round(high.steady.trough, 1)


def _description(curves: Sequence[Curve], target: Target | None) -> str:
    if not curves:
        return "There is nothing to draw."
    parts = [
        f"{c.label}: {c.schedule.words()}, for {c.weight_kg:g} kg and {c.starting_igg_g_per_l:g} g/L before treatment, by the model "
        f"{c.model.name}. The trough {_settles(c)}; the peak is then {c.steady.peak:.1f} g/L and the mean {c.steady.mean:.1f} g/L."
        for c in curves
    ]
    return " ".join(["IgG in serum over time.", *parts, *_caveats(curves, target)])


def _spread_description(curves: Sequence[Curve], left_out: list[str], target: Target | None) -> str:
    without = [f"Without parameters for this route: {'; '.join(left_out)}."] if left_out else []
    if not curves:
        return " ".join(["There is nothing to draw.", *without])
    first = curves[0]
    ordered = sorted(curves, key=lambda c: c.steady.trough)
    levels = "; ".join(f"{c.label} {c.steady.trough:.1f} g/L" for c in ordered)
    varied = [c.model.clearance_cv_pct for c in curves if c.model.clearance_cv_pct is not None]
    people = [f"Within these studies clearance varied between people by {min(varied):.0f} to {max(varied):.0f} % (CV)."] if varied else []
    opening = (
        f"{first.schedule.words()}, for {first.weight_kg:g} kg and {first.starting_igg_g_per_l:g} g/L before treatment, through "
        f"{len(curves)} published models. Settled troughs, lowest first: {levels}. The models were fitted to different people, "
        "and the distance between them is part of what is not known."
    )
    return " ".join([opening, *people, *without, *_caveats(curves, target)])


def _caveats(curves: Sequence[Curve], target: Target | None) -> list[str]:
    """Return the sentences that hold for a picture as a whole."""
    outside = {c.model.name: c for c in curves if not c.model.covers(c.weight_kg)}
    fitted = "; ".join(f"{name} ({c.model.weights_kg[0]:g} to {c.model.weights_kg[1]:g} kg)" for name, c in outside.items())
    beyond = [f"The weight lies outside that of the people whom these models were fitted to: {fitted}."] if outside else []
    if not target:
        return beyond
    name = target.name[0].lower() + target.name[1:]
    return [*beyond, f"The shaded band is the {name}: {target.low:g} to {target.high:g} g/L. {target.note.split('. ')[0].rstrip('.')}."]


def _table(curves: Sequence[Curve]) -> pd.DataFrame:
    columns = ["Curve", "Dose", "Peak in week", "Peak (g/L)", "Trough in week", "Trough (g/L)", "Mean (g/L)"]
    rows = []
    for c in curves:
        rows.extend(
            (
                c.label,
                str(e.dose),
                round(e.peak_day / 7, 1),
                round(e.peak_g_per_l, 1),
                round(e.trough_day / 7, 1),
                round(e.trough_g_per_l, 1),
            )
            for e in c.extremes.itertuples()
        )
        rows.append((c.label, "settled", None, round(c.steady.peak, 1), c.settled_week, round(c.steady.trough, 1), round(c.steady.mean, 1)))
    return pd.DataFrame([row + (None,) * (len(columns) - len(row)) for row in rows], columns=columns)


def _spread_table(curves: Sequence[Curve]) -> pd.DataFrame:
    rows = [
        {
            "Model": c.label,
            "People it was fitted to": c.model.population,
            "Half-life (days)": round(c.model.half_life_days(c.weight_kg), 1),
            "Trough (g/L)": round(c.steady.trough, 1),
            "Peak (g/L)": round(c.steady.peak, 1),
            "Mean (g/L)": round(c.steady.mean, 1),
            "Settled in week": c.settled_week,
        }
        for c in curves
    ]
    columns = ["Model", "People it was fitted to", "Half-life (days)", "Trough (g/L)", "Peak (g/L)", "Mean (g/L)", "Settled in week"]
    return pd.DataFrame(rows, columns=columns)


def _weeks(days: pd.Series) -> list[float]:
    return (days / 7).round(3).tolist()


def _levels(levels: pd.Series) -> list[float]:
    return levels.round(2).tolist()
