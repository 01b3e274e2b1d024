"""Definitions where they are needed: the first use of a term in a text shows what it means."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from itertools import count

from ivig_explainer.dataset import Dataset

_TAG = re.compile(r"(<[^>]+>)")
_CLOSED = ("a", "button", "h1", "h2", "h3", "h4", "summary", "sup")  # a term inside these is left alone
_numbers = count(1)


def explain(html: str, data: Dataset) -> str:
    """Return `html` with the first use of each glossary term made a mark that shows the definition.

    The mark can be reached with the Tab key; its definition is tied to it for screen readers.
    """
    pattern, definitions = _terms(data)
    seen: set[str] = set()
    closed: list[str] = []
    parts = []
    for part in _TAG.split(html):
        if part.startswith("<"):
            _follow(part, closed)
        marking = not closed and not part.startswith("<")
        parts.append(pattern.sub(lambda match: _mark(match.group(0), definitions, seen), part) if marking else part)
    return "".join(parts)


def _follow(tag: str, closed: list[str]) -> None:
    """Keep track of whether the text that follows a tag stands inside a link, a heading or the like."""
    name = re.match(r"</?([a-z0-9]+)", tag)
    if name and name.group(1) in _CLOSED:
        if tag.startswith("</"):
            closed.pop()
        else:
            closed.append(name.group(1))


def _mark(word: str, definitions: dict[str, tuple[str, str]], seen: set[str]) -> str:
    term, definition = definitions[word if word in definitions else word.lower()]
    if term in seen:
        return word
    seen.add(term)
    key = f"ivig-definition-{next(_numbers)}"
    return (
        f'<span class="ivig-term" tabindex="0" aria-describedby="{key}">{word}'
        f'<span class="ivig-tooltip" role="tooltip" id="{key}">{escape(definition)}</span></span>'
    )


@cache
def _terms(data: Dataset) -> tuple[re.Pattern, dict[str, tuple[str, str]]]:
    """Return a pattern of every form of every term, longest first, and each form's term and definition.

    Forms with a capital letter inside, such as IgG, are found as they stand; others also at the start of a sentence.
    """
    definitions: dict[str, tuple[str, str]] = {}
    for row in data.glossary.itertuples():
        for form in (row.term, *row.forms):
            key = escape(form if _is_name(form) else form.lower())
            definitions.setdefault(key, (row.id, row.definition))
    alternatives = [
        re.escape(form) if _is_name(form) else f"[{form[0].upper()}{form[0]}]{re.escape(form[1:])}"
        for form in sorted(definitions, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w-])"), definitions


def _is_name(form: str) -> bool:
    return any(letter.isupper() or letter.isdigit() for letter in form[1:])
