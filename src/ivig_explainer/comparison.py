"""Two to four conditions side by side: everything that their cards tell, line by line, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.selection import AGES, COURSES, REGIONS, ROLES, STATUSES
from ivig_explainer.view import MOST_COMPARED
from ivig_explainer.wording import BASES, CONFIDENCES, DIRECTIONS, LINES, PHASES, dose

FEWEST = 2
STUDIES_FIRST = 3
SAME, DIFFERS, NOT_COMPARED = "same", "differs", ""


@dataclass(frozen=True)
class Item:
    """One statement about one condition; `shared` where it holds for every condition that is compared."""

    text: str
    note: str = ""
    sources: tuple[str, ...] = ()
    mark: str = ""
    shared: bool = False


@dataclass(frozen=True)
class Line:
    """One heading, and what it holds for each condition, in order.

    `verdict` is "same" or "differs" where every condition has something to compare; it is empty for prose, and where
    nothing is recorded for one of them: what is unknown is no difference.
    """

    group: str
    heading: str
    cells: tuple[tuple[Item, ...], ...]
    verdict: str = NOT_COMPARED


@dataclass(frozen=True)
class _Reader:
    """How one line is read from the tables: `read(data, condition)` gives its items; `compared` whether they can be alike."""

    group: str
    heading: str
    read: Callable[[Dataset, tuple], Iterable[Item]]
    compared: bool = False


def compare(data: Dataset, conditions: Sequence[str]) -> tuple[Line, ...]:
    """Return the lines in the order of the card; a line that is empty for every condition is left out.

    Raises ValueError where there are not two to four different conditions, KeyError where one is not in the tables.
    """
    if not FEWEST <= len(set(conditions)) == len(conditions) <= MOST_COMPARED:
        raise ValueError(f"{len(conditions)} conditions; {FEWEST} to {MOST_COMPARED} different ones can be compared")
    rows = {row.id: row for row in data.conditions.itertuples(index=False)}
    chosen = [rows[condition] for condition in conditions]
    lines = (_line(reader, [tuple(reader.read(data, row)) for row in chosen]) for reader in _readers())
    return tuple(line for line in lines if any(line.cells))


def as_table(data: Dataset, conditions: Sequence[str]) -> pd.DataFrame:
    """Return the comparison as a table: part, line, verdict, a column for each condition by its name, ids of the sources.

    Raises as `compare` does.
    """
    names = data.conditions.set_index("id")["name"]
    rows = [
        {"part": line.group, "line": line.heading, "verdict": line.verdict}
        | {names[c]: "\n".join(filter(None, map(_in_words, cell))) for c, cell in zip(conditions, line.cells, strict=True)}
        | {"sources": tuple(dict.fromkeys(source for cell in line.cells for item in cell for source in item.sources))}
        for line in compare(data, conditions)
    ]
    return pd.DataFrame(rows)


def _in_words(item: Item) -> str:
    return f"{item.text} ({item.note})" if item.note else item.text


def _line(reader: _Reader, cells: list[tuple[Item, ...]]) -> Line:
    if not reader.compared:
        return Line(reader.group, reader.heading, tuple(cells))
    texts = [{item.text for item in cell} for cell in cells]
    common = set.intersection(*texts)
    marked = tuple(tuple(replace(item, shared=item.text in common) for item in cell) for cell in cells)
    verdict = NOT_COMPARED if not all(texts) else SAME if all(text == texts[0] for text in texts) else DIFFERS
    return Line(reader.group, reader.heading, marked, verdict)


def _readers() -> list[_Reader]:
    return [
        _Reader("At a glance", "Also called", _names),
        _Reader("At a glance", "ICD-10", lambda _, c: _each(c.icd10, c.sources)),
        _Reader("At a glance", "Category", lambda _, c: [Item(c.category, sources=c.sources)], compared=True),
        _Reader("At a glance", "What IVIG does", lambda _, c: [Item(ROLES[c.role], sources=c.sources)], compared=True),
        _Reader("At a glance", "Strength of evidence", _strength, compared=True),
        _Reader("At a glance", "Course", lambda _, c: _named(COURSES, c.course, c.sources), compared=True),
        _Reader("At a glance", "Age", lambda _, c: _named(AGES | {"both": "Children and adults"}, c.ages, c.sources), compared=True),
        _Reader("Why IVIG", "In short", lambda _, c: _text(c.plain_summary, c.sources)),
        _Reader("Why IVIG", "What goes wrong", lambda _, c: _text(c.pathophysiology, c.sources)),
        _Reader("Why IVIG", "Why IVIG", lambda _, c: _text(c.why_ivig, c.sources)),
        _Reader("Why IVIG", "How it is thought to act", _mechanisms, compared=True),
        _Reader("Treatment", "Place of IVIG", lambda _, c: _named(LINES, c.line_of_therapy, c.sources), compared=True),
        _Reader("Treatment", "Other treatments", lambda _, c: _each(c.alternatives, c.sources), compared=True),
        *(_Reader("Doses", label, _doses(phase), compared=True) for phase, label in PHASES.items()),
        *(_Reader("Access", name, _access(region), compared=True) for region, name in REGIONS.items()),
        _Reader("Evidence", "Results that count", _tally),
        _Reader("Evidence", "Leading results", _results),
        _Reader("Evidence", "Also known", lambda data, c: [Item(r.fact, sources=r.sources) for r in _of(data, "facts", c)]),
    ]


def _of(data: Dataset, table: str, condition: tuple) -> list[tuple]:
    return _by_condition(data, table).get(condition.id, [])


@cache
def _by_condition(data: Dataset, table: str) -> dict[str, list[tuple]]:
    """Return the rows of a table by their condition: a mask for each line and condition takes ten times as long."""
    found: dict[str, list[tuple]] = {}
    for row in getattr(data, table).itertuples(index=False, name="Row"):
        found.setdefault(row.condition, []).append(row)
    return found


def _known(value: object) -> str:
    return value if isinstance(value, str) else ""


def _each(texts: Iterable[str], sources: tuple[str, ...]) -> list[Item]:
    return [Item(text, sources=sources) for text in texts]


def _text(value: object, sources: tuple[str, ...]) -> list[Item]:
    return [Item(value, sources=sources)] if isinstance(value, str) else []


def _named(words: dict[str, str], value: object, sources: tuple[str, ...]) -> list[Item]:
    return [Item(words[value], sources=sources)] if isinstance(value, str) else []


def _names(_: Dataset, condition: tuple) -> list[Item]:
    return _each((*condition.abbreviations, *condition.synonyms), condition.sources)


def _strength(data: Dataset, condition: tuple) -> list[Item]:
    level = grading.grade(data)[condition.id]
    return [Item(grading.LEVELS[level], grading.RULE[level], mark=level)]


def _mechanisms(data: Dataset, condition: tuple) -> list[Item]:
    about = {row.id: row for row in data.mechanisms.itertuples(index=False)}
    return [
        Item(f"{about[pair.mechanism].name} ({CONFIDENCES[about[pair.mechanism].confidence]})", _known(pair.note), pair.sources)
        for pair in _of(data, "condition_mechanisms", condition)
    ]


def _doses(phase: str) -> Callable[[Dataset, tuple], list[Item]]:
    """Return a reader of the schedules of one phase: those who give the same dose stand together."""

    def read(data: Dataset, condition: tuple) -> list[Item]:
        rows = sorted((r for r in _of(data, "regimens", condition) if r.phase == phase), key=lambda r: BASES.index(r.basis))
        found: dict[str, list[tuple]] = {}
        for row in rows:
            found.setdefault(dose(row), []).append(row)
        return [Item(text, "; ".join(dict.fromkeys(map(_whose, some))), _sources(some)) for text, some in found.items()]

    return read


def _whose(regimen: tuple) -> str:
    return f"{regimen.issuer}: {regimen.population}" if isinstance(regimen.population, str) else regimen.issuer


def _sources(rows: Iterable[tuple]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for row in rows for source in row.sources))


def _access(region: str) -> Callable[[Dataset, tuple], list[Item]]:
    """Return a reader of one region's positions; one that was replaced is told, and does not count as the present one."""

    def read(data: Dataset, condition: tuple) -> list[Item]:
        rows = [r for r in _of(data, "statuses", condition) if r.jurisdiction == region]
        return [Item(_status(row), _words(row), row.sources, mark=row.status) for row in rows]

    return read


def _status(position: tuple) -> str:
    return STATUSES[position.status] + (" (historical)" if position.historical else "")


def _words(position: tuple) -> str:
    scope = f"{position.scope}: " if isinstance(position.scope, str) else ""
    dated = f", {position.as_of}" if isinstance(position.as_of, str) else ""
    return f"{scope}{position.body}{dated}, in its words “{position.native_term}”"


def _tally(data: Dataset, condition: tuple) -> list[Item]:
    """Count the results that count towards the grade, by what they say."""
    rows = data.evidence[data.evidence["condition"] == condition.id]
    counts = grading.counted_rows(rows)["direction"].value_counts()
    said = [f"{counts[d]} {'favour' if d.startswith('favours') else 'say'} {_of_what(d)}" for d in DIRECTIONS if d in counts]
    return [Item("; ".join(said) or "none of the results compares IVIG with its absence or another treatment")] if len(rows) else []


def _of_what(direction: str) -> str:
    return DIRECTIONS[direction].removeprefix("favours ") if direction.startswith("favours") else f"“{DIRECTIONS[direction]}”"


def _results(data: Dataset, condition: tuple) -> list[Item]:
    """Return the results that decide the grade first: randomised, pooled, latest."""
    rows = grading.counted_rows(data.evidence[data.evidence["condition"] == condition.id])
    order = sorted(
        rows.itertuples(index=False, name="Result"),
        key=lambda r: (not r.randomised, r.design != "systematic-review", -(0 if pd.isna(r.year) else r.year)),
    )
    return [Item(f"{r.study}: {r.plain_words}", _known(r.caveat), r.sources, mark=r.direction) for r in order[:STUDIES_FIRST]]
