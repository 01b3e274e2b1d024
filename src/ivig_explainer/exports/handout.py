"""A lecture as one HTML file whose charts are alive, and which needs neither a server nor a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, File, named, provenance
from ivig_explainer.exports.credit import credit
from ivig_explainer.exports.slide import Block, Deck, Picture, Slide
from ivig_explainer.references import Reference
from ivig_explainer.widgets.base import code, stylesheet
from ivig_explainer.widgets.plot import PLOTLY, SCRIPT

MIME = "text/html;charset=utf-8"
# Nothing is asked of any network, whatever a text of the tables might hold.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


def handout(data: Dataset, deck: Deck, *, notes: bool = True) -> File:
    """Return the deck as a handout; `notes` says whether the speaker's notes stand in it."""
    return File(named(data, deck.id, "html"), MIME, _page(data, deck, notes).encode())


def _page(data: Dataset, deck: Deck, notes: bool) -> str:
    scenes = "".join(_scene(number, slide, notes) for number, slide in enumerate(deck.slides, start=1))
    contents = "".join(f'<li><a href="#scene-{n}">{escape(slide.title)}</a></li>' for n, slide in enumerate(deck.slides, start=1))
    empty = "" if deck.slides else "<p>This lecture has no scenes.</p>"
    charts = {_key(n, place): _state(data, p) for n, slide in enumerate(deck.slides, start=1) for place, p in enumerate(slide.pictures)}
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(deck.title)}</title><style>{stylesheet()}</style></head>"
        '<body><div class="ivig-app ivig-handout"><header class="ivig-handout-head">'
        f'<h1>{escape(deck.title)}</h1><p class="ivig-disclaimer">{escape(NOTICE)}</p>'
        f'<p class="ivig-small">{escape(provenance(data))}</p></header>'
        f'<nav aria-label="Scenes"><ol>{contents}</ol></nav><main>{scenes}{empty}</main>'
        f"<footer><p>{escape(NOTICE)}</p><p>{escape(provenance(data))}</p></footer></div>"
        f'<script type="application/json" id="ivig-charts">{_json(charts)}</script>'
        f'<script type="module">{_plotly()}</script><script type="module">{_view()}</script></body></html>\n'
    )


def _key(number: int, place: int) -> str:
    return f"chart-{number}-{place}"


def _scene(number: int, slide: Slide, notes: bool) -> str:
    charts = "".join(f'<div data-chart="{_key(number, place)}">{_without_script(p)}</div>' for place, p in enumerate(slide.pictures))
    nothing = "" if slide.blocks or slide.pictures else "<p>There is nothing to show in this view.</p>"
    told = f'<aside class="ivig-handout-notes"><h3>Notes</h3>{_paragraphs(slide.notes)}</aside>' if notes and slide.notes else ""
    twice = [picture.title for picture in slide.pictures] == [slide.title]  # the chart itself says it
    hidden = ' class="ivig-hidden"' * twice
    return (
        f'<section class="ivig-handout-scene" id="scene-{number}"><h2{hidden}>{number}. {escape(slide.title)}</h2>'
        f"{text(slide.blocks)}{charts}{nothing}{told}{_sources(slide.references)}</section>"
    )


def _without_script(picture: Picture) -> str:
    """Return what stands for a chart where no script runs."""
    return f"<noscript><h3>{escape(picture.title)}</h3><p>{escape(picture.description)}</p></noscript>"


def _paragraphs(notes: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in notes.splitlines() if line.strip())


def text(blocks: Iterable[Block]) -> str:
    """Return blocks as HTML; headings stand two levels below the scene's own."""
    parts = []
    for kind, some in groupby(blocks, key=lambda block: block.kind):
        if kind == "item":
            parts.append(f"<ul>{''.join(f'<li>{escape(block.text)}</li>' for block in some)}</ul>")
        else:
            parts += [_block(block) for block in some]
    return "".join(parts)


def _block(block: Block) -> str:
    if block.kind == "heading":
        level = min(block.level + 1, 6)
        return f"<h{level}>{escape(block.text)}</h{level}>"
    if block.kind == "text":
        return f"<p>{escape(block.text)}</p>"
    head, *rows = block.rows or ((),)
    lines = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    names = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    return f'<div class="ivig-handout-table"><table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table></div>'


def _cells(row: tuple[str, ...]) -> str:
    first, *others = row
    return f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{_lines(cell)}</td>" for cell in others)


def _lines(cell: str) -> str:
    return "<br>".join(map(escape, cell.split("\n")))


def _sources(references: tuple[Reference, ...]) -> str:
    if not references:
        return ""
    items = "".join(f'<li><a href="{escape(r.address, quote=True)}" rel="noopener">{escape(r.text)}</a></li>' for r in references)
    number = len(references)
    return f"<details><summary>{number} source{'s' * (number != 1)}</summary><ol>{items}</ol></details>"


def _state(data: Dataset, picture: Picture) -> dict:
    """Return what the page's own plot view needs to know of a chart."""
    return {
        "name": picture.name,
        "title": picture.title,
        "description": picture.description,
        "figure": picture.figure,
        "dark": picture.dark,
        "table": picture.table,
        "legend": [{"label": label, "mark": mark} for label, mark in picture.legend],
        "credit": credit(data, picture.references),
    }


def _json(content: object) -> str:
    """Return JSON that no HTML parser takes for the end of its element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _plotly() -> str:
    """Return plotly.js as a script that leaves itself where the plot view looks for it."""
    module = PLOTLY.read_text(encoding="utf-8")
    return re.sub(r"export\s*\{\s*(\w+) as default\s*\};?\s*$", r"window.__ivigPlotly=Promise.resolve(\1);", module)


def _view() -> str:
    return SCRIPT.replace("export default { render };", code("handout.js"))
