"""Questions: each with a short and a longer answer and its sources; then the glossary. One filter narrows both."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer import prose
from ivig_explainer.dataset import Dataset
from ivig_explainer.glossary import explain
from ivig_explainer.references import References
from ivig_explainer.tabs import passages
from ivig_explainer.tabs.remembered import recall, refuse, remember
from ivig_explainer.textsearch import Texts
from ivig_explainer.view import TABS
from ivig_explainer.widgets import Form, Markup

if TYPE_CHECKING:
    from ivig_explainer.app import Session

PREFIX = "questions-"
LONGEST_FILTER = 100
_CITATION = re.compile(r"\[@[^\]]*\]")
# The article's related terms (rows of `article_claims`) and the passages that answer them.
ASKED = {
    "related-terms-01": "questions-08-complications-and-side-effects",
    "related-terms-02": "questions-17-life-expectancy",
    "related-terms-03": "questions-02-what-ig-and-ivig-mean",
    "related-terms-04": "questions-01-what-is-ivig",
    "related-terms-05": "questions-02-what-ig-and-ivig-mean",
}
# The tab that shows more of what a passage answers.
RELATED = {
    "questions-01-what-is-ivig": "overview",
    "questions-02-what-ig-and-ivig-mean": "mechanism",
    "questions-03-how-it-is-made": "living",
    "questions-04-how-quickly-it-works": "explore",
    "questions-05-how-long-it-lasts": "mechanism",
    "questions-06-why-doses-differ": "mechanism",
    "questions-07-iv-or-under-the-skin": "infusion",
    "questions-08-complications-and-side-effects": "safety",
    "questions-09-headaches": "safety",
    "questions-10-who-should-be-careful": "safety",
    "questions-11-is-it-safe-from-infections": "safety",
    "questions-12-does-it-weaken-immunity": "mechanism",
    "questions-17-life-expectancy": "living",
    "questions-18-is-one-brand-the-same": "infusion",
    "questions-21-cost-and-shortages": "living",
    "questions-22-alzheimers-long-covid-pain": "future",
}
FACT_SHEET = ("related-terms-06", "teach")  # the term that no passage answers, and the tab that hands the sheet out
FIELD = {
    "name": "filter",
    "label": "Find in questions and glossary",
    "kind": "text",
    "placeholder": "such as headache, vaccine, IgG",
}


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Questions(session).page


class _Questions:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.names = passages.names(session.data, PREFIX)
        self.terms = list(session.data.glossary["id"])
        self.form = Form(label="Filter", fields=[FIELD], values={"filter": ""})
        self.count = Markup()
        self.page = Markup(html=_page(session.data), css_class="ivig-questions", children={"form": self.form, "count": self.count})
        self.query = ""
        self._show_count(self.names, self.terms)
        self.form.observe(lambda change: self._filter(change["new"].get("filter")), "values")
        remember(session, "questions.form", self.form)
        recall(session, "questions.at", self._recall)
        self.page.on_action(self._act)
        self.count.on_action(self._act)

    def _filter(self, text: object) -> None:
        query = " ".join(text.split())[:LONGEST_FILTER] if isinstance(text, str) else ""
        if query == self.query:
            return
        self.query = query
        found = _index(self.session.data).find(query)
        questions = [self.names[i] for i in found if i < len(self.names)]
        terms = [self.terms[i - len(self.names)] for i in found if i >= len(self.names)]
        shown = {*questions, *map(_term_part, terms)}
        self.page.hidden = [part for part in [*self.names, *map(_term_part, self.terms)] if part not in shown]
        self.session.announce(self._show_count(questions, terms))

    def _show_count(self, questions: list[str], terms: list[str]) -> str:
        """Show how much is left; return it in words."""
        text = f"{len(questions)} of {len(self.names)} questions, {len(terms)} of {len(self.terms)} terms"
        if questions or terms or not self.query:
            first = '<a href="#" data-action="first">To the terms</a>' if terms and not questions else ""
            self.count.html = f'<p class="ivig-questions-count">{text} {first}</p>'
        else:
            self.count.html = (
                f'<p class="ivig-empty">No question and no term holds “{escape(self.query)}”. '
                '<button type="button" data-action="clear">Clear the filter</button></p>'
            )
        return text

    def _go(self, kind: str, name: str) -> None:
        """Show a question, or a term, and say in the address which one."""
        part, within = (name, " > summary") if kind == "question" else (_term_part(name), "")
        if part in self.page.hidden:
            self._clear()
        self.session.keep("questions.at", {kind: name})
        self.page.focus(f'[data-part="{part}"]{within}')

    def _recall(self, part: dict[str, tuple[str, ...]]) -> None:
        known = {"question": self.names, "term": self.terms}
        for kind, (name, *_) in part.items():
            if name in known.get(kind, ()):
                self._go(kind, name)
            else:
                refuse(self.session, "questions.at", kind, name)

    def _clear(self) -> None:
        self.form.values = {"filter": ""}

    def _act(self, action: str, value: str) -> None:
        match action:
            case "question" if value in self.names:
                self._go(action, value)
            case "term" if value in self.terms:
                self._go(action, value)
            case "first":
                self.page.focus(".ivig-questions-glossary h2")
            case "clear":
                self._clear()
            case "unfold" | "fold":
                self.page.html = _page(self.session.data, unfolded=action == "unfold")
                self.page.focus('[data-action="fold"]' if action == "unfold" else '[data-action="unfold"]')
            case "tab" if value in TABS:
                self.session.change(tab=value)


@cache
def _index(data: Dataset) -> Texts:
    """Return an index of what is read: all questions, then all terms."""
    questions = (passages.read(data, name) for name in passages.names(data, PREFIX))
    answers = [_CITATION.sub("", " ".join([text.title, *text.levels.values()])) for text in questions]
    terms = [
        " ".join([row.term, *row.forms, row.definition, row.student_note if isinstance(row.student_note, str) else ""])
        for row in data.glossary.itertuples()
    ]
    return Texts(answers + terms)


def _term_part(term: str) -> str:
    return f"term-{term}"


@cache
def _page(data: Dataset, *, unfolded: bool = False) -> str:
    names = passages.names(data, PREFIX)
    references = References(data, "source-questions")
    related, glossary = _related_terms(data, references), _glossary(data, references)
    action, label = ("fold", "Close all answers") if unfolded else ("unfold", "Open all answers")
    questions = "".join(_question(data, name, unfolded=unfolded) for name in names)
    return (
        '<section class="ivig-questions-answers"><h2>Questions that people ask</h2>'
        f'{related}<div class="ivig-questions-bar"><div data-slot="form"></div>'
        f'<button type="button" data-action="{action}">{label}</button></div>'
        f'<div data-slot="count"></div>{questions}</section>'
        f'<section class="ivig-questions-glossary"><h2 tabindex="-1">Glossary</h2>{glossary}</section>'
        '<section class="ivig-questions-sources"><h2>Sources of this page</h2>'
        "<p>Each answer lists its own sources.</p>"
        f"<details><summary>The sources of the glossary and of the related terms</summary>{references.listing()}</details></section>"
    )


def _related_terms(data: Dataset, references: References) -> str:
    """Return the terms that stand at the end of the article, each leading to its answer."""
    claims = data.article_claims.set_index("id")
    items = []
    for claim, name in ASKED.items():
        if claim in claims.index and name in passages.names(data, PREFIX):
            term = escape(_term(claims.loc[claim, "statement"]))
            items.append(f'<li><a href="#" data-action="question" data-value="{name}">{term}</a></li>')
    sheet, tab = FACT_SHEET
    if sheet in claims.index:
        row = claims.loc[sheet]
        link = f" {_tab_link(tab)}" if tab in TABS else ""
        items.append(f"<li>{escape(_term(row.statement))}: {escape(row.evidence)}{references.cite(row.sources)}{link}</li>")
    if not items:
        return ""
    return f'<div class="ivig-questions-related"><h3>The related terms of the article</h3><ul>{"".join(items)}</ul></div>'


def _term(statement: str) -> str:
    """Return the term that a row states.

    >>> _term("Related term: IVIG meaning.")
    'IVIG meaning'
    """
    return statement.removeprefix("Related term: ").rstrip(".?")


def _question(data: Dataset, name: str, *, unfolded: bool) -> str:
    """Return one question: its short answer, the longer one at each reading level, the tab that shows more, its sources."""
    text = passages.read(data, name)
    references = References(data, f"source-{name}")
    short = explain(prose.render(text.levels.get("short", ""), references.cite), data)
    longer = passages.levels(data, text, references)
    asked = ' <span class="ivig-questions-asked">asked by readers of the article</span>' if name in ASKED.values() else ""
    return (
        f'<details class="ivig-question" data-part="{name}"{" open" if unfolded else ""}>'
        f"<summary><h3>{escape(text.title)}</h3>{asked}</summary>"
        f'<div class="ivig-questions-answer"><div><div class="ivig-questions-short">{short}</div>{longer}{_more(name)}</div>'
        f"<div><h4>Sources</h4>{references.listing()}</div></div></details>"
    )


def _more(name: str) -> str:
    """Return a link to the tab that shows more of what a passage answers."""
    tab = RELATED.get(name, "")
    return f'<p class="ivig-questions-more">More on this: {_tab_link(tab)}</p>' if tab in TABS else ""


def _tab_link(tab: str) -> str:
    return f'<a href="?tab={tab}" data-action="tab" data-value="{tab}">{escape(TABS[tab])}</a>'


def _glossary(data: Dataset, references: References) -> str:
    """Return all terms by the alphabet: what each means, what a student knows beyond, related terms."""
    names = dict(zip(data.glossary["id"], data.glossary["term"], strict=True))
    entries = []
    for row in data.glossary.sort_values("term", key=lambda column: column.str.casefold()).itertuples():
        forms = f' <span class="ivig-small">{escape(", ".join(row.forms))}</span>' if row.forms else ""
        note = f'<p class="ivig-student ivig-small">{escape(row.student_note)}</p>' if isinstance(row.student_note, str) else ""
        links = ", ".join(
            f'<a href="#" data-action="term" data-value="{escape(term, quote=True)}">{escape(names[term])}</a>'
            for term in row.see_also
            if term in names
        )
        see = f'<p class="ivig-small">See also {links}</p>' if links else ""
        entries.append(
            f'<div data-part="{_term_part(escape(row.id, quote=True))}" tabindex="-1"><dt>{escape(row.term)}{forms}</dt>'
            f"<dd><p>{escape(row.definition)}{references.cite(row.sources)}</p>{note}{see}</dd></div>"
        )
    return f"<dl>{''.join(entries)}</dl>"
