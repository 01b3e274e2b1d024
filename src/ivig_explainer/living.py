"""What IVIG changes in daily life, as tables: infections, strength, use. Every number comes from a row with its sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import isnan

import pandas as pd

from ivig_explainer.dataset import Dataset
from ivig_explainer.quantities import number

# How events are counted. Rows counted differently are never drawn on one scale or compared.
BASES = {
    "per-year": "Events per person and year",
    "per-month": "Events per child and month",
    "people": "People with at least one, whole period",
    "people-a-year": "People with at least one in a year",
}
_BASIS_OF = (
    (re.compile(r"% of patients a year"), "people-a-year"),
    (re.compile(r"% of patients"), "people"),
    (re.compile(r"per month"), "per-month"),
    (re.compile(r"per (patient-)?year"), "per-year"),
)
SERIOUS = "sbi-licensing-trials"
SERIOUS_LIMIT = "sbi-threshold"
PNEUMONIA_RATIO = "pid-orange-2010-pneumonia-per-trough"
PNEUMONIA_RATES = "pneumonia-by-trough"
# Who used what, one list a country, year and measure, each with the list that holds the same in grams, if any.
USES = {
    "us-hospital-users-by-indication": "",
    "uk-neurology-share-2010-11": "uk-neurology-grams-2010-11",
    "uk-neurology-patients-2010-11": "",
    "london-ontario-use": "",
}
GROWTH = "immunoglobulin-growth-by-country"
_COUNTRIES = {"US": "United States", "UK": "United Kingdom", "England": "United Kingdom", "Atlantic Canada": "Canada", "World": "World"}
NO_COUNTRY = "Not tied to a country"
_MG_PER_DL_IN_G_PER_L = 100


@cache
def before_after(data: Dataset) -> pd.DataFrame:
    """Return one row a comparison of the same people with immunodeficiency before and on replacement.

    Columns: id, basis (a key of `BASES`, in whose order the rows stand), before, after (in the unit of the basis, % for
    shares of people), unit (as printed), outcome, study, people, condition (id), name and short (name or abbreviation, of the
    condition), found, caveat, sources.
    """
    immune = data.conditions.loc[data.conditions["category"] == "Immunodeficiency", "id"]
    rows = data.evidence
    rows = rows[(rows["comparison"] == "before-after") & (rows["measure"] == "arms") & rows["condition"].isin(immune)]
    rows = rows.dropna(subset=["control_value", "ivig_value"])
    table = _told(data, rows).assign(before=rows["control_value"], after=rows["ivig_value"], basis=[_basis(unit) for unit in rows["unit"]])
    order = {basis: place for place, basis in enumerate(BASES)}
    table = table[table["basis"] != ""]
    return table.sort_values(["basis", "before"], key=lambda c: c.map(order) if c.name == "basis" else -c, ignore_index=True)


def _told(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of any rows of `evidence`, with the names of their conditions."""
    about = data.conditions
    names = dict(zip(about["id"], about["name"], strict=True))
    shorts = {i: short[0] if short else names[i] for i, short in zip(about["id"], about["abbreviations"], strict=True)}
    kept = rows[["id", "condition", "study", "unit", "outcome", "intervention", "direction", "caveat", "sources"]]
    return kept.assign(
        people=rows["n_participants"],
        found=rows["plain_words"],
        name=rows["condition"].map(names),
        short=rows["condition"].map(shorts),
    )


def _basis(unit: object) -> str:
    """Return how a unit counts, a key of `BASES`, or the empty text.

    >>> _basis("hospital stays per patient-year"), _basis("% of patients a year"), _basis("g/L")
    ('per-year', 'people-a-year', '')
    """
    return next((basis for pattern, basis in _BASIS_OF if isinstance(unit, str) and pattern.search(unit)), "")


@dataclass(frozen=True)
class Association:
    """How often pneumonia goes with a trough IgG, as a ratio of rates for each 1 g/L more, with its 95% interval.

    An association across studies: it says nothing about what raising one person's trough does. `troughs` (g/L) and
    `rates` (pneumonias per patient-year) are the points that the source itself prints; outside them nothing is known.
    """

    ratio: float
    low: float
    high: float
    troughs: tuple[float, ...]
    rates: tuple[float, ...]
    sources: tuple[str, ...] = ()

    def relative(self, trough: float, reference: float) -> tuple[float, float, float]:
        """Return the ratio of rates at `trough` against `reference` (both g/L), and its interval, lower end first.

        >>> halves = Association(0.5, 0.4, 0.6, (5.0, 10.0), (0.1, 0.02))
        >>> halves.relative(7, 6), halves.relative(6, 7)[0]
        ((0.5, 0.4, 0.6), 2.0)
        """
        step = trough - reference
        ends = sorted((self.low**step, self.high**step))
        return self.ratio**step, ends[0], ends[1]

    def within(self, trough: object, otherwise: float) -> float:
        """Return `trough` as a number within what the source prints, or `otherwise` where it is none."""
        try:
            wanted = float(trough)
        except (TypeError, ValueError):
            return otherwise
        return otherwise if isnan(wanted) else min(max(wanted, self.troughs[0]), self.troughs[-1])


@cache
def association(data: Dataset) -> Association | None:
    """Return the association of trough IgG and pneumonia; None where the tables do not hold it."""
    slopes = data.evidence[data.evidence["id"] == PNEUMONIA_RATIO]
    rates = data.figures[data.figures["series"] == PNEUMONIA_RATES]
    points = sorted(
        (float(found[1].replace(",", "")) / _MG_PER_DL_IN_G_PER_L, row.value)
        for row in rates.itertuples()
        if (found := re.search(r"trough of ([\d,]+) mg/dL", row.name))
    )
    if slopes.empty or len(points) < 2:
        return None
    slope = slopes.iloc[0]
    step = float(re.search(r"per ([\d,]+) mg/dL", slope["outcome"])[1].replace(",", "")) / _MG_PER_DL_IN_G_PER_L
    ratio, low, high = (float(slope[name]) ** (1 / step) for name in ("estimate", "ci_low", "ci_high"))
    sources = tuple(dict.fromkeys(source for cell in (*slopes["sources"], *rates["sources"]) for source in cell))
    return Association(ratio, low, high, *map(tuple, zip(*points, strict=True)), sources)


@cache
def serious(data: Dataset) -> tuple[pd.DataFrame, float]:
    """Return serious bacterial infections per patient-year in the product trials, and the rate they must stay below.

    Columns: id, name (product and people), rate (missing where only a limit is printed), upper (the upper confidence
    limit that the row or its note prints, or missing), year, note, sources; lowest rate first.
    """
    rows = data.figures[data.figures["series"] == SERIOUS]
    limit = rows.loc[rows["id"] == SERIOUS_LIMIT, "high"]
    table = pd.DataFrame(
        [
            (row.id, row.name.partition(": ")[2], row.value, _upper(row), row.year, row.note, row.sources)
            for row in rows[rows["id"] != SERIOUS_LIMIT].itertuples(name="Figure")
        ],
        columns=["id", "name", "rate", "upper", "year", "note", "sources"],
    )
    table["name"] = [name.removesuffix(", upper 99% confidence limit") for name in table["name"]]
    table = table.sort_values(["rate", "name"], na_position="last").reset_index(drop=True)
    return table, float(limit.iloc[0]) if len(limit) else float("nan")


def _upper(row) -> float:
    if not pd.isna(row.high):
        return float(row.high)
    found = re.search(r"[Uu]pper (?:one-sided 99% |confidence )?limit (\d+\.\d+)", row.note) if isinstance(row.note, str) else None
    return float(found[1]) if found else float("nan")


@cache
def arms(data: Dataset, conditions: tuple[str, ...], comparison: str = "placebo-or-none") -> pd.DataFrame:
    """Return one row an outcome of a trial that counts people in both arms, in % of the people in the arm.

    Columns: id, condition (id), name and short (name or abbreviation), study, people, outcome, intervention, better_when
    ("higher" rows first), ivig, placebo, interval (difference or ratio with its interval, in words, or the empty text),
    direction, found, caveat, sources. Outcomes that are no share of people are not here.
    """
    rows = data.evidence
    rows = rows[(rows["comparison"] == comparison) & rows["condition"].isin(conditions)].dropna(subset=["ivig_value", "control_value"])
    rows = rows[(rows["unit"].fillna("") + rows["note"].fillna("")).str.contains("% of patients", regex=False)]
    table = _told(data, rows).assign(
        better_when=rows["better_when"],
        ivig=rows["ivig_value"],
        placebo=rows["control_value"],
        interval=[_interval(*of) for of in zip(*(rows[name] for name in _INTERVAL), strict=True)],
    )
    order = {condition: place for place, condition in enumerate(conditions)}
    return table.sort_values(
        ["better_when", "condition"],
        key=lambda c: c.map(order) if c.name == "condition" else c,
        kind="stable",
        ignore_index=True,
    )


_INTERVAL = ("measure", "estimate", "ci_low", "ci_high", "ci_level_pct")


def _interval(measure: str, estimate: float, low: float, high: float, level: float) -> str:
    """Return an effect with its interval in words; the empty text where no interval is printed.

    >>> _interval("RD", -30.0, -46.0, -12.0, 95.0)
    'difference −30 points (95% interval −46 to −12)'
    """
    kind = {"RD": "difference {} points", "RR": "ratio {}"}.get(measure)
    if kind is None or pd.isna(estimate) or pd.isna(low) or pd.isna(high):
        return ""
    return f"{kind.format(number(estimate))} ({level:g}% interval {number(low)} to {number(high)})"


@cache
def uses(data: Dataset) -> dict[str, pd.DataFrame]:
    """Return who uses immunoglobulin, one table a list of `USES` that the data set holds.

    Columns: label (condition or specialty), value, unit, grams (or missing), note, sources; the largest first.
    `attrs["title"]` says what is counted, where and when, `attrs["about"]` what holds for the whole list. A list counts in
    its own way and over its own whole: lists are never added.
    """
    found = {}
    for series, in_grams in USES.items():
        rows = data.figures[data.figures["series"] == series]
        if rows.empty:
            continue
        grams = data.figures[data.figures["series"] == in_grams] if in_grams else rows.iloc[:0]
        masses = {_label(name): value for name, value in zip(grams["name"], grams["value"], strict=True)}
        table = pd.DataFrame(
            {
                "label": [_label(name) for name in rows["name"]],
                "value": rows["value"].to_numpy(),
                "unit": rows["unit"].to_numpy(),
                "grams": [masses.get(_label(name)) for name in rows["name"]],
                "note": rows["note"].to_numpy(),
                "sources": rows["sources"].to_numpy(),
            }
        ).sort_values("value", ascending=False, kind="stable", ignore_index=True)
        table.attrs |= {"title": _heading(rows.iloc[0]), "about": _about(rows)}
        found[series] = table
    return found


def _label(name: str) -> str:
    """Return what a row of a list is about, without what all its rows share.

    >>> _label("People treated in UK neurology, 2010/11: chronic neuropathy")
    'Chronic neuropathy'
    """
    text = name.partition(": ")[2] or name
    return text[0].upper() + text[1:]


def _about(rows: pd.DataFrame) -> str:
    """Return in whom a list was counted and the sentences that all its notes share."""
    notes = [re.split(r"(?<=\.) ", note) if isinstance(note, str) else [] for note in rows["note"]]
    shared = [sentence for sentence in notes[0] if all(sentence in note for note in notes)]
    people = rows["population"].iloc[0]
    return " ".join([f"{people}."] * isinstance(people, str) + shared)


def _heading(row: pd.Series) -> str:
    shared = row["name"].partition(": ")[0]
    place = row["place"] if isinstance(row["place"], str) else ""
    there = "" if any(word in shared for word in re.findall(r"\w+", place)) else f", {place}"
    return shared + there


@cache
def growth(data: Dataset) -> pd.DataFrame:
    """Return the yearly growth of immunoglobulin use by place: place, value, low, high (%), name, note, year, sources."""
    rows = data.figures[data.figures["series"] == GROWTH]
    table = rows[["id", "place", "value", "low", "high", "name", "note", "year", "sources"]].copy()
    table["middle"] = table["value"].fillna((table["low"] + table["high"]) / 2)
    return table.sort_values(["middle", "place"], ascending=[False, True], ignore_index=True)


def country(place: object) -> str:
    """Return the country of a place of `figures`.

    >>> country("British Columbia, Canada"), country("England"), country(float("nan"))
    ('Canada', 'United Kingdom', 'Not tied to a country')
    """
    if not isinstance(place, str):
        return NO_COUNTRY
    last = place.rpartition(", ")[2]
    return _COUNTRIES.get(last, last)


@cache
def history(data: Dataset) -> tuple[tuple[str, int, str], ...]:
    """Return (id, importance, kind) of every event of the timeline, in its order."""
    table = data.timeline.sort_values("year", kind="stable")
    return tuple(zip(table["id"], (int(i) for i in table["importance"]), table["kind"], strict=True))


def left_out(data: Dataset, importance: int, kind: str = "") -> list[str]:
    """Return the ids of the events that are less important than `importance` (1 is the highest) or of another kind."""
    return [event for event, weight, own in history(data) if weight > importance or (kind and own != kind)]
