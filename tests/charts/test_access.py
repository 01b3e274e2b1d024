"""The map as a figure: a square for every position, looking as its status does, leading to its source."""

from __future__ import annotations

import re

import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer import access, charts
from ivig_explainer.charts.style import palette
from ivig_explainer.references import address
from ivig_explainer.selection import REGIONS, STATUSES
from ivig_explainer.widgets.base import FOLDER

CSS_NAMES = {
    "licensed": "licensed",
    "funded-routinely": "routine",
    "funded-with-conditions": "conditions",
    "exceptional-only": "exceptional",
    "not-funded": "refused",
    "not-licensed": "unlicensed",
}


@pytest.fixture(scope="module")
def ids(data) -> list[str]:
    return access.ordered(data, data.conditions, "disagreement")


@pytest.fixture(scope="module")
def chart(data, ids):
    return charts.access(data, ids)


def squares(chart) -> dict[tuple[str, str], dict]:
    """Return by condition and country what is drawn there."""
    regions = list(REGIONS)
    found = {}
    for trace in chart.figure.data:
        for condition, base, width, text, link in zip(trace.y, trace.base, trace.x, trace.text, trace.customdata, strict=True):
            key = (condition, regions[round(base + width / 2)])
            assert key not in found, f"two squares on {key}"
            found[key] = {"text": text, "link": link, "marker": trace.marker, "name": trace.name, "ink": trace.textfont.color}
    return found


class TestSquares:
    def test_there_is_one_for_every_position(self, data, chart):
        """What has a position is drawn once, and nothing else."""
        cells = {(i, region) for i, row in access.rows(data).items() for region, cell in row.items() if cell.status}
        assert set(squares(chart)) == cells

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_colour_symbol_and_word_agree(self, data, ids, theme):
        """The colour, the symbol and the word are those of the cell's status; what is no funding in force has another look."""
        colours = palette(theme)
        for (condition, region), square in squares(charts.access(data, ids[:60], theme)).items():
            cell = access.rows(data)[condition][region]
            fill, ink = colours.access[cell.status]
            pale = cell.historical or bool(cell.group) or cell.kind == "utilisation"
            assert square["name"] == STATUSES[cell.status]
            assert square["text"] == f"{access.SYMBOLS[cell.status]} {access.words(cell)[0]}"
            assert (square["marker"].line.color if pale else square["marker"].color) == fill
            assert square["ink"] == (colours.text if pale else ink)
            assert bool(square["marker"].pattern.shape) == (cell.historical or bool(cell.group))

    def test_each_leads_to_its_source(self, data, chart):
        """A click opens the address of the first source of the position."""
        sources = data.sources.set_index("id", drop=False)
        for (condition, region), square in squares(chart).items():
            assert square["link"] == address(sources.loc[access.rows(data)[condition][region].sources[0]])

    def test_ink_can_be_read(self):
        """Every ink has a contrast of at least 4.5 to 1 on its fill, in both themes."""
        for theme in ("light", "dark"):
            for fill, ink in palette(theme).access.values():
                assert contrast(fill, ink) >= 4.5

    def test_the_page_has_the_same_colours(self):
        """The stylesheet of the page's own grid and the palette of the figure agree, status by status, in both themes."""
        style = (FOLDER / "css" / "access.css").read_text(encoding="utf-8")
        light, dark = (dict(re.findall(r"--access-([a-z-]+): (#[0-9a-f]{6});", block)) for block in style.split("}")[:2])
        for theme, colours in (("light", light), ("dark", light | dark)):
            assert {status: (colours[name], colours[f"{name}-ink"]) for status, name in CSS_NAMES.items()} == palette(theme).access


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestWords:
    def test_the_table_has_a_row_and_a_link_for_every_square(self, chart):
        """What is drawn stands in the table in words, each row with the address of its source."""
        assert len(chart.table) == len(chart.links) == len(squares(chart))
        assert sorted(chart.links) == sorted(square["link"] for square in squares(chart).values())
        assert set(chart.table["Position"]) <= set(STATUSES.values())
        assert (chart.table["In its own words"].str.len() > 0).all()

    def test_it_names_its_sources(self, data, chart):
        """The sources of all positions drawn, each once."""
        drawn = {source for row in access.rows(data).values() for cell in row.values() for source in cell.sources}
        assert set(chart.sources) == drawn
        assert len(chart.sources) == len(drawn)

    def test_the_title_answers_the_question(self, data, ids):
        """The title is the finding of the map for these conditions."""
        assert charts.access(data, ids, question="eu-not-us").title == access.finding(data, ids, "eu-not-us")

    def test_hover_text_brings_no_markup(self, package):
        """Plotly reads some HTML in hover texts and labels; a table's own is escaped."""
        package.put("statuses", 2, "native_term", "<b>indicated</b>")
        package.put("conditions", 2, "name", "<i>CIDP</i>")
        drawn = charts.access(package.load(), ["cidp"]).figure
        assert "<b>" not in "".join(drawn.data[0].hovertext)
        assert "<i>" not in "".join(drawn.layout.yaxis.ticktext)

    def test_an_empty_selection_draws_and_says_so(self, data):
        """Without a condition there is an empty figure, and words that say why."""
        empty = charts.access(data, [])
        assert (empty.title, empty.description) == ("No condition is selected", "There is nothing to draw.")
        assert empty.table.empty
        assert not empty.figure.data

    def test_the_figure_is_plain_json(self, chart):
        """What is sent holds lists, not binary buffers, and no default template."""
        text = PlotlyJSONEncoder().encode(chart.figure.to_plotly_json())
        assert "bdata" not in text
        assert len(str(chart.figure.to_plotly_json()["layout"]["template"])) < 100
