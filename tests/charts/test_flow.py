"""Marks and labels that flow like words never cover each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.charts.flow import Item, flow

items = st.lists(
    st.builds(
        Item, st.floats(1, 50), st.lists(st.tuples(st.text("aWi m", max_size=20), st.sampled_from([11.0, 12.0])), max_size=3).map(tuple)
    ),
    max_size=25,
)


def boxes(found: list[Item], width: float) -> list[tuple[float, float, float, float]]:
    """Return left, right, top and bottom of every mark with its label."""
    places, _ = flow(found, width)
    return [
        (x - item.reach, x - item.reach + item.width, y - item.height / 2, y + item.height / 2)
        for item, (x, y) in zip(found, places, strict=True)
    ]


@given(items, st.integers(100, 1500))
def test_nothing_overlaps(found, width):
    """No two boxes have a point inside both."""
    placed = boxes(found, width)
    for number, (left, right, top, bottom) in enumerate(placed):
        for other in placed[:number]:
            assert right <= other[0] + 1e-6 or left >= other[1] - 1e-6 or bottom <= other[2] + 1e-6 or top >= other[3] - 1e-6


@given(items, st.integers(100, 1500))
def test_everything_is_inside(found, width):
    """Boxes stay within the width, unless one alone is wider, and within the edges of the rows."""
    _, edges = flow(found, width)
    for item, (left, right, top, bottom) in zip(found, boxes(found, width), strict=True):
        assert left >= -1e-6
        assert right <= max(width, item.width) + 1e-6
        assert top >= -1e-6
        assert bottom <= edges[-1] + 1e-6
    assert edges == sorted(edges)


@given(items, st.integers(100, 1500))
def test_reading_order_is_kept(found, width):
    """Items stand in their order, from left to right and from top to bottom."""
    placed = boxes(found, width)
    rows = [(round((top + bottom) / 2, 3), left) for left, _, top, bottom in placed]
    assert rows == sorted(rows)
