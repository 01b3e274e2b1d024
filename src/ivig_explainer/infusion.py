"""A worked example of one course of IVIG: grams, vials, millilitres, rate steps and hours.

For learning how the numbers follow from one another; not for working out anybody's treatment. Nothing is kept.

The arithmetic, all of it:

- grams = g/kg × kg, shared equally between the days; mL = g × 1000 ÷ (mg/mL);
- mL/h = mg/kg/min × kg × 60 ÷ (mg/mL). The kilograms are those that the dose is counted in, so that a session of the
  same g/kg takes the same time at every weight, and thin and concentrated products alike;
- a step lasts as long as the product's own table says, the highest rate until the day's dose is in. Where a table
  prints only a first and a highest rate the steps between are not made up: the session is then given as a range, from
  running all of it at the highest rate to running all of it at the first.
"""

from __future__ import annotations

import math
import numbers
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from ivig_explainer.dataset import Dataset

NOTICE = "A worked example for learning, not for care: the specialist decides on dose, product and rate."
LIMITS = {
    "weight_kg": ("The weight", 0.5, 350, "kg"),
    "height_cm": ("The height", 40, 250, "cm"),
    "dose_g_per_kg": ("The dose of the whole course", 0.05, 5, "g/kg"),
    "cap_mg_per_kg_min": ("The cap on the rate", 0.1, 20, "mg/kg/min"),
}
DAYS = range(1, 6)
GROUPS = {"all": "everybody", "first-infusions": "first infusions", "experienced": "people used to the product"}
SEXES = ("female", "male")
BASES = {"actual": "actual weight", "adjusted": "adjusted weight", "ideal": "ideal weight"}
WEIGHT_RULE = (
    "Ideal weight (Devine): 45.5 kg for women or 50 kg for men, plus 2.3 kg for every inch of height above 60. "
    "Adjusted weight: ideal weight plus 0.4 × (actual − ideal). For adults who are not pregnant, from 152 cm; "
    "in a person lighter than that the actual weight counts."
)
ROUNDING = (
    "The plan runs in the dose as prescribed. The vials to open reach it with the least to spare, and are then the fewest; "
    "the nearest whole-vial dose is that of the vials whose content comes closest, of two equally close the smaller."
)
RATE_WEIGHT = (
    "Rates are counted on the same weight as the dose. The sources do not say which weight a rate is meant for; "
    "on a lower weight it is the slower choice."
)
WEIGHT_SOURCES = ("nba-ideal-body-weight", "lifeblood-adjusted-weight-2026")
INCHES_PER_CM = 0.393701  # as Australia's calculator prints it
LEAST_HEIGHT_CM = 152
SESSIONS = ((0.4, 1), (1, 2), (1, 1), (2, 5), (2, 2), (2, 1))


class InputError(ValueError):
    """What was entered allows no plan. `field` and `sentence` tell the first fault, `faults` all of them by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        self.field, self.sentence = next(iter(self.faults.items()))
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in self.faults.items()))


@dataclass(frozen=True)
class Person:
    """A made-up person. `sex` is "female" or "male"; height and sex matter only to ideal and adjusted weight.

    >>> tall = Person(100, height_cm=180, sex="male")
    >>> round(tall.ideal_weight_kg, 1), round(tall.adjusted_weight_kg, 1)
    (75.0, 85.0)
    """

    weight_kg: float
    height_cm: float | None = None
    sex: str | None = None

    @property
    def ideal_weight_kg(self) -> float | None:
        """The weight that `WEIGHT_RULE` gives; nothing without sex, or without a height of 152 cm or more."""
        if self.sex not in SEXES or self.height_cm is None or self.height_cm < LEAST_HEIGHT_CM:
            return None
        return (50 if self.sex == "male" else 45.5) + 2.3 * (self.height_cm * INCHES_PER_CM - 60)

    @property
    def adjusted_weight_kg(self) -> float | None:
        """The weight between ideal and actual that `WEIGHT_RULE` gives."""
        ideal = self.ideal_weight_kg
        return None if ideal is None else ideal + 0.4 * (self.weight_kg - ideal)

    def dosing_weight_kg(self, basis: str = "actual") -> float:
        """Return the weight that a dose is counted in: never more than the actual one."""
        other = {"actual": None, "ideal": self.ideal_weight_kg, "adjusted": self.adjusted_weight_kg}[basis]
        return self.weight_kg if other is None else min(self.weight_kg, other)


@dataclass(frozen=True)
class Order:
    """What is to be planned. The dose is that of the whole course, shared equally between `days`.

    `condition` and `group` choose among the rate tables of the product. `cap_mg_per_kg_min` holds the rate down,
    as labels do for people at risk of kidney failure or clots.
    """

    person: Person
    dose_g_per_kg: float
    product: str
    condition: str
    days: int = 1
    basis: str = "actual"
    group: str = "all"
    cap_mg_per_kg_min: float | None = None


@dataclass(frozen=True)
class Product:
    """What a plan needs to know of a product."""

    id: str
    brand: str
    mg_per_ml: float
    vial_sizes_g: tuple[float, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One row of a rate table. The minutes are missing where the source gives none."""

    number: int
    rate_mg_per_kg_min: float
    minutes_low: int | None = None
    minutes_high: int | None = None


@dataclass(frozen=True)
class RateTable:
    """The rates of one product for one condition and group, slowest first.

    `complete` says that steps between the first and the highest rate are printed, with minutes for all but the
    highest, which lasts until the dose is in.
    """

    product: str
    condition: str
    group: str
    steps: tuple[Step, ...]
    complete: bool
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def untimed(self) -> tuple[int, ...]:
        """The numbers of the steps for which no time is stated, and none follows from the dose."""
        return () if self.complete else tuple(step.number for step in self.steps if step.minutes_low is None)

    def capped(self, cap: float | None) -> RateTable:
        """Return the table with no rate above `cap`."""
        if cap is None or cap >= self.steps[-1].rate_mg_per_kg_min:
            return self
        below = tuple(step for step in self.steps if step.rate_mg_per_kg_min < cap)
        return replace(self, steps=(*below, Step(len(below) + 1, cap)))


@dataclass(frozen=True)
class Segment:
    """A stretch of a session at one rate."""

    step: int
    rate_mg_per_kg_min: float
    ml_per_h: float
    start_min: float
    minutes: float
    ml: float


@dataclass(frozen=True)
class Run:
    """One way in which a session may go, from the first to the last drop. `label` says which."""

    label: str
    segments: tuple[Segment, ...]

    @property
    def minutes(self) -> float:
        """How long the session takes."""
        return sum(segment.minutes for segment in self.segments)

    @property
    def ml(self) -> float:
        """How much has run in at its end."""
        return sum(segment.ml for segment in self.segments)


@dataclass(frozen=True)
class Vials:
    """A set of vials: how many of each size in grams, largest first."""

    counts: tuple[tuple[float, int], ...]

    @property
    def grams(self) -> float:
        """What the set holds in all."""
        return round(sum(size * n for size, n in self.counts), 6)

    @property
    def number(self) -> int:
        """How many vials there are."""
        return sum(n for _, n in self.counts)

    def __str__(self) -> str:
        return " + ".join(f"{n} × {size:g} g" for size, n in self.counts)


@dataclass(frozen=True)
class Plan:
    """A course worked out. `runs` is empty where there is no rate table: one run where the table fixes the session,
    the shortest and the longest where it leaves a choice. `reason` says how the duration came about, or why there is none.
    """

    order: Order
    product: Product
    weight_kg: float
    table: RateTable | None
    runs: tuple[Run, ...]
    reason: str

    @property
    def grams(self) -> float:
        """The dose of the whole course as prescribed."""
        return self.order.dose_g_per_kg * self.weight_kg

    @property
    def grams_per_day(self) -> float:
        """The dose of one day as prescribed."""
        return self.grams / self.order.days

    @property
    def ml_per_day(self) -> float:
        """The volume of one day's dose."""
        return self.grams_per_day * 1000 / self.product.mg_per_ml

    @property
    def vials(self) -> Vials | None:
        """The vials to open each day to reach the dose as prescribed; nothing where no sizes are known."""
        return vials(self.grams_per_day, self.product.vial_sizes_g)

    @property
    def nearest_vials(self) -> Vials | None:
        """The whole vials whose content is nearest to the day's dose, of two equally near the smaller."""
        return nearest_vials(self.grams_per_day, self.product.vial_sizes_g)

    @property
    def minutes(self) -> tuple[float, float] | None:
        """The shortest and the longest time that one day's session takes."""
        return (self.runs[0].minutes, self.runs[-1].minutes) if self.runs else None

    @property
    def duration(self) -> str:
        """The length of one day's session in words."""
        if self.minutes is None:
            return "not known"
        return " to ".join(dict.fromkeys(clock(m) for m in self.minutes))

    @property
    def conversion(self) -> str:
        """The first rate turned into mL/h, as it would be written down; empty without a rate table."""
        if self.table is None:
            return ""
        rate = self.table.steps[0].rate_mg_per_kg_min
        answer = ml_per_h(rate, self.weight_kg, self.product.mg_per_ml)
        return (
            "mL/h = mg/kg/min × kg × 60 ÷ (mg/mL): "
            f"{rate:g} × {_number(self.weight_kg)} × 60 ÷ {self.product.mg_per_ml:g} = {_number(answer)} mL/h"
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of all sources that the numbers rest on."""
        rule = () if self.order.basis == "actual" else WEIGHT_SOURCES
        rates = self.table.sources if self.table else ()
        return tuple(dict.fromkeys((*self.product.sources, *rates, *rule)))


@dataclass(frozen=True)
class Session:
    """One of the sessions that `sessions` compares, with what it is."""

    label: str
    plan: Plan


def plan(data: Dataset, order: Order) -> Plan:
    """Return the course that `order` describes. Raises InputError where it makes no sense.

    >>> from ivig_explainer.dataset import load
    >>> course = plan(load(), Order(Person(70), 0.4, "octagam-10", "itp-adult"))
    >>> round(course.grams), round(course.ml_per_day), str(course.vials), course.duration
    (28, 280, '1 × 20 g + 4 × 2 g', '1 h 54 min')
    """
    if found := faults(data, order):
        raise InputError(found)
    product = _product(data, order.product)
    weight = order.person.dosing_weight_kg(order.basis)
    tables = rate_tables(data, order.product)
    chosen = [t for t in tables if (t.condition, t.group) == (order.condition, order.group)]
    if not chosen:
        return Plan(order, product, weight, None, (), _no_table(data, order, product, tables))
    table = chosen[0].capped(order.cap_mg_per_kg_min)
    runs = _runs(table, order.dose_g_per_kg * 1000 / order.days, weight, product.mg_per_ml)
    return Plan(order, product, weight, table, runs, _reason(table, product, runs))


def splits(data: Dataset, order: Order) -> tuple[Plan, ...]:
    """Return the same dose given over 1 to 5 days. Raises InputError."""
    return tuple(plan(data, replace(order, days=days)) for days in DAYS)


def sessions(
    data: Dataset, product: str = "octagam-10", condition: str = "itp-adult", *, group: str = "all", weight_kg: float = 70
) -> tuple[Session, ...]:
    """Show why one session takes two hours and another all day: the same product and rates, other doses and days.

    Replacement at 0.4 g/kg stands against 1 and 2 g/kg in one go or over several days; where the tables give a lower
    highest rate for people at risk of kidney failure or clots, the largest session comes a second time with it.
    Smallest doses first. The product's table is used for every dose, whatever the use. Raises InputError.
    """
    orders = [Order(Person(weight_kg), dose, product, condition, days, group=group) for dose, days in SESSIONS]
    cap = capped_rate(data, product)
    if cap is not None:
        orders.append(replace(orders[-1], cap_mg_per_kg_min=cap))
    return tuple(Session(_session_label(order), plan(data, order)) for order in orders)


def _session_label(order: Order) -> str:
    days = "in one day" if order.days == 1 else f"over {order.days} days"
    use = ", a dose that replaces antibody" if order.dose_g_per_kg == SESSIONS[0][0] else ""
    cap = f", not faster than {order.cap_mg_per_kg_min:g} mg/kg/min" if order.cap_mg_per_kg_min else ""
    return f"{order.dose_g_per_kg:g} g/kg {days}{use}{cap}"


def capped_rate(data: Dataset, product: str) -> float | None:
    """Return the highest rate (mg/kg/min) for people at risk of kidney failure or clots, where the tables give one."""
    figures = data.figures
    found = figures[(figures["topic"] == "infusion-practice") & (figures["product"] == product) & (figures["unit"] == "mg/kg/min")]
    return None if found.empty else float(found["value"].iloc[0])


def ml_per_h(rate_mg_per_kg_min: float, weight_kg: float, mg_per_ml: float) -> float:
    """Turn a rate per kilogram into a drip rate.

    >>> ml_per_h(0.5, 70, 100)
    21.0
    """
    return rate_mg_per_kg_min * weight_kg * 60 / mg_per_ml


def clock(minutes: float) -> str:
    """Return a time in words, to the nearest minute.

    >>> clock(113.75), clock(45), clock(120)
    ('1 h 54 min', '45 min', '2 h')
    """
    hours, rest = divmod(round(minutes), 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


# Vials


def vials(grams: float, sizes: tuple[float, ...]) -> Vials | None:
    """Return the vials to open for `grams`: those that reach it with the least to spare, and of these the fewest.

    What is to spare is always less than the smallest vial. Nothing where no sizes are known.

    >>> str(vials(28, (1, 2.5, 5, 10, 20, 40))), str(vials(28, (2.5, 5, 10, 20, 40)))
    ('1 × 20 g + 1 × 5 g + 3 × 1 g', '1 × 20 g + 1 × 10 g')
    """
    if not sizes:
        return None
    units, unit = _in_units(sizes)
    least = math.ceil(round(grams / unit, 6))
    counts = _counts(units, least + min(units))
    return _set(min(total for total in counts if total >= least), counts, unit)


def nearest_vials(grams: float, sizes: tuple[float, ...]) -> Vials | None:
    """Return the whole vials whose content is nearest to `grams`, of two equally near the smaller; at least one vial.

    >>> str(nearest_vials(28, (5, 10, 20))), str(nearest_vials(27.5, (5, 10, 20)))
    ('1 × 20 g + 1 × 10 g', '1 × 20 g + 1 × 5 g')
    """
    if not sizes:
        return None
    units, unit = _in_units(sizes)
    counts = _counts(units, math.ceil(grams / unit) + min(units))
    total = min((t for t in counts if t), key=lambda t: (round(abs(t * unit - grams), 6), t))
    return _set(total, counts, unit)


def _in_units(sizes: tuple[float, ...]) -> tuple[tuple[int, ...], float]:
    """Return sizes as whole multiples of the largest unit that divides them all, and that unit in grams."""
    hundredths = [round(size * 100) for size in sizes]
    unit = math.gcd(*hundredths)
    return tuple(h // unit for h in hundredths), unit / 100


def _counts(units: tuple[int, ...], top: int) -> dict[int, tuple[int, int]]:
    """Return, for every total up to `top` that whole vials make, the fewest vials and the largest vial of that set."""
    fewest = {0: (0, 0)}
    for total in range(1, top + 1):
        ways = [(fewest[total - size][0] + 1, size) for size in units if total - size in fewest]
        if ways:
            fewest[total] = min(ways, key=lambda way: (way[0], -way[1]))
    return fewest


def _set(total: int, counts: dict[int, tuple[int, int]], unit: float) -> Vials:
    """Return the set of vials that `counts` has for a total."""
    found: Counter[int] = Counter()
    while total:
        found[counts[total][1]] += 1
        total -= counts[total][1]
    return Vials(tuple((round(size * unit, 6), n) for size, n in sorted(found.items(), reverse=True)))


# Rate tables


@cache
def rate_tables(data: Dataset, product: str) -> tuple[RateTable, ...]:
    """Return the rate tables of a product, as `infusion_rates` gives them; none where it has none."""
    rows = data.infusion_rates[data.infusion_rates["product"] == product]
    return tuple(_rate_table(key, group) for key, group in rows.groupby(["condition", "patient_group"], sort=False))


def _rate_table(key: tuple[str, str], rows: pd.DataFrame) -> RateTable:
    rows = rows.sort_values("step")
    steps = tuple(
        Step(int(row.step), float(row.rate_mg_per_kg_min), _minutes(row.minutes_low), _minutes(row.minutes_high))
        for row in rows.itertuples()
    )
    between = len(steps) > 2  # two rows are a first and a highest rate: all tables of two rows say so
    complete = between and all(step.minutes_low is not None for step in steps[:-1])
    notes = tuple(dict.fromkeys(note for note in rows["note"] if isinstance(note, str)))
    sources = tuple(dict.fromkeys(source for cell in rows["sources"] for source in cell))
    return RateTable(rows["product"].iloc[0], *key, steps, complete, notes, sources)


def _minutes(value: object) -> int | None:
    return None if pd.isna(value) else int(value)


@cache
def _product(data: Dataset, product_id: str) -> Product:
    row = data.products[data.products["id"] == product_id].iloc[0]
    sizes = tuple(sorted(float(size) for size in row.vial_sizes_g))
    brand = row.brand.split(" (")[0]  # without former names
    return Product(row.id, brand, row.concentration_pct * 10, sizes, row.sources)


# Running a dose through a table


def _runs(table: RateTable, mg_per_kg: float, weight_kg: float, mg_per_ml: float) -> tuple[Run, ...]:
    """Return the ways in which `mg_per_kg` may run in, the shortest first; one where they are alike."""
    first, *_, last = table.steps if len(table.steps) > 1 else table.steps * 2
    if not table.complete:
        ways = {"All at the highest rate": ((last, None),), "All at the first rate": ((first, None),)}
    elif any(step.minutes_low != step.minutes_high for step in table.steps):
        ways = {
            "Shortest steps": tuple((step, step.minutes_low) for step in table.steps),
            "Longest steps": tuple((step, step.minutes_high) for step in table.steps),
        }
    else:
        ways = {"As the table says": tuple((step, step.minutes_low) for step in table.steps)}
    runs = [Run(label, tuple(_segments(way, mg_per_kg, weight_kg, mg_per_ml))) for label, way in ways.items()]
    alike = runs[0].segments == runs[-1].segments
    return (replace(runs[0], label="Throughout"),) if alike and len(runs) > 1 else tuple(runs)


def _segments(steps: tuple[tuple[Step, int | None], ...], mg_per_kg: float, weight_kg: float, mg_per_ml: float) -> Iterator[Segment]:
    """Yield the stretches of a session; a step without minutes lasts until the dose is in."""
    left, clock_min = mg_per_kg, 0.0
    for step, limit in steps:
        rate = step.rate_mg_per_kg_min
        needed = left / rate
        minutes = needed if limit is None or needed < limit + 1e-9 else limit
        hourly = ml_per_h(rate, weight_kg, mg_per_ml)
        yield Segment(step.number, rate, hourly, clock_min, minutes, hourly * minutes / 60)
        left, clock_min = left - rate * minutes, clock_min + minutes
        if minutes == needed:
            return


def _reason(table: RateTable, product: Product, runs: tuple[Run, ...]) -> str:
    if len(table.steps) == 1:
        return "The cap is not above the product's first rate, so the session runs at the cap throughout."
    if not table.complete:
        plural = "s" * (len(table.untimed) > 1)
        steps = f" For step{plural} {' and '.join(map(str, table.untimed))} no time is stated."
        return (
            f"The tables give only a first and a highest rate of {product.brand}; between them the rate is raised as "
            f"tolerated.{steps} The shortest time is that of a session run at the highest rate throughout, the longest "
            "that of one run at the first rate throughout; a real one lies between."
        )
    if len(runs) > 1:
        return "The table gives a range of minutes for some steps: the times are those of the shortest and of the longest steps."
    return "Each step lasts as the table says, the highest rate until the dose is in; it is assumed that each is tolerated."


def _no_table(data: Dataset, order: Order, product: Product, tables: tuple[RateTable, ...]) -> str:
    if not tables:
        return f"The tables hold no infusion rates for {product.brand}, so there is no duration."
    names = data.conditions.set_index("id")["name"]
    known = "; ".join(_for_whom(names.get(t.condition, t.condition), t.group) for t in tables)
    asked = _for_whom(names[order.condition], order.group)
    return f"The tables hold rates of {product.brand} for {known}; none for {asked}, so there is no duration."


def _for_whom(condition: str, group: str) -> str:
    return condition if group == "all" else f"{condition} ({GROUPS[group]})"


# What was entered


def faults(data: Dataset, order: Order) -> dict[str, str]:
    """Return every fault of what was entered, by field, each with a sentence that says what is allowed.

    >>> from ivig_explainer.dataset import load
    >>> sorted(faults(load(), Order(Person(0), 40, "octagam-10", "itp-adult", days=0)))
    ['days', 'dose_g_per_kg', 'weight_kg']
    """
    return dict((*_person_faults(order.person, order.basis), *_order_faults(order), *_table_faults(data, order)))


def _person_faults(person: Person, basis: str) -> Iterator[tuple[str, str]]:
    if sentence := _outside("weight_kg", person.weight_kg):
        yield "weight_kg", sentence
    needed = basis in ("ideal", "adjusted")
    if person.height_cm is None:
        if needed:
            yield "height_cm", f"The {BASES[basis]} needs a height, from {LEAST_HEIGHT_CM} to 250 cm."
    elif sentence := _outside("height_cm", person.height_cm):
        yield "height_cm", sentence
    elif needed and person.height_cm < LEAST_HEIGHT_CM:
        yield "height_cm", f"The rule for the {BASES[basis]} holds from {LEAST_HEIGHT_CM} cm; {person.height_cm:g} cm is less."
    if needed and person.sex is None:
        yield "sex", f"The {BASES[basis]} needs the sex: female or male."
    elif person.sex is not None and person.sex not in SEXES:
        yield "sex", f"The sex is female or male, or is left out; {person.sex!r} is neither."


def _order_faults(order: Order) -> Iterator[tuple[str, str]]:
    if order.basis not in BASES:
        yield "basis", f"The dose is counted in {', '.join(BASES)} weight; {order.basis!r} is none of them."
    if sentence := _outside("dose_g_per_kg", order.dose_g_per_kg):
        yield "dose_g_per_kg", sentence
    if not isinstance(order.days, numbers.Integral) or isinstance(order.days, bool) or order.days not in DAYS:
        yield "days", f"The days must be a whole number from {DAYS[0]} to {DAYS[-1]}; {order.days} is not."
    if order.cap_mg_per_kg_min is not None and (sentence := _outside("cap_mg_per_kg_min", order.cap_mg_per_kg_min)):
        yield "cap_mg_per_kg_min", sentence


def _table_faults(data: Dataset, order: Order) -> Iterator[tuple[str, str]]:
    products = data.products.set_index("id")
    if order.product not in products.index:
        known = ", ".join(products.index[products["route"] != "SC"])
        yield "product", f"There is no product {order.product!r}; those given into a vein are {known}."
    elif products["route"][order.product] == "SC":
        brand = products["brand"][order.product]
        yield "product", f"{brand} is given under the skin only, never into a vein, so there is no IV plan."
    if order.condition not in set(data.conditions["id"]):
        yield "condition", f"There is no condition {order.condition!r}; use the id of a row of the conditions table, such as cidp."
    if order.group not in GROUPS:
        yield "group", f"The group is {', '.join(GROUPS)}; {order.group!r} is none of them."


def _outside(field: str, value: object) -> str:
    """Return what is wrong with a number; empty where nothing is."""
    name, low, high, unit = LIMITS[field]
    if _is_number(value) and low <= value <= high:
        return ""
    entered = "" if value is None else f"; {value} is not"
    return f"{name} must be a number from {low:g} to {high:g} {unit}{entered}."


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _number(value: float) -> str:
    return f"{round(value, 1):.10g}"
