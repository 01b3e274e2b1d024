"""Prose is Markdown with citations; nothing in it can become markup of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.dataset import shipped
from ivig_explainer.prose import Passage, citations, passage, render, uncited_numbers


def cite(sources: tuple[str, ...]) -> str:
    return "".join(f"<{source}>" for source in sources)


class TestCitations:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("", []),
            ("none", []),
            ("one [@a]", [(1, "a")]),
            ("two [@a; @b-2].\nthird [@c]", [(1, "a"), (1, "b-2"), (2, "c")]),
            ("the same [@a] again [@a]", [(1, "a"), (1, "a")]),
            ("no [a], no @b, no [@C], no [@a, @b], no [@]", []),
        ],
    )
    def test_every_citation_is_found_with_its_line(self, text, found):
        """Lines count from 1; only `[@id]` and `[@one; @two]` are citations."""
        assert list(citations(text)) == found


class TestUncitedNumbers:
    @pytest.mark.parametrize("line", ["Nothing here.", "IgG1, C3b, CD95, COVID-19, ICD-10.", "It lasts 21 days [@a].", "[@a-2001]"])
    def test_a_name_with_a_digit_and_a_cited_number_are_fine(self, line):
        """A digit that belongs to a name is no number, nor is one in a source's id."""
        assert list(uncited_numbers(line)) == []

    @pytest.mark.parametrize("line", ["It lasts 21 days.", "About 0.5 g.", "(2 of 3)", "In 1981 it was new."])
    def test_a_number_without_a_source_is_found(self, line):
        """Its line is named, counted from 1."""
        assert list(uncited_numbers(f"First.\n{line}")) == [2]


class TestPassage:
    def test_levels_are_taken_apart(self):
        """The title, and below each heading its own text."""
        text = "# What is it?\n\n## Plain\nOne.\nTwo.\n\n## Student\nThree.\n"
        assert passage(text) == Passage("What is it?", {"plain": "One.\nTwo.", "student": "Three."})

    def test_a_smaller_heading_stays_inside_its_level(self):
        """Only headings of the second rank begin a level."""
        assert passage("# T\n## Plain\nOne.\n### More\nTwo.\n").levels == {"plain": "One.\n### More\nTwo."}


class TestRender:
    def test_markdown_becomes_html(self):
        """Paragraphs, emphasis and tables are rendered."""
        assert render("It **calms**.", cite) == "<p>It <strong>calms</strong>.</p>\n"
        assert "<td>1</td>" in render("|a|\n|-|\n|1|\n", cite)

    def test_a_citation_becomes_what_cite_returns(self):
        """The sources of a citation are cited together, and the blank before it goes."""
        assert render("Weeks [@a; @b].", cite) == "<p>Weeks<a><b>.</p>\n"

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<!-- x -->", "<b>x</b>"])
    def test_html_is_escaped(self, text):
        """Markup in prose is shown, not obeyed."""
        html = render(text, cite)
        assert "&lt;" in html
        assert "<script" not in html
        assert "<img" not in html
        assert "<b>" not in html

    def test_a_link_cannot_run_code(self):
        """A javascript address makes no link."""
        assert "<a" not in render("[x](javascript:alert(1))", lambda _: "")

    @given(st.text(alphabet="<>&\"'abc/= \n[]()@;!-_*`"))
    def test_no_text_makes_a_tag_that_runs(self, text):
        """No text brings in a script, an event handler or a frame."""
        html = render(text, lambda _: "")
        assert "<script" not in html
        assert "<iframe" not in html


class TestRealProse:
    def test_the_first_line_stands_alone(self):
        """The first line of the overview is what is seen while the page loads: one sentence or two, cited."""
        lead = (shipped("data") / "prose" / "overview.md").read_text(encoding="utf-8").splitlines()[0]
        assert list(citations(lead))
        assert lead.endswith(".")
