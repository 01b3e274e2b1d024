"""Which conditions a visitor asks for: filters and a search, to and from a query string.

Within one filter any of the chosen values may hold; all filters, and the search, must hold together.
`region` and `status` are one question: with both chosen, the status must hold in one of those regions.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from urllib.parse import parse_qs, urlencode

import numpy as np
import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.search import Searcher

REGIONS = {"US": "United States", "EU": "European Union", "UK": "United Kingdom", "AU": "Australia", "CA": "Canada"}
STATUSES = {
    "licensed": "Licensed",
    "funded-routinely": "Funded or advised routinely",
    "funded-with-conditions": "With conditions",
    "exceptional-only": "Exceptional cases only",
    "not-funded": "Not funded or advised against",
    "not-licensed": "Not licensed",
}
ROLES = {
    "replacement": "Replaces missing antibody",
    "immunomodulation": "Calms the immune system",
    "passive-immunity": "Lends immunity to one infection",
}
ROLES_SHORT = {
    "replacement": "Replaces antibody",
    "immunomodulation": "Calms immunity",
    "passive-immunity": "Lends immunity",
}
AGES = {"children": "Children", "adults": "Adults"}
COURSES = {"acute": "Acute", "chronic": "Chronic", "relapsing": "Relapsing", "one-off": "One-off"}
CATEGORIES = (
    "Immunodeficiency",
    "Neurological",
    "Haematological",
    "Rheumatological & inflammatory",
    "Dermatological",
    "Infectious disease",
    "Obstetric & neonatal",
    "Transplantation",
    "Other",
)
FILTERS = {
    "category": ("Category", {name: name for name in CATEGORIES}),
    "role": ("What IVIG does", ROLES),
    "evidence": ("Strength of evidence", grading.LEVELS),
    "region": ("Country or region", REGIONS),
    "status": ("Access there", STATUSES),
    "age": ("Age", AGES),
    "course": ("Course", COURSES),
}
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Selection:
    """A set of conditions, described by what they have in common.

    >>> Selection(category=("Neurological",), q="neuropathy").to_query()
    'category=Neurological&q=neuropathy'
    """

    category: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    course: tuple[str, ...] = ()
    q: str = ""

    def __post_init__(self) -> None:
        """Bring the parts into one normal form, so that equal selections have equal addresses.

        Raises ValueError, naming the value, where a filter has no such choice or the search is too long.
        """
        for name, (_, choices) in FILTERS.items():
            chosen = getattr(self, name)
            if unknown := [value for value in chosen if value not in choices]:
                raise ValueError(f"{name} has no choice {unknown[0]!r}; it has {', '.join(choices)}")
            object.__setattr__(self, name, tuple(value for value in choices if value in chosen))
        whole = self.q.encode("utf-8", "ignore").decode("utf-8")  # a browser may send half a character, which has no address
        object.__setattr__(self, "q", " ".join(whole.split()))
        if len(self.q) > LONGEST_SEARCH:
            raise ValueError(f"the search text is longer than {LONGEST_SEARCH} characters")

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def to_query(self) -> str:
        """Return the selection as a query string, without the leading question mark."""
        pairs = [(name, value) for name in FILTERS for value in getattr(self, name)]
        return urlencode(pairs + ([("q", self.q)] if self.q else []))

    @classmethod
    def from_query(cls, query: str) -> tuple[Selection, tuple[str, ...]]:
        """Read a query string; return the selection and a sentence for each part that was dropped.

        Keys that are no part of a selection are left to others.

        >>> Selection.from_query("role=replacement&role=magic")
        (Selection(category=(), role=('replacement',), ..., q=''), ("role 'magic' is not known here and was left out",))
        """
        given = parse_qs(query.removeprefix("?"), keep_blank_values=False)
        chosen: dict[str, tuple[str, ...]] = {}
        dropped = []
        for name, (_, choices) in FILTERS.items():
            values = given.get(name, [])
            chosen[name] = tuple(value for value in values if value in choices)
            dropped += [f"{name} {short(v)} is not known here and was left out" for v in values if v not in choices]
        q = " ".join(given.get("q", [""])[0].split())
        if len(q) > LONGEST_SEARCH:
            dropped.append(f"the search text is longer than {LONGEST_SEARCH} characters and was left out")
            q = ""
        return cls(**chosen, q=q), tuple(dropped)

    def apply(self, data: Dataset) -> pd.DataFrame:
        """Return the rows of `data.conditions` that are selected: best match of the search first, then by name."""
        return data.conditions.iloc[_matcher(data).positions(self)]

    def counts(self, data: Dataset) -> dict[str, dict[str, int]]:
        """Return for every choice of every filter how many conditions it would show, the other filters kept."""
        return _matcher(data).counts(self)

    def costliest(self, data: Dataset) -> tuple[str, int] | None:
        """Return the part ("q" or a filter) whose removal shows most conditions, and how many; None if none helps."""
        parts = [name for name in (*FILTERS, "q") if getattr(self, name)]
        sizes = [(len(self.without(name).apply(data)), name) for name in parts]
        size, name = max(sizes, key=lambda pair: pair[0], default=(0, ""))
        return (name, size) if size else None

    def without(self, name: str) -> Selection:
        """Return the selection with one part removed."""
        return replace(self, **{name: "" if name == "q" else ()})


EVERYTHING = Selection()


def short(value: str) -> str:
    """Return a visitor's text quoted, and cut where it is long."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


@cache
def _matcher(data: Dataset) -> _Matcher:
    return _Matcher(data)


class _Matcher:
    """For every choice of every filter the mask of conditions that it holds for, made once per data set."""

    def __init__(self, data: Dataset) -> None:
        conditions = data.conditions
        strengths = grading.grade(data).to_numpy()
        columns = {"category": conditions["category"], "role": conditions["role"], "course": conditions["course"]}
        self.masks = {name: {v: (column == v).to_numpy(bool) for v in FILTERS[name][1]} for name, column in columns.items()}
        self.masks["evidence"] = {v: strengths == v for v in grading.LEVELS}
        self.masks["age"] = {v: conditions["ages"].isin([v, "both"]).to_numpy(bool) for v in AGES}
        self.access = self._access(data)
        self.everything = np.ones(len(conditions), bool)
        self.by_name = np.argsort(conditions["name"].str.casefold().to_numpy(), kind="stable")
        self.searcher = Searcher(conditions)

    @staticmethod
    def _access(data: Dataset) -> dict[tuple[str, str], np.ndarray]:
        current = data.statuses[~data.statuses["historical"].astype(bool)]
        groups = dict(tuple(current.groupby(["jurisdiction", "status"])["condition"]))
        ids = data.conditions["id"]
        return {(region, status): ids.isin(groups.get((region, status), ())).to_numpy(bool) for region in REGIONS for status in STATUSES}

    def positions(self, selection: Selection) -> np.ndarray:
        mask = self._mask(selection)
        if not selection.q:
            return self.by_name[mask[self.by_name]]
        ranks = self.searcher.ranks(selection.q)
        found = [i for i in self.by_name if mask[i] and i in ranks]
        return np.array(sorted(found, key=ranks.__getitem__), dtype=int)

    def counts(self, selection: Selection) -> dict[str, dict[str, int]]:
        searched = self._searched(selection)
        result = {}
        for name, (_, choices) in FILTERS.items():
            others = self._mask(selection.without(name)) & searched
            result[name] = {v: int((others & self._choice(selection, name, v)).sum()) for v in choices}
        return result

    def _searched(self, selection: Selection) -> np.ndarray:
        if not selection.q:
            return self.everything
        mask = np.zeros(len(self.everything), bool)
        mask[list(self.searcher.ranks(selection.q))] = True
        return mask

    def _choice(self, selection: Selection, name: str, value: str) -> np.ndarray:
        if name == "region":
            return self._accessible((value,), selection.status)
        if name == "status":
            return self._accessible(selection.region, (value,))
        return self.masks[name][value]

    def _mask(self, selection: Selection) -> np.ndarray:
        mask = self.everything
        for name, choices in self.masks.items():
            if chosen := getattr(selection, name):
                mask = mask & np.any([choices[value] for value in chosen], axis=0)
        if selection.region or selection.status:
            mask = mask & self._accessible(selection.region, selection.status)
        return mask

    def _accessible(self, regions: tuple[str, ...], statuses: tuple[str, ...]) -> np.ndarray:
        pairs = [(r, s) for r in regions or REGIONS for s in statuses or STATUSES]
        return np.any([self.access[pair] for pair in pairs], axis=0)
