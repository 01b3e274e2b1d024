"""What stands behind a condition's level: how many people were randomised, and which study speaks best for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.quantities import number, with_unit

PEOPLE_RULE = (
    "People in randomised studies that count towards the grade: those of all single trials together, each trial once, or "
    "those of the largest pooled review, whichever are more. The two are never added, because a review pools trials that "
    "may stand beside it."
)
# The verdicts of a study that speak for a level.
SPEAKS = {
    "strong": ("favour",),
    "moderate": ("favour", "equal"),
    "limited": ("favour", "equal", "undecided"),
    "conflicting": ("favour", "against"),
    "no-benefit": ("against",),
}
WORDS = {
    "favours-ivig": "in favour of IVIG",
    "favours-comparator": "the comparator did better",
    "no-difference": "no difference",
    "uncertain": "undecided",
}
_RATIOS = ("RR", "OR", "HR", "IRR")
_SAYS = {
    "favour": ("favours-ivig",),
    "against": ("no-difference", "favours-comparator"),
    "equal": ("no-difference",),
    "undecided": ("uncertain",),
}


class Behind(NamedTuple):
    """What stands behind the level of one condition.

    `label` is the condition's abbreviation where no other condition has it, else its name.
    `people` is 0 where no randomised study of it prints a number; `trials` counts randomised studies, reviews among
    them. The rest is of the best study: `year` is empty where its name holds it or none is printed, `number` where none is
    printed; `found` says in words what its row says.
    """

    label: str
    level: str
    people: int
    trials: int
    study: str
    year: str
    kind: str
    outcome: str
    number: str
    found: str
    sources: tuple[str, ...]


@cache
def behind(data: Dataset) -> dict[str, Behind]:
    """Return what stands behind the level of every graded condition, by condition id."""
    levels, labels = grading.grade(data), _labels(data.conditions)
    rows: dict[str, list] = {}
    for row in grading.counted_rows(data.evidence).itertuples():
        rows.setdefault(row.condition, []).append(row)
    return {c: _behind(rows[c], studies, labels[c], levels[c]) for c, studies in grading.by_condition(data).items()}


def people(rows: Iterable) -> int:
    """Return how many people were randomised, by `PEOPLE_RULE`; `rows` are the counted rows of one condition.

    Of a study's rows the one with most people counts; a study without a printed number counts no one.
    """
    trials: dict[str, int] = {}
    reviews: dict[str, int] = {}
    for row in rows:
        if row.randomised:
            sizes = reviews if row.design == "systematic-review" else trials
            sizes[row.study_id] = max(sizes.get(row.study_id, 0), _size(row))
    return max(sum(n for study, n in trials.items() if study not in reviews), *reviews.values(), 0)


def _labels(conditions: pd.DataFrame) -> dict[str, str]:
    taken = Counter(short for abbreviations in conditions["abbreviations"] for short in abbreviations)
    own = {c.id: [short for short in c.abbreviations[:1] if taken[short] == 1] for c in conditions.itertuples()}
    return {c.id: (own[c.id] or [c.name])[0] for c in conditions.itertuples()}


def _behind(rows: list, studies: list[grading.Study], label: str, level: str) -> Behind:
    row, study = best(rows, studies, level)
    return Behind(
        label=label,
        level=level,
        people=people(rows),
        trials=len({r.study_id for r in rows if r.randomised}),
        study=row.study,
        year="" if pd.isna(row.year) or str(row.year) in row.study else str(row.year),
        kind="pooled randomised trials" if study.pooled else "randomised trial" if study.randomised else "not randomised",
        outcome=row.outcome,
        number=effect(row),
        found=WORDS[row.direction],
        sources=row.sources,
    )


def best(rows: list, studies: list[grading.Study], level: str) -> tuple[NamedTuple, grading.Study]:
    """Return the row that speaks best for the `level` of one condition, and its study.

    `rows` are the counted rows of the condition, `studies` what `grading.studies` makes of them, in the same order.
    The best study is one whose verdict speaks for the level, randomised before not, pooled before single, then the
    largest; its best row says what the study says, with an interval before without, then the largest.
    """
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(row.study_id, []).append(row)
    found = list(zip(groups.values(), studies, strict=True))
    speaking = [pair for pair in found if pair[1].verdict in SPEAKS[level]]
    group, study = max(speaking, key=lambda pair: (pair[1].randomised, pair[1].pooled, max(map(_size, pair[0]))))
    said = _SAYS[study.verdict]
    telling = [row for row in group if bool(row.randomised) == study.randomised]
    return max(telling, key=lambda r: (r.direction in said, bool(_interval(r)), bool(effect(r)), _size(r))), study


def effect(row) -> str:
    """Return the number of a row of `evidence` in a few words; the empty text where it has none.

    >>> from types import SimpleNamespace as Row
    >>> effect(Row(measure="RR", estimate=2.4, ci_low=1.5, ci_high=3.8, unit=float("nan")))
    'RR 2.4 (1.5 to 3.8)'
    >>> no = float("nan")
    >>> effect(Row(measure="arms", estimate=no, ivig_value=54.0, control_value=21.0, unit="% of patients", p_value=no))
    '54 against 21% of patients'
    """
    unit = row.unit if isinstance(row.unit, str) else ""
    if row.measure in (*_RATIOS, "RD", "MD", "SMD") and not pd.isna(row.estimate):
        size = number(row.estimate) if row.measure in _RATIOS else with_unit(number(row.estimate), unit)
        return f"{row.measure} {size}{_interval(row)}"
    if not pd.isna(row.ivig_value) and not pd.isna(row.control_value):
        return with_unit(f"{number(row.ivig_value)} against {number(row.control_value)}", unit)
    return f"p {row.p_value}" if isinstance(row.p_value, str) and row.p_value[:1] in "<>=" else ""


def _interval(row) -> str:
    known = not pd.isna(row.ci_low) and not pd.isna(row.ci_high)
    return f" ({number(row.ci_low)} to {number(row.ci_high)})" if known else ""


def _size(row) -> int:
    return 0 if pd.isna(row.n_participants) else int(row.n_participants)
