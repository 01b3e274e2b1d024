"""How it works: which part of the antibody acts, which dose does which job, and how IgG rises and falls."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer import dosing, kinetics
from ivig_explainer.charts import doses as dose_chart
from ivig_explainer.charts import kinetics as level_chart
from ivig_explainer.dataset import Dataset
from ivig_explainer.glossary import explain
from ivig_explainer.references import References
from ivig_explainer.selection import CATEGORIES, ROLES
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.igg import PARTS, igg
from ivig_explainer.tabs.passages import passage
from ivig_explainer.tabs.remembered import recall, refuse, remember
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session
    from ivig_explainer.view import View

FAMILIES = {
    "replacement": "Replacement",
    "Fc-receptor": "Fc receptors",
    "FcRn": "FcRn",
    "complement": "Complement",
    "anti-idiotype": "Anti-idiotype",
    "cytokine": "Cytokines",
    "cellular": "Cells",
    "other": "Other",
}
CONFIDENCES = {"established": "Established", "supported": "Supported", "hypothesis": "Hypothesis"}
BASES = {"curator": "our judgement, by the rule above", "source": "as its source judges"}
RULE = (
    "Established: the clinical effect follows directly. Supported: human data, or consistent laboratory data. "
    "Hypothesis: mainly animal or test-tube data, or data that conflict."
)
CONDITIONS_FIRST = 5
DOSE_G_PER_KG = (0.2, 2.5)
LEVEL_WEEKS = (26, 39, 52, 78, 104, 156, 260)
# What the visitor may start from. They are questions to the model, not doses that anybody advises.
PRESETS = (
    ({"route": "IV", "dose": 0.4, "interval": 4}, {"route": "IV", "dose": 0.3, "interval": 3}),
    ({"route": "IV", "dose": 0.4, "interval": 4}, {"route": "SC", "dose": 0.1, "interval": 1}),
    ({"route": "IV", "dose": 2, "interval": 6}, {"route": "IV", "dose": 1, "interval": 3}),
)
USUAL_CHOICE = ("part", ("Fc",))  # of the antibody, before anything is chosen
WHOLE_ANSWER = {"one": "One model", "all": "All models"}


def build(session: Session) -> Markup:
    """Return the tab."""
    references = References(session.data, "source-mechanism")
    lead = passage(session.data, "mechanism-overview", references, "h2")
    parts = (_Antibody(session, references), _Dose(session, references), _Levels(session, references))
    page = Markup(
        html=f"{lead}{''.join(part.html for part in parts)}{references.section()}",
        css_class="ivig-mechanism",
        children={name: widget for part in parts for name, widget in part.children.items()},
    )

    def hear(old: View, new: View) -> None:
        for part in parts:
            part.hear(old, new)

    session.listen(hear)
    return page


def _link(condition: str, name: str) -> str:
    return f'<a href="?tab=explore&amp;condition={condition}" data-action="open" data-value="{condition}">{escape(name)}</a>'


def _short(condition) -> str:
    """Return a condition's abbreviation, or its name where it has none."""
    return condition.abbreviations[0] if condition.abbreviations else condition.name


def _count(size: int, what: str) -> str:
    return f"{size} {what}{'' if size == 1 else 's'}"


def _buttons(action: str, choices: dict[str, str], pressed: str | None, label: str) -> str:
    buttons = "".join(
        f'<button type="button" data-action="{action}" data-value="{value}" aria-pressed="{str(value == pressed).lower()}">{text}</button>'
        for value, text in choices.items()
    )
    return f'<div class="ivig-mechanism-buttons" role="group" aria-label="{escape(label, quote=True)}">{buttons}</div>'


class _Antibody:
    """Choose a part, a family or a condition; see the mechanisms."""

    def __init__(self, session: Session, references: References) -> None:
        self.session = session
        data = session.data
        self.mechanisms = {row.id: row for row in data.mechanisms.itertuples(index=False)}
        self.conditions = {row.id: row for row in data.conditions.itertuples(index=False)}
        self.pairs = list(data.condition_mechanisms.itertuples(index=False))
        self.articles = {name: _Article(row, self, references) for name, row in self.mechanisms.items()}
        self.html = (
            '<section><h2>The antibody: which part does what</h2><div class="ivig-mechanism-antibody">'
            '<div class="ivig-mechanism-choice"><div data-slot="antibody"></div><div data-slot="condition"></div></div>'
            '<div data-slot="found"></div></div>'
            f"{passage(data, 'mechanism-fab-fc', references)}{passage(data, 'mechanism-uncertainty', references)}</section>"
        )
        self.drawing = Markup(css_class="ivig-mechanism-drawing")
        self.form = Form(label="Mechanisms by condition", fields=[self._field()])
        self.found = Markup(css_class="ivig-mechanism-found")
        self.children = {"antibody": self.drawing, "condition": self.form, "found": self.found}
        self.kind, (self.value,) = USUAL_CHOICE
        self._take(session.view.condition)
        self._show()
        self.drawing.on_action(self._act)
        self.found.on_action(self._act)
        self.form.observe(lambda change: self._choose(change["new"].get("condition")), "values")
        recall(session, "mechanism.antibody", self._recall)

    def hear(self, old: View, new: View) -> None:
        """Follow the condition that is open elsewhere."""
        asked = old.part("mechanism.antibody") != new.part("mechanism.antibody")
        if not asked and new.condition and old.condition != new.condition and (self.kind, self.value) != ("condition", new.condition):
            self._take(new.condition)
            self._show()
        # What follows from a card that is opened elsewhere does not stand in the address until this tab is seen.
        seen = new.tab == "mechanism" and (old.tab, old.condition) != (new.tab, new.condition)
        if seen or new.part("mechanism.antibody"):
            self._keep()

    def _recall(self, part: dict[str, tuple[str, ...]]) -> None:
        """Choose what the address names, or as usual where it names nothing."""
        kind, (value, *_) = next(iter(part.items()), self._usual())
        known = {"part": PARTS, "family": {"all", *FAMILIES}, "condition": {pair.condition for pair in self.pairs}}
        if value not in known.get(kind, ()):
            refuse(self.session, "mechanism.antibody", kind, value)
        elif (kind, value) != self._choice():
            self.kind, self.value = kind, "" if value == "all" else value
            self._show()

    def _choice(self) -> tuple[str, str]:
        return self.kind, self.value or "all"

    def _usual(self) -> tuple[str, tuple[str]]:
        """Return what is chosen at first in the present view."""
        condition = self.session.view.condition
        return ("condition", (condition,)) if any(pair.condition == condition for pair in self.pairs) else USUAL_CHOICE

    def _keep(self) -> None:
        kind, value = self._choice()
        self.session.keep("mechanism.antibody", {} if (kind, (value,)) == self._usual() else {kind: value})

    def _field(self) -> dict:
        named = {pair.condition for pair in self.pairs}
        some = sorted((self.conditions[c] for c in named), key=lambda c: (CATEGORIES.index(c.category), c.name.lower()))
        options = [{"value": c.id, "label": c.name, "group": c.category} for c in some]
        help_text = f"{len(named)} of {len(self.conditions)} conditions have a mechanism in the tables."
        nothing = {"value": "", "label": "Any condition"}
        return {"name": "condition", "label": "Or a condition", "kind": "select", "options": [nothing, *options], "help": help_text}

    def _take(self, condition: str) -> None:
        """Choose a condition where the tables have a mechanism for it."""
        if any(pair.condition == condition for pair in self.pairs):
            self.kind, self.value = "condition", condition

    def _choose(self, condition: object) -> None:
        if condition == (self.value if self.kind == "condition" else ""):
            return
        if condition:
            self._take(str(condition))
        else:
            self.kind, self.value = "family", ""
        self._show()
        self._announce()
        self._keep()
        self.session.change(condition=self.value if self.kind == "condition" else "")

    def _act(self, action: str, value: str) -> None:
        if action == "open" and value in self.conditions:
            self.session.change(tab="explore", condition=value)
        elif (action == "part" and value in PARTS) or (action == "family" and value in {"", *FAMILIES}):
            self.kind, self.value = action, value
            self._show()
            self._announce()
            self._keep()

    def _chosen(self) -> list:
        match self.kind:
            case "condition":
                names = [pair.mechanism for pair in self.pairs if pair.condition == self.value]
                some = [self.mechanisms[name] for name in names]
            case "part":
                some = [m for m in self.mechanisms.values() if m.part == self.value]
            case _:
                some = [m for m in self.mechanisms.values() if self.value in ("", m.family)]
        return sorted(some, key=lambda m: list(CONFIDENCES).index(m.confidence))

    def _announce(self) -> None:
        self.session.announce(_count(len(self._chosen()), "mechanism"))

    def _show(self) -> None:
        chosen = self._chosen()
        counts = {part: sum(m.part == part for m in self.mechanisms.values()) for part in PARTS}
        acting = frozenset(m.part for m in chosen) if self.kind != "part" else frozenset()
        families = {"": f"All ({len(self.mechanisms)})"} | {
            name: f"{label} ({sum(m.family == name for m in self.mechanisms.values())})" for name, label in FAMILIES.items()
        }
        self.drawing.html = (
            '<p class="ivig-mechanism-prompt">Choose a part of the antibody</p>'
            f"{igg(self.value if self.kind == 'part' else '', acting, counts)}"
            '<p class="ivig-mechanism-prompt">Or a family of mechanisms</p>'
            + _buttons("family", families, self.value if self.kind == "family" else None, "Family of mechanisms")
        )
        self.form.values = {"condition": self.value if self.kind == "condition" else ""}
        self.found.html = f"{self._heading(chosen)}{''.join(self.articles[m.id].html(self) for m in chosen)}"

    def _heading(self, chosen: list) -> str:
        size = _count(len(chosen), "mechanism")
        tally = ", ".join(f"{n} {label.lower()}" for name, label in CONFIDENCES.items() if (n := sum(m.confidence == name for m in chosen)))
        match self.kind:
            case "condition":
                title = f"How IVIG is thought to act in {escape(_short(self.conditions[self.value]))}: {size}"
            case "part":
                title = f"{PARTS[self.value]}: {size}"
            case _:
                title = f"{FAMILIES[self.value]}: {size}" if self.value else f"Everything that IVIG is thought to do: {size}"
        card = f" {_link(self.value, 'Open its card')}." if self.kind == "condition" else ""
        return f'<h3>{title}</h3><p>How sure: {tally}.{card}</p><p class="ivig-small">{RULE}</p>'


class _Article:
    """One mechanism: what it is, how sure, and where it is thought to serve. Citations are made once, so numbers stay."""

    def __init__(self, row, antibody: _Antibody, references: References) -> None:
        self.row = row
        self.explanation = explain(f"{escape(row.explanation)}{references.cite(row.sources)}", antibody.session.data)
        self.items: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        for pair in antibody.pairs:
            if pair.mechanism == row.id:
                told = isinstance(pair.note, str)
                sources = references.cite(pair.sources)
                link = _link(pair.condition, antibody.conditions[pair.condition].name)
                self.items[pair.condition] = f"<li>{link}{f': {escape(pair.note)}' if told else ''}{sources}</li>"
                self.notes[pair.condition] = f"{escape(pair.note) if told else 'Named by its sources.'}{sources}"

    def html(self, antibody: _Antibody) -> str:
        """Return the article as the present choice needs it."""
        row = self.row
        here = antibody.value if antibody.kind == "condition" else ""
        note = f' <span class="ivig-small">{escape(row.note)}</span>' if isinstance(row.note, str) else ""
        own = f"<p><strong>In {escape(_short(antibody.conditions[here]))}:</strong> {self.notes[here]}</p>" if here else ""
        return (
            f'<article><h4>{escape(row.name)}</h4><p class="ivig-mechanism-sure"><span data-mark="{row.confidence}">'
            f"{CONFIDENCES[row.confidence]}</span> <span>({BASES[row.confidence_basis]})</span> <span>{PARTS[row.part]}</span> "
            f"<span>Family: {FAMILIES[row.family]}</span></p>{own}<p>{self.explanation}{note}</p>{self._conditions(here)}</article>"
        )

    def _conditions(self, here: str) -> str:
        items = [item for condition, item in self.items.items() if condition != here]
        if not items:
            return ""
        what = f"{'Also thought' if here else 'Thought'} to serve in"
        if len(items) <= CONDITIONS_FIRST and not here:
            return f"<p>{what}:</p><ul>{''.join(items)}</ul>"
        size = _count(len(items), "condition")
        return f'<details data-fold="{self.row.id}"><summary>{what} {size}</summary><ul>{"".join(items)}</ul></details>'


class _Dose:
    """A slider of doses: which schedules replace, and which calm."""

    def __init__(self, session: Session, references: References) -> None:
        self.session = session
        self.courses = dosing.courses(session.data)
        low, high = DOSE_G_PER_KG
        left_out = len(session.data.regimens) - len(self.courses)
        self.html = (
            '<section><h2>Dose decides the job</h2><div data-slot="dose"></div><div data-slot="dose-words"></div>'
            '<div data-slot="dose-chart"></div><p class="ivig-small">How a course is counted: a dose "in all" or "an infusion" as it '
            'stands; a dose "a day" times its days, the lowest dose by the fewest days and the highest by the most. Repeats are not '
            "added up. A mark stands at the middle of its range; a larger mark is more schedules, not more people and not more evidence. "
            f"{_count(left_out, 'schedule')} without a dose by body weight "
            f"{'is' if left_out == 1 else 'are'} left out. Each schedule, with its source, stands on its condition's card.</p>"
            f"{passage(session.data, 'mechanism-dose', references)}</section>"
        )
        field = {"name": "dose", "label": "Dose of one course", "kind": "range", "min": low, "max": high, "step": 0.05, "unit": "g/kg"}
        self.form = Form(label="Dose of one course", fields=[field], values={"dose": 1})
        self.words = Markup(css_class="ivig-mechanism-dose")
        self.plot = Plot()
        self.children = {"dose": self.form, "dose-words": self.words, "dose-chart": self.plot}
        self._show()
        self.form.observe(lambda _: self._show(announce=True), "values")
        self.words.on_action(self._act)
        self.plot.on_action(self._act)
        remember(session, "mechanism.dose", self.form)

    def hear(self, old: View, new: View) -> None:
        """Draw in the theme that is seen."""
        if old == new:
            self._draw()

    @property
    def dose(self) -> float:
        """The dose of the slider, within its ends."""
        value = self.form.values.get("dose")
        low, high = DOSE_G_PER_KG
        return min(high, max(low, float(value))) if _is_number(value) else low

    def _act(self, action: str, value: str) -> None:
        if action == "open" and value in set(self.courses["condition"]):
            self.session.change(tab="explore", condition=value)
        elif action == "choose" and value in {f"{middle:g}" for middle in self.courses["middle"].round(2)}:
            self.form.values = {"dose": min(DOSE_G_PER_KG[1], max(DOSE_G_PER_KG[0], float(value)))}

    def _draw(self) -> None:
        draw(self.plot, dose_chart.doses(self.courses, self.dose, self.session.theme), self.session.data)

    def _show(self, *, announce: bool = False) -> None:
        found = dosing.near(self.courses, self.dose)
        low, high = dosing.around(self.dose)
        self._draw()
        rows = "".join(self._role(role, found[found["role"] == role]) for role in ROLES)
        self.words.html = (
            f"<h3>{self.dose:g} g/kg: {len(found)} of {len(self.courses)} schedules give such a dose</h3>"
            f'<p class="ivig-small">Counted is every schedule whose range reaches into {low:.3g} to {high:.3g} g/kg '
            f"({dosing.NEAR:.0%} either side).</p><ul>{rows}</ul>"
        )
        if announce:
            self.session.announce(f"{len(found)} schedules give {self.dose:g} g/kg")

    def _role(self, role: str, found) -> str:
        total = int((self.courses["role"] == role).sum())
        names = found.drop_duplicates("condition").sort_values("name", key=lambda names: names.str.lower())
        links = "; ".join(_link(c, name) for c, name in zip(names["condition"], names["name"], strict=True))
        where = f" In {_count(len(names), 'condition')}" if len(names) else ""
        if len(names) > CONDITIONS_FIRST:
            where = f'<details data-fold="{role}"><summary>{where.strip()}</summary><p>{links}</p></details>'
        elif where:
            where = f"{where}: {links}."
        return f'<li><span data-mark="{role}">{ROLES[role]}</span>: {len(found)} of {total} schedules.{where}</li>'


class _Levels:
    """Serum IgG over time, by the population models of the tables."""

    def __init__(self, session: Session, references: References) -> None:
        self.session = session
        data = session.data
        self.models = kinetics.models(data)
        self.target = kinetics.trough_target(data)
        self.cites = {name: references.cite(model.sources) for name, model in self.models.items()}
        self.target_cite = references.cite(self.target.sources)
        self.view = "one"
        self.usual = max(
            (m for m in self.models.values() if len(m.routes) > 1 and m.condition == "primary-immunodeficiency"), key=lambda m: m.people
        )
        start = self.usual.own_igg_g_per_l
        self.person = Form(
            label="Person and model",
            fields=self._person_fields(),
            values={"model": self.usual.id, "weight": 70, "start": start, "compare": "yes"},
        )
        self.first = Form(label="First schedule", fields=self._schedule_fields(), values=dict(PRESETS[0][0]))
        self.second = Form(label="Second schedule", fields=self._schedule_fields(), values=dict(PRESETS[0][1]))
        self.presets = Markup(html=self._presets())
        self.switch = Markup()
        self.words = Markup(css_class="ivig-mechanism-levels")
        self.plot, self.spread = Plot(name="kinetics"), Plot(name="spread")
        self.layout = Markup(html=self._layout(), css_class="ivig-mechanism-kinetics", children=self._slots())
        self.children = {"levels": self.layout}
        self.html = (
            '<section><h2>Serum IgG over time</h2><div data-slot="levels"></div>'
            f"{passage(data, 'mechanism-kinetics', references)}"
            "<h3>What this does not model</h3>"
            f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in kinetics.NOT_MODELLED)}</ul>"
            f"{self._unusable(data, references)}</section>"
        )
        self.busy = False
        self._show()
        self.person.observe(self._follow_person, "values")
        self.first.observe(lambda _: self._changed(), "values")
        self.second.observe(lambda _: self._changed(), "values")
        self.presets.on_action(self._act)
        self.switch.on_action(self._act)
        for name, form in (("person", self.person), ("first", self.first), ("second", self.second)):
            remember(session, f"mechanism.{name}", form)
        recall(session, "mechanism.levels", self._recall)

    def hear(self, old: View, new: View) -> None:
        """Draw in the theme that is seen."""
        if old == new:
            self._show()

    def _recall(self, part: dict[str, tuple[str, ...]]) -> None:
        """Ask one model or all, as the address says."""
        (view, *_) = part.get("models", ("one",))
        if view not in WHOLE_ANSWER:
            refuse(self.session, "mechanism.levels", "models", view)
        elif view != self.view:
            self.view = view
            self._show()

    def _slots(self) -> dict:
        return {
            "presets": self.presets,
            "person": self.person,
            "first": self.first,
            "second": self.second,
            "switch": self.switch,
            "level-words": self.words,
            "level-chart": self.plot,
            "spread-chart": self.spread,
        }

    def _layout(self) -> str:
        return (
            '<div data-slot="presets"></div><div data-slot="person"></div>'
            '<div class="ivig-mechanism-schedules"><div><h3>Schedule</h3><div data-slot="first"></div></div>'
            '<div data-part="second"><h3>Compared with</h3><div data-slot="second"></div></div></div>'
            '<div data-slot="switch"></div><div data-part="one"><div data-slot="level-chart"></div></div>'
            '<div data-part="all"><div data-slot="spread-chart"></div></div><div data-slot="level-words"></div>'
        )

    def _presets(self) -> str:
        choices = {
            str(place): " against ".join(kinetics.Schedule(s["dose"], s["interval"] * 7, s["route"]).words() for s in pair)
            for place, pair in enumerate(PRESETS)
        }
        return (
            "<p>The curves answer a what-if question for a model's typical person. They are no forecast, and no dose for anybody.</p>"
            + _buttons("preset", choices, None, "Comparisons to start from").replace(' aria-pressed="false"', "")
        )

    def _person_fields(self) -> list[dict]:
        options = [{"value": m.id, "label": f"{m.name}, {m.people} people"} for m in self.models.values()]
        weight, start = kinetics.WEIGHT_KG, kinetics.STARTING_IGG_G_PER_L
        yes_no = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
        return [
            {"name": "model", "label": "Population model", "kind": "select", "options": options},
            _number_field("weight", "Body weight", weight, 1, "kg"),
            _number_field("start", "IgG without treatment", start, 0.5, "g/L"),
            {"name": "compare", "label": "Compare two schedules", "kind": "radio", "options": yes_no},
        ]

    def _schedule_fields(self) -> list[dict]:
        routes = [{"value": route, "label": words[0].upper() + words[1:]} for route, words in kinetics.ROUTES.items()]
        return [
            {"name": "route", "label": "Route", "kind": "radio", "options": routes},
            _number_field("dose", "Dose", kinetics.DOSE_G_PER_KG, 0.05, "g/kg"),
            _number_field("interval", "Every", _weeks_allowed(), 1, "weeks"),
        ]

    def _unusable(self, data: Dataset, references: References) -> str:
        rows = data.figures[data.figures["topic"] == "population-model"]
        items = []
        for series, reason in kinetics.unusable(data).items():
            first = rows[rows["series"] == series].iloc[0]
            items.append(f"<li>{escape(first['name'].split(': ')[0])}: {escape(reason)}{references.cite(first['sources'])}</li>")
        return f"<h3>Models in the tables that cannot be drawn</h3><ul>{''.join(items)}</ul>" if items else ""

    @property
    def model(self) -> kinetics.Model:
        """The chosen model."""
        return self.models.get(self.person.values.get("model"), self.usual)

    def _follow_person(self, change) -> None:
        """A new model brings its own starting IgG, unless the visitor typed another one than the last model's."""
        old, new = (self.models.get(values.get("model")) for values in (change["old"], change["new"]))
        own = new and new.own_igg_g_per_l
        if old and old is not new and own and change["new"].get("start") == old.own_igg_g_per_l and own != old.own_igg_g_per_l:
            self.person.values = {**change["new"], "start": own}
            return
        self._changed()

    def _changed(self) -> None:
        if not self.busy:
            self._show(announce=True)

    def _act(self, action: str, value: str) -> None:
        if action == "levels" and value in WHOLE_ANSWER:
            self.view = value
            self._show(announce=True)
            self.session.keep("mechanism.levels", {"models": "" if value == "one" else value})
        elif action == "preset" and value in {str(place) for place in range(len(PRESETS))}:
            first, second = PRESETS[int(value)]
            self.busy = True
            self.first.values, self.second.values = dict(first), dict(second)
            person = {**self.person.values, "compare": "yes"}
            if not {first["route"], second["route"]} <= set(self.model.routes):
                person |= {"model": self.usual.id, "start": self.usual.own_igg_g_per_l}
            self.person.values = person
            self.busy = False
            self._show(announce=True)

    def _faults(self) -> bool:
        """Tell what cannot be, beside its field; return whether there was anything."""
        person, first, second = self.person.values, self.first.values, self.second.values
        self.person.faults = {
            name: fault
            for name, allowed, unit in (("weight", kinetics.WEIGHT_KG, "kg"), ("start", kinetics.STARTING_IGG_G_PER_L, "g/L"))
            if (fault := _fault(person.get(name), allowed, unit))
        }
        self.first.faults = self._schedule_faults(first)
        self.second.faults = self._schedule_faults(second) if self._comparing else {}
        return bool(self.person.faults or self.first.faults or self.second.faults)

    def _schedule_faults(self, values: dict) -> dict[str, str]:
        allowed = {"dose": (kinetics.DOSE_G_PER_KG, "g/kg"), "interval": (_weeks_allowed(), "weeks")}
        faults = {name: fault for name, (ends, unit) in allowed.items() if (fault := _fault(values.get(name), ends, unit))}
        if values.get("route") not in kinetics.ROUTES:
            faults["route"] = "Choose one of the two."
        elif self.view == "one" and values["route"] not in self.model.routes:
            faults["route"] = f"{self.model.name} was fitted to infusions by vein only and says nothing of absorption under the skin."
        return faults

    @property
    def _comparing(self) -> bool:
        return self.view == "one" and self.person.values.get("compare") != "no"

    def _show(self, *, announce: bool = False) -> None:
        wrong = self._faults()
        shown = set() if wrong else {self.view}
        self.layout.hidden = sorted(({"one", "all", "second"} - shown) - ({"second"} if self._comparing else set()))
        self.switch.html = _buttons("levels", WHOLE_ANSWER, self.view, "Models to ask")
        if wrong:
            self.words.html = '<p class="ivig-empty">No curve: a value above cannot be. See beside its field.</p>'
            if announce:
                self.session.announce("No curve: a value cannot be")
            return
        text, said = self._all() if self.view == "all" else self._one()
        self.words.html = text
        if announce:
            self.session.announce(said)

    def _schedules(self) -> list[kinetics.Schedule]:
        forms = [self.first, self.second] if self._comparing else [self.first]
        return [kinetics.Schedule(f.values["dose"], _days(f.values["interval"]), f.values["route"]) for f in forms]

    def _one(self) -> tuple[str, str]:
        person, model = self.person.values, self.model
        schedules = list(dict.fromkeys(self._schedules()))
        curves = _solve(model, schedules, person["weight"], person["start"])
        draw(self.plot, level_chart.kinetics(curves, self.target, self.session.theme), self.session.data)
        said = "; ".join(f"{c.label}: trough {c.steady.trough:.1f}, peak {c.steady.peak:.1f} g/L" for c in curves)
        beside = "" if model.covers(person["weight"]) else _outside(model)
        return f"{_result_table(curves)}{_compared(curves)}{beside}{self._target()}{self._about(model, person['weight'])}", said

    def _all(self) -> tuple[str, str]:
        person = self.person.values
        (schedule, *_) = self._schedules()
        slowest = max(m.half_life_days(person["weight"]) for m in self.models.values() if schedule.route in m.routes)
        needed = slowest / 7 * math.log2(1 / kinetics.SETTLED_WITHIN)
        weeks = next((weeks for weeks in LEVEL_WEEKS if weeks >= needed), LEVEL_WEEKS[-1])
        chart = level_chart.spread(self.models, schedule, person["weight"], person["start"], weeks, self.target, self.session.theme)
        draw(self.spread, chart, self.session.data)
        rows = "".join(
            f'<tr><th scope="row">{escape(m.name)}{self.cites[m.id]}</th><td>{escape(m.population)}</td>'
            f"<td>{m.half_life_days(person['weight']):.0f}</td><td>{_own(m)}</td>"
            f"<td>{'yes' if schedule.route in m.routes else 'no: fitted to infusions by vein only'}</td></tr>"
            for m in self.models.values()
        )
        table = (
            '<div class="ivig-mechanism-scroll" role="region" tabindex="0" aria-label="The models, a table"><table>'
            f"<caption>The models, for {person['weight']:g} kg: {escape(schedule.words())}</caption><thead><tr>"
            '<th scope="col">Model</th><th scope="col">Fitted to</th><th scope="col">Half-life (days)</th>'
            '<th scope="col">Own IgG (g/L)</th><th scope="col">Drawn</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
        caution = (
            "<p>Every model is asked about the first schedule. They were fitted to different people, and some are asked about a person "
            "unlike their own; where they differ, that is part of what is not known.</p>"
        )
        return f"{caution}{self._target()}{table}", chart.title

    def _target(self) -> str:
        target = self.target
        return (
            f"<p>The shaded band: {escape(target.name)}, {target.low:g} to {target.high:g} g/L{self.target_cite}. "
            f"{escape(target.note)} It is a target for replacement; none is drawn for "
            "treatment that calms the immune system.</p>"
        )

    def _about(self, model: kinetics.Model, weight_kg: float) -> str:
        own = f" The IgG that people make themselves: {_own(model)} g/L. {escape(model.own_igg_note)}" if model.own_igg_g_per_l else ""
        notes = " ".join(escape(note) for note in model.notes)
        return (
            f'<div class="ivig-mechanism-model"><h3>The model: {escape(model.name)}{self.cites[model.id]}</h3>'
            f"<p>Fitted to {escape(model.population)}. At {weight_kg:g} kg half of infused IgG is gone after "
            f"{model.half_life_days(weight_kg):.0f} days.{own}</p><p class='ivig-small'>{notes}</p></div>"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number_field(name: str, label: str, allowed: tuple[float, float], step: float, unit: str) -> dict:
    low, high = allowed
    return {"name": name, "label": label, "kind": "number", "min": low, "max": high, "step": step, "unit": unit}


def _weeks_allowed() -> tuple[float, float]:
    """Return the intervals that the models take, in whole weeks."""
    low, high = kinetics.INTERVAL_DAYS
    return max(1.0, low // 7), high / 7


def _days(weeks: float) -> float:
    return round(weeks * 7, 6)


def _fault(value: object, allowed: tuple[float, float], unit: str) -> str:
    """Return what is wrong with a number, or "" where nothing is."""
    low, high = allowed
    return "" if _is_number(value) and low <= value <= high else f"Give a number from {low:g} to {high:g} {unit}."


def _solve(model: kinetics.Model, schedules: list[kinetics.Schedule], weight_kg: float, start: float) -> list[kinetics.Curve]:
    """Return the curves over the fewest weeks in which all of them settle."""
    for weeks in LEVEL_WEEKS:
        curves = [kinetics.curve(s.words(), model, s, weight_kg, start, weeks) for s in schedules]
        if all(c.settled_week is not None for c in curves):
            break
    return curves


def _own(model: kinetics.Model) -> str:
    return f"{model.own_igg_g_per_l:g}" if model.own_igg_g_per_l is not None else "subtracted"


def _outside(model: kinetics.Model) -> str:
    low, high = model.weights_kg
    return f'<p class="ivig-empty">The people of this model weighed {low:g} to {high:g} kg; beyond that the curve is a guess.</p>'


def _result_table(curves: list[kinetics.Curve]) -> str:
    """Return what the curves come to, one column for each."""
    rows = {
        "Trough, once steady": [f"{c.steady.trough:.1f} g/L" for c in curves],
        "Peak, once steady": [f"{c.steady.peak:.1f} g/L" for c in curves],
        "Mean, once steady": [f"{c.steady.mean:.1f} g/L" for c in curves],
        f"Trough within {kinetics.SETTLED_WITHIN:.0%} of steady": [_settled(c) for c in curves],
        "Given each time": [f"{c.schedule.dose_g_per_kg * c.weight_kg:.3g} g" for c in curves],
        "Given per week": [f"{_weekly(c):.3g} g" for c in curves],
    }
    head = "".join(f'<th scope="col">{escape(c.label)}</th>' for c in curves)
    body = "".join(f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' for name, cells in rows.items())
    return (
        f'<table class="ivig-mechanism-result"><caption>What the model says, for {curves[0].weight_kg:g} kg</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _weekly(c: kinetics.Curve) -> float:
    return c.schedule.dose_g_per_kg * c.weight_kg * 7 / c.schedule.interval_days


def _settled(c: kinetics.Curve) -> str:
    if c.settled_week is None:
        return f"not within {c.points['day'].iloc[-1] / 7:.0f} weeks"
    return f"after {c.settled_week:g} weeks" if c.settled_week else "from the start"


def _compared(curves: list[kinetics.Curve]) -> str:
    """Return in a sentence how two schedules differ."""
    if len(curves) < 2:
        return ""
    one, other = curves
    same = math.isclose(_weekly(one), _weekly(other), rel_tol=0.005)
    grams = "The same grams a week" if same else "Different grams a week"
    swing = [c.steady.peak - c.steady.trough for c in curves]
    gap = round(other.steady.trough - one.steady.trough, 1)
    trough = f"a trough {abs(gap):.1f} g/L {'higher' if gap > 0 else 'lower'}" if gap else "the same trough"
    return (
        f"<p>{grams}: against the first schedule the second has {trough}, and swings by {swing[1]:.1f} g/L between trough and "
        f"peak, not {swing[0]:.1f}.</p>"
    )
