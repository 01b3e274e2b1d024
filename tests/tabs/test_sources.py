"""The tab Sources: every statement with its verdict, every source with its uses, the data set and the rule."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

import pandas as pd
import pytest
from reading import Page

from ivig_explainer import grading
from ivig_explainer.app import Session
from ivig_explainer.charts.verdicts import PARTS, VERDICTS
from ivig_explainer.dataset import read_descriptor
from ivig_explainer.references import address
from ivig_explainer.tabs import sources
from ivig_explainer.tabs.sources import FIRST, MORE, _Claims, _Library, _Wanted, find
from ivig_explainer.usage import usage
from ivig_explainer.widgets import Frame


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def tab(session):
    return sources.build(session)


@pytest.fixture
def library(session):
    return _Library(session)


def shown(library) -> list[str]:
    """Return the ids of the sources in the list, in order."""
    return re.findall(r'<span class="ivig-sources-id">(.*?)</span>', library.list.html)


class TestArticle:
    def test_every_statement_is_a_row(self, data, tab):
        """Each row of the table of claims stands once, with part, statement, verdict in words and evidence."""
        html = tab.children["claims"].html
        rows = re.findall(r'<tr role="row" data-part="([^"]+)">(.*?)</tr>', html)
        assert sorted(row for row, _ in rows) == sorted(data.article_claims["id"])
        claims = data.article_claims.set_index("id")
        for row, cells in rows:
            claim = claims.loc[row]
            for text in (PARTS[claim.part], claim.statement, VERDICTS[claim.verdict], claim.evidence):
                assert escape(text) in cells

    def test_verdicts_have_a_symbol_besides_the_word(self, tab):
        """Each verdict is drawn by a symbol of its own, hidden from screen readers, and said in words."""
        found = set(re.findall(r'data-verdict="([\w-]+)"><span aria-hidden="true">(.)</span> ([\w ]+)<', tab.children["claims"].html))
        assert found == {(verdict, sources.SYMBOLS[verdict], label) for verdict, label in VERDICTS.items()}
        assert len(set(sources.SYMBOLS.values())) == len(VERDICTS)

    def test_every_citation_leads_to_the_list(self, tab):
        """The numbers of the table and the entries at the end of the tab are the same."""
        cited = set(re.findall(r'href="#(source-sources-\d+)"', tab.children["claims"].html))
        assert cited == set(re.findall(r'<li id="(source-sources-\d+)"', tab.html))
        assert cited

    @pytest.mark.parametrize("verdict", ["", *VERDICTS])
    @pytest.mark.parametrize("part", ["", "future", "title"])
    def test_filters_hide_the_rest(self, data, session, verdict, part):
        """Verdict and part together leave what a count over the rows leaves; the count is shown and announced."""
        claims = _Claims(session)
        claims.form.values = {"verdict": "outdated", "part": "title"}
        claims.form.values = {"verdict": verdict, "part": part}
        rows = data.article_claims
        left = rows[((rows["verdict"] == verdict) | (verdict == "")) & ((rows["part"] == part) | (part == ""))]
        assert set(claims.table.hidden) == set(rows["id"]) - set(left["id"])
        assert f"{len(left)} of {len(rows)} statements" in claims.count.html
        assert session.frame.announcement == f"{len(left)} of {len(rows)} statements shown"

    def test_a_bar_narrows_to_its_part(self, tab, data):
        """Clicking a bar of the chart filters the table by that part."""
        plot, form = tab.children["chart"], tab.children["claims-form"]
        plot._handle_custom_msg({"action": "choose", "value": "future"}, [])
        assert form.values["part"] == "future"
        assert len(tab.children["claims"].hidden) == len(data.article_claims) - (data.article_claims["part"] == "future").sum()
        plot._handle_custom_msg({"action": "choose", "value": "magic"}, [])
        assert form.values["part"] == "future"

    def test_html_is_sound(self, tab):
        """Every tag is closed, in each part of the tab."""
        for html in (tab.html, tab.children["claims"].html, tab.children["list"].html):
            assert Page(html).open == []

    def test_a_change_of_theme_redraws(self, tab, session):
        """The chart has the colours of the theme that is seen."""
        before = tab.children["chart"].figure
        session.frame.dark = True
        session.tell(session.view)
        assert tab.children["chart"].figure != before


class TestFinding:
    def test_all_by_title(self, data, library):
        """Without a wish, all sources are found, by title."""
        assert len(library.found) == len(data.sources)
        assert len(shown(library)) == FIRST

    @pytest.mark.parametrize("column", ["title", "publisher", "id", "doi", "pmid"])
    def test_a_source_is_found_by_what_names_it(self, data, column):
        """Title, publisher, id, DOI and PubMed number find their source."""
        for position in data.sources[column].dropna().index[::97]:
            assert position in find(data, _Wanted(text=data.sources.loc[position, column]))

    def test_an_address_finds_its_source(self, data):
        """What is copied from the browser's address bar finds the source."""
        for position in range(0, len(data.sources), 97):
            assert position in find(data, _Wanted(text=address(data.sources.iloc[position])))

    def test_kind_reading_and_years(self, data):
        """Filters hold together; with a year, what has none is left out."""
        rows = data.sources
        found = find(data, _Wanted(kind="rct", read="own", first_year=2005, last_year=2015))
        year = rows["year"].fillna(0)
        left = rows[(rows["kind"] == "rct") & (rows["read_via"] == "own") & (year >= 2005) & (year <= 2015)]
        assert sorted(found) == left.index.tolist()
        assert found

    def test_orders(self, data):
        """By title, by year from the newest with the undated last, by publisher, by number of uses."""
        rows = data.sources
        assert all(sorted(find(data, _Wanted(sort=sort))) == list(range(len(rows))) for sort in sources.SORTS)
        years = rows["year"].fillna(0).iloc[find(data, _Wanted(sort="newest"))].tolist()
        assert years == sorted(years, reverse=True)
        publishers = [name.casefold() for name in rows["publisher"].iloc[find(data, _Wanted(sort="publisher"))]]
        assert publishers == sorted(publishers)
        sizes = [len({use[:2] for use in usage(data)[rows["id"].iloc[i]]}) for i in find(data, _Wanted(sort="used"))]
        assert sizes == sorted(sizes, reverse=True)

    def test_the_count_is_shown_and_announced(self, library, session, data):
        """How many were found stands above the list and is read out."""
        library.form.values = {"text": "cochrane"}
        size = len(find(data, _Wanted(text="cochrane")))
        assert f"{size} of {len(data.sources):,} sources" in library.count.html
        assert session.frame.announcement == f"{size} of {len(data.sources):,} sources found"

    def test_years_that_cross_are_a_fault_beside_the_field(self, library):
        """A last year before the first is named as a fault, and the list stays as it was."""
        before = library.list.html
        library.form.values = {"first_year": 2020, "last_year": 2010}
        assert library.form.faults == {"last_year": "The last year is before the first."}
        assert library.list.html == before
        library.form.values = {"first_year": 2010, "last_year": 2020}
        assert library.form.faults == {}
        assert library.list.html != before

    def test_nothing_found_offers_a_way_out(self, library, data):
        """A hopeless search says so, and clearing shows all."""
        library.form.values = {"text": "xyzzyplugh"}
        assert "No source fits" in library.count.html
        library._act("reset", "")
        assert len(library.found) == len(data.sources)

    @pytest.mark.parametrize(
        "values", [{}, {"text": 7}, {"kind": "magic", "sort": []}, {"first_year": "x", "last_year": 20}, {"text": "a" * 9999}]
    )
    def test_nonsense_is_harmless(self, library, values):
        """Values that make no sense are as if they were not there."""
        library.form.values = {key: value for key, value in values.items() if not isinstance(value, list)}
        assert library.count.html


class TestList:
    def test_more_is_shown_when_asked(self, library, data):
        """The button adds a hundred, in order, until all are shown; then the button goes."""
        library._act("more", "")
        assert len(shown(library)) == FIRST + MORE
        while 'data-action="more"' in library.list.html:
            library._act("more", "")
        assert sorted(shown(library)) == sorted(data.sources["id"])

    def test_a_new_search_starts_short(self, library):
        """After a new search, the first few are shown again."""
        library._act("more", "")
        library.form.values = {"sort": "newest"}
        assert len(shown(library)) == FIRST

    def test_an_entry_says_all(self, data):
        """Title with a lasting link, publisher, year, identifiers, how it was read."""
        for position in range(0, len(data.sources), 41):
            row, html = data.sources.iloc[position], sources._entry(data, position)
            text = Page(html).text
            assert f'href="{escape(address(row), quote=True)}"' in html
            assert row.publisher in text
            assert row.id in text
            assert ("year not stated" if pd.isna(row.year) else str(row.year)) in text
            assert sources.KINDS[row.kind] in text
            assert sources.READ[row.read_via][1:] in text
            assert not isinstance(row.doi, str) or escape(row.doi) in html
            assert not re.search(r"\bnan\b|<NA>", html)

    def test_an_entry_says_where_it_is_used(self, data):
        """Tables with their numbers of rows, and every condition as a link to its card."""
        for position in range(0, len(data.sources), 41):
            html = sources._entry(data, position)
            uses = usage(data)[data.sources["id"].iloc[position]]
            assert f"Used in {len({use[:2] for use in uses})} place" in html
            assert set(re.findall(r'data-action="open" data-value="([^"]+)"', html)) == {u.condition for u in uses if u.condition}
            titles = {table["name"]: table["title"] for table in read_descriptor(data.folder)["resources"]} | {
                "prose": "Texts of this page"
            }
            for table, rows in Counter(table for table, _ in {use[:2] for use in uses}).items():
                assert f"<li>{titles[table]} ({rows})" in html

    def test_all_words_are_there(self, data):
        """Every kind, every way of reading and every place of the data set has its words."""
        schema = {r["name"]: {f["name"]: f for f in r["schema"]["fields"]} for r in read_descriptor(data.folder)["resources"]}
        for column, words in (("kind", sources.KINDS), ("read_via", sources.READ), ("jurisdiction", sources.PLACES)):
            assert set(schema["sources"][column]["constraints"]["enum"]) <= set(words)
        assert set(sources.READ) == set(sources.READ_MANY)


class TestAbout:
    def test_version_licence_and_citation(self, data, tab):
        """Version, day, licence and citation are those of the data package."""
        text = Page(tab.html).text
        package = read_descriptor(data.folder)
        for part in (data.version, data.created, package["licenses"][0]["title"], package["title"]):
            assert part in text

    def test_the_rule_and_its_counts(self, data, tab):
        """Every level stands with its rule and the number of conditions that have it."""
        sizes = Counter(grading.grade(data))
        rows = re.findall(r'<th scope="row" data-mark="([\w-]+)">.*?</th><td>(.*?)</td><td><a [^>]*>(\d+) ', tab.html)
        assert rows == [(level, escape(grading.RULE[level]), str(sizes[level])) for level in grading.LEVELS]


class TestLinks:
    def test_a_condition_opens_its_card(self, tab, session):
        """A link to a condition opens Explore with its card."""
        tab.children["list"]._handle_custom_msg({"action": "open", "value": "cidp"}, [])
        assert (session.view.tab, session.view.condition) == ("explore", "cidp")

    def test_a_level_opens_its_conditions(self, tab, session):
        """The number of conditions of a level leads to them."""
        tab._handle_custom_msg({"action": "grade", "value": "strong"}, [])
        assert session.view.tab == "explore"
        assert session.view.selection.evidence == ("strong",)

    @pytest.mark.parametrize(("action", "value"), [("open", "x"), ("tab", "x"), ("grade", "x"), ("go", "x"), ("magic", "")])
    def test_unknown_actions_do_nothing(self, tab, session, action, value):
        """What is no action of the tab changes nothing."""
        before = session.view
        tab._handle_custom_msg({"action": action, "value": value}, [])
        assert session.view == before


class TestEscaping:
    @pytest.mark.parametrize(
        ("table", "column"),
        [
            *(("sources", c) for c in ("title", "publisher", "doi", "pmid", "pmcid", "url", "version_or_date", "note")),
            *(("article_claims", c) for c in ("statement", "evidence")),
            ("conditions", "name"),
        ],
    )
    def test_text_of_the_tables_is_never_markup(self, package, table, column):
        """Markup in a cell is shown as text; it makes no tag and leaves no attribute."""
        package.put(table, 2, column, '"><script>alert(1)</script><img src=x onerror="alert(1)">')
        tab = sources.build(Session(package.load(), Frame()))
        for html in (tab.html, tab.children["claims"].html, tab.children["list"].html):
            page = Page(html)
            assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
            assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
            assert page.open == []
