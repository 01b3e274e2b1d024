"""Hypothesis strategies that several test modules draw from."""

from __future__ import annotations

from hypothesis import strategies as st

from ivig_explainer.selection import FILTERS, Selection

CHOICES = {name: list(choices) for name, (_, choices) in FILTERS.items()}
WORDS = [
    "",
    "neuropathy",
    "Guillain",
    "anaemia",
    "anemia",
    "syndrom",
    "CIDP",
    "kawasaky",
    "im",
    "zzz",
    "virus infection",
    "D80",
    "  child ",
]


SEARCHES = st.sampled_from(WORDS)


def selections(searches: st.SearchStrategy[str] = SEARCHES) -> st.SearchStrategy[Selection]:
    """Return a strategy of selections; most have few parts, as visitors' have."""
    filters = {name: st.one_of(st.just([]), st.lists(st.sampled_from(values), max_size=3)).map(tuple) for name, values in CHOICES.items()}
    return st.builds(Selection, **filters, q=searches)
