"""Show a chart in a plot view."""

from __future__ import annotations

import pandas as pd

from ivig_explainer.charts import Chart
from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.credit import credit
from ivig_explainer.exports.table import numbers
from ivig_explainer.references import references_of
from ivig_explainer.widgets import Plot


def draw(plot: Plot, chart: Chart, data: Dataset) -> None:
    """Give `plot` everything that `chart` holds, in one message, and what to answer when it is saved."""
    plot.credit = lambda: credit(data, references_of(data, chart.sources))
    plot.numbers = lambda: numbers(data, chart.name, chart.table)
    with plot.hold_sync():
        plot.name = chart.name
        plot.title = chart.title
        plot.description = chart.description
        plot.legend = [{"label": label, "mark": mark} for label, mark in chart.legend]
        plot.table = {"columns": list(chart.table.columns), "rows": _cells(chart.table), "links": list(chart.links)}
        plot.sources = chart.sources
        plot.figure = chart.figure.to_plotly_json()


def _cells(table: pd.DataFrame) -> list[list[str]]:
    """Return the cells as text; what is missing is an empty cell."""
    return [["" if pd.isna(value) else str(value) for value in row] for row in table.astype(object).to_numpy().tolist()]
