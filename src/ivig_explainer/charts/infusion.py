"""One session of IVIG drawn: its rate and volume over time, and its length when a dose is split over days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import HATCHING, Chart, figure, palette
from ivig_explainer.infusion import Plan, Run, clock

RATE_STEPS_HEIGHT_PX = 420
ROW_HEIGHT_PX = 48
LABEL_CHARACTERS = 25
TICKS_MIN = (5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880)
MOST_TICKS = 6
DASHES = ("solid", "dash")
STROKES = ("━━", "╍╍")
RATE_COLUMNS = ("Session", "Step", "Rate (mg/kg/min)", "Rate (mL/h)", "Starts at (min)", "Lasts (min)", "Volume (mL)", "Volume so far (mL)")
DURATION_COLUMNS = (
    "Split",
    "Grams a day",
    "mL a day",
    "Vials to open a day",
    "Shortest session (min)",
    "Longest session (min)",
    "All days together, shortest (min)",
    "All days together, longest (min)",
)
NOT_KNOWN = "not known"


def rate_steps(plan: Plan, theme: str = "light") -> Chart:
    """Draw the rate (mL/h) of one day's session over time, and under it the volume that has run in (mL).

    A plan with two runs, its shortest and its longest, is drawn as a solid and a dashed line. A plan without rates
    makes an empty chart that says why.
    """
    traces = [trace for n, run in enumerate(plan.runs) for trace in (_rate(run, n, theme), _volume(run, n, theme))]
    alike = bool(plan.runs) and plan.table.complete  # two runs then have the same rates, and cross
    place = 0.75 if alike and len(plan.runs) > 1 else 0.5
    traces += [_rate_labels(run, place) for run in (plan.runs[-1:] if alike else plan.runs)]
    colours = palette(theme)
    axis = {"gridcolor": colours.line, "zeroline": False, "fixedrange": True, "automargin": True, "rangemode": "tozero"}
    longest = max((run.minutes for run in plan.runs), default=0)
    fastest = max((s.ml_per_h for run in plan.runs for s in run.segments), default=1)
    drawn = figure(
        traces,
        theme,
        height=RATE_STEPS_HEIGHT_PX,
        margin={"l": 8, "r": 12, "t": 26 + 20 * len(plan.runs), "b": 48},
        annotations=[*_panel_names(), *_keys(plan.runs)] if plan.runs else [],
        xaxis=axis
        | _time_ticks(longest)
        | {"anchor": "y2", "ticklabelstandoff": 5, "title": {"text": "hours:minutes since the start", "standoff": 6}},
        yaxis=axis | {"domain": [0.5, 1], "range": [0, fastest * 1.18], "nticks": 5},
        yaxis2=axis | {"domain": [0, 0.36], "nticks": 4},
    )
    return Chart("rate-steps", drawn, _rate_title(plan), _rate_description(plan), _rate_table(plan.runs), sources=plan.sources)


def durations(plans: Sequence[Plan], theme: str = "light", labels: Sequence[str] = ()) -> Chart:
    """Draw one bar per plan: the hours of one day's session.

    Made for one dose split over 1 to 5 days; `labels` names the plans where they differ in something else. Where a
    plan gives a range, the plain bar ends at its shortest session and the hatched one at its longest. Bars of splits
    carry "days:…" as customdata. Plans without a duration get no bar, and the title says so where none has one.
    """
    names = list(labels) or [_days(plan.order.days) for plan in plans]
    known = [(name, plan) for name, plan in zip(names, plans, strict=True) if plan.minutes]
    colours = palette(theme)
    longest = max((plan.minutes[1] / 60 for _, plan in known), default=1)
    ranged = any(plan.minutes[0] < plan.minutes[1] for _, plan in known)
    drawn = figure(
        _bars(known, theme, ranged) if known else [],
        theme,
        barmode="stack",
        bargap=0.4,
        height=ROW_HEIGHT_PX * len(known) + (96 if ranged else 64),
        margin={"l": 8, "r": 8, "t": 44 if ranged else 8, "b": 44},
        annotations=[_bar_label(name, plan) for name, plan in known] + (_bar_keys() if ranged and known else []),
        xaxis={
            "title": {"text": "hours a day", "standoff": 6},
            "automargin": True,
            "gridcolor": colours.line,
            "zeroline": False,
            "range": [0, longest * (2.1 if labels else 1.6)],
            "fixedrange": True,
            "nticks": 7,
        },
        yaxis={"type": "category", "autorange": "reversed", "automargin": True, "fixedrange": True, "ticksuffix": "  "},
    )
    words = _sessions_in_words(known, plans) if labels else _splits_in_words(known, plans)
    sources = tuple(dict.fromkeys(source for plan in plans for source in plan.sources))
    return Chart("durations", drawn, *words, _duration_table(names, plans), sources=sources)


# Rate over time


def _line(n: int, theme: str) -> dict:
    strength = palette(theme).strength
    return {"color": strength["strong"] if n == 0 else strength["moderate"], "width": 2.5, "dash": DASHES[n]}


def _rate(run: Run, n: int, theme: str) -> go.Scatter:
    last = run.segments[-1]
    return go.Scatter(
        name=f"Rate: {run.label}",
        x=[*(s.start_min for s in run.segments), run.minutes],
        y=[*(s.ml_per_h for s in run.segments), last.ml_per_h],
        mode="lines",
        line=_line(n, theme) | {"shape": "hv"},
        hovertemplate=f"{escape(run.label)}<br>%{{x:.0f}} min: %{{y:.0f}} mL/h<extra></extra>",
    )


def _volume(run: Run, n: int, theme: str) -> go.Scatter:
    volumes = _running(s.ml for s in run.segments)
    return go.Scatter(
        name=f"Volume: {run.label}",
        x=[0, *(s.start_min + s.minutes for s in run.segments)],
        y=[0, *volumes],
        yaxis="y2",
        mode="lines",
        line=_line(n, theme),
        hovertemplate=f"{escape(run.label)}<br>%{{x:.0f}} min: %{{y:.0f}} mL<extra></extra>",
    )


def _rate_labels(run: Run, place: float) -> go.Scatter:
    """Return the rates in mg/kg/min, written over their steps, `place` of the way along."""
    return go.Scatter(
        name="mg/kg/min",
        x=[s.start_min + s.minutes * place for s in run.segments],
        y=[s.ml_per_h for s in run.segments],
        mode="text",
        text=[f"{s.rate_mg_per_kg_min:g}" for s in run.segments],
        textposition="top center",
        hoverinfo="skip",
    )


def _panel_names() -> list[dict]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return [
        place | {"y": 1, "text": "Rate in mL/h; on the line, mg/kg/min"},
        place | {"y": 0.37, "text": "Volume run in, mL"},
    ]


def _keys(runs: tuple[Run, ...]) -> list[dict]:
    """Return one line per run over the chart, that shows its stroke and says how long it takes."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return [
        place | {"yshift": 20 * (len(runs) - n), "text": f"{STROKES[n]} {escape(run.label)}: {clock(run.minutes)}"}
        for n, run in enumerate(runs)
    ]


def _time_ticks(minutes: float) -> dict:
    """Return ticks of a time axis in round steps, written as hours:minutes."""
    step = next((t for t in TICKS_MIN if minutes / t <= MOST_TICKS), TICKS_MIN[-1])
    ticks = list(range(0, int(minutes) + step, step))
    return {"tickvals": ticks, "ticktext": [f"{t // 60}:{t % 60:02}" for t in ticks], "range": [0, minutes * 1.03 or 1]}


def _rate_title(plan: Plan) -> str:
    if not plan.runs:
        return f"No rates of {plan.product.brand} to draw for this use"
    dose = f"{_number(plan.grams_per_day)} g of {plan.product.brand}"
    if len(plan.runs) > 1 and not plan.table.complete:
        return f"With only a first and a highest rate stated, {dose} may take {plan.duration}"
    rates = [segment.ml_per_h for segment in plan.runs[-1].segments]
    course = f"the rate rising from {_number(rates[0])} to {_number(rates[-1])} mL/h" if len(rates) > 1 else "at one rate"
    return f"{dose} run in over {plan.duration}, {course}"


def _rate_description(plan: Plan) -> str:
    runs = [f"{run.label}: {_run_in_words(run)}" for run in plan.runs]
    return " ".join([*runs, plan.reason])


def _run_in_words(run: Run) -> str:
    *before, last = [f"{_number(s.ml_per_h)} mL/h for {clock(s.minutes)}" for s in run.segments]
    steps = f"{', '.join(before)}, then {last}" if before else last
    return f"{steps}; {_number(run.ml)} mL are in after {clock(run.minutes)}."


def _rate_table(runs: tuple[Run, ...]) -> pd.DataFrame:
    rows = []
    for run in runs:
        for s, volume in zip(run.segments, _running(s.ml for s in run.segments), strict=True):
            numbers = (s.rate_mg_per_kg_min, s.ml_per_h, s.start_min, s.minutes, s.ml, volume)
            rows.append((run.label, s.step, *map(_tidy, numbers)))
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS), dtype=object)


# Length of sessions


def _bars(known: list[tuple[str, Plan]], theme: str, ranged: bool) -> list[go.Bar]:
    colours = palette(theme)
    outline = {"color": colours.outline, "width": 0.8}
    common = {
        "y": [_wrapped(name) for name, _ in known],
        "orientation": "h",
        "customdata": [f"days:{plan.order.days}" for _, plan in known],
        "hovertext": [f"{escape(name)}: {plan.duration} a day" for name, plan in known],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    shortest = [plan.minutes[0] / 60 for _, plan in known]
    plain = go.Bar(name="Shortest", x=shortest, marker={"color": colours.strength["strong"], "line": outline}, **common)
    if not ranged:
        return [plain]
    pattern = {"shape": "/", **HATCHING, "fgcolor": colours.outline}
    beyond = [(plan.minutes[1] - plan.minutes[0]) / 60 for _, plan in known]
    marker = {"color": colours.strength["limited"], "line": outline, "pattern": pattern}
    return [plain, go.Bar(name="Up to the longest", x=beyond, marker=marker, **common)]


def _bar_label(name: str, plan: Plan) -> dict:
    place = {"x": plan.minutes[1] / 60, "y": _wrapped(name), "xanchor": "left", "xshift": 6, "showarrow": False}
    return place | {"text": plan.duration.replace(" to ", " to<br>"), "align": "left"}


def _bar_keys() -> list[dict]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    texts = ("█ plain: the shortest session", "▨ hatched: up to the longest")
    return [place | {"yshift": shift, "text": text} for shift, text in zip((20, 2), texts, strict=True)]


def _splits_in_words(known: list[tuple[str, Plan]], plans: Sequence[Plan]) -> tuple[str, str]:
    """Return title and description of one dose split over more and more days."""
    if not known:
        return _nothing(plans)
    (first, one), (last, most) = known[0], known[-1]
    title = f"{_number(one.grams)} g of {one.product.brand} take {one.duration} in {first}"
    if len(known) > 1:
        title += f", {most.duration} a day over {last}"
    parts = [f"{name}, {_number(plan.grams_per_day)} g each: {plan.duration} a day" for name, plan in known]
    return title, f"{'; '.join(parts)}. {_together(one, most)}{one.reason}"


def _together(one: Plan, most: Plan) -> str:
    """Return what a split costs in all, where every day starts slowly again."""
    if not one.table.complete or one.order.days == most.order.days:
        return ""
    whole = [clock(plan.minutes[0] * plan.order.days) for plan in (one, most)]
    if whole[0] == whole[1]:
        return ""
    least = "at least " if len(one.runs) > 1 else ""
    return (
        f"Every day starts slowly again, so all sessions together take {least}{whole[0]} over {_days(one.order.days)} "
        f"and {least}{whole[1]} over {_days(most.order.days)}. "
    )


def _sessions_in_words(known: list[tuple[str, Plan]], plans: Sequence[Plan]) -> tuple[str, str]:
    """Return title and description of sessions that differ in dose, days or rate."""
    if not known:
        return _nothing(plans)
    ordered = sorted(known, key=lambda pair: pair[1].minutes[1])
    (_, short), (_, long) = ordered[0], ordered[-1]
    brand = short.product.brand if len({plan.product.id for _, plan in known}) == 1 else "IVIG"
    title = f"One session of {brand} takes {short.duration}, another {long.duration}: the day's dose and the rate decide"
    parts = [f"{name}: {_number(plan.grams_per_day)} g a day, {plan.duration}" for name, plan in known]
    return title, f"{'; '.join(parts)}. {known[0][1].reason}"


def _nothing(plans: Sequence[Plan]) -> tuple[str, str]:
    if not plans:
        return "No session to compare", "There is nothing to draw."
    return f"No rates of {plans[0].product.brand} to compare for this use", plans[0].reason


def _duration_table(names: list[str], plans: Sequence[Plan]) -> pd.DataFrame:
    rows = []
    for name, plan in zip(names, plans, strict=True):
        day = plan.minutes or ()
        times = [*day, *(m * plan.order.days for m in day)] or [None] * 4
        vials = str(plan.vials) if plan.vials else NOT_KNOWN
        rows.append((name, _tidy(plan.grams_per_day), _tidy(plan.ml_per_day), vials, *map(_tidy, times)))
    return pd.DataFrame(rows, columns=list(DURATION_COLUMNS), dtype=object)


# Words and numbers


def _days(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"


def _wrapped(name: str) -> str:
    return "<br>".join(escape(line) for line in wrap(name, LABEL_CHARACTERS))


def _running(values: Iterable[float]) -> list[float]:
    """Return the sums so far."""
    sums, total = [], 0.0
    for value in values:
        total += value
        sums.append(total)
    return sums


def _tidy(value: float | None) -> float | int | str:
    """Round to two decimals; a whole number loses its point, a missing one is said to be so."""
    if value is None:
        return NOT_KNOWN
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _number(value: float) -> str:
    return f"{round(value, 1):.10g}"
