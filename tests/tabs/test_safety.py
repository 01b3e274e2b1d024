"""The tab Side effects: every reaction with both names, opened by button or mark, and the links as the tables make them."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

import pytest

from ivig_explainer import risk
from ivig_explainer.app import Session
from ivig_explainer.reactions import short
from ivig_explainer.tabs import safety
from ivig_explainer.widgets import Frame


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def tab(session):
    return safety.build(session)


def act(widget, action: str, value: str = "") -> None:
    """Do what a click in the browser does."""
    widget._handle_custom_msg({"action": action, "value": value}, [])


class TestPage:
    def test_every_reaction_is_a_button_with_both_names(self, data, tab):
        """The columns hold each reaction once, with its lay and its medical name."""
        html = tab.children["when"].html
        for row in data.adverse_reactions.itertuples():
            assert html.count(f'data-value="{row.id}"') == 1
            assert escape(row.lay_name) in html
            assert escape(short(row.name)) in html

    def test_headings_do_not_skip(self, tab):
        """Sections are h2, what is inside h3, groups h4."""
        order = [int(level) for level in re.findall(r"<h(\d)", tab.html + tab.children["when"].html)]
        assert order[0] == 2
        assert all(after - before <= 1 for before, after in pairwise(order))

    def test_passages_stand_at_both_levels(self, tab):
        """Each passage is there for plain and for student reading."""
        assert tab.html.count('class="ivig-passage"') >= 4
        assert 'class="ivig-plain"' in tab.html
        assert 'class="ivig-student"' in tab.html

    def test_every_citation_has_its_source(self, data, tab):
        """A link to a source leads to an item of the list, also from what is filled in later."""
        tab.children["form"].values = {"person": [f.name for f in risk.factors(data) if f.group == "person"]}
        html = tab.html + tab.children["result"].html + tab.children["numbers"].html
        listed = set(re.findall(r'id="(source-safety-\d+)"', tab.html))
        assert set(re.findall(r'href="#(source-safety-\d+)"', html)) <= listed

    def test_reactions_without_a_frequency_are_named(self, data, tab):
        """What could not be drawn is said, and that it is not the same as rare."""
        silent = data.adverse_reactions["frequency_pct_low"].isna().sum()
        assert f"For {silent} of {len(data.adverse_reactions)} reactions no frequency was found" in tab.html


class TestCard:
    @pytest.mark.parametrize("source", ["when", "chart", "result"])
    def test_a_button_or_a_mark_opens_the_reaction(self, tab, source):
        """The card holds frequency, prevention and treatment; its button is marked as current."""
        act(tab.children[source], "choose" if source == "chart" else "open", "thromboembolism")
        card = tab.children["card"].html
        for text in (
            "Reported in 0.15 to 1.2% of courses",
            "good hydration before the infusion",
            "start the treatment appropriate to the clot",
        ):
            assert text in card
        assert "Boxed warning" in card
        assert 'data-value="thromboembolism" aria-current="true"' in tab.children["when"].html

    def test_every_reaction_has_a_card(self, data, tab):
        """No card has a hole, and what the tables do not hold is said."""
        for reaction in data.adverse_reactions["id"]:
            act(tab.children["when"], "open", reaction)
            card = tab.children["card"].html
            assert not re.search(r"\bnan\b|<NA>|\bNone\b", card), reaction
            assert card.count("<h3>") == card.count("</h3>")
            assert set(re.findall(r'href="#(source-safety-[a-z0-9-]+)"', card)) == set(re.findall(r'id="(source-safety-[a-z0-9-]+)"', card))

    def test_close_puts_it_away(self, tab):
        """After Close there is no card and no current button."""
        act(tab.children["when"], "open", "fever")
        act(tab.children["card"], "close")
        assert tab.children["card"].html == ""
        assert "aria-current" not in tab.children["when"].html

    def test_nonsense_changes_nothing(self, tab):
        """An unknown reaction or action is ignored."""
        for action in ("open", "choose", "studies", "explode"):
            act(tab.children["when"], action, "<script>")
        assert tab.children["card"].html == ""


class TestExplorer:
    def test_a_tick_shows_reaction_statement_and_measure(self, tab, session):
        """A previous clot leads to thromboembolism, in the table's words, and to its prevention."""
        tab.children["form"].values = {"person": ["Previous clot"]}
        html = tab.children["result"].html
        assert "1 reaction to think of" in html
        assert "“earlier venous or arterial clot”" in html
        assert "Good hydration before the infusion" in html
        assert session.frame.announcement == "1 reaction to think of, 3 measures"

    def test_nothing_ticked_and_cleared(self, tab):
        """Without a tick nothing is claimed; Clear all brings that back."""
        before = tab.children["result"].html
        assert "Nothing is ticked yet" in before
        tab.children["form"].values = {"treatment": ["Fast rate"]}
        act(tab.children["tally"], "clear")
        assert tab.children["result"].html == before
        assert tab.children["tally"].html == ""

    def test_unknown_values_are_ignored(self, tab):
        """A value that the form does not offer does no harm."""
        tab.children["form"].values = {"person": ["<b>", "Migraine"], "nonsense": ["x"]}
        assert "1 reaction to think of" in tab.children["result"].html
        assert "<b>" not in tab.children["tally"].html

    def test_plain_reading_asks_questions(self, tab, session):
        """The fields are medical terms for students and questions in plain words; ticks stay."""
        options = {o["label"] for field in tab.children["form"].fields for o in field["options"]}
        assert "Previous clot" in options
        session.change(text="plain")
        options = {o["label"] for field in tab.children["form"].fields for o in field["options"]}
        assert "Has the person had a blood clot, heart attack or stroke before?" in options


class TestCharts:
    def test_reading_level_and_theme_redraw(self, tab, session):
        """Lay names at the level plain; other colours in the dark."""
        assert "Chills, rigors" in str(tab.children["chart"].table)
        session.change(text="plain")
        assert "Shivering" in str(tab.children["chart"].table)
        light = str(tab.children["chart"].figure)
        session.frame.dark = True
        session.tell(session.view)
        assert str(tab.children["chart"].figure) != light

    def test_a_topic_is_shown_by_study(self, tab):
        """Choosing a topic, or the button of a card, draws its studies and lists them with their notes."""
        tab.children["pick"].values = {"topic": "haemolysis"}
        assert tab.children["studies"].title.startswith("Haemolysis: ")
        assert "odds ratio" in tab.children["numbers"].html
        act(tab.children["card"], "studies", "neutropenia")
        assert tab.children["studies"].title.startswith("Neutropenia: ")
        assert tab.children["pick"].values == {"topic": "neutropenia"}

    def test_an_unknown_topic_is_ignored(self, tab):
        """A topic that is not offered changes nothing."""
        before = tab.children["studies"].title
        tab.children["pick"].values = {"topic": ["x"]}
        tab.children["pick"].values = {"topic": "x"}
        assert tab.children["studies"].title == before


def test_text_of_the_tables_is_escaped(package):
    """Markup in a cell is shown as text."""
    nasty = "<img src=x onerror=alert(1)>"
    for column in ("name", "lay_name", "mechanism", "note", "risk_factors", "prevention", "management"):
        package.put("adverse_reactions", 2, column, nasty)
    for column in ("factor", "question", "matched_text", "note"):
        package.put("risk_factors", 2, column, nasty)
    tab = safety.build(Session(package.load(), Frame()))
    act(tab.children["when"], "open", "headache")
    tab.children["form"].values = {"treatment": [nasty]}
    html = "".join([tab.html, *(w.html for w in tab.children.values() if hasattr(w, "html"))])
    assert "<img" not in html
    assert "&lt;img" in html


def test_a_small_data_set_has_a_page(small):
    """Without figures, passages or contraindications the tab is built all the same."""
    tab = safety.build(Session(small, Frame()))
    assert "no frequency by study is known" in tab.children["studies"].title
