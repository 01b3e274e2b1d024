"""A lecture as PowerPoint: native text, native charts that can be edited, native tables, notes, sources on each slide."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from math import ceil, floor, log10
from typing import NamedTuple

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.utils import get_column_letter
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File, legal, named, provenance
from ivig_explainer.exports.fit import width_em, wrapped
from ivig_explainer.exports.native import Native, Series, natives, split
from ivig_explainer.exports.slide import TERM, Deck, Picture, Slide
from ivig_explainer.references import Reference

MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXT_PT, SMALL_PT, SOURCE_PT = 16, 14, 10
LINE = 1.22  # height of a line, in multiples of its type size
WIDTH_IN, HEIGHT_IN, EDGE_IN = 13.333, 7.5, 0.5
INSIDE_IN = WIDTH_IN - 2 * EDGE_IN
TITLE_IN, TOP_IN, BOTTOM_IN = 0.35, 1.45, 6.12  # where the title starts, and where what is shown starts and ends
ROW_IN, AXIS_IN, PANEL_HEAD_IN = 0.45, 1.2, 0.3
TALLEST_ROW = 1.7  # how far a chart of few rows is stretched
MOST_BARS = 13
CITED_ON_SLIDE = 3
SOURCES_A_SLIDE_IN = 5.3
INK, MUTED, RULE, OUTLINE, HOLLOW = "1B2430", "55606E", "DFE4EA", "33414F", "D3DAE2"
SYMBOLS = {
    "circle": XL_MARKER_STYLE.CIRCLE,
    "square": XL_MARKER_STYLE.SQUARE,
    "diamond": XL_MARKER_STYLE.DIAMOND,
    "triangle": XL_MARKER_STYLE.TRIANGLE,
    "x": XL_MARKER_STYLE.X,
    "star": XL_MARKER_STYLE.STAR,
    "line": XL_MARKER_STYLE.DASH,
    "none": XL_MARKER_STYLE.NONE,
}
DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "dot": MSO_LINE.ROUND_DOT, "dashdot": MSO_LINE.DASH_DOT}
PATTERNS = {"/": MSO_PATTERN.WIDE_UPWARD_DIAGONAL, "x": MSO_PATTERN.LARGE_CHECKER_BOARD, ".": MSO_PATTERN.PERCENT_10}
NO_BREAK_SPACE = "\u00a0"
_HEADING_WIDTHS = (2.3, INSIDE_IN - 2.3)
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's own name of the style "no style, no grid"
NO_LEGEND = ("", "range", "Change", "Difference")


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
        _set_font(self.file)
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
        shown = _first_that_fit(lines, BOTTOM_IN - TOP_IN, TEXT_PT)
        rest = len(lines) - len(shown)
        _text(page, [*shown, *([f"and {rest} more"] if rest else [])], TOP_IN, BOTTOM_IN - TOP_IN, TEXT_PT)

    def _scene(self, slide: Slide) -> None:
        parts = [*_text_of(slide), *(part for picture in slide.pictures for part in self._chart(slide, picture))]
        nothing = ["There is nothing to show in this view."]
        for place, part in enumerate(parts or [_Part(slide.title, (), lambda page: _text(page, nothing, TOP_IN, 1, TEXT_PT))]):
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

        if charts := [one for chart in natives(picture.figure) for one in split(chart, _most_rows(chart))]:
            return [part(partial(_charts, picture=picture, charts=some)) for some in _packed(charts)]
        if drawn := self.draw(picture) if picture.figure.get("data") else None:
            return [part(partial(_drawn, picture=picture, png=drawn))]
        table = picture.table
        rows = [tuple(map(str, row)) for row in [table.get("columns", ()), *table.get("rows", ())]]
        return _table_parts(rows, part, picture.title)

    def _all_sources(self) -> None:
        lines = [(f"[{number}] {reference.text}", reference.address) for reference, number in self.numbers.items()]
        while lines:
            page = self._page("Sources", notes="", references=())
            size = len(_first_that_fit([text for text, _ in lines], SOURCES_A_SLIDE_IN - 0.4, SOURCE_PT))
            _sources(page, lines[:size], TOP_IN - 0.35, SOURCES_A_SLIDE_IN - 0.2)
            lines = lines[size:]

    def _page(self, title: str, notes: str, references: Sequence[Reference], size: int = 26):
        """Return a new slide with everything but what it shows."""
        page = self.file.slides.add_slide(self.file.slide_layouts[5])
        while len(wrapped(title, (INSIDE_IN * 72 - 20) / size)) > 2 and size > 16:
            size -= 2
        _place(page.shapes.title, TITLE_IN, TOP_IN - TITLE_IN - 0.1)
        _write(page.shapes.title.text_frame, [title], size, bold=True)
        for reference in references:
            self.numbers.setdefault(reference, len(self.numbers) + 1)
        self._foot(page, references)
        if notes:
            page.notes_slide.notes_text_frame.text = legal(notes)
        return page

    def _foot(self, page, references: Sequence[Reference]) -> None:
        lines = [(f"[{self.numbers[reference]}] {reference.text}", reference.address) for reference in references[:CITED_ON_SLIDE]]
        lines = [(_cut(text, (INSIDE_IN * 72 - 20) / SOURCE_PT), address) for text, address in lines]
        rest = [f"[{self.numbers[reference]}]" for reference in references[CITED_ON_SLIDE:]]
        more = f"and {len(rest)} more, listed on the last slides: {', '.join(rest[:8])}{' …' * (len(rest) > 8)}. " if rest else ""
        _sources(page, [*lines, (more + self.provenance, "")], BOTTOM_IN + 0.02, 0.8)
        box = _text(page, [NOTICE], 7.0, 0.4, SMALL_PT)
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
            parts += _table_parts(block.rows, partial(_Part, slide.title, block.references), heading or slide.title)
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
        size = _rows_that_fit([line[:2] for line in lines], _HEADING_WIDTHS)
        some, lines = lines[:size], lines[size:]
        rows = [(line.heading if not n or some[n - 1].heading != line.heading else "", line.text) for n, line in enumerate(some)]
        cited = tuple(dict.fromkeys(reference for line in some for reference in line.references))
        parts.append(_Part(slide.title, cited, partial(_table, rows=rows, what=slide.title, widths=_HEADING_WIDTHS, headed=False)))
    return parts


def _pieces(text: str, most: int = 900) -> list[str]:
    """Return a text in pieces that fit a slide, broken between words."""
    pieces, words = [], text.split(" ")
    while words:
        size = next((n for n in range(1, len(words) + 1) if len(" ".join(words[:n])) > most), len(words) + 1) - 1 or 1
        pieces.append(" ".join(words[:size])[: 4 * most])
        words = words[size:]
    return pieces


# Tables


def _table_parts(rows: Sequence[tuple[str, ...]], make: Callable[[Callable], _Part], what: str) -> list[_Part]:
    """Return a table (its head first) in parts that fit a slide, each with the head, all with the same columns."""
    rows = [row for row in rows if row]
    if not rows:
        return []
    widths = _widths(rows)
    head, used = rows[0], _height(rows[:1], widths)
    body = [piece for row in rows[1:] for piece in _continued(row, widths, BOTTOM_IN - TOP_IN - used)]
    parts = []
    while body or not parts:
        size = _rows_that_fit(body, widths, used)
        parts.append(make(partial(_table, rows=[head, *body[:size]], what=what, widths=widths)))
        body = body[size:]
    return parts


def _continued(row: tuple[str, ...], widths: list[float], room_in: float) -> list[tuple[str, ...]]:
    """Return a row too high for a slide as several rows under the same name; any other as it is."""
    if _height([row], widths) <= room_in:
        return [row]
    most = int((room_in - 0.08) / (SMALL_PT * LINE / 72))
    name, *cells = (wrapped(cell, _room_em(width)) for cell, width in zip(row, widths, strict=True))
    size = max(map(len, cells))
    return [
        (" ".join(name) + " (continued)" * bool(start), *("\n".join(cell[start : start + most]) for cell in cells))
        for start in range(0, size, most)
    ]


def _room_em(width_in: float) -> float:
    """Return the room for text in a cell, in multiples of its type size."""
    return (width_in * 72 - 15) / SMALL_PT


def _rows_that_fit(rows: Sequence[tuple[str, ...]], widths: list[float], used_in: float = 0.0) -> int:
    """Return how many of the rows fit on a slide, at least one."""
    size, height = 0, used_in
    for row in rows:
        height += _height([row], widths)
        if size and height > BOTTOM_IN - TOP_IN:
            break
        size += 1
    return size


def _height(rows: Iterable[tuple[str, ...]], widths: list[float]) -> float:
    """Return the height of rows in inches."""
    return sum(
        max(len(wrapped(cell, _room_em(width))) for cell, width in zip(row, widths, strict=True)) * SMALL_PT * LINE / 72 + 0.08
        for row in rows
    )


def _widths(rows: Sequence[tuple[str, ...]]) -> list[float]:
    """Return the widths of columns in inches: by the length of what they hold, each wide enough for its longest word where it can be."""
    columns = list(zip(*rows, strict=True))
    least = [max(width_em(word) for cell in column for word in cell.split() or [""]) * SMALL_PT / 72 + 0.25 for column in columns]
    least = [min(width, INSIDE_IN / len(columns)) for width in least]
    wants = [min(max(9, *map(len, column)), 90) for column in columns]
    spare = INSIDE_IN - sum(least)
    return [width + spare * want / sum(wants) for width, want in zip(least, wants, strict=True)]


def _table(page, rows: Sequence[tuple[str, ...]], what: str, widths: Sequence[float], *, headed: bool = True) -> None:
    """Draw a table, its first row as its head; without a head its first column names what stands beside it."""
    frame = page.shapes.add_table(len(rows), len(widths), Inches(EDGE_IN), Inches(TOP_IN), Inches(INSIDE_IN), Inches(0.3))
    _describe(frame, f"Table: {what}")
    table = frame.table
    table.first_row, table.first_col, table.horz_banding = headed, not headed, headed
    if not headed:
        frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN_TABLE
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for line, cells in zip(table.rows, rows, strict=True):
        line.height = Inches(_height([cells], widths))
        for position, (cell, text) in enumerate(zip(line.cells, cells, strict=True)):
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            head = headed and cells is rows[0]
            _write(
                cell.text_frame, text.split("\n"), SMALL_PT, bold=head or (not position and not headed), colour="FFFFFF" if head else INK
            )


# Charts


def _most_rows(chart: Native) -> int:
    """Return how many rows of a chart fit on a slide."""
    if chart.kind == "bars":
        return MOST_BARS
    lines = max((len(wrapped(row, _label_em())) for row in chart.rows), default=1)
    return max(int((BOTTOM_IN - TOP_IN - AXIS_IN - PANEL_HEAD_IN) / _row_in(lines)), 1)


def _row_in(lines: int) -> float:
    return ROW_IN + (lines - 1) * SMALL_PT * LINE / 72


def _label_em() -> float:
    return (INSIDE_IN - 1.2) * 72 / SMALL_PT


def _packed(charts: list[Native]) -> list[list[tuple[Native, float]]]:
    """Return charts with their heights in inches, those that fit together on one slide in one list."""
    pages: list[list[tuple[Native, float]]] = []
    room = 0.0
    for chart in charts:
        height = _wanted(chart)
        if not pages or height > room:
            pages.append([])
            room = BOTTOM_IN - TOP_IN
        pages[-1].append((chart, height))
        room -= height
    return [_stretched(page) for page in pages]


def _wanted(chart: Native) -> float:
    if chart.kind == "lines":
        return (BOTTOM_IN - TOP_IN) / 2
    if chart.kind == "bars":
        return BOTTOM_IN - TOP_IN
    lines = max(len(wrapped(row, _label_em())) for row in chart.rows)
    return min(AXIS_IN + PANEL_HEAD_IN + len(chart.rows) * _row_in(lines), BOTTOM_IN - TOP_IN)


def _stretched(page: list[tuple[Native, float]]) -> list[tuple[Native, float]]:
    """Let the charts of a slide take the room that is left."""
    grown = min((BOTTOM_IN - TOP_IN) / sum(height for _, height in page), TALLEST_ROW)
    return [(chart, height * grown) for chart, height in page]


def _charts(page, picture: Picture, charts: list[tuple[Native, float]]) -> None:
    top = TOP_IN
    for chart, height in charts:
        title = ": ".join(filter(None, (picture.title, chart.heading)))
        if chart.heading:
            _text(page, [chart.heading], top, PANEL_HEAD_IN, SMALL_PT, bold=True)
        head = PANEL_HEAD_IN if chart.heading else 0
        make = _bar_chart if chart.kind == "bars" else _xy_chart
        frame = make(page, chart, top + head, height - head)
        _describe(frame, f"Chart: {title}. {picture.description}")
        top += height


def _bar_chart(page, chart: Native, top: float, height: float):
    content = CategoryChartData()
    content.categories = [legal(row) for row in chart.rows]
    for one in chart.series:
        by_row = dict(zip(one.ys, one.xs, strict=True))
        content.add_series(legal(one.name) or "value", [by_row.get(float(row)) for row in range(len(chart.rows))])
    frame = _add(page, XL_CHART_TYPE.BAR_STACKED, content, top, height)
    drawn = frame.chart
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    for series, one in zip(plot.series, chart.series, strict=True):
        _fill(series.format, one)
    drawn.category_axis.reverse_order = True
    drawn.category_axis.has_major_gridlines = False
    _dress(drawn.category_axis, "")
    _dress(drawn.value_axis, chart.x.title)
    drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # the axis is at the top once the rows run down
    drawn.value_axis.minimum_scale = 0
    _legend(drawn, [one.name for one in chart.series], 0)
    return frame


def _fill(format, one: Series) -> None:
    if one.pattern in PATTERNS:
        format.fill.patterned()
        format.fill.pattern = PATTERNS[one.pattern]
        format.fill.fore_color.rgb = RGBColor.from_string(OUTLINE)
        format.fill.back_color.rgb = RGBColor.from_string(one.colours[0])
    else:
        format.fill.solid()
        format.fill.fore_color.rgb = RGBColor.from_string(one.colours[0])
    format.line.color.rgb = RGBColor.from_string(OUTLINE)
    format.line.width = Pt(0.75)


def _xy_chart(page, chart: Native, top: float, height: float):
    """Draw points and lines; where there are rows, their names stand at the left above their marks."""
    rows = len(chart.rows)
    series = (
        [replace(one, ys=tuple(y if y is None else rows - 1 - y for y in one.ys)) for one in chart.series] if rows else list(chart.series)
    )
    low, high, step = _range(chart, series)
    content = XyChartData()
    for one in series:
        added = content.add_series(legal(one.name) or "value")
        for x, y in zip(one.xs, one.ys, strict=True):
            added.add_data_point(x, 0 if y is None else y)
    if rows:
        names = content.add_series("Rows")
        for row in range(rows):
            names.add_data_point(low * 1.0001, rows - 1 - row + 0.42)  # just inside the axis, or its label is not drawn
    frame = _add(page, XL_CHART_TYPE.XY_SCATTER, content, top, height)
    drawn = frame.chart
    across, up = drawn.category_axis, drawn.value_axis
    _dress(across, chart.x.title)
    _dress(up, "" if rows else chart.y.title)
    across.minimum_scale, across.maximum_scale = low, high
    if step:
        across.major_unit = step
    _cross_at_ends(across, up)
    if chart.x.log:
        scaling = across._element.find(qn("c:scaling"))
        scaling.insert(0, etree.SubElement(scaling, qn("c:logBase"), val="10"))
    across.has_major_gridlines = True
    across.major_gridlines.format.line.color.rgb = RGBColor.from_string(RULE)
    if rows:
        up.minimum_scale, up.maximum_scale = -0.5, rows - 0.25
        up.visible = False
        up.has_major_gridlines = False
        across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    for shape, one in zip(drawn.plots[0].series, series, strict=False):
        _mark(shape, one)
    if rows:
        _row_names(list(drawn.plots[0].series)[-1], chart.rows)
    _legend(drawn, [one.name for one in series], rows)
    _by_column(drawn, [one.ys for one in series])
    return frame


def _by_column(drawn, heights: list[tuple[float | None, ...]]) -> None:
    """Give each series two columns of its own in the chart's workbook, all of one length; a height of None becomes an empty cell.

    python-pptx puts the series one under the other, and LibreOffice loses every series that stands before a longer one.
    """
    book = Workbook()
    sheet = book.active
    found = list(drawn._chartSpace.iter(qn("c:ser")))
    longest = max(len(list(series.find(qn("c:xVal")).iter(qn("c:pt")))) for series in found)
    for number, (series, ys) in enumerate(zip_longest(found, heights, fillvalue=())):
        name = series.find(qn("c:tx"))
        for offset, tag in enumerate(("c:xVal", "c:yVal")):
            column = get_column_letter(2 * number + offset + 1)
            numbers = series.find(qn(tag))
            for place, point in enumerate(list(numbers.iter(qn("c:pt")))):
                if offset and place < len(ys) and ys[place] is None:
                    point.getparent().remove(point)
                else:
                    sheet[f"{column}{place + 2}"] = float(point.find(qn("c:v")).text)
            sheet[f"{column}1"] = name.find(".//" + qn("c:v")).text
            sheet[f"{column}1"].data_type = TYPE_STRING  # also where a name begins with "="
            numbers.find(".//" + qn("c:ptCount")).set("val", str(longest))
            numbers.find(".//" + qn("c:f")).text = f"Sheet!${column}$2:${column}${longest + 1}"
        name.find(".//" + qn("c:f")).text = f"Sheet!${column}$1"
    stream = io.BytesIO()
    book.save(stream)
    drawn.part.chart_workbook.update_from_xlsx_blob(stream.getvalue())


def _range(chart: Native, series: list[Series]) -> tuple[float, float, float | None]:
    """Return the ends of the horizontal axis and its step, all round numbers; a logarithmic axis has no step of its own."""
    xs = [x for one in series for x in one.xs] or [0.0, 1.0]
    low = min(xs) if chart.x.low is None else chart.x.low
    high = max(xs) if chart.x.high is None else chart.x.high
    if chart.x.log:
        return _round(low, up=False), _round(high, up=True), None
    step = _round((high - low) / 8 or 1, up=True)
    if low < 0 <= min(xs):
        low = 0.0
    return floor(low / step) * step, ceil(high / step) * step, step


def _round(value: float, *, up: bool) -> float:
    """Return the next 1, 2 or 5 times a power of ten, at or beyond `value`.

    >>> _round(0.085, up=False), _round(3, up=True)
    (0.05, 5.0)
    """
    power = 10.0 ** floor(log10(value))
    steps = [factor * power for factor in (1, 2, 5, 10)]
    return float(f"{next(s for s in steps if s >= value * 0.9999) if up else max(s for s in steps if s <= value * 1.0001):.6g}")


def _mark(shape, one: Series) -> None:
    line = shape.format.line
    if one.line:
        line.color.rgb = RGBColor.from_string(one.colours[0])
        line.width = Pt(one.width)
        line.dash_style = DASHES.get(one.dash, MSO_LINE.LONG_DASH)
    else:
        line.fill.background()
    shape.smooth = False
    name, _, is_open = one.symbol.partition("-")
    shape.marker.style = SYMBOLS.get(name, XL_MARKER_STYLE.CIRCLE)
    if name != "none":
        _dot(shape.marker, one.colours[0], one.sizes[0] if one.sizes else 8, bool(is_open))
    if name != "none" and (len(set(one.colours)) > 1 or len(set(one.sizes)) > 1):
        for place, colour in enumerate(one.colours):
            point = shape.points[place].marker
            point.style = shape.marker.style
            _dot(point, colour, one.sizes[place], bool(is_open))
    for place, text in enumerate(one.texts):
        if text:
            at_left = bool(one.left) and one.left[place]
            _label(shape.points[place], text, XL_LABEL_POSITION.LEFT if at_left else XL_LABEL_POSITION.RIGHT)


def _dot(marker, colour: str, size: float, is_open: bool) -> None:
    """Fill a marker; a hollow one is light, because not every program draws outlines."""
    hollow = is_open or colour == "FFFFFF"
    marker.size = int(min(max(size, 4), 40))
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = RGBColor.from_string(HOLLOW if hollow else colour)
    marker.format.line.color.rgb = RGBColor.from_string(colour if is_open else OUTLINE)
    marker.format.line.width = Pt(1.25)


def _row_names(shape, rows: Sequence[str]) -> None:
    shape.marker.style = XL_MARKER_STYLE.NONE
    shape.format.line.fill.background()
    for place, row in enumerate(rows):
        _label(shape.points[place], "\n".join(wrapped(row, _label_em())), XL_LABEL_POSITION.RIGHT)


def _label(point, text: str, position) -> None:
    label = point.data_label
    _write(label.text_frame, text.split("\n"), SMALL_PT)
    label.text_frame._txBody.find(qn("a:bodyPr")).set("wrap", "none")
    label.position = position


def _cross_at_ends(*axes) -> None:
    """Let the axes cross at their lower ends, also where zero is elsewhere."""
    for axis in axes:
        axis._element.find(qn("c:crosses")).set("val", "min")


def _add(page, kind, content, top: float, height: float):
    frame = page.shapes.add_chart(kind, Inches(EDGE_IN), Inches(top), Inches(INSIDE_IN), Inches(height), content)
    frame.chart.font.size = Pt(SMALL_PT)
    frame.chart.font.color.rgb = RGBColor.from_string(INK)
    frame.chart.has_title = False
    return frame


def _dress(axis, title: str) -> None:
    axis.tick_labels.font.size = Pt(SMALL_PT)
    axis.format.line.color.rgb = RGBColor.from_string(MUTED)
    if axis.has_major_gridlines:
        axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(RULE)
    axis.has_title = bool(title)
    if title:
        _write(axis.axis_title.text_frame, [title], SMALL_PT)


def _legend(drawn, names: list[str], rows: int) -> None:
    """Show a legend of the named series, each name once; that of the rows' names never stands in it."""
    kept, seen = [], set()
    for place, name in enumerate(names):
        if name not in NO_LEGEND and name not in seen:
            kept.append(place)
            seen.add(name)
    drawn.has_legend = len(kept) > 1
    if not drawn.has_legend:
        return
    drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
    drawn.legend.include_in_layout = False
    drawn.legend.font.size = Pt(SMALL_PT)
    position = drawn.legend._element.find(qn("c:legendPos"))
    for place in reversed(range(len(names) + bool(rows))):
        if place not in kept:
            entry = etree.SubElement(drawn.legend._element, qn("c:legendEntry"))
            etree.SubElement(entry, qn("c:idx"), val=str(place))
            etree.SubElement(entry, qn("c:delete"), val="1")
            position.addnext(entry)


def _drawn(page, picture: Picture, png: bytes) -> None:
    shape = page.shapes.add_picture(io.BytesIO(png), Inches(EDGE_IN), Inches(TOP_IN))
    scale = min(Inches(INSIDE_IN) / shape.width, Inches(BOTTOM_IN - TOP_IN) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape.left = Emu(int((Inches(WIDTH_IN) - shape.width) / 2))
    _describe(shape, f"Chart: {picture.title}. {picture.description}")


# Text


def _set_font(file) -> None:
    """Let the theme name a font that every office program has, so that text takes the room that was reckoned for it."""
    theme = file.slide_masters[0].part.part_related_by(RT.THEME)
    theme._blob = theme.blob.replace(b'typeface="Calibri"', b'typeface="Arial"')


def _describe(shape, text: str) -> None:
    """Give a shape the text that stands for it where it cannot be seen."""
    (properties,) = shape._element.xpath(".//p:cNvPr")[:1]
    properties.set("descr", legal(text))


def _place(shape, top: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Inches(EDGE_IN), Inches(top), Inches(INSIDE_IN), Inches(height)


def _text(page, lines: Sequence[str], top: float, height: float, size: int, *, bold: bool = False):
    box = page.shapes.add_textbox(0, 0, 0, 0)
    _place(box, top, height)
    _write(box.text_frame, lines, size, bold=bold)
    return box


def _sources(page, lines: Sequence[tuple[str, str]], top: float, height: float) -> None:
    """Write sources, each a link to where it is."""
    box = _text(page, [text for text, _ in lines], top, height, SOURCE_PT)
    for paragraph, (_, address) in zip(box.text_frame.paragraphs, lines, strict=True):
        paragraph.font.color.rgb = RGBColor.from_string(MUTED)
        if address:
            paragraph.runs[0].hyperlink.address = legal(address)


def _write(frame, lines: Sequence[str], size: int, *, bold: bool = False, colour: str | None = INK) -> None:
    frame.word_wrap = True
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        paragraph.alignment = 1  # at the left; the title's own layout centres it

        run = paragraph.add_run()
        run.text = legal(line).replace("\n", " ") or NO_BREAK_SPACE  # an empty run is as high as one of 18 pt
        run.font.size = Pt(size)
        run.font.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)


def _first_that_fit(lines: Sequence[str], height: float, size: int) -> list[str]:
    shown, used = [], 0.0
    for line in lines:
        used += len(wrapped(line, (INSIDE_IN * 72 - 20) / size)) * size * LINE / 72
        if used > height:
            break
        shown.append(line)
    return shown or list(lines[:1])


def _cut(text: str, room_em: float) -> str:
    first, *rest = wrapped(text, room_em)
    return f"{first} …" if rest else text
