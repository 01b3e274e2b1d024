"""What the page shows, as its address says it: a tab, a selection, an open condition, a chart, a theme."""

from __future__ import annotations

from dataclasses import dataclass, fields
from urllib.parse import parse_qs, urlencode

from ivig_explainer.dataset import Dataset
from ivig_explainer.selection import EVERYTHING, FILTERS, Selection, short

TABS = {
    "overview": "Overview",
    "explore": "Explore",
    "mechanism": "How it works",
    "infusion": "Infusion",
    "safety": "Side effects",
    "living": "Living with IVIG",
    "future": "Future",
    "questions": "Questions",
    "sources": "Sources",
}
CHARTS = {"categories": "Categories", "tree": "Tree"}
THEMES = ("auto", "light", "dark")
TEXTS = {"plain": "Plain", "student": "Student"}
LONGEST_QUERY = 4000
_OWN = {"tab": TABS, "chart": CHARTS, "theme": THEMES, "text": TEXTS}


@dataclass(frozen=True)
class View:
    """One state of the page. Equal views have equal addresses.

    >>> View(tab="explore", condition="cidp").to_query()
    'tab=explore&condition=cidp'
    """

    tab: str = "overview"
    selection: Selection = EVERYTHING
    condition: str = ""
    chart: str = "categories"
    theme: str = "auto"
    text: str = "student"

    def to_query(self) -> str:
        """Return the query string that restores the view; what is as usual is left out."""
        own = [(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in ("tab", "selection")]
        usual = {f.name: f.default for f in fields(self)}
        first = urlencode([("tab", self.tab)] if self.tab != usual["tab"] else [])
        rest = urlencode([(name, value) for name, value in own if value != usual[name]])
        return "&".join(part for part in (first, self.selection.to_query(), rest) if part)

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
        unknown = [name for name in given if name not in FILTERS and name != "q"]
        faults += [f"{short(name)} is no part of an address here and was left out" for name in unknown]
        return cls(selection=selection, **parts), tuple(faults)
