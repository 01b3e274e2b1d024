"""The tab Compare: chosen conditions side by side, each statement with its sources."""

from __future__ import annotations

import csv
import io

import pytest
from reading import Page

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.comparison import DIFFERS, compare

DATA = ivig.load()
IDS = ("cidp", "gbs", "mmn")


def opened(query: str):
    dashboard = Dashboard(DATA)
    dashboard._restore(query)
    return dashboard.session, dashboard._built["compare"]


def act(widget, action: str, value: str = "") -> None:
    widget._handle_custom_msg({"action": action, "value": value}, [])


def address(*ids: str) -> str:
    return "?tab=compare" + "".join(f"&compare={condition}" for condition in ids)


class TestPage:
    @pytest.mark.parametrize("first", range(0, len(DATA.conditions) - 3, 4))
    def test_every_condition_can_be_compared(self, first):
        """Four at a time, all of them: the page is well-formed, and each citation leads to an entry of its list."""
        _, page = opened(address(*DATA.conditions["id"][first : first + 4]))
        read = Page(page.html)
        anchors = {a["id"] for tag, a in read.tags if tag == "li" and "id" in a}
        cited = {a["href"][1:] for tag, a in read.tags if tag == "a" and a["href"].startswith("#source-compare")}
        assert read.open == []
        assert cited == anchors
        assert not {"nan", "None", "<NA>"} & set(read.text.split())

    def test_only_differences_hides_the_rest(self):
        """Lines that are the same, and prose, are away; a link keeps it so."""
        _, page = opened(address(*IDS) + "&compare.show.lines=differences")
        lines = compare(DATA, IDS)
        assert {part for part in page.hidden if part.startswith("line-")} == {
            f"line-{number}" for number, line in enumerate(lines) if line.verdict != DIFFERS
        }

    def test_with_fewer_than_two_there_is_a_beginning(self):
        """The page says how to choose, and offers comparisons of the article's own conditions."""
        session, page = opened("?tab=compare&compare=cidp")
        ready = [a["data-value"] for tag, a in Page(page.html).tags if a.get("data-action") == "ready"]
        assert ready
        act(page, "ready", ready[0])
        assert session.view.compare == tuple(ready[0].split())
        assert "<table" in page.html


class TestChoosing:
    def test_adding_and_removing(self):
        """What is chosen is added once; the cross takes it away; the address follows."""
        session, page = opened(address("cidp"))
        pick = page.children["pick"]
        for _ in range(2):
            pick.values = {"add": "gbs"}
            act(page, "add")
        assert session.view.compare == ("cidp", "gbs")
        act(page, "remove", "cidp")
        assert session.view.to_query() == "tab=compare&compare=gbs"

    @pytest.mark.parametrize("value", ["", "magic", None, ["cidp"], "<b>"])
    def test_nonsense_adds_nothing(self, value):
        """A value that is no condition changes nothing."""
        session, page = opened(address("cidp", "gbs"))
        page.children["pick"].values = {"add": value}
        act(page, "add")
        act(page, "ready", "magic <b>")
        assert session.view.compare in {("cidp", "gbs"), ()}

    def test_a_name_opens_the_card(self):
        """On Explore, where cards are."""
        session, page = opened(address(*IDS))
        act(page, "open", "gbs")
        assert (session.view.tab, session.view.condition) == ("explore", "gbs")


class TestFromExplore:
    def test_ticking_rows_and_going(self):
        """Ticks gather conditions, a fifth is refused and said, and one click leads to the comparison."""
        dashboard = Dashboard(DATA)
        dashboard._restore("?tab=explore")
        session, explore = dashboard.session, dashboard._built["explore"]
        table, bar = explore.children["table"], explore.children["bar"]
        ids = DATA.conditions["id"][:5].tolist()
        for condition in ids:
            act(table, "pick", condition)
        assert session.view.compare == tuple(ids[:4]) == tuple(table.picked)
        assert "4 conditions are the most" in session.frame.announcement
        act(table, "pick", ids[0])
        assert session.view.compare == tuple(ids[1:4])
        act(bar, "compare")
        assert session.view.tab == "compare"

    def test_the_card_adds_its_condition(self):
        """One click on the card leads to the comparison, with what was chosen before."""
        dashboard = Dashboard(DATA)
        dashboard._restore("?tab=explore&compare=cidp&condition=gbs")
        act(dashboard._built["explore"].children["card"], "compare", "gbs")
        assert dashboard.session.view.to_query() == "tab=compare&condition=gbs&compare=cidp&compare=gbs"


class TestFiles:
    def test_the_table_holds_what_the_page_shows(self):
        """The CSV has a line for each line of the comparison, a column for each condition, its sources, and the notice."""
        session, page = opened(address(*IDS))
        saved = []
        session.frame.save = lambda *file: saved.append(file)
        act(page, "download", "csv")
        ((name, _, content),) = saved
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        lines = compare(DATA, IDS)
        names = DATA.conditions.set_index("id")["name"]
        assert name.startswith("ivig-comparison-")
        assert [row["line"] for row in rows] == [line.heading for line in lines]
        for row, line in zip(rows, lines, strict=True):
            for condition, cell in zip(IDS, line.cells, strict=True):
                assert all(item.text in row[names[condition]] for item in cell)
            assert {source for cell in line.cells for item in cell for source in item.sources} == set(
                filter(None, row["sources"].split("; "))
            )
            assert "education only" in row["notice"]

    @pytest.mark.parametrize("form", ["pptx", "html"])
    def test_slides_and_handout(self, form):
        """Both are made, and named for what they are."""
        session, page = opened(address(*IDS))
        saved = []
        session.frame.save = lambda *file: saved.append(file)
        act(page, "download", form)
        assert saved[0][0].endswith(form)
        assert len(saved[0][2]) > 10_000

    def test_nothing_to_compare_is_not_saved(self):
        """With one condition there is no file."""
        session, page = opened(address("cidp"))
        session.frame.save = lambda *_: pytest.fail("a file was saved")
        act(page, "download", "csv")
