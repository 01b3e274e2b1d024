"""The table of selected conditions as CSV, Excel and JSON, each with its notice, date, data version and sources."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import LIST_SEPARATOR, Dataset, read_descriptor
from ivig_explainer.references import address, in_words
from ivig_explainer.selection import Selection

NOTICE = "For education only, not medical advice: ask a board-certified immunologist, or the specialist for the condition."
FORMATS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
_MIME = {
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class File:
    """A file to save: its name, its media type, its bytes."""

    name: str
    mime: str
    content: bytes


def export(data: Dataset, selection: Selection, form: str) -> File:
    """Return the selected conditions as a file of the format `form` ("csv", "xlsx" or "json")."""
    write: Callable[[Dataset, Selection], bytes] = {"csv": _csv, "xlsx": _xlsx, "json": _json}[form]
    name = f"ivig-conditions-{data.version}-{date.today().isoformat()}.{form}"
    return File(name, _MIME[form], write(data, selection))


def selected(data: Dataset, selection: Selection) -> pd.DataFrame:
    """Return the selected conditions with their evidence level, lists joined to text."""
    table = selection.apply(data).copy()
    table.insert(table.columns.get_loc("detail_level"), "evidence_strength", grading.grade(data).reindex(table["id"]).to_numpy())
    for column in table:
        if table[column].map(lambda cell: isinstance(cell, tuple)).any():
            table[column] = table[column].map(lambda cell: LIST_SEPARATOR.join(cell) if isinstance(cell, tuple) else cell)
    return table.astype(object).where(table.notna(), None)


def cited(data: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    """Return id, reference and address of the sources that the rows of `table` name."""
    ids = {source for cell in table["sources"] if cell for source in cell.split(LIST_SEPARATOR)}
    sources = data.sources[data.sources["id"].isin(ids)]
    rows = [(s.id, in_words(s), address(s)) for s in sources.itertuples(index=False)]
    return pd.DataFrame(rows, columns=["id", "reference", "address"])


def _about(data: Dataset, selection: Selection) -> dict[str, str]:
    return {
        "title": "What is IVIG used for? Selected conditions",
        "notice": NOTICE,
        "data_version": data.version,
        "data_checked": data.created,
        "exported_on": date.today().isoformat(),
        "selection": selection.to_query() or "all conditions",
        "licence": "CC BY 4.0",
    }


def _csv(data: Dataset, selection: Selection) -> bytes:
    """One header line and one line a condition, so that every reader of CSV opens it; the notice is a column."""
    table = selected(data, selection)
    references = dict(zip(*cited(data, table)[["id", "address"]].to_numpy().T, strict=True)) if len(table) else {}
    table["source_addresses"] = [LIST_SEPARATOR.join(references[s] for s in cell.split(LIST_SEPARATOR)) for cell in table["sources"]]
    about = _about(data, selection)
    for name in ("data_version", "exported_on", "notice"):
        table[name] = about[name]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_harmless(cell) for cell in row] for row in table.itertuples(index=False))
    return text.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows UTF-8


def _harmless(cell: object) -> object:
    """Keep a spreadsheet from reading text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _json(data: Dataset, selection: Selection) -> bytes:
    table = selected(data, selection)
    content = _about(data, selection) | {
        "conditions": table.to_dict("records"),
        "sources": cited(data, table).to_dict("records"),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def _xlsx(data: Dataset, selection: Selection) -> bytes:
    # Imported here: a visitor who saves no workbook need not wait for it.
    from openpyxl import Workbook

    table = selected(data, selection)
    book = Workbook()
    _sheet(book.active, "Conditions", table)
    _sheet(book.create_sheet(), "Sources", cited(data, table))
    _sheet(book.create_sheet(), "Columns", _columns(data))
    _sheet(book.create_sheet(), "About", pd.DataFrame(_about(data, selection).items(), columns=["what", "value"]))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _columns(data: Dataset) -> pd.DataFrame:
    """Return what each column of the conditions' sheet means."""
    resource = next(r for r in read_descriptor(data.folder)["resources"] if r["name"] == "conditions")
    rows = [(f["name"], f["description"]) for f in resource["schema"]["fields"]]
    rows.append(("evidence_strength", "Strength of evidence, computed: " + " ".join(grading.RULE.values())))
    return pd.DataFrame(rows, columns=["column", "description"])


def _sheet(sheet, title: str, table: pd.DataFrame) -> None:
    from openpyxl.cell.cell import TYPE_STRING
    from openpyxl.styles import Font

    sheet.title = title
    for number, row in enumerate([list(table.columns), *table.itertuples(index=False)], start=1):
        for position, value in enumerate(row, start=1):
            cell = sheet.cell(number, position, value if isinstance(value, (int, float)) or value is None else str(value))
            if isinstance(cell.value, str):
                cell.data_type = TYPE_STRING  # text stays text, also where it begins with "="
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    for position, column in enumerate(table.columns, start=1):
        longest = max([len(str(column)), *(len(str(v)) for v in table[column] if v is not None)])
        sheet.column_dimensions[sheet.cell(1, position).column_letter].width = min(max(longest, 10), 60) + 2
