"""The tree nests every condition in its category and what IVIG does there, and its sizes add up."""

from __future__ import annotations

import re

import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer import charts, grading
from ivig_explainer.grading import LEVELS
from ivig_explainer.selection import ROLES_SHORT


def nodes(chart) -> dict[str, dict]:
    """Return the rectangles by their id."""
    [trace] = chart.figure.data
    parts = {"parent": trace.parents, "label": trace.labels, "size": trace["values"], "mark": trace.customdata, "text": trace.text}
    return {node: dict(zip(parts, row, strict=True)) for node, *row in zip(trace.ids, *parts.values(), strict=True)}


@pytest.fixture
def chart(data):
    return charts.tree(data.conditions, grading.grade(data))


@pytest.fixture
def four(small):
    """The tree of the four hand-written conditions."""
    return charts.tree(small.conditions, grading.grade(small))


class TestNumbers:
    def test_a_small_table_by_hand(self, four):
        """Four conditions under three roles and four categories make eleven rectangles."""
        sizes = {node: parts["size"] for node, parts in nodes(four).items()}
        assert sizes == {
            "immunomodulation": 2,
            "immunomodulation/Haematological": 1,
            "immunomodulation/Neurological": 1,
            "itp": 1,
            "cidp": 1,
            "passive-immunity": 1,
            "passive-immunity/Infectious disease": 1,
            "tetanus": 1,
            "replacement": 1,
            "replacement/Immunodeficiency": 1,
            "cvid": 1,
        }

    def test_every_size_is_the_sum_of_what_is_inside(self, data, chart):
        """Roles add up to all conditions, categories to their role, conditions to their category."""
        tree = nodes(chart)
        inside: dict[str, int] = {}
        for parts in tree.values():
            inside[parts["parent"]] = inside.get(parts["parent"], 0) + parts["size"]
        assert inside.pop("") == len(data.conditions)
        assert inside == {node: tree[node]["size"] for node in inside}
        leaves = {node for node in tree if node not in inside}
        assert leaves == set(data.conditions["id"])
        assert {tree[node]["size"] for node in leaves} == {1}

    def test_the_table_holds_what_is_drawn(self, data, chart):
        """One row a condition, with its role, its category and its level in words."""
        levels = grading.grade(data)
        expected = {(ROLES_SHORT[c.role], c.category, c.name, LEVELS[levels[c.id]]) for c in data.conditions.itertuples()}
        assert set(chart.table.itertuples(index=False, name=None)) == expected
        assert len(chart.table) == len(data.conditions)


class TestWords:
    def test_the_title_states_what_ivig_mostly_does(self, four):
        """The commonest role of the selection and its share."""
        assert four.title == "In 2 of 4 conditions, IVIG calms a misdirected immune system"

    def test_one_condition_is_singular(self, small):
        """Of one condition the title speaks in the singular."""
        shown = small.conditions[small.conditions["id"] == "tetanus"]
        assert charts.tree(shown, grading.grade(small)).title == "In 1 of 1 condition, IVIG lends immunity against one infection"

    def test_the_description_tells_every_group(self, four):
        """Who cannot see the tree is told each role with its categories."""
        for part in (
            "Calms immunity: ",
            "Haematological 1",
            "Neurological 1",
            "Lends immunity: Infectious disease 1",
            "Replaces antibody: ",
        ):
            assert part in four.description

    def test_an_empty_selection_draws_and_says_so(self, data):
        """Without a condition there is an empty figure, and words that say why."""
        chart = charts.tree(data.conditions.iloc[:0], grading.grade(data))
        assert chart.title == "No condition is selected"
        assert chart.description == "There is nothing to draw."
        assert nodes(chart) == {}
        assert chart.table.empty
        assert chart.legend == ()

    def test_hover_text_of_one_condition_is_singular(self, four):
        """A group of one is no "1 conditions"."""
        assert [parts["text"] for parts in nodes(four).values() if re.search(r"\b1 conditions", parts["text"])] == []


class TestFigure:
    def test_each_mark_leads_somewhere(self, four):
        """A rectangle carries the role, the category or the condition that a click leads to."""
        tree = nodes(four)
        assert tree["replacement"]["mark"] == "role:replacement"
        assert tree["replacement/Immunodeficiency"]["mark"] == "category:Immunodeficiency"
        assert tree["cvid"]["mark"] == "condition:cvid"

    def test_a_condition_shows_its_abbreviation_or_its_name(self, four):
        """Short labels fit; what has no abbreviation keeps its name."""
        assert nodes(four)["cidp"]["label"] == "CIDP"
        assert nodes(four)["tetanus"]["label"] == "Tetanus"

    def test_names_cannot_bring_markup(self, package):
        """Plotly reads some tags in labels and hover texts; a name's own are escaped."""
        package.put("conditions", 5, "name", "<b>Tetanus</b> & <a href='https://x.example'>x</a>")
        data = package.load()
        parts = nodes(charts.tree(data.conditions, grading.grade(data)))["tetanus"]
        assert "<b>" not in parts["label"] + parts["text"]
        assert "<a" not in parts["label"] + parts["text"]

    def test_the_legend_lists_the_levels_that_are_drawn(self, data, chart):
        """Levels come in the order of the scale, each once."""
        drawn = set(grading.grade(data))
        assert [mark for _, mark in chart.legend] == [level for level in LEVELS if level in drawn]

    def test_the_figure_is_small_plain_json(self, chart):
        """What is sent holds lists, not binary buffers, and no default template."""
        text = PlotlyJSONEncoder().encode(chart.figure.to_plotly_json())
        assert "bdata" not in text
        assert len(str(chart.figure.to_plotly_json()["layout"]["template"])) < 100
        assert len(text) < 60_000
