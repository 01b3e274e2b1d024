"""Show a scene without a screen: drive a page that nobody sees, and read off it what the scene shows.

So every export holds what the page draws; there is no second list of what a chart or a card is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import comm

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.blocks import blocks
from ivig_explainer.exports.slide import Block, Deck, Picture, Slide
from ivig_explainer.references import Reference, references_of
from ivig_explainer.scenes import Lecture, Scene, SceneError
from ivig_explainer.view import TABS
from ivig_explainer.widgets import Grid, Markup, Plot
from ivig_explainer.widgets.base import Widget

if TYPE_CHECKING:
    from ivig_explainer.app import Dashboard

_CARD = '<article class="ivig-card"'
_MOST_OPENING = 12  # blocks of a whole tab's text before its first chart


def perform(make: Callable[[], Dashboard], lecture: Lecture) -> Deck:
    """Return what the lecture shows, each scene on a page of its own that `make` returns.

    Raises SceneError, which names the scene, where an address makes no sense or shows no such chart.
    """
    slides = []
    with unseen():
        for number, scene in enumerate(lecture.scenes, start=1):
            dashboard = make()
            try:
                slides.append(show(dashboard, scene))
            except SceneError as error:
                raise SceneError(f"scene {number}: {error}") from None
            finally:
                close(dashboard.frame)
    return Deck(lecture.id, lecture.title, tuple(slides))


@contextmanager
def unseen() -> Iterator[None]:
    """Make widgets that no browser hears of, also in the kernel of a page that is open."""
    usual, comm.create_comm = comm.create_comm, comm.DummyComm
    try:
        yield
    finally:
        comm.create_comm = usual


def tree(widget: Widget) -> Iterator[Widget]:
    """Yield a widget and all widgets inside it, in their order, but not those for which a markup has no place now."""
    yield widget
    for name, child in getattr(widget, "children", {}).items():
        if not isinstance(widget, Markup) or f'data-slot="{name}"' in widget.html:
            yield from tree(child)


def close(widget: Widget) -> None:
    """Let go of a widget and all widgets inside it."""
    for child in getattr(widget, "children", {}).values():
        close(child)
    widget.close()


def show(dashboard: Dashboard, scene: Scene) -> Slide:
    """Return what a page, newly made, shows of the scene. Raises SceneError."""
    session = dashboard.session
    view = scene.view(session.data)
    session.show(view)
    if session.frame.notices:
        raise SceneError(session.frame.notices[0])
    shown = session.frame.children[view.tab]
    if scene.focus.startswith("chart:"):
        found = [plot for plot in _plots(shown) if plot.name == scene.part]
        text = _grid(shown) if scene.part == view.chart and not found else ()
        if not found and not text:
            names = ", ".join(plot.name for plot in _plots(shown)) or "none"
            raise SceneError(f"the view shows no chart {scene.part}; its charts are: {names}")
    else:
        part = _card(shown) if scene.focus == "card" else shown
        text = blocks((markup.html for markup in tree(part) if isinstance(markup, Markup)), view.text)
        found = _plots(part)
        if scene.focus == "tab" and found:
            text = _opening(text)
    pictures = _pictures(session, found)
    title = TABS[view.tab] if scene.focus == "tab" else _title(text, pictures)
    return Slide(
        title=scene.title or title,
        query=view.to_query(),
        notes=scene.notes,
        blocks=text,
        pictures=pictures,
        references=tuple(dict.fromkeys(reference for part in (*text, *pictures) for reference in part.references)),
    )


def _plots(widget: Widget) -> list[Plot]:
    """Return the charts inside a widget that are drawn; one that has not been asked for yet is no chart."""
    return [part for part in tree(widget) if isinstance(part, Plot) and part.figure]


def _grid(shown: Widget) -> tuple[Block, ...]:
    """Return the grid that stands where a chart may stand: what is said over it, and its cells as a table."""
    parts = list(tree(shown))
    for place, grid in enumerate(parts):
        if isinstance(grid, Grid):
            said = blocks(part.html for part in parts[:place] if isinstance(part, Markup) and "<h3>" in part.html)
            rows = [grid.rows[row] for row in grid.shown]
            cited = dict.fromkeys(cell["link"] for row in rows for cell in row["cells"] if cell and cell.get("link") is not None)
            head = tuple(f"{column['label']} {column['note']}".strip() for column in grid.columns)
            body = tuple((row["name"], *(_cell(grid, cell) for cell in row["cells"])) for row in rows)
            references = tuple(Reference(grid.links[link]["title"], grid.links[link]["href"]) for link in cited)
            return (*said[:1], Block("table", rows=(head, *body), references=references))
    return ()


def _cell(grid: Grid, cell: dict | None) -> str:
    return " ".join([grid.symbols[cell["look"]], cell["text"], *cell["tags"]]) if cell else grid.empty


def _card(shown: Widget) -> Markup:
    return next(part for part in tree(shown) if isinstance(part, Markup) and part.html.startswith(_CARD))


def _opening(text: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the text up to the second heading of its first one's level: what a long tab says first."""
    for place, block in enumerate(text):
        if place and block.kind == "heading" and block.level <= 2:
            return text[: min(place, _MOST_OPENING)]
    return text[:_MOST_OPENING]


def _title(text: tuple[Block, ...], pictures: tuple[Picture, ...]) -> str:
    headings = [block.text for block in text if block.kind == "heading"]
    return next(iter([*headings, *(picture.title for picture in pictures)]), "")


def _pictures(session, plots: list[Plot]) -> tuple[Picture, ...]:
    """Return the charts in both themes."""
    data: Dataset = session.data
    light = [plot.figure for plot in plots]
    session.frame.dark = True
    dark = [plot.figure for plot in plots]
    session.frame.dark = False
    return tuple(
        Picture(
            name=plot.name,
            title=plot.title,
            description=plot.description,
            figure=by_day,
            dark=by_night,
            table=plot.table,
            legend=tuple((item["label"], item["mark"]) for item in plot.legend),
            references=references_of(data, plot.sources),
        )
        for plot, by_day, by_night in zip(plots, light, dark, strict=True)
    )
