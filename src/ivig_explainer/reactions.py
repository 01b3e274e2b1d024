"""Reactions to IVIG: their words, and how often each was seen, never one base of counting mixed with another."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ivig_explainer.dataset import Dataset

SEVERITIES = {"serious": "Serious", "moderate": "Moderate", "mild": "Mild"}
ONSETS = {"during": "During the infusion", "within-72h": "Within 72 hours", "delayed": "Later: days to weeks"}
BASES = {
    "per-patient": ("Counted per patient", "of patients"),
    "per-infusion": ("Counted per infusion", "of infusions"),
    "per-course": ("Counted per course of treatment", "of courses"),
    "per-administration": ("Counted per administration", "of administrations"),
}
# Units that say how often something was seen; ratios, differences and counts of reports are other numbers.
_PER_CENT = {"% of patients": 1.0, "% of infusions": 1.0, "% of courses": 1.0, "per 10,000 administrations": 0.01}
# The figures of each topic, by the beginning of their id or of their series. A test sees to it that none is left out.
_FIGURES = {
    "any-reaction": ("any-reaction-per-", "reaction-by-indication-", "ae-infusion-octagam5", "ae-rate-privigen", "cidp-mild-"),
    "any-event": ("any-event-per-",),
    "serious-reaction": ("ae-serious-", "ae-severe-", "ae-ice-serious", "cidp-serious-"),
    "acute-kidney-injury": ("ae-aki-", "renal-"),
    "anaphylaxis": ("ae-anaphylaxis-",),
    "aseptic-meningitis": ("ae-aseptic-meningitis-",),
    "fever": ("ae-fever-", "proderm-fever", "ae-ontario-reports-febrile"),
    "flu-like-infusion-reaction": ("ae-flu-like-",),
    "haemolysis": ("ae-haemolysis-", "haemolysis-", "prima-haemolysis", "ae-ontario-reports-haemolytic"),
    "headache": ("ae-headache-", "pandas-trial-headache", "proderm-headache", "ae-ontario-reports-headache"),
    "infection-transmission": ("hcv-",),
    "nausea": ("proderm-nausea",),
    "neutropenia": ("ae-neutropenia-",),
    "rash-urticaria": ("ae-ontario-reports-allergic",),
    "serology-interference": ("ae-anti-hbc-",),
    "thromboembolism": ("ae-clots-", "esims-clots-", "optic-clots", "proderm-thromboembolism", "tee-"),
    "vomiting": ("ae-vomiting-",),
}
ANY = {
    "any-reaction": "Any reaction",
    "any-event": "Any event, caused by IVIG or not",
    "serious-reaction": "Any serious reaction",
}


def short(name: str) -> str:
    """Return a name without what stands in brackets.

    >>> short("Thromboembolism (stroke, heart attack, clot in leg or lung)")
    'Thromboembolism'
    """
    return name.partition(" (")[0]


def ordered(reactions: pd.DataFrame) -> pd.DataFrame:
    """Return reactions with the serious first; those of one severity stay in their order, by name of the row."""
    return reactions.sort_values("severity", key=lambda s: s.map(list(SEVERITIES).index), kind="stable")


def number(value: float) -> str:
    """Return a number without needless digits.

    >>> number(5.0), number(0.067), number(0.2287)
    ('5', '0.067', '0.2287')
    """
    return f"{value:.10g}"


def frequency(low: float, high: float, basis: str) -> str:
    """Return a frequency in words; an unknown upper end makes the lower one a bound.

    >>> frequency(2.9, 51, "per-patient")
    '2.9 to 51% of patients'
    >>> frequency(5, float("nan"), "per-patient")
    'at least 5% of patients'
    """
    if pd.isna(low):
        return ""
    whom = BASES[basis][1]
    if pd.isna(high):
        return f"at least {number(low)}% {whom}"
    return f"{number(low)}% {whom}" if low == high else f"{number(low)} to {number(high)}% {whom}"


def figures(data: Dataset, topic: str) -> pd.DataFrame:
    """Return the figures about one reaction (its id), or about reactions of any kind (a key of `ANY`); else none."""
    rows, topics_of = _sorted(data)
    return rows[topics_of == topic]


@cache
def _sorted(data: Dataset) -> tuple[pd.DataFrame, np.ndarray]:
    """Return all figures about reactions, and the topic of each."""
    rows = data.figures[data.figures["topic"] == "adverse-reactions"]
    found = [
        next((topic for topic, beginnings in _FIGURES.items() if row.startswith(beginnings) or str(series).startswith(beginnings)), "")
        for row, series in zip(rows["id"], rows["series"], strict=True)
    ]
    return rows, np.array(found, dtype=object)


def frequencies(data: Dataset, topic: str) -> pd.DataFrame:
    """Return those figures of a topic that are frequencies on a stated base, in per cent.

    Columns added: `pct`, `pct_low`, `pct_high`, `pct_comparison`, and `panel`: rows may share an axis only where
    they share it. It is the series that the curator made of comparable rows, and for a row without one the row itself.
    """
    rows = figures(data, topic)
    rows = rows[_is_frequency(rows)]
    scale = rows["unit"].map(_PER_CENT).astype(float)
    return rows.assign(
        pct=rows["value"] * scale,
        pct_low=rows["low"] * scale,
        pct_high=rows["high"] * scale,
        pct_comparison=rows["comparison_value"] * scale,
        panel=rows["series"].fillna(rows["id"]),
    )


def _is_frequency(rows: pd.DataFrame) -> pd.Series:
    return rows["unit"].isin(list(_PER_CENT)) & rows["frequency_basis"].isin(list(BASES))


@cache
def topics(data: Dataset) -> tuple[str, ...]:
    """Return the topics of which at least one frequency is known: those that count anything, then the reactions."""
    rows, topics_of = _sorted(data)
    known = set(topics_of[_is_frequency(rows).to_numpy()])
    return tuple(topic for topic in (*ANY, *ordered(data.adverse_reactions)["id"]) if topic in known)


def other_numbers(data: Dataset, topic: str) -> pd.DataFrame:
    """Return those figures of a topic that are no frequency on a stated base: ratios, counts of reports and the like."""
    rows = figures(data, topic)
    return rows[~_is_frequency(rows)]
