"""How many conditions of each category IVIG is used for, split by strength of evidence."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, marker, palette, sources_of
from ivig_explainer.grading import LEVELS

ROW_HEIGHT_PX = 30


def categories(conditions: pd.DataFrame, strengths: pd.Series, theme: str = "light") -> Chart:
    """Draw one bar per category, longest first, split by evidence level.

    `conditions` needs the columns id and category; `strengths` gives a level (a key of `grading.LEVELS`) by
    condition id. Bars carry "category:…" as customdata.
    """
    counts = count(conditions, strengths)
    names = list(counts.index)
    bars = [
        go.Bar(
            name=label,
            y=names,
            x=counts[level].tolist(),
            orientation="h",
            marker=marker(level, theme),
            customdata=[f"category:{category}" for category in names],
            hovertemplate=f"%{{y}}<br>{label}: %{{x}}<extra></extra>",
        )
        for level, label in LEVELS.items()
        if counts[level].any()
    ]
    colours = palette(theme)
    drawn = figure(
        bars,
        theme,
        barmode="stack",
        height=ROW_HEIGHT_PX * len(names) + 70,
        bargap=0.3,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"l": 8, "r": 8, "t": 8, "b": 44},
        xaxis={
            "title": {"text": "number of conditions", "standoff": 6, "font": {"size": 12}},
            "automargin": True,
            "gridcolor": colours.line,
            "zeroline": False,
            "rangemode": "tozero",
            "fixedrange": True,
        },
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "ticksuffix": "  "},
    )
    legend = tuple((label, level) for level, label in LEVELS.items() if counts[level].any())
    return Chart("categories", drawn, _title(counts), _description(counts), _table(counts), legend, sources_of(conditions))


def count(conditions: pd.DataFrame, strengths: pd.Series) -> pd.DataFrame:
    """Return the number of conditions by category (rows, most first) and evidence level (columns)."""
    levels = strengths.reindex(conditions["id"]).to_numpy()
    pairs = conditions[["category"]].assign(level=levels).groupby(["category", "level"]).size()
    counts = pairs.unstack(fill_value=0).reindex(columns=list(LEVELS), fill_value=0)
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order].rename_axis(None, axis=0).rename_axis(None, axis=1)


def _title(counts: pd.DataFrame) -> str:
    total = int(counts.to_numpy().sum())
    if not total:
        return "No condition is selected"
    backed = int(counts[["strong", "moderate"]].to_numpy().sum())
    return f"Randomised evidence clearly favours IVIG in {backed} of {total} condition{'s' * (total != 1)}"


def _description(counts: pd.DataFrame) -> str:
    if counts.empty:
        return "There is nothing to draw."
    sizes = counts.sum(axis=1)
    parts = [f"{name} {size}" for name, size in sizes.items()]
    return f"Conditions in each category: {', '.join(parts)}. Each bar is split by strength of evidence."


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    table = counts.rename(columns=LEVELS)
    table.insert(0, "All", counts.sum(axis=1))
    return table.rename_axis("Category").reset_index()
