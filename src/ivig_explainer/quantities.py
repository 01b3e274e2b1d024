"""Numbers of the table `figures` in words: value, range and comparison, each called what it is."""

from __future__ import annotations

import pandas as pd

_RANGES = {
    "interval-95": "95% interval ",
    "interval-90": "90% interval ",
    "sd": "standard deviation ",
    "iqr": "middle half ",
    "min-max": "lowest to highest ",
}
_COUNTABLE_LOG10 = 6


def number(value: float) -> str:
    """Return a number as printed, with commas between thousands and a true minus.

    >>> number(0.4), number(40673350.0), number(-1.5)
    ('0.4', '40,673,350', '−1.5')
    """
    return f"{value:,.10g}".replace("-", "−")


def amount(row) -> str:
    """Return the number of a row of `figures` with its unit, range and comparison.

    >>> from types import SimpleNamespace as Row
    >>> no = float("nan")
    >>> amount(Row(value=22.0, low=no, high=no, range_is=no, unit="% of patients", comparison_value=84.0, comparison_label="before"))
    '22% of patients, against 84 (before)'
    >>> amount(Row(value=no, low=1000.0, high=no, range_is="bound", unit="donors", comparison_value=no, comparison_label=no))
    'at least 1,000 donors'
    >>> amount(Row(value=no, low=3.0, high=10.0, range_is="stated-range", unit="% of patients", comparison_value=no, comparison_label=no))
    '3 to 10% of patients'
    """
    return size(row) + _range(row) + _comparison(row)


def size(row) -> str:
    """Return the value of a row of `figures` with its unit, or the range where no value is given."""
    if not pd.isna(row.value):
        return with_unit(number(row.value), row.unit)
    if pd.isna(row.high):
        return f"at least {with_unit(number(row.low), row.unit)}"
    if pd.isna(row.low):
        return f"at most {with_unit(number(row.high), row.unit)}"
    return with_unit(f"{number(row.low)} to {number(row.high)}", row.unit)


def remainder(row) -> str:
    """Return what is left after a reduction told in powers of ten, where that can be imagined; else the empty text.

    >>> from types import SimpleNamespace as Row
    >>> remainder(Row(value=5.0, low=float("nan"), unit="log10"))
    '1 in 100,000 is left'
    """
    power = row.low if pd.isna(row.value) else row.value
    if row.unit != "log10" or not power <= _COUNTABLE_LOG10:
        return ""
    return f"{'at most ' if pd.isna(row.value) else ''}1 in {10**power:,.0f} is left"


def with_unit(text: str, unit: str) -> str:
    """Return a number and its unit.

    >>> with_unit("5", "% of people"), with_unit("5", "g"), with_unit("5", "")
    ('5% of people', '5 g', '5')
    """
    return text + unit if unit.startswith("%") or not unit else f"{text} {unit}"


def _range(row) -> str:
    if pd.isna(row.value) or pd.isna(row.low) or pd.isna(row.high):
        return ""
    return f" ({_RANGES.get(row.range_is, '')}{number(row.low)} to {number(row.high)})"


def _comparison(row) -> str:
    return "" if pd.isna(row.comparison_value) else f", against {number(row.comparison_value)} ({row.comparison_label})"
