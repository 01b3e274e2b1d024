"""Infections and immunoglobulin replacement: before and on it, against the trough, and in the product trials."""

from __future__ import annotations

from html import escape
from math import log10

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.rows import Panel, Row, axes, draw
from ivig_explainer.charts.style import Chart, figure, palette, sources_of
from ivig_explainer.living import BASES, Association
from ivig_explainer.quantities import number

MARK_SIZE = 13
RATE_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
STEPS = 50
CURVE_PX = 340


def before_after(table: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw each comparison of `living.before_after` as two marks with a line between: before, and on treatment.

    Each way of counting has a panel and a scale of its own. Rates are on a scale of ratios, so that equal lengths are equal
    reductions; shares of people run from 0 to 100 %.
    """
    panels, traces = [], []
    for place, (basis, some) in enumerate(table.groupby("basis", sort=False)):
        panel = Panel(
            rows=tuple(Row(_first_up(row.outcome), f"{row.short}; {row.study}{_people(row.people)}") for row in some.itertuples()),
            title=_axis_title(basis),
            heading=BASES[basis],
            axis=_axis(basis, some),
        )
        panels.append(panel)
        traces += _pair_traces(panel, some, place, theme)
    legend = (("Before treatment", "living-before"), ("On treatment", "living-after")) if len(table) else ()
    drawn, words = draw(panels, traces, theme), (_pair_title(table), _pair_description(table))
    return Chart("before-after", drawn, *words, _pair_table(table), legend, sources_of(table))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _people(people: object) -> str:
    return "" if pd.isna(people) else f", {int(people)} people"


def _axis_title(basis: str) -> str:
    return "% of people" if basis.startswith("people") else "events (equal lengths are equal reductions)"


def _axis(basis: str, some: pd.DataFrame) -> dict:
    if basis.startswith("people"):
        return {"range": [-6, 108], "tickvals": [0, 20, 40, 60, 80, 100]}
    ends = log10(some["after"].min() / 2.4), log10(some["before"].max() * 2.3)  # room for the numbers beside the marks
    return {"type": "log", "range": ends, "tickvals": list(RATE_TICKS), "ticktext": [number(tick) for tick in RATE_TICKS]}


def _pair_traces(panel: Panel, some: pd.DataFrame, place: int, theme: str) -> list:
    colours, heights, rows = palette(theme), panel.heights, list(some.itertuples(name="Pair"))
    xs = [x for row in rows for x in (row.before, row.after, None)]
    ys = [y for height in heights for y in (height, height, None)]
    line = go.Scatter(x=xs, y=ys, mode="lines", line={"color": colours.muted, "width": 2}, hoverinfo="skip", name="Change", **axes(place))
    marks = [
        ("Before treatment", "before", "circle", colours.surface, "middle right"),
        ("On treatment", "after", "circle", colours.strength["strong"], "middle left"),
    ]
    return [line] + [
        go.Scatter(
            name=name,
            x=some[column].tolist(),
            y=heights,
            mode="markers+text",
            text=[f" {number(value)} " for value in some[column]],
            textposition=position,
            cliponaxis=False,
            marker={"symbol": symbol, "size": MARK_SIZE, "color": fill, "line": {"color": colours.outline, "width": 1.6}},
            customdata=[f"condition:{condition}" for condition in some["condition"]],
            hovertext=[f"{escape(_first_up(row.outcome))}<br>{name.lower()}: {number(getattr(row, column))}" for row in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            **axes(place),
        )
        for name, column, symbol, fill, position in marks
    ]


def _pair_title(table: pd.DataFrame) -> str:
    if table.empty:
        return "No comparison of before and on treatment is recorded"
    fell = int((table["after"] < table["before"]).sum())
    return f"Infections and hospital stays were rarer on replacement than before it in {fell} of {len(table)} comparisons"


def _pair_description(table: pd.DataFrame) -> str:
    parts = [
        f"{BASES[basis]}: "
        + "; ".join(
            f"{row.outcome} ({row.study}) {number(row.before)} before, {number(row.after)} on treatment" for row in some.itertuples()
        )
        for basis, some in table.groupby("basis", sort=False)
    ]
    return "The same people before and on treatment, without a control group. " + ". ".join(parts) + "."


def _pair_table(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What was counted": [_first_up(outcome) for outcome in table["outcome"]],
            "Study": table["study"],
            "Condition": table["name"],
            "People": ["not printed" if pd.isna(people) else str(int(people)) for people in table["people"]],
            "Unit": table["unit"],
            "Before": [number(value) for value in table["before"]],
            "On treatment": [number(value) for value in table["after"]],
            "Limit": table["caveat"].fillna("none printed"),
        }
    )


def pneumonia(found: Association, reference: float, trough: float, theme: str = "light") -> Chart:
    """Draw how often pneumonia goes with each trough IgG, against a `reference` trough; mark one `trough` (both g/L).

    The curve spans the troughs that the source prints, and nothing beyond. The band is the 95 % interval of the slope alone.
    """
    colours = palette(theme)
    first, last = found.troughs[0], found.troughs[-1]
    xs = [round(first + (last - first) * step / STEPS, 3) for step in range(STEPS + 1)]
    curve = [found.relative(x, reference) for x in xs]
    ratio, low, high = found.relative(trough, reference)
    band = go.Scatter(
        name="95% interval of the slope",
        x=xs + xs[::-1],
        y=[round(high, 4) for _, _, high in curve] + [round(low, 4) for _, low, _ in curve][::-1],
        fill="toself",
        fillcolor=colours.strength["limited"],
        opacity=0.55,
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
    )
    line = go.Scatter(
        name="Ratio of pneumonia rates",
        x=xs,
        y=[round(middle, 4) for middle, _, _ in curve],
        mode="lines",
        line={"color": colours.strength["strong"], "width": 2.5},
        hovertemplate="trough %{x:.1f} g/L: %{y:.2f} times<extra></extra>",
    )
    marks = go.Scatter(
        name="Chosen troughs",
        x=[reference, trough],
        y=[1, ratio],
        mode="markers+text",
        marker={
            "symbol": ["square-open", "circle"],
            "size": MARK_SIZE,
            "color": [colours.text, colours.strength["strong"]],
            "line": {"color": colours.outline, "width": 1.6},
        },
        text=["", f"{ratio:.2f} "],
        textposition="top right",
        cliponaxis=False,
        hoverinfo="skip",
    )
    drawn = figure(
        [band, line, marks],
        theme,
        height=CURVE_PX,
        hovermode="closest",
        margin={"l": 8, "r": 24, "t": 12, "b": 8},
        xaxis={
            "title": {"text": "trough IgG, g/L", "standoff": 6},
            "gridcolor": colours.line,
            "zeroline": False,
            "fixedrange": True,
            "range": [first - 0.15, last + 0.15],
            "automargin": True,
        },
        yaxis={
            "title": {"text": "times as many pneumonias", "standoff": 6},
            "gridcolor": colours.line,
            "zeroline": False,
            "rangemode": "tozero",
            "fixedrange": True,
            "automargin": True,
        },
    )
    legend = (("Reference trough", "living-reference"), ("Trough compared", "living-after"), ("95% interval of the slope", "living-band"))
    return Chart(
        "pneumonia",
        drawn,
        _curve_title(ratio, trough, reference),
        f"{_curve_title(ratio, trough, reference)}, 95% interval {low:.2f} to {high:.2f}. {_curve_limits(found)}",
        _curve_table(found, reference),
        legend,
        found.sources,
    )


def _curve_title(ratio: float, trough: float, reference: float) -> str:
    return f"A trough of {trough:g} g/L goes with {ratio:.2f} times as many pneumonias as one of {reference:g} g/L: an association"


def _curve_limits(found: Association) -> str:
    return (
        f"Each further 1 g/L goes with {found.ratio:.2f} times as many ({found.low:.2f} to {found.high:.2f}). The curve runs from "
        f"{found.troughs[0]:g} to {found.troughs[-1]:g} g/L, the troughs for which the source prints a rate. It is an association across "
        "studies, not what a change of dose does in one person."
    )


def _curve_table(found: Association, reference: float) -> pd.DataFrame:
    first, last = found.troughs[0], found.troughs[-1]
    troughs = sorted({*found.troughs, *(first + step for step in range(int(last - first) + 1))})
    printed = dict(zip(found.troughs, found.rates, strict=True))
    rows = [
        (f"{x:g}", *(f"{value:.2f}" for value in found.relative(x, reference)), number(printed[x]) if x in printed else "") for x in troughs
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "Trough IgG, g/L",
            f"Times as many as at {reference:g} g/L",
            "Lower end of the interval",
            "Upper end of the interval",
            "Pneumonias per patient-year, as printed",
        ],
    )


def serious(table: pd.DataFrame, limit: float, theme: str = "light") -> Chart:
    """Draw the serious bacterial infections per patient-year of each product trial, and the rate they must stay below.

    `table` and `limit` are what `living.serious` returns. A whisker runs to the upper confidence limit where one is printed.
    """
    colours = palette(theme)
    panel = Panel(
        rows=tuple(Row(row.name, _serious_words(row)) for row in table.itertuples()),
        title="serious bacterial infections per patient-year",
        axis={"range": [-0.03, max(limit, 0.5) * 1.08 if limit == limit else 1], "automargin": True},
    )
    heights = panel.heights
    rated, bounded = table["rate"].notna(), table["upper"].notna()
    whiskers = [x for row in table[bounded].itertuples() for x in (0 if pd.isna(row.rate) else row.rate, row.upper, None)]
    traces = [
        go.Scatter(
            name="Up to the upper confidence limit",
            x=whiskers,
            y=[y for height, shown in zip(heights, bounded, strict=True) if shown for y in (height, height, None)],
            mode="lines",
            line={"color": colours.muted, "width": 3},
            hoverinfo="skip",
            **axes(0),
        ),
        go.Scatter(
            name="Upper confidence limit",
            x=table["upper"][bounded].tolist(),
            y=[height for height, shown in zip(heights, bounded, strict=True) if shown],
            mode="markers",
            marker={"symbol": "line-ns", "size": MARK_SIZE, "line": {"color": colours.outline, "width": 2}},
            hovertemplate="upper limit %{x}<extra></extra>",
            **axes(0),
        ),
        go.Scatter(
            name="Rate in the trial",
            x=table["rate"][rated].tolist(),
            y=[height for height, shown in zip(heights, rated, strict=True) if shown],
            mode="markers",
            marker={"size": MARK_SIZE - 2, "color": colours.strength["strong"], "line": {"color": colours.outline, "width": 1.2}},
            hovertemplate="%{x} per patient-year<extra></extra>",
            cliponaxis=False,
            **axes(0),
        ),
    ]
    if limit == limit and len(table):
        traces.append(
            go.Scatter(
                name="Regulators' limit",
                x=[limit, limit],
                y=[0, panel.height],
                mode="lines",
                line={"color": colours.strength["no-benefit"], "width": 2, "dash": "dash"},
                hovertemplate=f"must stay below {limit:g}<extra></extra>",
                **axes(0),
            )
        )
    legend = (
        ("Rate in the trial", "living-after"),
        ("Upper confidence limit, where printed", "living-upper"),
        (f"A new product must stay below {limit:g}", "living-limit"),
    )
    drawn = draw([panel] if len(table) else [], traces if len(table) else [], theme)
    words = _serious_title(table, limit), _serious_description(table, limit)
    return Chart("serious", drawn, *words, _serious_table(table), legend, sources_of(table))


def _serious_words(row) -> str:
    rate = "rate not printed" if pd.isna(row.rate) else f"{number(row.rate)} per patient-year"
    return rate + ("" if pd.isna(row.upper) else f", upper limit {number(row.upper)}")


def _serious_title(table: pd.DataFrame, limit: float) -> str:
    rates = table["rate"].dropna()
    if rates.empty:
        return "No product trial is recorded"
    return (
        f"Serious bacterial infections: {number(rates.min())} to {number(rates.max())} per patient-year in {len(rates)} results, "
        f"where fewer than {limit:g} was asked for"
    )


def _serious_description(table: pd.DataFrame, limit: float) -> str:
    parts = [f"{row.name}: {_serious_words(row)}" for row in table.itertuples()]
    return (
        f"Product trials in primary immunodeficiency, each without a control group; the rate must stay below {limit:g}. {'; '.join(parts)}."
    )


def _serious_table(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Product and people": table["name"],
            "Rate per patient-year": ["not printed" if pd.isna(rate) else number(rate) for rate in table["rate"]],
            "Upper confidence limit": ["not printed" if pd.isna(upper) else number(upper) for upper in table["upper"]],
            "Year": ["not printed" if pd.isna(year) else str(int(year)) for year in table["year"]],
            "Note": table["note"].fillna("none"),
        }
    )
