"""Who uses immunoglobulin, and how fast its use grows."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.rows import Panel, Row, axes, draw
from ivig_explainer.charts.style import Chart, palette, sources_of
from ivig_explainer.living import country
from ivig_explainer.quantities import number

BAR_PX = 14
ROOM_FOR_TEXT = 1.22


def uses(table: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw one bar a row of one list of `living.uses`; lists are never drawn together."""
    heading = table.attrs["title"]
    unit = table["unit"].iloc[0]
    panel = Panel(
        rows=tuple(Row(label) for label in table["label"]),
        title=unit,
        axis={"range": [0, float(table["value"].max()) * ROOM_FOR_TEXT], "nticks": 6},
    )
    bars = _bars(panel, [0] * len(table), table["value"].tolist(), [number(value) for value in table["value"]], theme, table["label"])
    first = table.iloc[0]
    title = f"{heading}: {first['label']} comes first, with {_join(first['value'], unit)}"
    shares = unit.startswith("%")
    whole = f" The rows come to {number(round(float(table['value'].sum()), 1))}% of that whole; the rest is not listed." if shares else ""
    description = "; ".join(f"{row.label} {_join(row.value, unit)}" for row in table.itertuples())
    columns = {"Use": table["label"], unit[:1].upper() + unit[1:]: [number(value) for value in table["value"]]}
    if table["grams"].notna().any():
        columns["Grams"] = ["not printed" if pd.isna(grams) else number(grams) for grams in table["grams"]]
    columns["Note"] = table["note"].fillna("none")
    drawn, words = draw([panel], bars, theme), f"{heading}. {description}.{whole}"
    return Chart("uses", drawn, title, words, pd.DataFrame(columns), sources=sources_of(table))


def _join(value: float, unit: str) -> str:
    return f"{number(value)}{unit}" if unit.startswith("%") else f"{number(value)} {unit}"


def growth(table: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw the yearly growth of `living.growth`, a bar from zero for one number, from low to high for a range."""
    rows = list(table.itertuples(name="Growth"))
    ends = [row.high if pd.isna(row.value) else row.value for row in rows]
    starts = [row.low if pd.isna(row.value) else 0 for row in rows]
    said = [_percent(row) for row in rows]
    panel = Panel(
        rows=tuple(Row(row.place, "" if pd.isna(row.note) else row.note) for row in rows),
        title="% per year",
        axis={"range": [0, max(ends, default=1) * ROOM_FOR_TEXT], "nticks": 8},
    )
    bars = _bars(panel, starts, ends, said, theme, table["place"])
    low = min((row.low if pd.isna(row.value) else row.value for row in rows), default=0)
    title = f"Use grows by {number(low)} to {number(max(ends))}% a year, wherever it was counted" if len(table) else "No growth is recorded"
    description = "Different years and measures. " + "; ".join(f"{p} {s}" for p, s in zip(table["place"], said, strict=True)) + "."
    return Chart(
        "growth",
        draw([panel] if len(table) else [], bars, theme),
        title,
        description,
        pd.DataFrame(
            {
                "Place": table["place"],
                "Country": [country(place) for place in table["place"]],
                "Growth per year": said,
                "What was counted": table["name"],
                "Note": table["note"].fillna("none"),
            }
        ),
        sources=sources_of(table),
    )


def _percent(row) -> str:
    return f"{number(row.low)} to {number(row.high)}%" if pd.isna(row.value) else f"{number(row.value)}%"


def _bars(panel: Panel, starts: list, ends: list, said: list[str], theme: str, names) -> list:
    colours = palette(theme)
    return [
        go.Bar(
            x=[end - start for start, end in zip(starts, ends, strict=True)],
            base=starts,
            y=panel.heights,
            width=BAR_PX,
            orientation="h",
            text=[f" {text}" for text in said],
            textposition="outside",
            constraintext="none",
            textfont={"size": 13},
            cliponaxis=False,
            marker={"color": colours.strength["moderate"], "line": {"color": colours.outline, "width": 0.8}},
            hovertext=[f"{escape(name)}: {text}" for name, text in zip(names, said, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
            **axes(0),
        )
    ]
