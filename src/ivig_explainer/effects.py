"""Rows of `evidence` as effects that can stand beside each other, turned so that more is in favour of IVIG.

Ratios and differences are IVIG over (minus) the comparison. Where less of the outcome is better, a ratio is inverted and
a difference changes its sign, each with the ends of its interval exchanged. Where a row gives the share of people in
each group and the number of people behind it, the risk difference gets a 95% interval by Newcombe's hybrid score
method (method 10 in Stat Med 1998;17:873-890), which is meant for two independent groups: crossover trials, where the
same people had both treatments, do not get it, nor do pooled analyses, whose trials cannot be added up, nor shares that
were estimated over time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist

import pandas as pd

from ivig_explainer.quantities import number, with_unit

RATIOS = {"RR": "risk ratio", "OR": "odds ratio", "HR": "hazard ratio", "IRR": "rate ratio"}
DIFFERENCES = {"RD": "risk difference", "MD": "mean difference", "SMD": "standardised mean difference"}
RATIO = "ratio"
PEOPLE = "% of people"
SPREADS = "standard deviations"
VERDICTS = {
    "for": "favours IVIG beyond chance",
    "against": "favours the comparison beyond chance",
    "chance": "may be chance",
    "unknown": "no interval or p value to tell it from chance",
}
CHANCE = 0.05
REASONS = {
    "resource": "About cost or use of care, not about health.",
    "dose": "Doses, products or routes of immunoglobulin against each other, not IVIG against something else.",
    "before-after": "The same people before and after, with no other group beside them.",
    "single-arm": "One group only: nothing to compare with.",
    "expected": "Against the number that a score or a register led to expect, not against a group of people.",
    "subcutaneous": "The immunoglobulin was given under the skin, not into a vein.",
    "mixed": "Several comparisons pooled, or another question than IVIG against its absence or another treatment.",
    "combination": "IVIG was one part of a combined treatment, whose effect cannot be put down to it.",
    "no-number": "The tables hold no number for both groups.",
    "totals": "Events added up over a whole group; the number of people behind them is not given.",
    "no-side": "The tables do not say whether more or less of it is better.",
}
_SHARES = re.compile(r"% of (patients|people|infants|children|women|pregnancies)( \(estimated\))?$")
_SAME_PEOPLE = re.compile(r"cross-?over", re.IGNORECASE)


@dataclass(frozen=True)
class Effect:
    """One outcome. `estimate`, `low` and `high` are turned towards IVIG; `words`, `ivig` and `control` are as printed.

    `scale` says what may share an axis: `RATIO`, `PEOPLE`, or a unit. Unknown numbers are None.
    """

    id: str
    outcome: str
    study: str
    year: int | None
    people: int | None
    comparator: str
    randomised: bool
    pooled: bool
    certainty: str
    harm: bool
    better: str
    scale: str
    measure: str
    estimate: float
    low: float | None
    high: float | None
    level: float | None
    counts: tuple[int, int, int, int] | None  # people with the outcome and in all, with IVIG and without, if the interval is ours
    ivig: float | None
    control: float | None
    p_value: str
    words: tuple[str, ...]
    caveat: str
    sources: tuple[str, ...]

    @property
    def computed(self) -> bool:
        """Whether estimate and interval are ours, reckoned from the counts."""
        return self.counts is not None

    @property
    def null(self) -> float:
        """Where IVIG and the comparison are alike."""
        return 1.0 if self.scale == RATIO else 0.0

    @property
    def verdict(self) -> str:
        """What the numbers say (a key of `VERDICTS`): what the source prints goes before an interval of ours."""
        if self.low is not None and not self.computed:
            told = self._by_interval()
            return told if told != "chance" or not (self.level or 0) > 95 else self._by_p_value() or told
        told = self._by_p_value()
        if told:
            return told
        return "unknown" if self.low is None else self._by_interval()

    def _by_interval(self) -> str:
        return "for" if self.low > self.null else "against" if self.high < self.null else "chance"

    def _by_p_value(self) -> str:
        """Return the verdict of the printed p value; nothing where it does not decide."""
        beyond = significant(self.p_value)
        if beyond is None:
            return ""
        return "chance" if not beyond or self.estimate == self.null else "for" if self.estimate > self.null else "against"


@dataclass(frozen=True)
class Apart:
    """A result that must not share an axis with the others, and why (a key of `REASONS`)."""

    id: str
    outcome: str
    study: str
    reason: str
    sources: tuple[str, ...]


def compare(rows: pd.DataFrame) -> tuple[tuple[Effect, ...], tuple[Apart, ...]]:
    """Return the effects among rows of `evidence`, and the rows that are none, each in the order of the table."""
    effects, others = [], []
    for row in rows.itertuples(index=False):
        reason = _reason(row)
        if reason:
            others.append(Apart(row.id, row.outcome, row.study, reason, row.sources))
        else:
            effects.append(_effect(row))
    return tuple(effects), tuple(others)


def turn(estimate: float, low: float | None, high: float | None, ratio: bool) -> tuple[float, float | None, float | None]:
    """Return an effect seen from the other side: a ratio inverted, a difference with its sign changed.

    The interval, where there is one, changes its ends: what was the lower becomes the higher.

    >>> turn(0.5, 0.25, 0.8, ratio=True), turn(-2.0, -3.0, 1.0, ratio=False)
    ((2.0, 1.25, 4.0), (2.0, -1.0, 3.0))
    """
    other = _inverse if ratio else _negative
    return (other(estimate), None, None) if low is None or high is None else (other(estimate), other(high), other(low))


def newcombe(events: int, people: int, other_events: int, other_people: int, level_pct: float = 95.0) -> tuple[float, float]:
    """Return the interval of the difference of two independent shares, first minus second, in percentage points.

    >>> low, high = newcombe(56, 70, 48, 80)  # the first example of Newcombe's paper
    >>> round(low, 2), round(high, 2)
    (5.24, 33.39)
    """
    first, (low, high) = events / people, _wilson(events, people, level_pct)
    second, (other_low, other_high) = other_events / other_people, _wilson(other_events, other_people, level_pct)
    difference = first - second
    return (
        100 * (difference - sqrt((first - low) ** 2 + (other_high - second) ** 2)),
        100 * (difference + sqrt((high - first) ** 2 + (second - other_low) ** 2)),
    )


def events_behind(share_pct: float, people: int) -> int | None:
    """Return the only number of people whose share, rounded to the printed digits or cut off there, is this one.

    >>> events_behind(18.6, 102), events_behind(46.1, 52), events_behind(39.0, 9), events_behind(1.8, 8035)
    (19, 24, None, None)
    """
    digits = len(f"{share_pct:.10g}".partition(".")[2])
    step = 10.0**-digits
    above = [100 * events / people - share_pct for events in range(people + 1)]
    rounded = [events for events, rest in enumerate(above) if abs(rest) <= step / 2 + 1e-9]
    cut = [events for events, rest in enumerate(above) if -1e-9 <= rest < step]
    found = rounded or cut
    return found[0] if len(found) == 1 else None


def significant(p_value: str) -> bool | None:
    """Return whether a printed p value is below 0.05; None where it does not say.

    >>> [significant(p) for p in ("0.03", "<0.001", ">0.2", "not significant", "<0.1", "")]
    [True, True, False, False, None, None]
    """
    if p_value == "not significant":
        return False
    found = re.fullmatch(r"([<>=]?)\s*([0-9.]+)", p_value)
    if not found:
        return None
    sign, value = found[1], float(found[2])
    match sign:
        case "<":
            return True if value <= CHANCE else None
        case ">":
            return False if value >= CHANCE else None
        case _:
            return value < CHANCE


def in_words(row) -> Iterator[str]:
    """Yield the numbers of a row of `evidence` in words, as its source prints them."""
    unit = row.unit if isinstance(row.unit, str) else ""
    named = RATIOS | DIFFERENCES
    if row.measure in named and not pd.isna(row.estimate):
        value = number(row.estimate) if row.measure in RATIOS else with_unit(number(row.estimate), _told_unit(row.measure, unit))
        yield f"{named[row.measure]} {value}{_interval(row)}"
    elif row.measure == "single" and not pd.isna(row.estimate):
        yield with_unit(number(row.estimate), unit) + _interval(row)
    if not pd.isna(row.ivig_value) and not pd.isna(row.control_value):
        arms = "% of patients" if _shares(row.measure, unit) else unit
        yield f"{number(row.ivig_value)} with IVIG against {with_unit(number(row.control_value), arms)}"
    if told := p_in_words(_text(row.p_value)):
        yield told


def p_in_words(p_value: str) -> str:
    """Return a printed p value as text.

    >>> p_in_words("0.03"), p_in_words("<0.001"), p_in_words("not significant"), p_in_words("")
    ('p = 0.03', 'p < 0.001', 'p not significant', '')
    """
    if not p_value:
        return ""
    sign, value = (p_value[0], p_value[1:].strip()) if p_value[0] in "<>=" else ("=", p_value)
    return f"p {sign} {value}" if value[:1].isdigit() else f"p {p_value}"


def _interval(row) -> str:
    ends = [(word, number(end)) for word, end in (("from", row.ci_low), ("to", row.ci_high)) if not pd.isna(end)]
    if not ends:
        return ""
    level = 95 if pd.isna(row.ci_level_pct) else row.ci_level_pct
    if len(ends) == 2:
        return f" ({number(level)}% interval {ends[0][1]} to {ends[1][1]})"
    [(word, end)] = ends
    return f" ({number(level)}% interval {word} {end}; its other end is not known)"


def _told_unit(measure: str, unit: str) -> str:
    if _shares(measure, unit):
        return "percentage points"
    return SPREADS if measure == "SMD" else unit


def _shares(measure: str, unit: str) -> bool:
    """Whether the values of the groups are shares of people."""
    return bool(_SHARES.match(unit)) or measure == "RD"


def _wilson(events: int, people: int, level_pct: float) -> tuple[float, float]:
    """Return Wilson's score interval of one share, from 0 to 1."""
    z = NormalDist().inv_cdf(0.5 + level_pct / 200)
    share, spread = events / people, z * z / people
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / people + spread / (4 * people))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if events == 0 else low), (1.0 if events == people else high)  # exactly, without the noise of fractions


def _inverse(value: float) -> float:
    if value == 0:
        return inf
    return 0.0 if value == inf else 1 / value


def _negative(value: float) -> float:
    return 0.0 - value  # never a minus before zero


def _reason(row) -> str:
    """Return why a row is no comparable effect (a key of `REASONS`); nothing where it is one."""
    if row.outcome_kind == "resource" or row.comparison in REASONS:
        return "resource" if row.outcome_kind == "resource" else row.comparison
    arms = not pd.isna(row.ivig_value) and not pd.isna(row.control_value)
    if not (arms if row.measure == "arms" else row.measure in RATIOS | DIFFERENCES and not pd.isna(row.estimate)):
        return "no-number"
    if row.measure == "arms" and "in the arm" in _text(row.unit):
        return "totals"
    return "" if isinstance(row.better_when, str) else "no-side"


def _effect(row) -> Effect:
    ratio = row.measure in RATIOS
    scale = RATIO if ratio else _scale(row.measure, _text(row.unit))
    ivig, control = _number(row.ivig_value), _number(row.control_value)
    counts = _counts(row) if row.measure == "arms" and scale == PEOPLE else None
    if counts:
        estimate, low, high, level = 100 * (counts[0] / counts[1] - counts[2] / counts[3]), *newcombe(*counts), 95.0
    elif row.measure == "arms":
        estimate, low, high, level = ivig - control, None, None, None
    else:
        estimate, low, high, level = (_number(value) for value in (row.estimate, row.ci_low, row.ci_high, row.ci_level_pct))
    if low is None or high is None:
        low = high = None  # half an interval is told in words, not drawn
    if row.better_when == "lower":
        estimate, low, high = turn(estimate, low, high, ratio)
    return Effect(
        id=row.id,
        outcome=row.outcome,
        study=row.study,
        year=_whole(row.year),
        people=_whole(row.n_participants),
        comparator=_text(row.comparator) or "no IVIG",
        randomised=bool(row.randomised),
        pooled=row.design == "systematic-review",
        certainty=row.certainty,
        harm=row.outcome_kind == "harm",
        better=row.better_when,
        scale=scale,
        measure=row.measure,
        estimate=estimate,
        low=low,
        high=high,
        level=None if low is None else level or 95.0,
        counts=counts,
        ivig=None if ratio else ivig,
        control=None if ratio else control,
        p_value=_text(row.p_value),
        words=tuple(in_words(row)),
        caveat=_text(row.caveat),
        sources=row.sources,
    )


def _scale(measure: str, unit: str) -> str:
    """Return the unit in which a difference, or the values of two groups, may share an axis with others."""
    if _shares(measure, unit):
        return PEOPLE
    return SPREADS if measure == "SMD" else unit or "no unit printed"


def _counts(row) -> tuple[int, int, int, int] | None:
    """Return the counts behind two shares of people; nothing where an interval from them would not be right."""
    texts = (row.comparator, row.intervention, row.caveat, row.note)
    if row.design == "systematic-review" or "(estimated)" in row.unit or any(_SAME_PEOPLE.search(_text(text)) for text in texts):
        return None
    counts: list[int] = []
    for value, events, people in (
        (row.ivig_value, row.ivig_events, row.ivig_n),
        (row.control_value, row.control_events, row.control_n),
    ):
        if pd.isna(people):
            return None
        behind = events_behind(float(value), int(people)) if pd.isna(events) else int(events)
        if behind is None:
            return None
        counts += [behind, int(people)]
    return tuple(counts)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
