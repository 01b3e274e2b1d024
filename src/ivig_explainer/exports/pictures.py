"""A chart as PNG or SVG for the command line: its finding, legend, the chart, and under it notice, data and sources.

The page makes its own pictures in the visitor's browser. Here kaleido draws the chart in a Chromium; it is an optional extra.
"""

from __future__ import annotations

import base64
import logging
from html import escape

from ivig_explainer.charts.style import FONT, LIGHT, PATTERNS
from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import legal
from ivig_explainer.exports.credit import credit
from ivig_explainer.exports.fit import width_em, wrapped
from ivig_explainer.exports.native import plain
from ivig_explainer.exports.slide import Picture

MIME = {"png": "image/png", "svg": "image/svg+xml"}
WIDTH_PX, EDGE_PX, SCALE = 1000, 24, 2
INSIDE_PX = WIDTH_PX - 2 * EDGE_PX
WIDE_FONT = 1.25  # how much wider the letters of some systems are than those that `fit` reckons with
TITLE_PX, LEGEND_PX, CREDIT_PX = 22, 14, 13
REMEDY = "install it with `pip install ivig-explainer[pictures]` and Chromium beside it; BROWSER_PATH names a Chromium elsewhere"


class PictureError(Exception):
    """The picture cannot be drawn here; the message says why and what to do."""


def picture(data: Dataset, chart: Picture, form: str) -> bytes:
    """Return a chart as "png" (at twice its size) or "svg". Raises PictureError where kaleido or a browser is missing."""
    svg, height = _composed(data, chart)
    if form == "svg":
        return svg.encode()
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    image = {"source": source, "xref": "paper", "yref": "paper", "x": 0, "y": 1, "sizex": 1, "sizey": 1, "sizing": "stretch"}
    hidden = {"visible": False}
    margin = dict.fromkeys("lrtb", 0)
    sheet = {"data": [], "layout": {"template": {}, "margin": margin, "xaxis": hidden, "yaxis": hidden, "images": [image]}}
    return _kaleido(sheet, "png", WIDTH_PX, height, SCALE)


def _kaleido(figure: dict, form: str, width: int, height: int, scale: int = 1) -> bytes:
    try:
        import kaleido
    except ImportError:
        raise PictureError(f"drawing a picture needs kaleido, which is not installed; {REMEDY}") from None
    for name in ("choreographer", "kaleido"):  # they print a traceback for what they then do again
        logging.getLogger(name).setLevel(logging.CRITICAL)
    options = {"format": form, "width": width, "height": height, "scale": scale}
    try:
        page = kaleido.PageGenerator(mathjax=False)  # MathJax would be asked of a network
        return kaleido.calc_fig_sync(figure, opts=options, kopts={"page_generator": page})
    except Exception as error:  # kaleido and its browser fail in many ways, all of which end here in one sentence
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise PictureError(f"no browser drew the picture ({reason[0][:200]}); {REMEDY}") from None


def _composed(data: Dataset, chart: Picture) -> tuple[str, int]:
    """Return the picture as SVG, and its height in pixels."""
    told = credit(data, chart.references)
    parts: list[str] = []
    top = _written(parts, chart.title, EDGE_PX, TITLE_PX, LIGHT.text, 600) + 10
    top = _legend(parts, chart, top)
    if chart.figure.get("data"):
        height = int(chart.figure["layout"]["height"])
        layout = chart.figure["layout"] | {"width": INSIDE_PX, "height": height, "showlegend": not chart.legend and _has_legend(chart)}
        drawn = _kaleido({"data": chart.figure["data"], "layout": layout}, "svg", INSIDE_PX, height).decode()
        parts.append(drawn.replace("<svg ", f'<svg x="{EDGE_PX}" y="{top:g}" ', 1))
        top += height + 6
    for line in told["lines"]:
        top = _written(parts, line, top, CREDIT_PX, LIGHT.muted, 400)
    total = int(top + EDGE_PX)
    description = escape(legal("\n".join([*told["lines"], *told["sources"]])))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{total}" viewBox="0 0 {WIDTH_PX} {total}" role="img" '
        f'font-family="{escape(FONT, quote=True)}"><title>{escape(legal(chart.title))}</title><desc>{description}</desc>'
        f'<rect width="100%" height="100%" fill="{LIGHT.surface}"/>{"".join(parts)}</svg>'
    ), total


def _written(parts: list[str], text: str, top: float, size: int, colour: str, weight: int) -> float:
    """Write text in lines; return where it ends."""
    for line in wrapped(legal(text), INSIDE_PX / size / WIDE_FONT):
        top += size * 1.3
        look = f'font-size="{size}" font-weight="{weight}" fill="{colour}"'
        parts.append(f'<text x="{EDGE_PX}" y="{top:g}" {look}>{escape(line)}</text>')
    return top


def _has_legend(chart: Picture) -> bool:
    return bool(chart.figure["layout"].get("showlegend"))


def _legend(parts: list[str], chart: Picture, top: float) -> float:
    """Draw a mark and a label for each item of the legend, wrapped; return where it ends."""
    left = float(EDGE_PX)
    for label, mark in chart.legend:
        room = 22 + width_em(label) * LEGEND_PX * WIDE_FONT + 20
        if left > EDGE_PX and left + room > WIDTH_PX - EDGE_PX:
            left, top = float(EDGE_PX), top + 24
        parts.append(_swatch(_colour(chart.figure, label, mark), PATTERNS.get(mark, ""), left, top + 5))
        parts.append(f'<text x="{left + 20:g}" y="{top + 16:g}" font-size="{LEGEND_PX}" fill="{LIGHT.text}">{escape(legal(label))}</text>')
        left += room
    return top + 30 if chart.legend else top


def _swatch(colour: str, pattern: str, left: float, top: float) -> str:
    lines = {"/": "M1 7L7 1M4 11L11 4", "x": "M1 1L11 11M11 1L1 11", ".": "M3 3h1M8 3h1M3 8h1M8 8h1"}.get(pattern, "")
    return (
        f'<g transform="translate({left:g} {top:g})"><rect x=".5" y=".5" width="11" height="11" fill="{colour}" '
        f'stroke="{LIGHT.outline}"/><path d="{lines}" stroke="{LIGHT.outline}"/></g>'
    )


def _colour(figure: dict, label: str, mark: str) -> str:
    """Return the colour in which a figure draws what a label stands for."""
    if mark in LIGHT.strength:
        return LIGHT.strength[mark]
    for trace in figure.get("data", []):
        marker = trace.get("marker") or {}
        symbols, colours = marker.get("symbol"), marker.get("color")
        for symbol, meaning in (trace.get("meta") or {}).items():
            if meaning == label and isinstance(symbols, list) and symbol in symbols:
                return colours[symbols.index(symbol)] if isinstance(colours, list) else colours
        if plain(trace.get("name")) == label:
            found = colours or trace.get("fillcolor") or (trace.get("line") or {}).get("color")
            return found[0] if isinstance(found, list | tuple) else found or LIGHT.muted
    return LIGHT.surface
