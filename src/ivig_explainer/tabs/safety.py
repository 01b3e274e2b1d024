"""Side effects: what can happen, when and how often, what makes it likelier, what prevents it and what treats it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import charts, risk
from ivig_explainer.dataset import Dataset
from ivig_explainer.reactions import ANY, BASES, ONSETS, SEVERITIES, figures, frequencies, frequency, number, ordered, short, topics
from ivig_explainer.references import References
from ivig_explainer.tabs import passages
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.remembered import recall, refuse, remember
from ivig_explainer.view import View
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

FIRST_TOPIC = "headache"
# Where each passage stands; a passage that has no place of its own stands with the first ones.
PLACES = {"safety-frequencies": "how-often", "safety-screening": "risk"}
LABEL_FACTS = (
    "labels-boxed-warnings",
    "labels-boxed-thrombosis-2013",
    "labels-lowest-rate-at-risk",
    "labels-sucrose-kidney",
    "labels-octagam-maltose",
)


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Safety(session).page


class _Safety:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.data = session.data
        self.references = References(self.data, "source-safety")
        self.opened = ""
        self.topic = FIRST_TOPIC if FIRST_TOPIC in topics(self.data) else next(iter(topics(self.data)), "")
        self.chosen: tuple[str, ...] = ()
        self.when = Markup(html=_when(self.data, ""), css_class="ivig-safety-when")
        self.plot = Plot()
        self.card = Markup(css_class="ivig-safety-card")
        self.form = Form(label="What is true of a person or a treatment")
        self.tally = Markup(css_class="ivig-safety-tally")
        self.result = Markup(css_class="ivig-safety-result")
        self.pick = Form(label="Which reaction to show by study")
        self.studies = Plot()
        self.numbers = Markup(css_class="ivig-safety-numbers")
        page = _page(self.data, self.references)
        self._fill_forms()
        self._draw_reactions()
        self._show_topic()
        self._show_risk()
        self.page = Markup(
            html=page,
            css_class="ivig-safety",
            children={
                "when": self.when,
                "chart": self.plot,
                "card": self.card,
                "form": self.form,
                "tally": self.tally,
                "result": self.result,
                "pick": self.pick,
                "studies": self.studies,
                "numbers": self.numbers,
            },
        )
        for widget in (self.when, self.plot, self.card, self.tally, self.result):
            widget.on_action(self._act)
        self.form.observe(lambda change: self._choose(change["new"]), "values")
        self.pick.observe(lambda change: self._pick(change["new"].get("topic")), "values")
        remember(session, "safety.factors", self.form)
        remember(session, "safety.studies", self.pick)
        recall(session, "safety.card", self._recall)
        session.listen(self._follow)

    def _follow(self, old: View, new: View) -> None:
        if old.text != new.text:
            self._fill_forms()
        if old.text != new.text or old == new:
            self._draw_reactions()
            self._show_topic()

    def _fill_forms(self) -> None:
        """Word the fields for the reading level: questions in plain words, or the factor's name."""
        plain = self.session.view.text == "plain"
        factors = risk.factors(self.data)
        self.form.fields = [
            {
                "name": group,
                "label": label,
                "kind": "checks",
                "options": [{"value": f.name, "label": f.question if plain else f.name} for f in factors if f.group == group],
            }
            for group, label in risk.GROUPS.items()
        ]
        options = [{"value": topic, "label": self._name(topic)} for topic in topics(self.data)]
        self.pick.fields = [{"name": "topic", "label": "Show the studies of", "kind": "select", "options": options}]
        self.pick.values = {"topic": self.topic}

    def _name(self, topic: str) -> str:
        if topic in ANY:
            return ANY[topic]
        reaction = _reaction(self.data, topic)
        return reaction["lay_name"] if self.session.view.text == "plain" else short(reaction["name"])

    def _draw_reactions(self) -> None:
        view = self.session.view
        draw(self.plot, charts.reactions(self.data.adverse_reactions, self.session.theme, view.text), self.data)

    def _show_topic(self) -> None:
        rows = frequencies(self.data, self.topic)
        name = self._name(self.topic) if self.topic else "Reactions"
        draw(self.studies, charts.reaction_studies(rows, name, self.session.theme), self.data)
        self.numbers.html = _numbers(figures(self.data, self.topic), self.references)

    def _pick(self, topic: object) -> None:
        if topic in topics(self.data) and topic != self.topic:
            self.topic = topic
            self._show_topic()
            self.session.announce(f"{len(frequencies(self.data, topic))} numbers on {self._name(topic)} shown")

    def _choose(self, values: dict) -> None:
        known = {factor.name for factor in risk.factors(self.data)}
        self.chosen = tuple(v for group in risk.GROUPS for v in values.get(group) or () if v in known)
        found = self._show_risk()
        self.session.announce(f"{_count(len(found), 'reaction')} to think of, {_count(len(risk.measures(found)), 'measure')}")

    def _show_risk(self) -> tuple[risk.Concern, ...]:
        found = risk.concerns(self.data, self.chosen)
        self.tally.html = _tally(len(self.chosen), len(found))
        self.result.html = _result(self.data, self.chosen, found, self.references)
        return found

    def _act(self, action: str, value: str) -> None:
        match action:
            case "open" | "choose" if value in set(self.data.adverse_reactions["id"]):
                self._open(value)
            case "close":
                last, self.opened = self.opened, ""
                self.card.html = ""
                self.when.html = _when(self.data, "")
                self.session.keep("safety.card", {})
                self.when.focus(f'[data-value="{last}"]')
            case "studies" if value in topics(self.data):
                self.topic = value
                self.pick.values = {"topic": value}
                self._show_topic()
                self.page.focus("#ivig-safety-studies")
            case "clear":
                self.form.values = {}
                self.result.focus("h3")
            case "result":
                self.result.focus("h3")

    def _recall(self, part: dict[str, tuple[str, ...]]) -> None:
        """Open the reaction that the address names, or none where it names none."""
        reaction = part.get("reaction", ("",))[0]
        if reaction in {"", *self.data.adverse_reactions["id"]}:
            self._show_card(reaction)
        else:
            refuse(self.session, "safety.card", "reaction", reaction)

    def _show_card(self, reaction: str) -> None:
        if reaction != self.opened:
            self.opened = reaction
            self.card.html = _card(self.data, reaction) if reaction else ""
            self.when.html = _when(self.data, reaction)

    def _open(self, reaction: str) -> None:
        self._show_card(reaction)
        self.session.keep("safety.card", {"reaction": reaction})
        self.card.focus("h2")
        self.session.announce(f"{self._name(reaction)} opened")


def _page(data: Dataset, references: References) -> str:
    """Return the fixed part of the tab; everything that may be cited later is cited here first, so that numbers stay."""
    placed: dict[str, list[str]] = {}
    for name in passages.names(data, "safety-"):
        placed.setdefault(PLACES.get(name, "first"), []).append(passages.passage(data, name, references))
    parts = {place: "".join(found) for place, found in placed.items()}
    labels = _labels(data, references)
    for sources in (*data.adverse_reactions["sources"], *data.risk_factors["sources"]):
        references.cite(sources)
    for row in data.figures.loc[data.figures["topic"] == "adverse-reactions", "sources"]:
        references.cite(row)
    kinds = data.adverse_reactions["severity"].value_counts()
    count = ", ".join(f"{kinds[severity]} {severity}" for severity in SEVERITIES if severity in kinds)
    return (
        f'<section><h2>In short</h2><div class="ivig-safety-passages">{parts.get("first", "")}</div></section>'
        '<div class="ivig-safety-reactions"><div class="ivig-safety-main">'
        f"<section><h2>When reactions show</h2><p>{len(data.adverse_reactions)} reactions are in the table: {count}. "
        'Choose one to see what prevents it and what treats it.</p><div data-slot="when"></div></section>'
        f'<section><h2>How often reactions are reported</h2><div data-slot="chart"></div>{_reading(data)}'
        f'{parts.get("how-often", "")}</section></div><div class="ivig-safety-aside" data-slot="card"></div></div>'
        "<section><h2>What makes a reaction likelier</h2>"
        f"{parts.get('risk', '')}{_explorer(data)}</section>"
        '<section><h2 id="ivig-safety-studies" tabindex="-1">Study by study</h2><div data-slot="pick"></div>'
        '<div data-slot="studies"></div><div data-slot="numbers"></div></section>'
        f"<section><h2>What labels warn of and rule out</h2>{labels}</section>"
        f"{references.section()}"
    )


def _explorer(data: Dataset) -> str:
    return (
        "<h3>Tick what is true, and see what the tables tie to it</h3>"
        "<p>This is a way to learn the links, not to judge a person: there is no score, and one statement or five make a "
        "concern alike. Every link is a statement of the tables, shown word for word with its sources.</p>"
        '<div class="ivig-safety-explorer"><div><div data-slot="form"></div><div data-slot="tally"></div></div>'
        '<div data-slot="result"></div></div>'
    )


def _reading(data: Dataset) -> str:
    """Return how to read the chart, and which reactions are not in it."""
    silent = data.adverse_reactions[data.adverse_reactions["frequency_pct_low"].isna()]
    unknown = "; ".join(_both(row.lay_name, row.name) for row in ordered(silent).itertuples())
    return (
        '<p class="ivig-small">A bar runs from the lowest to the highest number reported; a single mark is a single number. '
        "An arrow is an open end: at least so many, and nobody has said how many more. "
        f"For {len(silent)} of {len(data.adverse_reactions)} reactions no frequency was found: {unknown}. "
        "That is not the same as rare.</p>"
    )


def _both(lay_name: str, name: str) -> str:
    """Return both names of a reaction; the reading level shows one."""
    return f'<span class="ivig-plain">{escape(lay_name)}</span><span class="ivig-student">{escape(short(name))}</span>'


def _names(lay_name: str, name: str) -> str:
    """Return the lay name and the medical name, in the order of the reading level."""
    lay, medical = escape(lay_name), escape(short(name))
    if lay.lower() == medical.lower():
        return f"<span>{medical}</span>"
    return f'<span class="ivig-plain">{lay} <small>{medical}</small></span><span class="ivig-student">{medical} <small>{lay}</small></span>'


def _reaction(data: Dataset, reaction: str) -> pd.Series:
    return _by_id(data)[reaction]


@cache
def _by_id(data: Dataset) -> dict[str, pd.Series]:
    return {row["id"]: row for _, row in data.adverse_reactions.iterrows()}


def _when(data: Dataset, opened: str) -> str:
    """Return the reactions in three columns by the time at which they show, the serious first."""
    columns = []
    for onset, label in ONSETS.items():
        rows = data.adverse_reactions[data.adverse_reactions["onset"] == onset]
        groups = "".join(
            f'<h4 data-mark="severity-{severity}">{word}</h4><ul>{_choices(rows[rows["severity"] == severity], opened)}</ul>'
            for severity, word in SEVERITIES.items()
            if (rows["severity"] == severity).any()
        )
        columns.append(f"<div><h3>{label}</h3>{groups}</div>")
    return f'<div class="ivig-safety-columns">{"".join(columns)}</div>'


def _choices(rows: pd.DataFrame, opened: str) -> str:
    current = {True: ' aria-current="true"', False: ""}
    return "".join(
        f'<li><button type="button" data-action="open" data-value="{row.id}"{current[row.id == opened]}>'
        f"{_names(row.lay_name, row.name)}</button></li>"
        for row in rows.itertuples()
    )


@cache
def _card(data: Dataset, reaction: str) -> str:
    """Return everything that the tables say about one reaction."""
    row = _reaction(data, reaction)
    references = References(data, f"source-safety-{reaction}")
    cite = references.cite(row["sources"])
    often = frequency(row["frequency_pct_low"], row["frequency_pct_high"], row["frequency_basis"])
    sections = [
        ("How often", f"<p>{f'Reported in {often}' if often else 'No frequency was found'}.{cite}</p>{_note(row)}"),
        ("Why it happens", f"<p>{escape(row['mechanism'])}{cite}</p>" if isinstance(row["mechanism"], str) else ""),
        ("What makes it likelier", _items(row["risk_factors"], cite)),
        ("What prevents it", _items(row["prevention"], cite)),
        ("What treats it", _items(row["management"], cite)),
        ("By study", _by_study(data, reaction, references)),
    ]
    body = "".join(
        f"<h3>{title}</h3>{content or '<p>Nothing in the tables.</p>'}" for title, content in sections if content or title != "By study"
    )
    name, lay = escape(row["name"]), escape(row["lay_name"])
    boxed = "<span>Boxed warning on US labels</span>" if row["boxed_warning"] else ""
    return (
        f'<article class="ivig-card" aria-label="{escape(row["lay_name"], quote=True)}">'
        '<button type="button" class="ivig-card-close" data-action="close">Close</button>'
        f'<h2 tabindex="-1"><span class="ivig-plain">{lay}</span><span class="ivig-student">{name}</span></h2>'
        f'<p class="ivig-small"><span class="ivig-plain">Medical name: {name}</span>'
        f'<span class="ivig-student">In lay words: {lay}</span></p>'
        f'<p class="ivig-verdict"><span data-mark="severity-{row["severity"]}">{SEVERITIES[row["severity"]]}</span></p>'
        f'<p class="ivig-tags"><span>{ONSETS[row["onset"]]}</span>{boxed}</p>{body}<h3>Sources</h3>{references.listing()}'
        f'<p class="ivig-small">Last held against its sources on {row["checked_on"]}.</p></article>'
    )


def _note(row: pd.Series) -> str:
    return f'<p class="ivig-small">{escape(row["note"])}</p>' if isinstance(row["note"], str) else ""


def _items(texts: Iterable[str], cite: str) -> str:
    """Return a list whose last item carries the sources of all."""
    texts = [escape(text) for text in texts]
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts[:-1])}<li>{texts[-1]}{cite}</li></ul>" if texts else ""


def _by_study(data: Dataset, reaction: str, references: References) -> str:
    rows = figures(data, reaction)
    if rows.empty:
        return ""
    button = (
        f'<p><button type="button" data-action="studies" data-value="{reaction}">Show them as a chart</button></p>'
        if reaction in topics(data)
        else ""
    )
    numbers = _figure_list(rows, references)
    return f"<details><summary>{_count(len(rows), 'number')} from studies and reports</summary>{numbers}</details>{button}"


def _figure_list(rows: pd.DataFrame, references: References) -> str:
    """Return figures under the base that they are counted on, those without one last."""
    parts = []
    for basis, title in [
        *((basis, title) for basis, (title, _) in BASES.items()),
        ("per-gram", "Counted per amount used"),
        ("", "Other numbers"),
    ]:
        found = rows[rows["frequency_basis"].fillna("") == basis]
        items = "".join(_figure(row, references) for row in found.itertuples())
        parts.append(f"<h4>{title}</h4><ul>{items}</ul>" if items else "")
    return "".join(parts)


def _figure(row, references: References) -> str:
    ends = " to ".join(number(end) for end in (row.low, row.high) if not pd.isna(end))
    kind = charts.RANGES.get(row.range_is, "range")
    if row.range_is == "bound":
        value = f"{'more than' if pd.isna(row.high) else 'less than'} {ends}"
    elif pd.isna(row.value):
        value = ends
    else:
        value = number(row.value) + (f" ({kind} {ends})" if ends else "")
    unit = row.unit if row.unit.startswith("%") else f" {row.unit}"
    percent = "%" if row.unit.startswith("%") else ""
    against = "" if pd.isna(row.comparison_value) else f"; {escape(row.comparison_label)}: {number(row.comparison_value)}{percent}"
    about = [part for part in (row.population, row.place, None if pd.isna(row.year) else str(row.year)) if isinstance(part, str)]
    aside = ". ".join([*(["; ".join(about)] if about else []), *([row.note] if isinstance(row.note, str) else [])])
    return (
        f"<li>{escape(row.name)}: <strong>{value}{escape(unit)}</strong>{against}{references.cite(row.sources)}"
        + (f'<span class="ivig-small">{escape(aside)}</span>' if aside else "")
        + "</li>"
    )


def _numbers(rows: pd.DataFrame, references: References) -> str:
    if rows.empty:
        return ""
    return (
        f"<details><summary>{_count(len(rows), 'number')} with people, notes and sources; those that are no frequency, too"
        f'</summary><div class="ivig-safety-list">{_figure_list(rows, references)}</div></details>'
    )


def _tally(chosen: int, found: int) -> str:
    if not chosen:
        return ""
    return (
        f"<p><strong>{chosen} ticked</strong>, {_count(found, 'reaction')} to think of</p>"
        '<p><button type="button" data-action="result">Show</button> <button type="button" data-action="clear">Clear all</button></p>'
    )


def _count(size: int, what: str) -> str:
    return f"{size} {what}{'s' * (size != 1)}"


def _result(data: Dataset, chosen: tuple[str, ...], found: tuple[risk.Concern, ...], references: References) -> str:
    unlinked = "; ".join(_both(row.lay_name, row.name) for row in ordered(risk.unlinked(data)).itertuples())
    limits = (
        '<p class="ivig-small">What is not listed is not ruled out. '
        + (f"The tables tie nothing to: {unlinked}. " if unlinked else "")
        + "Doses, brands and a person's whole history are for the specialist to weigh.</p>"
    )
    if not chosen:
        return f'<h3 tabindex="-1">Nothing is ticked yet</h3><p>The reactions and the measures will stand here.</p>{limits}'
    groups = []
    for severity, word in SEVERITIES.items():
        inside = [concern for concern in found if concern.reaction["severity"] == severity]
        items = "".join(_concern(concern, references) for concern in inside)
        groups.append(f'<h4 data-mark="severity-{severity}">{word}</h4><ul>{items}</ul>' if inside else "")
    measures = "".join(_measure(data, measure, references) for measure in risk.measures(found))
    return (
        f'<h3 tabindex="-1">{_count(len(found), "reaction")} to think of</h3>{"".join(groups)}'
        f"<h3>What the tables name against {'it' if len(found) == 1 else 'them'}</h3>"
        + (f'<ul class="ivig-safety-measures">{measures}</ul>' if measures else "<p>No prevention is in the tables.</p>")
        + limits
    )


def _concern(concern: risk.Concern, references: References) -> str:
    reaction = concern.reaction
    reasons = "".join(_reason(reason, references) for reason in concern.reasons)
    boxed = " Boxed warning on US labels." if reaction["boxed_warning"] else ""
    return (
        f'<li><button type="button" data-action="open" data-value="{reaction["id"]}">'
        f"{_names(reaction['lay_name'], reaction['name'])}</button>"
        f'<span class="ivig-small"> {ONSETS[reaction["onset"]]}.{boxed}</span><ul>{reasons}</ul></li>'
    )


def _reason(reason: risk.Reason, references: References) -> str:
    whose = f" Contraindication of {escape(', '.join(reason.brands))}." if reason.brands else ""
    note = f" {escape(reason.note)}" if reason.note else ""
    return (
        f"<li>{escape(reason.factor)}: “{escape(reason.text)}”{references.cite(reason.sources)}"
        + (f'<span class="ivig-small">{whose}{note}</span>' if whose or note else "")
        + "</li>"
    )


def _measure(data: Dataset, measure: risk.Measure, references: References) -> str:
    reactions = [_reaction(data, reaction) for reaction in measure.reactions]
    against = "; ".join(_both(reaction["lay_name"], reaction["name"]) for reaction in reactions)
    text = escape(measure.text[:1].upper() + measure.text[1:])
    return f'<li>{text} <span class="ivig-small">Against: {against}.{references.cite(measure.sources)}</span></li>'


def _labels(data: Dataset, references: References) -> str:
    facts = data.facts.set_index("id")
    items = "".join(
        f"<li>{escape(facts.loc[fact, 'fact'])}{references.cite(facts.loc[fact, 'sources'])}</li>"
        for fact in LABEL_FACTS
        if fact in facts.index
    )
    return f"<ul>{items}</ul>{_contraindications(data, references)}"


def _contraindications(data: Dataset, references: References) -> str:
    """Return what labels rule out, with the products whose labels in the table do so."""
    kinds = data.sources.set_index("id")["kind"]
    named: dict[str, list[str]] = {}
    for product in data.products.itertuples():
        labels = [source for source in product.sources if kinds[source] == "label"] or product.sources
        for statement in product.contraindications:
            named.setdefault(statement, []).append(f"{escape(product.brand)}{references.cite(labels[:2])}")
    if not named:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(statement[:1].upper() + statement[1:])}</th><td>{", ".join(brands)}</td></tr>'
        for statement, brands in sorted(named.items(), key=lambda pair: -len(pair[1]))
    )
    silent = int((data.products["contraindications"].map(len) == 0).sum())
    return (
        '<div class="ivig-safety-scroll" role="region" aria-label="Contraindications" tabindex="0"><table>'
        "<caption>Contraindications that were read on labels</caption>"
        f'<thead><tr><th scope="col">Statement</th><th scope="col">Products</th></tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="ivig-small">For {silent} of {len(data.products)} products no contraindication was read; '
        "that does not mean that there is none.</p>"
    )
