"""The charts of Living with IVIG draw what their tables hold, one way of counting a panel, and say it in words."""

from __future__ import annotations

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

import ivig_explainer as ivig
from ivig_explainer import living
from ivig_explainer.charts import infections, responders, supply
from ivig_explainer.charts.rows import MARK_PX, Panel, Row, axes, draw
from ivig_explainer.living import BASES

DATA = ivig.load()
FOUND = living.association(DATA)
NERVES = ("cidp", "mmn")


def all_charts(theme: str = "light") -> dict:
    made = {
        "before-after": infections.before_after(living.before_after(DATA), theme),
        "pneumonia": infections.pneumonia(FOUND, 5, 8, theme),
        "serious": infections.serious(*living.serious(DATA), theme),
        "responders": responders.responders(living.arms(DATA, NERVES), theme),
        "skin": responders.responders(living.arms(DATA, NERVES, "subcutaneous"), theme, "immunoglobulin under the skin", "skin"),
        "growth": supply.growth(living.growth(DATA), theme),
    }
    return made | {f"uses {name}": supply.uses(table, theme) for name, table in living.uses(DATA).items()}


CHARTS = all_charts()


def drawn(chart, name: str) -> list[float]:
    """Return the x of all marks of one name, panel after panel."""
    return [x for trace in chart.figure.data if trace.name == name for x in trace.x]


class TestEveryChart:
    @pytest.mark.parametrize("name", CHARTS)
    def test_it_says_what_it_draws(self, name):
        """It has a title, a longer description, and a table with a row at least for each thing drawn."""
        chart = CHARTS[name]
        assert len(chart.description) > 60
        assert len(chart.table) >= 2
        assert chart.title
        assert not chart.table.isna().any(axis=None)

    @pytest.mark.parametrize("name", CHARTS)
    def test_it_is_small_plain_json(self, name):
        """What is sent holds lists, not binary buffers, and stays small."""
        text = PlotlyJSONEncoder().encode(CHARTS[name].figure.to_plotly_json())
        assert "bdata" not in text
        assert "NaN" not in text
        assert len(text) < 16_000

    @pytest.mark.parametrize("name", CHARTS)
    def test_a_theme_has_its_own_colours(self, name):
        """In the dark no colour of the light theme's text is left."""
        light, dark = CHARTS[name].figure, all_charts("dark")[name].figure
        assert light.layout.font.color != dark.layout.font.color


class TestBeforeAfter:
    def test_marks_are_the_rows(self):
        """Before and after of every row are drawn, each once."""
        table = living.before_after(DATA)
        assert sorted(drawn(CHARTS["before-after"], "Before treatment")) == sorted(table["before"])
        assert sorted(drawn(CHARTS["before-after"], "On treatment")) == sorted(table["after"])

    def test_each_basis_has_its_own_axis(self):
        """Rows counted differently never share a scale, and the heading says how they are counted."""
        table = living.before_after(DATA)
        traces = [trace for trace in CHARTS["before-after"].figure.data if trace.name == "On treatment"]
        assert len({trace.xaxis for trace in traces}) == len(traces) == table["basis"].nunique()
        notes = {note.text for note in CHARTS["before-after"].figure.layout.annotations}
        assert {BASES[basis] for basis in table["basis"]} <= notes

    def test_nothing_to_draw_is_said(self):
        """Without rows there is no mark, and the title says so."""
        chart = infections.before_after(living.before_after(DATA).iloc[:0])
        assert "No comparison" in chart.title
        assert not chart.figure.data


class TestPneumonia:
    def test_the_curve_ends_where_the_source_ends(self):
        """No trough beyond the printed ones is drawn."""
        line = next(trace for trace in CHARTS["pneumonia"].figure.data if trace.name == "Ratio of pneumonia rates")
        assert (line.x[0], line.x[-1]) == (FOUND.troughs[0], FOUND.troughs[-1])

    def test_it_is_called_an_association(self):
        """Title and description say what it is, and that one person's dose is something else."""
        assert "an association" in CHARTS["pneumonia"].title
        assert "one person" in CHARTS["pneumonia"].description

    def test_the_reference_is_one(self):
        """At the reference trough the ratio is 1, in the picture and in the table."""
        chart = infections.pneumonia(FOUND, 7, 7)
        assert "1.00 times" in chart.title
        assert chart.table.set_index("Trough IgG, g/L").loc["7"].iloc[0] == "1.00"


class TestSerious:
    def test_rates_upper_limits_and_the_line(self):
        """Each rate and each printed upper limit is a mark, and the regulators' limit a line across all rows."""
        table, limit = living.serious(DATA)
        assert sorted(drawn(CHARTS["serious"], "Rate in the trial")) == sorted(table["rate"].dropna())
        assert sorted(drawn(CHARTS["serious"], "Upper confidence limit")) == sorted(table["upper"].dropna())
        assert drawn(CHARTS["serious"], "Regulators' limit") == [limit, limit]

    def test_no_result_draws_and_says_so(self):
        """Without results there is no mark and no line."""
        chart = infections.serious(living.serious(DATA)[0].iloc[:0], float("nan"))
        assert "No product trial" in chart.title
        assert not chart.figure.data


class TestResponders:
    def test_marks_are_the_arms(self):
        """Both arms of every row are drawn."""
        table = living.arms(DATA, NERVES)
        assert sorted(drawn(CHARTS["responders"], "IVIG")) == sorted(table["ivig"])
        assert sorted(drawn(CHARTS["responders"], "Placebo")) == sorted(table["placebo"])

    def test_better_and_worse_are_apart(self):
        """What is better when higher and what is better when lower have panels of their own, each saying which."""
        notes = " ".join(note.text for note in CHARTS["responders"].figure.layout.annotations)
        assert "further right is better" in notes
        assert "further left is better" in notes

    def test_doubt_stands_in_the_title(self):
        """Outcomes that are not clearly in favour are counted in the title."""
        unsure = (living.arms(DATA, NERVES)["direction"] != "favours-ivig").sum()
        assert f"in {unsure} of them that may be chance" in CHARTS["responders"].title

    def test_two_doses_are_told_apart(self):
        """Rows of one trial and one outcome say what was given."""
        names = CHARTS["skin"].table["Outcome"]
        assert names.nunique() == len(names)


class TestSupply:
    def test_one_list_at_a_time(self):
        """Each chart of uses draws the rows of its own list only, the largest first."""
        for series, table in living.uses(DATA).items():
            bars = list(CHARTS[f"uses {series}"].figure.data[0].x)
            assert bars == sorted(table["value"], reverse=True)

    def test_what_a_list_leaves_out_is_said(self):
        """The description of shares says to what they come, and that the rest is not listed."""
        assert "43% of that whole; the rest is not listed" in CHARTS["uses london-ontario-use"].description

    def test_a_range_is_drawn_from_end_to_end(self):
        """Growth printed as a range is a bar from its lower to its upper end."""
        table, bars = living.growth(DATA), CHARTS["growth"].figure.data[0]
        for row, base, length in zip(table.itertuples(), bars.base, bars.x, strict=True):
            assert (base, base + length) == ((row.low, row.high) if pd.isna(row.value) else (0, row.value))


class TestRows:
    def test_marks_stand_under_their_labels(self):
        """Each row takes the height of its label and its marks, one under the other."""
        rows = (Row("One"), Row("Two", "with more to say about it"))
        panel = Panel(rows, "unit")
        assert panel.height == rows[0].height + rows[1].height
        assert panel.heights == [rows[0].height - MARK_PX // 2, panel.height - MARK_PX // 2]

    def test_long_labels_break_and_are_escaped(self):
        """A label never runs off a phone, and HTML in it stays text."""
        row = Row("<b>" + "word " * 30, "and " * 40)
        assert len(row.lines) > 4
        assert "<b>&lt;b&gt;" in row.lines[0]

    def test_panels_do_not_overlap(self):
        """The panels' parts of the height follow each other from the top."""
        panels = [Panel((Row("One"),), "unit", "Heading"), Panel((Row("Two"), Row("Three")), "unit", "Heading")]
        layout = draw(panels, [], "light").layout
        assert layout.yaxis.domain[0] > layout.yaxis2.domain[1]
        assert axes(0) == {"xaxis": "x", "yaxis": "y"}
        assert axes(1) == {"xaxis": "x2", "yaxis": "y2"}
