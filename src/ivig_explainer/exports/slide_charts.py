"""Charts on slides: those of `native`, drawn so that PowerPoint can edit them; several panels on a slide where they fit."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from math import ceil, floor, log10

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.utils import get_column_letter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from ivig_explainer.exports.about import legal
from ivig_explainer.exports.fit import wrapped
from ivig_explainer.exports.native import Native, Series
from ivig_explainer.exports.slide import Picture
from ivig_explainer.exports.slide_text import (
    BOTTOM_IN,
    EDGE_IN,
    HOLLOW,
    INK,
    INSIDE_IN,
    LINE,
    MUTED,
    OUTLINE,
    RULE,
    SMALL_PT,
    TOP_IN,
    WIDTH_IN,
    describe,
    text_box,
    write,
)

ROW_IN, AXIS_IN, PANEL_HEAD_IN = 0.45, 1.2, 0.3
TALLEST_ROW = 1.7  # how far a chart of few rows is stretched
MOST_BARS = 13
SLIVER = 0.15
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
NO_LEGEND = ("", "range", "Change", "Difference")


def most_rows(chart: Native) -> int:
    """Return how many rows of a chart fit on a slide."""
    if chart.kind == "bars":
        return MOST_BARS
    lines = max((len(wrapped(row, _label_em())) for row in chart.rows), default=1)
    return max(int((BOTTOM_IN - TOP_IN - AXIS_IN - PANEL_HEAD_IN) / _row_in(lines)), 1)


def _row_in(lines: int) -> float:
    return ROW_IN + (lines - 1) * 1.5 * SMALL_PT * LINE / 72  # a plot takes only a part of its chart's height


def _label_em() -> float:
    return (INSIDE_IN - 1.2) * 72 / SMALL_PT


def packed(charts: list[Native]) -> list[list[tuple[Native, float]]]:
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


def draw_charts(page, picture: Picture, charts: list[tuple[Native, float]]) -> None:
    """Draw charts, each with its height in inches, one under the other."""
    top = TOP_IN
    for chart, height in charts:
        title = ": ".join(filter(None, (picture.title, chart.heading)))
        if chart.heading:
            text_box(page, [chart.heading], top, PANEL_HEAD_IN, SMALL_PT, bold=True)
        head = PANEL_HEAD_IN if chart.heading else 0
        make = _bar_chart if chart.kind == "bars" else _xy_chart
        frame = make(page, chart, top + head, height - head)
        describe(frame, f"Chart: {title}. {picture.description}")
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
    runs_down = None not in (chart.x.low, chart.x.high) and chart.x.low > chart.x.high
    inside = low * 1.001 if chart.x.log else low + 0.001 * (high - low)  # just inside the axis, or the labels there are not drawn
    left = high if runs_down else inside
    content = XyChartData()
    for one in series:
        added = content.add_series(legal(one.name) or "value")
        for x, y in zip(one.xs, one.ys, strict=True):
            added.add_data_point(x, 0 if y is None else y)
    if rows:
        names = content.add_series("Rows")
        for row in range(rows):
            names.add_data_point(left, rows - 1 - row + 0.42)
    frame = _add(page, XL_CHART_TYPE.XY_SCATTER, content, top, height)
    drawn = frame.chart
    across, up = drawn.category_axis, drawn.value_axis
    _dress(across, chart.x.title)
    _dress(up, "" if rows else chart.y.title)
    across.minimum_scale, across.maximum_scale = low, high
    if step:
        across.major_unit = step
    _cross_at_ends(across, up)
    across.reverse_order = runs_down
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
    low, high = (min(xs), max(xs)) if chart.x.low is None or chart.x.high is None else sorted((chart.x.low, chart.x.high))
    if chart.x.log:
        return _round(low, up=False), _round(high, up=True), None
    step = _round((high - low) / 8 or 1, up=True)
    if low < 0 <= min(xs) and -low < SLIVER * (high - low):  # room for marks at zero, no part of the scale
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
    write(label.text_frame, text.split("\n"), SMALL_PT)
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
        write(axis.axis_title.text_frame, [title], SMALL_PT)


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


def draw_picture(page, picture: Picture, png: bytes) -> None:
    """Draw a picture of a chart as large as it fits."""
    shape = page.shapes.add_picture(io.BytesIO(png), Inches(EDGE_IN), Inches(TOP_IN))
    scale = min(Inches(INSIDE_IN) / shape.width, Inches(BOTTOM_IN - TOP_IN) / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    shape.left = Emu(int((Inches(WIDTH_IN) - shape.width) / 2))
    describe(shape, f"Chart: {picture.title}. {picture.description}")
