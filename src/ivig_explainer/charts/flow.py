"""Lay marks with labels out like words in a text, so that nothing covers anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP_PX = 14  # between a label and the next mark
LINE_PX = 16
ROW_GAP_PX = 4
# Widths of letters in parts of the font's size: fonts differ, so these are those of a wide one.
_NARROW, _WIDE = set("iljtfrI.,:;'|()[]! "), set("mwMW%@&—")


@dataclass(frozen=True)
class Item:
    """A mark with its label beside it: `reach` is how far the mark extends from its centre in pixels."""

    reach: float
    lines: tuple[tuple[str, float], ...]  # text and font size of each line

    @property
    def width(self) -> float:
        """From the mark's left edge to the label's right one."""
        return 2.25 * self.reach + 3 + max((text_width(text, size) for text, size in self.lines), default=0)

    @property
    def height(self) -> float:
        """Of the mark or the label, whichever is higher."""
        return max(2 * self.reach, LINE_PX * len(self.lines))


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in pixels, rather too wide than too narrow.

    >>> text_width("", 12), text_width("WWW", 12) > text_width("ooo", 12) > text_width("iii", 12)
    (0, True)
    """
    return size * sum(0.36 if c in _NARROW else 0.95 if c in _WIDE else 0.72 if c.isupper() else 0.62 for c in text)


def flow(items: Sequence[Item], width: float) -> tuple[list[tuple[float, float]], list[float]]:
    """Return where the centres of the marks stand, in pixels from the top left, and where rows begin and end.

    Items follow each other from left to right, and a row ends before the item that would not fit in `width`; an item
    wider than that has a row of its own. The last edge is the height of all rows.

    >>> flow([Item(5, (("A", 10.0),)), Item(5, (("B", 10.0),))], 300)
    ([(5.0, 8.0), (40.45, 8.0)], [0, 16])
    >>> flow([Item(5, (("A", 10.0),)), Item(5, (("B", 10.0),))], 30)
    ([(5.0, 8.0), (5.0, 28.0)], [0, 18.0, 36.0])
    """
    rows: list[list[Item]] = []
    left = 0.0
    for item in items:
        if not rows or left + item.width > width:
            rows.append([])
            left = 0.0
        rows[-1].append(item)
        left += item.width + GAP_PX
    places, edges = [], [0]
    for row in rows:
        if len(edges) > 1:
            edges[-1] += ROW_GAP_PX / 2
        top = edges[-1] + (ROW_GAP_PX / 2 if len(edges) > 1 else 0)
        height = max(item.height for item in row)
        left = 0.0
        for item in row:
            places.append((left + item.reach, top + height / 2))
            left += item.width + GAP_PX
        edges.append(top + height)
    return places, edges
