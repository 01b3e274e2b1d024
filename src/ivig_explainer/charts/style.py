"""How our charts look: colours for each theme, fonts, and nothing that costs bytes without being seen."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours of one theme.

    Every fill has an outline of at least 3:1 against the background, and a pattern besides its colour wherever
    order does not tell it apart.
    """

    text: str
    muted: str
    line: str
    outline: str
    surface: str
    strength: dict[str, str]
    access: dict[str, tuple[str, str]]  # by status: the fill, and the ink that is read on it
    category: dict[str, str]


# Okabe and Ito's colours; what stands in the text's colour differs between the themes.
_CATEGORY = {
    "Immunodeficiency": "#009e73",
    "Neurological": "#0072b2",
    "Haematological": "#d55e00",
    "Rheumatological & inflammatory": "#e69f00",
    "Dermatological": "#cc79a7",
    "Infectious disease": "#f0e442",
    "Obstetric & neonatal": "#56b4e9",
    "Other": "#999999",
}
LIGHT = Palette(
    text="#1b2430",
    muted="#55606e",
    line="#dfe4ea",
    outline="#33414f",
    surface="#ffffff",
    strength={
        "strong": "#08519c",
        "moderate": "#4292c6",
        "limited": "#b4d3ea",
        "conflicting": "#e0a82e",
        "no-benefit": "#c8442b",
        "not-graded": "#ffffff",
    },
    access={
        "licensed": ("#00705a", "#ffffff"),
        "funded-routinely": ("#08519c", "#ffffff"),
        "funded-with-conditions": ("#6aaed6", "#10161c"),
        "exceptional-only": ("#c6dbef", "#10161c"),
        "not-funded": ("#c8442b", "#ffffff"),
        "not-licensed": ("#e0a82e", "#10161c"),
    },
    category=_CATEGORY | {"Transplantation": "#1b2430"},
)
DARK = Palette(
    text="#e8edf3",
    muted="#a9b4c0",
    line="#313b47",
    outline="#cfd8e2",
    surface="#141a21",
    strength={
        "strong": "#9ecbf2",
        "moderate": "#4a90cf",
        "limited": "#1f4a75",
        "conflicting": "#e0a82e",
        "no-benefit": "#d9573d",
        "not-graded": "#141a21",
    },
    access={
        "licensed": ("#4cc9a6", "#10161c"),
        "funded-routinely": ("#9ecbf2", "#10161c"),
        "funded-with-conditions": ("#4a90cf", "#10161c"),
        "exceptional-only": ("#1f4a75", "#e8edf3"),
        "not-funded": ("#f08a72", "#10161c"),
        "not-licensed": ("#e0a82e", "#10161c"),
    },
    category=_CATEGORY | {"Transplantation": "#e8edf3"},
)
PATTERNS = {"conflicting": "/", "no-benefit": "x", "not-graded": "."}
HATCHING = {"fillmode": "overlay", "size": 6, "solidity": 0.2}


@dataclass(frozen=True)
class Chart:
    """A picture and what it says.

    `title` states the finding, `description` tells it to who cannot see it, `table` holds every number drawn,
    `legend` a label for each mark (a name that the page's stylesheet draws) that it uses. `sources` are the ids of the
    sources behind what is drawn; `links` has an address for each row of `table`, or is empty.
    """

    name: str
    figure: go.Figure
    title: str
    description: str
    table: pd.DataFrame
    legend: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def sources_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the ids of the sources that the rows of `table` name, each once, in their order; none where it has no such column.

    >>> sources_of(pd.DataFrame({"sources": [("b", "a"), ("a", "c")]}))
    ('b', 'a', 'c')
    """
    return tuple(dict.fromkeys(source for cell in table.get("sources", ()) for source in cell))


def palette(theme: str) -> Palette:
    """Return the palette of "light" or "dark"."""
    return DARK if theme == "dark" else LIGHT


def figure(traces: list, theme: str, **layout: object) -> go.Figure:
    """Return a figure of `traces` in our style, without Plotly's default template (7 kB in every update)."""
    colours = palette(theme)
    base = {
        "template": go.layout.Template(),
        "font": {"family": FONT, "size": 13, "color": colours.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"bgcolor": colours.surface, "bordercolor": colours.outline, "font": {"color": colours.text}},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    }
    return go.Figure(data=traces, layout=base | layout)


def marker(level: str, theme: str) -> dict:
    """Return the marker of an evidence level: colour, outline, and a pattern where its place is not on the scale."""
    colours = palette(theme)
    fill = {"color": colours.strength[level], "line": {"color": colours.outline, "width": 0.8}}
    if level in PATTERNS:
        fill["pattern"] = {"shape": PATTERNS[level], **HATCHING, "fgcolor": colours.outline}
    return fill
