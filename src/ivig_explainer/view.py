"""What the page shows, as its address says it: a tab, a selection, an open condition, a chart, a theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, parse_qsl, urlencode

from ivig_explainer.access import QUESTIONS, SORTS
from ivig_explainer.dataset import Dataset
from ivig_explainer.selection import EVERYTHING, FILTERS, Selection, short

TABS = {
    "overview": "Overview",
    "explore": "Explore",
    "compare": "Compare",
    "mechanism": "How it works",
    "infusion": "Infusion",
    "safety": "Side effects",
    "living": "Living with IVIG",
    "future": "Future",
    "quiz": "Quiz",
    "teach": "Teach",
    "questions": "Questions",
    "sources": "Sources",
}
CHARTS = {"categories": "Categories", "tree": "Tree", "evidence": "Evidence", "access": "Access map"}
THEMES = ("auto", "light", "dark")
TEXTS = {"plain": "Plain", "student": "Student"}
LONGEST_QUERY = 8000
MOST_COMPARED = 4
MOST_PARTS = 80
LONGEST_PART = 300
_OWN = {"tab": TABS, "chart": CHARTS, "sort": SORTS, "question": QUESTIONS, "theme": THEMES, "text": TEXTS}
_PART = re.compile(r"([a-z]+)(\.[a-z0-9_-]{1,30}){1,2}")


@dataclass(frozen=True)
class View:
    """One state of the page. Equal views have equal addresses.

    `sort` orders the access map and `question` is put to it; they are keys of `access.SORTS` and `access.QUESTIONS`.
    `compare` holds the ids of the conditions that are compared. `parts` holds what the tabs keep of their own forms, as pairs of
    text such as ("infusion.form.weight_kg", "70"): a place, a dot and a name; a list has a pair for each of its values. What a
    part may be, only its tab knows, so an address is held to its shape here and to its sense where the tab is built.

    >>> View(tab="explore", condition="cidp").to_query()
    'tab=explore&condition=cidp'
    >>> View(tab="living").keep("living.uses", {"list": "london"}).to_query()
    'tab=living&living.uses.list=london'
    """

    tab: str = "overview"
    selection: Selection = EVERYTHING
    condition: str = ""
    chart: str = "categories"
    theme: str = "auto"
    text: str = "student"
    compare: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    sort: str = "category"
    question: str = ""

    def to_query(self) -> str:
        """Return the query string that restores the view; what is as usual is left out."""
        usual = {f.name: f.default for f in fields(self)}
        first = urlencode([("tab", self.tab)] if self.tab != usual["tab"] else [])
        own = [(name, getattr(self, name)) for name in ("condition", *_OWN) if name != "tab"]
        lists = [("compare", condition) for condition in self.compare]
        rest = urlencode([(name, value) for name, value in own if value != usual[name]] + lists + list(self.parts))
        return "&".join(part for part in (first, self.selection.to_query(), rest) if part)

    def part(self, place: str) -> dict[str, tuple[str, ...]]:
        """Return what is kept at a place, such as "living.uses": names, each with its values."""
        kept: dict[str, tuple[str, ...]] = {}
        for key, value in self.parts:
            where, _, name = key.rpartition(".")
            if where == place:
                kept[name] = (*kept.get(name, ()), value)
        return kept

    def keep(self, place: str, values: Mapping[str, str | Iterable[str]]) -> View:
        """Return the view with `values` in place of all that was kept at `place`; empty text is not kept."""
        others = [pair for pair in self.parts if pair[0].rpartition(".")[0] != place]
        lists = {name: [value] if isinstance(value, str) else list(value) for name, value in values.items()}
        return replace(self, parts=_ordered(others + [(f"{place}.{name}", v) for name, texts in lists.items() for v in texts if v]))

    @classmethod
    def from_query(cls, query: str, data: Dataset) -> tuple[View, tuple[str, ...]]:
        """Read a query string; return the view and a sentence for each part that makes no sense and was dropped."""
        query = query.removeprefix("?")
        if len(query) > LONGEST_QUERY:
            return cls(), (f"the address is longer than {LONGEST_QUERY} characters and was left out",)
        selection, dropped = Selection.from_query(query)
        given = parse_qs(query)
        parts, faults = {}, list(dropped)
        for name, allowed in _OWN.items():
            for value in given.pop(name, [])[:1]:
                if value in allowed:
                    parts[name] = value
                else:
                    faults.append(f"{name} {short(value)} is not known here and was left out")
        for value in given.pop("condition", [])[:1]:
            if value in set(data.conditions["id"]):
                parts["condition"] = value
            else:
                faults.append(f"condition {short(value)} is not known here and was left out")
        parts["compare"], more = _compared(given.pop("compare", []), data)
        parts["parts"], rest = _parts(query)
        faults += more + rest
        unknown = [name for name in given if name not in FILTERS and name != "q" and not _PART.fullmatch(name)]
        faults += [f"{short(name)} is no part of an address here and was left out" for name in unknown]
        return cls(selection=selection, **parts), tuple(faults)


def _ordered(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return parts by their names, the values of a list in the order in which they came."""
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _compared(given: list[str], data: Dataset) -> tuple[tuple[str, ...], list[str]]:
    """Return the conditions to compare, and a sentence for each that was dropped."""
    known = set(data.conditions["id"])
    faults = [f"compare {short(value)} is not known here and was left out" for value in given if value not in known]
    found = list(dict.fromkeys(value for value in given if value in known))
    if len(found) > MOST_COMPARED:
        faults.append(f"only {MOST_COMPARED} conditions can be compared; the others were left out")
    return tuple(found[:MOST_COMPARED]), faults


def _parts(query: str) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the parts that belong to tabs, and a sentence for each that was dropped."""
    found = [(name, value) for name, value in parse_qsl(query) if _PART.fullmatch(name)]
    kept = [(name, value) for name, value in found if name.partition(".")[0] in TABS and len(value) <= LONGEST_PART]
    faults = [f"{short(name)} is no part of an address here and was left out" for name, value in found if (name, value) not in kept]
    if len(kept) > MOST_PARTS:
        faults.append(f"the address has more than {MOST_PARTS} parts; the others were left out")
    return _ordered(kept[:MOST_PARTS]), faults
