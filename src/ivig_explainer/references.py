"""Numbered references: cite sources in one text, then list them under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from textwrap import shorten

import pandas as pd

from ivig_explainer.dataset import Dataset

LONGEST_TITLE = 70  # characters of a title where sources are told in short


@dataclass(frozen=True)
class Reference:
    """A source in words, and where it is."""

    text: str
    address: str


def address(source: pd.Series) -> str:
    """Return the best lasting address of a source: its DOI, its PubMed record, or where it was read."""
    if isinstance(source.doi, str):
        return f"https://doi.org/{source.doi}"
    if isinstance(source.pmid, str):
        return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"
    return source.url


@cache
def addresses(data: Dataset) -> dict[str, str]:
    """Return the address of every source, by its id."""
    return {row.id: address(row) for row in data.sources.itertuples(index=False)}


def in_words(source: pd.Series) -> str:
    """Return a source as one line of plain text: title, publisher, year."""
    year = "" if pd.isna(source.year) else f" {source.year}"
    return f"{source.title.rstrip('.')}. {source.publisher}{year}."


def references_of(data: Dataset, sources: Iterable[str]) -> tuple[Reference, ...]:
    """Return source ids as references in words, in their order."""
    found = by_id(data)
    return tuple(Reference(in_words(found[source]), address(found[source])) for source in sources)


class References:
    """The sources of one text, numbered in the order in which they are first cited.

    `prefix` keeps the anchors of two texts on one page apart.
    """

    def __init__(self, data: Dataset, prefix: str) -> None:
        self._sources = by_id(data)
        self._prefix = prefix
        self._numbers: dict[str, int] = {}

    def cite(self, sources: str | Iterable[str]) -> str:
        """Return superscript links to the given source ids."""
        marks = []
        for source in [sources] if isinstance(sources, str) else sources:
            number = self._numbers.setdefault(source, len(self._numbers) + 1)
            title = escape(in_words(self._sources[source]), quote=True)
            marks.append(f'<a href="#{self._prefix}-{number}" title="{title}">{number}</a>')
        return f'<sup class="ivig-cite"><span class="ivig-hidden">sources </span>{", ".join(marks)}</sup>' if marks else ""

    def section(self) -> str:
        """Return the closing section of a tab: the list, folded because it is long; a citation unfolds it."""
        size = len(self._numbers)
        return (
            '<section class="ivig-page-sources"><h2>Sources of this page</h2>'
            f"<details><summary>Show all {size}</summary>{self.listing()}</details></section>"
        )

    def in_short(self, most: int = 2) -> str:
        """Return the first sources in one short line of plain text, and how many there are besides."""
        found = [self._sources[source] for source in list(self._numbers)[:most]]
        some = [f"{shorten(s.title, LONGEST_TITLE, placeholder=' …')}{'' if pd.isna(s.year) else f' ({s.year})'}" for s in found]
        rest = len(self._numbers) - len(some)
        return "; ".join(some) + (f"; and {rest} more" if rest else "")

    def listing(self) -> str:
        """Return the sources cited so far as an ordered list with links."""
        items = []
        for source_id, number in self._numbers.items():
            source = self._sources[source_id]
            text = f'<a href="{escape(address(source), quote=True)}" rel="noopener">{escape(source.title)}</a>'
            where = escape(in_words(source).removeprefix(source.title.rstrip(".") + ". "))
            items.append(f'<li id="{self._prefix}-{number}">{text}. {where}</li>')
        return f'<ol class="ivig-references">{"".join(items)}</ol>'


@cache
def by_id(data: Dataset) -> dict[str, tuple]:
    """Return the rows of `sources` by id, as named tuples: a lookup in a DataFrame takes fifty times as long."""
    return {row.id: row for row in data.sources.itertuples(index=False)}
