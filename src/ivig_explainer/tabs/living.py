"""Living with IVIG: what changes for people on it, what does not, and where the medicine comes from."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import living
from ivig_explainer.charts import infections, responders, supply
from ivig_explainer.dataset import Dataset
from ivig_explainer.quantities import amount, number, remainder, size, with_unit
from ivig_explainer.references import References
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.passages import passage
from ivig_explainer.tabs.remembered import remember
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

SECTIONS = {
    "infections": "Infections",
    "motor": "Strength and movement",
    "quality": "Quality of life, home and under the skin",
    "survival": "Survival and outlook",
    "made": "How IVIG is made",
    "supply": "Who uses how much",
    "history": "History",
}
TOPICS = ("trough-and-infection", "quality-of-life", "manufacture")
NERVES = ("cidp", "mmn")
WELL_BEING = ("cidp-ice-2008-sf36-physical", "cidp-ice-2008-rotterdam-handicap", "cidp-advance-1-2024-rods")
TROUGH_STUDIES = ("pid-orange-2010-pneumonia-per-trough", "pid-orange-2010-pneumonia-modelled-rate", "pid-lee-2020-infections-per-trough")
DOSE_STUDIES = ("pid-eijkhout-2001-infections", "pid-lee-2020-trough-per-dose")
STILL = ("infections-gc5107", "trough-target-ontario")
# The way from donor to vial: for each step its name, the rows of `facts`, and the rows of `figures`, the telling one first.
STEPS = (
    ("Give plasma", (), ("source-plasma-share", "donations-per-patient")),
    ("Test each donation", ("donor-testing",), ()),
    ("Hold it back", (), ("plasma-hold",)),
    (
        "Pool",
        (),
        (
            "donors-fda-min",
            "donors-privigen-au",
            "donors-igpro20",
            "donors-typical-3000",
            "donors-range-blood2003",
            "donors-range-kapoor",
            "donations-min-smpc",
            "donations-ema-scig",
            "pool-litres",
        ),
    ),
    ("Separate with cold and alcohol", ("cohn-principle",), ("cohn-ii-purity", "cohn-ii-iii-purity")),
    (
        "Destroy and remove viruses",
        ("solvent-detergent-reliable", "low-ph-slow"),
        ("virus-steps-gammagard", "caprylic-log", "nanofilter-35-hbv", "hiv-log-peg"),
    ),
    (
        "Fill: what is in the vial",
        ("ivig-subclasses-like-plasma",),
        (
            "gammagard-purity",
            "subclass-igg1",
            "subclass-igg2",
            "subclass-igg3",
            "subclass-igg4",
            "iga-lowest",
            "iga-gammagard",
            "iga-gamunex",
            "iga-highest",
            "iga-carimune",
        ),
    ),
    ("Release", (), ("months-to-make", "plasma-journey-max")),
)
STEP_NUMBERS = 3  # a step with more of them folds all but the first
KINDS = {
    "discovery": "Discovery",
    "first-use": "First use",
    "trial": "Trial",
    "licence": "Licence",
    "product": "Product",
    "safety": "Safety",
    "guideline": "Guideline",
    "policy": "Policy",
    "supply": "Supply",
}
EXTENTS = {"short": ("Short history", 1), "longer": ("Worth telling", 2), "all": ("All events", 3)}
DIRECTIONS = {
    "favours-ivig": "in favour of IVIG",
    "favours-comparator": "in favour of the comparison",
    "no-difference": "no difference",
    "uncertain": "uncertain",
}
MEASURES = {
    "MD": "difference",
    "RD": "difference",
    "single": "value",
    "RR": "relative risk",
    "OR": "odds ratio",
    "HR": "hazard ratio",
    "IRR": "rate ratio",
}


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Living(session).page


class _Living:
    """The widgets of the tab and what the visitor chose in them."""

    def __init__(self, session: Session) -> None:
        data = session.data
        self.session = session
        self.association = living.association(data)
        self.uses = living.uses(data)
        plots = ["before-after", "serious", "responders", "skin", "growth"]
        plots += ["pneumonia"] * (self.association is not None) + ["uses"] * bool(self.uses)
        self.plots = {name: Plot() for name in plots}
        self.forms = {"history": _history_form(data)}
        if self.association:
            self.forms["trough"] = _trough_form(self.association)
        if self.uses:
            self.forms["uses"] = _uses_form(self.uses)
        for name, form in self.forms.items():
            remember(session, f"living.{name}", form)
        self.count = Markup(css_class="ivig-living-count")
        self.page = Markup(
            html=_page(data, self.association, self.uses),
            css_class="ivig-living",
            children={**self.plots, **{f"{name}-form": form for name, form in self.forms.items()}, "history-count": self.count},
        )
        self.page.on_action(self.act)
        for plot in self.plots.values():
            plot.on_action(self.act)
        for name, form in self.forms.items():
            form.observe(lambda _, name=name: self.follow(name), "values")
        session.listen(lambda old, new: self.redraw() if old == new else None)
        self.redraw()
        self.hide()

    def act(self, action: str, value: str) -> None:
        """Open the card of a condition."""
        condition = value.removeprefix("condition:")
        if action in ("open", "choose") and condition in set(self.session.data.conditions["id"]):
            self.session.change(tab="explore", condition=condition)

    def follow(self, form: str) -> None:
        """Show what was chosen in a form, and say it."""
        if form == "trough":
            self.draw_pneumonia()
            self.session.announce(self.plots["pneumonia"].title)
        elif form == "uses":
            self.draw_uses()
            self.hide()
            self.session.announce(self.plots["uses"].title)
        else:
            self.hide()
            self.session.announce(f"{self.shown()} events shown")

    def redraw(self) -> None:
        """Draw every chart in the theme that is seen."""
        data, theme, plots = self.session.data, self.session.theme, self.plots
        draw(plots["before-after"], infections.before_after(living.before_after(data), theme), data)
        draw(plots["serious"], infections.serious(*living.serious(data), theme), data)
        draw(plots["responders"], responders.responders(living.arms(data, NERVES), theme), data)
        skin = living.arms(data, NERVES, "subcutaneous")
        draw(plots["skin"], responders.responders(skin, theme, "immunoglobulin under the skin", "skin"), data)
        draw(plots["growth"], supply.growth(living.growth(data), theme), data)
        if self.association:
            self.draw_pneumonia()
        if self.uses:
            self.draw_uses()

    def draw_pneumonia(self) -> None:
        """Draw the curve for the two troughs chosen."""
        chosen, found = self.forms["trough"].values, self.association
        reference = found.within(chosen.get("reference"), found.troughs[0])
        trough = found.within(chosen.get("trough"), found.troughs[-1])
        draw(self.plots["pneumonia"], infections.pneumonia(found, reference, trough, self.session.theme), self.session.data)

    def used(self) -> str:
        """Return the list of uses that is chosen."""
        chosen = str(self.forms["uses"].values.get("list"))
        return chosen if chosen in self.uses else next(iter(self.uses))

    def draw_uses(self) -> None:
        """Draw the list of uses chosen."""
        draw(self.plots["uses"], supply.uses(self.uses[self.used()], self.session.theme), self.session.data)

    def left_out(self) -> list[str]:
        """Return the events that the choice leaves out."""
        chosen = self.forms["history"].values
        _, importance = EXTENTS.get(str(chosen.get("extent")), EXTENTS["short"])
        kind = str(chosen.get("kind"))
        return living.left_out(self.session.data, importance, kind if kind in KINDS else "")

    def shown(self) -> str:
        """Return how many events of how many are shown."""
        total = len(self.session.data.timeline)
        return f"{total - len(self.left_out())} of {total}"

    def hide(self) -> None:
        """Leave out the events that were not chosen, and what belongs to lists of uses that are not shown."""
        lists = [f"uses-{name}" for name in self.uses if name != self.used()]
        self.page.hidden = [*lists, *(f"event-{event}" for event in self.left_out())]
        nothing = " Choose another kind, or all events." if self.shown().startswith("0 ") else ""
        self.count.html = f"<p><strong>{self.shown()} events</strong>{nothing}</p>"


# Forms


def _trough_form(found: living.Association) -> Form:
    ends = {"kind": "range", "unit": "g/L", "min": found.troughs[0], "max": found.troughs[-1], "step": 0.5}
    return Form(
        label="Compare two troughs",
        fields=[
            {"name": "reference", "label": "Reference trough", **ends},
            {"name": "trough", "label": "Trough compared with it", **ends},
        ],
        values={"reference": found.troughs[0], "trough": sum(found.troughs) / len(found.troughs)},
    )


def _uses_form(uses: dict[str, pd.DataFrame]) -> Form:
    options = [{"value": name, "label": table.attrs["title"]} for name, table in uses.items()]
    return Form(
        label="Choose a list",
        fields=[{"name": "list", "label": "Place, year and what was counted", "kind": "select", "options": options}],
        values={"list": options[0]["value"]},
    )


def _history_form(data: Dataset) -> Form:
    events = living.history(data)
    extents = [
        {"value": name, "label": f"{label} ({sum(weight <= importance for _, weight, _ in events)})"}
        for name, (label, importance) in EXTENTS.items()
    ]
    present = {kind for _, _, kind in events}
    kinds = [{"value": "", "label": "All kinds"}] + [{"value": kind, "label": label} for kind, label in KINDS.items() if kind in present]
    return Form(
        label="Choose events",
        fields=[
            {"name": "extent", "label": "How much", "kind": "radio", "options": extents},
            {"name": "kind", "label": "Kind of event", "kind": "select", "options": kinds},
        ],
        values={"extent": "short", "kind": ""},
    )


# The page


def _page(data: Dataset, association: living.Association | None, uses: dict[str, pd.DataFrame]) -> str:
    references = References(data, "source-living")
    figures = {row.id: row for row in data.figures[data.figures["topic"].isin(TOPICS)].itertuples(name="Figure")}
    named = (*WELL_BEING, *TROUGH_STUDIES, *DOSE_STUDIES)
    evidence = {row.id: row for row in data.evidence[data.evidence["id"].isin(named)].itertuples(name="Evidence")}
    parts = {
        "infections": _infections(data, figures, evidence, association, references),
        "motor": _motor(data, references),
        "quality": _quality(data, figures, evidence, references),
        "survival": _survival(data, references),
        "made": _made(data, figures, references),
        "supply": _supply(data, uses, references),
        "history": _history(data, references),
    }
    contents = "".join(f'<li><a href="#living-{key}">{title}</a></li>' for key, title in SECTIONS.items())
    sections = "".join(f'<section id="living-{key}"><h2>{title}</h2>{parts[key]}</section>' for key, title in SECTIONS.items())
    return (
        f'<p class="ivig-hidden" id="ivig-living-contents">On this page</p>'
        f'<ul class="ivig-living-contents" aria-labelledby="ivig-living-contents">{contents}</ul>'
        f"{sections}{references.section()}"
    )


def _slot(name: str) -> str:
    return f'<div data-slot="{name}"></div>'


def _prose(data: Dataset, key: str, references: References) -> str:
    exists = (data.folder / "prose" / f"living-{key}.md").exists()
    return passage(data, f"living-{key}", references) if exists else ""


def _beside(text: str, pictures: str, below: str = "") -> str:
    """Return text and pictures side by side where the page is wide; `below` then stands under the text."""
    under = f'<div class="ivig-living-below">{below}</div>' if below else ""
    return f'<div class="ivig-living-beside"><div>{text}</div><div class="ivig-living-pictures">{pictures}</div>{under}</div>'


def _infections(data: Dataset, figures: dict, evidence: dict, association: object, references: References) -> str:
    pairs = _studies(living.before_after(data), references, "Each comparison in words, with its limit")
    products, _ = living.serious(data)
    noted = "".join(
        f"<li>{escape(row.name)}: {'' if pd.isna(row.note) else escape(row.note)}{references.cite(row.sources)}</li>"
        for row in products.itertuples(name="Product")
    )
    limit = figures.get(living.SERIOUS_LIMIT)
    rule = (
        f"<p>{escape(limit.name)}: {number(limit.high)} {escape(limit.unit)}.{references.cite(limit.sources)}{_small(limit.note)}</p>"
        if limit
        else ""
    )
    trough = (
        f"<h3>Trough and pneumonia</h3>{_slot('trough-form')}{_slot('pneumonia')}"
        "<p><strong>An association, not a promise.</strong> People and studies with higher troughs differ in more than their trough. "
        "The band holds the uncertainty of the slope alone.</p>"
        if association
        else ""
    )
    return (
        _beside(_prose(data, "infections", references), _slot("before-after"), pairs)
        + '<div class="ivig-living-beside"><div>'
        + trough
        + _results([evidence[key] for key in (*TROUGH_STUDIES, *DOSE_STUDIES) if key in evidence], references, "What the curve rests on")
        + _lines([figures[key] for key in STILL if key in figures], references)
        + f"</div><div>{_slot('serious')}{rule}<p>None of these trials had a control group: each is held against the limit alone, "
        "and the rates of different trials cannot rank products.</p>"
        f"{_folded('Each result: note and source', f'<ul>{noted}</ul>')}</div></div>"
    )


def _motor(data: Dataset, references: References) -> str:
    drawn = living.arms(data, NERVES)
    skin = {*living.arms(data, NERVES, "subcutaneous")["id"], *WELL_BEING}
    rows = data.evidence[data.evidence["condition"].isin(NERVES)]
    others = [row for row in rows.itertuples(name="Evidence") if row.id not in skin and row.id not in set(drawn["id"])]
    return (
        _beside(
            _prose(data, "motor", references),
            _slot("responders"),
            _studies(drawn, references, "Each result of the chart in words, with its limit"),
        )
        + _results(
            [row for row in others if row.comparison == "placebo-or-none"], references, "Strength and disability, measured in other ways"
        )
        + _results(
            [row for row in others if row.comparison != "placebo-or-none"],
            references,
            "Against another treatment or dose, or against nothing",
        )
    )


def _quality(data: Dataset, figures: dict, evidence: dict, references: References) -> str:
    some = [row for row in figures.values() if row.topic == "quality-of-life"]
    return (
        _beside(_prose(data, "quality", references), _slot("skin"))
        + _studies(living.arms(data, NERVES, "subcutaneous"), references, "Each result of the chart in words, with its limit")
        + '<div class="ivig-living-beside"><div>'
        + _results([evidence[key] for key in WELL_BEING if key in evidence], references, "Well-being in trials")
        + "</div><div>"
        + (f"<h3>Daily life in numbers</h3>{_lines(some, references)}" if some else "")
        + "</div></div>"
        + _facts(data, ("quality-of-life", "route"), references, "Home, vein or skin")
    )


def _survival(data: Dataset, references: References) -> str:
    lines: dict[object, str] = {}
    for row in data.figures[data.figures["topic"] == "prognosis"].itertuples(name="Figure"):
        lines[row.condition] = lines.get(row.condition, "") + _line(row, references)
    for row in data.facts[data.facts["topic"] == "prognosis"].itertuples(name="Fact"):
        lines[row.condition] = lines.get(row.condition, "") + f'<tr><td colspan="3">{_fact(row, references)}</td></tr>'
    conditions = data.conditions.assign(other=data.conditions["category"] != "Immunodeficiency").sort_values(["other", "category", "name"])
    groups = [
        (_condition_link(condition, name), lines[condition])
        for condition, name in zip(conditions["id"], conditions["name"], strict=True)
        if condition in lines
    ]
    return (
        _prose(data, "survival", references)
        + "<p><strong>No number here is a life expectancy.</strong> Each holds for its people, place and years, and most come without a "
        "control group.</p>" + _table("Outlook by condition, each number with whom it was counted in", groups)
    )


def _made(data: Dataset, figures: dict, references: References) -> str:
    facts = {row.id: row for row in data.facts.itertuples(name="Fact")}
    steps = "".join(_step(step, figures, facts, references) for step in STEPS)
    return (
        _prose(data, "made", references)
        + '<h3 id="ivig-living-steps">From donor to vial, step by step</h3>'
        + f'<ol class="ivig-living-steps" aria-labelledby="ivig-living-steps">{steps}</ol>'
    )


def _step(step: tuple, figures: dict, facts: dict, references: References) -> str:
    title, told, counted = step
    numbers = [figures[key] for key in counted if key in figures]
    first = _key(numbers[0], references) if numbers else ""
    said = "".join(f"<p>{_fact(facts[key], references)}</p>" for key in told if key in facts)
    rest = _lines(numbers[1:], references)
    more = _folded(f"{len(numbers) - 1} more numbers", rest) if len(numbers) > STEP_NUMBERS else rest
    return f"<li><h4>{title}</h4>{first}{said}{more}</li>"


def _key(row, references: References) -> str:
    about = f"{escape(row.name)}{references.cite(row.sources)}{_aside(row)}"
    return f'<p><strong class="ivig-living-key">{escape(size(row))}</strong> {about}</p>'


def _supply(data: Dataset, uses: dict[str, pd.DataFrame], references: References) -> str:
    lists = ""
    for name, table in uses.items():
        shared = tuple(dict.fromkeys(source for sources in table["sources"] for source in sources))
        about = f"{escape(table.attrs['title'])}. {escape(table.attrs['about'])}{references.cite(shared)}"
        lists += f'<p class="ivig-small" data-part="uses-{name}">{about}</p>'
    chooser = (
        "<h3>By condition or specialty</h3><p>Each list counts in its own way, grams or people, over its own whole. They are shown one "
        f"at a time and never added.</p>{_slot('uses-form')}{_slot('uses')}{lists}"
        if uses
        else ""
    )
    drawn = {*living.USES, *living.USES.values(), living.GROWTH}
    rows = data.figures[data.figures["topic"].isin(["use-by-condition", "supply-and-demand", "cost"])]
    rest = rows[~rows["series"].isin(drawn - {""})]
    grown = "".join(
        f"<li>{escape(row.name)}: {escape(size(row))}{references.cite(row.sources)}</li>"
        for row in data.figures[data.figures["series"] == living.GROWTH].itertuples(name="Figure")
    )
    return (
        _beside(_prose(data, "supply", references), _slot("growth") + _folded("Each growth figure with its source", f"<ul>{grown}</ul>"))
        + _beside(chooser, _facts(data, ("use-and-supply",), references, "Use and supply in words"))
        + "<h3>Use, supply and cost by country</h3><p>Currencies and years differ; nothing is converted, so costs of two countries "
        "cannot be compared here.</p>" + _table("What was counted, country by country", _by_country(rest, references))
    )


def _by_country(rows: pd.DataFrame, references: References) -> list[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for row in rows.itertuples(name="Figure"):
        groups.setdefault(living.country(row.place), []).append(_line(row, references))
    last = (living.NO_COUNTRY, "International", "World")
    ordered = sorted(groups, key=lambda name: (name in last, name))
    return [(escape(name), "".join(groups[name])) for name in ordered]


def _history(data: Dataset, references: References) -> str:
    names = dict(zip(data.conditions["id"], data.conditions["name"], strict=True))
    events = data.timeline.sort_values("year", kind="stable").itertuples(name="Event")
    items = "".join(_event(event, names, references) for event in events)
    return (
        f"{_slot('history-form')}{_slot('history-count')}"
        f'<ol class="ivig-living-history" aria-label="Events in the history of immunoglobulin, oldest first">{items}</ol>'
    )


def _event(event, names: dict[str, str], references: References) -> str:
    about = f" {_condition_link(event.condition, names[event.condition])}" if isinstance(event.condition, str) else ""
    told = f"{escape(event.event)}{references.cite(event.sources)}{_small(event.note)}"
    return (
        f'<li data-part="event-{event.id}" data-importance="{event.importance}"><span class="ivig-living-year">{event.year}</span>'
        f'<div><span class="ivig-living-kind">{KINDS[event.kind]}</span> {told}<span class="ivig-small">{about}</span></div></li>'
    )


# Rows of tables as HTML


def _condition_link(condition: str, name: str) -> str:
    return (
        f'<a href="?tab=explore&amp;condition={escape(condition)}" data-action="open" data-value="{escape(condition)}">{escape(name)}</a>'
    )


def _folded(title: str, html: str) -> str:
    return f'<details class="ivig-living-more"><summary>{title}</summary>{html}</details>'


def _studies(table: pd.DataFrame, references: References, title: str) -> str:
    """Return what the rows of a chart found, each with its limit and sources."""
    items = "".join(
        f"<li><strong>{escape(row.study)}</strong>: {escape(row.found)}{_limit(row.caveat)}{references.cite(row.sources)}</li>"
        for row in table.itertuples(name="Study")
    )
    return f'<h3>{title}</h3><ul class="ivig-living-studies">{items}</ul>' if items else ""


def _results(rows: list, references: References, title: str) -> str:
    """Return rows of `evidence` as a list: what they found, in whose favour, with limit and sources."""
    items = "".join(
        f'<li><strong>{escape(row.study)}</strong> (<span data-mark="{row.direction}">{_favours(row)}</span>): '
        f"{escape(row.plain_words)}{_limit(row.caveat)}{references.cite(row.sources)}"
        f'<span class="ivig-small"> {escape(row.outcome[:1].upper() + row.outcome[1:])}: {escape(row.intervention)}'
        f"{f' against {escape(row.comparator)}' if isinstance(row.comparator, str) else ''}. {_effect(row)}</span></li>"
        for row in rows
    )
    return f'<h3>{title}</h3><ul class="ivig-living-studies">{items}</ul>' if items else ""


def _favours(row) -> str:
    """Return in whose favour a row of `evidence` is; where doses or routes are compared, not of IVIG itself."""
    if row.direction == "favours-ivig" and row.comparison in ("dose", "subcutaneous"):
        return "in favour of more immunoglobulin" if row.comparison == "dose" else "in favour of immunoglobulin under the skin"
    return DIRECTIONS[row.direction]


def _effect(row) -> str:
    """Return the numbers of a row of `evidence` in words."""
    unit = row.unit if isinstance(row.unit, str) else ""
    if " (arm values: " in unit:
        unit, _, in_arms = unit.removesuffix(")").partition(" (arm values: ")
    else:
        in_arms = unit
    parts = []
    if not pd.isna(row.ivig_value) and not pd.isna(row.control_value):
        parts.append(f"{number(row.ivig_value)} against {with_unit(number(row.control_value), in_arms)}")
    if not pd.isna(row.estimate):
        interval = "" if pd.isna(row.ci_low) or pd.isna(row.ci_high) else f" ({_level(row)}{number(row.ci_low)} to {number(row.ci_high)})"
        measure = MEASURES.get(row.measure, row.measure)
        parts.append(f"{measure} {with_unit(number(row.estimate), unit)}{interval}")
    if isinstance(row.p_value, str):
        parts.append(f"p {row.p_value}" if row.p_value[0] in "<>" else f"p = {row.p_value}")
    text = "; ".join(parts)
    return escape(text[:1].upper() + text[1:]) + ("." if text else "")


def _level(row) -> str:
    return "" if pd.isna(row.ci_level_pct) else f"{row.ci_level_pct:g}% interval "


def _limit(caveat: object) -> str:
    return f' <span class="ivig-living-limit">Limit: {escape(caveat)}</span>' if isinstance(caveat, str) else ""


def _lines(rows: list, references: References) -> str:
    """Return rows of `figures` as a list, each with its note and sources."""
    items = "".join(
        f"<li>{escape(row.name)}: <strong>{escape(amount(row))}</strong>{references.cite(row.sources)}{_aside(row)}</li>" for row in rows
    )
    return f'<ul class="ivig-living-lines">{items}</ul>' if items else ""


def _aside(row) -> str:
    left = remainder(row)
    text = " ".join(part for part in (f"That is, {left}." if left else "", row.note if isinstance(row.note, str) else "") if part)
    return _small(text)


def _small(text: object) -> str:
    return f'<span class="ivig-small"> {escape(text)}</span>' if isinstance(text, str) and text else ""


def _fact(row, references: References) -> str:
    return f"{escape(row.fact)}{references.cite(row.sources)}{_small(row.note)}"


def _facts(data: Dataset, topics: tuple[str, ...], references: References, title: str) -> str:
    rows = data.facts[data.facts["topic"].isin(topics)]
    items = "".join(f"<li>{_fact(row, references)}</li>" for row in rows.itertuples(name="Fact"))
    return f'<h3>{title}</h3><ul class="ivig-living-studies">{items}</ul>' if items else ""


def _line(row, references: References) -> str:
    who = [text for text in (row.population, row.place) if isinstance(text, str)]
    if not pd.isna(row.year):
        who.append(str(int(row.year)))
    note = f"{escape(row.note)} " if isinstance(row.note, str) else ""
    counted = f'<span class="ivig-small">{escape(", ".join(who))}</span>' if who else '<span class="ivig-small">people not stated</span>'
    name = f"{escape(row.name)}{references.cite(row.sources)}"
    return f'<tr><th scope="row">{name}</th><td>{escape(amount(row))}</td><td>{note}{counted}</td></tr>'


def _table(caption: str, groups: list[tuple[str, str]]) -> str:
    head = '<tr><th scope="col">What</th><th scope="col">How much</th><th scope="col">Limits and who was counted</th></tr>'
    bodies = "".join(f'<tbody><tr><th scope="rowgroup" colspan="3">{name}</th></tr>{lines}</tbody>' for name, lines in groups)
    return f'<table class="ivig-living-table"><caption>{caption}</caption><thead>{head}</thead>{bodies}</table>'
