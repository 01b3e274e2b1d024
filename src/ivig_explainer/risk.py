"""Which reactions become a concern when certain things are true of a person or a treatment, as the tables say.

A link exists only where a row of `risk_factors` names the statement that makes it. There is no score: one statement or
five make a concern alike, and concerns stand by the severity of the reaction, not by a number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import pandas as pd

from ivig_explainer.dataset import Dataset
from ivig_explainer.reactions import ordered

GROUPS = {"person": "The person", "treatment": "The treatment", "afterwards": "Planned afterwards"}


@dataclass(frozen=True)
class Factor:
    """Something that can be true of a person or a treatment: in medical words, and as a question in lay words."""

    name: str
    question: str
    group: str


@dataclass(frozen=True)
class Reason:
    """A statement that ties a factor to a reaction.

    `text` is its wording in the tables; `brands` are the products whose labels make it a contraindication, none where
    it is a risk factor of the reaction.
    """

    factor: str
    text: str
    brands: tuple[str, ...]
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Concern:
    """A reaction, and why it is one to think of."""

    reaction: pd.Series
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Measure:
    """Something that the tables name as prevention, with the ids of the reactions that it is for."""

    text: str
    reactions: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def factors(data: Dataset) -> tuple[Factor, ...]:
    """Return every factor once, by group, then in the order of the table."""
    rows = data.risk_factors.drop_duplicates("factor")
    found = [Factor(row.factor, row.question, row.about) for row in rows.itertuples()]
    return tuple(sorted(found, key=lambda factor: list(GROUPS).index(factor.group)))


def concerns(data: Dataset, chosen: Collection[str]) -> tuple[Concern, ...]:
    """Return the reactions that the chosen factors (by name) are tied to, the serious first.

    Raises ValueError for a factor that is not in the table.
    """
    unknown = sorted(set(chosen) - set(data.risk_factors["factor"]))
    if unknown:
        raise ValueError(f"no such factor: {', '.join(unknown)}")
    rows = data.risk_factors[data.risk_factors["factor"].isin(list(chosen))]
    by_reaction = {reaction: tuple(_reason(data, row) for row in links.itertuples()) for reaction, links in rows.groupby("reaction")}
    reactions = ordered(data.adverse_reactions[data.adverse_reactions["id"].isin(by_reaction)])
    return tuple(Concern(reaction, by_reaction[reaction["id"]]) for _, reaction in reactions.iterrows())


def _reason(data: Dataset, row) -> Reason:
    own = data.adverse_reactions.loc[data.adverse_reactions["id"] == row.reaction, "risk_factors"].iloc[0]
    brands = () if row.matched_text in own else tuple(_naming(data, row.matched_text)["brand"])
    return Reason(row.factor, row.matched_text, brands, row.note if isinstance(row.note, str) else "", row.sources)


def _naming(data: Dataset, statement: str) -> pd.DataFrame:
    """Return the products for which a statement is a contraindication."""
    return data.products[data.products["contraindications"].map(lambda statements: statement in statements)]


def measures(concerned: Collection[Concern]) -> tuple[Measure, ...]:
    """Return what the tables name as prevention of these reactions, each measure once, those of serious reactions first."""
    found: dict[str, list[pd.Series]] = {}
    for concern in concerned:
        for text in concern.reaction["prevention"]:
            found.setdefault(text, []).append(concern.reaction)
    return tuple(
        Measure(text, tuple(r["id"] for r in rows), tuple(dict.fromkeys(s for r in rows for s in r["sources"])))
        for text, rows in found.items()
    )


def unlinked(data: Dataset) -> pd.DataFrame:
    """Return the reactions for which the tables name no factor, so that no answer can point to them."""
    return data.adverse_reactions[~data.adverse_reactions["id"].isin(data.risk_factors["reaction"])]
