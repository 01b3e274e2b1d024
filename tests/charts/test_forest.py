"""The forest plot: right is in favour of IVIG, unlike measures stand apart, every mark leads to its source."""

from __future__ import annotations

import re
from math import inf, log10

import pytest
from effect_rows import arms, counted, difference, ratio, table

from ivig_explainer.charts import Chart, forest
from ivig_explainer.charts.style import LIGHT
from ivig_explainer.effects import compare
from ivig_explainer.references import addresses

ALPHA = {"alpha-2001": "https://a.example/1"}


def chart(*rows: dict, theme: str = "light", where: dict | None = None) -> Chart:
    effects, _ = compare(table(*rows))
    return forest(effects, where or ALPHA, theme)


def marks(found: Chart) -> list[tuple]:
    """Return every mark that leads somewhere as (axis, x, symbol, address, hover text)."""
    result = []
    for trace in found.figure.data:
        if trace.mode == "lines":
            continue
        symbols = trace.marker.symbol if isinstance(trace.marker.symbol, tuple) else (trace.marker.symbol,) * len(trace.x)
        result += [(trace.xaxis, *each) for each in zip(trace.x, symbols, trace.customdata, trace.hovertext, strict=True)]
    return result


def intervals(found: Chart) -> list[tuple[float, float]]:
    """Return the ends of every line that runs along its row."""
    pairs = []
    for trace in found.figure.data:
        if trace.mode == "lines":
            spots = [(x, y) for x, y in zip(trace.x, trace.y, strict=True) if x is not None]
            pairs += [(a[0], b[0]) for a, b in zip(spots[::2], spots[1::2], strict=True) if a[1] == b[1]]
    return pairs


def headings(found: Chart) -> list[str]:
    return [note.text.replace("<br>", " ") for note in found.figure.layout.annotations if note.yref == "paper"]


class TestPlaces:
    def test_a_ratio_of_a_bad_outcome_stands_right_where_ivig_lowers_it(self):
        """Half the risk is drawn at 2, its interval with the ends exchanged, on an axis with 1 in the middle."""
        found = chart(ratio(0.5, 0.25, 0.8, better_when="lower"))
        [(_, x, *_)] = marks(found)
        assert x == 2
        assert intervals(found) == [pytest.approx((1.25, 4))]
        axis = found.figure.layout.xaxis
        assert axis.type == "log"
        assert axis.range[0] == -axis.range[1]
        assert axis.range[1] > log10(4)

    def test_a_difference_stands_on_an_axis_around_zero(self):
        """A fall of 3 points where less is better is drawn at 3."""
        found = chart(difference(-3, -5, 1, better_when="lower"))
        assert [mark[1] for mark in marks(found)] == [3]
        assert intervals(found) == [(-1, 5)]
        low, high = found.figure.layout.xaxis.range
        assert low == -high

    @pytest.mark.parametrize("better", ["higher", "lower"])
    def test_of_two_groups_the_better_one_stands_right(self, better):
        """Values stay as printed; where less is better the axis runs from right to left, and the heading says so."""
        found = chart(arms(20, 50, better_when=better))
        assert sorted(mark[1] for mark in marks(found)) == [20, 50]
        left, right = found.figure.layout.xaxis.range
        assert (left < right) == (better == "higher")
        assert ("reversed" in headings(found)[0]) == (better == "lower")

    def test_two_groups_and_their_difference_stand_beside_each_other(self):
        """With known counts the row has the values of the groups on one axis and the difference on another."""
        found = chart(counted(20, 40, 10, 40))
        axes = {mark[0] for mark in marks(found)}
        assert len(axes) == 2
        domains = [found.figure.layout["xaxis" + axis[1:]].domain for axis in sorted(axes)]
        assert domains[0][1] < domains[1][0]

    def test_small_differences_look_small(self):
        """An axis of values that are no shares of people holds zero."""
        low, high = sorted(chart(arms(8.9, 8.4, unit="points")).figure.layout.xaxis.range)
        assert low <= 0 <= high


class TestPanels:
    def test_what_is_unlike_never_shares_an_axis(self):
        """Ratios, shares of people, each unit, and harms have a panel of their own."""
        rows = [ratio(2, 1, 4), ratio(2, 1, 4, measure="OR"), arms(20, 10), difference(1, unit="days"), difference(1, unit="weeks")]
        harms = [row | {"outcome_kind": "harm"} for row in rows]
        found = chart(*rows, *harms)
        assert len({mark[0] for mark in marks(found)}) == len(headings(found)) == 8
        assert [heading.startswith("Harms.") for heading in headings(found)] == [False] * 4 + [True] * 4

    def test_labels_fit_a_card_on_a_phone(self):
        """No line of a label or heading is longer than 42 letters."""
        found = chart(ratio(2, 1, 4, outcome="word " * 40, comparator="word " * 40), difference(1, unit="long unit " * 20))
        lines = [line for note in found.figure.layout.annotations for line in re.sub("</?b>", "", note.text).split("<br>")]
        assert max(map(len, lines)) <= 42

    @pytest.mark.parametrize("rows", [(), (ratio(2, 1, 4),), (ratio(2, 0.0, inf), arms(0, 0), difference(0, 0, 0))])
    def test_few_and_odd_numbers_are_drawn(self, rows):
        """Nothing at all, one row, an interval without end, and nothing but zeros make a chart."""
        found = chart(*rows)
        assert len(found.table) == len(rows)
        assert found.title
        assert found.description


class TestMarks:
    def test_the_symbol_tells_the_kind_of_study(self):
        """Pooled trials, one trial and groups that were not randomised differ by shape; computed intervals are hollow."""
        rows = [
            ratio(2, 1, 4, design="systematic-review"),
            ratio(2, 1, 4),
            ratio(2, 1, 4, design="cohort", randomised=False),
            ratio(2, 1, 4, design="systematic-review", randomised=False),
        ]
        assert sorted(mark[2] for mark in marks(chart(*rows))) == ["diamond", "square", "triangle-up", "triangle-up"]
        assert "square-open" in [mark[2] for mark in marks(chart(counted(20, 40, 10, 40)))]

    def test_an_interval_that_runs_past_the_axis_ends_in_an_arrow(self):
        """The arrow stands at the edge and says how far the interval goes."""
        found = chart(ratio(2, 0.5, 400))
        [(_, x, _, address, hover)] = [mark for mark in marks(found) if mark[2] == "triangle-right"]
        assert log10(x) == pytest.approx(found.figure.layout.xaxis.range[1])
        assert "runs past the axis" in hover.replace("<br>", " ")
        assert "400" in hover
        assert address == ALPHA["alpha-2001"]
        assert ("Interval runs further", "forest-cut") in found.legend
        assert all(mark[2] != "triangle-right" for mark in marks(chart(ratio(2, 0.5, 5))))

    def test_every_mark_and_row_leads_to_its_source(self):
        """The address of the first source stands on each mark and on the row of the table, in the order of the table."""
        where = {"alpha-2001": "https://a.example/1", "beta-2002": "https://b.example/2"}
        rows = [arms(20, 10, outcome="One"), ratio(2, 1, 4, outcome="Two", sources=("beta-2002", "alpha-2001"))]
        found = chart(*rows, where=where)
        assert found.table["Outcome"].tolist() == ["Two", "One"]
        assert found.links == (where["beta-2002"], where["alpha-2001"])
        assert set(found.sources) == set(where)
        assert {(mark[3], "Two" in mark[4]) for mark in marks(found)} == {(where["beta-2002"], True), (where["alpha-2001"], False)}

    def test_legend_names_what_is_drawn(self):
        """A key stands for each kind of mark that the figure has, and for no other."""
        assert [mark for _, mark in chart(ratio(2, 1.5, 4)).legend] == ["forest-randomised", "forest-for"]
        assert [mark for _, mark in chart(arms(20, 10)).legend] == ["forest-ivig", "forest-control"]

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_text_of_the_tables_is_no_markup(self, theme):
        """Markup in a name is text in labels and when hovering."""
        code = "<script>alert(1)</script>"
        found = chart(ratio(2, 1, 4, outcome=code, study=code, comparator=code), theme=theme)
        assert "<script" not in found.figure.to_json().replace("\\u003c", "<")


class TestWords:
    @pytest.mark.parametrize(
        ("title", "rows"),
        [
            ("No comparable outcome is recorded", []),
            ("1 of 1 comparable outcome favours IVIG beyond chance", [ratio(2, 1.5, 4)]),
            ("None of 2 comparable outcomes favours IVIG beyond chance", [ratio(2, 0.5, 4)] * 2),
            (
                "2 of 4 comparable outcomes favour IVIG beyond chance, 1 favours the comparison; for 1 chance cannot be judged",
                [ratio(2, 1.5, 4), difference(2, 1, 3), ratio(0.5, 0.2, 0.9), arms(2, 1)],
            ),
            (
                "1 of 1 comparable outcome favours IVIG beyond chance; 1 of 2 harms is worse with IVIG beyond chance",
                [
                    ratio(2, 1.5, 4),
                    ratio(2, 1.5, 4, outcome_kind="harm", better_when="lower"),
                    ratio(2, 0.5, 4, outcome_kind="harm", better_when="lower"),
                ],
            ),
            (
                "No outcome of benefit can be compared; none of 1 harm is worse with IVIG beyond chance",
                [ratio(2, 0.5, 4, outcome_kind="harm", better_when="lower")],
            ),
        ],
    )
    def test_the_title_states_the_finding(self, title, rows):
        """How many outcomes favour IVIG or the comparison beyond chance, harms apart, and where it cannot be told."""
        assert chart(*rows).title == title

    def test_an_interval_of_another_level_says_so(self):
        """Label, table and words name the level that is printed."""
        found = chart(ratio(2, 1, 4, ci_level_pct=90.0))
        label = found.figure.layout.annotations[-1].text.replace("<br>", " ")
        for text in (label, found.table["Turned towards IVIG"][0], found.table["As the source gives it"][0], found.description):
            assert "90% interval" in text

    def test_what_is_computed_says_so(self):
        """A reader of the label or of the table knows which interval is not the source's, and from which counts."""
        found = chart(counted(20, 40, 10, 40))
        assert "computed" in found.figure.layout.annotations[-1].text
        assert "20 of 40" in found.table["Interval"][0]
        assert "Newcombe" in found.table["Interval"][0]


class TestRealCharts:
    @pytest.fixture(scope="class")
    def charts(self, data) -> list[tuple[tuple, Chart]]:
        """The chart of every condition that has comparable outcomes, with the effects."""
        found = [compare(rows)[0] for _, rows in data.evidence.groupby("condition")]
        return [(effects, forest(effects, addresses(data))) for effects in found if effects]

    def test_every_number_drawn_stands_in_the_table(self, charts):
        """Each effect has one row, which holds what its source prints and what is drawn."""
        for effects, found in charts:
            assert len(found.table) == len(found.links) == len(effects)
            text = found.table.to_csv()
            for effect in effects:
                assert "; ".join(effect.words) in text or effect.words == ()

    def test_marks_stand_on_the_side_of_their_verdict(self, charts):
        """Right of the middle is what favours IVIG beyond chance, left what favours the comparison."""
        sides = {LIGHT.strength["strong"]: 1, LIGHT.strength["no-benefit"]: -1}
        seen = set()
        for _, found in charts:
            for trace in found.figure.data:
                if trace.mode != "markers" or not isinstance(trace.marker.color, tuple):
                    continue
                middle = 1 if found.figure.layout["xaxis" + trace.xaxis[1:]].type == "log" else 0
                for x, colour in zip(trace.x, trace.marker.color, strict=True):
                    if colour in sides:
                        assert (x - middle) * sides[colour] > 0
                        seen.add(colour)
        assert seen == set(sides)

    def test_every_mark_is_within_its_axis_and_leads_to_a_source(self, charts, data):
        """No estimate falls off, and each mark opens an address of the table of sources."""
        known = set(addresses(data).values())
        for _, found in charts:
            for name, x, _, address, _ in marks(found):
                axis = found.figure.layout["xaxis" + name[1:]]
                low, high = sorted(axis.range)
                assert low <= (log10(x) if axis.type == "log" else x) <= high
                assert address in known
                assert re.match("https?://", address)
            assert set(found.links) <= known
