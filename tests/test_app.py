"""What the visitor chooses reaches every part of the page, and nothing that a browser sends can break it."""

from __future__ import annotations

import json

import pytest
from comm.base_comm import BaseComm

from ivig_explainer.app import DISCLAIMER, TITLE, Dashboard, Session
from ivig_explainer.selection import FILTERS, Selection
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Frame


class Wire(BaseComm):
    """The browser's end of one widget: records what is sent to it."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.buffers: list[bytes] = []
        super().__init__()

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys) -> None:
        if data and data.get("method") == "custom":
            self.sent.append(data["content"])
            self.buffers += [bytes(buffer) for buffer in buffers or []]


def wire(widget) -> Wire:
    """Give a widget a wire of which the test holds the other end."""
    widget.comm = Wire()
    return widget.comm


def press(widget, action: str, value: str = "") -> None:
    """Send what the browser sends when the visitor clicks."""
    data = {"method": "custom", "content": {"action": action, "value": value}}
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


@pytest.fixture
def page(small) -> Dashboard:
    """The page of the small data set, its address applied."""
    dashboard = Dashboard(small)
    ask(dashboard, "?")
    return dashboard


def ask(dashboard: Dashboard, query: str) -> None:
    """Open the page with an address, as a browser does."""
    press(dashboard.frame.children["address"], "ask", query)


def explore(dashboard: Dashboard):
    """Open the tab Explore and return its parts by name."""
    dashboard.frame.tab = "explore"
    parts = dashboard.frame.children["explore"].children
    return {**parts, **parts["stage"].children}


def shown(dashboard: Dashboard) -> list[str]:
    """Return the ids in the table of Explore, in order."""
    table = explore(dashboard)["table"]
    return [table.rows[position]["id"] for position in table.shown]


class TestSession:
    def test_listeners_hear_the_old_and_the_new_view(self, small):
        """Every change tells each listener what was and what is."""
        session, heard = Session(small, Frame()), []
        session.listen(lambda old, new: heard.append((old, new)))
        session.change(tab="explore")
        session.select(age=("adults",))
        first, second = View(tab="explore"), View(tab="explore", selection=Selection(age=("adults",)))
        assert heard == [(View(), first), (first, second)]
        assert session.view == second

    def test_no_change_is_not_told(self, small):
        """Showing the same view again wakes nobody, so that two listeners cannot chase each other."""
        session, heard = Session(small, Frame()), []
        session.listen(lambda old, new: heard.append(new))
        session.show(View())
        session.change(tab="overview")
        assert heard == []

    def test_the_theme_is_the_one_that_is_seen(self, small):
        """The frame knows whether the page is dark, also where the theme is automatic."""
        frame = Frame()
        session = Session(small, frame)
        assert session.theme == "light"
        frame.dark = True
        assert session.theme == "dark"

    def test_an_announcement_reaches_the_frame(self, small):
        """What screen readers shall say is handed to the frame."""
        frame = Frame()
        Session(small, frame).announce("4 shown")
        assert frame.announcement == "4 shown"


class TestPage:
    def test_the_frame_says_what_the_page_is(self, page, small):
        """Title, tabs, notice and the data's version and date stand in the frame."""
        assert page.frame.title == TITLE
        assert [tab["id"] for tab in page.frame.tabs] == list(TABS)
        assert page.frame.disclaimer == DISCLAIMER
        assert "education only" in DISCLAIMER
        assert "board-certified immunologist" in DISCLAIMER
        assert small.version in page.frame.footer
        assert small.created in page.frame.footer

    def test_a_tab_is_built_when_it_is_first_opened(self, page):
        """At first only the two tabs that visitors start on exist; going back builds nothing anew."""
        assert set(page.frame.children) == {"search", "address", "share", "presenter", "overview", "explore"}
        page.frame.tab = "sources"
        first = page.frame.children["sources"]
        page.frame.tab = "overview"
        page.frame.tab = "sources"
        assert page.frame.children["sources"] is first

    def test_the_stylesheet_is_not_sent_within_the_page(self, page):
        """The page links its stylesheet as a file that browsers keep; the state of its widgets does not repeat it."""
        bundle, _ = page._repr_mimebundle_()
        states = bundle["application/vnd.jupyter.widget-state+json"]["state"]
        assert not any("_css" in widget["state"] for widget in states.values())

    def test_the_page_is_sent_with_the_state_of_its_widgets(self, page):
        """Before any kernel answers, the page holds the state of every widget that is seen, as plain JSON."""
        bundle, _ = page._repr_mimebundle_()
        states = bundle["application/vnd.jupyter.widget-state+json"]["state"]
        for widget in (page.frame, *page.frame.children.values()):
            assert widget.model_id in states
        assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == page.frame.model_id
        assert json.dumps(states)

    def test_the_overview_counts_its_own_numbers(self, page):
        """The numbers of the overview are those of the tables that it was given."""
        html = page.frame.children["overview"].html
        assert "Explore all 4 conditions" in html
        assert "<strong>4</strong> conditions" in html


class TestAddress:
    def test_an_address_restores_the_view(self, small):
        """Tab, filters, search, condition, chart and theme are those of the address."""
        page = Dashboard(small)
        ask(page, "tab=explore&role=immunomodulation&condition=cidp&chart=tree&theme=dark")
        parts = explore(page)
        assert page.frame.settled
        assert (page.frame.tab, page.frame.theme) == ("explore", "dark")
        assert shown(page) == ["cidp", "itp"]
        assert parts["facets" if "facets" in parts else "filters"].chosen["role"] == ["immunomodulation"]
        assert parts["plot" if "plot" in parts else "chart"].name == "tree"
        assert 'class="ivig-card"' in parts["card"].html
        assert page.frame.notices == []

    def test_what_makes_no_sense_is_a_notice(self, small):
        """A part that is dropped is said to be, and the address shows what is left."""
        page = Dashboard(small)
        ask(page, "tab=explore&role=magic&role=replacement")
        [notice] = page.frame.notices
        assert "role 'magic' is not known here" in notice
        assert page.frame.children["address"].shown == "tab=explore&role=replacement"

    def test_the_address_follows_the_visitor(self, page):
        """Every choice changes the address that is shown."""
        explore(page)["filters"].chosen = {name: ["adults"] if name == "age" else [] for name in FILTERS}
        assert page.frame.children["address"].shown == "tab=explore&age=adults"
        page.frame.theme = "dark"
        assert page.frame.children["address"].shown == "tab=explore&age=adults&theme=dark"

    def test_nothing_is_shown_in_the_address_before_it_was_read(self, small):
        """A page that starts does not overwrite the address that it was asked for."""
        page = Dashboard(small)
        page.frame.tab = "explore"
        assert page.frame.children["address"].shown == ""
        assert not page.frame.settled

    def test_going_back_restores_what_was(self, page):
        """An address asked for later replaces the view, and takes its notices away."""
        ask(page, "tab=explore&age=dogs")
        assert page.frame.notices
        ask(page, "?")
        assert page.session.view == View()
        assert page.frame.notices == []

    @pytest.mark.parametrize(
        "query", ["q=<script>alert(1)</script>", "condition=<b>", "x=%ff%00", "q=" + "x" * 8192, "&&==;", "tab=", "q=%ED%A0%80"]
    )
    def test_no_address_breaks_the_page(self, small, query):
        """Whatever the address holds, the page settles on a view, and no markup comes back."""
        page = Dashboard(small)
        ask(page, query)
        assert page.frame.settled
        explore(page)
        assert page.session.view.tab == "explore"
        assert not any("<script>" in widget.html for widget in explore(page).values() if hasattr(widget, "html"))


class TestSearching:
    def test_searching_leads_to_explore(self, page):
        """What is typed on another tab is looked for on Explore."""
        page.frame.children["search"].value = "itp"
        assert page.frame.tab == "explore"
        assert shown(page) == ["itp"]

    def test_clearing_the_search_shows_all(self, page):
        """An empty search is no search, and the tab stays."""
        page.frame.children["search"].value = "itp"
        page.frame.children["search"].value = ""
        assert page.frame.tab == "explore"
        assert len(shown(page)) == 4

    def test_a_search_too_long_breaks_nothing(self, page):
        """A text beyond the field's limit, which only a program can send, leaves a page that works."""
        explore(page)
        try:
            page.frame.children["search"].value = "x" * 8192
        except ValueError as refusal:
            assert "longer than" in str(refusal)  # noqa: PT017 (refusing is one way of not breaking)
        page.frame.children["search"].value = "cvid"
        assert shown(page) == ["cvid"]


class TestExplore:
    def test_the_bar_counts_what_is_shown(self, page):
        """The count names what is shown and of how many; screen readers are told the same."""
        parts = explore(page)
        assert "4 of 4 conditions" in parts["bar"].html
        page.session.select(role=("replacement",))
        assert "1 of 4 conditions" in parts["bar"].html
        assert page.frame.announcement == "1 of 4 conditions shown"
        assert parts["table"].caption.startswith("1 of 4 conditions")

    def test_choosing_in_a_filter_narrows(self, page):
        """A box that is checked narrows the table, the chart and the counts."""
        parts = explore(page)
        parts["filters"].chosen = {name: ["immunomodulation"] if name == "role" else [] for name in FILTERS}
        assert shown(page) == ["cidp", "itp"]
        assert parts["filters"].counts["category"]["Immunodeficiency"] == 0
        assert parts["filters"].counts["role"]["replacement"] == 1
        assert sum(sum(bar["x"]) for bar in parts["chart"].figure["data"]) == 2

    def test_reset_shows_all(self, page):
        """Reset takes every filter and the search away, and is offered only where there is something to reset."""
        parts = explore(page)
        assert "ivig-reset" not in parts["bar"].html
        page.session.select(role=("replacement",), q="cvid")
        assert "ivig-reset" in parts["bar"].html
        press(parts["bar"], "reset")
        assert page.session.view.selection == Selection()
        assert len(shown(page)) == 4

    def test_an_empty_result_offers_a_way_out(self, page):
        """Where nothing matches, dropping the costliest part is offered with what it would show; pressing it does so."""
        parts = explore(page)
        page.session.select(category=("Neurological",), role=("replacement", "passive-immunity"))
        assert shown(page) == []
        assert "Without the filter “Category”, 2 would" in parts["bar"].html
        press(parts["bar"], "loosen", "category")
        assert shown(page) == ["cvid", "tetanus"]

    def test_a_search_is_shown_as_text(self, page):
        """Markup in a search is escaped where it is repeated."""
        parts = explore(page)
        page.session.select(q="<script>alert(1)</script>")
        assert "&lt;script&gt;" in parts["bar"].html
        assert "<script" not in parts["bar"].html

    def test_opening_and_closing_a_card(self, page):
        """A row opens its card and moves the focus there; closing gives the focus back to the table."""
        parts = explore(page)
        card, table = wire(parts["card"]), wire(parts["table"])
        press(parts["table"], "open", "cidp")
        assert "Chronic inflammatory demyelinating polyneuropathy" in parts["card"].html
        assert parts["table"].opened == "cidp"
        assert [message["type"] for message in card.sent] == ["focus"]
        press(parts["card"], "close")
        assert parts["card"].html == ""
        assert [message["type"] for message in table.sent] == ["focus"]

    def test_a_card_stays_open_while_filters_change(self, page):
        """Narrowing the table does not take the card away that is being read."""
        parts = explore(page)
        press(parts["table"], "open", "cidp")
        page.session.select(role=("replacement",))
        assert "ivig-card" in parts["card"].html

    @pytest.mark.parametrize(
        ("mark", "view"),
        [
            ("category:Neurological", View(tab="explore", selection=Selection(category=("Neurological",)))),
            ("role:replacement", View(tab="explore", selection=Selection(role=("replacement",)))),
            ("condition:itp", View(tab="explore", condition="itp")),
        ],
    )
    def test_a_mark_of_the_tree_narrows_or_opens(self, page, mark, view):
        """Clicking a role or a category narrows to it; clicking a condition opens its card."""
        press(explore(page)["chart"], "choose", mark)
        assert page.session.view == view

    def test_every_mark_of_both_charts_leads_somewhere(self, page):
        """What a chart carries as customdata is understood when it is clicked."""
        parts = explore(page)
        for chart in ("categories", "tree"):
            press(parts["bar"], "chart", chart)
            marks = {mark for trace in parts["chart"].figure["data"] for mark in trace["customdata"]}
            assert marks
            for mark in marks:
                press(parts["bar"], "reset")
                page.session.change(condition="")
                before = page.session.view
                press(parts["chart"], "choose", mark)
                assert page.session.view != before, mark

    def test_a_download_is_the_selection(self, page):
        """The file that is sent holds what is shown."""
        sent = wire(page.frame)
        page.session.select(q="tetanus")
        press(explore(page)["bar"], "download", "json")
        [message] = sent.sent
        assert message["type"] == "save"
        assert message["name"].endswith(".json")
        assert [row["id"] for row in json.loads(sent.buffers[0])["conditions"]] == ["tetanus"]

    def test_copying_the_link_is_said(self, page):
        """The frame is asked to copy the address, and screen readers hear it."""
        sent = wire(page.frame)
        press(explore(page)["bar"], "copy")
        assert [message["type"] for message in sent.sent] == ["copy"]
        assert "copied" in page.frame.announcement

    def test_a_change_of_theme_redraws_the_chart(self, page):
        """In the dark the chart has the colours of the dark."""
        chart = explore(page)["chart"]
        light = chart.figure["layout"]["font"]["color"]
        page.frame.dark = True
        assert chart.figure["layout"]["font"]["color"] != light

    @pytest.mark.parametrize(
        ("part", "action", "value"),
        [
            ("table", "open", "magic"),
            ("chart", "choose", "magic"),
            ("chart", "choose", "category:Magic"),
            ("chart", "choose", "condition:<script>"),
            ("bar", "chart", "pie"),
            ("bar", "loosen", "magic"),
            ("bar", "download", "exe"),
            ("bar", "delete", "everything"),
        ],
    )
    def test_an_action_that_makes_no_sense_changes_nothing(self, page, part, action, value):
        """What only a program can send leaves the view as it is."""
        parts = explore(page)
        before = page.session.view
        press(parts[part], action, value)
        assert page.session.view == before


class TestOverview:
    def test_a_condition_of_the_table_opens_its_card(self, page):
        """A link of the article's table leads to the card on Explore."""
        press(page.frame.children["overview"], "open", "cidp")
        assert (page.session.view.tab, page.session.view.condition) == ("explore", "cidp")
        assert "ivig-card" in explore(page)["card"].html

    def test_exploring_all_starts_afresh(self, page):
        """The button leads to all conditions, whatever was selected before; the theme stays."""
        page.frame.theme = "dark"
        page.session.select(age=("adults",))
        page.frame.tab = "overview"
        press(page.frame.children["overview"], "explore")
        assert page.session.view == View(tab="explore", theme="dark")

    def test_a_bar_of_the_chart_leads_to_its_category(self, page):
        """Clicking a category explores it."""
        chart = page.frame.children["overview"].children["chart"]
        mark = chart.figure["data"][0]["customdata"][0]
        press(chart, "choose", mark)
        assert page.session.view.tab == "explore"
        assert page.session.view.selection == Selection(category=(mark.removeprefix("category:"),))


class TestRealPage:
    def test_every_article_condition_is_linked(self, data):
        """The overview links every condition of the article's table to its card, and nothing else."""
        html = Dashboard(data).frame.children["overview"].html
        named = [c.id for c in data.conditions.itertuples() if "table" in c.article_part]
        assert html.count('data-action="open"') == len(named)
        for condition in named:
            assert f'data-value="{condition}"' in html
