"""The first use of a glossary term in a text is marked with its definition; the text itself stays as it was."""

from __future__ import annotations

import re

import pytest

from ivig_explainer.glossary import explain


@pytest.fixture
def terms(package):
    """The small data set with three terms: IgG, plasma (also plasmas), and hyper & co."""
    header, igg = package.read("glossary")
    rows = [dict(zip(header, igg, strict=True)) | parts for parts in ({"definition": 'An "antibody" <of> blood.'},)]
    rows.append(rows[0] | {"id": "plasma", "term": "plasma", "forms": "plasmas", "definition": "The fluid of blood."})
    package.write("glossary", [header, *([row[column] for column in header] for row in rows)])
    return package.load()


def marked(html: str) -> list[str]:
    """Return the words that are marked."""
    return re.findall(r'<span class="ivig-term"[^>]*>([^<]+)<', html)


def unmarked(html: str) -> str:
    """Return the text without the marks and their definitions."""
    html = re.sub(r'<span class="ivig-tooltip".*?</span>', "", html)
    return re.sub(r'<span class="ivig-term"[^>]*>([^<]+)</span>', r"\1", html)


class TestExplain:
    def test_the_first_use_is_marked_and_no_other(self, terms):
        """A term is explained once, where it is first used."""
        html = explain("<p>IgG is in plasma. IgG lasts; plasma flows.</p>", terms)
        assert marked(html) == ["IgG", "plasma"]
        assert html.index("ivig-term") < html.index("lasts")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Plasma flows", ["Plasma"]),
            ("two plasmas", ["plasmas"]),
            ("plasmapheresis", []),
            ("non-plasma", []),
            ("igg", []),
            ("IgG1", []),
        ],
    )
    def test_forms_are_found_as_whole_words(self, terms, text, words):
        """A plain word may begin a sentence; a name such as IgG is found as it is written; parts of words are not."""
        assert marked(explain(text, terms)) == words

    @pytest.mark.parametrize("tag", ["a", "button", "h2", "summary", "sup"])
    def test_links_headings_and_buttons_are_left_alone(self, terms, tag):
        """No mark stands inside what is itself a control or a heading; after it, marking goes on."""
        html = explain(f"<{tag}>plasma <em>IgG</em></{tag}> plasma", terms)
        assert marked(html) == ["plasma"]
        assert html.startswith(f"<{tag}>plasma <em>IgG</em></{tag}> <span")

    def test_attributes_are_left_alone(self, terms):
        """A term inside a tag is no text."""
        assert explain('<img alt="plasma">', terms) == '<img alt="plasma">'

    def test_a_definition_is_escaped_and_tied_to_its_mark(self, terms):
        """The definition is text, has an id of its own, and the mark that the Tab key reaches points to it."""
        html = explain("IgG plasma", terms)
        assert "An &quot;antibody&quot; &lt;of&gt; blood." in html
        pointed, ids = re.findall(r'aria-describedby="([^"]+)"', html), re.findall(r' id="([^"]+)"', html)
        assert pointed == ids
        assert len(set(ids)) == 2
        assert html.count('tabindex="0"') == 2

    @pytest.mark.parametrize("html", ["<p>IgG, <b>plasma</b> &amp; IgG</p>", "", "plain", "<ul><li>Plasma</li></ul>"])
    def test_nothing_but_marks_is_added(self, terms, html):
        """Without the marks, the text is what it was."""
        assert unmarked(explain(html, terms)) == html
