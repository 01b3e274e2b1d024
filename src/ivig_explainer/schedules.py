"""A schedule of `regimens` as the numbers with which a worked example begins."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Start:
    """Dose of the whole course and days; `choices` tells by "dose" and "days" what the schedule left open, in a sentence."""

    dose_g_per_kg: float
    days: int
    choices: dict[str, str]


def start(regimen, weight_kg: float) -> Start:
    """Return where an example of `regimen`, a row of `regimens`, begins: its lowest dose over its fewest days.

    A dose "a day" is multiplied by the days; one in grams is divided by `weight_kg`.

    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(
    ...     dose_g_per_kg_low=0.4, dose_g_per_kg_high=0.6, dose_g_low=None, dose_g_high=None, per="infusion", days_low=None, days_high=None
    ... )
    >>> start(row, 70)
    Start(dose_g_per_kg=0.4, days=1, choices={'dose': 'Of the doses that it allows the example takes the lowest.'})
    """
    low, high = _ends(regimen.dose_g_per_kg_low, regimen.dose_g_per_kg_high)
    fixed = low is None
    if fixed:
        low, high = _ends(regimen.dose_g_low, regimen.dose_g_high)
    fewest, most = _ends(regimen.days_low, regimen.days_high)
    days = 1 if fewest is None else int(fewest)
    dose = low * (days if regimen.per == "day" else 1) / (weight_kg if fixed else 1)
    choices = {}
    if fixed:
        choices["dose"] = "It gives a fixed dose in grams, turned into g/kg by the weight above."
    elif pd.isna(regimen.dose_g_per_kg_low):
        choices["dose"] = "It names only a highest dose, which the example takes."
    elif low != high:
        choices["dose"] = "Of the doses that it allows the example takes the lowest."
    if fewest != most:
        choices["days"] = "Of the days that it allows the example takes the fewest."
    elif fewest is None and regimen.per != "infusion":
        choices["days"] = "It names no number of days; the example takes one."
    return Start(round(dose, 4), days, choices)


def allows(regimen, days: int) -> bool:
    """Whether the whole course may be shared between so many days and still be the same schedule."""
    fewest, most = _ends(regimen.days_low, regimen.days_high)
    return regimen.per == "total-course" and fewest is not None and fewest <= days <= most


def _ends(low: object, high: object) -> tuple[float | None, float | None]:
    """Return both ends of a range; the known one twice where the other is unknown."""
    known = [float(end) for end in (low, high) if not pd.isna(end)]
    return (known[0], known[-1]) if known else (None, None)
