"""Sources are numbered in the order in which they are first cited, and listed with lasting addresses."""

from __future__ import annotations

import re

import pytest

from ivig_explainer.references import References, address, in_words


def source(data, source_id: str):
    return data.sources.set_index("id").loc[source_id]


class TestAddress:
    @pytest.mark.parametrize(
        ("source_id", "url"),
        [
            ("beta-2002", "https://doi.org/10.1000/b"),
            ("delta-2004", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
            ("alpha-2001", "https://a.example/1"),
        ],
    )
    def test_a_doi_goes_before_a_pubmed_record_before_where_it_was_read(self, small, source_id, url):
        """The address that lasts longest is given."""
        assert address(source(small, source_id)) == url


class TestInWords:
    def test_title_publisher_and_year(self, small):
        """A source reads as title, publisher, year; an unknown year is left out."""
        assert in_words(source(small, "alpha-2001")) == "Alpha. A 2001."
        assert in_words(source(small, "beta-2002")) == "Beta. B."

    def test_a_title_with_its_own_full_stop_keeps_one(self, package):
        """No title ends in two full stops."""
        package.put("sources", 2, "title", "Alpha.")
        assert in_words(source(package.load(), "alpha-2001")) == "Alpha. A 2001."


class TestInShort:
    def test_the_first_sources_and_the_number_of_the_others(self, small):
        """Two sources are told by title and year, and how many there are besides; without any, nothing is."""
        references = References(small, "r")
        assert references.in_short() == ""
        references.cite(("alpha-2001", "beta-2002", "gamma-2003", "delta-2004"))
        assert references.in_short() == "Alpha (2001); Beta; and 2 more"


class TestReferences:
    def test_numbers_follow_the_first_citation(self, small):
        """The first source cited is 1; citing it again gives 1 again."""
        references = References(small, "r")
        texts = [references.cite("gamma-2003"), references.cite(("alpha-2001", "gamma-2003"))]
        assert [re.findall(r'href="#r-(\d+)"', text) for text in texts] == [["1"], ["2", "1"]]
        assert re.findall(r'<li id="(r-\d+)">.*?>(\w+)</a>', references.listing()) == [("r-1", "Gamma"), ("r-2", "Alpha")]

    def test_nothing_cited_is_no_mark(self, small):
        """An empty list of sources leaves no empty superscript."""
        assert References(small, "r").cite(()) == ""

    def test_two_texts_on_one_page_have_their_own_anchors(self, small):
        """The prefix keeps the anchors apart."""
        one, other = References(small, "one"), References(small, "other")
        assert 'href="#one-1"' in one.cite("alpha-2001")
        assert 'href="#other-1"' in other.cite("alpha-2001")

    def test_text_of_sources_is_escaped(self, package):
        """Neither a title nor an address can bring markup of its own."""
        package.put("sources", 2, "title", '<script>alert("1")</script>')
        package.put("sources", 2, "publisher", "A & <b>B</b>")
        package.put("sources", 2, "url", 'https://a.example/"onmouseover="x')
        references = References(package.load(), "r")
        html = references.cite("alpha-2001") + references.listing()
        assert "<script" not in html
        assert "<b>" not in html
        assert '"onmouseover' not in html
        assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in html

    def test_every_real_source_can_be_cited(self, data):
        """Every source of the tables has a number, a title and a web address in the list."""
        references = References(data, "r")
        references.cite(data.sources["id"])
        entries = re.findall(r'<li id="r-(\d+)"><a href="(https?://[^"]+)" rel="noopener">([^<]+)</a>', references.listing())
        assert [int(number) for number, _, _ in entries] == list(range(1, len(data.sources) + 1))
