"""The bars count the statements of each part of the article by verdict, and the chart says so in words and in a table."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer.charts.style import DARK, LIGHT
from ivig_explainer.charts.verdicts import PARTS, VERDICTS, count, verdicts
from ivig_explainer.dataset import read_descriptor

CLAIMS = pd.DataFrame(
    {"part": ["future", "title", "future"], "verdict": ["contradicted", "supported", "supported-with-limits"]},
)


def bars(chart) -> dict[tuple[str, str], int]:
    """Return the length of every bar by part and verdict, in words."""
    return {(part, t.name): size for t in chart.figure.data for part, size in zip(t.y, t.x, strict=True) if size}


class TestNumbers:
    def test_by_hand(self):
        """Three statements in two parts make three bars of length one, in the article's order."""
        chart = verdicts(CLAIMS)
        assert bars(chart) == {
            ("Title and first paragraph", "Supported"): 1,
            ("The future", "Supported with limits"): 1,
            ("The future", "Contradicted"): 1,
        }
        assert chart.table["Part of the article"].tolist() == ["Title and first paragraph", "The future"]

    def test_each_bar_is_a_count_of_rows(self, data):
        """Counted one by one over the rows, part and verdict give the same lengths."""
        rows = Counter((PARTS[c.part], VERDICTS[c.verdict]) for c in data.article_claims.itertuples())
        assert bars(verdicts(data.article_claims)) == dict(rows)

    def test_the_table_holds_what_is_drawn(self, data):
        """Row by row the table has the numbers of the bars, and their sum."""
        chart = verdicts(data.article_claims)
        drawn = bars(chart)
        for row in chart.table.to_dict("records"):
            sizes = {label: drawn.get((row["Part of the article"], label), 0) for label in VERDICTS.values()}
            assert {label: row[label] for label in VERDICTS.values()} == sizes
            assert row["All"] == sum(sizes.values())

    def test_every_part_and_verdict_of_the_data_has_its_words(self, data):
        """The description of the table allows nothing that the chart could not name."""
        fields = next(r for r in read_descriptor(data.folder)["resources"] if r["name"] == "article_claims")["schema"]["fields"]
        enums = {field["name"]: field.get("constraints", {}).get("enum") for field in fields}
        assert set(enums["part"]) == set(PARTS)
        assert set(enums["verdict"]) == set(VERDICTS)


class TestWords:
    def test_the_title_states_the_finding(self):
        """The title counts what stands, what stands with limits, and what does not hold."""
        assert verdicts(CLAIMS).title == "1 of the article's 3 statements stand as they are, 1 with limits, 1 does not hold"

    def test_the_description_tells_every_number(self):
        """Who cannot see the chart is told each part's verdicts."""
        assert "The future: 1 supported with limits, 1 contradicted" in verdicts(CLAIMS).description

    def test_no_statement_draws_and_says_so(self):
        """Without statements there is a figure without bars, and words that say why."""
        chart = verdicts(CLAIMS.iloc[:0])
        assert chart.title == "No statement is recorded"
        assert len(chart.figure.data) == 0
        assert chart.table.empty
        assert chart.legend == ()


class TestFigure:
    def test_the_legend_lists_the_verdicts_that_are_drawn(self):
        """A verdict without a statement is in neither the figure nor the legend."""
        chart = verdicts(CLAIMS)
        assert [label for label, _ in chart.legend] == [t.name for t in chart.figure.data]
        assert [mark for _, mark in chart.legend] == ["supported", "supported-with-limits", "contradicted"]

    def test_each_mark_leads_to_its_part(self, data):
        """A bar carries the part that a click narrows the table to."""
        for trace in verdicts(data.article_claims).figure.data:
            assert list(trace.customdata) == list(count(data.article_claims).index)

    @pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
    def test_a_theme_has_its_own_colours(self, data, theme, palette):
        """Text and fills are those of the theme."""
        chart = verdicts(data.article_claims, theme)
        assert chart.figure.layout.font.color == palette.text
        assert {t.marker.color for t in chart.figure.data} <= set(palette.strength.values())

    def test_what_does_not_hold_has_a_pattern_besides_its_colour(self, data):
        """Colour alone never tells outdated and contradicted from the rest."""
        patterns = {t.name: t.marker.pattern.shape for t in verdicts(data.article_claims).figure.data}
        assert patterns["Outdated"]
        assert patterns["Contradicted"]
        assert patterns["Outdated"] != patterns["Contradicted"]

    def test_the_figure_is_small_plain_json(self, data):
        """What is sent holds lists, not binary buffers."""
        text = PlotlyJSONEncoder().encode(verdicts(data.article_claims).figure.to_plotly_json())
        assert "bdata" not in text
        assert len(text) < 6000
