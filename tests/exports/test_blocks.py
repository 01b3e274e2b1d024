"""HTML of our tabs becomes the same text as plain pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.exports.blocks import blocks
from ivig_explainer.exports.fit import width_em, wrapped


class TestBlocks:
    def test_a_piece_knows_what_it_cites(self):
        """A citation mark is no text; it ties the piece to the source of that anchor, also from another part of the page."""
        text = '<p>It works.<sup class="ivig-cite"><a href="#s-1">1</a></sup></p><p>So it seems.</p>'
        listing = '<ol class="ivig-references"><li id="s-1"><a href="https://a.example">Alpha</a>. A 2001.</li></ol>'
        first, second = blocks([text, listing])
        assert (first.text, [r.address for r in first.references], [r.text for r in first.references]) == (
            "It works.",
            ["https://a.example"],
            ["Alpha. A 2001."],
        )
        assert second.references == ()

    def test_tables_lists_and_terms_keep_their_shape(self):
        """Rows are even; a term of a list of definitions is a heading to what follows it."""
        html = (
            "<table><tr><th>A</th><th>B</th></tr><tr><td><p>1</p><p>2</p></td></tr></table><ul><li>x</li></ul><dl><dt>T</dt><dd>y</dd></dl>"
        )
        found = [(b.kind, b.rows or b.text) for b in blocks([html])]
        assert found == [("table", (("A", "B"), ("1\n2", ""))), ("item", "x"), ("heading", "T"), ("text", "y")]

    def test_what_is_not_read_is_left_out(self):
        """Controls, drawings, hidden words and the other reading level are no text."""
        html = (
            '<button>Press</button><svg><text>drawn</text></svg><p class="ivig-plain">easy</p><p aria-hidden="true">×</p><p>kept<br>on</p>'
        )
        assert [block.text for block in blocks([html])] == ["kept on"]

    @given(st.text(alphabet="<>/abp \"'=&;", max_size=80))
    def test_no_html_breaks_the_reader(self, html):
        """Whatever is read, pieces of text come out."""
        assert all(block.text or block.rows for block in blocks([html]))


class TestFit:
    @given(st.text(max_size=200), st.floats(2, 60))
    def test_no_line_is_wider_than_its_room(self, text, room):
        """Lines keep to the room, and no letter is lost."""
        lines = wrapped(text, room)
        assert all(width_em(line) <= room + 1e-9 for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())
