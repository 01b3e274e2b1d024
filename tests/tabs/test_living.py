"""Living with IVIG tells every row of its topics with its sources and limits, escaped, and follows the visitor."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from itertools import pairwise

import pytest

from ivig_explainer import living as outcomes
from ivig_explainer.app import Session
from ivig_explainer.tabs import living
from ivig_explainer.widgets import Frame

ATTACK = '<img src=x onerror="alert(1)">'


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def page(session):
    return living.build(session)


def choose(page, form: str, **values: object) -> None:
    """Choose in a form as a visitor does."""
    page.children[form].values = {**page.children[form].values, **values}


def act(page, action: str, value: str) -> None:
    """Send what a click on a mark sends."""
    page._handle_custom_msg({"action": action, "value": value}, [])


def hidden_events(page) -> set[str]:
    return {part.removeprefix("event-") for part in page.hidden if part.startswith("event-")}


class TestContent:
    @pytest.mark.parametrize("topic", ["quality-of-life", "prognosis", "manufacture", "supply-and-demand", "cost"])
    def test_every_row_of_a_topic_is_told(self, data, page, topic):
        """No figure of the topic is left out."""
        for row in data.figures[data.figures["topic"] == topic].itertuples():
            assert escape(row.name) in page.html

    def test_every_use_is_told_or_drawn(self, data, page):
        """A figure on use stands in a table or belongs to a list that can be chosen."""
        lists = {*outcomes.USES, *outcomes.USES.values()}
        for row in data.figures[data.figures["topic"] == "use-by-condition"].itertuples():
            assert row.series in lists or escape(row.name) in page.html

    def test_every_step_and_its_rows_exist(self, data):
        """The steps name each figure and fact on manufacture once, and none that the tables do not hold."""
        figures = [key for _, _, keys in living.STEPS for key in keys]
        facts = [key for _, keys, _ in living.STEPS for key in keys]
        assert sorted(figures) == sorted(data.figures.loc[data.figures["topic"] == "manufacture", "id"])
        assert sorted(facts) == sorted(data.facts.loc[data.facts["topic"] == "manufacture", "id"])

    def test_every_result_in_cidp_and_mmn_is_told(self, data, page):
        """In favour or not, each row of the evidence stands there in plain words, with its limit."""
        for row in data.evidence[data.evidence["condition"].isin(living.NERVES)].itertuples():
            assert escape(row.plain_words) in page.html
            assert not isinstance(row.caveat, str) or f"Limit: {escape(row.caveat)}" in page.html

    def test_every_event_has_year_words_and_sources(self, data, page):
        """Each event of the timeline is an item of the ordered list that cites at least one source."""
        items = re.findall(r'<li data-part="event-([^"]+)"(.*?)</li>', page.html)
        assert {event for event, _ in items} == set(data.timeline["id"])
        assert all("ivig-cite" in item for _, item in items)

    def test_the_prose_of_all_parts_is_there(self, page):
        """Both reading levels of the six passages stand in the page."""
        assert page.html.count('class="ivig-passage"') == 6
        assert page.html.count('class="ivig-plain"') == page.html.count('class="ivig-student"') == 6

    def test_citations_lead_to_the_list(self, page):
        """Every number of a citation has its source in the list at the end."""
        cited = set(re.findall(r'href="#(source-living-\d+)"', page.html))
        listed = set(re.findall(r'id="(source-living-\d+)"', page.html))
        assert cited == listed

    def test_no_life_expectancy(self, page):
        """The page says that none of its numbers is a life expectancy."""
        assert "No number here is a life expectancy" in page.html

    def test_headings_go_down_one_at_a_time(self, page):
        """No level of headings is skipped."""
        levels = [int(level) for level in re.findall(r"<h(\d)", page.html)]
        assert levels[0] == 2
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_html_of_a_table_is_text(self, data):
        """Whatever a table holds never becomes part of the page's code."""
        tables = {}
        for name, columns in {
            "evidence": ["study", "plain_words", "caveat", "outcome", "intervention"],
            "figures": ["name", "note", "population", "unit"],
            "facts": ["fact", "note"],
            "timeline": ["event", "note"],
            "conditions": ["name"],
        }.items():
            table = getattr(data, name).copy()
            for column in columns:
                table[column] = table[column].where(table[column].isna(), table[column] + ATTACK)
            tables[name] = table
        session = Session(replace(data, **tables), Frame())
        page = living.build(session)
        assert "<img" not in page.html
        for plot in (child for name, child in page.children.items() if hasattr(child, "figure")):
            notes = [note["text"] for note in plot.figure["layout"].get("annotations", ())]
            assert not [text for text in notes if "<img" in text]

    def test_a_data_set_of_a_few_rows_is_enough(self, small):
        """Where tables hold nothing for a part, the rest is shown."""
        page = living.build(Session(small, Frame()))
        assert "Sources of this page" in page.html


class TestTroughs:
    def test_choosing_redraws_and_announces(self, session, page):
        """Two troughs give the ratio in the title, and screen readers hear it."""
        choose(page, "trough-form", reference=6, trough=9)
        found = outcomes.association(session.data)
        assert page.children["pneumonia"].title.startswith(f"A trough of 9 g/L goes with {found.relative(9, 6)[0]:.2f} times")
        assert session.frame.announcement == page.children["pneumonia"].title

    @pytest.mark.parametrize("nonsense", [None, "x", 1e9, -5, [], float("inf")])
    def test_nonsense_does_not_break_it(self, page, nonsense):
        """Whatever arrives, a trough within the source is drawn."""
        choose(page, "trough-form", reference=nonsense, trough=nonsense)
        assert "goes with" in page.children["pneumonia"].title


class TestUses:
    def test_one_list_is_shown_with_its_note(self, session, page):
        """Choosing a list draws it, shows its note alone, and announces it."""
        choose(page, "uses-form", list="london-ontario-use")
        assert "London" in page.children["uses"].title
        hidden = {part for part in page.hidden if part.startswith("uses-")}
        assert hidden == {f"uses-{name}" for name in outcomes.USES} - {"uses-london-ontario-use"}
        assert "London" in session.frame.announcement

    def test_an_unknown_list_is_the_first(self, page):
        """What is no list shows the first."""
        choose(page, "uses-form", list="nonsense")
        assert f"uses-{next(iter(outcomes.USES))}" not in page.hidden


class TestHistory:
    def test_it_opens_with_the_short_history(self, data, page):
        """Only events of importance 1 are shown, and the count says so."""
        short = set(data.timeline.loc[data.timeline["importance"] == 1, "id"])
        assert set(data.timeline["id"]) - hidden_events(page) == short
        assert f"{len(short)} of {len(data.timeline)} events" in page.children["history-count"].html

    def test_all_events(self, data, page, session):
        """The switch shows everything, and it is announced."""
        choose(page, "history-form", extent="all")
        assert hidden_events(page) == set()
        assert session.frame.announcement == f"{len(data.timeline)} of {len(data.timeline)} events shown"

    def test_a_kind(self, data, page):
        """A kind leaves events of that kind alone."""
        choose(page, "history-form", extent="all", kind="safety")
        assert set(data.timeline["id"]) - hidden_events(page) == set(data.timeline.loc[data.timeline["kind"] == "safety", "id"])

    def test_nothing_left_says_what_to_do(self, page):
        """Where no event is left the count says how to see some."""
        choose(page, "history-form", kind="guideline")
        assert "0 of" in page.children["history-count"].html
        assert "all events" in page.children["history-count"].html

    def test_nonsense_is_the_short_history(self, data, page):
        """Unknown values show the short history of all kinds."""
        choose(page, "history-form", extent=[1], kind={"?": 1})
        assert len(data.timeline) - len(hidden_events(page)) == (data.timeline["importance"] == 1).sum()


class TestActions:
    def test_a_condition_opens_its_card(self, session, page):
        """A link or a mark of a chart leads to the card."""
        act(page, "choose", "condition:cvid")
        assert (session.view.tab, session.view.condition) == ("explore", "cvid")

    def test_an_unknown_condition_is_ignored(self, session, page):
        """What is no condition changes nothing."""
        before = session.view
        act(page, "open", "nonsense")
        assert session.view == before

    def test_a_theme_redraws_every_chart(self, session, page):
        """After a change of theme the charts have the theme's text colour."""
        charts = [child for child in page.children.values() if hasattr(child, "figure")]
        before = [chart.figure["layout"]["font"]["color"] for chart in charts]
        session.frame.dark = True
        session.tell(session.view)
        assert all(chart.figure["layout"]["font"]["color"] != old for chart, old in zip(charts, before, strict=True))
