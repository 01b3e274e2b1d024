"""What IVIG does, in which category, for which condition: a tree as nested rectangles."""

from __future__ import annotations

from html import escape

import pandas as pd
import plotly.graph_objects as go

from ivig_explainer.charts.style import Chart, figure, palette, sources_of
from ivig_explainer.grading import LEVELS
from ivig_explainer.selection import ROLES_SHORT as ROLES

HEIGHT_PX = 460
SIGNS = {"conflicting": "≷ ", "no-benefit": "✕ "}  # beside the colour, since a rectangle takes no pattern


def tree(conditions: pd.DataFrame, strengths: pd.Series, theme: str = "light") -> Chart:
    """Draw role > category > condition, each condition coloured by its evidence level.

    `conditions` needs id, name, abbreviations, category and role; `strengths` gives a level by condition id.
    Rectangles carry "role:…", "category:…" or "condition:…" as customdata.
    """
    nodes = _nodes(conditions, strengths)
    colours = palette(theme)
    fills = [colours.strength[level] if level else colours.surface for level in nodes["level"]]
    treemap = go.Treemap(
        ids=nodes["node"].tolist(),
        parents=nodes["parent"].tolist(),
        labels=nodes["label"].tolist(),
        values=nodes["size"].tolist(),
        customdata=nodes["customdata"].tolist(),
        text=nodes["text"].tolist(),
        branchvalues="total",
        textinfo="label",
        hovertemplate="%{text}<extra></extra>",
        marker={"colors": fills, "line": {"color": colours.outline, "width": 0.8}, "pad": {"t": 20, "l": 3, "r": 3, "b": 3}},
        tiling={"packing": "squarify", "pad": 2},
        pathbar={"visible": False},
    )
    drawn = figure([treemap], theme, height=HEIGHT_PX, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    legend = tuple((label, level) for level, label in LEVELS.items() if level in set(nodes["level"]))
    table = _table(conditions, strengths)
    return Chart("tree", drawn, _title(conditions), _description(conditions), table, legend, sources_of(conditions))


def _nodes(conditions: pd.DataFrame, strengths: pd.Series) -> pd.DataFrame:
    """Return one row a rectangle: its id, its parent's, label, size, customdata, hover text and level."""
    rows = []
    for role, in_role in conditions.groupby("role"):
        rows.append((role, "", ROLES[role], len(in_role), f"role:{role}", _size(ROLES[role], in_role), ""))
        for category, inside in in_role.groupby("category"):
            node = f"{role}/{category}"
            rows.append((node, role, category, len(inside), f"category:{category}", _size(category, inside), ""))
            for condition in inside.itertuples():
                level = strengths[condition.id]
                short = condition.abbreviations[0] if condition.abbreviations else condition.name
                label = SIGNS.get(level, "") + escape(short)  # Plotly reads some HTML in its texts
                text = f"{escape(condition.name)}<br>Evidence: {LEVELS[level]}"
                rows.append((condition.id, node, label, 1, f"condition:{condition.id}", text, level))
    return pd.DataFrame(rows, columns=["node", "parent", "label", "size", "customdata", "text", "level"])


def _size(label: str, inside: pd.DataFrame) -> str:
    return f"{label}: {len(inside)} condition{'s' * (len(inside) != 1)}"


def _title(conditions: pd.DataFrame) -> str:
    if conditions.empty:
        return "No condition is selected"
    shares = conditions["role"].value_counts()
    role, size = shares.index[0], int(shares.iloc[0])
    meaning = {
        "replacement": "IVIG replaces missing antibody",
        "immunomodulation": "IVIG calms a misdirected immune system",
        "passive-immunity": "IVIG lends immunity against one infection",
    }[role]
    return f"In {size} of {len(conditions)} condition{'s' * (len(conditions) != 1)}, {meaning}"


def _description(conditions: pd.DataFrame) -> str:
    parts = [
        f"{ROLES[role]}: {', '.join(f'{category} {n}' for category, n in inside['category'].value_counts().items())}"
        for role, inside in conditions.groupby("role")
    ]
    return ". ".join(parts) + "." if parts else "There is nothing to draw."


def _table(conditions: pd.DataFrame, strengths: pd.Series) -> pd.DataFrame:
    table = conditions[["role", "category", "name"]].assign(
        role=conditions["role"].map(ROLES), evidence=[LEVELS[strengths[i]] for i in conditions["id"]]
    )
    table.columns = ["What IVIG does", "Category", "Condition", "Evidence"]
    return table.sort_values(["What IVIG does", "Category", "Condition"]).reset_index(drop=True)
