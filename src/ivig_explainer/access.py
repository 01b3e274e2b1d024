"""How five jurisdictions treat each condition: one cell a condition and jurisdiction, and questions to the whole map.

**Which position a cell shows.** Where a jurisdiction has several rows for a condition, the cell shows one and tells how
many more there are: a scheme in force before one that has been replaced; a row about IVIG before one about an
intramuscular product; who pays (funding) before advice on use (utilisation) before a regulator's licence; then the most
open (`OPENNESS`), which is usually short-term use before long-term; then the newest text; then the row's id.

**Groups.** A condition whose name says that it covers "all types" or "all causes" is the group of the other conditions
of its subcategory, but for those of `OUTSIDE`. A cell without a row of its own shows the position of its group that is
in force, marked as the group's: it is never counted as a position on the condition itself, neither for it nor against it.

**Disagreement** is the distance on `OPENNESS` between the most and the least open of a condition's five cells, in steps
from 0 to 3. Only its own positions in force count: what is not recorded is no disagreement, and neither is history.
Conditions as far apart are ordered by the sum of the distances between all pairs of cells. Licences stand on the same
scale as funding, since both say how far the treatment is provided for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.selection import CATEGORIES, REGIONS

OPENNESS = {
    "licensed": 3,
    "funded-routinely": 3,
    "funded-with-conditions": 2,
    "exceptional-only": 1,
    "not-licensed": 1,  # it may still be used, outside the licence, where somebody pays
    "not-funded": 0,
}
FAR_APART = 2  # steps: what is routine in one place is no more than exceptional in another
KINDS = {"funding": "funding", "utilisation": "advice on use", "licence": "licence"}  # the first is shown first
GROUP_NAMES = ("all types", "all causes")
OUTSIDE = frozenset({"paediatric-hiv"})  # as its row says, there is much antibody that is poorly targeted, not too little
OTHER_ROUTE = "not IVIG"  # what the scope of a row about an intramuscular product says


class Product(NamedTuple):
    """A brand with its licensed route: "IV", "SC" or "IV+SC"."""

    brand: str
    route: str


@dataclass(frozen=True)
class Cell:
    """What one jurisdiction says about one condition.

    `status` is a key of `selection.STATUSES`, or empty where nothing is recorded; `kind` a key of `KINDS`. `more` counts
    the further positions that are not shown. `group` is the id of the group whose position is shown for want of an own
    one. `products` are licensed there for the condition, or by the same wording for its group.
    """

    condition: str
    jurisdiction: str
    status: str = ""
    kind: str = ""
    body: str = ""
    native_term: str = ""
    scope: str = ""
    as_of: str = ""
    sources: tuple[str, ...] = ()
    historical: bool = False
    secondary: bool = False
    more: int = 0
    group: str = ""
    products: tuple[Product, ...] = ()

    @property
    def funding(self) -> bool:
        """Whether the position says who pays: a licence and advice on use do not."""
        return self.kind == "funding"

    @property
    def counts(self) -> bool:
        """Whether the cell holds a position on the condition itself that is in force."""
        return bool(self.status) and not self.historical and not self.group


Row = dict[str, Cell]  # the cells of one condition by jurisdiction


@cache
def rows(data: Dataset) -> dict[str, Row]:
    """Return the cells of every condition by its id, jurisdictions in the order of `selection.REGIONS`."""
    positions: dict[tuple[str, str], list] = {}
    for position in data.statuses.itertuples(index=False):
        positions.setdefault((position.condition, position.jurisdiction), []).append(position)
    products = _products(data)
    own = {
        condition: {region: _cell(condition, region, positions.get((condition, region), []), products) for region in REGIONS}
        for condition in data.conditions["id"]
    }
    of = groups(data)
    return {condition: _with_group(row, own[of[condition]]) if condition in of else row for condition, row in own.items()}


def groups(data: Dataset) -> dict[str, str]:
    """Return the id of the group of every condition that has one."""
    conditions = data.conditions
    whole = conditions[conditions["name"].str.contains("|".join(GROUP_NAMES))]
    by_subcategory = dict(zip(whole["subcategory"], whole["id"], strict=True))
    members = conditions[conditions["subcategory"].isin(by_subcategory) & ~conditions["id"].isin({*whole["id"], *OUTSIDE})]
    return {member.id: by_subcategory[member.subcategory] for member in members.itertuples()}


def _products(data: Dataset) -> dict[tuple[str, str], tuple[Product, ...]]:
    """Return the licensed products by condition and jurisdiction, each brand once, by name."""
    named = {product.id: Product(product.brand, product.route) for product in data.products.itertuples()}
    found: dict[tuple[str, str], set[Product]] = {}
    for indication in data.product_indications.itertuples():
        found.setdefault((indication.condition, indication.jurisdiction), set()).add(named[indication.product])
    return {key: tuple(sorted(products)) for key, products in found.items()}


def _cell(condition: str, region: str, positions: list, products: dict[tuple[str, str], tuple[Product, ...]]) -> Cell:
    licensed = products.get((condition, region), ())
    if not positions:
        return Cell(condition, region, products=licensed)
    shown = min(positions, key=_rank)
    return Cell(
        condition,
        region,
        status=shown.status,
        kind=shown.kind,
        body=shown.body,
        native_term=shown.native_term,
        scope=_text(shown.scope),
        as_of=_text(shown.as_of),
        sources=shown.sources,
        historical=bool(shown.historical),
        secondary=bool(shown.secondary),
        more=len(positions) - 1,
        products=licensed,
    )


def _rank(position) -> tuple:
    """Return a key by which the position that a cell shows comes first."""
    return (
        bool(position.historical),
        OTHER_ROUTE in _text(position.scope),
        list(KINDS).index(position.kind),
        -OPENNESS[position.status],
        [-ord(letter) for letter in _text(position.as_of)] or [0],
        position.id,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _with_group(row: Row, group: Row) -> Row:
    """Return a row whose empty cells show the group's position, and whose cells of the group's wording its products too."""
    return {region: _from_group(cell, group[region]) for region, cell in row.items()}


def _from_group(cell: Cell, group: Cell) -> Cell:
    if not cell.status and not group.historical:
        return replace(group, condition=cell.condition, group=group.condition, more=0) if group.status else cell
    if cell.kind == "licence" and (cell.body, cell.native_term) == (group.body, group.native_term):
        return replace(cell, products=tuple(sorted({*cell.products, *group.products})))
    return cell


def disagreement(row: Row) -> tuple[int, int]:
    """Return how many steps the most and the least open cell are apart, and the sum of the steps between all pairs."""
    levels = [OPENNESS[cell.status] for cell in row.values() if cell.counts]
    if not levels:
        return (0, 0)
    return max(levels) - min(levels), sum(abs(a - b) for a, b in combinations(levels, 2))


def positions(row: Row) -> int:
    """Return in how many jurisdictions the condition itself has a position in force."""
    return sum(cell.counts for cell in row.values())


# --- questions: which conditions, of all ---


@dataclass(frozen=True)
class Question:
    """A question to the map: its words, what "12 conditions are …" in the answer, what that means exactly, and the test."""

    label: str
    claim: str
    rule: str
    holds: Callable[[Row], bool]


def _licensed(row: Row, region: str) -> bool:
    return row[region].counts and row[region].status == "licensed"


def _unlicensed(row: Row, region: str) -> bool:
    """Whether no licence in force is recorded there, neither for the condition nor for its group."""
    return row[region].historical or row[region].status in ("", "not-licensed")


def _licensed_anywhere(row: Row) -> bool:
    return any(cell.products or (cell.status == "licensed" and not cell.historical) for cell in row.values())


def _has(row: Row, statuses: Iterable[str], regions: Iterable[str] = REGIONS) -> bool:
    return any(row[region].counts and row[region].status in statuses for region in regions)


QUESTIONS = {
    "disagree": Question(
        "Where do countries disagree most?",
        "two steps or more apart between countries",
        "The most and the least open position are two steps or more apart. The steps: licensed or routine; with conditions; only in "
        "exceptional cases, or not licensed; refused.",
        lambda row: disagreement(row)[0] >= FAR_APART,
    ),
    "eu-not-us": Question(
        "Licensed in the EU, not in the US",
        "licensed in the EU and not in the US",
        "A licence in force in the EU; in the US no licence in force is recorded, neither for the condition nor for its group.",
        lambda row: _licensed(row, "EU") and _unlicensed(row, "US"),
    ),
    "us-not-eu": Question(
        "Licensed in the US, not in the EU",
        "licensed in the US and not in the EU",
        "A licence in force in the US; in the EU no licence in force is recorded, neither for the condition nor for its group.",
        lambda row: _licensed(row, "US") and _unlicensed(row, "EU"),
    ),
    "funded-unlicensed": Question(
        "Funded in the UK or Australia, licensed nowhere",
        "funded in the UK or Australia with no licence recorded anywhere",
        "Funded there routinely or with conditions; in none of the five places is a licence in force or a licensed product recorded, "
        "neither for the condition nor for its group.",
        lambda row: _has(row, ("funded-routinely", "funded-with-conditions"), ("UK", "AU")) and not _licensed_anywhere(row),
    ),
    "licensed-refused": Question(
        "Licensed somewhere, refused elsewhere",
        "licensed in one place and refused in another",
        "A licence in force in one place; not funded, or advised against, in another.",
        lambda row: _has(row, ("licensed",)) and _has(row, ("not-funded",)),
    ),
}


@cache
def answer(data: Dataset, question: str) -> frozenset[str]:
    """Return the ids of the conditions for which the answer to a question is yes. Raises KeyError where there is no such one."""
    holds = QUESTIONS[question].holds
    return frozenset(condition for condition, row in rows(data).items() if holds(row))


# --- order ---

SORTS = {"category": "Category", "evidence": "Evidence", "disagreement": "Disagreement", "name": "Name"}


def ordered(data: Dataset, conditions: pd.DataFrame, sort: str) -> list[str]:
    """Return the ids of `conditions` by a key of `SORTS`, then by name: strongest evidence and greatest disagreement first."""
    key = {
        "category": lambda c: CATEGORIES.index(c.category),
        "evidence": lambda c: list(grading.LEVELS).index(grading.grade(data)[c.id]),
        "disagreement": lambda c: tuple(-part for part in disagreement(rows(data)[c.id])),
        "name": lambda _: 0,
    }[sort]
    return [c.id for c in sorted(conditions.itertuples(), key=lambda c: (key(c), c.name.casefold()))]


# --- words ---

SYMBOLS = {
    "licensed": "◆",
    "funded-routinely": "●",
    "funded-with-conditions": "◐",
    "exceptional-only": "◔",
    "not-funded": "✕",
    "not-licensed": "◇",
}
WORDS = {  # for each status, what a cell says, and the same where there is little room
    "licensed": ("Licensed", "Lic."),
    "funded-routinely": ("Routine", "Rout."),
    "funded-with-conditions": ("Conditional", "Cond."),
    "exceptional-only": ("Exceptional", "Exc."),
    "not-funded": ("Not funded", "No"),
    "not-licensed": ("Not licensed", "No lic."),
}
ADVICE = {"funded-routinely": ("Advised", "Adv."), "not-funded": ("Advised against", "Not adv.")}  # where no money is meant


def words(cell: Cell) -> tuple[str, str]:
    """Return what a cell with a position says, and the same in short.

    >>> words(Cell("cidp", "UK", "funded-routinely", "funding")), words(Cell("cidp", "CA", "funded-routinely", "utilisation"))
    (('Routine', 'Rout.'), ('Advised', 'Adv.'))
    """
    return ADVICE[cell.status] if cell.kind == "utilisation" and cell.status in ADVICE else WORDS[cell.status]


def about(cell: Cell, data: Dataset) -> Iterator[str]:
    """Yield what is to be known of a cell that holds a position: sentences of plain text, the body's own words first."""
    date = cell.as_of or "undated"
    scope = f" ({cell.scope})" if cell.scope else ""
    yield f"{cell.body}, {date}: “{cell.native_term}”{scope}."
    if cell.group:
        yield f"Nothing is recorded for this condition itself; this is the position on its group, {_name(data, cell.group)}."
    if cell.historical:
        yield "Historical: this scheme has been replaced and nothing newer was found."
    if cell.kind == "utilisation":
        yield "Advice on use, not a decision about funding."
    if cell.secondary:
        yield "Read in a third party's account, not in the body's own text."
    yield from licences(cell)
    if cell.more:
        yield f"{cell.more} more position{'s' * (cell.more > 1)} on the card."


def licences(cell: Cell) -> Iterator[str]:
    """Yield sentences that name the licensed products behind a cell, by route."""
    for label, routes in (("Licensed products", ("IV", "IV+SC")), ("Licensed, under the skin only", ("SC",))):
        if brands := [product.brand for product in cell.products if product.route in routes]:
            yield f"{label}: {', '.join(brands)}."
    if cell.status == "licensed" and not cell.products:
        yield "No product with this indication is in the tables."


def finding(data: Dataset, shown: Iterable[str], question: str = "") -> str:
    """Return in one sentence what the map shows for the conditions `shown`, or the answer to a question about them."""
    ids = set(shown)
    if not ids:
        return "No condition is selected"
    of = f"of {len(ids)} condition{'s' * (len(ids) != 1)}"
    if question:
        size = len(answer(data, question) & ids)
        return f"{size or 'None'} {of} {'are' if size > 1 else 'is'} {QUESTIONS[question].claim}"
    several = {i for i in ids if positions(rows(data)[i]) > 1}
    start = f"{len(several) or 'None'} {of} {'have' if len(several) > 1 else 'has'} a position in more than one country"
    if not several:
        return start
    alike = sum(disagreement(rows(data)[i])[0] == 0 for i in several)
    return f"{start}: alike in {alike}, two steps or more apart in {len(answer(data, 'disagree') & ids)}"


@cache
def _names(data: Dataset) -> dict[str, str]:
    return dict(zip(data.conditions["id"], data.conditions["name"], strict=True))


def _name(data: Dataset, condition: str) -> str:
    return _names(data)[condition]
