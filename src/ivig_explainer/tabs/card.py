"""The card of one condition: always the same headings in the same order, every statement with its sources."""

from __future__ import annotations

from functools import cache
from html import escape

import pandas as pd

from ivig_explainer import charts, effects, grading
from ivig_explainer.charts import Chart
from ivig_explainer.dataset import Dataset
from ivig_explainer.glossary import explain
from ivig_explainer.references import References, addresses
from ivig_explainer.selection import AGES, COURSES, REGIONS, ROLES, STATUSES
from ivig_explainer.tabs.remembered import SOURCES_AT
from ivig_explainer.tabs.saving import sheet_button
from ivig_explainer.wording import BASES, CONFIDENCES, DIRECTIONS, LINES, PHASES, dose

EVIDENCE_FIRST = 6
DOSES_FIRST = 4


@cache
def card(data: Dataset, condition_id: str) -> str:
    """Return the card of one condition as HTML, with a place "forest" where `forest` has a chart for it.

    Raises KeyError where there is no such condition.
    """
    condition = _rows(data, "conditions", "id").get_group(condition_id).iloc[0]
    references = References(data, f"source-{condition_id}")
    sections = [
        ("What goes wrong", _paragraph(data, condition.pathophysiology, references, condition.sources)),
        ("Why IVIG", _paragraph(data, condition.why_ivig, references, condition.sources)),
        ("How it is thought to act", _mechanisms(data, condition_id, references)),
        ("Place in treatment", _place(condition, references)),
        ("Doses that sources give", _regimens(data, condition_id, references)),
        ("Access by country", _statuses(data, condition_id, references)),
        ("What studies found", _evidence(data, condition_id, references)),
        ("Also known", _facts(data, condition_id, references)),
    ]
    body = "".join(f"<h3>{title}</h3>{content}" for title, content in sections if content)
    return (
        f'<article class="ivig-card" aria-label="{escape(condition["name"], quote=True)}">'
        f'<p class="ivig-card-buttons"><button type="button" data-action="compare" data-value="{condition_id}">Compare</button> '
        f'<button type="button" data-action="quiz" data-value="{condition_id}">Test yourself</button> '
        f"{sheet_button(condition_id)} "
        '<button type="button" data-scene="card">Add to lecture</button> '
        '<button type="button" class="ivig-card-close" data-action="close">Close</button></p>'
        f"{_head(data, condition, references)}{body}<h3>Sources</h3>{references.listing()}"
        f'<p class="ivig-small">Last held against its sources on {condition.checked_on}.</p></article>'
    )


def forest(data: Dataset, condition_id: str, theme: str) -> Chart | None:
    """Return the chart of the outcomes of one condition that can be compared, or nothing where there are none."""
    found, _ = _effects(data, condition_id)
    return charts.forest(found, addresses(data), theme) if found else None


@cache
def _effects(data: Dataset, condition_id: str) -> tuple[tuple[effects.Effect, ...], tuple[effects.Apart, ...]]:
    return effects.compare(_of(data, "evidence", condition_id))


@cache
def _rows(data: Dataset, table: str, key: str):
    return getattr(data, table).groupby(key, sort=False)


def _of(data: Dataset, table: str, condition_id: str) -> pd.DataFrame:
    """Return the rows of a table that are about one condition."""
    groups = _rows(data, table, "condition")
    return groups.get_group(condition_id) if condition_id in groups.groups else getattr(data, table).iloc[:0]


def _head(data: Dataset, condition: pd.Series, references: References) -> str:
    names = [*condition.abbreviations, *condition.synonyms]
    level = grading.grade(data)[condition.id]
    tags = [condition.category, *condition.icd10]
    tags += [COURSES[condition.course]] if isinstance(condition.course, str) else []
    if isinstance(condition.ages, str):
        tags.append(AGES.get(condition.ages, "Children and adults"))
    summary = (
        f'<p class="ivig-lead">{escape(condition.plain_summary)}{references.cite(condition.sources)}</p>'
        if isinstance(condition.plain_summary, str)
        else f'<p class="ivig-lead">This condition is only named by a national list{references.cite(condition.sources)}; '
        "no fuller record has been made.</p>"
    )
    return (
        f'<h2 tabindex="-1">{escape(condition["name"])}</h2>'
        + (f'<p class="ivig-small">Also: {escape(", ".join(names))}</p>' if names else "")
        + f'<p class="ivig-tags">{"".join(f"<span>{escape(tag)}</span>" for tag in tags)}</p>'
        + summary
        + f'<p class="ivig-verdict"><span data-mark="{level}">Evidence: {grading.LEVELS[level]}</span> '
        + f"<span>{ROLES[condition.role]}</span></p>"
        + f'<p class="ivig-small">{grading.RULE[level]} '
        + f'<a href="?tab=sources&amp;{SOURCES_AT}.part=grading" data-action="grading">How we grade</a></p>'
        + (f'<p class="ivig-small">Note: {escape(condition.note)}</p>' if isinstance(condition.note, str) else "")
    )


def _paragraph(data: Dataset, text: object, references: References, sources: tuple[str, ...]) -> str:
    return f"<p>{explain(escape(text), data)}{references.cite(sources)}</p>" if isinstance(text, str) else ""


def _mechanisms(data: Dataset, condition_id: str, references: References) -> str:
    pairs = _of(data, "condition_mechanisms", condition_id)
    if pairs.empty:
        return ""
    mechanisms = _rows(data, "mechanisms", "id")
    items = []
    for pair in pairs.itertuples():
        mechanism = mechanisms.get_group(pair.mechanism).iloc[0]
        note = f" {escape(pair.note)}" if isinstance(pair.note, str) else ""
        items.append(f"<li>{escape(mechanism['name'])} ({CONFIDENCES[mechanism.confidence]}).{note}{references.cite(pair.sources)}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _place(condition: pd.Series, references: References) -> str:
    parts = []
    if isinstance(condition.line_of_therapy, str):
        basis = "by our reading" if condition.line_basis == "curator" else "as its source states"
        parts.append(f"IVIG: {LINES[condition.line_of_therapy]} ({basis}).")
    if condition.alternatives:
        parts.append(f"Other treatments: {escape(', '.join(condition.alternatives))}.")
    return f"<p>{' '.join(parts)}{references.cite(condition.sources)}</p>" if parts else ""


def _regimens(data: Dataset, condition_id: str, references: References) -> str:
    """Return the schedules by phase; issuers that give the same dose stand together under it."""
    rows = _of(data, "regimens", condition_id)
    if rows.empty:
        return "<p>No source in the tables gives a dose.</p>"
    rows = rows.sort_values("basis", key=lambda basis: basis.map(BASES.index), kind="stable")
    phases = []
    for phase, label in PHASES.items():
        doses: dict[str, list[str]] = {}
        for regimen in rows[rows["phase"] == phase].itertuples():
            doses.setdefault(dose(regimen), []).append(_issuer(regimen, references))
        if doses:
            entries = [f"<dt>{text}</dt><dd><ul>{''.join(issuers)}</ul></dd>" for text, issuers in doses.items()]
            phases.append(f"<h4>{label}</h4>{_folded(entries, DOSES_FIRST, 'schedules', 'dl')}")
    return "".join(phases)


def _folded(items: list[str], first: int, what: str, tag: str) -> str:
    """Return items as a list, those after the first few folded away."""
    shown, rest = items[:first], items[first:]
    fold = f"<details><summary>{len(rest)} more {what}</summary><{tag}>{''.join(rest)}</{tag}></details>" if rest else ""
    return f"<{tag}>{''.join(shown)}</{tag}>{fold}"


def _issuer(regimen, references: References) -> str:
    population = f": {escape(regimen.population)}" if isinstance(regimen.population, str) else ""
    return f"<li>{escape(regimen.issuer)}{population}{references.cite(regimen.sources)}{_aside(regimen.note)}</li>"


def _statuses(data: Dataset, condition_id: str, references: References) -> str:
    rows = _of(data, "statuses", condition_id)
    lines = []
    for region, name in REGIONS.items():
        positions = rows[rows["jurisdiction"] == region]
        text = "".join(_position(p, references) for p in positions.itertuples()) or "<p>Nothing recorded.</p>"
        lines.append(f"<dt>{name}</dt><dd>{text}</dd>")
    return f'<dl class="ivig-access">{"".join(lines)}</dl>'


def _position(position, references: References) -> str:
    scope = f" ({escape(position.scope)})" if isinstance(position.scope, str) else ""
    dated = f", {position.as_of}" if isinstance(position.as_of, str) else ""
    historical = " <em>Historical: this scheme has been replaced.</em>" if position.historical else ""
    return (
        f'<p><span data-mark="{position.status}">{STATUSES[position.status]}</span>{scope}: '
        f"{escape(position.body)}{dated}, in its words “{escape(position.native_term)}”.{historical}"
        f"{references.cite(position.sources)}{_aside(position.detail)}{_aside(position.note)}</p>"
    )


def _evidence(data: Dataset, condition_id: str, references: References) -> str:
    rows = _of(data, "evidence", condition_id)
    if rows.empty:
        return "<p>No study in the tables.</p>"
    counted = set(grading.counted_rows(rows).index)
    order = sorted(rows.itertuples(), key=lambda r: (r.Index not in counted, not r.randomised, r.design != "systematic-review", -_year(r)))
    items = [_result(row, row.Index in counted, references) for row in order]
    return _drawn(data, condition_id, references) + _folded(items, EVIDENCE_FIRST, "results", "ul")


def _drawn(data: Dataset, condition_id: str, references: References) -> str:
    """Return the place of the chart, or a sentence instead of it, and what is not in the chart with the reasons."""
    found, apart = _effects(data, condition_id)
    place = '<div data-slot="forest"></div>' if found else "<p>No result here can stand on an axis beside another.</p>"
    reasons = {reason: [one for one in apart if one.reason == reason] for reason in effects.REASONS}
    items = [
        f"<li><strong>{effects.REASONS[reason]}</strong> "
        + "; ".join(f"{escape(one.study)}: {escape(one.outcome)}{references.cite(one.sources)}" for one in some)
        + "</li>"
        for reason, some in reasons.items()
        if some
    ]
    if not items:
        return place
    count = f"{len(apart)} result{'s' * (len(apart) > 1)}"
    summary = f"Not drawn, and why: {count}"
    return f'{place}<details class="ivig-apart"><summary>{summary}</summary><ul>{"".join(items)}</ul></details>'


def _year(row) -> int:
    return 0 if pd.isna(row.year) else int(row.year)


def _result(row, counts: bool, references: References) -> str:
    facts = ["randomised" if row.randomised else "not randomised"]
    if not pd.isna(row.n_participants):
        facts.append(f"{int(row.n_participants)} people")
    facts += effects.in_words(row)
    facts.append(f"certainty {row.certainty.replace('-', ' ')}")
    if not counts:
        facts.append("does not count towards the grade")
    year = f", {_year(row)}" if _year(row) and str(_year(row)) not in row.study else ""
    caveat = f" <em>{escape(row.caveat)}</em>" if isinstance(row.caveat, str) else ""
    return (
        f'<li><span data-mark="{row.direction}">{DIRECTIONS[row.direction]}</span> '
        f"<strong>{escape(row.study)}{year}.</strong> {escape(row.plain_words)}{references.cite(row.sources)}"
        f'<span class="ivig-small"> {escape(row.outcome)}: {escape("; ".join(facts))}.</span>{caveat}</li>'
    )


def _facts(data: Dataset, condition_id: str, references: References) -> str:
    items = "".join(f"<li>{escape(r.fact)}{references.cite(r.sources)}</li>" for r in _of(data, "facts", condition_id).itertuples())
    return f"<ul>{items}</ul>" if items else ""


def _aside(value: object) -> str:
    return f'<span class="ivig-small"> {escape(value)}</span>' if isinstance(value, str) else ""
