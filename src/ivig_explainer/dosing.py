"""The dose of one course: the schedules of `regimens`, made comparable in grams per kilogram.

A course is what is given before the next interval begins. A dose "in all" or "an infusion" is taken as it stands; a dose
"a day" is multiplied by the days: the lowest dose by the fewest days, the highest by the most. Repeats are not added up.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from ivig_explainer.dataset import Dataset

NEAR = 0.10  # doses this near, as a fraction, count as the same


@cache
def courses(data: Dataset) -> pd.DataFrame:
    """Return one row for each schedule by body weight: id, condition, name, role, phase, low, high and middle in g/kg a course, sources.

    `name` and `role` are the condition's. Where only an upper end is given ("up to"), it is both ends.
    """
    about = data.conditions.set_index("id")
    rows = data.regimens
    daily = rows["per"].eq("day")
    low = rows["dose_g_per_kg_low"] * rows["days_low"].where(daily, 1).astype(float)
    high = rows["dose_g_per_kg_high"] * rows["days_high"].where(daily, 1).astype(float)
    found = pd.DataFrame(
        {
            "id": rows["id"],
            "condition": rows["condition"],
            "name": rows["condition"].map(about["name"]),
            "role": rows["condition"].map(about["role"]),
            "phase": rows["phase"],
            "low": low.fillna(high).round(6),
            "high": high.fillna(low).round(6),
            "sources": rows["sources"],
        }
    )
    found["middle"] = (found["low"] + found["high"]) / 2
    return found.dropna(subset=["middle"]).reset_index(drop=True)


def near(some: pd.DataFrame, dose_g_per_kg: float) -> pd.DataFrame:
    """Return the rows of `courses` that give this dose, give or take `NEAR`: their range reaches into it."""
    low, high = around(dose_g_per_kg)
    return some[(some["low"] <= high) & (some["high"] >= low)]


def around(dose_g_per_kg: float) -> tuple[float, float]:
    """Return the doses that count as the same as this one.

    >>> around(2)
    (1.8, 2.2)
    """
    return round(dose_g_per_kg * (1 - NEAR), 6), round(dose_g_per_kg * (1 + NEAR), 6)
