"""Tables on slides: native, in parts that fit, each part with the head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from pptx.oxml.ns import qn
from pptx.util import Inches

from ivig_explainer.exports.fit import width_em, wrapped
from ivig_explainer.exports.slide_text import BOTTOM_IN, EDGE_IN, INK, INSIDE_IN, LINE, SMALL_PT, TOP_IN, describe, write

_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's own name of the style "no style, no grid"


def pages_of(rows: Sequence[tuple[str, ...]], what: str) -> list[Callable[[object], None]]:
    """Return a table (its head first) in parts that fit a slide, each with the head, all with the same columns.

    A part is the function that draws it on a slide.
    """
    rows = [row for row in rows if row]
    if not rows:
        return []
    widths = _widths(rows)
    head, used = rows[0], _height(rows[:1], widths)
    body = [piece for row in rows[1:] for piece in _continued(row, widths, BOTTOM_IN - TOP_IN - used)]
    parts = []
    while body or not parts:
        size = rows_that_fit(body, widths, used)
        parts.append(partial(draw_table, rows=[head, *body[:size]], what=what, widths=widths))
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


def rows_that_fit(rows: Sequence[tuple[str, ...]], widths: list[float], used_in: float = 0.0) -> int:
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


def draw_table(page, rows: Sequence[tuple[str, ...]], what: str, widths: Sequence[float], *, headed: bool = True) -> None:
    """Draw a table, its first row as its head; without a head its first column names what stands beside it."""
    frame = page.shapes.add_table(len(rows), len(widths), Inches(EDGE_IN), Inches(TOP_IN), Inches(INSIDE_IN), Inches(0.3))
    describe(frame, f"Table: {what}")
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
            write(cell.text_frame, text.split("\n"), SMALL_PT, bold=head or (not position and not headed), colour="FFFFFF" if head else INK)
