"""Spot the contraindication: what labels forbid, among what only raises a risk, or only other labels forbid.

The tables hold the contraindications of a label whole where they hold any; a label without them is not settled.
"""

from __future__ import annotations

from functools import cache

from ivig_explainer import reactions
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, joined, unique

# What only some labels name, by a word of their statements.
SPECIAL = {
    "hyperprolinaemia": "Too much proline in the blood",
    "corn": "Allergy to corn",
    "hyaluronidase": "Allergy to hyaluronidase",
    "polysorbate 80": "Severe reaction to polysorbate 80",
}
# A factor's name says less than the labels do: only a severe reaction forbids the product.
_EXACT = {"Earlier reaction to immunoglobulin": "Earlier severe reaction to human immune globulin"}


@cache
def _statements(data: Dataset) -> frozenset[str]:
    return frozenset(s for statements in data.products["contraindications"] for s in statements)


@cache
def _factors(data: Dataset) -> dict[str, list]:
    rows = data.risk_factors[data.risk_factors["about"] == "person"]
    found: dict[str, list] = {}
    for row in rows.itertuples(index=False):
        found.setdefault(row.factor, []).append(row)
    return found


@cache
def _products(data: Dataset) -> dict[str, tuple]:
    return {row.id: row for row in data.products.itertuples(index=False)}


@cache
def _reactions(data: Dataset) -> dict[str, tuple]:
    return {row.id: row for row in data.adverse_reactions.itertuples(index=False)}


class _Safety(Form):
    kind = "contraindication"
    once = True

    def condition(self, data, subject, right):
        return ""


class Label(_Safety):
    """Ask which of these labels name as a contraindication, where the others are risk factors."""

    name = "label"
    levels = (1, 2)

    def cases(self, data, level):
        for factor in _factors(data):
            products = self._naming(data, factor)
            if self.holds(data, "", factor) and (len(products) > 2 or level > 1):
                yield "", factor

    def _naming(self, data, factor):
        texts = {row.matched_text for row in _factors(data)[factor]} & _statements(data)
        return [p for p in _products(data).values() if texts & set(p.contraindications)]

    def others(self, data, subject, right, level):
        return _factors(data)

    def holds(self, data, subject, key):
        return any(row.matched_text in _statements(data) for row in _factors(data)[key])

    def prompt(self, data, subject, right, level):
        return "One of these is a contraindication in labels of IVIG products; the others raise the risk of a reaction. Which is it?"

    def text(self, data, key):
        return _EXACT.get(key, key)

    def explain(self, data, subject, right, wrong):
        products = self._naming(data, right)
        settled = sum(bool(p.contraindications) for p in _products(data).values())
        rest = []
        for factor in wrong:
            tied = {_reactions(data)[row.reaction].id: row for row in _factors(data)[factor]}
            rest.append(f"{factor}, {joined(reactions.short(_reactions(data)[r].name).lower() for r in tied)}")
        told = f"Labels that name it: {len(products)} of the {settled} whose contraindications were read."
        sources = [s for factor in (right, *wrong) for row in _factors(data)[factor] for s in row.sources]
        return f"{told} The others are risk factors: {'; '.join(rest)}.", unique(sources)


class Brand(_Safety):
    """Ask which of these the label of a product names as a contraindication."""

    name = "brand"
    levels = (2,)

    def cases(self, data, level):
        for product in _products(data).values():
            for key in SPECIAL:
                if self.holds(data, product.id, key):
                    yield product.id, key

    def others(self, data, subject, right, level):
        return SPECIAL

    def holds(self, data, subject, key):
        statements = _products(data)[subject].contraindications
        return any(key in s for s in statements) if statements else None

    def prompt(self, data, subject, right, level):
        product = _products(data)[subject]
        return f"{product.brand}: which of these does its label name as a contraindication?"

    def text(self, data, key):
        return SPECIAL[key]

    def explain(self, data, subject, right, wrong):
        product = _products(data)[subject]
        named = next(s for s in product.contraindications if right in s)
        told = f"The label of {product.brand} names “{named}”."
        return f"{told} The others stand in labels of other products.", product.sources


class OfBrand(_Safety):
    """Ask which of these products names this as a contraindication."""

    name = "of-brand"
    levels = (3,)

    def cases(self, data, level):
        for key in SPECIAL:
            for product in _products(data).values():
                if self.holds(data, key, product.id):
                    yield key, product.id

    def others(self, data, subject, right, level):
        route = _products(data)[right].route
        return [p.id for p in _products(data).values() if route[-2:] in p.route or route[:2] in p.route]

    def holds(self, data, subject, key):
        statements = _products(data)[key].contraindications
        return any(subject in s for s in statements) if statements else None

    def prompt(self, data, subject, right, level):
        return f"{SPECIAL[subject]}: in which of these products is it a contraindication?"

    def text(self, data, key):
        return _products(data)[key].brand.partition(" (")[0]

    def explain(self, data, subject, right, wrong):
        product = _products(data)[right]
        named = next(s for s in product.contraindications if subject in s)
        stabiliser = f" It is stabilised with {product.stabiliser}." if isinstance(product.stabiliser, str) else ""
        sources = unique(s for p in (right, *wrong) for s in _products(data)[p].sources)
        return f"The label of {product.brand} names “{named}”; the labels of the others do not.{stabiliser}", sources


class Boxed(_Safety):
    """Ask of which of these US labels warn in a box."""

    name = "boxed"
    levels = (1, 2)

    def cases(self, data, level):
        for row in _reactions(data).values():
            if row.boxed_warning:
                yield "", row.id

    def others(self, data, subject, right, level):
        return [row.id for row in _reactions(data).values() if row.severity == "serious"]

    def holds(self, data, subject, key):
        return bool(_reactions(data)[key].boxed_warning)

    def prompt(self, data, subject, right, level):
        return "Which of these reactions has a boxed warning, the strongest that a US label can carry?"

    def text(self, data, key):
        return reactions.short(_reactions(data)[key].name)

    def explain(self, data, subject, right, wrong):
        row = _reactions(data)[right]
        boxed = joined(reactions.short(r.name).lower() for r in _reactions(data).values() if r.boxed_warning)
        factors = f" What makes it likelier: {joined(row.risk_factors)}." if row.risk_factors else ""
        return f"US labels of IVIG carry a boxed warning for {boxed}.{factors}", row.sources


FORMS = (Label(), Brand(), OfBrand(), Boxed())
