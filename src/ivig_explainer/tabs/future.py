"""Future: what is under study, and what became of it. A trial that failed is told as plainly as the hope."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer import charts, trials
from ivig_explainer.dataset import Dataset
from ivig_explainer.references import References
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.passages import names, passage
from ivig_explainer.widgets import Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

# What the article hopes for, and the conditions of the tables that answer it.
FIELDS = {
    "alzheimers": ("Alzheimer's disease", ("alzheimers-disease",)),
    "pain": ("Chronic pain", ("complex-regional-pain-syndrome", "small-fibre-neuropathy", "neuropathic-pain")),
    "postviral": ("Post-viral states", ("long-covid", "chronic-fatigue-syndrome", "post-polio-syndrome", "pots")),
}


def build(session: Session) -> Markup:
    """Return the tab."""
    data = session.data
    table = trials.trials(data, tuple(condition for _, ids in FIELDS.values() for condition in ids))
    plot = Plot()
    page = Markup(html=_page(data, table), css_class="ivig-future", children={"chart": plot})

    def act(action: str, value: str) -> None:
        if action == "open":
            session.change(tab="explore", condition=value)
        elif action == "choose":
            session.change(tab="explore", condition=value.removeprefix("condition:"))

    def redraw() -> None:
        draw(plot, charts.trials(table, session.theme), data)

    session.listen(lambda old, new: redraw() if old == new else None)
    page.on_action(act)
    plot.on_action(act)
    redraw()
    return page


def _page(data: Dataset, table: pd.DataFrame) -> str:
    references = References(data, "source-future")
    fields = "".join(_field(data, key, title, ids, table, references) for key, (title, ids) in FIELDS.items())
    return (
        '<div data-slot="chart"></div>'
        f"{fields}<section><h2>The rest of the pipeline</h2>{_passages(data, 'future-pipeline', references)}"
        f"{_facts(data, references)}{_figures(data, references)}</section>"
        f"{references.section()}"
    )


def _field(data: Dataset, key: str, title: str, ids: tuple[str, ...], table: pd.DataFrame, references: References) -> str:
    some = table[table["condition"].isin(ids)]
    studies = "".join(_trial(row, references) for row in some.itertuples())
    facts = data.facts[(data.facts["topic"] == "pipeline") & data.facts["condition"].isin(ids)]
    running = "".join(_running(fact, references) for fact in facts[facts["state"] == "running"].itertuples())
    others = _told(facts[facts["state"].isna()], references)
    links = " · ".join(
        f'<a href="?tab=explore&amp;condition={c.id}" data-action="open" data-value="{c.id}">{escape(c.name)}</a>'
        for c in data.conditions.set_index("id", drop=False).loc[list(ids)].itertuples()
    )
    return (
        f'<section class="ivig-future-field"><h2>{title}</h2>{_passages(data, f"future-{key}", references)}'
        f'<h3>What was tried</h3><ul class="ivig-future-trials">{studies}{running}</ul>{others}'
        f'<p class="ivig-small">Cards: {links}</p></section>'
    )


def _passages(data: Dataset, prefix: str, references: References) -> str:
    return "".join(passage(data, name, references) for name in names(data, prefix))


def _trial(row, references: References) -> str:
    people = "" if pd.isna(row.participants) else f", {int(row.participants)} people"
    year = "" if pd.isna(row.year) or str(int(row.year)) in row.study else f", {int(row.year)}"
    kind = "randomised" if row.randomised else "not randomised"
    return (
        f'<li><span data-mark="trial-{row.result}">{trials.RESULTS[row.result]}</span> '
        f"<strong>{escape(row.study)}</strong>{year}{people}, {kind}. "
        f'{escape(row.found)}{references.cite(row.sources)}<span class="ivig-small"> Question: {escape(row.question)}.</span></li>'
    )


def _running(fact, references: References) -> str:
    mark = f'<span data-mark="trial-running">{trials.RESULTS["running"]}</span>'
    return f"<li>{mark} {escape(fact.fact)}{references.cite(fact.sources)}</li>"


def _facts(data: Dataset, references: References) -> str:
    """Return the pipeline's facts that no field above has told."""
    told = {condition for _, ids in FIELDS.values() for condition in ids}
    rows = data.facts[(data.facts["topic"] == "pipeline") & ~data.facts["condition"].isin(told)]
    running = "".join(_running(fact, references) for fact in rows[rows["state"] == "running"].itertuples())
    return f'{_told(rows[rows["state"].isna()], references)}<ul class="ivig-future-trials">{running}</ul>'


def _told(facts: pd.DataFrame, references: References) -> str:
    items = "".join(f"<li>{escape(fact.fact)}{references.cite(fact.sources)}</li>" for fact in facts.itertuples())
    return f"<ul>{items}</ul>" if items else ""


def _figures(data: Dataset, references: References) -> str:
    rows = data.figures[data.figures["topic"] == "pipeline"].dropna(subset=["value"])
    lines = "".join(
        f'<tr><th scope="row">{escape(r.name)}{references.cite(r.sources)}</th><td>{r.value:g} {escape(r.unit)}{_interval(r)}</td></tr>'
        for r in rows.itertuples(name="Figure")
    )
    head = '<tr><th scope="col">What</th><th scope="col">How much</th></tr>'
    caption = "<caption>Numbers from the pipeline</caption>"
    return f'<table class="ivig-future-figures">{caption}<thead>{head}</thead><tbody>{lines}</tbody></table>'


def _interval(row) -> str:
    if pd.isna(row.low) or pd.isna(row.high):
        return ""
    level = {"interval-95": "95 % interval ", "interval-90": "90 % interval "}.get(row.range_is, "")
    return f" ({level}{row.low:g} to {row.high:g})"
