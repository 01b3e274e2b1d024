"""Sources: the article checked statement by statement, the whole bibliography, and what the data set is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.charts.verdicts import PARTS, VERDICTS, verdicts
from ivig_explainer.dataset import Dataset, read_descriptor
from ivig_explainer.references import References, address
from ivig_explainer.selection import REGIONS
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.how_we_grade import how_we_grade
from ivig_explainer.tabs.remembered import SOURCES_AT, recall, refuse, remember
from ivig_explainer.textsearch import Texts
from ivig_explainer.usage import PROSE, Use, usage
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

FIRST, MORE = 20, 100  # how many sources are shown at first, and with each "show more"
LONGEST_FILTER = 200
AUTHOR = "The IVIG explainer team"
SYMBOLS = {"supported": "✓", "supported-with-limits": "◐", "outdated": "↻", "contradicted": "✕"}
MEANINGS = {
    "supported": "the sources say so too",
    "supported-with-limits": "true, but not for all, or less sure than it sounds",
    "outdated": "it was true or hoped for; later studies say otherwise",
    "contradicted": "the sources say otherwise",
}
KINDS = {
    "guideline": "Guideline",
    "label": "US label",
    "smpc": "Product summary (EU, UK and others)",
    "policy": "Policy or funding list",
    "systematic-review": "Systematic review",
    "meta-analysis": "Meta-analysis",
    "rct": "Randomised trial",
    "observational": "Observational study",
    "review": "Review",
    "report": "Report",
    "textbook-like": "Teaching text or reference work",
}
READ = {
    "own": "read where its publisher put it",
    "mirror": "read in a copy",
    "abstract": "only the abstract or a summary was read",
    "secondary": "read in somebody else's account of it",
}
READ_MANY = {
    "own": "were read where their publishers put them",
    "mirror": "were read in a copy",
    "abstract": "are known by their abstract or a summary only",
    "secondary": "are known from somebody else's account",
}
PLACES = REGIONS | {"international": "International", "other": "Other country"}
SORTS = {"title": "Title", "newest": "Newest first", "publisher": "Publisher", "used": "Most used first"}
LAYOUT = """
<nav class="ivig-sources-parts" aria-label="Parts of this tab">
  <a href="#" data-action="go" data-value="claims">The article, checked</a>
  <a href="#" data-action="go" data-value="library">All sources</a>
  <a href="#" data-action="go" data-value="grading">How we grade</a>
  <a href="#" data-action="go" data-value="about">About the data</a>
</nav>
<section class="ivig-sources-claims"><h2 tabindex="-1">The article, checked</h2>
  <div class="ivig-sources-split"><div>{verdicts}</div><div data-slot="chart"></div></div>
  <div data-slot="claims-form"></div><div data-slot="claims-count"></div>
  <div data-slot="claims"></div>
</section>
<section class="ivig-sources-library"><h2 tabindex="-1">All sources</h2>{reading}
  <div data-slot="form"></div><div data-slot="count"></div><div data-slot="list"></div>
</section>
<section class="ivig-sources-grading"><h2 tabindex="-1">How we grade</h2>{grading}</section>
<section class="ivig-sources-about"><h2 tabindex="-1">About the data</h2>{about}</section>
<section class="ivig-sources-references"><h2>Sources of this page</h2>
  <details><summary>The sources of the table “The article, checked”</summary>{references}</details>
</section>
"""
PLACES_TO_GO = ("claims", "library", "grading", "about")


def build(session: Session) -> Markup:
    """Return the tab."""
    data = session.data
    claims, library, plot = _Claims(session), _Library(session), Plot()
    references = References(data, "source-sources")
    claims.table.html = _claims_table(data, references)
    page = Markup(
        html=LAYOUT.format(
            verdicts=_verdicts(data),
            reading=_reading(data),
            grading=how_we_grade(data),
            about=_about(data),
            references=references.listing(),
        ),
        css_class="ivig-sources",
        children={
            "chart": plot,
            "claims-form": claims.form,
            "claims-count": claims.count,
            "claims": claims.table,
            "form": library.form,
            "count": library.count,
            "list": library.list,
        },
    )

    def redraw() -> None:
        draw(plot, verdicts(data.article_claims, session.theme), data)

    def go(part: dict[str, tuple[str, ...]]) -> None:
        for name, (value, *_) in part.items():
            if name == "part" and value in PLACES_TO_GO:
                page.focus(f".ivig-sources-{value} h2")
            else:
                refuse(session, SOURCES_AT, name, value)

    def act(action: str, value: str) -> None:
        if action == "go" and value in PLACES_TO_GO:
            session.keep(SOURCES_AT, {"part": value})
            page.focus(f".ivig-sources-{value} h2")
        elif action == "choose" and value in PARTS:
            claims.form.values = {"part": value, "verdict": ""}
        else:
            _follow_link(session, action, value)

    session.listen(lambda old, new: redraw() if old == new else None)
    remember(session, "sources.claims", claims.form)
    remember(session, "sources.library", library.form)
    recall(session, SOURCES_AT, go)
    for widget in (page, plot, claims.table, library.list):
        widget.on_action(act)
    redraw()
    return page


def _tab_link(tab: str) -> str:
    """Return a link to a tab, or its name where the page has no such tab."""
    return f'<a href="?tab={tab}" data-action="tab" data-value="{tab}">{escape(TABS[tab])}</a>' if tab in TABS else escape(tab.capitalize())


def _follow_link(session: Session, action: str, value: str) -> None:
    """Links lead to another tab, to the card of a condition, or to the conditions of one level of evidence."""
    if action == "tab" and value in TABS:
        session.change(tab=value)
    elif action == "open" and value in _names(session.data):
        session.change(tab="explore", condition=value)
    elif action == "grade" and value in grading.LEVELS:
        session.show(View(tab="explore", theme=session.view.theme, text=session.view.text))
        session.select(evidence=(value,))


# --- the article, checked ---


class _Claims:
    """The table of statements and its two filters."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows = session.data.article_claims
        self.form = Form(label="Filter the statements", fields=self._fields(), values={"verdict": "", "part": ""})
        self.count = Markup()
        self.table = Markup()
        self._apply(announce=False)
        self.form.observe(lambda _: self._apply(announce=True), "values")
        self.count.on_action(lambda action, _: self._reset() if action == "reset" else None)

    def _fields(self) -> list[dict]:
        sizes = {"verdict": Counter(self.rows["verdict"]), "part": Counter(self.rows["part"])}
        return [
            {
                "name": name,
                "label": label,
                "kind": "select",
                "options": [
                    {"value": "", "label": f"All ({len(self.rows)})"},
                    *({"value": v, "label": f"{text} ({sizes[name][v]})"} for v, text in choices.items() if sizes[name][v]),
                ],
            }
            for name, label, choices in (("verdict", "Verdict", VERDICTS), ("part", "Part of the article", PARTS))
        ]

    def _apply(self, *, announce: bool) -> None:
        shown = self.rows
        for name in ("verdict", "part"):
            if value := self.form.values.get(name):
                shown = shown[shown[name] == value]
        self.table.hidden = sorted(set(self.rows["id"]) - set(shown["id"]))
        count = f"{len(shown)} of {len(self.rows)} statements"
        reset = ' <button type="button" data-action="reset">Show all</button>' if len(shown) < len(self.rows) else ""
        self.count.html = f'<p class="ivig-sources-count">{count}{reset}</p>'
        if announce:
            self.session.announce(f"{count} shown")

    def _reset(self) -> None:
        self.form.values = {"verdict": "", "part": ""}


def _verdicts(data: Dataset) -> str:
    """Return what was done with the article, and what each verdict means."""
    sizes = Counter(data.article_claims["verdict"])
    items = "".join(f"<li>{_verdict(v)}: {MEANINGS[v]} ({sizes[v]})</li>" for v in VERDICTS)
    return (
        f"<p>This page explains an article about the uses of IVIG. Its {len(data.article_claims)} statements, put in our words, were held "
        "against the sources of the tables, one by one.</p>"
        f'<ul class="ivig-sources-verdicts">{items}</ul>'
    )


def _verdict(verdict: str) -> str:
    return (
        f'<span class="ivig-sources-verdict" data-verdict="{verdict}"><span aria-hidden="true">{SYMBOLS[verdict]}</span> '
        f"{VERDICTS[verdict]}</span>"
    )


def _claims_table(data: Dataset, references: References) -> str:
    """Return the statements in the article's order. Roles are written out, since a phone shows the cells as blocks."""
    order = {part: place for place, part in enumerate(PARTS)}
    claims = sorted(data.article_claims.itertuples(), key=lambda row: (order[row.part], row.id))
    heads = ("Part", "Statement, in our words", "Verdict", "What the evidence says", "Shown on")
    head = "".join(f'<th scope="col" role="columnheader">{text}</th>' for text in heads)
    rows = "".join(_claim(data, row, references) for row in claims)
    return (
        '<table class="ivig-sources-table" role="table"><caption>Statements of the article with their verdicts</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _claim(data: Dataset, row, references: References) -> str:
    names = _names(data)
    cards = ", ".join(_card_link(condition, names[condition]) for condition in row.conditions if condition in names)
    cards = f'<span class="ivig-small">Conditions: {cards}</span>' if cards else ""
    return (
        f'<tr role="row" data-part="{escape(row.id, quote=True)}"><td role="cell" class="ivig-small">{PARTS[row.part]}</td>'
        f'<th scope="row" role="rowheader">{escape(row.statement)}</th><td role="cell">{_verdict(row.verdict)}</td>'
        f'<td role="cell">{escape(row.evidence)}{references.cite(row.sources)} {cards}</td><td role="cell">{_tab_link(row.tab)}</td></tr>'
    )


def _card_link(condition: str, name: str) -> str:
    """Return a link that opens the card of a condition."""
    value = escape(condition, quote=True)
    return f'<a href="?tab=explore&amp;condition={value}" data-action="open" data-value="{value}">{escape(name)}</a>'


@cache
def _names(data: Dataset) -> dict[str, str]:
    """Return the name of every condition by id."""
    return dict(zip(data.conditions["id"], data.conditions["name"], strict=True))


# --- the bibliography ---


@dataclass(frozen=True)
class _Wanted:
    """Which sources a visitor asks for, in which order."""

    text: str = ""
    kind: str = ""
    read: str = ""
    first_year: int | None = None
    last_year: int | None = None
    sort: str = "title"

    @property
    def impossible(self) -> bool:
        return None not in (self.first_year, self.last_year) and self.first_year > self.last_year

    @classmethod
    def of(cls, values: dict) -> _Wanted:
        """Read the values of the form; what makes no sense is as if it were not there."""
        text = values.get("text")
        return cls(
            text=" ".join(text.split())[:LONGEST_FILTER] if isinstance(text, str) else "",
            kind=values["kind"] if values.get("kind") in KINDS else "",
            read=values["read"] if values.get("read") in READ else "",
            first_year=_year(values.get("first_year")),
            last_year=_year(values.get("last_year")),
            sort=values["sort"] if values.get("sort") in SORTS else "title",
        )


def _year(value: object) -> int | None:
    """Return a year; a number that is still being typed is none."""
    return int(value) if isinstance(value, int | float) and 1000 <= value <= 9999 else None


class _Library:
    """The list of sources with its search, filters and order, shown a part at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.data = session.data
        self.wanted = _Wanted()
        self.size = FIRST
        self.found: list[int] = []
        self.form = Form(label="Find sources", fields=self._fields(), values={"text": "", "kind": "", "read": "", "sort": "title"})
        self.count = Markup()
        self.list = Markup()
        self._show()
        self.form.observe(lambda change: self._follow(change["new"]), "values")
        self.list.on_action(self._act)
        self.count.on_action(self._act)

    def _fields(self) -> list[dict]:
        sources = self.data.sources
        years = sources["year"].dropna()
        limits = {"min": int(years.min()), "max": int(years.max()), "step": 1} if len(years) else {}
        undated = int(sources["year"].isna().sum())
        return [
            {"name": "text", "label": "Title, publisher, id or DOI", "kind": "text", "placeholder": "such as Cochrane or 10.1056"},
            {"name": "kind", "label": "Kind", "kind": "select", "options": _options(KINDS, sources["kind"])},
            {"name": "read", "label": "How it was read", "kind": "select", "options": _options(READ, sources["read_via"])},
            {"name": "first_year", "label": "From year", "kind": "number", **limits},
            {
                "name": "last_year",
                "label": "To year",
                "kind": "number",
                **limits,
                "help": f"{undated} without a year are then left out.",
            },
            {"name": "sort", "label": "Order", "kind": "select", "options": [{"value": v, "label": text} for v, text in SORTS.items()]},
        ]

    def _follow(self, values: dict) -> None:
        wanted = _Wanted.of(values)
        self.form.faults = {"last_year": "The last year is before the first."} if wanted.impossible else {}
        if wanted != self.wanted and not wanted.impossible:
            self.wanted, self.size = wanted, FIRST
            self._show()
            self.session.announce(f"{len(self.found):,} of {len(self.data.sources):,} sources found")

    def _show(self) -> None:
        self.found = find(self.data, self.wanted)
        shown = min(self.size, len(self.found))
        total = f"{len(self.data.sources):,}"
        if not self.found:
            self.count.html = (
                '<p class="ivig-empty">No source fits. <button type="button" data-action="reset">Clear search and filters</button></p>'
            )
        else:
            part = f", the first {shown} shown" if shown < len(self.found) else ""
            self.count.html = f'<p class="ivig-sources-count">{len(self.found):,} of {total} sources{part}</p>'
        left = len(self.found) - shown
        more = f'<button type="button" data-action="more">Show {min(MORE, left)} more of {left:,}</button>' if left else ""
        items = "".join(item(self.data, position, place) for place, position in enumerate(self.found[:shown]))
        self.list.html = f'<ol class="ivig-sources-list">{items}</ol>{more}'

    def _act(self, action: str, _: str) -> None:
        if action == "more" and self.size < len(self.found):
            first_new = self.size
            self.size += MORE
            self._show()
            self.list.focus(f'[data-place="{first_new}"] a')
            self.session.announce(f"{min(self.size, len(self.found)):,} of {len(self.found):,} sources shown")
        elif action == "reset":
            self.form.values = {"text": "", "kind": "", "read": "", "first_year": None, "last_year": None, "sort": self.wanted.sort}


def _options(labels: dict[str, str], column: pd.Series) -> list[dict]:
    sizes = Counter(column)
    choices = [{"value": v, "label": f"{text[0].upper()}{text[1:]} ({sizes[v]})"} for v, text in labels.items() if sizes[v]]
    return [{"value": "", "label": "All"}, *choices]


def find(data: Dataset, wanted: _Wanted) -> list[int]:
    """Return the positions of the sources that are asked for, in the order that is asked for."""
    sources = data.sources
    mask = pd.Series(True, index=sources.index)
    if wanted.kind:
        mask &= sources["kind"] == wanted.kind
    if wanted.read:
        mask &= sources["read_via"] == wanted.read
    if wanted.first_year:
        mask &= (sources["year"] >= wanted.first_year).fillna(False).astype(bool)
    if wanted.last_year:
        mask &= (sources["year"] <= wanted.last_year).fillna(False).astype(bool)
    holds = mask.to_numpy()
    found = set(_index(data).find(wanted.text)) if wanted.text else None
    return [i for i in _order(data, wanted.sort) if holds[i] and (found is None or i in found)]


@cache
def _index(data: Dataset) -> Texts:
    """Return an index of what a source can be found by."""
    return Texts(
        " ".join(
            str(part) for part in (row.title, row.publisher, row.id, row.pmid, row.pmcid, address(row), row.url) if isinstance(part, str)
        )
        for row in _records(data)
    )


@cache
def _order(data: Dataset, sort: str) -> list[int]:
    """Return the positions of all sources in one order; titles decide where it does not."""
    sources = data.sources
    match sort:
        case "newest":
            first = [-year for year in sources["year"].fillna(0)]
        case "publisher":
            first = [name.casefold() for name in sources["publisher"]]
        case "used":
            first = [-len(_rows(usage(data)[source])) for source in sources["id"]]
        case _:
            first = [0] * len(sources)
    titles = [title.casefold().lstrip("“‘'\"[( ") for title in sources["title"]]
    return sorted(range(len(sources)), key=lambda i: (first[i], titles[i]))


@cache
def _records(data: Dataset) -> list[tuple]:
    """Return the rows of `sources` as named tuples, which are quick to read."""
    return list(data.sources.itertuples(index=False))


def _rows(uses: tuple[Use, ...]) -> set[tuple[str, str]]:
    """Return the rows that use a source, each once however many conditions it is about."""
    return {(use.table, use.row) for use in uses}


def item(data: Dataset, position: int, place: int) -> str:
    """Return one source as an entry of the list, `place` counted from 0."""
    body = _entry(data, position)
    return f'<li data-place="{place}">{body}</li>'


@cache
def _entry(data: Dataset, position: int) -> str:
    row = _records(data)[position]
    facts = [KINDS[row.kind]]
    if isinstance(row.jurisdiction, str):
        facts.append(PLACES[row.jurisdiction])
    if isinstance(row.version_or_date, str):
        facts.append(row.version_or_date)
    year = "year not stated" if pd.isna(row.year) else row.year
    reading = f"{READ[row.read_via][0].upper()}{READ[row.read_via][1:]}"
    note = row.note if isinstance(row.note, str) else ""
    said = note if note.startswith(reading) else f"{reading}. {note}"
    title = escape(row.title.rstrip("."))
    return (
        f'<p class="ivig-sources-title"><a href="{escape(address(row), quote=True)}" rel="noopener">{title}</a></p>'
        f"<p>{escape(row.publisher)}, {year}. {escape(' · '.join(facts))}</p>"
        f'<p class="ivig-small">{_identifiers(row)}</p>'
        f'<p class="ivig-small">{escape(said.strip())}</p>{_uses(data, row.id)}'
    )


def _identifiers(row) -> str:
    """Return the identifiers of a source, each a link to where it is kept."""
    links = [f'id <span class="ivig-sources-id">{escape(row.id)}</span>']
    known = (
        ("DOI", row.doi, "https://doi.org/{}"),
        ("PubMed", row.pmid, "https://pubmed.ncbi.nlm.nih.gov/{}/"),
        ("PubMed Central", row.pmcid, "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    )
    for label, value, form in known:
        if isinstance(value, str):
            links.append(f'{label} <a href="{escape(form.format(value), quote=True)}" rel="noopener">{escape(value)}</a>')
    return " · ".join(links)


@cache
def _tables(data: Dataset) -> dict[str, str]:
    """Return the title of every table, and of the texts."""
    return {table["name"]: table["title"] for table in read_descriptor(data.folder)["resources"]} | {PROSE: "Texts of this page"}


def _uses(data: Dataset, source: str) -> str:
    """Return where a source is used: how many rows of which tables, and the conditions that they are about."""
    uses = usage(data)[source]
    rows = _rows(uses)
    names = _names(data)
    if not rows:
        return '<p class="ivig-small">Not used.</p>'
    conditions = len({use.condition for use in uses if use.condition})
    about = f", {conditions} condition{'s' * (conditions != 1)}" if conditions else ""
    items = []
    for table, label in _tables(data).items():
        here = [use for use in uses if use.table == table]
        if not here:
            continue
        size = len({use.row for use in here})
        links = ", ".join(_card_link(c, names[c]) for c in dict.fromkeys(use.condition for use in here) if c in names)
        if table == PROSE:  # the name of a text begins with the tab that shows it
            links = ", ".join(dict.fromkeys(_tab_link(use.row.partition("-")[0]) for use in here))
        items.append(f"<li>{escape(label)} ({size}){': ' if links else ''}{links}</li>")
    return f"<details><summary>Used in {len(rows)} place{'s' * (len(rows) != 1)}{about}</summary><ul>{''.join(items)}</ul></details>"


def _reading(data: Dataset) -> str:
    """Return how many sources there are and how they were read."""
    sizes = Counter(data.sources["read_via"])
    parts = "; ".join(f"{sizes[how]} {text}" for how, text in READ_MANY.items() if sizes[how])
    return (
        f"<p>{len(data.sources):,} texts stand behind the tables: {parts}. "
        "Each entry says where the text is used, down to the condition.</p>"
    )


# --- about the data ---


def _about(data: Dataset) -> str:
    package = read_descriptor(data.folder)
    licence = package["licenses"][0]
    rows = sum(len(table) for table in data.tables().values())
    citation = f"{AUTHOR}. {package['title']}. Version {data.version}, {data.created}."
    link = f'<a href="{escape(licence["path"], quote=True)}" rel="license noopener">{escape(licence["title"])}</a>'
    return (
        f"<p>Version {escape(data.version)}, checked {escape(data.created)}: {rows:,} rows in {len(data.tables())} tables. "
        "Every row names its sources and the day on which it was last held against them.</p>"
        f"<h3>Licence</h3><p>The data are under {link}: they may be used and changed, with the citation. "
        "Facts of the listed sources remain theirs to be cited.</p>"
        f'<h3>How to cite</h3><p class="ivig-sources-citation">{escape(citation)}</p>'
        "<p>Cite the sources of the rows that you use, too: they did the work.</p>"
    )
