"""Trials over the years: when, how large, and what came out."""

from __future__ import annotations

from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, palette, sources_of
from ivig_explainer.trials import RESULTS

ROW_HEIGHT_PX = 54
SMALLEST_PX, LARGEST_PX = 10, 30
LABEL_LETTERS = 22
SYMBOLS = {"positive": "circle", "negative": "x", "equal": "square", "unknown": "diamond-open", "running": "circle-open"}
LEVEL_OF = {"positive": "strong", "negative": "no-benefit", "equal": "limited", "unknown": "not-graded", "running": "not-graded"}


def trials(table: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw each trial at its year, in the row of its condition, as large as the number of people in it.

    `table` is what `ivig_explainer.trials.trials` returns. Trials whose year is not printed stand in the table only.
    """
    dated = table.dropna(subset=["year"])
    names = [_wrapped(name) for name in dict.fromkeys(table["name"])]
    colours = palette(theme)
    largest = float(table["participants"].max()) if table["participants"].notna().any() else 1.0
    points = [
        go.Scatter(
            name=RESULTS[result],
            mode="markers",
            x=[int(year) for year in some["year"]],
            y=[_wrapped(name) for name in some["name"]],
            marker={
                "symbol": SYMBOLS[result],
                "size": [_size(n, largest) for n in some["participants"]],
                "color": colours.text if "open" in SYMBOLS[result] else colours.strength[LEVEL_OF[result]],
                "line": {"color": colours.outline, "width": 1.2},
            },
            customdata=[f"condition:{condition}" for condition in some["condition"]],
            text=[_hover(row) for row in some.itertuples()],
            hovertemplate="%{text}<extra></extra>",
        )
        for result in RESULTS
        if len(some := dated[dated["result"] == result])
    ]
    drawn = figure(
        points,
        theme,
        height=ROW_HEIGHT_PX * max(len(names), 1) + 70,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
        xaxis={"gridcolor": colours.line, "zeroline": False, "fixedrange": True, "tickformat": "d", "automargin": True},
        yaxis={
            "categoryorder": "array",
            "categoryarray": names,
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "gridcolor": colours.line,
            "ticksuffix": "  ",
        },
    )
    legend = tuple((label, f"trial-{result}") for result, label in RESULTS.items() if (table["result"] == result).any())
    return Chart("trials", drawn, _title(table), _description(table), _table(table), legend, sources_of(table))


def _wrapped(name: str) -> str:
    """Return a name in short lines, so that it leaves room for the marks on a phone."""
    return "<br>".join(escape(line) for line in wrap(name, LABEL_LETTERS))


def _size(participants: object, largest: float) -> float:
    """Return a diameter whose area grows with the number of people."""
    share = 0.0 if pd.isna(participants) else (float(participants) / largest) ** 0.5
    return round(SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * share, 1)


def _hover(row) -> str:
    people = "" if pd.isna(row.participants) else f", {int(row.participants)} people"
    return f"<b>{escape(row.study)}</b><br>{escape(row.name)}{people}<br>{RESULTS[row.result]}"


def _title(table: pd.DataFrame) -> str:
    positive = int((table["result"] == "positive").sum())
    return f"{positive} of {len(table)} comparative stud{'y' if len(table) == 1 else 'ies'} came out in favour of IVIG"


def _description(table: pd.DataFrame) -> str:
    parts = []
    for name, some in table.groupby("name", sort=False):
        results = some["result"].value_counts()
        parts.append(f"{name}: {', '.join(f'{count} {RESULTS[result].lower()}' for result, count in results.items())}")
    return "Results by condition. " + "; ".join(parts) + ". Larger marks stand for more people."


def _table(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Condition": table["name"],
            "Study": table["study"],
            "Year": ["not printed" if pd.isna(year) else str(int(year)) for year in table["year"]],
            "People": ["not printed" if pd.isna(n) else str(int(n)) for n in table["participants"]],
            "Randomised": ["yes" if randomised else "no" for randomised in table["randomised"]],
            "Result": [RESULTS[result] for result in table["result"]],
        }
    )
