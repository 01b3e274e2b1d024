"""A figure of ours becomes charts that PowerPoint has, with the same numbers; what it has no kind for becomes none."""

from __future__ import annotations

import pytest

from ivig_explainer.exports.native import ABOVE, natives, split

BARS = {"type": "bar", "orientation": "h", "y": ["b", "a"], "x": [1, 2], "name": "One", "marker": {"color": "#0072b2"}}
ROWS = {
    "data": [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [1, 3, None, 2, 5, None],
            "y": [30, 30, None, 70, 70, None],
            "line": {"color": "#112233"},
        },
        {"type": "scatter", "mode": "markers", "x": [1, 2], "y": [30, 70], "marker": {"symbol": "square", "color": ["#ff0000", "#00ff00"]}},
        {"type": "scatter", "mode": "lines", "x": [4, 4], "y": [0, 80], "line": {"dash": "dash"}},
    ],
    "layout": {
        "xaxis": {"title": {"text": "% of <b>people</b>"}, "range": [0, 10]},
        "yaxis": {"range": [80, 0], "visible": False, "domain": [0, 0.9]},
        "annotations": [
            {"text": "<b>Heading</b>", "xref": "paper", "yref": "paper", "y": 1},
            {"text": "<b>First</b><br>row", "xref": "paper", "yref": "y", "y": 10},
            {"text": "Second", "xref": "paper", "yref": "y", "y": 50},
        ],
    },
}


class TestNatives:
    def test_bars_keep_their_rows_and_numbers(self):
        """Rows stand in the order of the picture; each series has its number in each."""
        [chart] = natives({"data": [BARS, BARS | {"name": "Two", "x": [3, 4]}], "layout": {}})
        assert (chart.kind, chart.rows) == ("bars", ("b", "a"))
        first = chart.series[0]
        assert (first.name, first.xs, first.ys, first.colours[0]) == ("One", (1.0, 2.0), (0.0, 1.0), "0072B2")

    def test_rows_are_named_by_what_stands_above_their_marks(self):
        """Labels become the rows' names, broken lines ranges, and a line straight down crosses all rows."""
        [chart] = natives(ROWS)
        assert (chart.kind, chart.heading, chart.x.title) == ("rows", "Heading", "% of people")
        assert chart.rows == ("First row", "Second")
        ranges, marks, limit = chart.series
        assert (ranges.xs, ranges.ys) == ((1, 3, 3, 2, 5, 5), (0, 0, None, 1, 1, None))
        assert (marks.ys, marks.colours, marks.symbol) == ((0, 1), ("FF0000", "00FF00"), "square")
        assert limit.ys == (ABOVE, 2.0)

    def test_a_band_is_its_two_edges(self):
        """A filled shape over two axes becomes an upper and a lower line."""
        band = {"type": "scatter", "fill": "toself", "name": "Interval", "x": [0, 1, 1, 0], "y": [5, 6, 2, 1], "fillcolor": "#abcdef"}
        [chart] = natives({"data": [band], "layout": {"yaxis": {"title": {"text": "times"}}}})
        assert [(s.xs, s.ys) for s in chart.series] == [((0, 1), (5, 6)), ((0, 1), (1, 2))]

    @pytest.mark.parametrize(
        "figure",
        [
            {},
            {"data": [], "layout": {}},
            {"data": [{"type": "treemap"}], "layout": {}},
            {"data": [{"type": "scatter", "x": [1], "y": [1]}], "layout": {"xaxis": {"visible": False}}},
        ],
    )
    def test_what_powerpoint_has_no_kind_for_is_none(self, figure):
        """A treemap, and marks whose places are no numbers, have no native chart."""
        assert natives(figure) == ()


class TestSplit:
    def test_no_row_and_no_mark_is_lost(self):
        """Parts hold all rows in their order, each mark in the part of its row, and the line across them in every part."""
        [chart] = natives(ROWS)
        one, two = split(chart, 1)
        assert one.rows + two.rows == chart.rows
        assert [s.xs for s in one.series] == [(1, 3, 3), (1.0,), (4, 4)]
        assert [s.xs for s in two.series] == [(2, 5, 5), (2.0,), (4, 4)]
        assert {y for part in (one, two) for s in part.series for y in s.ys} == {0, None, ABOVE, 1.0}

    def test_what_fits_is_not_split(self):
        """A chart of few rows stays whole."""
        [chart] = natives(ROWS)
        assert split(chart, 2) == (chart,)
