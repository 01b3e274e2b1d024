"""Compare: two to four conditions side by side, their doses to scale, what they share and where they differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer import dosing
from ivig_explainer.charts.compared_doses import compared_doses
from ivig_explainer.comparison import DIFFERS, FEWEST, SAME, Item, Line, compare
from ivig_explainer.dataset import Dataset
from ivig_explainer.references import References
from ivig_explainer.selection import CATEGORIES
from ivig_explainer.tabs import saving
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.remembered import remember
from ivig_explainer.view import MOST_COMPARED, View
from ivig_explainer.widgets import Form, Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

SHOWN = {"all": "All lines", "differences": "Only lines that differ"}
VERDICTS = {SAME: "the same", DIFFERS: "differs"}
ITEMS_FIRST = 4


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Compare(session).page


class _Compare:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.data = session.data
        self.pick = Form(label="Add a condition", fields=[_field(self.data)], values={"add": ""})
        self.choice = Form(label="Lines to show", fields=[_choice()], values={"lines": "all"})
        self.plot = Plot()
        self.page = Markup(css_class="ivig-compare", children={"pick": self.pick, "choice": self.choice, "doses": self.plot})
        remember(session, "compare.show", self.choice)
        self._show()
        self.page.on_action(self._act)
        self.plot.on_action(self._act)
        self.choice.observe(lambda _: self._hide(), "values")
        session.listen(self._follow)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The ids of the conditions that are compared."""
        return self.session.view.compare

    def _follow(self, old: View, new: View) -> None:
        if old.compare != new.compare:
            self._show()
        elif old == new:
            self._draw()

    def _act(self, action: str, value: str) -> None:
        condition = value.removeprefix("condition:")
        match action:
            case "open" | "choose" if condition in _names(self.data):
                self.session.change(tab="explore", condition=condition)
            case "add":
                self._add(str(self.pick.values.get("add")))
            case "remove" if value in self.conditions:
                self._change(tuple(c for c in self.conditions if c != value))
                self.session.announce(f"{_names(self.data)[value]} removed")
                self.page.focus(".ivig-compare-chosen")
            case "clear":
                self._change(())
            case "ready":
                self._change(tuple(c for c in value.split() if c in _names(self.data))[:MOST_COMPARED])
            case "download" if value in saving.COMPARISONS and len(self.conditions) >= FEWEST:
                saving.save_comparison(self.session, value)
            case "explore":
                self.session.change(tab="explore")

    def _add(self, condition: str) -> None:
        if condition not in _names(self.data):
            self.session.announce("Choose a condition first")
        elif condition not in self.conditions and len(self.conditions) < MOST_COMPARED:
            self._change((*self.conditions, condition))
            self.pick.values = {"add": ""}

    def _change(self, conditions: tuple[str, ...]) -> None:
        self.session.show(replace(self.session.view, compare=conditions))

    def _show(self) -> None:
        """Show the chosen conditions, or while there are too few how to choose some."""
        enough = len(self.conditions) >= FEWEST
        self.page.html = _chosen(self.data, self.conditions) + (_body(self.data, self.conditions) if enough else _start(self.data))
        self._hide()
        if enough:
            self._draw()
            lines = compare(self.data, self.conditions)
            self.session.announce(f"{len(self.conditions)} conditions compared: {_tally(lines)}")

    def _hide(self) -> None:
        only = self.choice.values.get("lines") == "differences" and len(self.conditions) >= FEWEST
        lines = compare(self.data, self.conditions) if only else ()
        kept = {line.group for line in lines if line.verdict == DIFFERS}
        hidden = [_part(number) for number, line in enumerate(lines) if line.verdict != DIFFERS]
        self.page.hidden = hidden + sorted({f"group-{line.group}" for line in lines} - {f"group-{group}" for group in kept})

    def _draw(self) -> None:
        if len(self.conditions) >= FEWEST:
            names = [_shorts(self.data)[condition] for condition in self.conditions]
            chart = compared_doses(dosing.courses(self.data), self.conditions, names, self.session.theme)
            draw(self.plot, chart, self.data)


# What can be chosen


@cache
def _names(data: Dataset) -> dict[str, str]:
    return dict(zip(data.conditions["id"], data.conditions["name"], strict=True))


@cache
def _shorts(data: Dataset) -> dict[str, str]:
    """Return the first abbreviation of every condition that has one for itself, or its name."""
    rows = list(data.conditions.itertuples())
    uses = Counter(short for row in rows for short in row.abbreviations)
    return {row.id: next((short for short in row.abbreviations if uses[short] == 1), row.name) for row in rows}


def _field(data: Dataset) -> dict:
    rows = sorted(data.conditions.itertuples(), key=lambda c: (CATEGORIES.index(c.category), c.name.casefold()))
    options = [{"value": c.id, "label": c.name, "group": c.category} for c in rows]
    return {"name": "add", "label": "Add a condition", "kind": "select", "options": [{"value": "", "label": "Choose …"}, *options]}


def _choice() -> dict:
    options = [{"value": value, "label": label} for value, label in SHOWN.items()]
    return {"name": "lines", "label": "Show", "kind": "radio", "options": options}


# The page


def _chosen(data: Dataset, conditions: tuple[str, ...]) -> str:
    """Return the chosen conditions, each with a button that removes it, and the place to add one."""
    chips = "".join(
        f'<li><a href="?tab=explore&amp;condition={c}" data-action="open" data-value="{c}">{escape(_names(data)[c])}</a> '
        f'<button type="button" data-action="remove" data-value="{c}">'
        f'<span aria-hidden="true">×</span><span class="ivig-hidden">Remove {escape(_names(data)[c])}</span></button></li>'
        for c in conditions
    )
    full = len(conditions) == MOST_COMPARED
    add = (
        f'<p class="ivig-small">{MOST_COMPARED} conditions are the most that can stand side by side.</p>'
        if full
        else '<div data-slot="pick"></div><button type="button" data-action="add">Add</button>'
    )
    clear = '<button type="button" data-action="clear">Clear</button>' if conditions else ""
    lecture = '<button type="button" data-scene="compare">Add to lecture</button>' if len(conditions) >= FEWEST else ""
    return (
        '<h2 class="ivig-compare-chosen" tabindex="-1">Side by side</h2>'
        f'<ul class="ivig-compare-chips">{chips}</ul><div class="ivig-compare-pick">{add}{clear}{lecture}</div>'
    )


def _start(data: Dataset) -> str:
    """Return what stands there while there is nothing to compare: three comparisons that the article's own table suggests."""
    named = data.conditions[data.conditions["article_part"].map(lambda parts: "table" in parts)]
    ready = "".join(
        f'<li><button type="button" data-action="ready" data-value="{" ".join(some["id"][:MOST_COMPARED])}">'
        f"{escape(', '.join(_shorts(data)[c] for c in some['id'][:MOST_COMPARED]))}</button> {escape(category)}</li>"
        for category, some in named.groupby("category", sort=False)
        if len(some) >= FEWEST
    )
    return (
        f"<p>Choose {FEWEST} to {MOST_COMPARED} conditions here, in the "
        '<a href="?tab=explore" data-action="explore">table of conditions</a>, or on a card. '
        "Everything that their cards tell then stands side by side, differences marked.</p>"
        f'<h3>Or begin with one of these</h3><ul class="ivig-compare-ready">{ready}</ul>'
    )


@cache
def _body(data: Dataset, conditions: tuple[str, ...]) -> str:
    """Return the comparison: its findings, the doses, the table, and its sources."""
    lines = compare(data, conditions)
    references = References(data, "source-compare")
    table = _table(data, conditions, lines, references)
    return (
        f'<p class="ivig-compare-tally">{escape(_tally(lines)[:1].upper() + _tally(lines)[1:])}. {_shared(lines)}</p>'
        f'<div class="ivig-compare-files">{saving.menu(saving.COMPARISONS)}</div>'
        '<div data-slot="doses"></div><div data-slot="choice"></div>'
        f"{table}"
        '<p class="ivig-small">“Differs” is said only where something is recorded for every condition; prose is not compared. '
        "A statement that holds for all of them is marked “shared”.</p>"
        f"{references.section()}"
    )


def _tally(lines: tuple[Line, ...]) -> str:
    same, differs = (sum(line.verdict == verdict for line in lines) for verdict in (SAME, DIFFERS))
    return f"{differs} line{'s' * (differs != 1)} differ{'s' * (differs == 1)}, {same} {'is' if same == 1 else 'are'} the same"


def _shared(lines: tuple[Line, ...]) -> str:
    """Return the mechanisms that all conditions share, or that they share none."""
    for line in lines:
        if line.heading == "How it is thought to act":
            shared = [escape(item.text) for item in line.cells[0] if item.shared]
            if shared:
                return f"Shared mechanism{'s' * (len(shared) != 1)}: {'; '.join(shared)}."
            return "They share no mechanism that the tables record." if all(line.cells) else ""
    return ""


def _part(number: int) -> str:
    return f"line-{number}"


def _table(data: Dataset, conditions: tuple[str, ...], lines: tuple[Line, ...], references: References) -> str:
    """Return the table; its roles are named because a phone shows it as blocks, which would take them away."""
    heads = "".join(f'<th scope="col" role="columnheader">{escape(_names(data)[c])}</th>' for c in conditions)
    body, group = [], ""
    for number, line in enumerate(lines):
        if line.group != group:
            group = line.group
            body.append(
                f'<tr role="row" class="ivig-compare-group" data-part="group-{escape(group, quote=True)}">'
                f'<th role="rowheader" scope="rowgroup" colspan="{len(conditions) + 1}">{escape(group)}</th></tr>'
            )
        body.append(_row(data, conditions, line, _part(number), references))
    return (
        f'<div class="ivig-compare-scroll" role="region" tabindex="0" aria-label="The comparison, a table">'
        f'<table role="table" class="ivig-compare-{len(conditions)}"><caption>Everything that the cards tell, line by line</caption>'
        f'<thead role="rowgroup"><tr role="row"><td role="cell"></td>{heads}</tr></thead><tbody role="rowgroup">{"".join(body)}</tbody>'
        "</table></div>"
    )


def _row(data: Dataset, conditions: tuple[str, ...], line: Line, part: str, references: References) -> str:
    verdict = f'<span class="ivig-compare-verdict" data-verdict="{line.verdict}">{VERDICTS[line.verdict]}</span>' if line.verdict else ""
    names = (f'<span class="ivig-compare-name" aria-hidden="true">{escape(_shorts(data)[c])}</span>' for c in conditions)
    cells = "".join(f'<td role="cell">{name}{_cell(cell, references)}</td>' for name, cell in zip(names, line.cells, strict=True))
    return f'<tr role="row" data-part="{part}"><th role="rowheader" scope="row">{escape(line.heading)} {verdict}</th>{cells}</tr>'


def _cell(items: tuple[Item, ...], references: References) -> str:
    if not items:
        return '<p class="ivig-small">Nothing recorded.</p>'
    alike = len({item.sources for item in items}) == 1  # the same sources for a whole list stand once, after it
    shown = [_item(replace(item, sources=()) if alike else item, references) for item in items]
    shown[-1] += references.cite(items[0].sources) if alike else ""
    if len(items) == 1:
        return f"<div>{shown[0]}</div>"
    first, rest = (shown[:ITEMS_FIRST], shown[ITEMS_FIRST:]) if len(shown) > ITEMS_FIRST + 1 else (shown, [])
    more = f"<details><summary>{len(rest)} more</summary>{_list(rest)}</details>" if rest else ""
    return _list(first) + more


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _item(item: Item, references: References) -> str:
    text = escape(item.text)
    marked = f'<span data-mark="{item.mark}">{text}</span>' if item.mark else text
    shared = ' <span class="ivig-compare-shared">shared</span>' if item.shared else ""
    note = f'<span class="ivig-small"> {escape(item.note)}</span>' if item.note else ""
    return f"{marked}{shared}{references.cite(item.sources)}{note}"
