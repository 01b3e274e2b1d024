"""Where each source is used: the rows that name it, the conditions that those are about, the prose that cites it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pandas as pd

from ivig_explainer import prose
from ivig_explainer.dataset import Dataset

PROSE = "prose"  # stands for a table where a text cites the source


class Use(NamedTuple):
    """One place that names a source: a row of a table, or a text; `condition` is "" where it is about none."""

    table: str
    row: str
    condition: str


@cache
def usage(data: Dataset) -> dict[str, tuple[Use, ...]]:
    """Return for every source the places that name it, table by table, then the prose.

    A row about several conditions is one place for each of them. A source that nothing names has none.

    >>> from ivig_explainer.dataset import load
    >>> usage(load())["aag-japan-2022"][0]
    Use(table='conditions', row='autoimmune-autonomic-neuropathy', condition='autoimmune-autonomic-neuropathy')
    """
    found: dict[str, dict[Use, None]] = {source: {} for source in data.sources["id"]}
    for name, table in data.tables().items():
        if "sources" not in table:
            continue
        for row, conditions, sources in zip(table["id"], _conditions(name, table), table["sources"], strict=True):
            for condition in conditions:
                use = Use(name, row, condition)
                for source in sources:
                    found.setdefault(source, {})[use] = None
    for path in sorted((data.folder / "prose").glob("*.md")):
        for _, source in prose.citations(path.read_text(encoding="utf-8")):
            found.setdefault(source, {})[Use(PROSE, path.stem, "")] = None
    return {source: tuple(uses) for source, uses in found.items()}


def _conditions(name: str, table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return for each row the conditions that it is about, or the empty text where there is none."""
    if name == "conditions":
        return [(condition,) for condition in table["id"]]
    if "conditions" in table:
        return [conditions or ("",) for conditions in table["conditions"]]
    if "condition" in table:
        return [(condition,) for condition in table["condition"].fillna("")]
    return [("",)] * len(table)
