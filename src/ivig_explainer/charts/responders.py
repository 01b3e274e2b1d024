"""Immunoglobulin against placebo, in people: how many got better, and how many got worse or gave up."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.rows import Panel, Row, axes, draw
from ivig_explainer.charts.style import Chart, palette, sources_of
from ivig_explainer.quantities import number

MARK_SIZE = 13
HEADINGS = {"higher": "Got better: further right is better", "lower": "Got worse or gave up: further left is better"}


def responders(table: pd.DataFrame, theme: str = "light", given: str = "IVIG", chart: str = "responders") -> Chart:
    """Draw two marks a row of `living.arms`, what was `given` and placebo, in % of the people in the arm.

    Outcomes that are better when higher and those that are better when lower have a panel each.
    """
    panels, traces = [], []
    for better, heading in HEADINGS.items():
        some = table[table["better_when"] == better]
        if some.empty:
            continue
        panel = Panel(
            rows=tuple(
                Row(name, f"{row.short}; {row.study}{_people(row)}")
                for name, row in zip(_names(some), some.itertuples(name="Arms"), strict=True)
            ),
            title="% of people in the arm",
            heading=heading,
            axis={"range": [-12, 110], "tickvals": [0, 20, 40, 60, 80, 100]},
        )
        traces += _traces(panel, some, len(panels), theme, given)
        panels.append(panel)
    legend = ((given, "living-after"), ("Placebo", "living-placebo")) if len(table) else ()
    drawn, words = draw(panels, traces, theme), (_title(table, given), _description(table, given))
    return Chart(chart, drawn, *words, _table(table, given), legend, sources_of(table))


def _names(table: pd.DataFrame) -> list[str]:
    """Return the outcome of each row, with what was given where two rows of a study would be called the same."""
    alike = table.duplicated(["outcome", "study"], keep=False)
    return [
        f"{outcome}: {given}" if twice else outcome
        for outcome, given, twice in zip(table["outcome"], table["intervention"], alike, strict=True)
    ]


def _people(row) -> str:
    people = "" if pd.isna(row.people) else f", {int(row.people)} people"
    return people + (f"; {row.interval}" if row.interval else "; interval not printed")


def _traces(panel: Panel, some: pd.DataFrame, place: int, theme: str, given: str) -> list:
    colours, heights, rows = palette(theme), panel.heights, list(some.itertuples(name="Arms"))
    line = go.Scatter(
        name="Difference",
        x=[x for row in rows for x in (row.placebo, row.ivig, None)],
        y=[y for height in heights for y in (height, height, None)],
        mode="lines",
        line={"color": colours.muted, "width": 2},
        hoverinfo="skip",
        **axes(place),
    )
    right = (some["ivig"] >= some["placebo"]).tolist()
    marks = [
        ("Placebo", "placebo", "diamond", colours.surface, [not side for side in right]),
        (given, "ivig", "circle", colours.strength["strong"], right),
    ]
    return [line] + [
        go.Scatter(
            name=label,
            x=some[column].tolist(),
            y=heights,
            mode="markers+text",
            text=[f" {number(value)} " for value in some[column]],
            textposition=["middle right" if side else "middle left" for side in sides],
            cliponaxis=False,
            marker={"symbol": symbol, "size": MARK_SIZE, "color": fill, "line": {"color": colours.outline, "width": 1.6}},
            hovertext=[f"{escape(row.study)}<br>{escape(label)}: {number(getattr(row, column))}% of people" for row in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            customdata=[f"condition:{condition}" for condition in some["condition"]],
            **axes(place),
        )
        for label, column, symbol, fill, sides in marks
    ]


def _better(table: pd.DataFrame) -> int:
    return int(((table["ivig"] > table["placebo"]) == (table["better_when"] == "higher")).sum())


def _title(table: pd.DataFrame, given: str) -> str:
    if table.empty:
        return "No trial that counts people in both arms is recorded"
    unsure = int((table["direction"] != "favours-ivig").sum())
    doubt = f"; in {unsure} of them that may be chance" if unsure else ""
    return f"More people did well on {given} than on placebo in {_better(table)} of {len(table)} outcomes of trials{doubt}"


def _description(table: pd.DataFrame, given: str) -> str:
    parts = [
        f"{row.short}, {name} ({row.study}): {number(row.ivig)}% on {given}, {number(row.placebo)}% on placebo"
        for name, row in zip(_names(table), table.itertuples(name="Arms"), strict=True)
    ]
    return "Two marks an outcome. " + "; ".join(parts) + "."


def _table(table: pd.DataFrame, given: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Outcome": _names(table),
            "Condition": table["name"],
            "Study": table["study"],
            "People": ["not printed" if pd.isna(people) else str(int(people)) for people in table["people"]],
            f"{given}, % of people": [number(value) for value in table["ivig"]],
            "Placebo, % of people": [number(value) for value in table["placebo"]],
            "Difference or ratio": [text or "interval not printed" for text in table["interval"]],
            "Limit": table["caveat"].fillna("none printed"),
        }
    )
