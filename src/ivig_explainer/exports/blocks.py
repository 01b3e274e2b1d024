"""HTML of our tabs -> the same text as blocks and references, for exports that are not HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser

from ivig_explainer.exports.slide import TERM, Block
from ivig_explainer.references import Reference

_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"dt": TERM}
_TEXTS = {"p": "text", "div": "text", "section": "text", "article": "text", "figcaption": "text", "caption": "text", "dd": "text"}
_ITEMS = {"li": "item"}
_VOID = {"br", "hr", "img", "input", "path", "circle", "rect", "line", "wbr", "col"}
_CONTROLS = {"button", "form", "select", "svg", "script", "style", "summary", "template"}
_AFTER_SPAN = "\N{ZERO WIDTH SPACE}"  # marks where a span ended: one that follows at once is another label
_LEVELS = ("plain", "student")


def blocks(pages: Iterable[str], level: str = "student") -> tuple[Block, ...]:
    """Return the text of some HTML, each piece with the sources that it cites from the lists of references in any of it.

    Left out are controls, drawings, citation marks, definitions that show on demand, and the other reading level.

    >>> [block.text for block in blocks(['<h2>Why</h2><p>It <b>calms</b>.<sup class="ivig-cite"><a href="#s-1">1</a></sup></p>'])]
    ['Why', 'It calms.']
    """
    reader = _Reader(level)
    for html in pages:
        reader.feed(html)
        reader.end()
    return tuple(
        replace(block, references=tuple(dict.fromkeys(reader.references[cite] for cite in cites if cite in reader.references)))
        for block, cites in reader.blocks
    )


class _Reader(HTMLParser):
    def __init__(self, level: str) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden = {"ivig-hidden", "ivig-tooltip", "ivig-cite", *(f"ivig-{other}" for other in _LEVELS if other != level)}
        self.blocks: list[tuple[Block, tuple[str, ...]]] = []
        self.references: dict[str, Reference] = {}  # by the anchor that cites them
        self._cites: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each open element, and whether what is inside it is left out
        self._kind, self._heading = "text", 0
        self._text: list[str] = []
        self._rows: list[list[str]] | None = None
        self._source: list[str] | None = None  # anchor, text and address of a reference that is being read
        self._in_references = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            self._text.append(" ")
            return
        classes = set(attributes.get("class", "").split())
        if tag == "a" and attributes.get("href", "").startswith("#") and any(name == "sup" for name, _ in self._open):
            self._cites.append(attributes["href"][1:])
        left_out = tag in _CONTROLS or bool(classes & self._hidden) or "hidden" in attributes or attributes.get("aria-hidden") == "true"
        self._open.append((tag, left_out))
        if self._skipping:
            return
        if "ivig-references" in classes:
            self.end()
            self._in_references = len(self._open)
        elif self._in_references:
            self._start_reference(tag, attributes)
        elif self._rows is not None:
            if tag == "tr":
                self._rows.append([])
            elif tag in ("td", "th"):
                self._text = []
            elif tag in _HEADINGS | _TEXTS | _ITEMS and "".join(self._text).strip():
                self._text.append("\n")
        elif tag == "table":
            self.end()
            self._rows = []
        elif tag in _HEADINGS | _TEXTS | _ITEMS:
            self._start_block(tag)
        elif "ivig-small" in classes and (told := "".join(self._text).rstrip(f" {_AFTER_SPAN}")) and told[-1] not in ".:;!?":
            self._text.append(". ")  # an aside begins a sentence of its own
        elif tag == "span" and self._text and self._text[-1] == _AFTER_SPAN:
            self._text.append("· ")

    def _start_reference(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "li":
            self._source = [attributes.get("id", ""), "", ""]
        elif tag == "a" and self._source and not self._source[2]:
            self._source[2] = attributes.get("href", "")

    def _start_block(self, tag: str) -> None:
        inside = self._kind == "item" and not "".join(self._text).strip()  # the first paragraph of an item is the item
        self.end()
        if tag in _TEXTS and inside:
            return
        self._kind = "heading" if tag in _HEADINGS else (_TEXTS | _ITEMS)[tag]
        self._heading = _HEADINGS.get(tag, 0)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, _ = self._open[-1]
            if not self._skipping:
                self._close(name)
            self._open.pop()
            if name == tag:
                break

    def _close(self, tag: str) -> None:
        if self._in_references:
            if tag == "li" and self._source:
                anchor, text, address = self._source
                self.references[anchor] = Reference(_words(text), address)
                self._source = None
            if len(self._open) == self._in_references:
                self._in_references = 0
        elif self._rows is not None:
            if tag in ("td", "th") and self._rows:
                self._rows[-1].append("\n".join(filter(None, map(_words, "".join(self._text).split("\n")))))
                self._text = []
            elif tag == "table":
                self._end_table()
        elif tag in _HEADINGS | _TEXTS | _ITEMS:
            self.end()
            self._kind = "text"
        elif tag == "span" and self._text:
            self._text.append(_AFTER_SPAN)

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        if self._in_references:
            if self._source:
                self._source[1] += data
        else:
            self._text.append(data)

    @property
    def _skipping(self) -> bool:
        return any(left_out for _, left_out in self._open)

    def _end_table(self) -> None:
        rows = [row for row in self._rows if any(row)]
        width = max(map(len, rows), default=0)
        self._add(Block("table", rows=tuple(tuple(row + [""] * (width - len(row))) for row in rows)))
        self._rows, self._text = None, []

    def end(self) -> None:
        """Close the block that is being read."""
        text = _words("".join(self._text))
        self._text = []
        if text:
            self._add(Block(self._kind, text, self._heading if self._kind == "heading" else 0))

    def _add(self, block: Block) -> None:
        self.blocks.append((block, tuple(self._cites)))
        self._cites = []


def _words(text: str) -> str:
    return " ".join(text.replace(f"{_AFTER_SPAN}· ", " · ").replace(_AFTER_SPAN, "").split())
