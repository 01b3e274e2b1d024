"""What an export shows of one scene, as plain data: no widget, no page."""

from __future__ import annotations

from dataclasses import dataclass

from ivig_explainer.references import Reference

TERM = 5  # the level of a term of a list of definitions, which is a heading to what explains it


@dataclass(frozen=True)
class Block:
    """A piece of text in its order: a heading (`level` 2 to 6), a paragraph, an item of a list, or a table (its head first).

    `kind` is "heading", "text", "item" or "table"; `references` are the sources that are cited in it.
    """

    kind: str
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart as the page draws it: `figure` and `dark` are {data, layout}; `table` is {columns, rows, links}."""

    name: str
    title: str
    description: str
    figure: dict
    dark: dict
    table: dict
    legend: tuple[tuple[str, str], ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, eq=False)
class Slide:
    """One scene: its title, what it shows, what is to be said, and the sources of all of it.

    `query` is the address of the view. Text that stands in the page stands in `blocks`, charts in `pictures`; one of them may be empty.
    """

    title: str
    query: str = ""
    notes: str = ""
    blocks: tuple[Block, ...] = ()
    pictures: tuple[Picture, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, eq=False)
class Deck:
    """Slides under one title."""

    id: str
    title: str
    slides: tuple[Slide, ...]
