"""How often reactions to IVIG are reported: ranges by reaction, and numbers by study, one panel for each base of counting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, palette, sources_of
from ivig_explainer.reactions import BASES, SEVERITIES, frequency, number, ordered, short

ROW_HEIGHT_PX = 26  # of the marks; the lines of the label above them come on top
LINE_HEIGHT_PX = 17
HEADING_PX, AXIS_PX = 26, 52
LABEL_WIDTH = 44  # in letters, so that a line fits on a phone
SYMBOLS = {"serious": "diamond", "moderate": "square", "mild": "circle"}
COLOURS = {"serious": "#d55e00", "moderate": "#e69f00", "mild": "#56b4e9"}  # Okabe and Ito
SEEN = "#08519c", "#9ecbf2"
TICKS = [step * 10.0**power for power in range(-4, 2) for step in (1, 2, 5)] + [100.0]
MARGIN = {"l": 12, "r": 40, "t": 4, "b": 8}
OPEN_END_PX = 30
NO_BREAK = "\N{NO-BREAK SPACE}"
RANGES = {"interval-95": "95% interval", "interval-90": "90% interval", "min-max": "lowest to highest", "stated-range": "range as stated"}


@dataclass(frozen=True)
class _Row:
    """One line of a panel: a range from `low` to `high`, and marks at `points` (each with a symbol and a colour).

    `label` stands above them, in lines.
    """

    key: str
    label: tuple[str, ...]
    low: float
    high: float
    points: tuple[tuple[float, str, str], ...]
    hover: str
    colour: str
    thick: bool = True
    open_end: bool = False

    @property
    def height(self) -> int:
        return ROW_HEIGHT_PX + LINE_HEIGHT_PX * len(self.label)


@dataclass(frozen=True)
class _Panel:
    title: str
    unit: str
    rows: list[_Row]

    @property
    def height(self) -> int:
        return sum(row.height for row in self.rows)

    def places(self) -> list[float]:
        """Return where the marks of each row stand, in pixels from the top."""
        ends = accumulate(row.height for row in self.rows)
        return [end - ROW_HEIGHT_PX / 2 for end in ends]


def reactions(table: pd.DataFrame, theme: str = "light", level: str = "student") -> Chart:
    """Draw the range of reported frequencies of each reaction on a logarithmic axis, one panel for each base.

    `table` has the columns of `adverse_reactions`; reactions without a frequency are left out. `level` "plain" gives
    them their lay names. Marks carry the id of the reaction as customdata. A bound ("at least") ends in an arrow.
    """
    known = ordered(table[table["frequency_pct_low"].notna()])
    names = known["lay_name"] if level == "plain" else known["name"].map(short)
    known = known.assign(shown=names)
    panels = []
    for basis, (title, unit) in BASES.items():
        rows = known[known["frequency_basis"] == basis]
        if not rows.empty:
            panels.append(_Panel(title, f"% {unit}, logarithmic", [_reaction(row) for row in rows.itertuples()]))
    drawn = _draw(panels, theme, logarithmic=True, meanings={SYMBOLS[severity]: word for severity, word in SEVERITIES.items()})
    legend = tuple((word, f"severity-{severity}") for severity, word in SEVERITIES.items() if severity in set(known["severity"]))
    words = _reactions_title(known), _reactions_description(known)
    return Chart("reactions", drawn, *words, _reactions_table(known), legend, sources_of(known))


def studies(rows: pd.DataFrame, name: str, theme: str = "light") -> Chart:
    """Draw the frequencies of one reaction by study on axes from zero, one panel for each set of comparable rows.

    `rows` are those of `ivig_explainer.reactions.frequencies`, `name` is what they are about. A thin line is a
    confidence interval, a thick one a range; a hollow mark is the comparison group.
    """
    colour = SEEN[theme == "dark"]
    panels: list[_Panel] = []
    for _, inside in rows.sort_values("frequency_basis", key=lambda b: b.map(list(BASES).index), kind="stable").groupby(
        "panel", sort=False
    ):
        title, unit = BASES[inside["frequency_basis"].iloc[0]]
        again = sum(panel.title.startswith(title) for panel in panels)
        title += ": another group, not to be compared" * bool(again)
        lines = sorted((_study(row, colour) for row in inside.itertuples()), key=lambda row: -max(p[0] for p in row.points))
        panels.append(_Panel(title, f"% {unit}", lines))
    drawn = _draw(panels, theme, logarithmic=False, meanings={"circle": "with IVIG", "circle-open": "comparison group, such as placebo"})
    legend = [("with IVIG", "seen")]
    if rows["pct_comparison"].notna().any():
        legend.append(("comparison group, such as placebo", "compared"))
    title, description = _studies_title(rows, name), _studies_description(rows, name)
    return Chart("reaction-studies", drawn, title, description, _studies_table(rows), tuple(legend), sources_of(rows))


def _reaction(row) -> _Row:
    open_end = pd.isna(row.frequency_pct_high)
    high = row.frequency_pct_low if open_end else row.frequency_pct_high
    words = frequency(row.frequency_pct_low, row.frequency_pct_high, row.frequency_basis)
    symbol, colour = SYMBOLS[row.severity], COLOURS[row.severity]
    value = f"at least {number(row.frequency_pct_low)}%" if open_end else words.partition("%")[0].replace(" to ", "–") + "%"
    return _Row(
        key=row.id,
        label=_label(row.shown, value),
        low=row.frequency_pct_low,
        high=high,
        points=tuple((end, symbol, colour) for end in dict.fromkeys((row.frequency_pct_low, high))),
        hover=f"{escape(row.shown)}<br>{SEVERITIES[row.severity]}<br>{words}",
        colour=colour,
        open_end=open_end,
    )


def _study(row, colour: str) -> _Row:
    ends = [end for end in (row.pct_low, row.pct_high) if not pd.isna(end)]
    values = [row.pct] if not pd.isna(row.pct) else ends
    name = row.name.partition(": ")[2] or row.name
    name = name.removesuffix(", per infusion").removesuffix(", per patient").removesuffix(", per course")
    points = [(value, "circle", colour) for value in values]
    words = _study_words(row)
    if not pd.isna(row.pct_comparison):
        points.append((row.pct_comparison, "circle-open", colour))
        words += f"<br>Comparison: {number(row.pct_comparison)}% ({escape(row.comparison_label)})"
    low, high = (min(ends), max(ends)) if len(ends) > 1 else (values[0], values[0])
    hover = f"{'<br>'.join(_lines(row.name, LABEL_WIDTH))}<br>{words}"
    value = f"{number(round(row.pct, 4))}%" if not pd.isna(row.pct) else f"{number(low)}–{number(high)}%"
    thick = row.range_is not in ("interval-95", "interval-90")
    return _Row(row.id, _label(name[:1].upper() + name[1:], value), low, high, tuple(points), hover, colour, thick)


def _study_words(row) -> str:
    span = (
        f"{number(round(row.pct_low, 4))} to {number(round(row.pct_high, 4))}%"
        if not pd.isna(row.pct_low) and not pd.isna(row.pct_high)
        else ""
    )
    if pd.isna(row.pct):
        return span
    return f"{number(round(row.pct, 4))}%" + (f" ({RANGES.get(row.range_is, 'range')} {span})" if span else "")


def _label(name: str, value: str) -> tuple[str, ...]:
    """Return the lines of a label: the name, and the number in bold."""
    *before, last = _lines(f"{name}: {value.replace(' ', NO_BREAK)}", LABEL_WIDTH)
    start, _, _ = last.rpartition(value.replace(" ", NO_BREAK))
    return (*before, f"{start}<b>{value}</b>")


def _lines(text: str, width: int) -> list[str]:
    return [escape(line) for line in wrap(text, width, break_long_words=False, break_on_hyphens=False)]


def _draw(panels: list[_Panel], theme: str, *, logarithmic: bool, meanings: dict[str, str]) -> go.Figure:
    """Return the panels below each other, each with axes of its own; `meanings` says what each symbol stands for."""
    colours = palette(theme)
    sizes = [HEADING_PX + panel.height + AXIS_PX for panel in panels]
    total = sum(sizes) or 1
    layout: dict = {"margin": MARGIN, "barmode": "overlay", "hovermode": "closest", "annotations": []}
    layout["height"] = total + MARGIN["t"] + MARGIN["b"]
    traces: list = []
    for place, (panel, top) in enumerate(zip(panels, accumulate([0, *sizes]), strict=False), start=1):
        suffix = "" if place == 1 else str(place)
        start = top + HEADING_PX
        domain = [1 - (start + panel.height) / total, 1 - start / total]
        layout[f"xaxis{suffix}"] = _x_axis(panel, colours, suffix, logarithmic=logarithmic)
        layout[f"yaxis{suffix}"] = _y_axis(panel, domain, suffix, colours)
        traces += _traces(panel, suffix, colours, meanings)
        layout["annotations"] += [_heading(panel, 1 - top / total), *_labels(panel, suffix)]
        layout["annotations"] += _arrows(panel, suffix, colours, logarithmic=logarithmic)
    return figure(traces, theme, **layout)


def _x_axis(panel: _Panel, colours, suffix: str, *, logarithmic: bool) -> dict:
    seen = [value for row in panel.rows for value in (row.low, row.high, *(p[0] for p in row.points))]
    axis = {
        "anchor": f"y{suffix}",
        "title": {"text": panel.unit, "standoff": 4, "font": {"size": 12}},
        "gridcolor": colours.line,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12},
        "tickangle": 0,
    }
    if not logarithmic:
        return axis | {"range": [0, 1.06 * max(seen)], "rangemode": "tozero", "ticksuffix": "%", "nticks": 6}
    low, high = min(seen) / 1.8, min(max(seen) * 1.5, 100)
    inside = [tick for tick in TICKS if low <= tick <= high]
    if math.log10(high / low) > 1.5:  # the others would run into each other on a phone
        inside = [tick for tick in inside if f"{tick:.0e}"[0] != "2"]
    ticks = {"tickvals": inside, "ticktext": [f"{number(tick)}%" for tick in inside]}
    return axis | {"type": "log", "range": [math.log10(low), math.log10(high)], **ticks}


def _y_axis(panel: _Panel, domain: list[float], suffix: str, colours) -> dict:
    return {
        "anchor": f"x{suffix}",
        "domain": domain,
        "range": [panel.height, 0],
        "tickvals": panel.places(),
        "showticklabels": False,
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": colours.line,
    }


def _traces(panel: _Panel, suffix: str, colours, meanings: dict[str, str]) -> list:
    """Return the bars and lines of the ranges, and over them the marks."""
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    rows = list(zip(panel.places(), panel.rows, strict=True))
    ranged = [(place, row) for place, row in rows if row.high > row.low]
    bars = go.Bar(
        y=[place for place, _ in ranged],
        base=[row.low for _, row in ranged],
        x=[row.high - row.low for _, row in ranged],
        width=[10 if row.thick else 3 for _, row in ranged],
        orientation="h",
        marker={"color": [row.colour for _, row in ranged], "opacity": 0.55, "line": {"width": 0}},
        customdata=[row.key for _, row in ranged],
        hovertemplate=[f"{row.hover}<extra></extra>" for _, row in ranged],
        **axes,
    )
    points = [(place, row, *point) for place, row in rows for point in row.points]
    marks = go.Scatter(
        x=[value for _, _, value, _, _ in points],
        y=[place for place, *_ in points],
        mode="markers",
        meta=meanings,
        marker={
            "symbol": [symbol for *_, symbol, _ in points],
            "color": [colour for *_, colour in points],
            "size": 13,
            "line": {"color": colours.outline, "width": 1.2},
        },
        customdata=[row.key for _, row, *_ in points],
        hovertemplate=[f"{row.hover}<extra></extra>" for _, row, *_ in points],
        cliponaxis=False,
        **axes,
    )
    return [bars, marks]


def _heading(panel: _Panel, upper: float) -> dict:
    return {
        "text": f"<b>{escape(panel.title)}</b>",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": upper,
        "yref": "paper",
        "yanchor": "top",
        "showarrow": False,
        "align": "left",
    }


def _labels(panel: _Panel, suffix: str) -> list[dict]:
    return [
        {
            "text": "<br>".join(row.label),
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": place - ROW_HEIGHT_PX / 2 + 3,
            "yref": f"y{suffix}",
            "yanchor": "bottom",
            "showarrow": False,
            "align": "left",
            "borderpad": 0,
        }
        for place, row in zip(panel.places(), panel.rows, strict=True)
    ]


def _arrows(panel: _Panel, suffix: str, colours, *, logarithmic: bool) -> list[dict]:
    """Return an arrow for each open end; its length is the same for all and means nothing."""
    return [
        {
            "text": "",
            "x": math.log10(row.high) if logarithmic else row.high,
            "xref": f"x{suffix}",
            "xshift": OPEN_END_PX,
            "y": place,
            "yref": f"y{suffix}",
            "ax": 6 - OPEN_END_PX,
            "ay": 0,
            "showarrow": True,
            "arrowhead": 2,
            "arrowwidth": 2,
            "arrowcolor": colours.outline,
        }
        for place, row in zip(panel.places(), panel.rows, strict=True)
        if row.open_end
    ]


def _reactions_title(known: pd.DataFrame) -> str:
    ranged = known[known["frequency_basis"] == "per-patient"]
    spread = ranged["frequency_pct_high"] - ranged["frequency_pct_low"]
    if not (spread > 0).any():
        return "How often reactions are reported, by what is counted"
    widest = ranged.loc[spread.idxmax()]
    low, high = number(widest["frequency_pct_low"]), number(widest["frequency_pct_high"])
    return f"Reports differ widely: counted per patient, {_lower(widest['shown'].partition(',')[0])} runs from {low} to {high}%"


def _lower(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _reactions_description(known: pd.DataFrame) -> str:
    parts = []
    for basis, (title, _) in BASES.items():
        rows = known[known["frequency_basis"] == basis]
        if not rows.empty:
            words = [f"{r.shown} ({r.severity}) {frequency(r.frequency_pct_low, r.frequency_pct_high, basis)}" for r in rows.itertuples()]
            parts.append(f"{title}: {'; '.join(words)}.")
    ending = " Each base has an axis of its own; numbers of different bases cannot be compared."
    return " ".join(parts) + ending if parts else "There is nothing to draw."


def _reactions_table(known: pd.DataFrame) -> pd.DataFrame:
    order = known.sort_values("frequency_basis", key=lambda b: b.map(list(BASES).index), kind="stable")
    return pd.DataFrame(
        {
            "Reaction": order["shown"],
            "Severity": order["severity"].map(SEVERITIES),
            "Counted": order["frequency_basis"].map(lambda basis: BASES[basis][0].removeprefix("Counted ")),
            "Lowest": order["frequency_pct_low"].map(lambda low: f"{number(low)}%"),
            "Highest": order["frequency_pct_high"].map(lambda high: "not known" if pd.isna(high) else f"{number(high)}%"),
        }
    ).reset_index(drop=True)


def _studies_title(rows: pd.DataFrame, name: str) -> str:
    if rows.empty:
        return f"{name}: no frequency by study is known"
    bases = [BASES[basis][1].removeprefix("of ") for basis in BASES if basis in set(rows["frequency_basis"])]
    one = len(rows) == 1
    return f"{name}: {len(rows)} number{'s' * (not one)}, counted in {' and in '.join(bases)}" + (
        ", never on one axis" if len(bases) > 1 else ""
    )


def _studies_description(rows: pd.DataFrame, name: str) -> str:
    parts = [f"{row.name}: {_study_words(row)} {BASES[row.frequency_basis][1]}" for row in rows.itertuples()]
    return f"Frequencies of {_lower(name)} by study. " + "; ".join(parts) + "." if parts else "There is nothing to draw."


def _studies_table(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What": rows["name"],
            "Counted": rows["frequency_basis"].map(lambda basis: BASES[basis][0].removeprefix("Counted ")),
            "Frequency": [_study_words(row) for row in rows.itertuples()],
            "Comparison": [
                "" if pd.isna(r.pct_comparison) else f"{number(r.pct_comparison)}% ({r.comparison_label})" for r in rows.itertuples()
            ],
            "In whom": rows["population"].fillna("not stated"),
        }
    ).reset_index(drop=True)
