"""How we grade: the rule, the counts it gives now, and how far it agrees with Australia's own categories."""

from __future__ import annotations

from collections import Counter
from functools import cache
from html import escape

from ivig_explainer import agreement, grading
from ivig_explainer.agreement import CATEGORIES, STEP_OF_LEVEL, STEPS, Disagreement, Kappa
from ivig_explainer.dataset import Dataset
from ivig_explainer.references import References
from ivig_explainer.studies import PEOPLE_RULE

FAR = 2  # from so many steps apart, a difference is shown unfolded


@cache
def how_we_grade(data: Dataset) -> str:
    """Return the content of the section as HTML."""
    references = References(data, "source-grading")
    body = _rule(data) + _agreement(data, references)
    return f"{body}<details><summary>Sources of this part</summary>{references.listing()}</details>"


def _rule(data: Dataset) -> str:
    """Return the rule, with how many conditions each level has."""
    sizes = Counter(grading.grade(data))
    counted = grading.counted_rows(data.evidence)
    rows = "".join(
        f'<tr><th scope="row" data-mark="{level}">{label}</th><td>{escape(grading.RULE[level])}</td>'
        f'<td><a href="?tab=explore&amp;evidence={level}" data-action="grade" data-value="{level}">{sizes[level]} '
        f'<span class="ivig-hidden">conditions: {label}</span></a></td></tr>'
        for level, label in grading.LEVELS.items()
    )
    return (
        f"<p>The level of a condition is computed by one rule, never typed. Of {len(data.evidence)} results in the tables "
        f"{len(counted)} count, from {counted['study_id'].nunique()} studies: those that measure whether IVIG works, and compare it "
        "with placebo, no IVIG or another treatment. Results of one study count as one study.</p>"
        "<p>A study is in favour if more of its results favour IVIG than do not. It is against if it compared IVIG with placebo or "
        "no IVIG and more results show no difference, or IVIG worse, than show it better; or if it found IVIG worse than another "
        "treatment. It is equal if it found no difference from another treatment, and undecided otherwise.</p>"
        '<table class="ivig-sources-rule"><caption class="ivig-hidden">Levels of evidence, their rule, and the number of '
        "conditions</caption>"
        '<thead><tr><th scope="col">Level</th><th scope="col">Rule</th><th scope="col">Conditions</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        "<h3>How the evidence chart counts people</h3>"
        f"<p>{escape(PEOPLE_RULE)}</p>"
        "<p>The best study of a condition, which the chart and its table name, is one whose verdict is that of the level: "
        "randomised before not randomised, pooled before single, then the largest.</p>"
    )


# --- agreement with Australia ---


def _agreement(data: Dataset, references: References) -> str:
    found = agreement.pairs(data)
    title = "<h3>How far that agrees with Australia</h3>"
    if not found:
        return f"{title}<p>No condition in the tables is graded both here and by Australia.</p>"
    table = agreement.cross_table(found)
    same = int(table.trace())
    return (
        f"{title}<p>Australia's national Criteria give each use an evidence category of their own. On {same} of {len(found)} "
        f"conditions that both grade, the two stand on the same step of a common scale. {_kappas(table)}</p>"
        f"{_scale(references)}{_cross(table)}{_left_out(data, len(found))}{_differences(data, references)}"
    )


def _kappas(table) -> str:
    """Return weighted kappa in words: quadratic weights first, since they are the primary ones."""
    quadratic, linear = agreement.kappa(table, 2), agreement.kappa(table, 1)
    if not quadratic or not linear:
        return "Weighted kappa cannot be computed from so few."
    return (
        f"Weighted kappa, where 1 is full agreement and 0 no more than chance, is {_in_words(quadratic)} with quadratic weights "
        f"and {_in_words(linear)} with linear ones. The quadratic one is the primary measure: where two scales were not made for "
        "each other, one step apart is often a matter of where a line was drawn, while two steps are a matter of whether IVIG "
        "works, and should weigh more than twice as much."
    )


def _in_words(kappa: Kappa) -> str:
    return f"{_number(kappa.value)} (95% interval {_number(kappa.low)} to {_number(kappa.high)})"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _scale(references: References) -> str:
    """Return which level and which category stand on which step, and where that reading is ours."""
    rows = []
    for step, label in enumerate(STEPS):
        levels = ", ".join(grading.LEVELS[level] for level, on in STEP_OF_LEVEL.items() if on == step)
        theirs = "; ".join(
            f"{name}: {escape(c.meaning)}{'' if c.in_their_words else ' (our reading)'}{references.cite(c.sources)}"
            for name, c in CATEGORIES.items()
            if c.step == step
        )
        rows.append(f'<tr><th scope="row">{label}</th><td>{levels}</td><td>{theirs}</td></tr>')
    return (
        '<table class="ivig-grading-scale"><caption>The common scale</caption><thead><tr><th scope="col">Step</th>'
        f'<th scope="col">Our level</th><th scope="col">Australia\'s category</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "<p>“Limited” and “conflicting” share a step, as “insufficient data” and “conflicting evidence” do: whether trials that "
        "disagree are better or worse news than too few trials cannot be put in order, but both lie between a probable benefit and "
        "none. “No benefit shown” stands beside category 2b alone. The page that lists all of Australia's categories was not reached; "
        "the meanings are those on pages of single conditions, and where it says “our reading”, none was found: the list of unsupported "
        "uses names evidence of no benefit and insufficient evidence as grounds, and these two categories remain for them.</p>"
    )


def _cross(table) -> str:
    heads = "".join(f'<th scope="col">{label}</th>' for label in STEPS)
    same = ' class="ivig-grading-same"'
    cells = [[f"<td{same if row == column else ''}>{size}</td>" for column, size in enumerate(sizes)] for row, sizes in enumerate(table)]
    rows = "".join(f'<tr><th scope="row">{label}</th>{"".join(line)}</tr>' for label, line in zip(STEPS, cells, strict=True))
    return (
        '<div class="ivig-grading-wide" tabindex="0" role="region" aria-label="Our steps against Australia\'s">'
        '<table class="ivig-grading-cross"><caption>Conditions by our step (rows) and Australia\'s (columns); the framed ones agree'
        f'</caption><thead><tr><th scope="col">Ours</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _left_out(data: Dataset, both: int) -> str:
    sizes = agreement.left_out(data)
    parts = "; ".join(f"{reason}: {size}" for reason, size in sizes.items())
    return (
        f"<p>Left out of kappa are {len(data.conditions) - both} of {len(data.conditions)} conditions. {parts[:1].upper()}{parts[1:]}.</p>"
        if sizes
        else ""
    )


def _differences(data: Dataset, references: References) -> str:
    found = agreement.disagreements(data)
    if not found:
        return "<p>They differ on none.</p>"
    far = [d for d in found if d.distance >= FAR]
    near = [d for d in found if d.distance < FAR]
    parts = [f"<h3>Where the two differ, and why</h3><p>{_sides(found)}</p>"]
    if far:
        parts.append(_table(far, "Two steps or more apart", references))
    if near:
        fold = _table(near, "One step apart", references)
        parts.append(f'<details data-fold="near"><summary>{len(near)} more, one step apart</summary>{fold}</details>')
    return "".join(parts)


def _sides(found: tuple[Disagreement, ...]) -> str:
    lower = sum(d.pair.ours > d.pair.theirs for d in found)
    return (
        f"Of {len(found)} differences, ours is the stricter grade in {lower} and Australia's in {len(found) - lower}. The reasons below "
        "are computed from the tables: what Australia's category is about, what came after its text, and what counts here."
    )


def _table(found: list[Disagreement], caption: str, references: References) -> str:
    """Return the differences as a table; its roles are named, because on a phone its cells stand below each other."""
    rows = "".join(_difference(d, references) for d in found)
    heads = "".join(f'<th role="columnheader" scope="col">{head}</th>' for head in ("Condition", "Ours", "Australia", "Why"))
    return (
        f'<table role="table" class="ivig-grading-differences"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _difference(difference: Disagreement, references: References) -> str:
    pair = difference.pair
    category = pair.position.category
    reasons = "".join(f"<li>{escape(text)}{references.cite(sources)}</li>" for text, sources in difference.reasons)
    return (
        f'<tr role="row"><th role="rowheader" scope="row"><a href="?tab=explore&amp;condition={pair.condition}" data-action="open" '
        f'data-value="{pair.condition}">{escape(pair.name)}</a></th>'
        f'<td role="cell" data-head="Ours"><span data-mark="{pair.level}">{grading.LEVELS[pair.level]}</span></td>'
        f'<td role="cell" data-head="Australia">{category}: {escape(CATEGORIES[category].meaning.lower())}'
        f'{references.cite(pair.position.sources)}</td><td role="cell"><ul>{reasons}</ul></td></tr>'
    )
