"""Bets: a guess about the selected conditions before a chart tells, and how near it came. The truth is counted from the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset


@dataclass(frozen=True)
class Bet:
    """A question whose answer is a number of conditions, from 0 to `size`; `truth` is the number, `told` what it is the number of."""

    question: str
    size: int
    truth: int
    told: str


def bet(data: Dataset, shown: pd.DataFrame, chart: str) -> Bet | None:
    """Return the bet on what a chart tells of the conditions `shown`; None where the chart has none, or fewer than two are shown.

    `chart` is a name of `view.CHARTS`; those that have a bet are the keys of `BETS`.
    """
    if chart not in BETS or len(shown) < 2:
        return None
    asked, told, count = BETS[chart]
    size = len(shown)
    return Bet(f"Of these {size} conditions, {asked}", size, count(data, shown), told)


def judge(placed: Bet, guess: int) -> str:
    """Return in words how near a guess came.

    >>> judge(Bet("How many?", 160, 24, "have it"), 60)
    'You guessed 60 of 160. In fact 24 (15%) have it: your guess was 36 too many.'
    >>> judge(Bet("How many?", 2, 1, "have it"), 1)
    'You guessed 1 of 2. In fact 1 (50%) have it: exactly right.'
    """
    off = guess - placed.truth
    how = "exactly right" if not off else f"your guess was {abs(off)} too {'many' if off > 0 else 'few'}"
    share = f"{placed.truth} ({100 * placed.truth / placed.size:.0f}%)"
    return f"You guessed {guess} of {placed.size}. In fact {share} {placed.told}: {how}."


def _backed(data: Dataset, shown: pd.DataFrame) -> int:
    return int(grading.grade(data).reindex(shown["id"]).isin(["strong", "moderate"]).sum())


def _without_benefit(data: Dataset, shown: pd.DataFrame) -> int:
    return int((grading.grade(data).reindex(shown["id"]) == "no-benefit").sum())


def _licensed_in_us(data: Dataset, shown: pd.DataFrame) -> int:
    rows = data.statuses
    current = rows[(rows["jurisdiction"] == "US") & (rows["status"] == "licensed") & ~rows["historical"].astype(bool)]
    return int(shown["id"].isin(current["condition"]).sum())


# By chart: what is asked, what the number is of, and how it is counted.
BETS: dict[str, tuple[str, str, Callable[[Dataset, pd.DataFrame], int]]] = {
    "categories": (
        "in how many does randomised evidence clearly favour IVIG?",
        "have randomised evidence clearly in favour of IVIG",
        _backed,
    ),
    "evidence": ("in how many did controlled studies find no benefit?", "are graded “No benefit shown”", _without_benefit),
    "access": ("for how many is IVIG licensed in the United States?", "have a licence in the United States", _licensed_in_us),
}
