"""Ranges of reactions: each base on axes of its own, bounds open, severity by shape as well as by colour."""

from __future__ import annotations

import pandas as pd
import pytest

from ivig_explainer import charts, reactions
from ivig_explainer.charts.reactions import COLOURS, SYMBOLS
from ivig_explainer.reactions import BASES


@pytest.fixture
def known(data):
    return data.adverse_reactions[data.adverse_reactions["frequency_pct_low"].notna()]


@pytest.fixture
def chart(data):
    return charts.reactions(data.adverse_reactions)


def panels(chart) -> dict[str, set[str]]:
    """Return the keys drawn on each x axis."""
    found: dict[str, set[str]] = {}
    for trace in chart.figure.data:
        found.setdefault(trace.xaxis, set()).update(trace.customdata)
    return found


class TestRanges:
    def test_each_base_has_an_axis_of_its_own(self, chart, known):
        """The reactions on one axis are all those of one base."""
        drawn = sorted(map(sorted, panels(chart).values()))
        assert drawn == sorted(sorted(rows["id"]) for _, rows in known.groupby("frequency_basis"))

    def test_marks_stand_at_the_numbers_of_the_table(self, chart, known):
        """Every known end is marked once, at its value, in the shape and colour of the severity."""
        marks = {}
        for trace in chart.figure.data:
            if trace.type == "scatter":
                for key, x, symbol, colour in zip(trace.customdata, trace.x, trace.marker.symbol, trace.marker.color, strict=True):
                    marks.setdefault(key, []).append((x, symbol, colour))
        for row in known.itertuples():
            ends = dict.fromkeys(end for end in (row.frequency_pct_low, row.frequency_pct_high) if not pd.isna(end))
            assert marks[row.id] == [(end, SYMBOLS[row.severity], COLOURS[row.severity]) for end in ends]
        assert len(set(SYMBOLS.values())) == len(SYMBOLS)

    def test_a_bound_is_open(self, chart, known):
        """As many arrows as reactions of which only a lower end is known; they have no bar."""
        open_ended = set(known.loc[known["frequency_pct_high"].isna(), "id"])
        assert sum(bool(a.showarrow) for a in chart.figure.layout.annotations) == len(open_ended)
        assert not open_ended & {key for trace in chart.figure.data if trace.type == "bar" for key in trace.customdata}

    def test_nothing_falls_off_an_axis(self, chart, known):
        """Every number lies within the range of its axis."""
        for trace in chart.figure.data:
            low, high = chart.figure.layout[trace.xaxis.replace("x", "xaxis")].range
            assert all(10**low <= x <= 10**high for x in trace.x if trace.type == "scatter")

    def test_words_and_table_hold_every_number(self, chart, known):
        """Title, description and table tell what is drawn; a bound reads "at least"."""
        assert len(chart.table) == len(known)
        for row in known.itertuples():
            assert reactions.frequency(row.frequency_pct_low, row.frequency_pct_high, row.frequency_basis) in chart.description
        assert "at least 5% of patients" in chart.description
        assert "headache runs from 2.9 to 51%" in chart.title

    def test_plain_reading_gives_lay_names(self, data, known):
        """At the level "plain" the table's first column holds the lay names."""
        assert set(charts.reactions(data.adverse_reactions, level="plain").table["Reaction"]) == set(known["lay_name"])

    def test_names_are_escaped(self, known):
        """Markup in a name stays text."""
        row = known.head(1).assign(name="<b onclick=x>", lay_name="<i>")
        assert "<b onclick" not in charts.reactions(row).figure.to_json()

    def test_an_empty_table_makes_an_empty_chart(self, known):
        """Nothing to draw is said, not raised."""
        chart = charts.reactions(known.iloc[:0])
        assert chart.description == "There is nothing to draw."
        assert not chart.figure.data


class TestStudies:
    def test_every_frequency_is_drawn_in_its_panel(self, data):
        """For each topic the rows on one axis are those of one panel, from zero on."""
        for topic in reactions.topics(data):
            rows = reactions.frequencies(data, topic)
            chart = charts.reaction_studies(rows, topic)
            assert sorted(map(sorted, panels(chart).values())) == sorted(sorted(r["id"]) for _, r in rows.groupby("panel"))
            assert len(chart.table) == len(rows)
            axes = {trace.xaxis.replace("x", "xaxis") for trace in chart.figure.data}
            assert all(chart.figure.layout[axis].range[0] == 0 for axis in axes)

    def test_a_second_group_on_the_same_base_is_marked(self, data):
        """Panels that share a base but not their group say that they must not be compared."""
        headings = [
            a.text for a in charts.reaction_studies(reactions.frequencies(data, "haemolysis"), "Haemolysis").figure.layout.annotations
        ]
        assert any("another group, not to be compared" in text for text in headings)
        assert {BASES["per-patient"][0], BASES["per-infusion"][0]} <= {text.strip("</b>") for text in headings}

    def test_comparison_groups_are_hollow(self, data):
        """A placebo group is drawn as a hollow mark and named in the table."""
        chart = charts.reaction_studies(reactions.frequencies(data, "headache"), "Headache")
        symbols = [symbol for trace in chart.figure.data if trace.type == "scatter" for symbol in trace.marker.symbol]
        assert symbols.count("circle-open") == 2
        assert chart.table["Comparison"].str.contains("placebo").sum() == 2
        assert ("comparison group, such as placebo", "compared") in chart.legend
