"""Every kind of broken table is refused with its place and what is allowed; the real tables are sound."""

from __future__ import annotations

import json

import pytest

from ivig_explainer.dataset import shipped
from ivig_explainer.validation import Problem, check


def said(package) -> list[str]:
    """Return the problems of a package as they are printed."""
    return [str(problem) for problem in check(package.folder)]


class TestSound:
    def test_the_real_tables_have_no_problem(self):
        """The data that ships is sound."""
        assert check(shipped("data")) == []

    def test_the_small_package_has_no_problem(self, package):
        """What the other tests break is sound before they break it."""
        assert check(package.folder) == []

    def test_a_boundary_is_inside(self, package):
        """A dose of exactly 5 g/kg, and an interval that touches its estimate, are allowed."""
        package.put("regimens", 2, "dose_g_per_kg_high", "5")
        package.put("evidence", 2, "ci_low", "2.4")
        assert check(package.folder) == []

    def test_a_range_with_one_end_is_allowed(self, package):
        """A missing low or high end makes no order to break."""
        package.put("regimens", 2, "dose_g_per_kg_low", "")
        assert check(package.folder) == []


class TestCells:
    @pytest.mark.parametrize(
        ("table", "line", "column", "value", "allowed"),
        [
            ("conditions", 3, "category", "Neurology", ["'Neurology' is not allowed", "Immunodeficiency, Neurological, Haematological"]),
            ("statuses", 4, "status", "maybe-funded", ["'maybe-funded' is not allowed", "licensed, not-licensed, funded-routinely"]),
            ("regimens", 2, "dose_g_per_kg_high", "40", ["40 is out of range", "allowed: 0.05 to 5 g/kg"]),
            ("regimens", 3, "dose_g_per_kg_low", "0.01", ["0.01 is out of range", "allowed: 0.05 to 5 g/kg"]),
            ("products", 2, "concentration_pct", "2", ["2 is out of range", "allowed: 3 to 25 g/100 mL"]),
            ("conditions", 2, "name", "", ["is empty", "a value is required"]),
            ("regimens", 2, "days_low", "two", ["'two' is not of the type integer"]),
            ("regimens", 2, "days_low", "2.5", ["'2.5' is not of the type integer"]),
            ("regimens", 2, "dose_g_per_kg_low", "1,5", ["'1,5' is not of the type number"]),
            ("statuses", 3, "historical", "maybe", ["'maybe' is not of the type boolean"]),
            ("sources", 2, "checked_on", "31/01/2026", ["'31/01/2026' is not of the type date"]),
            ("sources", 4, "url", "ftp://d.example/4", ["'ftp://d.example/4' does not fit", "allowed: pattern https?://.+"]),
            ("sources", 3, "doi", "doi:10.1000/b", ["'doi:10.1000/b' does not fit", "allowed: pattern"]),
            ("regimens", 2, "condition", "cipd", ["'cipd' is not an id of conditions.csv"]),
            ("regimens", 2, "product", "brand-11", ["'brand-11' is not an id of products.csv"]),
            ("condition_mechanisms", 2, "mechanism", "magic", ["'magic' is not an id of mechanisms.csv"]),
            ("conditions", 2, "sources", "alpha-2001; omega-1999", ["'omega-1999' is not an id of sources.csv"]),
            ("article_claims", 2, "conditions", "cidp; cipd", ["'cipd' is not an id of conditions.csv"]),
            ("glossary", 2, "see_also", "igz", ["'igz' is not an id of glossary.csv"]),
            ("conditions", 2, "article_part", "table; footnote", ["'footnote' is not allowed", "allowed: table, list, future"]),
            ("conditions", 2, "icd10", "G61.8; g62", ["'g62' does not fit", "allowed: pattern"]),
            ("conditions", 2, "synonyms", "one;two", ["list items are separated by '; '"]),
            ("conditions", 2, "synonyms", "one; ", ["list items are separated by '; '", "none is empty"]),
            ("products", 2, "vial_sizes_g", "2.5; five", ["'five' is not a number"]),
        ],
    )
    def test_a_wrong_cell_is_reported_once_with_its_place_and_what_is_allowed(self, package, table, line, column, value, allowed):
        """A cell that breaks its column's rule gives one problem, at its physical line and column."""
        package.put(table, line, column, value)
        [problem] = said(package)
        assert problem.startswith(f"{table}.csv:{line}:{column}: ")
        for part in allowed:
            assert part in problem

    @pytest.mark.parametrize("column", ["plain_summary", "pathophysiology", "why_ivig"])
    def test_a_full_condition_has_its_three_texts(self, package, column):
        """A condition with `detail_level` full needs its summary, its pathophysiology and its reason."""
        package.put("conditions", 2, column, "")
        assert said(package) == [f"conditions.csv:2:{column}: is empty; required where detail_level is full"]

    def test_a_listed_condition_needs_no_summary(self, package):
        """A condition that is only listed may be without texts, as the small package's line 3 is."""
        package.put("conditions", 2, "detail_level", "listed")
        package.put("conditions", 2, "plain_summary", "")
        assert check(package.folder) == []


class TestRows:
    @pytest.mark.parametrize(
        ("table", "line", "left", "low", "right", "high"),
        [
            ("regimens", 2, "dose_g_per_kg_low", "3", "dose_g_per_kg_high", "2"),
            ("regimens", 3, "days_low", "3", "days_high", "1"),
            ("adverse_reactions", 2, "frequency_pct_low", "60", "frequency_pct_high", "50"),
            ("evidence", 2, "ci_low", "2.5", "estimate", "2.4"),
            ("evidence", 2, "estimate", "3.9", "ci_high", "3.8"),
        ],
    )
    def test_low_may_not_be_above_high(self, package, table, line, left, low, right, high):
        """A low end above its high end, or an estimate outside its interval, names both columns and numbers."""
        package.put(table, line, left, low)
        package.put(table, line, right, high)
        assert said(package) == [f"{table}.csv:{line}:{left}: {low} is above {right} ({high})"]

    def test_events_may_not_outnumber_people(self, package):
        """No more people can have an event than there were people."""
        package.put("evidence", 2, "ivig_events", "60")
        package.put("evidence", 2, "ivig_n", "59")
        assert said(package) == ["evidence.csv:2:ivig_events: 60 is above ivig_n (59)"]

    def test_an_id_may_stand_only_once(self, package):
        """A repeated id is reported at its second row."""
        package.write("sources", [*package.read("sources"), package.read("sources")[-1]])
        [problem] = said(package)
        assert problem.startswith("sources.csv:6:id: duplicated id")

    def test_rows_are_sorted_by_id(self, package):
        """A row that stands after one with a greater id is reported, with that id."""
        lines = package.read("sources")
        lines[1], lines[2] = lines[2], lines[1]
        package.write("sources", lines)
        assert said(package) == ["sources.csv:3:id: rows are sorted by id; this one stands after 'beta-2002'"]

    def test_a_source_that_nobody_cites_is_an_orphan(self, package):
        """A source must be cited by a row or by prose."""
        package.folder.joinpath("prose", "overview.md").write_text("No citation.\n", encoding="utf-8")
        assert said(package) == ["sources.csv:4:id: 'delta-2004' is cited by no row and no prose"]

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("no JSON", "lectures/own.json: the file is not JSON, or not in UTF-8"),
            ('{"id": "other", "title": "x"}', "lectures/own.json:id: 'other' is not the name of the file"),
            (
                '{"id": "own", "title": "x", "scenes": [{"title": "In 9 of 10"}]}',
                "lectures/own.json:scene 1: its title holds a number; the finding of the chart gives numbers, and notes can cite them",
            ),
            (
                '{"id": "own", "title": "x", "scenes": [{"notes": "Ask.\\n\\nIt is 9."}]}',
                "lectures/own.json:scene 1: line 3 of its notes holds a number but no citation; end the sentence with [@source]",
            ),
            (
                '{"id": "own", "title": "x", "scenes": [{"notes": "It is 9 [@nobody-1900]."}]}',
                "lectures/own.json:scene 1: 'nobody-1900' is not an id of sources.csv",
            ),
        ],
    )
    def test_a_ready_lecture_is_held_to_its_sources(self, package, text, sentence):
        """Each file of data/lectures is a lecture, and every number of its notes cites a source that exists."""
        package.folder.joinpath("lectures").mkdir()
        package.folder.joinpath("lectures", "own.json").write_text(text, encoding="utf-8")
        assert said(package) == [sentence]

    def test_a_source_that_only_a_lecture_cites_is_used(self, package):
        """What speaker notes cite counts as cited."""
        package.folder.joinpath("prose", "overview.md").write_text("No citation.\n", encoding="utf-8")
        package.folder.joinpath("lectures").mkdir()
        text = '{"id": "own", "title": "x", "scenes": [{"notes": "It is 9 [@delta-2004]."}]}'
        package.folder.joinpath("lectures", "own.json").write_text(text, encoding="utf-8")
        assert said(package) == []

    def test_a_citation_in_prose_names_a_source(self, package):
        """An unknown source in prose is reported with the prose's own file and line."""
        path = package.folder / "prose" / "overview.md"
        path.write_text(path.read_text(encoding="utf-8") + "\nMore [@alpha-2001; @nobody-1900].\n", encoding="utf-8")
        assert said(package) == ["prose/overview.md:4: 'nobody-1900' is not an id of sources.csv"]

    def test_a_number_in_prose_has_a_citation(self, package):
        """A sentence with a number but no source is reported with the prose's own file and line; a name with a digit is none."""
        path = package.folder / "prose" / "overview.md"
        path.write_text(path.read_text(encoding="utf-8") + "IgG1 is one of them.\nIt lasts 21 days.\n", encoding="utf-8")
        assert said(package) == ["prose/overview.md:4: holds a number but no citation; end the sentence with [@source]"]

    def test_prose_in_another_encoding(self, package):
        """Prose that is not UTF-8 is reported at its line."""
        path = package.folder / "prose" / "more.md"
        path.write_bytes("Antibodies.\nGuillain-Barré\n".encode("latin-1"))
        assert said(package) == ["prose/more.md:2: is not UTF-8; save the text with the encoding UTF-8"]


class TestFiles:
    def test_a_missing_table(self, package):
        """A missing file is reported once, not again by every row that refers to it."""
        package.path("mechanisms").unlink()
        assert said(package) == ["mechanisms.csv: the file is missing"]

    def test_a_missing_table_of_sources(self, package):
        """Without the sources, no row's citation is blamed."""
        package.path("sources").unlink()
        assert said(package) == ["sources.csv: the file is missing"]

    def test_a_folder_in_place_of_a_table(self, package):
        """What cannot be read as a file is reported with the system's reason."""
        package.path("mechanisms").unlink()
        package.path("mechanisms").mkdir()
        [problem] = said(package)
        assert problem.startswith("mechanisms.csv: the file cannot be read: ")

    def test_a_missing_column(self, package):
        """A column that the description has and the table has not is named."""
        package.write("mechanisms", [line[:1] + line[2:] for line in package.read("mechanisms")])
        assert said(package) == ["mechanisms.csv:1: columns differ from datapackage.json; missing: name"]

    def test_an_unknown_column(self, package):
        """A column that the description does not have is named."""
        header, *rows = package.read("mechanisms")
        package.write("mechanisms", [[*header, "colour"], *([*row, "red"] for row in rows)])
        assert said(package) == ["mechanisms.csv:1: columns differ from datapackage.json; unknown: colour"]

    def test_a_misspelt_column(self, package):
        """A misspelt column is both: the right name is missing, the wrong one unknown."""
        package.replace("mechanisms", "explanation", "explanaton")
        assert said(package) == ["mechanisms.csv:1: columns differ from datapackage.json; missing: explanation; unknown: explanaton"]

    def test_columns_in_another_order(self, package):
        """Columns stand in the order of the description."""
        package.write("mechanisms", [[line[1], line[0], *line[2:]] for line in package.read("mechanisms")])
        assert said(package) == ["mechanisms.csv:1: columns differ from datapackage.json; other order"]

    def test_another_encoding(self, package):
        """A byte that is not UTF-8 is reported at its line, with the remedy."""
        text = package.path("sources").read_text(encoding="utf-8").replace("Delta", "Délta")
        package.path("sources").write_bytes(text.encode("latin-1"))
        assert said(package) == ["sources.csv:4: is not UTF-8; save the table with the encoding UTF-8"]

    def test_an_unclosed_quotation_mark(self, package):
        """A quotation mark without its partner is reported at the line on which it opens."""
        package.replace("sources", "Delta", '"Delta')
        [problem] = said(package)
        assert problem.startswith("sources.csv:4: ")
        assert problem.endswith("is a quotation mark not closed?")

    @pytest.mark.parametrize(("tail", "cells"), [(",extra", 15), ("", 13)])
    def test_a_ragged_row(self, package, tail, cells):
        """A row with more or fewer cells than the header is reported with both numbers."""
        lines = package.path("sources").read_text(encoding="utf-8").splitlines()
        assert lines[0].count(",") == 13
        lines[2] = lines[2] + tail if tail else lines[2].rpartition(",")[0]
        package.path("sources").write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert said(package) == [f"sources.csv:3: has {cells} cells where the header has 14"]

    def test_an_empty_table(self, package):
        """A file without even a header is reported."""
        package.path("mechanisms").write_bytes(b"")
        assert said(package) == ["mechanisms.csv:1: the table is empty; its first line names the columns"]

    def test_a_table_of_only_a_header_is_readable(self, package):
        """A table may have no rows; what referred to them is then dangling."""
        package.write("mechanisms", package.read("mechanisms")[:1])
        assert said(package) == ["condition_mechanisms.csv:2:mechanism: 'replaces' is not an id of mechanisms.csv"]

    def test_a_line_break_in_a_cell(self, package):
        """A cell stays on one line, so that lines can be counted and compared; the first line of the row is named."""
        package.put("sources", 3, "title", "Beta\nbeta")
        assert said(package) == ["sources.csv:3: a cell holds a line break; is a quotation mark not closed?"]

    def test_an_empty_line_is_a_ragged_row(self, package):
        """An empty line between rows is refused where it stands."""
        lines = package.path("sources").read_text(encoding="utf-8").splitlines()
        lines.insert(2, "")
        package.path("sources").write_text("\n".join(lines) + "\n", encoding="utf-8")
        [problem] = said(package)
        assert problem.startswith("sources.csv:3: has 0 cells")


class TestDescriptor:
    def test_a_missing_description(self, package):
        """Without datapackage.json there is one problem, which says what to name."""
        (package.folder / "datapackage.json").unlink()
        assert said(package) == ["datapackage.json: not found; name the folder that holds datapackage.json and its tables"]

    def test_a_missing_folder(self, tmp_path):
        """A folder that is not there has no description."""
        [problem] = check(tmp_path / "nowhere")
        assert str(problem).startswith("datapackage.json: not found")

    @pytest.mark.parametrize("text", ["{", "", "\x00"])
    def test_a_description_that_is_no_json(self, package, text):
        """A broken description is one problem."""
        (package.folder / "datapackage.json").write_text(text, encoding="utf-8")
        [problem] = said(package)
        assert problem.startswith("datapackage.json: cannot be read as JSON: ")

    @pytest.mark.parametrize("content", [[], {}, {"resources": [{}]}, {"resources": [{"name": "conditions", "path": "conditions.csv"}]}])
    def test_a_description_of_something_else(self, package, content):
        """JSON that describes no tables is a problem of datapackage.json, not a traceback."""
        (package.folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
        problems = check(package.folder)
        assert problems
        assert {problem.file for problem in problems} == {"datapackage.json"}


class TestMany:
    def test_all_faults_are_reported_in_one_run(self, package):
        """Two faults in one row, one in another table, and a missing table are all reported, sorted by file and line."""
        package.put("regimens", 3, "dose_g_per_kg_low", "40")
        package.put("regimens", 3, "jurisdiction", "FR")
        package.put("conditions", 4, "role", "magic")
        package.path("glossary").unlink()
        places = [(problem.file, problem.line, problem.column) for problem in check(package.folder)]
        assert set(places) == {
            ("conditions.csv", 4, "role"),
            ("glossary.csv", 0, ""),
            ("regimens.csv", 3, "dose_g_per_kg_low"),
            ("regimens.csv", 3, "jurisdiction"),
        }
        assert places == sorted(places)

    def test_every_row_with_the_same_fault_is_reported(self, package):
        """A fault in two rows gives two lines."""
        for line in (2, 4):
            package.put("statuses", line, "kind", "rumour")
        assert [(p.file, p.line, p.column) for p in check(package.folder)] == [("statuses.csv", 2, "kind"), ("statuses.csv", 4, "kind")]


class TestProblem:
    @pytest.mark.parametrize(
        ("problem", "text"),
        [
            (Problem("a.csv", 3, "dose", "is wrong"), "a.csv:3:dose: is wrong"),
            (Problem("a.csv", 3, "", "is ragged"), "a.csv:3: is ragged"),
            (Problem("a.csv", 0, "", "is missing"), "a.csv: is missing"),
        ],
    )
    def test_a_problem_prints_as_file_line_column_message(self, problem, text):
        """What is not known of a place is left out of it."""
        assert str(problem) == text
