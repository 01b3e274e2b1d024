"""Every graded condition is one mark in the band of its level, as large as people were randomised, and nothing covers it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from math import pi

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer import charts, grading
from ivig_explainer.charts.evidence import BANDS, FEW, SMALLEST_PX, SYMBOL_OF
from ivig_explainer.charts.style import DARK, LIGHT
from ivig_explainer.grading import LEVELS
from ivig_explainer.selection import CATEGORIES
from ivig_explainer.studies import Behind, behind

WIDTHS = (340, 500, 640, 960, 1380)


def marks(chart) -> dict[str, dict]:
    """Return the circles by condition."""
    found = {}
    for trace in chart.figure.data:
        for number, mark in enumerate(trace.customdata or ()):
            found[mark.removeprefix("condition:")] = {
                "x": trace.x[number],
                "y": trace.y[number],
                "radius": trace.marker.size[number] / 2,
                "colour": trace.marker.color[number],
                "label": trace.text[number],
                "hover": trace.hovertext[number],
            }
    return found


def known(level: str, people: int = 0, trials: int = 1, label: str = "A") -> Behind:
    return Behind(label, level, people, trials, "Study", "2001", "randomised trial", "Response", "RR 2", "in favour of IVIG", ("alpha",))


def conditions(*ids: str) -> pd.DataFrame:
    rows = [{"id": i, "name": f"Disease {i}", "abbreviations": (), "category": CATEGORIES[n % len(CATEGORIES)]} for n, i in enumerate(ids)]
    return pd.DataFrame(rows, columns=["id", "name", "abbreviations", "category"])


@pytest.fixture
def chart(data):
    return charts.evidence(data.conditions, behind(data))


@pytest.fixture
def five():
    """Five conditions, one in each band, and one that is not graded."""
    levels = {"e": "no-benefit", "b": "moderate", "d": "conflicting", "a": "strong", "c": "limited"}
    found = {i: known(level, 100 * number) for number, (i, level) in enumerate(levels.items())}
    return charts.evidence(conditions(*levels, "f"), found)


class TestPlaces:
    def test_stronger_is_higher(self, five):
        """From strong down to no benefit, each band lies below the one before; y counts from the top."""
        heights = [marks(five)[i]["y"] for i in "abcde"]
        assert heights == sorted(heights)
        assert five.figure.layout.yaxis.range[0] > five.figure.layout.yaxis.range[1]

    @pytest.mark.parametrize("width", WIDTHS)
    def test_the_line_parts_in_favour_from_no_benefit(self, data, width):
        """All in favour lie above the line, all without benefit below it, and the line runs through the conflicting band."""
        chart = charts.evidence(data.conditions, behind(data), width=width)
        [line] = {shape.y0 for shape in chart.figure.layout.shapes if shape.type == "line" and shape.line.width == 2}
        levels = grading.grade(data)
        heights: dict[str, list[float]] = {}
        for condition, mark in marks(chart).items():
            heights.setdefault(levels[condition], []).append(mark["y"])
        assert max(y for level in ("strong", "moderate", "limited") for y in heights[level]) < line
        assert line < min(heights["no-benefit"])
        assert min(heights["conflicting"]) <= line <= max(heights["conflicting"])

    @pytest.mark.parametrize("width", WIDTHS)
    def test_no_circle_covers_another(self, data, width):
        """Whatever the width, circles keep apart and stay within the picture."""
        found = list(marks(charts.evidence(data.conditions, behind(data), width=width)).values())
        for number, one in enumerate(found):
            assert one["radius"] <= one["x"] <= width - one["radius"]
            for other in found[:number]:
                apart = (one["x"] - other["x"]) ** 2 + (one["y"] - other["y"]) ** 2
                assert apart >= (one["radius"] + other["radius"]) ** 2

    def test_bands_are_told_at_their_place(self, data, chart):
        """Every band has its name and its number of conditions above its marks, and the rule where the pointer rests on it."""
        sizes = Counter(grading.grade(data))
        notes = {note.text: note for note in chart.figure.layout.annotations}
        for level, label in BANDS.items():
            note = notes[f"<b>{label}</b>  {sizes[level]}"]
            assert note.hovertext.replace("<br>", " ") == grading.RULE[level]
        heights = [notes[f"<b>{label}</b>  {sizes[level]}"].y for level, label in BANDS.items()]
        assert all(above < below for above, below in pairwise(heights))


class TestSizes:
    def test_area_is_the_number_of_people(self, data, chart):
        """Above the smallest size, areas are to each other as the numbers of people are."""
        per_person = set()
        for condition, mark in marks(chart).items():
            people = behind(data)[condition].people
            if mark["radius"] > SMALLEST_PX:
                per_person.add(round(pi * mark["radius"] ** 2 / people, 6))
            else:
                assert mark["radius"] == SMALLEST_PX
        assert len(per_person) == 1

    def test_few_people_have_the_smallest_size(self):
        """No condition vanishes because nobody was randomised."""
        found = {"a": known("limited", 0, trials=0), "b": known("moderate", 12)}
        radii = [mark["radius"] for mark in marks(charts.evidence(conditions("a", "b"), found)).values()]
        assert radii == [SMALLEST_PX, SMALLEST_PX]

    @pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
    def test_colour_is_the_category_unless_nobody_was_randomised(self, data, theme, palette):
        """A circle has the colour of its category, or none where no study of the condition was randomised."""
        drawn = marks(charts.evidence(data.conditions, behind(data), theme))
        category = data.conditions.set_index("id")["category"]
        for condition, mark in drawn.items():
            expected = palette.category[category[condition]] if behind(data)[condition].trials else palette.surface
            assert mark["colour"] == expected

    def test_a_symbol_tells_the_category_besides_the_colour(self, data, chart):
        """Each category has a symbol of its own, drawn once inside each of its circles."""
        assert set(SYMBOL_OF) == set(CATEGORIES)
        assert len(set(SYMBOL_OF.values())) == len(CATEGORIES)
        inside = Counter()
        for trace in chart.figure.data:
            if trace.name in SYMBOL_OF:
                assert trace.marker.symbol == SYMBOL_OF[trace.name]
                inside.update(zip(trace.x, trace.y, strict=True))
        assert inside == Counter((mark["x"], mark["y"]) for mark in marks(chart).values())


class TestWords:
    def test_every_graded_condition_is_drawn_and_told_once(self, data, chart):
        """Marks and rows of the table are the graded conditions; what is not graded is counted in words."""
        levels = grading.grade(data)
        names = data.conditions.set_index("id")["name"]
        graded = set(levels.index[levels != "not-graded"])
        assert set(marks(chart)) == graded
        assert sorted(chart.table["Condition"]) == sorted(names[list(graded)])
        told = dict(zip(chart.table["Condition"], chart.table["Evidence"], strict=True))
        assert told == {names[i]: LEVELS[levels[i]] for i in graded}
        ungraded = len(levels) - len(graded)
        assert f"{ungraded}" in chart.description
        assert [label for label, mark in chart.legend if mark == "not-graded" and str(ungraded) in label]

    def test_the_title_states_the_finding(self, data, chart, five):
        """How many conditions have comparative studies, how many of them IVIG is good for, and how many show no benefit."""
        assert five.title == (
            "Of 5 conditions with comparative studies, randomised evidence clearly favours IVIG in 2; no benefit is shown in 1"
        )
        sizes = Counter(grading.grade(data))
        for size in (sizes["strong"] + sizes["moderate"], sizes["no-benefit"], len(data.conditions) - sizes["not-graded"]):
            assert re.search(rf"\b{size}\b", chart.title)

    def test_one_condition_is_singular(self):
        """Of one condition the title speaks in the singular."""
        assert "Of 1 condition with" in charts.evidence(conditions("a"), {"a": known("strong")}).title

    def test_hovering_names_the_best_study_with_its_number(self, data, chart):
        """Each mark tells name, level, people and the best study."""
        names = data.conditions.set_index("id")["name"]
        for condition, mark in marks(chart).items():
            found = behind(data)[condition]
            text = mark["hover"].replace("<br>", " ")
            assert names[condition].split("(")[0].split("'")[0].strip() in text
            assert BANDS[found.level] in text
            assert not found.people or f"{found.people:,} people" in text
            assert "Best study: " in text
            assert not found.number or found.number.split(" ")[0] in text

    def test_few_conditions_have_their_numbers_beside_them(self):
        """Where there is room, the effect is not hidden until one hovers."""
        found = {str(i): known("strong", 250) for i in range(FEW + 1)}
        few = charts.evidence(conditions(*list(found)[:FEW]), found)
        many = charts.evidence(conditions(*found), found)
        assert all("RR 2" in mark["label"] and "250 people" in mark["label"] for mark in marks(few).values())
        assert not any("RR 2" in mark["label"] for mark in marks(many).values())

    def test_names_cannot_bring_markup(self):
        """Plotly reads some tags in labels and hover texts; a name's own are escaped."""
        table = conditions("a").assign(name="<b>x</b><a href='https://x.example'>y</a>")
        [mark] = marks(charts.evidence(table, {"a": known("strong")})).values()
        assert "<a" not in mark["label"] + mark["hover"]
        assert "<b>x" not in mark["label"] + mark["hover"]

    @pytest.mark.parametrize("ids", [(), ("x", "y")])
    def test_nothing_to_draw_is_said(self, ids):
        """Without a graded condition there is an empty figure, and words that say why."""
        chart = charts.evidence(conditions(*ids), {})
        assert len(chart.figure.data) == 0
        assert chart.title in ("No condition is selected", "No study compares IVIG with anything in what is selected")
        assert chart.description == "There is nothing to draw."
        assert chart.table.empty

    def test_its_sources_are_those_of_the_best_studies(self, data, chart):
        """Every source that it names is one of the table, and each best study has its own among them."""
        assert set(chart.sources) <= set(data.sources["id"])
        assert all(set(found.sources) <= set(chart.sources) for found in behind(data).values())


class TestFigure:
    def test_it_is_drawn_alike_each_time(self, data):
        """The places follow from the rows alone, in whatever order they come."""
        shuffled = data.conditions.sample(frac=1, random_state=1)
        assert marks(charts.evidence(shuffled, behind(data))) == marks(charts.evidence(data.conditions, behind(data)))

    def test_the_figure_is_small_plain_json(self, chart):
        """What is sent holds lists, not binary buffers, and no default template."""
        text = PlotlyJSONEncoder().encode(chart.figure.to_plotly_json())
        assert "bdata" not in text
        assert len(text) < 60_000
