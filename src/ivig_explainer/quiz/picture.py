"""The forest plot of a question as HTML: words at reading size, and marks placed in per cent, so that it fits any width."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log

from ivig_explainer.quiz.forest import numbers
from ivig_explainer.quiz.question import Row

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
MOST_TICKS = 7


def picture(rows: Sequence[Row]) -> str:
    """Return the plot of `rows`, or "" where there are none. The axis is logarithmic and holds 1 and every interval."""
    if not rows:
        return ""
    ticks = _ticks(min(row.low for row in rows), max(row.high for row in rows))

    def at(value: float) -> float:
        return round(100 * log(value / ticks[0]) / log(ticks[-1] / ticks[0]), 2)

    told = "; ".join(f"{row.label}: {numbers(row)}" for row in rows)
    lines = "".join(
        f"<p>{escape(row.label)}</p>"
        f'<div class="ivig-forest-track"><b style="left:{at(1)}%"></b>'
        f'<i style="left:{at(row.low)}%;width:{round(at(row.high) - at(row.low), 2)}%"></i><u style="left:{at(row.value)}%"></u></div>'
        for row in rows
    )
    marks = "".join(f'<span style="left:{at(tick)}%">{tick:g}</span>' for tick in ticks)
    return (
        f'<div class="ivig-forest" role="img" aria-label="Forest plot, above 1 is in favour of IVIG. {escape(told, quote=True)}">'
        f'{lines}<div class="ivig-forest-axis">{marks}</div>'
        f'<div class="ivig-forest-sides"><span>Comparison did better</span><span>IVIG did better</span></div></div>'
    )


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Return ticks that reach round both ends and 1, thinned to a few."""
    first = max((tick for tick in TICKS if tick <= min(low, 0.5)), default=TICKS[0])
    last = min((tick for tick in TICKS if tick >= max(high, 2)), default=TICKS[-1])
    found = [tick for tick in TICKS if first <= tick <= last]
    if len(found) > MOST_TICKS:
        found = [tick for tick in found if tick in (first, last) or tick in (0.01, 0.1, 1, 10, 100)]
    return tuple(found)
