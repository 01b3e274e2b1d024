"""A Plotly figure of ours as charts that PowerPoint itself can draw and edit: bars, and points and lines on two axes.

Three shapes cover our charts. *Bars* are stacked bars over named rows. *Rows* are marks on a numeric axis, one named row
above the other: PowerPoint has no such kind, so they become points whose heights are the rows, named by the labels of an
unseen series; ranges are lines. *Lines* are lines over two numeric axes. A treemap has no counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import accumulate, pairwise
from math import isfinite

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
ABOVE = -1.0  # where a line across all rows starts: above the first of them
_TAG = re.compile(r"<br\s*/?>|<[^>]+>")


@dataclass(frozen=True)
class Series:
    """Points of one name and look: `sizes` are in points, `colours` one hexadecimal colour a point, `texts` a label for each or none, at
    its right, or where `left` says so at its left.

    With `line` the points are joined; a y of None breaks the line, so that one series can hold a range for every row.
    """

    name: str
    xs: tuple[float, ...]
    ys: tuple[float | None, ...]
    colours: tuple[str, ...]
    symbol: str = "circle"
    sizes: tuple[float, ...] = ()
    dash: str = "solid"
    width: float = 2.0
    line: bool = False
    pattern: str = ""
    texts: tuple[str, ...] = ()
    left: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Axis:
    """A numeric axis; `low` and `high` are None where the range is left open, and `low` is the higher where the axis runs down."""

    title: str = ""
    low: float | None = None
    high: float | None = None
    log: bool = False


@dataclass(frozen=True)
class Native:
    """One chart. `rows` are the names of its rows from the top, each of one or more lines; empty for lines."""

    kind: str  # "bars", "rows" or "lines"
    series: tuple[Series, ...]
    x: Axis
    y: Axis = field(default_factory=Axis)
    rows: tuple[str, ...] = ()
    heading: str = ""


def natives(figure: dict) -> tuple[Native, ...]:
    """Return the native charts that stand for a figure, one for each of its panels; none where PowerPoint has no such kind."""
    traces, layout = figure.get("data", []), figure.get("layout", {})
    if not traces or any(trace.get("type") not in ("bar", "scatter") for trace in traces):
        return ()
    panels: dict[tuple[str, str], list[dict]] = {}
    for trace in traces:
        panels.setdefault((trace.get("xaxis") or "x", trace.get("yaxis") or "y"), []).append(trace)
    found = [_panel(some, layout, x, y) for (x, y), some in panels.items()]
    return () if None in found else tuple(chart for chart in found if chart.series)


def split(chart: Native, most: int) -> tuple[Native, ...]:
    """Return the chart in parts of at most `most` rows each, in their order; lines are never split."""
    if chart.kind == "lines" or len(chart.rows) <= most:
        return (chart,)
    parts = -(-len(chart.rows) // most)
    size = -(-len(chart.rows) // parts)
    return tuple(_part(chart, start, chart.rows[start : start + size]) for start in range(0, len(chart.rows), size))


def _part(chart: Native, start: int, rows: tuple[str, ...]) -> Native:
    end = start + len(rows)
    series = []
    for one in chart.series:
        if one.ys[0] == ABOVE:  # a line across all rows stands in every part
            series.append(replace(one, ys=(ABOVE, float(len(rows)))))
            continue
        places = list(accumulate(one.ys, lambda last, y: last if y is None else y))  # a gap goes with the point before it
        kept = [n for n, place in enumerate(places) if start <= place < end]
        cut = {
            name: tuple(values[n] for n in kept) if (values := getattr(one, name)) else ()
            for name in ("xs", "ys", "colours", "sizes", "texts", "left")
        }
        cut["ys"] = tuple(y if y is None else y - start for y in cut["ys"])
        series.append(replace(one, **cut))
    return replace(chart, rows=rows, series=tuple(s for s in series if s.xs))


def plain(text: object) -> str:
    """Return a text of a figure without its markup.

    >>> plain("<b>Primary</b><br>immunodeficiency &amp; more")
    'Primary immunodeficiency & more'
    """
    return " ".join(unescape(_TAG.sub(" ", str(text or ""))).split())


def _panel(traces: list[dict], layout: dict, x: str, y: str) -> Native | None:
    across, up = layout.get(f"xaxis{x[1:]}", {}), layout.get(f"yaxis{y[1:]}", {})
    rows, place = _rows(traces, layout, up, y)
    horizontal = _axis(across)
    if not rows:
        if any(axis.get("visible") is False or axis.get("showticklabels") is False for axis in (across, up)):
            return None  # places that mean something only beside what is written between them
        lines = tuple(s for trace in traces for s in _lines(trace))
        return Native("lines", lines, horizontal, _axis(up))
    heading = _heading(layout, up)
    if all(trace.get("type") == "bar" and "base" not in trace for trace in traces):
        bars = tuple(_bar(trace, place) for trace in traces)
        return Native("bars", bars, horizontal, rows=rows, heading=heading)
    marks = tuple(s for trace in traces for s in _marks(trace, place, horizontal.log))
    return Native("rows", marks, horizontal, rows=rows, heading=heading)


def _axis(axis: dict) -> Axis:
    log = axis.get("type") == "log"
    low, high = axis.get("range") or (None, None)
    if log and low is not None:
        low, high = 10**low, 10**high
    return Axis(plain((axis.get("title") or {}).get("text")), low, high, log)


def _rows(traces: list[dict], layout: dict, axis: dict, y: str) -> tuple[tuple[str, ...], dict]:
    """Return the names of the rows from the top, and the row of each y value; nothing where y is a quantity."""
    values = list(dict.fromkeys(v for trace in traces for v in trace.get("y") or [] if v is not None))
    if all(isinstance(value, str) for value in values):
        order = [v for v in axis.get("categoryarray") or values if v in values]
        return tuple(map(plain, order)), {value: place for place, value in enumerate(order)}
    if axis.get("ticktext"):
        pairs = sorted(zip(axis["tickvals"], axis["ticktext"], strict=True))
        names = [f"{heading}: {plain(text)}" if heading else plain(text) for _, text, heading in _headed(pairs, layout, y)]
        return tuple(names), {value: place for place, (value, _) in enumerate(pairs)}
    notes = [note for note in layout.get("annotations", []) if note.get("yref") == y and note.get("xref") == "paper" and note.get("text")]
    if not notes or "title" in axis:
        return (), {}
    notes.sort(key=lambda note: note["y"])
    marks = {value: max((p for p, note in enumerate(notes) if note["y"] <= value), default=0) for value in values}
    return tuple(plain(note["text"]) for note in notes), marks


def _headed(pairs: list, layout: dict, y: str) -> list[tuple[float, str, str]]:
    """Return each tick with the heading above it, where the axis has headings between its ticks."""
    heads = sorted(
        (n["y"], plain(n["text"])) for n in layout.get("annotations", []) if n.get("yref", "y") == y and n.get("xref") == "paper"
    )
    return [(value, text, next((name for at, name in reversed(heads) if at < value), "")) for value, text in pairs]


def _heading(layout: dict, axis: dict) -> str:
    """Return what stands over a panel: the last heading, placed on the paper, that is not below the panel's top."""
    top = (axis.get("domain") or [0, 1])[1]
    heads = [n for n in layout.get("annotations", []) if n.get("yref") == "paper" and n.get("xref") == "paper" and n["y"] >= top - 1e-6]
    return plain(min(heads, key=lambda note: note["y"])["text"]) if heads else ""


def _bar(trace: dict, place: dict) -> Series:
    marker = trace.get("marker", {})
    ys = tuple(float(place[y]) for y in trace["y"])
    xs = tuple(float(x or 0) for x in trace["x"])
    pattern = (marker.get("pattern") or {}).get("shape", "")
    return Series(
        plain(trace.get("name")),
        xs,
        ys,
        _colours(marker.get("color"), len(xs)),
        pattern=pattern if isinstance(pattern, str) else "",
        texts=_texts(trace, len(xs)),
    )


def _marks(trace: dict, place: dict, log: bool) -> list[Series]:
    """Return the series that stand for a trace of a chart of rows; its `meta` may name what each of its symbols means."""
    marker, name = trace.get("marker") or {}, plain(trace.get("name"))
    if trace["type"] == "bar":
        bases, spans = _listed(trace.get("base", 0), len(trace["y"])), [x or 0 for x in trace["x"]]
        ends = [(base, base + span, place[y]) for base, span, y in zip(bases, spans, trace["y"], strict=True)]
        colours, texts = _colours(marker.get("color"), len(ends)), _texts(trace, len(ends))
        told = Series("", tuple(float(x) for _, x, _ in ends), tuple(float(y) for *_, y in ends), colours, "none", texts=texts)
        return [*_ranges(name, ends, colours, 7), *([told] if any(texts) else [])]
    points = [(x, y, n) for n, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)) if x is not None and y is not None]
    if trace.get("mode") == "lines":
        return _segments(trace, place, name)
    if not points:
        return []
    count = len(trace["x"])
    sizes, symbols = _listed(marker.get("size", 10), count), _listed(marker.get("symbol", "circle"), count)
    colours, texts = _colours(marker.get("color"), count), _texts(trace, count)
    sides = _listed(trace.get("textposition") or "", count)
    error = trace.get("error_x") or {}
    ends = [(x - error["arrayminus"][n], x + error["array"][n], place[y]) for x, y, n in points] if error else []
    found = _ranges("", ends, [colours[n] for *_, n in points], 1.5) if ends else []
    for symbol in dict.fromkeys(symbols[n] for *_, n in points):
        some = [(x, y, n) for x, y, n in points if symbols[n] == symbol]
        found.append(
            Series(
                (trace.get("meta") or {}).get(symbol, name),
                tuple(float(x) for x, *_ in some),
                tuple(float(place[y]) for _, y, _ in some),
                tuple(colours[n] for *_, n in some),
                symbol,
                tuple(float(sizes[n]) * 0.75 for *_, n in some),
                texts=tuple(texts[n] for *_, n in some) if any(texts) else (),
                left=tuple("left" in sides[n] for *_, n in some),
            )
        )
    return found


def _segments(trace: dict, place: dict, name: str) -> list[Series]:
    """Return a line that is broken into one piece a row as ranges; a line straight down as a line across all rows."""
    xs, ys = trace["x"], trace["y"]
    line = trace.get("line") or {}
    colour, width = _colours(line.get("color"), 1)[0], float(line.get("width", 2))
    ends = [(xs[n], xs[n + 1], place[ys[n]]) for n in range(len(xs) - 1) if None not in xs[n : n + 2] and ys[n] == ys[n + 1]]
    if ends:
        return _ranges(name, ends, [colour] * len(ends), width)
    if None in xs or len(xs) != 2:
        return []
    rows = (ABOVE, float(max(place.values()) + 1))
    return [Series(name, tuple(map(float, xs)), rows, (colour,) * 2, "none", dash=line.get("dash", "solid"), width=width, line=True)]


def _ranges(name: str, ends: list[tuple], colours: Sequence[str], width: float) -> list[Series]:
    """Return ranges, each from a left to a right end in a row, as broken lines: one series a colour."""
    found = []
    for colour in dict.fromkeys(colours):
        some = [end for end, own in zip(ends, colours, strict=True) if own == colour and end[0] != end[1]]
        xs = tuple(float(x) for left, right, _ in some for x in (left, right, right))
        ys = tuple(y for *_, row in some for y in (float(row), float(row), None))
        found.append(Series(name, xs, ys, (colour,) * len(xs), "none", width=width, line=True))
    return [series for series in found if series.xs]


def _lines(trace: dict) -> list[Series]:
    """Return the series that stand for a trace over two numeric axes; a filled band is its two edges."""
    name = plain(trace.get("name"))
    points = [
        (float(x), float(y))
        for x, y in zip(trace.get("x") or [], trace.get("y") or [], strict=True)
        if isinstance(x, int | float) and isinstance(y, int | float) and isfinite(x) and isfinite(y)
    ]
    mode = trace.get("mode", "lines")
    if not points or mode == "text":
        return []
    line, marker = trace.get("line") or {}, trace.get("marker") or {}
    if trace.get("fill") == "toself":
        half = len(points) // 2
        colour = _colours(trace.get("fillcolor"), 1)[0]
        edges = [points[:half], points[half:][::-1]]
        return [_line(f"{name}, {end} end", some, colour, "dash", 1.5) for end, some in zip(("upper", "lower"), edges, strict=True)]
    colour = _colours(line.get("color") or marker.get("color"), 1)[0]
    if "lines" in mode:
        if line.get("shape") == "hv":
            points = [p for a, b in pairwise(points) for p in (a, (b[0], a[1]))] + points[-1:]
        return [_line(name, points, colour, line.get("dash", "solid"), float(line.get("width", 2)))]
    xs, ys = zip(*points, strict=True)
    sizes = tuple(float(s) * 0.75 for s in _listed(marker.get("size", 8), len(points)))
    symbol = _listed(marker.get("symbol", "circle"), len(points))[0]
    texts = _texts(trace, len(points))
    return [Series(name, xs, ys, _colours(marker.get("color"), len(points)), symbol, sizes, texts=texts if any(texts) else ())]


def _line(name: str, points: list[tuple[float, float]], colour: str, dash: str, width: float) -> Series:
    xs, ys = zip(*points, strict=True)
    return Series(name, xs, ys, (colour,) * len(xs), "none", dash=dash, width=width, line=True)


def _listed(value: object, count: int) -> list:
    return list(value) if isinstance(value, list | tuple) else [value] * count


def _texts(trace: dict, count: int) -> tuple[str, ...]:
    shown = "text" in trace.get("mode", "") or trace.get("textposition") == "outside"
    return tuple(plain(text) for text in _listed(trace.get("text") or "", count)) if shown else ("",) * count


def _colours(value: object, count: int) -> tuple[str, ...]:
    """Return hexadecimal colours without "#"; what is no such colour becomes a dark grey."""
    return tuple(text[1:].upper() if _HEX.fullmatch(str(text)) else "55606E" for text in _listed(value, count))
