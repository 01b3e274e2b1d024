"""What an export shows of a scene is what the page shows, with its sources, and the visitor's own page stays as it was."""

from __future__ import annotations

import comm
import pytest

from ivig_explainer.app import Dashboard, perform_alone
from ivig_explainer.exports.slide import Slide
from ivig_explainer.scenes import Lecture, Scene, SceneError, of_view
from ivig_explainer.stage import tree
from ivig_explainer.tabs.card import card
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Plot


def shown(data, query: str, focus: str, **parts: str) -> Slide:
    return perform_alone(data, Lecture(scenes=(Scene(query, focus, **parts),))).slides[0]


class TestCharts:
    def test_a_chart_is_the_page_s(self, data):
        """Figure, title, description and table are those of the page's own plot for that view."""
        page = Dashboard(data)
        page.session.show(View.from_query("tab=explore&category=Neurological", data)[0])
        [plot] = [part for part in tree(page.frame.children["explore"]) if isinstance(part, Plot)]
        [picture] = shown(data, "tab=explore&category=Neurological", "chart:categories").pictures
        assert (picture.figure, picture.title, picture.table) == (plot.figure, plot.title, plot.table)
        assert picture.dark != picture.figure

    @pytest.mark.parametrize("tab", TABS)
    def test_every_chart_of_every_tab_names_its_sources(self, data, tab):
        """No chart is drawn without the sources of its rows, each known and each once."""
        page = Dashboard(data)
        page.session.show(View.from_query(f"tab={tab}&compare=cidp&compare=gbs", data)[0])
        known = set(data.sources["id"])
        for plot in [part for part in tree(page.frame.children[tab]) if isinstance(part, Plot) and part.figure]:
            assert plot.sources, plot.name
            assert set(plot.sources) <= known
            assert len(set(plot.sources)) == len(plot.sources)
            assert len(plot.credit()["sources"]) == len(plot.sources)

    def test_the_access_map_is_a_table_with_its_sources(self, data):
        """The grid that stands where a chart may stand is shown row by row, with what its cells lead to."""
        slide = shown(data, "tab=explore&chart=access&category=Transplantation", "chart:access")
        [table] = [block for block in slide.blocks if block.kind == "table"]
        names = data.conditions.loc[data.conditions["category"] == "Transplantation", "name"]
        assert sorted(row[0] for row in table.rows[1:]) == sorted(names)
        assert slide.references

    def test_what_was_chosen_in_a_form_is_shown(self, data):
        """A part of the address reaches the chart: a heavier person gets more grams."""
        light, heavy = (shown(data, f"tab=infusion&infusion.form.weight_kg={kg}", "chart:rate-steps").pictures[0].title for kg in (50, 100))
        assert light != heavy


class TestText:
    def test_a_card_is_told_in_its_order_with_its_sources(self, data):
        """Headings are those of the card; every source of its list is cited by some piece."""
        slide = shown(data, "tab=explore&condition=cidp", "card")
        headings = [block.text for block in slide.blocks if block.kind == "heading" and block.level == 3]
        assert headings[:3] == ["What goes wrong", "Why IVIG", "How it is thought to act"]
        assert len(slide.references) == card(data, "cidp").count('<li id="source-cidp-')
        assert all(reference.address.startswith("http") for reference in slide.references)

    def test_controls_and_definitions_are_no_text(self, data):
        """Nothing that is pressed, and nothing that shows on demand, stands in an export."""
        text = " ".join(block.text for block in shown(data, "tab=explore&condition=cidp", "card").blocks)
        assert "Close" not in text
        assert "Fact sheet" not in text
        assert "sources 1" not in text

    def test_a_comparison_is_a_table(self, data):
        """Each compared condition has a column."""
        slide = shown(data, "tab=compare&compare=cidp&compare=gbs", "compare")
        table = next(block for block in slide.blocks if block.kind == "table")
        names = dict(zip(data.conditions["id"], data.conditions["name"], strict=True))
        assert table.rows[0][1:] == (names["cidp"], names["gbs"])

    def test_one_reading_level_is_shown(self, data):
        """The other level's words stay away."""
        plain, student = ({block.text for block in shown(data, f"tab=questions{part}", "tab").blocks} for part in ("&text=plain", ""))
        assert plain != student
        assert plain & student


class TestScenes:
    @pytest.mark.parametrize(
        ("scene", "sentence"),
        [
            (Scene("tab=magic"), "scene 1: tab 'magic' is not known here"),
            (Scene("tab=explore", "chart:nothing"), "scene 1: the view shows no chart nothing; its charts are: categories"),
            (
                Scene("tab=infusion&infusion.form.weight_kg=heavy"),
                "scene 1: Part of this page's address was ignored",
            ),
        ],
    )
    def test_a_scene_that_makes_no_sense_is_named(self, data, scene, sentence):
        """Nothing is shown in its place."""
        with pytest.raises(SceneError) as caught:
            perform_alone(data, Lecture(scenes=(scene,)))
        assert str(caught.value).startswith(sentence)

    @pytest.mark.parametrize("tab", TABS)
    def test_every_tab_shows_something(self, data, tab):
        """No view of a tab is an empty slide."""
        slide = perform_alone(data, of_view(View(tab=tab))).slides[0]
        assert slide.title
        assert slide.blocks or slide.pictures

    def test_an_own_title_and_notes_are_kept(self, data):
        """What the lecturer wrote stands before what the page says."""
        slide = shown(data, "tab=explore", "chart:categories", title="Mine", notes="Say it.")
        assert (slide.title, slide.notes) == ("Mine", "Say it.")

    def test_the_visitor_s_page_stays_as_it_is(self, data, monkeypatch):
        """In a kernel no browser hears of the pages on which scenes are shown, and the visitor's own view is not changed."""
        page = Dashboard(data)
        page.session.show(View(tab="sources"))
        heard = []
        monkeypatch.setattr(comm, "create_comm", lambda *_, **about: heard.append(about))
        page.session.perform(Lecture(scenes=(Scene("tab=explore&condition=cidp", "card"), Scene("tab=safety"))))
        assert heard == []
        assert page.session.view == View(tab="sources")
