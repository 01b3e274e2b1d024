"""A lecture as PowerPoint: native text, native charts that can be edited, native tables, notes, sources on each slide."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File, legal, named, provenance
from ivig_explainer.exports.fit import wrapped
from ivig_explainer.exports.native import natives, split
from ivig_explainer.exports.slide import TERM, Deck, Picture, Slide
from ivig_explainer.exports.slide_charts import draw_charts, draw_picture, most_rows, packed
from ivig_explainer.exports.slide_tables import draw_table, pages_of, rows_that_fit
from ivig_explainer.exports.slide_text import (
    BOTTOM_IN,
    HEIGHT_IN,
    INSIDE_IN,
    MUTED,
    SMALL_PT,
    SOURCE_PT,
    TEXT_PT,
    TITLE_IN,
    TOP_IN,
    WIDTH_IN,
    cut,
    first_that_fit,
    put,
    set_font,
    source_list,
    text_box,
    write,
)
from ivig_explainer.references import Reference

MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
CITED_ON_SLIDE = 3
SOURCES_A_SLIDE_IN = 5.3
_HEADING_WIDTHS = (2.3, INSIDE_IN - 2.3)


def presentation(data: Dataset, deck: Deck, draw: Callable[[Picture], bytes | None] = lambda _: None) -> File:
    """Return the deck as a PowerPoint file.

    `draw` makes a PNG of a chart for which PowerPoint has no kind of its own; where it returns None, its table stands instead.
    """
    return File(named(data, deck.id, "pptx"), MIME, _Book(data, deck, draw).save())


class _Book:
    def __init__(self, data: Dataset, deck: Deck, draw: Callable[[Picture], bytes | None]) -> None:
        self.deck, self.draw = deck, draw
        self.provenance = provenance(data)
        self.numbers: dict[Reference, int] = {}
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH_IN), Inches(HEIGHT_IN)
        set_font(self.file)
        self.file.core_properties.title = legal(deck.title)
        self.file.core_properties.subject = NOTICE
        self.file.core_properties.comments = self.provenance
        self._cover()
        for slide in deck.slides:
            self._scene(slide)
        self._all_sources()

    def save(self) -> bytes:
        stream = io.BytesIO()
        self.file.save(stream)
        return stream.getvalue()

    # Whole slides

    def _cover(self) -> None:
        page = self._page(self.deck.title, notes="", references=(), size=36)
        lines = [f"{number}. {slide.title}" for number, slide in enumerate(self.deck.slides, start=1)] or ["This lecture has no scenes."]
        shown = first_that_fit(lines, BOTTOM_IN - TOP_IN, TEXT_PT)
        rest = len(lines) - len(shown)
        text_box(page, [*shown, *([f"and {rest} more"] if rest else [])], TOP_IN, BOTTOM_IN - TOP_IN, TEXT_PT)

    def _scene(self, slide: Slide) -> None:
        parts = [*_text_of(slide), *(part for picture in slide.pictures for part in self._chart(slide, picture))]
        nothing = ["There is nothing to show in this view."]
        for place, part in enumerate(parts or [_Part(slide.title, (), lambda page: text_box(page, nothing, TOP_IN, 1, TEXT_PT))]):
            notes = [slide.notes] if not place else []
            page = self._page(part.title, "\n\n".join(filter(None, [*notes, part.told])), part.references)
            part.fill(page)

    def _chart(self, slide: Slide, picture: Picture) -> list[_Part]:
        """Return what shows a chart: its native charts, several panels on a slide where they fit; else a picture or its table."""
        alone = len(slide.pictures) == 1 and not slide.blocks
        title = slide.title if alone else picture.title
        told = f"What the chart shows: {picture.title}. {picture.description}"

        def part(fill: Callable) -> _Part:
            return _Part(title, picture.references, fill, told)

        if charts := [one for chart in natives(picture.figure) for one in split(chart, most_rows(chart))]:
            return [part(partial(draw_charts, picture=picture, charts=some)) for some in packed(charts)]
        if drawn := self.draw(picture) if picture.figure.get("data") else None:
            return [part(partial(draw_picture, picture=picture, png=drawn))]
        table = picture.table
        rows = [tuple(map(str, row)) for row in [table.get("columns", ()), *table.get("rows", ())]]
        return [part(fill) for fill in pages_of(rows, picture.title)]

    def _all_sources(self) -> None:
        lines = [(f"[{number}] {reference.text}", reference.address) for reference, number in self.numbers.items()]
        while lines:
            page = self._page("Sources", notes="", references=())
            size = len(first_that_fit([text for text, _ in lines], SOURCES_A_SLIDE_IN - 0.4, SOURCE_PT))
            source_list(page, lines[:size], TOP_IN - 0.35, SOURCES_A_SLIDE_IN - 0.2)
            lines = lines[size:]

    def _page(self, title: str, notes: str, references: Sequence[Reference], size: int = 26):
        """Return a new slide with everything but what it shows."""
        page = self.file.slides.add_slide(self.file.slide_layouts[5])
        while len(wrapped(title, (INSIDE_IN * 72 - 20) / size)) > 2 and size > 16:
            size -= 2
        put(page.shapes.title, TITLE_IN, TOP_IN - TITLE_IN - 0.1)
        write(page.shapes.title.text_frame, [title], size, bold=True)
        for reference in references:
            self.numbers.setdefault(reference, len(self.numbers) + 1)
        self._foot(page, references)
        if notes:
            page.notes_slide.notes_text_frame.text = legal(notes)
        return page

    def _foot(self, page, references: Sequence[Reference]) -> None:
        lines = [(f"[{self.numbers[reference]}] {reference.text}", reference.address) for reference in references[:CITED_ON_SLIDE]]
        lines = [(cut(text, (INSIDE_IN * 72 - 20) / SOURCE_PT), address) for text, address in lines]
        rest = [f"[{self.numbers[reference]}]" for reference in references[CITED_ON_SLIDE:]]
        more = f"and {len(rest)} more, listed on the last slides: {', '.join(rest[:8])}{' …' * (len(rest) > 8)}. " if rest else ""
        source_list(page, [*lines, (more + self.provenance, "")], BOTTOM_IN + 0.02, 0.8)
        box = text_box(page, [NOTICE], 7.0, 0.4, SMALL_PT)
        box.text_frame.paragraphs[0].font.color.rgb = RGBColor.from_string(MUTED)


@dataclass(frozen=True)
class _Part:
    """What one slide shows of a scene: `fill` puts it on the slide, `told` goes to the notes."""

    title: str
    references: tuple[Reference, ...]
    fill: Callable[[object], object]
    told: str = ""


# Text of a card, a comparison, a tab


def _text_of(slide: Slide) -> list[_Part]:
    """Return the text of a scene as tables of heading and content, as many as need a slide, each with its own sources."""
    parts: list[_Part] = []
    lines: list[_Line] = []
    heading, above = "", {}
    for block in slide.blocks:
        if block.kind == "table":
            parts += _lines_of(slide, lines)
            lines = []
            parts += [_Part(slide.title, block.references, fill) for fill in pages_of(block.rows, heading or slide.title)]
        elif block.kind == "heading":
            above = {level: text for level, text in above.items() if level < block.level} | {block.level: block.text}
            parent = above.get(max((level for level in above if level < block.level), default=0), "")
            term = block.level == TERM and parent
            heading = "" if block.text == slide.title else f"{parent}: {block.text}" if term else block.text
        else:
            told = ("• " if block.kind == "item" else "") + block.text
            lines += [_Line(heading, piece, block.references) for piece in _pieces(told)]
    return parts + _lines_of(slide, lines)


class _Line(NamedTuple):
    heading: str
    text: str
    references: tuple[Reference, ...]


def _lines_of(slide: Slide, lines: list[_Line]) -> list[_Part]:
    """Return lines of text as slides, each heading once beside what stands under it."""
    parts = []
    while lines:
        size = rows_that_fit([line[:2] for line in lines], _HEADING_WIDTHS)
        some, lines = lines[:size], lines[size:]
        rows = [(line.heading if not n or some[n - 1].heading != line.heading else "", line.text) for n, line in enumerate(some)]
        cited = tuple(dict.fromkeys(reference for line in some for reference in line.references))
        parts.append(_Part(slide.title, cited, partial(draw_table, rows=rows, what=slide.title, widths=_HEADING_WIDTHS, headed=False)))
    return parts


def _pieces(text: str, most: int = 900) -> list[str]:
    """Return a text in pieces that fit a slide, broken between words."""
    pieces, words = [], text.split(" ")
    while words:
        size = next((n for n in range(1, len(words) + 1) if len(" ".join(words[:n])) > most), len(words) + 1) - 1 or 1
        pieces.append(" ".join(words[:size])[: 4 * most])
        words = words[size:]
    return pieces
