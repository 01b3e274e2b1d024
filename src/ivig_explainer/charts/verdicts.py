"""How the article's statements stand up to the evidence, part by part."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, marker, palette, sources_of

ROW_HEIGHT_PX = 26
VERDICTS = {
    "supported": "Supported",
    "supported-with-limits": "Supported with limits",
    "outdated": "Outdated",
    "contradicted": "Contradicted",
}
PARTS = {
    "title": "Title and first paragraph",
    "mechanism": "How it works",
    "applications": "Uses",
    "table": "Table of uses",
    "infusion": "The infusion",
    "note-hydration": "Note on drinking",
    "side-effects": "Side effects",
    "life-changing": "A changed life",
    "future": "The future",
    "note-specialist": "Note on the specialist",
    "summary": "Summary",
    "related-terms": "Related terms",
}
# Verdicts borrow the looks of evidence levels: from blue over hatched amber to chequered red.
_LOOKS = {"supported": "strong", "supported-with-limits": "limited", "outdated": "conflicting", "contradicted": "no-benefit"}


def verdicts(claims: pd.DataFrame, theme: str = "light") -> Chart:
    """Draw one bar per part of the article, in its order, split by verdict.

    `claims` needs the columns part and verdict (keys of `PARTS` and `VERDICTS`). Bars carry the part as customdata.
    """
    counts = count(claims)
    names = [PARTS[part] for part in counts.index]
    drawn = tuple(verdict for verdict in VERDICTS if counts[verdict].any())
    bars = [
        go.Bar(
            name=VERDICTS[verdict],
            y=names,
            x=counts[verdict].tolist(),
            orientation="h",
            marker=marker(_LOOKS[verdict], theme),
            customdata=counts.index.tolist(),
            hovertemplate=f"%{{y}}<br>{VERDICTS[verdict]}: %{{x}}<extra></extra>",
        )
        for verdict in drawn
    ]
    picture = figure(
        bars,
        theme,
        barmode="stack",
        height=ROW_HEIGHT_PX * len(names) + 60,
        bargap=0.3,
        margin={"l": 8, "r": 8, "t": 4, "b": 44},
        xaxis={
            "title": {"text": "number of statements", "standoff": 6, "font": {"size": 12}},
            "automargin": True,
            "gridcolor": palette(theme).line,
            "zeroline": False,
            "rangemode": "tozero",
            "fixedrange": True,
        },
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "ticksuffix": "  "},
    )
    legend = tuple((VERDICTS[verdict], verdict) for verdict in drawn)
    return Chart("verdicts", picture, _title(counts), _description(counts), _table(counts), legend, sources_of(claims))


def count(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the number of statements by part (rows, in the article's order) and verdict (columns)."""
    pairs = claims.groupby(["part", "verdict"]).size().unstack(fill_value=0)
    parts = [part for part in PARTS if part in pairs.index]
    counts = pairs.reindex(index=parts, columns=list(VERDICTS), fill_value=0)
    return counts.rename_axis(None, axis=0).rename_axis(None, axis=1)


def _title(counts: pd.DataFrame) -> str:
    total = int(counts.to_numpy().sum())
    if not total:
        return "No statement is recorded"
    sizes = {verdict: int(counts[verdict].sum()) for verdict in VERDICTS}
    finding = f"{sizes['supported']} of the article's {total} statement{'s' * (total != 1)} stand as they are"
    wrong = sizes["outdated"] + sizes["contradicted"]
    parts = [f"{sizes['supported-with-limits']} with limits"] if sizes["supported-with-limits"] else []
    parts += [f"{wrong} {'do' if wrong > 1 else 'does'} not hold"] if wrong else []
    return ", ".join([finding, *parts])


def _description(counts: pd.DataFrame) -> str:
    if counts.empty:
        return "There is nothing to draw."
    parts = [
        f"{PARTS[part]}: {', '.join(f'{size} {VERDICTS[verdict].lower()}' for verdict, size in row.items() if size)}"
        for part, row in counts.iterrows()
    ]
    return f"Statements of the article by part and verdict. {'; '.join(parts)}."


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    table = counts.rename(columns=VERDICTS, index=PARTS)
    table.insert(0, "All", counts.sum(axis=1).to_numpy())
    return table.rename_axis("Part of the article").reset_index()
