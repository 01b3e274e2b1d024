"""The access map of explore: what its grid holds, and what its questions and orders do."""

from __future__ import annotations

import json
import re

import pytest

from ivig_explainer import access
from ivig_explainer.app import Dashboard
from ivig_explainer.references import address
from ivig_explainer.selection import REGIONS, STATUSES, Selection
from ivig_explainer.tabs.access_map import contents


@pytest.fixture
def page(data):
    """A dashboard whose explore tab shows the map, and the parts of the map."""
    dashboard = Dashboard(data)
    dashboard.session.change(tab="explore", chart="access")
    parts = dashboard.frame.children["explore"].children["stage"].children["map"].children
    return dashboard, parts["head"], parts["grid"]


def act(widget, action: str, value: str = "") -> None:
    widget._handle_custom_msg({"action": action, "value": value}, [])


def ids(grid) -> list[str]:
    return [grid.rows[place]["id"] for place in grid.shown]


class TestContents:
    def test_cells_are_those_of_the_model(self, data):
        """Word, look, source and the body's own words are told for every position, and nothing for the others."""
        grid = contents(data)
        sources = data.sources.set_index("id", drop=False)
        for row in grid["rows"]:
            for region, shown in zip(REGIONS, row["cells"], strict=True):
                cell = access.rows(data)[row["id"]][region]
                if not cell.status:
                    assert shown is None
                    continue
                assert shown["look"] == cell.status
                assert (shown["text"], shown["brief"]) == access.words(cell)
                assert grid["links"][shown["link"]]["href"] == address(sources.loc[cell.sources[0]])
                text = " ".join(grid["texts"][place] for place in shown["about"])
                for part in (REGIONS[region], STATUSES[cell.status], cell.body, cell.native_term, cell.as_of or "undated"):
                    assert part in text
                assert ("old" in shown["tags"]) == ("historical" in shown["how"]) == cell.historical
                assert ("group" in shown["tags"]) == bool(cell.group)
                assert (f"+{cell.more}" in shown["tags"]) == bool(cell.more)

    def test_texts_and_addresses_are_sent_once(self, data):
        """Hundreds of cells share some texts and sources: none is sent twice."""
        grid = contents(data)
        assert len(grid["texts"]) == len(set(grid["texts"]))
        assert len(grid["links"]) == len({json.dumps(link) for link in grid["links"]})

    def test_the_columns_say_what_kind_of_position_they_hold(self, data):
        """The US and the EU license, the UK and Australia fund, Canada's rows are advice on use."""
        assert [column["note"] for column in contents(data)["columns"]] == ["", "licence", "licence", "funding", "funding", "advice on use"]


class TestQuestions:
    @pytest.mark.parametrize("question", access.QUESTIONS)
    def test_a_question_filters_the_map_at_one_click(self, data, page, question):
        """The grid shows the answer, the address holds the question, the button its number; the same click takes it back."""
        dashboard, head, grid = page
        act(head, "question", question)
        assert sorted(ids(grid)) == sorted(access.answer(data, question))
        assert dashboard.session.view.question == question
        assert f"question={question}" in dashboard.session.view.to_query()
        assert f"{len(access.answer(data, question))} of {len(data.conditions)} shown" in head.html
        act(head, "question", question)
        assert dashboard.session.view.question == ""
        assert len(grid.shown) == len(data.conditions)

    def test_filters_and_question_hold_together(self, data, page):
        """The page's own filters narrow the answer, and the numbers on the buttons with it."""
        dashboard, head, grid = page
        act(head, "question", "funded-unlicensed")
        dashboard.session.select(category=("Dermatological",))
        found = set(Selection(category=("Dermatological",)).apply(data)["id"])
        assert set(ids(grid)) == found & access.answer(data, "funded-unlicensed")
        sizes = [int(size) for size in re.findall(r'ivig-access-size">(\d+)<', head.html)]
        assert sizes == [len(found & access.answer(data, question)) for question in access.QUESTIONS]

    def test_disagreement_is_shown_in_its_order(self, data, page):
        """Asking where countries disagree most puts the most divided condition first."""
        _, head, grid = page
        act(head, "question", "disagree")
        steps = [access.disagreement(access.rows(data)[i])[0] for i in ids(grid)]
        assert steps == sorted(steps, reverse=True)
        assert steps

    def test_clearing_shows_all(self, data, page):
        """The chip's button takes the question back, and the chip goes."""
        _, head, grid = page
        act(head, "question", "eu-not-us")
        assert "Clear" in head.html
        act(head, "clear")
        assert len(grid.shown) == len(data.conditions)
        assert "Clear" not in head.html

    def test_what_is_asked_is_announced(self, page):
        """Screen readers hear the answer."""
        dashboard, head, _ = page
        act(head, "question", "us-not-eu")
        assert dashboard.frame.announcement in head.html

    @pytest.mark.parametrize(("action", "value"), [("question", "magic"), ("sort", "colour"), ("delete", "all")])
    def test_an_action_that_makes_no_sense_changes_nothing(self, page, action, value):
        """What only a program can send leaves the view as it is."""
        dashboard, head, _ = page
        before = dashboard.session.view
        act(head, action, value)
        assert dashboard.session.view == before


class TestGrid:
    @pytest.mark.parametrize("sort", access.SORTS)
    def test_sorting_is_in_the_address(self, data, page, sort):
        """The grid has the order that was chosen, and the address restores it."""
        dashboard, head, grid = page
        act(head, "sort", sort)
        assert ids(grid) == access.ordered(data, data.conditions, sort)
        assert grid.note == sort
        assert dashboard.session.view.sort == sort

    def test_a_filter_sends_positions_alone(self, page):
        """Rows are sent once; what changes with a filter is which of them are shown."""
        dashboard, _, grid = page
        changed = []
        grid.observe(lambda change: changed.append(change["name"]))
        dashboard.session.select(category=("Neurological",))
        assert set(changed) == {"shown", "caption"}

    def test_a_name_opens_its_card(self, page):
        """Opening a row opens the card of its condition; an unknown one changes nothing."""
        dashboard, _, grid = page
        act(grid, "open", "gbs")
        assert dashboard.session.view.condition == grid.opened == "gbs"
        act(grid, "open", "magic")
        assert dashboard.session.view.condition == "gbs"

    def test_the_focus_goes_back_to_where_the_card_was_opened(self, page, monkeypatch):
        """Closing a card asks the map for the focus where the map opened it, and the table where the table did."""
        dashboard, _, grid = page
        parts = dashboard.frame.children["explore"].children
        for opener, other in ((grid, parts["table"]), (parts["table"], grid)):
            asked = []
            monkeypatch.setattr(opener, "send", asked.append)
            monkeypatch.setattr(other, "send", lambda message: pytest.fail("the other was asked"))
            act(opener, "open", "gbs")
            act(parts["card"], "close")
            assert asked == [{"type": "focus"}]

    def test_an_empty_selection_says_so(self, page):
        """Where no condition is selected, the map has no rows and its title says why."""
        dashboard, head, grid = page
        dashboard.session.select(q="xyzzyplugh")
        assert grid.shown == []
        assert "No condition is selected" in head.html

    def test_only_the_chosen_chart_stands_in_the_page(self, page):
        """The map and the plot take the same place, one at a time."""
        dashboard, _, _ = page
        stage = dashboard.frame.children["explore"].children["stage"]
        assert 'data-slot="map"' in stage.html
        assert 'data-slot="chart"' not in stage.html
        dashboard.session.change(chart="tree")
        assert 'data-slot="map"' not in stage.html
