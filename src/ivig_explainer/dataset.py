"""Read the tables of `data/` into one frozen `Dataset`."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import pandas as pd

PACKAGE = Path(__file__).parent
LIST_SEPARATOR = "; "
_DTYPES = {"string": "str", "date": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}


class DataError(Exception):
    """The tables cannot be used; the message says where and what to do."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """All tables, one DataFrame each, as `data/datapackage.json` describes them.

    Columns that hold lists hold tuples of strings; an unknown value is missing (``pd.isna``), an unknown
    list is the empty tuple. Numbers carry their unit in the column's name.

    >>> data = load()
    >>> sorted(data.conditions.loc[data.conditions["id"] == "cidp", "role"])
    ['immunomodulation']
    """

    conditions: pd.DataFrame
    regimens: pd.DataFrame
    statuses: pd.DataFrame
    evidence: pd.DataFrame
    mechanisms: pd.DataFrame
    condition_mechanisms: pd.DataFrame
    adverse_reactions: pd.DataFrame
    risk_factors: pd.DataFrame
    products: pd.DataFrame
    product_indications: pd.DataFrame
    infusion_rates: pd.DataFrame
    figures: pd.DataFrame
    facts: pd.DataFrame
    timeline: pd.DataFrame
    glossary: pd.DataFrame
    article_claims: pd.DataFrame
    sources: pd.DataFrame
    folder: Path
    version: str
    created: str

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by its name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.type == "pd.DataFrame"}


def shipped(name: str) -> Path:
    """Return the folder `name` ("data" or "notebooks") of the installed package, or of the checkout."""
    installed = PACKAGE / "_files" / name
    return installed if installed.is_dir() else PACKAGE.parents[1] / name


def read_descriptor(folder: Path) -> dict:
    """Return `datapackage.json` of `folder`. Raises DataError where it is missing, or does not describe our tables."""
    path = folder / "datapackage.json"
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path}: not found; name the folder that holds datapackage.json and its tables") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}") from None
    if fault := _descriptor_fault(descriptor):
        raise DataError(f"{path}: {fault}")
    return descriptor


def _descriptor_fault(descriptor: object) -> str:
    """Return in what a description is none of the tables of this version; nothing where it is one."""
    try:
        paths = {r["name"]: r["path"] for r in descriptor["resources"] if [f["name"] + f["type"] for f in r["schema"]["fields"]]}
        texts = [descriptor["version"], descriptor["created"], *paths, *paths.values()]
    except (KeyError, TypeError, AttributeError):
        return "does not describe tables; it needs version, created and resources, each with name, path and schema"
    if not all(isinstance(text, str) for text in texts):
        return "version, created, and the name and path of every resource are text"
    wanted = [f.name for f in fields(Dataset) if f.type == "pd.DataFrame"]
    missing, extra = [t for t in wanted if t not in paths], [t for t in paths if t not in wanted]
    parts = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(extra)}"] * bool(extra)
    return "tables differ from those of this version; " + "; ".join(parts) if parts else ""


def load(folder: str | Path | None = None) -> Dataset:
    """Return the data set of `folder` (by default the one that ships with the package).

    It reads and converts; `ivig_explainer.validation.check` is what proves the tables right.
    Raises DataError, naming the file, where a table is missing or does not fit its description.
    """
    return _load((Path(folder) if folder else shipped("data")).resolve())


@cache
def _load(folder: Path) -> Dataset:
    descriptor = read_descriptor(folder)
    tables = {r["name"]: _read_table(folder / r["path"], r["schema"]["fields"]) for r in descriptor["resources"]}
    return Dataset(folder=folder, version=descriptor["version"], created=descriptor["created"], **tables)


def _read_table(path: Path, columns: list[dict]) -> pd.DataFrame:
    dtypes = {c["name"]: _DTYPES[c["type"]] for c in columns}
    try:
        table = pd.read_csv(path, dtype=dtypes, encoding="utf-8", keep_default_na=False, na_values=[""])
    except FileNotFoundError:
        raise DataError(f"{path}: not found; `ivig-explainer check {path.parent}` lists what is missing") from None
    except (OSError, ValueError) as error:
        remedy = f"`ivig-explainer check {path.parent}` names the lines"
        raise DataError(f"{path}: does not fit its description: {error}; {remedy}") from None
    for column in columns:
        if "items" in column and column["name"] in table:
            table[column["name"]] = [split_list(cell) for cell in table[column["name"]]]
    return table


def split_list(cell: object) -> tuple[str, ...]:
    """Split the text of a list cell; a missing cell is the empty tuple.

    >>> split_list("CIDP; GBS")
    ('CIDP', 'GBS')
    """
    return tuple(cell.split(LIST_SEPARATOR)) if isinstance(cell, str) else ()
