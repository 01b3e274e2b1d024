"""How our grades agree with Australia's evidence categories: weighted kappa, and why the two differ where they do.

Both scales are put on four steps. "Conflicting" and "limited" share the step that leaves the question open, as
Australia's "conflicting evidence" and "insufficient data" do: whether trials that disagree are better or worse news than
too few trials cannot be put in order, but both lie between a benefit that is probable and one that is not there.
Conditions that one of the two does not grade are left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.studies import behind

STEPS = ("Benefit clear", "Benefit probable", "Question open", "No benefit")
STEP_OF_LEVEL = {"strong": 0, "moderate": 1, "limited": 2, "conflicting": 2, "no-benefit": 3}


class Category(NamedTuple):
    """An evidence category of Australia's Criteria: what it means, its step, and where that was read."""

    meaning: str
    step: int
    sources: tuple[str, ...]
    in_their_words: bool = True


# The page that lists all categories was not reached; these meanings stand on pages of single conditions. For 2b and 4b none
# was found: chapter 8 names three grounds for not supporting a use, and those two are what remains of them.
CATEGORIES = {
    "1": Category("Clear evidence of benefit", 0, ("au-view-2676",)),
    "2a": Category("Evidence of probable benefit", 1, ("au-swg-haem", "au-swg-myositis")),
    "2c": Category("Conflicting evidence of benefit", 2, ("au-view-2568",)),
    "4a": Category("Insufficient data", 2, ("au-view-2572",)),
    "4b": Category("Insufficient evidence", 2, ("au-v2-not-supported",), in_their_words=False),
    "2b": Category("Evidence of no benefit", 3, ("au-v2-not-supported",), in_their_words=False),
}
EXPERTS = ("au-qrg-intro",)  # "… the evidence identified through systematic reviews of the literature and the advice of clinical experts"
FEW = 3
_VERDICTS = {"favour": "in favour", "against": "without benefit", "equal": "equal to another treatment", "undecided": "undecided"}
_CATEGORY = re.compile(r"Category (\w+)$")
_PAGE = re.compile(
    r"Criteria for the clinical use of immunoglobulin in Australia: |Specialist Working Group proposed changes to the Criteria: "
)
# The year from which a text of the Criteria speaks, by the words that tell the text in a row; and what the text is called.
_EDITIONS = {"about 2015": 2015, "2nd edition": 2012, "Version 3": 2018}
_TEXTS = {2012: "the 2nd edition, of 2012", 2015: "a working paper of about 2015", 2018: "Version 3, first published in 2018"}


class Position(NamedTuple):
    """Australia's evidence category for one condition. `year` is that of the text which gives it, 0 where not known."""

    category: str
    scope: str
    year: int
    note: str
    pages: frozenset[str]
    sources: tuple[str, ...]


class Pair(NamedTuple):
    """A condition that both grade, on the common steps."""

    condition: str
    name: str
    level: str
    position: Position
    ours: int
    theirs: int


class Kappa(NamedTuple):
    """Weighted kappa with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Disagreement:
    """A condition in which the two differ, and why: each reason with the ids of its sources."""

    pair: Pair
    reasons: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def distance(self) -> int:
        """How many steps they are apart."""
        return abs(self.pair.ours - self.pair.theirs)


# --- which category belongs to which condition ---


@cache
def positions(data: Dataset) -> dict[str, set[Position]]:
    """Return Australia's categories by condition id; more than one where parts of a condition have different ones.

    Current rows go before those of a text that has been replaced. Raises ValueError for a category that has no meaning here.
    """
    titles = data.sources.set_index("id")["title"]
    pages = frozenset(titles.index[titles.map(lambda title: bool(_PAGE.match(title)))])
    rows: dict[str, list] = {}
    for row in data.statuses.itertuples():
        if row.jurisdiction == "AU" and _CATEGORY.search(row.native_term):
            rows.setdefault(row.condition, []).append(row)
    return {
        condition: {_position(row, pages) for row in found if row.historical == min(r.historical for r in found)}
        for condition, found in rows.items()
    }


def _position(row, pages: frozenset[str]) -> Position:
    category = _CATEGORY.search(row.native_term).group(1)
    if category not in CATEGORIES:
        raise ValueError(f"status {row.id}: no meaning is known for Australia's category {category!r}; known are {', '.join(CATEGORIES)}")
    return Position(
        category=category,
        scope=_text(row.scope),
        year=_year(row),
        note=_text(row.note),
        pages=pages.intersection(row.sources),
        sources=row.sources,
    )


def _year(row) -> int:
    """Return the year of the text in which a row's category was read, as its detail or note tells the edition."""
    clauses = re.split(r"[.;] ", _text(row.detail))
    told = [clause for clause in clauses if "ategory" in clause] or [_text(row.note)]
    return next((year for edition, year in _EDITIONS.items() if any(edition in clause for clause in told)), 0)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@cache
def pairs(data: Dataset) -> tuple[Pair, ...]:
    """Return the conditions that both grade and for which Australia has one category, in the order of `conditions`."""
    levels, found = grading.grade(data), positions(data)
    both = []
    for condition in data.conditions.itertuples():
        level, theirs = levels[condition.id], found.get(condition.id, set())
        if level in STEP_OF_LEVEL and len({p.category for p in theirs}) == 1:
            position = min(theirs)
            both.append(Pair(condition.id, condition.name, level, position, STEP_OF_LEVEL[level], CATEGORIES[position.category].step))
    return tuple(both)


def left_out(data: Dataset) -> dict[str, int]:
    """Return how many conditions are left out, by reason; with those of `pairs` they make all conditions."""
    levels, found = grading.grade(data), positions(data)
    listed = set(data.statuses.loc[data.statuses["jurisdiction"] == "AU", "condition"])
    sizes: Counter[str] = Counter()
    for condition in data.conditions["id"]:
        categories = {p.category for p in found.get(condition, set())}
        if levels[condition] not in STEP_OF_LEVEL:
            sizes["no comparative study here, though Australia has a category" if categories else "graded by neither"] += 1
        elif not categories:
            sizes["listed by Australia, but no category seen" if condition in listed else "not on Australia's lists"] += 1
        elif len(categories) > 1:
            sizes["several categories, for parts of the condition"] += 1
    return dict(sizes)


# --- how far they agree ---


def cross_table(found: tuple[Pair, ...]) -> np.ndarray:
    """Return how many conditions stand on which step: ours in rows, Australia's in columns, as in `STEPS`."""
    table = np.zeros((len(STEPS), len(STEPS)), int)
    for pair in found:
        table[pair.ours, pair.theirs] += 1
    return table


def kappa(table: np.ndarray, power: int) -> Kappa | None:
    """Return Cohen's kappa of a square table with weights 1 - (distance / greatest distance) ** `power`.

    Linear weights have power 1, quadratic ones 2. The interval is the asymptotic one of Fleiss, Cohen and Everitt (1969).
    None where the table leaves nothing to agree about by more than chance.
    """
    steps = np.arange(len(table))
    weights = 1 - (abs(steps[:, None] - steps) / (len(table) - 1)) ** power
    total = table.sum()
    shares = table / max(total, 1)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = (weights * shares).sum(), rows @ weights @ columns
    if not total or np.isclose(expected, 1):
        return None
    value = (observed - expected) / (1 - expected)
    mean = (weights @ columns)[:, None] + rows @ weights
    spread = (shares * (weights - mean * (1 - value)) ** 2).sum() - (value - expected * (1 - value)) ** 2
    half = 1.959964 * np.sqrt(max(spread, 0) / total) / (1 - expected)
    return Kappa(float(value), float(value - half), float(value + half))


# --- why they differ ---


@cache
def disagreements(data: Dataset) -> tuple[Disagreement, ...]:
    """Return the conditions on which the two differ, those furthest apart first, then by name."""
    found = [Disagreement(pair, tuple(_reasons(pair, data))) for pair in pairs(data) if pair.ours != pair.theirs]
    return tuple(sorted(found, key=lambda d: (-d.distance, d.pair.name.casefold())))


def _reasons(pair: Pair, data: Dataset) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the tables say of a difference: what Australia's category is about, what came later, what counts here."""
    position = pair.position
    if re.search(r"[Cc]ategory|level", position.note):
        yield position.note, position.sources
    if position.scope:
        yield f"Australia's category is about a part of the condition: {position.scope}.", position.sources
    if others := _sharing(data).get(pair.condition):
        yield f"Australia gives one category on a page or in a paper that also covers {_and(others)}.", tuple(sorted(position.pages))
    yield from _later(pair, data)
    yield from _counts(pair, data)


@cache
def _sharing(data: Dataset) -> dict[str, tuple[str, ...]]:
    """Return, by condition id, the names of the others whose category stands on the same page of the Criteria."""
    names = data.conditions.set_index("id")["name"]
    pages = {c: frozenset().union(*(p.pages for p in found)) for c, found in positions(data).items()}
    return {c: tuple(names[o] for o in pages if o != c and pages[o] & own) for c, own in pages.items()}


def _later(pair: Pair, data: Dataset) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the studies that speak for our side and are younger than Australia's text; non-randomised ones if there are no others."""
    wanted = ("favour", "equal") if pair.ours < pair.theirs else ("against", "undecided")
    studies, rows = grading.by_condition(data)[pair.condition], _rows(data)[pair.condition]
    deciding = any(study.randomised for study in studies)
    names, sources = [], []
    for study, outcomes in zip(studies, rows.values(), strict=True):
        newest = max((row.year for row in outcomes if not pd.isna(row.year)), default=0)
        if newest > pair.position.year and study.verdict in wanted and study.randomised == deciding:
            names.append(study.name if re.search(r"\d{4}", study.name) else f"{study.name}, {newest}")
            sources += [source for row in outcomes for source in row.sources]
    if names and pair.position.year:
        yield f"Australia's category comes from {_TEXTS[pair.position.year]}; later came {_and(names)}.", tuple(dict.fromkeys(sources))


@cache
def _rows(data: Dataset) -> dict[str, dict[str, list]]:
    """Return the counted rows by condition and study, in the order of `grading.by_condition`."""
    found: dict[str, dict[str, list]] = {}
    for row in grading.counted_rows(data.evidence).itertuples():
        found.setdefault(row.condition, {}).setdefault(row.study_id, []).append(row)
    return found


def _counts(pair: Pair, data: Dataset) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield which studies count here, and what our rule makes of them."""
    studies, known = grading.by_condition(data)[pair.condition], behind(data)[pair.condition]
    randomised = [study for study in studies if study.randomised]
    verdicts = Counter(study.verdict for study in randomised or studies)
    parts = [f"{verdicts[verdict]} {words}" for verdict, words in _VERDICTS.items() if verdicts[verdict]]
    size = len(randomised or studies)
    kind = f"{'' if randomised else 'non-'}randomised {_plural(size, 'study counts', 'studies count')}"
    people = f" ({known.people:,} people)" if known.people else ""
    sources = tuple(dict.fromkeys(s for outcomes in _rows(data)[pair.condition].values() for row in outcomes for s in row.sources))
    yield f"Here {size} {kind}{people}: {', '.join(parts)}.", sources
    if pair.level == "strong":
        yield "A pooled analysis, or two trials, in favour make strong here, however few people they studied.", ()
    elif pair.level == "moderate" and verdicts["favour"] and verdicts["favour"] >= 2 * verdicts["against"]:
        yield "One randomised trial in favour makes moderate here.", ()
    elif pair.level == "moderate":
        yield "Equality with another treatment makes moderate here at most, whatever that treatment is worth.", ()
    if pair.ours > pair.theirs and len(randomised) < FEW:
        yield "Australia's categories rest on systematic reviews and on the advice of clinical experts; ours on studies alone.", EXPERTS


def _plural(size: int, one: str, many: str) -> str:
    return one if size == 1 else many


def _and(names: list[str] | tuple[str, ...]) -> str:
    """Return names as a list in words, the fourth and later ones counted.

    >>> _and(["A"]), _and(["A", "B"]), _and(["A", "B", "C", "D", "E"])
    ('A', 'A and B', 'A, B, C and 2 more')
    """
    shown = [*names[:3], *([f"{len(names) - 3} more"] if len(names) > 3 else [])]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
