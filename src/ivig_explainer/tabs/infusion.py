"""Infusion: a worked example from dose to drip rate, why sessions differ so much in length, and what happens in one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import infusion, schedules, wording
from ivig_explainer.charts.infusion import durations, rate_steps
from ivig_explainer.dataset import Dataset
from ivig_explainer.infusion import BASES, GROUPS, Order, Person, Plan, RateTable
from ivig_explainer.reactions import ONSETS, SEVERITIES, ordered, short
from ivig_explainer.references import References
from ivig_explainer.selection import CATEGORIES
from ivig_explainer.tabs import passages
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.remembered import ignored, read, recall, written
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

OWN = "own"
SEX_OPTIONS = {"": "not given", **{sex: sex for sex in infusion.SEXES}}
WEIGHT_KG = 70  # of the person whom the page shows first
NUMBERS = ("dose_g_per_kg", "days", "weight_kg", "height_cm")
LENGTH_UNITS = ("hours", "minutes", "days")


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Infusion(session).page


class _Infusion:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.data = session.data
        self.form = Form(label="A worked example")
        self.result = Markup(css_class="ivig-infusion-result")
        self.steps, self.splits, self.lengths = Plot(), Plot(), Plot()
        self.values: dict[str, object] = {}
        self.plans: tuple[Plan, ...] = ()
        self.page = Markup(
            html=_page(self.data),
            css_class="ivig-infusion",
            children={
                "form": self.form,
                "result": self.result,
                "steps": self.steps,
                "splits": self.splits,
                "lengths": self.lengths,
            },
        )
        self._take(self._usual())
        self._draw_lengths()
        self.form.observe(lambda change: self._hear(change["new"]), "values")
        recall(session, "infusion.form", self._recall)
        for widget in (self.page, self.result, self.splits):
            widget.on_action(self._act)
        session.listen(self._follow)

    def _follow(self, old: View, new: View) -> None:
        if old == new:
            self._draw()
            self._draw_lengths()
        elif self._is_another(old, new):
            self._take(self._started(new.condition, self.values))
        # What follows from a card that is opened elsewhere does not stand in the address until this tab is seen.
        if new.part("infusion.form") or (new.tab == "infusion" and (old.tab, old.condition) != (new.tab, new.condition)):
            self._keep()

    def _is_another(self, old: View, new: View) -> bool:
        """Whether a card was opened of a condition that can be planned, and the address asks for no other plan."""
        asked = old.part("infusion.form") != new.part("infusion.form")
        return not asked and old.condition != new.condition != self.values["condition"] and new.condition in _conditions(self.data)

    def _act(self, action: str, value: str) -> None:
        match action:
            case "choose" if value.removeprefix("days:") in map(str, infusion.DAYS):
                self._hear(self.values | {"days": int(value.removeprefix("days:"))})
            case "open" if value in _conditions(self.data):
                self.session.change(tab="explore", condition=value)
            case "tab" if value in TABS:
                self.session.change(tab=value)

    # What was entered

    def _usual(self) -> dict:
        """Return the values with which a plan begins in the present view."""
        return self._started(self.session.view.condition, {"weight_kg": WEIGHT_KG, "basis": "actual", "height_cm": None, "sex": ""})

    def _started(self, condition: str, kept: dict) -> dict:
        """Return `kept` with what goes with a condition, or where it has no schedule with one whose rates are printed step by step."""
        known = _conditions(self.data)
        shown = _example_table(self.data)
        condition = next((c for c in (condition, shown.condition if shown else "", *known) if c in known), "")
        return self._with_condition({**kept, "condition": condition})

    def _keep(self) -> None:
        """Let the address hold what is not as it was at the start."""
        self.session.keep("infusion.form", self._written())

    def _written(self) -> dict[str, tuple[str, ...]]:
        shown = {field["name"] for field in _fields(self.data, self.values)}
        return {name: texts for name, texts in written(self.values, self._usual()).items() if name in shown}

    def _recall(self, part: dict[str, tuple[str, ...]]) -> None:
        """Plan what the address says: condition and schedule first, since the other fields follow from them."""
        if part == self._written():
            return
        followed = {"condition": self._with_condition, "regimen": self._with_regimen, "product": self._with_product}
        values, faults, rest = self._usual(), [], dict(part)
        for name, follow in followed.items():
            if name in rest:
                found, wrong = read({name: rest.pop(name)}, _fields(self.data, values))
                faults += wrong
                values = follow(values | found) if found else values
        found, wrong = read(rest, _fields(self.data, values))
        faults += wrong
        values |= found
        self._take(values | {"days": int(values["days"])})
        ignored(self.session, "infusion.form", faults)
        self._keep()

    def _hear(self, values: dict) -> None:
        """Take what the visitor changed, and let the rest of the form follow from it."""
        old = self.values
        new = old | {name: values[name] for name in NUMBERS if name in values}
        for name, allowed in _choices(self.data, old).items():
            if isinstance(value := values.get(name), str) and value in allowed:
                new[name] = value
        if new["condition"] != old["condition"]:
            new = self._with_condition(new)
        elif new["regimen"] != old["regimen"]:
            new = self._with_regimen(new)
        elif new["regimen"] != OWN:
            new = self._held_to_regimen(old, new)
        if new["product"] != old["product"] and new["table"] == old["table"]:
            new = self._with_product(new)
        if new != old:
            self._take(new)
            self._announce()
            self._keep()
        elif self.form.values != new:
            self.form.values = new

    def _with_condition(self, values: dict) -> dict:
        """Return `values` with a schedule, product and rates that go with their condition."""
        regimen, product = _first(self.data, values["condition"])
        table = _table_for(self.data, product, values["condition"])
        return self._with_regimen({"dose_g_per_kg": 1, "days": 1} | values | {"regimen": regimen, "product": product, "table": table})

    def _with_regimen(self, values: dict) -> dict:
        """Return `values` with the numbers of their schedule, and with the product that it is about."""
        if values["regimen"] == OWN:
            return values
        regimen = _chosen(self.data, values)
        begin = schedules.start(regimen, self._weight(values))
        new = values | {"dose_g_per_kg": begin.dose_g_per_kg, "days": begin.days}
        if regimen.product in _products(self.data) and regimen.product != new["product"]:
            new |= {"product": regimen.product, "table": _table_for(self.data, regimen.product, new["condition"])}
        return new

    def _with_product(self, values: dict) -> dict:
        """Return `values` with rates that go with their product."""
        return values | {"table": _table_for(self.data, values["product"], values["condition"])}

    def _held_to_regimen(self, old: dict, new: dict) -> dict:
        """Return `new`, with a dose of its own where the numbers are no longer those of the schedule."""
        regimen = _chosen(self.data, new)
        if pd.isna(regimen.dose_g_per_kg_high) and new["weight_kg"] != old["weight_kg"]:
            return self._with_regimen(new)
        same_days = new["days"] == old["days"] or (isinstance(new["days"], int) and schedules.allows(regimen, new["days"]))
        return new if new["dose_g_per_kg"] == old["dose_g_per_kg"] and same_days else new | {"regimen": OWN}

    def _weight(self, values: dict) -> float:
        """Return the weight, or a usual one while what was entered is none."""
        low, high = infusion.LIMITS["weight_kg"][1:3]
        weight = values["weight_kg"]
        return weight if isinstance(weight, int | float) and low <= weight <= high else WEIGHT_KG

    def _take(self, values: dict) -> None:
        """Show these values, and the plan that follows from them."""
        self.values = values
        order = self._order()
        faults = infusion.faults(self.data, order) if order else {}
        self.plans = infusion.splits(self.data, replace(order, days=1)) if order and not faults else ()
        with self.form.hold_sync():
            self.form.fields = _fields(self.data, values)
            self.form.values = values
            self.form.faults = faults
        self.result.html = _result(self.data, values, self._plan()) if self.plans else _waiting(faults)
        self.page.hidden = [] if self.plans and self._plan().runs else ["charts"]
        self._draw()

    def _order(self) -> Order | None:
        v = self.values
        if not v["product"] or not v["condition"]:
            return None
        condition, _, group = v["table"].partition("|")
        person = Person(v["weight_kg"], v["height_cm"], v["sex"] or None)
        return Order(
            person, v["dose_g_per_kg"], v["product"], condition or v["condition"], days=v["days"], basis=v["basis"], group=group or "all"
        )

    def _plan(self) -> Plan:
        return self.plans[self.values["days"] - 1]

    # What is shown

    def _draw(self) -> None:
        if self.plans and self._plan().runs:
            draw(self.steps, rate_steps(self._plan(), self.session.theme), self.data)
            draw(self.splits, durations(self.plans, self.session.theme), self.data)

    def _draw_lengths(self) -> None:
        shown = _example_table(self.data)
        if shown:
            sessions = infusion.sessions(self.data, shown.product, shown.condition, group=shown.group)
            chart = durations([s.plan for s in sessions], self.session.theme, [s.label for s in sessions])
            draw(self.lengths, replace(chart, name="sessions"), self.data)

    def _announce(self) -> None:
        if not self.plans:
            return
        plan = self._plan()
        time = f", about {plan.duration}" if plan.runs else ", time not known"
        day = f"{_number(plan.grams_per_day)} g, {_number(plan.ml_per_day)} mL{time}"
        days = plan.order.days
        self.session.announce(day if days == 1 else f"{_number(plan.grams)} g over {days} days; each day {day}")


# What can be chosen


@cache
def _conditions(data: Dataset) -> dict[str, str]:
    """Return the names of the conditions that have a schedule, by category, then by name."""
    rows = data.conditions[data.conditions["id"].isin(set(data.regimens["condition"]))]
    order = {category: place for place, category in enumerate(CATEGORIES)}
    rows = sorted(rows.itertuples(), key=lambda row: (order.get(row.category, len(order)), row.name.casefold()))
    return {row.id: row.name for row in rows}


@cache
def _by_condition(data: Dataset) -> dict[str, dict[str, tuple]]:
    """Return the schedules by condition and id, those of a condition in the order in which its card tells them."""
    phases, bases = list(wording.PHASES), list(wording.BASES)
    found: dict[str, dict[str, tuple]] = {}
    for row in sorted(data.regimens.itertuples(name="Regimen"), key=lambda row: (phases.index(row.phase), bases.index(row.basis))):
        found.setdefault(row.condition, {})[row.id] = row
    return found


def _regimens(data: Dataset, condition: str) -> dict[str, tuple]:
    return _by_condition(data).get(condition, {})


def _chosen(data: Dataset, values: dict) -> tuple:
    """Return the schedule that is chosen, a row of `regimens`."""
    return _regimens(data, values["condition"])[values["regimen"]]


@cache
def _products(data: Dataset) -> dict[str, str]:
    """Return the brands that are given into a vein, those with a rate table first."""
    rows = data.products[data.products["route"] != "SC"].sort_values("brand", key=lambda brand: brand.str.casefold())
    ranked = sorted(rows.itertuples(), key=lambda row: not _tables(data, row.id))
    return {row.id: f"{row.brand} ({row.concentration_pct:g}%)" if "%" not in row.brand else row.brand for row in ranked}


@cache
def _tables(data: Dataset, product: str) -> dict[str, RateTable]:
    """Return the rate tables of a product by "condition|group"."""
    return {f"{table.condition}|{table.group}": table for table in infusion.rate_tables(data, product)}


@cache
def _example_table(data: Dataset) -> RateTable | None:
    """Return the table that shows most: steps with their minutes, of a product with a cap for people at risk."""
    found = [table for product in _products(data) for table in _tables(data, product).values()]
    return max(found, key=lambda t: (t.complete, infusion.capped_rate(data, t.product) is not None), default=None)


def _table_for(data: Dataset, product: str, condition: str) -> str:
    """Return the key of a product's table for a condition, else of the one that says most, else nothing."""
    tables = _tables(data, product)
    return max(tables, key=lambda key: (tables[key].condition == condition, tables[key].complete), default="")


@cache
def _first(data: Dataset, condition: str) -> tuple[str, str]:
    """Return the schedule and the product with which a condition begins: best those whose rates are printed for it."""
    regimens, products = _regimens(data, condition), _products(data)

    def rank(product: object) -> int:
        tables = [t for t in _tables(data, product).values() if t.condition == condition] if product in products else []
        return 2 * any(t.complete for t in tables) + bool(tables)

    regimen = max(regimens.values(), key=lambda row: rank(row.product), default=None)
    if regimen is not None and rank(regimen.product):
        return regimen.id, regimen.product
    shown = _example_table(data)
    product = max(products, key=lambda p: (rank(p), shown is not None and p == shown.product), default="")
    return (regimen.id if regimen is not None else OWN), product


def _choices(data: Dataset, values: dict) -> dict[str, Iterable[str]]:
    """Return what may be chosen in each field that offers a choice."""
    return {
        "condition": _conditions(data),
        "regimen": (OWN, *_regimens(data, values["condition"])),
        "basis": BASES,
        "sex": SEX_OPTIONS,
        "product": _products(data),
        "table": _tables(data, values["product"]),
    }


# The form


def _fields(data: Dataset, values: dict) -> list[dict]:
    products, tables = _products(data), _tables(data, values["product"])
    variants = [{"value": key, "label": _for_whom(data, table)} for key, table in tables.items()]
    product_options = [
        {"value": key, "label": label, "group": "With a rate table" if _tables(data, key) else "No rates in the tables"}
        for key, label in products.items()
    ]
    return [
        {"name": "condition", "label": "Condition", "kind": "select", "options": _condition_options(data)},
        {"name": "regimen", "label": "Schedule", "kind": "select", "options": _regimen_options(data, values["condition"])},
        _number_field("dose_g_per_kg", "Dose of the whole course", 0.05),
        {"name": "days", "label": "Days it is shared between", "kind": "range", "unit": "", **_ends(infusion.DAYS)},
        _number_field("weight_kg", "Weight", 1),
        {
            "name": "basis",
            "label": "Weight that counts",
            "kind": "select",
            "options": _options({basis: basis for basis in BASES}),
        },
        _number_field("height_cm", "Height (optional)", 1),
        {"name": "sex", "label": "Sex (optional)", "kind": "select", "options": _options(SEX_OPTIONS)},
        {"name": "product", "label": "Product", "kind": "select", "options": product_options},
        *([{"name": "table", "label": "Rates printed for", "kind": "select", "options": variants}] if len(variants) > 1 else []),
    ]


def _number_field(name: str, label: str, step: float) -> dict:
    _, low, high, unit = infusion.LIMITS[name]
    return {"name": name, "label": label, "kind": "number", "min": low, "max": high, "step": step, "unit": unit}


def _ends(numbers: range) -> dict:
    return {"min": numbers[0], "max": numbers[-1], "step": 1}


def _options(labels: dict[str, str]) -> list[dict]:
    return [{"value": value, "label": label} for value, label in labels.items()]


@cache
def _condition_options(data: Dataset) -> list[dict]:
    category = data.conditions.set_index("id")["category"]
    return [{"value": key, "label": name, "group": category[key]} for key, name in _conditions(data).items()]


@cache
def _regimen_options(data: Dataset, condition: str) -> list[dict]:
    options = [
        {"value": row.id, "label": f"{wording.dose(row)} · {_whose(row)}", "group": wording.PHASES[row.phase]}
        for row in _regimens(data, condition).values()
    ]
    return [*options, {"value": OWN, "label": "own dose"}]


def _whose(regimen) -> str:
    return f"{regimen.issuer}: {regimen.population}" if isinstance(regimen.population, str) else regimen.issuer


def _for_whom(data: Dataset, table: RateTable) -> str:
    name = data.conditions.set_index("id")["name"].get(table.condition, table.condition)
    return name if table.group == "all" else f"{name}: {GROUPS[table.group]}"


# The result


def _waiting(faults: dict[str, str]) -> str:
    if not faults:
        return "<h3>There is nothing to plan</h3><p>The tables hold no schedule, or no product that is given into a vein.</p>"
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in faults.values())
    return f"<h3>The plan waits for numbers that make sense</h3><ul>{sentences}</ul>"


def _result(data: Dataset, values: dict, plan: Plan) -> str:
    references = References(data, "source-infusion-example")
    days = plan.order.days
    day = f"{_amount(plan.grams_per_day, 'g')} are {_amount(plan.ml_per_day, 'mL')} of {escape(plan.product.brand)}"
    title = day if days == 1 else f"{_amount(plan.grams, 'g')} over {days} days: each day {day}"
    body = (
        f'<h3>{title}</h3><p class="ivig-infusion-notice">{infusion.NOTICE}</p>{_numbers(plan, references)}'
        f"{_schedule(data, values, references)}{_rates(data, values, plan, references)}{_weights(plan, references)}"
    )
    how = "".join(
        f"<p>{escape(text)}</p>" for text in (plan.conversion, infusion.ROUNDING, infusion.RATE_WEIGHT, infusion.WEIGHT_RULE) if text
    )
    return (
        f'{body}<details data-fold="how"><summary>How the numbers follow</summary>{how}</details>'
        f'<details data-fold="sources"><summary>Sources of this example</summary>{references.listing()}</details>'
    )


def _numbers(plan: Plan, references: References) -> str:
    days = plan.order.days
    each = "" if days == 1 else " a day"
    numbers = [
        ("Dose in all", _amount(plan.grams, "g")),
        ("Dose a day", _amount(plan.grams_per_day, "g") if days > 1 else ""),
        (f"Volume{each}", _amount(plan.ml_per_day, "mL")),
        ("Concentration", f"{plan.product.mg_per_ml:g} mg/mL{references.cite(plan.product.sources)}"),
        (f"One session{each}", _held(escape(plan.duration))),
        ("All sessions together", _together(plan) if days > 1 else ""),
        (f"Vials to open{each}", _vials(plan.vials, plan)),
        (f"Nearest whole-vial dose{each}", _vials(plan.nearest_vials, plan)),
    ]
    return f'<dl class="ivig-infusion-numbers">{"".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in numbers if v)}</dl>'


def _together(plan: Plan) -> str:
    if plan.minutes is None:
        return ""
    return _held(" to ".join(dict.fromkeys(infusion.clock(minutes * plan.order.days) for minutes in plan.minutes)))


def _vials(vials: infusion.Vials | None, plan: Plan) -> str:
    if vials is None:
        return "sizes not known"
    spare = round(vials.grams - plan.grams_per_day, 1)
    apart = f"{_amount(abs(spare), 'g')} {'more' if spare > 0 else 'less'} than the dose" if spare else "just the dose"
    return f"{_held(escape(str(vials)))} <small>{_amount(vials.grams, 'g')}, {apart}</small>"


def _schedule(data: Dataset, values: dict, references: References) -> str:
    condition = values["condition"]
    link = (
        f' <a href="?tab=explore&amp;condition={condition}" data-action="open" data-value="{condition}">'
        f"Card: {escape(_conditions(data)[condition])}</a>"
    )
    if values["regimen"] == OWN:
        return f"<p><strong>Schedule:</strong> a dose of the visitor's own, from no source.{link}</p>"
    regimen = _chosen(data, values)
    begin = schedules.start(regimen, WEIGHT_KG)
    choices = [text for name, text in begin.choices.items() if name != "days" or values["days"] == begin.days]
    return (
        f"<p><strong>Schedule:</strong> {escape(wording.dose(regimen))}, {escape(_whose(regimen))}{references.cite(regimen.sources)}. "
        f"{' '.join(choices)}{link}</p>"
    )


def _rates(data: Dataset, values: dict, plan: Plan, references: References) -> str:
    """Return where the rates come from, and how the duration follows from them."""
    if plan.table is None:
        return f'<p class="ivig-empty">{escape(plan.reason)}</p>'
    borrowed = ""
    if plan.table.condition != values["condition"]:
        own = f"{escape(plan.product.brand)} for {escape(_conditions(data)[values['condition']])}"
        borrowed = f" They are borrowed to show the arithmetic: the tables hold none of {own}."
    items = "".join(f"<li>{escape(note)}</li>" for note in plan.table.notes)
    notes = f'<details data-fold="notes"><summary>Notes of the rate table</summary><ul>{items}</ul></details>' if items else ""
    return (
        f"<p><strong>Rates:</strong> {escape(plan.product.brand)} for {escape(_for_whom(data, plan.table))}"
        f"{references.cite(plan.table.sources)}.{borrowed} {escape(plan.reason)}</p>{notes}"
    )


def _weights(plan: Plan, references: References) -> str:
    """Return the actual, ideal and adjusted weight, where height and sex are known."""
    person = plan.order.person
    if person.height_cm is None and person.sex is None:
        return ""
    cite = references.cite(infusion.WEIGHT_SOURCES)
    if person.ideal_weight_kg is None:
        need = f"needs the sex and a height from {infusion.LEAST_HEIGHT_CM} cm"
        return f"<p><strong>Weight:</strong> the rule for ideal and adjusted weight {need}{cite}.</p>"
    weights = {"actual": person.weight_kg, "adjusted": person.adjusted_weight_kg, "ideal": person.ideal_weight_kg}
    rows = "".join(
        f'<tr><th scope="row">{BASES[basis].capitalize()}</th><td>{_number(kg)} kg</td><td>{"counts" if basis == plan.order.basis else ""}'
        f"{_lower(plan, basis, kg)}</td></tr>"
        for basis, kg in weights.items()
    )
    head = '<tr><th scope="col">Which</th><th scope="col">Weight</th><th scope="col">In this example</th></tr>'
    return f"<table><caption>Three weights of one person{cite}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _lower(plan: Plan, basis: str, kg: float) -> str:
    return f", but the actual weight is lower: {_number(plan.weight_kg)} kg" if basis == plan.order.basis and kg > plan.weight_kg else ""


def _amount(value: float, unit: str) -> str:
    """Return a number with its unit."""
    return _held(f"{_number(value)} {unit}")


def _held(text: str) -> str:
    """Keep what belongs together on one line: numbers with their units, and counts with what they count."""
    held = re.sub(r" (?=×|g\b|mL\b|h\b|min\b)|(?<=×) ", "\N{NO-BREAK SPACE}", text)
    return re.sub(r"(?<=\bh) (?=\d)", "\N{NO-BREAK SPACE}", held)


def _number(value: float) -> str:
    """Return a number to one decimal, without needless digits.

    >>> _number(28.0), _number(633.46)
    ('28', '633.5')
    """
    return f"{round(value, 1):.10g}"


# The fixed part


def _page(data: Dataset) -> str:
    references = References(data, "source-infusion")
    there = set(passages.names(data, "infusion-"))

    def passage(name: str) -> str:
        return passages.passage(data, f"infusion-{name}", references) if f"infusion-{name}" in there else ""

    def stage(label: str, *parts: str) -> str:
        return f'<li><p class="ivig-infusion-stage">{label}</p>{"".join(f"<div>{part}</div>" for part in parts)}</li>'

    duration, lengths = passage("duration"), _lengths(data, references)
    stages = (
        stage("Before", passage("before"), passage("hydration"))
        + stage("During", passage("during"), _reactions(data, "during", references))
        + stage("After", passage("after"), *(_reactions(data, onset, references) for onset in ("within-72h", "delayed")))
    )
    more = '<p><a href="?tab=safety" data-action="tab" data-value="safety">More on each reaction: side effects</a></p>'
    return (
        "<section><h2>A worked example</h2>"
        '<p class="ivig-infusion-lead">How a dose becomes grams, vials, millilitres and hours: for learning, not for treating. '
        "What is typed here stands in this page's address, so that a link restores it; it is kept nowhere else.</p>"
        '<div class="ivig-infusion-example"><div data-slot="form"></div><div class="ivig-infusion-plan"><div data-slot="result"></div>'
        '<div data-part="charts"><div data-slot="steps"></div><div data-slot="splits"></div></div></div></div></section>'
        "<section><h2>Why one session lasts two hours and another all day</h2>"
        f'<div class="ivig-infusion-why"><div data-slot="lengths"></div><div>{duration}</div></div>{lengths}</section>'
        f'<section><h2>What happens</h2><ol class="ivig-infusion-stages">{stages}</ol>{more if "safety" in TABS else ""}</section>'
        f"{references.section()}"
    )


def _reactions(data: Dataset, onset: str, references: References) -> str:
    """Return the reactions that show at a time, the serious first, named for both reading levels."""
    rows = ordered(data.adverse_reactions[data.adverse_reactions["onset"] == onset])
    if rows.empty:
        return ""
    groups = "".join(
        f'<li><span data-mark="severity-{severity}">{label}</span><ul>{_named(rows[rows["severity"] == severity], references)}</ul></li>'
        for severity, label in SEVERITIES.items()
        if (rows["severity"] == severity).any()
    )
    when = f"{ONSETS[onset][0].lower()}{ONSETS[onset][1:]}"
    return f'<div class="ivig-infusion-reactions"><h4>Reactions that show {when}</h4><ul>{groups}</ul></div>'


def _named(rows: pd.DataFrame, references: References) -> str:
    return "".join(
        f'<li><span class="ivig-plain">{escape(row.lay_name)}</span><span class="ivig-student">{escape(short(row.name))}</span>'
        f"{references.cite(row.sources)}</li>"
        for row in rows.itertuples()
    )


def _lengths(data: Dataset, references: References) -> str:
    """Return the lengths of sessions that sources state."""
    rows = data.figures[(data.figures["topic"] == "infusion-practice") & data.figures["unit"].isin(LENGTH_UNITS)]
    if rows.empty:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{escape(row.name)}{references.cite(row.sources)}</th><td>{_length(row)}</td></tr>'
        for row in rows.itertuples(name="Figure")
    )
    head = '<tr><th scope="col">What</th><th scope="col">How long</th></tr>'
    return f"<table><caption>What sources print about times</caption><thead>{head}</thead><tbody>{lines}</tbody></table>"


def _length(row) -> str:
    amount = wording.span(row.low, row.high) if pd.isna(row.value) else wording.number(row.value)
    against = (
        f", against {wording.number(row.comparison_value)} ({escape(row.comparison_label)})" if not pd.isna(row.comparison_value) else ""
    )
    return f"{amount} {escape(row.unit)}{against}"
