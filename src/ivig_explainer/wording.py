"""The words of the tables: what an enum value is called, and how a dose is told."""

from __future__ import annotations

import pandas as pd

LINES = {
    "first-line": "first choice",
    "first-line-alternative": "one of the first choices",
    "second-line": "second choice",
    "adjunct": "added to other treatment",
    "rescue": "when other treatment fails",
    "not-recommended": "not recommended",
}
PHASES = {
    "induction": "Induction",
    "single-course": "Single course",
    "replacement": "Replacement",
    "maintenance": "Maintenance",
    "prophylaxis": "Prophylaxis",
}
DIRECTIONS = {
    "favours-ivig": "favours IVIG",
    "favours-comparator": "favours the comparator",
    "no-difference": "no difference",
    "uncertain": "uncertain",
}
CONFIDENCES = {"established": "established", "supported": "supported", "hypothesis": "a hypothesis"}
BASES = ("label", "guideline", "policy", "review", "study")  # the order in which schedules are told


def number(value: float) -> str:
    """Return a number without needless digits.

    >>> number(2.0), number(0.4), number(1234.5)
    ('2', '0.4', '1234.5')
    """
    return f"{value:.10g}"


def span(low: object, high: object) -> str:
    """Return a range as text; one number where both ends are alike or one is unknown.

    >>> span(0.4, 0.6), span(2, 2), span(pd.NA, 2)
    ('0.4–0.6', '2', '2')
    """
    ends = [number(float(end)) for end in (low, high) if not pd.isna(end)]
    return "–".join(dict.fromkeys(ends))


def dose(regimen) -> str:
    """Return a regimen's dose and schedule in words, such as "2 g/kg over 2–5 days, every 3–4 weeks"."""
    grams = span(regimen.dose_g_per_kg_low, regimen.dose_g_per_kg_high)
    amount = f"{grams} g/kg" if grams else f"{span(regimen.dose_g_low, regimen.dose_g_high)} g"
    days = span(regimen.days_low, regimen.days_high)
    plural = "" if days in ("", "1") else "s"
    match regimen.per:
        case "day":
            text = f"{amount} a day" + (f" for {days} day{plural}" if days else "")
        case "total-course":
            text = f"{amount} in all" + (f" over {days} day{plural}" if days else "")
        case _:
            text = f"{amount} an infusion"
    weeks = span(regimen.interval_weeks_low, regimen.interval_weeks_high)
    return text + (f", every {weeks} week{'' if weeks == '1' else 's'}" if weeks else "")
