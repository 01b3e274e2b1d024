"""Rows of `evidence` written by hand, for tests of effects and of their picture."""

from __future__ import annotations

import pandas as pd

USUAL = {
    "condition": "cidp",
    "study": "A trial",
    "year": 2001,
    "design": "rct",
    "randomised": True,
    "n_participants": 100,
    "intervention": "IVIG",
    "comparator": "Placebo",
    "comparison": "placebo-or-none",
    "outcome": "An outcome",
    "outcome_kind": "efficacy",
    "better_when": "higher",
    "measure": "RR",
    "certainty": "not-graded",
    "direction": "uncertain",
    "sources": ("alpha-2001",),
}
UNKNOWN = (
    *("estimate", "ci_low", "ci_high", "ci_level_pct", "unit", "p_value", "ivig_value", "control_value"),
    *("ivig_events", "ivig_n", "control_events", "control_n", "caveat", "note"),
)


def table(*rows: dict) -> pd.DataFrame:
    """Return rows of evidence; what is not given is as usual, or unknown."""
    filled = [dict.fromkeys(UNKNOWN) | USUAL | {"id": f"row-{place}"} | row for place, row in enumerate(rows)]
    return pd.DataFrame(filled).astype(object).where(lambda cells: cells.notna(), None)


def ratio(estimate: float, low: float | None = None, high: float | None = None, **other: object) -> dict:
    return {"measure": "RR", "estimate": estimate, "ci_low": low, "ci_high": high, **other}


def difference(estimate: float, low: float | None = None, high: float | None = None, **other: object) -> dict:
    return {"measure": "MD", "unit": "points", "estimate": estimate, "ci_low": low, "ci_high": high, **other}


def arms(ivig: float, control: float, **other: object) -> dict:
    return {"measure": "arms", "unit": "% of patients", "ivig_value": ivig, "control_value": control, **other}


def counted(events: int, people: int, other_events: int, other_people: int, **other: object) -> dict:
    """Return two shares of people with the counts behind them."""
    counts = {"ivig_events": events, "ivig_n": people, "control_events": other_events, "control_n": other_people}
    return arms(round(100 * events / people, 1), round(100 * other_events / other_people, 1), **counts, **other)
