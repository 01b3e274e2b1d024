"""The tab Questions: every passage with its levels and sources, the related terms, the glossary, and one filter."""

from __future__ import annotations

import re
from html import escape

import pytest
from reading import Page

from ivig_explainer import prose
from ivig_explainer.app import Session
from ivig_explainer.tabs import passages, questions
from ivig_explainer.view import TABS
from ivig_explainer.widgets import Frame


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def tab(session):
    return questions._Questions(session)


def details(html: str) -> dict[str, str]:
    """Return the HTML of every question by the name of its passage."""
    return dict(re.findall(r'<details class="ivig-question" data-part="([^"]+)"[^>]*>(.*?)</details>', html, re.DOTALL))


class TestAnswers:
    def test_every_passage_is_a_question(self, data, tab):
        """Each file of questions is one fold whose summary is the question, in the order of the files."""
        found = details(tab.page.html)
        assert list(found) == passages.names(data, "questions-")
        for name, html in found.items():
            title = escape(passages.read(data, name).title)
            assert html.startswith(f"<summary><h3>{title}</h3>")

    def test_short_then_both_levels_then_sources(self, data, tab):
        """Inside stand the short answer, the plain one, the one for students, and the sources, in this order."""
        for html in details(tab.page.html).values():
            marks = ["ivig-questions-short", 'class="ivig-plain"', 'class="ivig-student"', "<h4>Sources</h4>"]
            places = [html.index(mark) for mark in marks]
            assert places == sorted(places)

    def test_every_citation_of_a_passage_is_in_its_list(self, data, tab):
        """An answer's numbers lead to entries of its own list, and the list holds the passage's sources, no others."""
        for name, html in details(tab.page.html).items():
            anchors = set(re.findall(r'<li id="([^"]+)"', html))
            assert set(re.findall(r'href="#(source-[^"]+)"', html)) == anchors
            text = passages.read(data, name)
            assert len(anchors) == len({source for level in text.levels.values() for _, source in prose.citations(level)})

    def test_terms_are_explained_in_the_answers(self, tab):
        """The first use of a term in an answer carries its definition."""
        assert any('class="ivig-term"' in html for html in details(tab.page.html).values())

    def test_html_is_sound(self, tab):
        """Every tag is closed, and no id stands twice."""
        page = Page(tab.page.html)
        assert page.open == []
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_related_tabs_are_linked_where_they_exist(self, tab):
        """An answer links the tab that shows more of it, if the page has that tab."""
        for name, html in details(tab.page.html).items():
            linked = re.findall(r'data-action="tab" data-value="(\w+)"', html)
            assert linked == [t for t in [questions.RELATED.get(name)] if t in TABS]


class TestArticle:
    def test_the_related_terms_are_answered(self, data, tab):
        """Each related term of the article leads to a question that says it was asked, or is answered on the spot."""
        claims = data.article_claims[data.article_claims["part"] == "related-terms"]
        assert set(claims["id"]) == {*questions.ASKED, questions.FACT_SHEET[0]}
        found = details(tab.page.html)
        for claim in claims.itertuples():
            assert escape(questions._term(claim.statement)) in tab.page.html
            if claim.id in questions.ASKED:
                assert "asked by readers of the article" in found[questions.ASKED[claim.id]]
            else:
                assert escape(claim.evidence) in tab.page.html

    def test_no_other_question_claims_it(self, tab):
        """Only what readers of the article asked says so."""
        marked = {name for name, html in details(tab.page.html).items() if "asked by readers" in html}
        assert marked == set(questions.ASKED.values())

    def test_names_in_the_code_are_names_of_passages(self, data):
        """A passage that is renamed must not lose its mark or its link."""
        assert {*questions.ASKED.values(), *questions.RELATED} <= set(passages.names(data, "questions-"))


class TestGlossary:
    def test_every_term_by_the_alphabet(self, data, tab):
        """All terms with definition, note for students and sources; capitals do not count in the order."""
        terms = re.findall(r"<dt>(.*?)(?: <span|</dt>)", tab.page.html)
        assert terms == sorted(map(escape, data.glossary["term"]), key=str.casefold)
        text = Page(tab.page.html).text
        for row in data.glossary.itertuples():
            assert row.definition in text
            assert not isinstance(row.student_note, str) or row.student_note in text

    def test_see_also_leads_to_terms(self, data, tab):
        """Each related term is a link to an entry of the glossary."""
        links = re.findall(r'data-action="term" data-value="([^"]+)"', tab.page.html)
        assert len(links) == data.glossary["see_also"].map(len).sum()
        assert all(f'data-part="term-{link}"' in tab.page.html for link in links)

    def test_the_page_ends_with_its_sources(self, tab):
        """The numbers of the glossary lead to the list at the end."""
        anchors = set(re.findall(r'<li id="(source-questions-\d+)"', tab.page.html))
        assert set(re.findall(r'href="#(source-questions-\d+)"', tab.page.html)) == anchors
        assert "Sources of this page" in tab.page.html


class TestFilter:
    def test_nothing_is_hidden_at_first(self, tab):
        """Without a filter all is shown, and the count says how much that is."""
        assert tab.page.hidden == []
        assert "22 of 22 questions" in tab.count.html or f"{len(tab.names)} of {len(tab.names)} questions" in tab.count.html

    def test_it_narrows_questions_and_terms(self, tab, session):
        """What does not hold the words is hidden, the rest stays, the count is shown and announced."""
        tab.form.values = {"filter": "headache"}
        assert "questions-09-headaches" not in tab.page.hidden
        assert "questions-03-how-it-is-made" in tab.page.hidden
        assert "term-aseptic-meningitis" not in tab.page.hidden
        assert "term-fcrn" in tab.page.hidden
        assert re.fullmatch(r"\d+ of \d+ questions, \d+ of \d+ terms", session.frame.announcement)
        assert session.frame.announcement in tab.count.html

    def test_emptying_it_shows_all(self, tab):
        """An emptied filter hides nothing."""
        tab.form.values = {"filter": "headache"}
        tab.form.values = {"filter": " "}
        assert tab.page.hidden == []

    def test_the_html_is_not_sent_again(self, tab):
        """Typing hides and shows; open answers stay open, since the page stays as it is."""
        before = tab.page.html
        tab.form.values = {"filter": "vaccine"}
        assert tab.page.html is before

    def test_nothing_found_says_so_and_offers_a_way_out(self, tab):
        """A hopeless filter is quoted, escaped, and can be cleared."""
        tab.form.values = {"filter": "<img src=x onerror=alert(1)>"}
        assert "&lt;img" in tab.count.html
        assert "<img" not in tab.count.html
        tab._act("clear", "")
        assert tab.page.hidden == []
        assert tab.form.values == {"filter": ""}

    @pytest.mark.parametrize("value", [None, 7, ["a"], "x" * 10_000])
    def test_nonsense_is_harmless(self, tab, value):
        """A value that is no text, or far too long, breaks nothing."""
        tab.form.values = {"filter": value}
        assert "questions" in tab.count.html or "No question" in tab.count.html


class TestActions:
    def test_a_tab_is_opened(self, tab, session):
        """A link to a tab that exists opens it; any other does nothing."""
        tab._act("tab", "explore")
        assert session.view.tab == "explore"
        tab._act("tab", "nonsense")
        assert session.view.tab == "explore"

    def test_a_hidden_term_is_shown_before_it_is_gone_to(self, tab):
        """A link to a term that the filter hides clears the filter."""
        tab.form.values = {"filter": "headache"}
        tab._act("term", "fcrn")
        assert tab.page.hidden == []

    def test_a_hidden_question_is_shown_before_it_is_gone_to(self, tab):
        """A link to a question that the filter hides clears the filter."""
        tab.form.values = {"filter": "headache"}
        tab._act("question", "questions-03-how-it-is-made")
        assert tab.page.hidden == []

    def test_all_answers_open_and_close(self, tab):
        """One button opens every answer, and then closes them."""
        tab._act("unfold", "")
        assert len(re.findall(r'<details class="ivig-question"[^>]* open>', tab.page.html)) == len(tab.names)
        tab._act("fold", "")
        assert "open>" not in tab.page.html

    @pytest.mark.parametrize(("action", "value"), [("question", "x"), ("term", "x"), ("magic", ""), ("", "")])
    def test_unknown_actions_do_nothing(self, tab, session, action, value):
        """What is no action of the tab changes nothing."""
        before = session.view
        tab._act(action, value)
        assert session.view == before


class TestSmallPackage:
    def test_no_question_is_no_fault(self, small):
        """Without passages the tab still shows the glossary."""
        tab = questions._Questions(Session(small, Frame()))
        assert "0 of 0 questions, 1 of 1 terms" in tab.count.html
        assert "An antibody." in tab.page.html

    def test_text_of_files_and_tables_is_never_markup(self, package):
        """Markup in a passage or a term is shown as text."""
        attack = '"><script>alert(1)</script>'
        for column in ("term", "definition", "student_note", "forms"):
            package.put("glossary", 2, column, attack)
        text = f"# {attack}\n## Short\n{attack} [@alpha-2001].\n## Plain\n{attack}\n## Student\n{attack}\n"
        (package.folder / "prose" / "questions-01-attack.md").write_text(text, encoding="utf-8")
        tab = questions._Questions(Session(package.load(), Frame()))
        page = Page(tab.page.html)
        assert "script" not in {tag for tag, _ in page.tags}
        assert page.open == []
