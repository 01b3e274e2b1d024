"""Evidence strength of a condition, computed from the rows of `evidence` by one stated rule.

Only rows count that measure efficacy, report a result, and compare IVIG with placebo, no IVIG, or another treatment.
Rows that compare doses, study the same people before and after, have no comparison group, or give immunoglobulin by
another route never count. Rows with the same `study_id` are one study; where some of them are randomised, those speak
for it. A study is

- *in favour* if more of its rows favour IVIG than do not;
- *against* if it compared IVIG with placebo or no IVIG and more rows found no difference, or found IVIG worse, than
  found it better; or if it found IVIG worse than another treatment;
- *equal* if it found no difference from another treatment;
- *undecided* otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from ivig_explainer.dataset import Dataset

COUNTED = ("placebo-or-none", "active")

LEVELS = {
    "strong": "Strong",
    "moderate": "Moderate",
    "limited": "Limited",
    "conflicting": "Conflicting",
    "no-benefit": "No benefit shown",
    "not-graded": "No comparative study",
}

RULE = {
    "strong": (
        "A pooled analysis of randomised trials, or at least two randomised trials, favour IVIG, and such studies "
        "outnumber those that found no benefit by two to one or more."
    ),
    "moderate": (
        "One randomised trial favours IVIG and none found no benefit; or randomised studies, pooled or at least two, "
        "found it equal to another treatment, and as many or more single trials favour it as found no benefit."
    ),
    "limited": (
        "No randomised study decides: non-randomised comparisons favour IVIG, a single randomised trial found it equal "
        "to another treatment, or results are undecided."
    ),
    "conflicting": "Studies of the same rank disagree, and those in favour are not twice as many.",
    "no-benefit": (
        "Randomised studies found no benefit, or another treatment better, and none is in favour on balance; or, where there is no "
        "randomised study, non-randomised comparisons did."
    ),
    "not-graded": (
        "No study in the tables compares IVIG with no IVIG, placebo or another treatment. That is not evidence against "
        "it: replacing antibody that is missing was seldom put to such a test."
    ),
}


@dataclass(frozen=True)
class Study:
    """One study or pooled analysis of one condition, its counted rows taken together."""

    name: str
    randomised: bool
    pooled: bool
    verdict: str  # "favour", "against", "equal" or "undecided"


@cache
def grade(data: Dataset) -> pd.Series:
    """Return the level of every condition, indexed by condition id."""
    found = by_condition(data)
    ids = data.conditions["id"]
    return pd.Series([level(found.get(i, [])) for i in ids], index=ids)


@cache
def by_condition(data: Dataset) -> dict[str, list[Study]]:
    """Return the studies of every condition that has a counted row, by condition id."""
    return {condition: studies(rows) for condition, rows in counted_rows(data.evidence).groupby("condition")}


def sources(data: Dataset, conditions: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the sources behind the levels of these conditions, each once."""
    rows = counted_rows(data.evidence)
    found = rows.loc[rows["condition"].isin(set(conditions)), "sources"]
    return tuple(dict.fromkeys(source for cell in found for source in cell))


def counted_rows(evidence: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that may decide a level."""
    silent = (evidence["measure"] == "none") & (evidence["direction"] == "uncertain")  # stopped early, not reported
    return evidence[(evidence["outcome_kind"] == "efficacy") & evidence["comparison"].isin(COUNTED) & ~silent]


def studies(rows: pd.DataFrame) -> list[Study]:
    """Take the counted rows of one condition together by study."""
    return [_study(group) for _, group in rows.groupby("study_id", sort=False)]


def level(found: list[Study]) -> str:
    """Return the level that the studies of one condition support, by `RULE`."""
    randomised = [study for study in found if study.randomised]
    if decided := _decide(randomised):
        return decided
    favour, against = _count(found, "favour"), _count(found, "against")
    if against and not favour and not randomised:
        return "no-benefit"
    if favour and against:
        return "conflicting"
    return "limited" if found else "not-graded"


def _decide(randomised: list[Study]) -> str:
    """Return the level that randomised studies settle by themselves; nothing where they do not."""
    favour, against = _count(randomised, "favour"), _count(randomised, "against")
    if favour and favour >= 2 * against:
        return "strong" if favour >= 2 or _pooled(randomised, "favour") else "moderate"
    equal = _pooled(randomised, "equal") or _count(randomised, "equal") >= 2
    if equal and favour >= against:
        return "moderate"
    if favour:
        return "conflicting"
    return "no-benefit" if against else ""


def _count(found: list[Study], verdict: str) -> int:
    return sum(study.verdict == verdict for study in found)


def _pooled(found: list[Study], verdict: str) -> bool:
    return any(study.pooled and study.verdict == verdict for study in found)


def _study(rows: pd.DataFrame) -> Study:
    randomised = rows["randomised"].astype(bool)
    speaking = rows[randomised] if randomised.any() else rows
    return Study(
        name=rows["study"].iloc[0],
        randomised=bool(randomised.any()),
        pooled=bool((randomised & (rows["design"] == "systematic-review")).any()),
        verdict=_verdict(speaking),
    )


def _verdict(rows: pd.DataFrame) -> str:
    found = rows["direction"].value_counts()
    favour, worse, same = (int(found.get(d, 0)) for d in ("favours-ivig", "favours-comparator", "no-difference"))
    unlike = int(((rows["comparison"] == "placebo-or-none") & (rows["direction"] == "no-difference")).sum())
    if favour > worse + same:
        return "favour"
    if worse + unlike > favour:
        return "against"
    return "equal" if same > favour else "undecided"
