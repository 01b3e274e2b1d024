"""Prose with citations: Markdown with `[@source]` or `[@one; @two]` in, safe HTML out.

A passage is a file of `data/prose/`: a line `# Title`, then the same content at reading levels, each under its heading
(`## Plain`, `## Student`, and `## Short` for the answer to a question). One sentence a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape

_CITATION = re.compile(r"\s*\[(@[a-z0-9-]+(?:; @[a-z0-9-]+)*)\]")
# A number is a digit that is no part of a name such as IgG1, COVID-19, C3b, CD95 or ICD-10.
_NUMBER = re.compile(r"(?<![\w-])\d")


@dataclass(frozen=True)
class Passage:
    """A text at several reading levels: `levels` maps "plain", "student" or "short" to Markdown."""

    title: str
    levels: dict[str, str]


def passage(text: str) -> Passage:
    r"""Take a file of prose apart.

    >>> passage("# What is it?\n## Plain\nAn antibody.\n")
    Passage(title='What is it?', levels={'plain': 'An antibody.'})
    """
    title, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    split = [part.partition("\n") for part in parts]
    return Passage(title.strip().removeprefix("#").strip(), {name.strip().lower(): body.strip() for name, _, body in split})


def citations(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and the source id of every citation.

    >>> list(citations("IgG lasts weeks [@a; @b-2]."))
    [(1, 'a'), (1, 'b-2')]
    """
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _CITATION.finditer(line):
            for source in match.group(1).split("; "):
                yield number, source.removeprefix("@")


def uncited_numbers(text: str) -> Iterator[int]:
    r"""Yield the line (from 1) of every sentence that holds a number but no citation.

    >>> list(uncited_numbers("IgG1 is common.\nIt lasts 21 days.\nOr 35 [@a]."))
    [2]
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if _NUMBER.search(_CITATION.sub("", line)) and not _CITATION.search(line):
            yield number


def render(text: str, cite: Callable[[tuple[str, ...]], str]) -> str:
    """Return `text` as HTML, each citation replaced by what `cite(source_ids)` returns.

    Raw HTML in the text is escaped, so prose cannot carry markup of its own.
    """
    html = _markdown().render(text)
    return _CITATION.sub(lambda m: cite(tuple(s.removeprefix("@") for s in m.group(1).split("; "))), html)


def paragraphs(text: str, cite: Callable[[tuple[str, ...]], str]) -> str:
    r"""Return a visitor's plain text as HTML paragraphs, with its citations; no other mark means anything in it.

    >>> paragraphs("Half is gone [@a].\n\n<b>Ask</b> them.", lambda sources: f"({sources[0]})")
    '<p>Half is gone(a).</p><p>&lt;b&gt;Ask&lt;/b&gt; them.</p>'
    """
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    html = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)
    return _CITATION.sub(lambda m: cite(tuple(s.removeprefix("@") for s in m.group(1).split("; "))), html)


@cache
def _markdown():
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
