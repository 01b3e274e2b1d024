"""Effects of IVIG with their intervals, turned so that right is in favour of IVIG; what is measured unlike has axes apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import exp, log, log10
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.rows import MARK_PX, Panel, Row, axes, draw
from ivig_explainer.charts.style import Chart, palette
from ivig_explainer.effects import PEOPLE, RATIO, VERDICTS, Effect, p_in_words
from ivig_explainer.quantities import number

POOLED, RANDOMISED, OBSERVED = "diamond", "square", "triangle-up"
SIZES = {POOLED: 14, RANDOMISED: 11, OBSERVED: 11}
LEVEL_OF = {"for": "strong", "against": "no-benefit"}  # these have the colours of evidence levels, the others are grey
RATIO_STEPS = (2, 5, 10, 20, 50, 100, 1000)
WIDEST_RATIO = 10  # an interval may run past this, an estimate may not
LETTERS = 42  # of a line that fits a card on a phone
HOVER_LETTERS = 48
AXIS_TITLE = "← comparison better · IVIG better →"
LEGEND = {
    "pooled": "Pooled trials",
    "randomised": "One randomised trial",
    "observed": "Not randomised",
    "computed": "Hollow: computed here",
    "ivig": "IVIG group",
    "control": "Comparison group",
    "for": "Blue: IVIG better beyond chance",
    "against": "Red: comparison better beyond chance",
    "cut": "Interval runs further",
}


def forest(effects: Iterable[Effect], addresses: Mapping[str, str], theme: str = "light") -> Chart:
    """Draw one row an effect: its estimate and interval, and the value in each group where it is printed.

    `addresses` gives the address of each source id; a mark and a row of the table lead to the first source of the effect.
    Ratios share one logarithmic axis; differences share one only where their unit is the same; harms have panels of
    their own. An interval that runs past its axis ends in an arrow.
    """
    groups = _groups(effects)
    panels = [_panel(group) for group in groups]
    traces = [
        trace
        for place, (panel, group) in enumerate(zip(panels, groups, strict=True))
        for trace in _traces(panel, group, place, addresses, theme)
    ]
    shown = [effect for group in groups for effect in group]
    return Chart(
        name="forest",
        figure=draw(panels, traces, theme),
        title=_title(shown),
        description=_description(shown),
        table=_table(shown),
        legend=_legend(groups),
        sources=tuple(dict.fromkeys(source for effect in shown for source in effect.sources)),
        links=tuple(_address(effect, addresses) for effect in shown),
    )


def _groups(effects: Iterable[Effect]) -> list[list[Effect]]:
    """Return the effects of each panel: benefit before harm, ratios first, then shares of people, then other units."""
    groups: dict[tuple, list[Effect]] = {}
    for effect in effects:
        side = "" if effect.scale == RATIO else effect.better
        groups.setdefault((effect.harm, effect.scale != RATIO, effect.scale != PEOPLE, effect.scale, side), []).append(effect)
    return [sorted(groups[key], key=lambda e: (not e.pooled, not e.randomised, -(e.year or 0))) for key in sorted(groups)]


# --- panels and their axes ---


def _panel(group: list[Effect]) -> Panel:
    first = group[0]
    rows = tuple(Row(_capitalised(effect.outcome), _about(effect), LETTERS) for effect in group)
    kind = "Harms. " if first.harm else ""
    if first.scale == RATIO:
        return Panel(rows, AXIS_TITLE, f"{kind}Ratios, turned so that above 1 favours IVIG", _ratio_axis(group))
    arms = any(_in_arms(effect) for effect in group)
    less = "fewer" if first.scale == PEOPLE else "less"
    better = "more is better" if first.better == "higher" else f"{less} is better{', so the scale is reversed' * arms}"
    heading = f"{kind}{_capitalised(first.scale)}: {better}"
    if not arms:
        return Panel(rows, AXIS_TITLE, f"{heading}; above 0 favours IVIG", _difference_axis(group))
    beside = {"title": {"text": "IVIG better →", "standoff": 4, "font": {"size": 12}}, **_difference_axis(group)}
    return Panel(rows, "in each group", heading, _arm_axis(group), beside if any(_has_mark(effect) for effect in group) else None)


def _in_arms(effect: Effect) -> bool:
    return effect.ivig is not None and effect.control is not None


def _has_mark(effect: Effect) -> bool:
    """Whether an effect is more than the difference of two printed values."""
    return effect.measure != "arms" or effect.low is not None


def _ratio_axis(group: list[Effect]) -> dict:
    """Return a logarithmic axis with 1 in the middle that holds all estimates, and intervals up to `WIDEST_RATIO`."""
    limit = _ratio_limit(group)
    steps = [step for step in RATIO_STEPS if step <= limit]
    steps = [step for step in steps if step in (10, 100, 1000)] if limit > 20 else steps
    values = [*(1 / step for step in reversed(steps)), 1, *steps]
    texts = [*(f"1/{step}" for step in reversed(steps)), "1", *(str(step) for step in steps)]
    return {"type": "log", "range": [-log10(limit), log10(limit)], "tickvals": values, "ticktext": texts}


def _ratio_limit(group: list[Effect]) -> float:
    def furthest(values: Iterable[float]) -> float:
        return max((exp(abs(log(value))) for value in values if 0 < value < float("inf")), default=1.0)

    estimates = furthest(effect.estimate for effect in group)
    ends = furthest(end for effect in group for end in (effect.low, effect.high) if end is not None)
    return max(1.5 * estimates, 1.15 * min(ends, WIDEST_RATIO), 2.3)


def _difference_axis(group: list[Effect]) -> dict:
    ends = [abs(value) for effect in group for value in (effect.estimate, effect.low, effect.high) if value is not None]
    limit = 1.1 * max(ends) or 1.0
    return {"range": [-limit, limit], "nticks": 5}


def _arm_axis(group: list[Effect]) -> dict:
    """Return the axis of the values in each group; where less is better it runs from right to left.

    It holds 0, so that a small difference looks small.
    """
    if group[0].scale == PEOPLE:
        ends, ticks = [-14, 114], {"tickvals": [0, 50, 100]}
    else:
        values = [0.0, *(value for effect in group if _in_arms(effect) for value in (effect.ivig, effect.control))]
        low, high = min(values), max(values)
        pad = 0.2 * (high - low) or 1.0
        ends, ticks = [low - pad, high + pad], {"nticks": 4}
    return {"range": ends if group[0].better == "higher" else ends[::-1], **ticks}


# --- marks ---


def _traces(panel: Panel, group: list[Effect], place: int, addresses: Mapping[str, str], theme: str) -> list:
    rows = list(zip(group, panel.heights, strict=True))
    arms = [(effect, y) for effect, y in rows if _in_arms(effect)]
    marks = [(effect, y) for effect, y in rows if _has_mark(effect)]
    traces = _arms(arms, axes(place), addresses, theme) if arms else []
    if marks:
        axis = panel.axis if panel.beside is None else panel.beside
        traces += _effects(marks, axis, axes(place, beside=panel.beside is not None), addresses, theme)
    return traces


def _arms(rows: list[tuple[Effect, int]], on: dict, addresses: Mapping[str, str], theme: str) -> list:
    """Return two marks a row, the value with IVIG and without, and the line between them."""
    colours = palette(theme)
    line = _line([(min(e.ivig, e.control), max(e.ivig, e.control), y) for e, y in rows], colours.muted, on)
    ahead = [(e.ivig >= e.control) == (e.better == "higher") for e, _ in rows]
    kinds = [
        ("Comparison", "control", colours.surface, [not side for side in ahead]),
        ("IVIG", "ivig", colours.strength["strong"], ahead),
    ]
    return [line] + [
        go.Scatter(
            name=label,
            x=[getattr(effect, column) for effect, _ in rows],
            y=[y for _, y in rows],
            mode="markers+text",
            text=[f" {number(getattr(effect, column))} " for effect, _ in rows],
            textposition=["middle right" if right else "middle left" for right in sides],
            cliponaxis=False,
            marker={"symbol": "circle", "size": 11, "color": fill, "line": {"color": colours.outline, "width": 1.6}},
            **_hover([(effect, f"{label}: {number(getattr(effect, column))} ({effect.scale})") for effect, _ in rows], addresses),
            **on,
        )
        for label, column, fill, sides in kinds
    ]


def _effects(rows: list[tuple[Effect, int]], axis: dict, on: dict, addresses: Mapping[str, str], theme: str) -> list:
    """Return the line of no difference beside each row, the intervals, the estimates, and arrows where an interval is cut."""
    colours, null = palette(theme), rows[0][0].null
    left, right = _ends(axis)
    heights = [y for _, y in rows]
    middle = go.Scatter(
        x=[x for _ in rows for x in (null, null, None)],
        y=[end for y in heights for end in (y - MARK_PX // 2, y + MARK_PX // 2, None)],
        mode="lines",
        line={"color": colours.muted, "width": 1.2},
        hoverinfo="skip",
        **on,
    )
    intervals = [(max(e.low, left), min(e.high, right), y) for e, y in rows if e.low is not None]
    traces = [middle, _line(intervals, colours.outline, on)] if intervals else [middle]
    fills = [colours.strength[LEVEL_OF[e.verdict]] if e.verdict in LEVEL_OF else colours.muted for e, _ in rows]
    traces.append(
        go.Scatter(
            x=[effect.estimate for effect, _ in rows],
            y=heights,
            mode="markers",
            marker={
                "symbol": [_symbol(effect) + ("-open" if effect.computed else "") for effect, _ in rows],
                "size": [SIZES[_symbol(effect)] for effect, _ in rows],
                "opacity": 1,  # marks of several sizes are translucent by default
                "color": fills,
                "line": {"color": [f if e.computed else colours.outline for f, (e, _) in zip(fills, rows, strict=True)], "width": 1.6},
            },
            **_hover([(effect, _drawn(effect)) for effect, _ in rows], addresses),
            **on,
        )
    )
    cuts = [(effect, y, end) for effect, y in rows for end in _cut(effect, left, right)]
    if cuts:
        traces.append(
            go.Scatter(
                x=[end for _, _, end in cuts],
                y=[y for _, y, _ in cuts],
                mode="markers",
                cliponaxis=False,
                marker={
                    "symbol": ["triangle-left" if end == left else "triangle-right" for _, _, end in cuts],
                    "size": 9,
                    "color": colours.outline,
                },
                **_hover([(effect, f"The interval runs past the axis: {_drawn(effect)}") for effect, _, _ in cuts], addresses),
                **on,
            )
        )
    return traces


def _line(spans: list[tuple[float, float, int]], colour: str, on: dict) -> go.Scatter:
    return go.Scatter(
        x=[x for low, high, _ in spans for x in (low, high, None)],
        y=[end for *_, y in spans for end in (y, y, None)],
        mode="lines",
        line={"color": colour, "width": 2},
        hoverinfo="skip",
        **on,
    )


def _ends(axis: dict) -> tuple[float, float]:
    left, right = axis["range"]
    return (10**left, 10**right) if axis.get("type") == "log" else (left, right)


def _cut(effect: Effect, left: float, right: float) -> tuple[float, ...]:
    """Return the ends of the axis that the interval runs past."""
    if effect.low is None:
        return ()
    return (left,) * (effect.low < left) + (right,) * (effect.high > right)


def _symbol(effect: Effect) -> str:
    if not effect.randomised:
        return OBSERVED
    return POOLED if effect.pooled else RANDOMISED


def _hover(rows: Sequence[tuple[Effect, str]], addresses: Mapping[str, str]) -> dict:
    texts = []
    for effect, told in rows:
        parts = [effect.study, effect.outcome, told, VERDICTS[effect.verdict]]
        texts.append("<br>".join(escape(line) for part in parts for line in wrap(part, HOVER_LETTERS)) + "<br>Click: open the source")
    return {
        "hovertext": texts,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [_address(effect, addresses) for effect, _ in rows],
    }


def _address(effect: Effect, addresses: Mapping[str, str]) -> str:
    return addresses[effect.sources[0]]


# --- words ---


def _about(effect: Effect) -> str:
    """Return what stands under the name of an outcome: the study, its size, what it compared, and its numbers."""
    parts = [effect.study + (f", {effect.year}" if effect.year and str(effect.year) not in effect.study else "")]
    parts += [f"{effect.people:,} people"] if effect.people else []
    parts += [] if effect.randomised else ["not randomised"]
    parts += [f"against {_uncapitalised(effect.comparator)}", _numbers(effect)]
    parts += [] if effect.certainty == "not-graded" else [f"certainty {effect.certainty.replace('-', ' ')}"]
    return "; ".join(parts)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapitalised(text: str) -> str:
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def _numbers(effect: Effect) -> str:
    """Return the number that a row is about; the values of the groups stand at their marks, the unit above the panel."""
    chance = f"no interval, {told}" if (told := p_in_words(effect.p_value)) else "no interval"
    if effect.computed:
        return f"{_drawn(effect)}, computed"
    if effect.measure == "arms":
        return chance
    told = effect.words[0] if effect.scale == RATIO else effect.words[0].replace(f" {effect.scale}", "", 1)
    return told if "interval" in told else f"{told}, {chance}"


def _drawn(effect: Effect) -> str:
    """Return an effect as it is drawn, turned towards IVIG."""
    show = _tenths if effect.scale == PEOPLE else _short
    text = f"{'ratio' if effect.scale == RATIO else 'difference'} towards IVIG {show(effect.estimate)}"
    if effect.scale == PEOPLE:
        text += " points"
    if effect.low is None:
        return text
    return f"{text} ({number(effect.level)}% interval {show(effect.low)} to {show(effect.high)})"


def _tenths(value: float) -> str:
    return number(round(value, 1) + 0.0)


def _short(value: float) -> str:
    """Return a number with three digits that matter.

    >>> _short(1 / 0.49), _short(-2.4390), _short(float("inf"))
    ('2.04', '−2.44', 'without end')
    """
    return "without end" if value == float("inf") else number(float(f"{value:.3g}"))


def _title(shown: list[Effect]) -> str:
    benefit, harm = [e for e in shown if not e.harm], [e for e in shown if e.harm]
    if not shown:
        return "No comparable outcome is recorded"
    title = _benefit(benefit) if benefit else "No outcome of benefit can be compared"
    if harm:
        worse = _count(harm, "against")
        title += f"; {worse or 'none'} of {_many(len(harm), 'harm')} {'are' if worse > 1 else 'is'} worse with IVIG beyond chance"
    return title


def _benefit(effects: list[Effect]) -> str:
    favour, against, unknown = (_count(effects, verdict) for verdict in ("for", "against", "unknown"))
    title = f"{favour or 'None'} of {_many(len(effects), 'comparable outcome')} {_favours(favour)} IVIG beyond chance"
    title += f", {against} {_favours(against)} the comparison" if against else ""
    return title + (f"; for {unknown} chance cannot be judged" if unknown else "")


def _count(effects: list[Effect], verdict: str) -> int:
    return sum(effect.verdict == verdict for effect in effects)


def _many(size: int, what: str) -> str:
    return f"{size} {what}{'' if size == 1 else 's'}"


def _favours(size: int) -> str:
    return "favour" if size > 1 else "favours"


def _description(shown: list[Effect]) -> str:
    if not shown:
        return "There is nothing to draw."
    parts = [f"{'harm: ' if e.harm else ''}{e.outcome} ({e.study}), {_drawn(e)}, {VERDICTS[e.verdict]}" for e in shown]
    return (
        f"{_many(len(shown), 'outcome')}, each turned so that a ratio above 1 or a difference above 0 favours IVIG. "
        f"{'; '.join(parts)}. Pooled analyses may hold trials that also stand here by themselves, so outcomes are not added up."
    )


def _table(shown: list[Effect]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Outcome": [("Harm: " if e.harm else "") + e.outcome for e in shown],
            "Study": [e.study for e in shown],
            "Year": [str(e.year or "not printed") for e in shown],
            "People": [str(e.people or "not printed") for e in shown],
            "Compared with": [e.comparator for e in shown],
            "As the source gives it": ["; ".join(e.words) for e in shown],
            "Turned towards IVIG": [_drawn(e) + ("" if e.scale in (RATIO, PEOPLE) else f", {e.scale}") for e in shown],
            "Interval": [_origin(e) for e in shown],
            "Finding": [VERDICTS[e.verdict] for e in shown],
            "Kind": ["pooled" * e.pooled or "one study" for e in shown],
            "Randomised": ["yes" if e.randomised else "no" for e in shown],
            "Certainty": [e.certainty.replace("-", " ") for e in shown],
            "Limit": [e.caveat or "none printed" for e in shown],
        }
    )


def _origin(effect: Effect) -> str:
    """Return where the interval comes from."""
    if effect.counts:
        return "computed from {} of {} with IVIG and {} of {} without (Newcombe's score method)".format(*effect.counts)
    return "not known" if effect.low is None else "printed"


def _legend(groups: list[list[Effect]]) -> tuple[tuple[str, str], ...]:
    """Return the marks that the figure uses, by their names in the page's stylesheet."""
    used = set()
    for group in groups:
        panel = _panel(group)
        left, right = _ends(panel.axis if panel.beside is None else panel.beside)
        marked = [effect for effect in group if _has_mark(effect)]
        used |= {{POOLED: "pooled", RANDOMISED: "randomised", OBSERVED: "observed"}[_symbol(effect)] for effect in marked}
        used |= {effect.verdict for effect in marked} | {"computed" for effect in marked if effect.computed}
        used |= {"cut" for effect in marked if _cut(effect, left, right)}
        used |= {"ivig", "control"} if any(_in_arms(effect) for effect in group) else set()
    return tuple((label, f"forest-{name}") for name, label in LEGEND.items() if name in used)
