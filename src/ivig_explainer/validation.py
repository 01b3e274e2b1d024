"""Prove the tables of `data/` right: every problem in one run, each with its file, line and column.

Schemas (types, enums, patterns, ranges, unique and foreign keys) are checked by `frictionless`, the reference
implementation of the standard in which `datapackage.json` is written, so that what we accept is what any other
Frictionless tool accepts. Written here is only what Table Schema cannot say: what is inside a list cell, the order
of two columns, rows sorted by id, sources that nobody cites, and citations in prose.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ivig_explainer.dataset import LIST_SEPARATOR, DataError, read_descriptor
from ivig_explainer.prose import citations, uncited_numbers
from ivig_explainer.scenes import Lecture, Scene, SceneError


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong at one place of the data, and what would be right."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or ""), self.column) if part)
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]


def check(folder: str | Path) -> list[Problem]:
    """Return every problem of the data package in `folder`, sorted by file and line; none where it is sound."""
    folder = Path(folder)
    try:
        descriptor = read_descriptor(folder)
    except DataError as error:
        return [Problem("datapackage.json", 0, "", str(error).partition(": ")[2])]
    resources = {r["name"]: r for r in descriptor["resources"]}
    tables: dict[str, list[_Row]] = {}
    problems: list[Problem] = []
    for name, resource in resources.items():
        try:
            tables[name] = _read_rows(folder / resource["path"], resource)
        except _Unreadable as error:
            problems.append(error.problem)
    problems += _schema_problems(folder, descriptor, tables)
    known = {name: {row.cells.get("id", "") for row in rows} for name, rows in tables.items()}
    for name, rows in tables.items():
        schema = resources[name]["schema"]
        problems += _list_problems(name, rows, schema, known)
        problems += _order_problems(name, rows, schema)
        problems += _sorting_problems(name, rows)
    problems += _summary_problems(tables.get("conditions", []))
    cited: set[str] = set()
    problems += _lecture_problems(folder, known.get("sources", set()), cited)
    problems += _citation_problems(folder, tables, resources, known, cited)
    return sorted(set(problems))


class _Unreadable(Exception):
    def __init__(self, file: str, line: int, message: str) -> None:
        self.problem = Problem(file, line, "", message)


def _read_rows(path: Path, resource: dict) -> list[_Row]:
    """Return the rows of one table as text; raise _Unreadable where it is no readable table at all."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise _Unreadable(path.name, 0, "the file is missing") from None
    except OSError as error:
        raise _Unreadable(path.name, 0, f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _Unreadable(path.name, line, "is not UTF-8; save the table with the encoding UTF-8") from None
    expected = [field["name"] for field in resource["schema"]["fields"]]
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows, start = [], 1
    try:
        for cells in reader:
            if any("\n" in cell for cell in cells):
                raise _Unreadable(path.name, start, "a cell holds a line break; is a quotation mark not closed?")
            if start == 1:
                header = cells
            elif len(cells) != len(header):
                raise _Unreadable(path.name, start, f"has {len(cells)} cells where the header has {len(header)}")
            else:
                rows.append(_Row(start, dict(zip(header, cells, strict=True))))
            start = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(path.name, start, f"{error}; is a quotation mark not closed?") from None
    if start == 1:
        raise _Unreadable(path.name, 1, "the table is empty; its first line names the columns")
    if header != expected:
        missing, extra = [c for c in expected if c not in header], [c for c in header if c not in expected]
        parts = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(extra)}"] * bool(extra)
        raise _Unreadable(path.name, 1, "columns differ from datapackage.json; " + ("; ".join(parts) or "other order"))
    return rows


def _schema_problems(folder: Path, descriptor: dict, readable: dict) -> Iterator[Problem]:
    # Imported here because it costs half a second that the page never needs.
    from frictionless import Package, Resource

    package = Package(basepath=str(folder))
    for resource in descriptor["resources"]:
        if resource["name"] in readable:
            package.add_resource(Resource.from_descriptor(_without_lost_keys(resource, readable)))
    fields = {r["name"]: {f["name"]: f for f in r["schema"]["fields"]} for r in descriptor["resources"]}
    keys = {r["name"]: r["schema"].get("foreignKeys", []) for r in descriptor["resources"]}
    for task in package.validate().tasks:
        for error in task.errors:
            yield _translate(f"{task.name}.csv", error, fields[task.name], keys[task.name])


def _without_lost_keys(resource: dict, readable: dict) -> dict:
    """Drop foreign keys into tables that could not be read: their absence is reported once, not for every row."""
    schema = dict(resource["schema"])
    schema["foreignKeys"] = [k for k in schema.get("foreignKeys", []) if k["reference"]["resource"] in readable]
    return {**resource, "schema": schema}


def _translate(file: str, error, fields: dict, keys: list) -> Problem:
    """Say a frictionless error in our words, with what is allowed."""
    line = getattr(error, "row_number", None) or 0
    column = getattr(error, "field_name", None) or ""
    cell = getattr(error, "cell", "")
    if error.type == "constraint-error":
        return Problem(file, line, column, _say_constraint(cell, error.note, fields[column]))
    if error.type == "type-error":
        return Problem(file, line, column, f"{cell!r} is not of the type {fields[column]['type']}")
    if error.type == "primary-key":
        return Problem(file, line, "id", f"duplicated id: {error.note}")
    if error.type == "foreign-key":
        column = ", ".join(error.field_names)
        table = next((k["reference"]["resource"] for k in keys if k["fields"] == column), "another table")
        return Problem(file, line, column, f"{error.field_cells[0]!r} is not an id of {table}.csv")
    return Problem(file, line, column, error.message)


def _say_constraint(cell: str, note: str, field: dict) -> str:
    limits = field["constraints"]
    broken = re.search(r'constraint "(\w+)"', note).group(1)
    unit = f" {field['unit']}" if "unit" in field else ""
    match broken:
        case "required":
            return "is empty; a value is required"
        case "enum":
            return f"{cell!r} is not allowed; allowed: {', '.join(limits['enum'])}"
        case "minimum" | "maximum":
            low, high = limits.get("minimum", "any"), limits.get("maximum", "any")
            return f"{cell} is out of range; allowed: {low} to {high}{unit}"
        case _:
            return f"{cell!r} does not fit; allowed: {broken} {limits[broken]}"


def _list_problems(name: str, rows: list[_Row], schema: dict, known: dict) -> Iterator[Problem]:
    for field in schema["fields"]:
        if items := field.get("items"):
            for row in rows:
                if cell := row.cells.get(field["name"]):
                    for item in cell.split(LIST_SEPARATOR):
                        if message := _item_fault(item, items, known):
                            yield Problem(f"{name}.csv", row.line, field["name"], message)


def _item_fault(item: str, items: dict, known: dict) -> str:
    if not item.strip() or item != item.strip() or ";" in item:
        return f"{item!r}: list items are separated by {LIST_SEPARATOR!r} and none is empty"
    if "enum" in items and item not in items["enum"]:
        return f"{item!r} is not allowed; allowed: {', '.join(items['enum'])}"
    if "pattern" in items and not re.fullmatch(items["pattern"], item):
        return f"{item!r} does not fit; allowed: pattern {items['pattern']}"
    if items.get("type") == "number" and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", item):
        return f"{item!r} is not a number"
    reference = items.get("reference")
    if reference in known and item not in known[reference]:
        return f"{item!r} is not an id of {reference}.csv"
    return ""


def _order_problems(name: str, rows: list[_Row], schema: dict) -> Iterator[Problem]:
    """Columns that `ordered` names must not fall from left to right: low <= high, an interval around its estimate."""
    for columns in schema.get("ordered", []):
        for row in rows:
            filled = [(column, number) for column in columns if (number := _number(row.cells[column])) is not None]
            for (left, low), (right, high) in pairwise(filled):
                if low > high:
                    yield Problem(f"{name}.csv", row.line, left, f"{low:g} is above {right} ({high:g})")


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None  # missing, or a type error that frictionless has reported


def _sorting_problems(name: str, rows: list[_Row]) -> Iterator[Problem]:
    for before, row in pairwise(rows):
        if row.cells["id"] < before.cells["id"]:
            yield Problem(f"{name}.csv", row.line, "id", f"rows are sorted by id; this one stands after {before.cells['id']!r}")


def _summary_problems(conditions: list[_Row]) -> Iterator[Problem]:
    for row in conditions:
        if row.cells["detail_level"] == "full":
            for column in ("plain_summary", "pathophysiology", "why_ivig"):
                if not row.cells[column]:
                    yield Problem("conditions.csv", row.line, column, "is empty; required where detail_level is full")


def _lecture_problems(folder: Path, sources: set[str], cited: set[str]) -> Iterator[Problem]:
    """Every ready lecture can be read, and its notes cite sources that exist for each number; `cited` takes what they cite."""
    for path in sorted((folder / "lectures").glob("*.json")):
        file = f"lectures/{path.name}"
        try:
            lecture = Lecture.from_json(path.read_bytes())
        except SceneError as error:
            yield Problem(file, 0, "", str(error))
            continue
        if lecture.id != path.stem:
            yield Problem(file, 0, "id", f"{lecture.id!r} is not the name of the file")
        for number, scene in enumerate(lecture.scenes, start=1):
            cited.update(source for _, source in citations(scene.notes))
            for fault in _scene_faults(scene, sources):
                yield Problem(file, 0, f"scene {number}", fault)


def _scene_faults(scene: Scene, sources: set[str]) -> Iterator[str]:
    if any(uncited_numbers(scene.title)):
        yield "its title holds a number; the finding of the chart gives numbers, and notes can cite them"
    for line in uncited_numbers(scene.notes):
        yield f"line {line} of its notes holds a number but no citation; end the sentence with [@source]"
    for _, source in citations(scene.notes):
        if source not in sources:
            yield f"{source!r} is not an id of sources.csv"


def _citation_problems(folder: Path, tables: dict, resources: dict, known: dict, cited: set[str]) -> Iterator[Problem]:
    """Every citation in prose names a source, and every source is cited by a row, by prose, or already in `cited`."""
    if "sources" not in tables:
        return
    for path in sorted((folder / "prose").glob("*.md")):
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            yield Problem(f"prose/{path.name}", line, "", "is not UTF-8; save the text with the encoding UTF-8")
            continue
        for line in uncited_numbers(text):
            yield Problem(f"prose/{path.name}", line, "", "holds a number but no citation; end the sentence with [@source]")
        for line, source in citations(text):
            cited.add(source)
            if source not in known["sources"]:
                yield Problem(f"prose/{path.name}", line, "", f"{source!r} is not an id of sources.csv")
    for name, rows in tables.items():
        if any(field["name"] == "sources" for field in resources[name]["schema"]["fields"]):
            cited.update(source for row in rows for source in row.cells["sources"].split(LIST_SEPARATOR))
    if len(tables) == len(resources):  # with a table missing, its sources would all seem unused
        for row in tables["sources"]:
            if row.cells["id"] not in cited:
                yield Problem("sources.csv", row.line, "id", f"{row.cells['id']!r} is cited by no row and no prose")
