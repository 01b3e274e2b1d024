"""Passages of prose on a tab, at both reading levels; the page shows the one that the visitor chose."""

from __future__ import annotations

from functools import cache
from html import escape

from ivig_explainer import prose
from ivig_explainer.dataset import Dataset
from ivig_explainer.glossary import explain
from ivig_explainer.references import References


@cache
def read(data: Dataset, name: str) -> prose.Passage:
    """Return the passage of `data/prose/<name>.md`."""
    return prose.passage((data.folder / "prose" / f"{name}.md").read_text(encoding="utf-8"))


def names(data: Dataset, prefix: str) -> list[str]:
    """Return the names of the passages that begin with `prefix`, in order."""
    return sorted(path.stem for path in (data.folder / "prose").glob(f"{prefix}*.md"))


def passage(data: Dataset, name: str, references: References, heading: str = "h3") -> str:
    """Return a passage as HTML: its title as a heading, both levels, terms explained."""
    text = read(data, name)
    return f'<section class="ivig-passage"><{heading}>{escape(text.title)}</{heading}>{levels(data, text, references)}</section>'


def levels(data: Dataset, text: prose.Passage, references: References) -> str:
    """Return both reading levels of a passage, without its title."""
    return "".join(
        f'<div class="ivig-{level}">{explain(prose.render(text.levels[level], references.cite), data)}</div>'
        for level in ("plain", "student")
        if level in text.levels
    )
