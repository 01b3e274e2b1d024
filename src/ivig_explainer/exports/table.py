"""The selected conditions as CSV, Excel and JSON, each with its notice, date, data version and sources; and a chart's numbers as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import date

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import LIST_SEPARATOR, Dataset, read_descriptor
from ivig_explainer.exports.about import LICENCE, NOTICE, File, legal, named
from ivig_explainer.references import address, in_words
from ivig_explainer.selection import Selection

FORMATS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
_MIME = {
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_DETAILS = ("regimens", "statuses", "evidence")  # tables about conditions, each a sheet of its own
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60
_LONGEST_CELL = 32_767  # what a cell of Excel holds


def export(data: Dataset, selection: Selection, form: str) -> File:
    """Return the selected conditions as a file of the format `form` ("csv", "xlsx" or "json")."""
    write: Callable[[Dataset, Selection], bytes] = {"csv": _csv, "xlsx": _xlsx, "json": _json}[form]
    return File(named(data, "conditions", form), _MIME[form], write(data, selection))


def numbers(data: Dataset, name: str, table: pd.DataFrame) -> File:
    """Return what a chart draws, its own table, as CSV: a line a row, with data version, date and notice in columns."""
    about = _provenance(data)
    rows = [[*row, *about.values()] for row in _plain(table).itertuples(index=False)]
    return File(named(data, name, "csv"), _MIME["csv"], _lines([*table.columns, *about], rows))


def selected(data: Dataset, selection: Selection) -> pd.DataFrame:
    """Return the selected conditions with their evidence level, lists joined to text."""
    table = selection.apply(data).copy()
    table.insert(table.columns.get_loc("detail_level"), "evidence_strength", grading.grade(data).reindex(table["id"]).to_numpy())
    return _plain(table)


def details(data: Dataset, selection: Selection) -> dict[str, pd.DataFrame]:
    """Return the schedules, positions and results of the selected conditions, by the name of their table."""
    ids = set(selection.apply(data)["id"])
    return {name: _plain(table[table["condition"].isin(ids)]) for name in _DETAILS for table in [getattr(data, name)]}


def cited(data: Dataset, tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return id, reference and address of the sources that the rows of `tables` name."""
    ids = {source for table in tables for cell in table["sources"] if cell for source in cell.split(LIST_SEPARATOR)}
    sources = data.sources[data.sources["id"].isin(ids)]
    rows = [(s.id, in_words(s), address(s)) for s in sources.itertuples(index=False)]
    return pd.DataFrame(rows, columns=["id", "reference", "address"])


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text, numbers, truths and None, lists joined to text."""
    table = table.copy()
    for column in table:
        if table[column].map(lambda cell: isinstance(cell, tuple)).any():
            table[column] = table[column].map(lambda cell: LIST_SEPARATOR.join(cell) if isinstance(cell, tuple) else cell)
    return table.astype(object).where(table.notna(), None)


def _about(data: Dataset, selection: Selection) -> dict[str, str]:
    return {
        "title": "What is IVIG used for? Selected conditions",
        "notice": NOTICE,
        "data_version": data.version,
        "data_checked": data.created,
        "exported_on": date.today().isoformat(),
        "selection": selection.to_query() or "all conditions",
        "licence": LICENCE,
    }


def _provenance(data: Dataset) -> dict[str, str]:
    about = _about(data, Selection())
    return {name: about[name] for name in ("data_version", "exported_on", "notice")}


def _csv(data: Dataset, selection: Selection) -> bytes:
    """One header line and one line a condition, so that every reader of CSV opens it; the notice is a column."""
    table = selected(data, selection)
    references = dict(zip(*cited(data, [table])[["id", "address"]].to_numpy().T, strict=True)) if len(table) else {}
    table["source_addresses"] = [LIST_SEPARATOR.join(references[s] for s in cell.split(LIST_SEPARATOR)) for cell in table["sources"]]
    for name, value in _provenance(data).items():
        table[name] = value
    return _lines(table.columns, table.itertuples(index=False))


def _lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows UTF-8


def _harmless(cell: object) -> object:
    """Keep a spreadsheet from reading text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _json(data: Dataset, selection: Selection) -> bytes:
    tables = {"conditions": selected(data, selection), **details(data, selection)}
    content = _about(data, selection) | {name: table.to_dict("records") for name, table in tables.items()}
    content["sources"] = cited(data, tables.values()).to_dict("records")
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def _xlsx(data: Dataset, selection: Selection) -> bytes:
    # Imported here: a visitor who saves no workbook need not wait for it.
    from openpyxl import Workbook

    tables = {"conditions": selected(data, selection), **details(data, selection)}
    fields = {r["name"]: r["schema"]["fields"] for r in read_descriptor(data.folder)["resources"]}
    book = Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        days = [field["name"] for field in fields[name] if field["type"] == "date"]
        _sheet(book.create_sheet(), name.capitalize(), table.assign(**{day: table[day].map(_day) for day in days}))
    sources = cited(data, tables.values())
    sheet = book.create_sheet()
    _sheet(sheet, "Sources", sources)
    for row, link in enumerate(sources["address"], start=2):
        sheet.cell(row, 3).hyperlink = link
        sheet.cell(row, 3).style = "Hyperlink"
    _sheet(book.create_sheet(), "Columns", _columns(fields))
    _sheet(book.create_sheet(), "About", pd.DataFrame(_about(data, selection).items(), columns=["what", "value"]))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _columns(fields: dict[str, list[dict]]) -> pd.DataFrame:
    """Return what each column of each sheet means."""
    rows = [(name.capitalize(), field["name"], field["description"]) for name in ("conditions", *_DETAILS) for field in fields[name]]
    rule = "Strength of evidence, computed: " + " ".join(grading.RULE.values())
    rows += [
        ("Conditions", "evidence_strength", rule),
        ("Sources", "id", "The id by which the other sheets name the source."),
        ("Sources", "reference", "Title, publisher and year."),
        ("Sources", "address", "Where the source is; the cell is a link."),
    ]
    return pd.DataFrame(rows, columns=["sheet", "column", "description"])


def _sheet(sheet, title: str, table: pd.DataFrame) -> None:
    from openpyxl.cell.cell import TYPE_STRING
    from openpyxl.styles import Font

    sheet.title = title
    for number, row in enumerate([list(table.columns), *table.itertuples(index=False)], start=1):
        for position, value in enumerate(row, start=1):
            typed = value if isinstance(value, int | float | date) or value is None else legal(str(value))[:_LONGEST_CELL]
            cell = sheet.cell(number, position, typed)
            if isinstance(cell.value, str):
                cell.data_type = TYPE_STRING  # text stays text, also where it begins with "="
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    for position, column in enumerate(table.columns, start=1):
        longest = max([len(str(column)), *(len(str(v)) for v in table[column] if v is not None)])
        sheet.column_dimensions[sheet.cell(1, position).column_letter].width = min(max(longest, 10), _WIDEST) + 2
