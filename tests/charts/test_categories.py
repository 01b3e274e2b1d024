"""The bars count the conditions of each category, and the chart says in words and in a table what it draws."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer import charts, grading
from ivig_explainer.charts.categories import count
from ivig_explainer.charts.style import DARK, LIGHT, PATTERNS
from ivig_explainer.grading import LEVELS
from ivig_explainer.selection import CATEGORIES


def bars(chart) -> dict[tuple[str, str], int]:
    """Return the length of every bar by category and level's label."""
    return {(name, trace.name): size for trace in chart.figure.data for name, size in zip(trace.y, trace.x, strict=True)}


@pytest.fixture
def chart(data):
    return charts.categories(data.conditions, grading.grade(data))


@pytest.fixture
def by_hand():
    """Three conditions in two categories, with their levels."""
    conditions = pd.DataFrame({"id": ["a", "b", "c"], "category": ["Neurological", "Other", "Neurological"]})
    return charts.categories(conditions, pd.Series({"a": "strong", "b": "no-benefit", "c": "not-graded", "unused": "limited"}))


class TestNumbers:
    def test_a_small_table_by_hand(self, by_hand):
        """Two conditions in one category and one in another make three bars of length one, the longer category first."""
        drawn = {key: size for key, size in bars(by_hand).items() if size}
        assert drawn == {("Neurological", "Strong"): 1, ("Neurological", "No comparative study"): 1, ("Other", "No benefit shown"): 1}
        assert list(by_hand.figure.data[0].y) == ["Neurological", "Other"]

    def test_bars_sum_to_the_number_of_conditions(self, data, chart):
        """Every condition is in exactly one bar."""
        assert sum(bars(chart).values()) == len(data.conditions)

    def test_each_bar_is_a_count_of_rows(self, data, chart):
        """Counted one by one over the rows, category and level give the same lengths."""
        levels = grading.grade(data)
        rows = Counter((c.category, LEVELS[levels[c.id]]) for c in data.conditions.itertuples())
        assert {key: size for key, size in bars(chart).items() if size} == dict(rows)

    def test_the_table_holds_what_is_drawn(self, chart):
        """Row by row the table has the numbers of the bars, and their sum."""
        drawn = bars(chart)
        assert sorted(chart.table["Category"]) == sorted(CATEGORIES)
        for row in chart.table.to_dict("records"):
            sizes = {label: drawn.get((row["Category"], label), 0) for label in LEVELS.values()}
            assert {label: row[label] for label in LEVELS.values()} == sizes
            assert row["All"] == sum(sizes.values())

    def test_the_longest_category_stands_first(self, chart):
        """Categories are ordered by size, so that the eye need not sort them."""
        assert chart.table["All"].tolist() == sorted(chart.table["All"], reverse=True)

    def test_only_what_is_given_is_counted(self, data):
        """A selection draws its own conditions only."""
        shown = data.conditions[data.conditions["category"] == "Dermatological"]
        table = count(shown, grading.grade(data))
        assert table.index.tolist() == ["Dermatological"]
        assert table.to_numpy().sum() == len(shown)


class TestWords:
    def test_the_title_states_the_finding(self, by_hand):
        """The title says in how many conditions randomised evidence favours IVIG."""
        assert "1 of 3 conditions" in by_hand.title

    def test_one_condition_is_singular(self):
        """Of one condition the title speaks in the singular."""
        chart = charts.categories(pd.DataFrame({"id": ["a"], "category": ["Other"]}), pd.Series({"a": "limited"}))
        assert "0 of 1 condition" in chart.title
        assert "conditions" not in chart.title

    def test_the_title_counts_strong_and_moderate(self, data, chart):
        """The number of the title is that of the levels."""
        levels = Counter(grading.grade(data))
        assert f"{levels['strong'] + levels['moderate']} of {len(data.conditions)} conditions" in chart.title

    def test_the_description_tells_every_size(self, by_hand):
        """Who cannot see the chart is told each category's size."""
        assert "Neurological 2" in by_hand.description
        assert "Other 1" in by_hand.description

    def test_an_empty_selection_draws_and_says_so(self, data):
        """Without a condition there is a figure without bars, and words that say why."""
        chart = charts.categories(data.conditions.iloc[:0], grading.grade(data))
        assert chart.title == "No condition is selected"
        assert chart.description == "There is nothing to draw."
        assert len(chart.figure.data) == 0
        assert chart.table.empty
        assert chart.legend == ()


class TestFigure:
    def test_the_legend_lists_the_levels_that_are_drawn(self, by_hand):
        """A level without a condition is in neither the figure nor the legend."""
        assert [mark for _, mark in by_hand.legend] == ["strong", "no-benefit", "not-graded"]
        assert [trace.name for trace in by_hand.figure.data] == [label for label, _ in by_hand.legend]

    def test_each_mark_leads_to_its_category(self, chart):
        """A bar carries the category that a click narrows to."""
        for trace in chart.figure.data:
            assert list(trace.customdata) == [f"category:{name}" for name in trace.y]

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_a_level_off_the_scale_has_a_pattern_besides_its_colour(self, data, theme):
        """Colour alone never tells conflicting, no benefit and not graded apart."""
        chart = charts.categories(data.conditions, grading.grade(data), theme)
        patterns = {trace.name: trace.marker.pattern.shape for trace in chart.figure.data}
        assert {LEVELS[level]: shape for level, shape in PATTERNS.items()}.items() <= patterns.items()

    @pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
    def test_a_theme_has_its_own_colours(self, data, theme, palette):
        """The text of the figure and the fill of each level are those of the theme."""
        chart = charts.categories(data.conditions, grading.grade(data), theme)
        assert chart.figure.layout.font.color == palette.text
        assert {trace.marker.color for trace in chart.figure.data} == set(palette.strength.values())

    def test_the_figure_is_small_plain_json(self, chart):
        """What is sent holds lists, not binary buffers, and no default template."""
        text = PlotlyJSONEncoder().encode(chart.figure.to_plotly_json())
        assert "bdata" not in text
        assert len(str(chart.figure.to_plotly_json()["layout"]["template"])) < 100
        assert len(text) < 6000
