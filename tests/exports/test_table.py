"""What is saved holds what was selected, in a form that its reader opens safely, with notice, date, version and sources."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest

from ivig_explainer import grading
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.table import FORMATS, cited, details, export, numbers, selected
from ivig_explainer.selection import Selection

SOME = Selection(category=("Neurological",), age=("children",))
NONE = Selection(q="zzzzzz")
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|'/c calc'!A0",
    'a "quoted" name',
    "<script>alert(1)</script>",
    "免疫グロブリン, IVIG",
    "it's; two\\",
    "two\nlines",
    "الغلوبولين المناعي",
]


def read_csv(file) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def read_xlsx(file):
    return openpyxl.load_workbook(io.BytesIO(file.content))


def read_json(file) -> dict:
    return json.loads(file.content.decode("utf-8"))


def records(sheet) -> list[dict]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def about(book) -> dict[str, str]:
    return {row["what"]: row["value"] for row in records(book["About"])}


@pytest.fixture
def nasty(package):
    """Return the small data set with a nasty name, and the exported names by format."""

    def make(name: str):
        package.put("conditions", 5, "name", name)
        return package.load()

    return make


class TestWhatWasSelected:
    @pytest.mark.parametrize("selection", [Selection(), SOME, Selection(q="neuropathy")], ids=["all", "some", "search"])
    def test_every_format_holds_the_selected_conditions_in_their_order(self, data, selection):
        """CSV, Excel and JSON, read again, hold the same conditions as the page, in the same order."""
        ids = selection.apply(data)["id"].tolist()
        assert ids
        assert [row["id"] for row in read_csv(export(data, selection, "csv"))] == ids
        assert [row["id"] for row in records(read_xlsx(export(data, selection, "xlsx"))["Conditions"])] == ids
        assert [row["id"] for row in read_json(export(data, selection, "json"))["conditions"]] == ids

    def test_cells_are_those_of_the_tables(self, small):
        """Lists are joined by '; ', what is unknown is empty, and the evidence level is added."""
        row = read_json(export(small, Selection(q="cidp"), "json"))["conditions"][0]
        assert row["name"] == "Chronic inflammatory demyelinating polyneuropathy"
        assert row["sources"] == "alpha-2001; beta-2002"
        assert row["note"] is None
        assert row["evidence_strength"] == "moderate"

    def test_pandas_reads_the_csv_as_it_is(self, data):
        """The file opens in pandas without options: one row a condition, every level as graded."""
        table = pd.read_csv(io.BytesIO(export(data, SOME, "csv").content))
        expected = grading.grade(data)[SOME.apply(data)["id"].tolist()]
        assert dict(zip(table["id"], table["evidence_strength"], strict=True)) == expected.to_dict()

    def test_the_three_formats_agree(self, data):
        """Cell by cell, the workbook and the CSV hold what the JSON holds; a formula's beginning is marked in the CSV only."""
        wanted = read_json(export(data, SOME, "json"))["conditions"]
        sheet = records(read_xlsx(export(data, SOME, "xlsx"))["Conditions"])
        told = [{k: str(v.date()) if isinstance(v, datetime) else v for k, v in row.items()} for row in sheet]
        assert told == [{k: v or None for k, v in row.items()} for row in wanted]
        for row, expected in zip(read_csv(export(data, SOME, "csv")), wanted, strict=True):
            assert {name: row[name].removeprefix("'") for name in expected} == {name: value or "" for name, value in expected.items()}

    @pytest.mark.parametrize("form", FORMATS)
    def test_an_empty_selection_is_an_empty_table_with_its_columns(self, data, form):
        """Nothing selected saves the columns and no row, in every format."""
        file = export(data, NONE, form)
        if form == "csv":
            assert read_csv(file) == []
            assert file.content.decode("utf-8-sig").startswith("id,name,synonyms,")
        elif form == "xlsx":
            assert records(read_xlsx(file)["Conditions"]) == []
            assert read_xlsx(file)["Conditions"]["A1"].value == "id"
        else:
            assert read_json(file)["conditions"] == []
            assert read_json(file)["sources"] == []

    def test_the_table_of_the_page_is_not_changed(self, data):
        """Exporting leaves the data set as it was."""
        before = data.conditions.copy()
        for form in FORMATS:
            export(data, SOME, form)
        pd.testing.assert_frame_equal(data.conditions, before)
        assert "evidence_strength" not in data.conditions


class TestNames:
    @pytest.mark.parametrize("name", NASTY)
    def test_json_keeps_every_name(self, nasty, name):
        """JSON holds the name letter by letter."""
        assert read_json(export(nasty(name), Selection(role=("passive-immunity",)), "json"))["conditions"][0]["name"] == name

    @pytest.mark.parametrize("name", NASTY)
    def test_a_workbook_holds_text_and_no_formula(self, nasty, name):
        """Excel holds the name letter by letter, as text also where it begins like a formula."""
        sheet = read_xlsx(export(nasty(name), Selection(role=("passive-immunity",)), "xlsx"))["Conditions"]
        cell = sheet["B2"]
        assert (cell.value, cell.data_type) == (name, "s")

    def test_a_workbook_leaves_out_what_no_xml_may_hold(self, small):
        """A control character in a note does not keep the workbook from being made, or from being read again."""
        conditions = small.conditions.assign(note=["a\x07bell", None, None, None])
        sheet = read_xlsx(export(replace(small, conditions=conditions), Selection(), "xlsx"))["Conditions"]
        assert "abell" in [row["note"] for row in records(sheet)]

    @pytest.mark.parametrize("name", NASTY)
    def test_no_csv_cell_begins_like_a_formula(self, nasty, name):
        """A name that begins like a formula is led by an apostrophe; every other name is kept letter by letter."""
        [row] = read_csv(export(nasty(name), Selection(role=("passive-immunity",)), "csv"))
        assert row["name"] == (f"'{name}" if name[0] in "=+-@" else name)
        assert [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []

    def test_no_cell_of_the_real_exports_is_a_formula(self, data):
        """No cell of any sheet of the whole data set is of the type formula."""
        book = read_xlsx(export(data, Selection(), "xlsx"))
        assert [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


class TestWhatGoesWithIt:
    @pytest.mark.parametrize("form", FORMATS)
    def test_a_file_is_named_by_what_it_is(self, data, form):
        """The name tells content, data version and day; the media type tells the format."""
        file = export(data, SOME, form)
        name = re.fullmatch(rf"ivig-conditions-{re.escape(data.version)}-(\d{{4}}-\d\d-\d\d)\.{form}", file.name)
        assert date.fromisoformat(name[1]) <= date.today()
        assert {"csv": "text/csv", "xlsx": "spreadsheetml", "json": "application/json"}[form] in file.mime

    def test_notice_version_and_date_are_on_every_row_of_the_csv(self, data):
        """A row that is cut out of the file still says that it teaches and does not advise, and of which version it is."""
        for row in read_csv(export(data, SOME, "csv")):
            assert (row["notice"], row["data_version"]) == (NOTICE, data.version)
            assert date.fromisoformat(row["exported_on"]) <= date.today()
            assert row["source_addresses"].count("http") == row["sources"].count("; ") + 1

    @pytest.mark.parametrize("selection", [SOME, NONE], ids=["some", "none"])
    def test_notice_version_date_and_selection_are_in_the_workbook(self, data, selection):
        """The sheet About says what the workbook is, also of an empty selection."""
        facts = about(read_xlsx(export(data, selection, "xlsx")))
        assert (facts["notice"], facts["data_version"], facts["data_checked"]) == (NOTICE, data.version, data.created)
        assert date.fromisoformat(facts["exported_on"]) <= date.today()
        assert facts["selection"] == selection.to_query()

    @pytest.mark.parametrize("selection", [SOME, NONE, Selection()], ids=["some", "none", "all"])
    def test_notice_version_date_and_selection_are_in_the_json(self, data, selection):
        """The head of the file says what it is, also of an empty selection."""
        content = read_json(export(data, selection, "json"))
        assert (content["notice"], content["data_version"], content["data_checked"]) == (NOTICE, data.version, data.created)
        assert date.fromisoformat(content["exported_on"]) <= date.today()
        assert content["selection"] == (selection.to_query() or "all conditions")

    def test_the_notice_says_education_only(self):
        """The notice says that it is no advice and whom to ask."""
        assert "education only" in NOTICE
        assert "board-certified immunologist" in NOTICE

    @pytest.mark.parametrize("form", ["xlsx", "json"])
    def test_the_sources_are_exactly_those_of_the_rows(self, data, form):
        """Every source that a saved row names is listed with its address, and no other."""
        ids = set(SOME.apply(data)["id"])
        tables = [SOME.apply(data), *(t[t["condition"].isin(ids)] for t in (data.regimens, data.statuses, data.evidence))]
        named = {source for table in tables for sources in table["sources"] for source in sources}
        file = export(data, SOME, form)
        sources = records(read_xlsx(file)["Sources"]) if form == "xlsx" else read_json(file)["sources"]
        assert {source["id"] for source in sources} == named
        assert all(source["address"].startswith("http") and source["reference"] for source in sources)

    def test_every_column_of_the_workbook_is_explained(self, data):
        """The sheet Columns explains each column of each sheet of rows."""
        book = read_xlsx(export(data, SOME, "xlsx"))
        explained = {(row["sheet"], row["column"]) for row in records(book["Columns"]) if row["description"]}
        for name in ("Conditions", "Regimens", "Statuses", "Evidence", "Sources"):
            assert {(name, cell.value) for cell in book[name][1]} <= explained

    def test_links_of_the_workbook_work(self, data):
        """Each source's cell is a link to the address that it shows, and the headers of all sheets stay in view."""
        book = read_xlsx(export(data, SOME, "xlsx"))
        for row in book["Sources"].iter_rows(min_row=2):
            assert row[2].hyperlink.target == row[2].value
        assert {sheet.freeze_panes for sheet in book} == {"B2"}

    def test_columns_of_the_workbook_are_typed(self, data):
        """Numbers are numbers, truths truths, days days."""
        book = read_xlsx(export(data, Selection(q="cidp"), "xlsx"))
        row = records(book["Regimens"])[0]
        assert isinstance(row["dose_g_per_kg_low"], int | float)
        assert isinstance(row["checked_on"], datetime)
        assert {type(row["randomised"]) for row in records(book["Evidence"])} == {bool}


class TestDetails:
    @pytest.mark.parametrize("selection", [Selection(), SOME, NONE], ids=["all", "some", "none"])
    def test_schedules_positions_and_results_are_those_of_the_selection(self, data, selection):
        """Workbook and JSON hold the rows of the three tables that are about a selected condition, and no others."""
        ids = set(selection.apply(data)["id"])
        book, content = read_xlsx(export(data, selection, "xlsx")), read_json(export(data, selection, "json"))
        for name in ("regimens", "statuses", "evidence"):
            table = getattr(data, name)
            wanted = table.loc[table["condition"].isin(ids), "id"].tolist()
            assert details(data, selection)[name]["id"].tolist() == wanted
            assert [row["id"] for row in records(book[name.capitalize()])] == wanted
            assert [row["id"] for row in content[name]] == wanted


class TestNumbers:
    def test_a_charts_table_is_saved_with_its_provenance(self, small):
        """Each line holds the chart's row, data version, day and notice; text that begins like a formula is marked."""
        table = pd.DataFrame({"=Name": ["=1+1", "two\nlines", "<b>"], "Share": [0.5, None, -3]})
        rows = read_csv(numbers(small, "test", table))
        assert [row["'=Name"] for row in rows] == ["'=1+1", "two\nlines", "<b>"]
        assert [row["Share"] for row in rows] == ["0.5", "", "-3.0"]
        assert {(row["data_version"], row["notice"]) for row in rows} == {(small.version, NOTICE)}


class TestSelected:
    def test_lists_become_text_and_unknown_becomes_none(self, small):
        """The table holds only text, numbers and None."""
        table = selected(small, Selection())
        assert table.set_index("id").loc["tetanus", "course"] is None
        assert all(cell is None or isinstance(cell, str) for cell in table.to_numpy().ravel())

    def test_cited_gives_the_best_address(self, small):
        """A source with a DOI is addressed by it."""
        table = cited(small, [selected(small, Selection(q="itp"))])
        assert table.to_dict("records") == [{"id": "beta-2002", "reference": "Beta. B.", "address": "https://doi.org/10.1000/b"}]
