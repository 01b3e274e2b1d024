"""Read this forest plot: ratios with their intervals, turned so that above 1 is in favour of IVIG.

The truth is in the numbers alone: whether an interval holds 1, and how wide it is on the log scale.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import inf, log
from typing import ClassVar

from ivig_explainer import effects, grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, at_level, conditions, full_name, neighbours, unique
from ivig_explainer.quiz.question import Row
from ivig_explainer.wording import number

READ = {
    "better": "IVIG did better: the whole interval lies on its side of 1",
    "open": "Not decided: the interval reaches over both sides of 1",
    "worse": "The comparison did better: the whole interval lies on its side",
}
LEVEL_PCT = 95
NARROWER = 1.3  # by what factor the narrowest interval must be so, to be seen


@cache
def _plotted(data: Dataset) -> dict[str, tuple[tuple, Row]]:
    """Return the rows of `evidence` that have a ratio with its 95% interval, each with its turned numbers."""
    rows = {row.id: row for row in data.evidence.itertuples(index=False)}
    found, _ = effects.compare(data.evidence)
    shown = [effect for effect in found if _fits(effect) and rows[effect.id].comparison in grading.COUNTED]
    return {effect.id: (rows[effect.id], _row(effect)) for effect in shown}


def _fits(effect: effects.Effect) -> bool:
    """Whether an effect is a ratio whose 95% interval has two ends that a log axis can show."""
    return effect.scale == effects.RATIO and effect.level == LEVEL_PCT and effect.low > 0 and effect.high < inf


def _row(effect: effects.Effect) -> Row:
    year = "" if effect.year is None or str(effect.year) in effect.study else f" {effect.year}"
    return Row(f"{effect.study}{year}: {effect.outcome}", effect.measure, effect.estimate, effect.low, effect.high)


def reading(row: Row) -> str:
    """Return the key of `READ` for a row; "" where the interval ends at 1, which rounding may have brought about."""
    if 1 in (row.low, row.high):
        return ""
    return "better" if row.low > 1 else "worse" if row.high < 1 else "open"


def width(row: Row) -> float:
    """Return the width of the interval on the log scale."""
    return log(row.high / row.low)


def numbers(row: Row) -> str:
    """Return a row's numbers in words."""
    return f"{row.measure} {_short(row.value)}, 95% interval {_short(row.low)} to {_short(row.high)}"


def _short(value: float) -> str:
    return number(round(value, 2))


class _Forest(Form):
    kind = "forest"

    def text(self, data, key):
        return self._named(data, key).label

    def condition(self, data, subject, right):
        return _plotted(data)[right][0].condition

    def rows(self, data, subject, right, keys):
        return tuple(self._named(data, key) for key in keys)

    @staticmethod
    def _named(data, key):
        """Return a row whose label says in which condition, for plots of several."""
        row, turned = _plotted(data)[key]
        about = conditions(data)[row.condition]
        return replace(turned, label=f"{turned.label} ({about.abbreviations[0] if about.abbreviations else about.name})")

    def _peers(self, data, right):
        own = _plotted(data)[right][0].condition
        near = {own, *neighbours(data, own)}
        return [key for key, (row, _) in _plotted(data).items() if row.condition in near]

    def _known(self, data, level):
        known = set(at_level(data, level))
        return {key: turned for key, (row, turned) in _plotted(data).items() if row.condition in known}

    def apart(self, data, key, other):
        """Rows of one study would be told apart by their outcome alone."""
        return _plotted(data)[key][0].study_id != _plotted(data)[other][0].study_id


class One(_Forest):
    """Ask what one row says. The subject is a row of `evidence`."""

    name = "one"
    levels = (1, 2)

    def cases(self, data, level):
        for key, turned in self._known(data, level).items():
            if reading(turned):
                yield key, reading(turned)

    def others(self, data, subject, right, level):
        return READ

    def holds(self, data, subject, key):
        own = reading(_plotted(data)[subject][1])
        return own == key if own else None

    def prompt(self, data, subject, right, level):
        row, _ = _plotted(data)[subject]
        return f"{full_name(data, row.condition)}: one row of a forest plot, right is in favour of IVIG. What does it say?"

    def text(self, data, key):
        return READ[key]

    def apart(self, data, key, other):
        return key != other

    def explain(self, data, subject, right, wrong):
        row, turned = _plotted(data)[subject]
        side = {"better": "above", "worse": "below"}.get(right)
        told = f"The interval lies wholly {side} 1." if side else "The interval holds 1, so neither side is shown to do better."
        return f"{numbers(turned)} (turned so that above 1 is in favour of IVIG). {told} {row.plain_words}", row.sources

    def condition(self, data, subject, right):
        return _plotted(data)[subject][0].condition

    def rows(self, data, subject, right, keys):
        return (_plotted(data)[subject][1],)


class Clear(_Forest):
    """Ask which of these rows decides in favour of IVIG, or which does not decide."""

    name = "clear"
    levels = (2, 3)
    _PROMPTS: ClassVar = {
        "better": "Four rows of a forest plot, right is in favour of IVIG. Which one shows that IVIG did better?",
        "open": "Four rows of a forest plot, right is in favour of IVIG. Which one leaves open whether IVIG did better?",
    }
    fewest = 4

    def cases(self, data, level):
        for key, turned in self._known(data, level).items():
            if reading(turned) in self._PROMPTS:
                yield reading(turned), key

    def others(self, data, subject, right, level):
        return self._peers(data, right)

    def holds(self, data, subject, key):
        own = reading(_plotted(data)[key][1])
        return own == subject if own else None

    def prompt(self, data, subject, right, level):
        return self._PROMPTS[subject]

    def explain(self, data, subject, right, wrong):
        row, turned = _plotted(data)[right]
        others = "does not hold 1" if subject == "open" else "holds 1 or lies below it"
        told = f"{turned.label}: {numbers(turned)}. The interval of every other row {others}."
        return f"{told} {row.plain_words}", unique(s for key in (right, *wrong) for s in _plotted(data)[key][0].sources)


class Precise(_Forest):
    """Ask which of these estimates is the most precise. The subject is the row that is."""

    name = "precise"
    levels = (3,)
    fewest = 4

    def cases(self, data, level):
        for key in self._known(data, level):
            yield key, key

    def others(self, data, subject, right, level):
        return self._peers(data, right)

    def holds(self, data, subject, key):
        """Right is the subject; wrong is a row whose interval is clearly wider than the subject's."""
        if key == subject:
            return True
        return False if width(_plotted(data)[key][1]) > NARROWER * width(_plotted(data)[subject][1]) else None

    def prompt(self, data, subject, right, level):
        return "Four rows of a forest plot on a log axis. Which estimate is the most precise?"

    def explain(self, data, subject, right, wrong):
        _, turned = _plotted(data)[right]
        spans = "; ".join(
            f"{_plotted(data)[k][1].label}, {_short(_plotted(data)[k][1].high / _plotted(data)[k][1].low)} times" for k in wrong
        )
        own = _short(turned.high / turned.low)
        told = f"Its interval is the narrowest: the upper end is {own} times the lower one ({numbers(turned)}). The others: {spans}."
        return told, unique(s for key in (right, *wrong) for s in _plotted(data)[key][0].sources)


FORMS = (One(), Clear(), Precise())
