"""The tables are read as their description says, and the real ones hold what the project promises."""

from __future__ import annotations

import csv
import json
import re

import pandas as pd
import pytest

import ivig_explainer as ivig
from ivig_explainer.dataset import DataError, read_descriptor, shipped, split_list

PROMISED = {
    "conditions": 155,
    "regimens": 230,
    "statuses": 280,
    "evidence": 280,
    "mechanisms": 15,
    "adverse_reactions": 27,
    "products": 23,
    "infusion_rates": 60,
    "figures": 320,
}
TABLES = sorted(path.stem for path in shipped("data").glob("*.csv"))
# Words of the workshop in which the tables were made; a reader of a table has no use for them.
WORKSHOP = re.compile(r"\b(retrieved|excerpt|excerpts|dossier|dossiers|corpus|corpora)\b", re.IGNORECASE)


def texts(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return (id, column, text) of every text of a table, list items one by one."""
    found = []
    for column in table:
        for row, cell in zip(table["id"], table[column], strict=True):
            items = cell if isinstance(cell, tuple) else (cell,)
            found += [(row, column, item) for item in items if isinstance(item, str)]
    return found


class TestLoad:
    def test_every_file_becomes_the_table_of_its_name(self, data):
        """There is one DataFrame for each CSV file, and no other."""
        assert sorted(data.tables()) == TABLES

    @pytest.mark.parametrize("name", TABLES)
    def test_a_table_holds_every_row_and_cell_of_its_file(self, data, name):
        """Ids and columns are those of the file, in its order; exactly the empty cells are missing or empty lists."""
        with (shipped("data") / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        table = data.tables()[name]
        assert list(table.columns) == header
        assert table["id"].tolist() == [line[0] for line in lines]
        for position, column in enumerate(header):
            unknown = [not cell if isinstance(cell, tuple) else bool(pd.isna(cell)) for cell in table[column]]
            assert unknown == [line[position] == "" for line in lines], column

    def test_columns_have_the_types_of_their_description(self, small):
        """Integers may be missing, numbers are floats, booleans are booleans, lists are tuples, text is text."""
        regimen = small.regimens.iloc[0]
        assert regimen["days_low"] == 2
        assert str(small.regimens["days_low"].dtype) == "Int64"
        assert regimen["dose_g_per_kg_high"] == 2.0
        assert str(small.regimens["dose_g_per_kg_low"].dtype) == "float64"
        assert small.statuses["historical"].tolist() == [False, False, True]
        assert small.conditions.loc[0, "sources"] == ("alpha-2001", "beta-2002")
        assert small.conditions.loc[3, "abbreviations"] == ()
        assert pd.isna(small.conditions.loc[3, "course"])

    def test_the_text_none_is_not_a_missing_value(self, package):
        """Only an empty cell is missing: "NA", "None" and "nan" are words."""
        for line, word in ((2, "NA"), (3, "None"), (4, "nan")):
            package.put("conditions", line, "note", word)
        assert package.load().conditions["note"].tolist()[:3] == ["NA", "None", "nan"]

    def test_version_and_date_are_those_of_the_description(self, data):
        """The data set carries the version and the date of datapackage.json."""
        descriptor = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
        assert (data.version, data.created) == (descriptor["version"], descriptor["created"])

    def test_loading_twice_reads_once(self, package):
        """The same folder gives the same data set, however it is written."""
        assert ivig.load(package.folder) is ivig.load(str(package.folder / ".." / "data"))

    def test_a_data_set_is_frozen(self, small):
        """A table of a data set cannot be replaced."""
        with pytest.raises(AttributeError):
            small.conditions = None


class TestErrors:
    def test_a_folder_without_a_description(self, tmp_path):
        """The message names the file that was looked for, and what to name instead."""
        with pytest.raises(DataError, match=r"datapackage\.json: not found; name the folder that holds datapackage\.json"):
            ivig.load(tmp_path)

    def test_a_broken_description(self, package):
        """The message says that the description is no JSON."""
        (package.folder / "datapackage.json").write_text("{", encoding="utf-8")
        with pytest.raises(DataError, match=r"datapackage\.json: cannot be read as JSON"):
            package.load()

    @pytest.mark.parametrize("content", [[], {}, {"resources": [{}]}, {"resources": []}])
    def test_a_description_of_something_else(self, package, content):
        """JSON that does not describe our tables is refused by name."""
        (package.folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(DataError, match=r"datapackage\.json: "):
            package.load()

    def test_a_description_without_one_of_the_tables(self, package):
        """A table that this version needs and the description lacks is named."""
        descriptor = read_descriptor(package.folder)
        descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "glossary"]
        (package.folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        with pytest.raises(DataError, match="glossary"):
            package.load()

    def test_a_missing_table(self, package):
        """The message names the file and the command that lists what is missing."""
        package.path("products").unlink()
        with pytest.raises(DataError, match=r"products\.csv: not found; `ivig-explainer check .*` lists what is missing"):
            package.load()

    def test_a_cell_of_another_type(self, package):
        """The message names the file and the command that names the line."""
        package.put("regimens", 2, "days_low", "two")
        with pytest.raises(DataError, match=r"regimens\.csv: does not fit its description: .*; `ivig-explainer check .*` names the lines"):
            package.load()

    def test_another_encoding(self, package):
        """A table that is not UTF-8 is refused by name."""
        package.path("sources").write_bytes(package.path("sources").read_bytes().replace(b"Delta", b"D\xe9lta"))
        with pytest.raises(DataError, match=r"sources\.csv: does not fit its description"):
            package.load()


class TestSplitList:
    @pytest.mark.parametrize(
        ("cell", "items"),
        [("a; b", ("a", "b")), ("a", ("a",)), ("a, b", ("a, b",)), (None, ()), (float("nan"), ())],
    )
    def test_items_are_separated_by_semicolon_and_blank(self, cell, items):
        """A list cell gives its items, a missing cell none; a comma separates nothing."""
        assert split_list(cell) == items


class TestPromises:
    @pytest.mark.parametrize(("name", "least"), PROMISED.items())
    def test_a_table_has_at_least_the_promised_rows(self, data, name, least):
        """The tables do not shrink below what the project promises."""
        assert len(data.tables()[name]) >= least

    @pytest.mark.parametrize("name", [name for name in TABLES if name != "sources"])
    def test_every_row_names_a_source(self, data, name):
        """No statement stands without at least one source, and every named source is in the table of sources."""
        table = data.tables()[name]
        known = set(data.sources["id"])
        assert [row for row, sources in zip(table["id"], table["sources"], strict=True) if not sources] == []
        assert {source for sources in table["sources"] for source in sources} <= known

    @pytest.mark.parametrize("name", TABLES)
    def test_list_columns_hold_tuples(self, data, name):
        """Every cell of a column that the description calls a list is a tuple of text."""
        [resource] = [r for r in read_descriptor(data.folder)["resources"] if r["name"] == name]
        for column in (f["name"] for f in resource["schema"]["fields"] if "items" in f):
            cells = data.tables()[name][column]
            assert all(isinstance(cell, tuple) and all(isinstance(item, str) and item for item in cell) for cell in cells), column

    def test_every_column_is_described(self, data):
        """A reader finds for every column what it holds, and for every number its unit where it has one."""
        for resource in read_descriptor(data.folder)["resources"]:
            for field in resource["schema"]["fields"]:
                assert field["description"].strip(), (resource["name"], field["name"])

    @pytest.mark.parametrize("name", TABLES)
    def test_tables_speak_to_their_reader(self, data, name):
        """No text of the tables speaks of the workshop in which they were made."""
        found = [(row, column, text) for row, column, text in texts(data.tables()[name]) if WORKSHOP.search(text)]
        assert found == []

    @pytest.mark.parametrize("name", TABLES)
    def test_text_is_clean(self, data, name):
        """No text has blanks at its ends, two in a row, control characters, or marks of a lost encoding."""
        dirty = re.compile(r"^\s|\s$|  |[\x00-\x1f\x7f\ufffd]|Ã.|â€")
        assert [(row, column, text) for row, column, text in texts(data.tables()[name]) if dirty.search(text)] == []

    def test_addresses_are_of_the_web(self, data):
        """Every source has an http or https address with a host."""
        pattern = re.compile(r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?([/?#]\S*)?")
        assert [url for url in data.sources["url"] if not pattern.fullmatch(url)] == []


class TestArticle:
    def part(self, data, part: str) -> pd.DataFrame:
        return data.conditions[[part in parts for parts in data.conditions["article_part"]]].set_index("id")

    @pytest.mark.parametrize(
        ("category", "ids"),
        [
            ("Immunodeficiency", {"cvid", "scid", "secondary-hypogammaglobulinaemia"}),
            ("Neurological", {"cidp", "gbs", "mmn"}),
            ("Haematological", {"itp-adult", "itp-child", "autoimmune-haemolytic-anaemia"}),
        ],
    )
    def test_the_eight_conditions_of_the_articles_table_stand_in_its_categories(self, data, category, ids):
        """CVID, SCID, hypogammaglobulinaemia; CIDP, Guillain-Barré, MMN; ITP (adults and children) and AIHA, and no other."""
        named = self.part(data, "table")
        assert set(named.index[named["category"] == category]) == ids

    def test_the_articles_table_has_three_categories(self, data):
        """No condition of the article's table stands in a fourth category."""
        assert set(self.part(data, "table")["category"]) == {"Immunodeficiency", "Neurological", "Haematological"}

    def test_the_articles_bullet_list_is_present(self, data):
        """Primary immunodeficiency (CVID, XLA); GBS, CIDP, myasthenia gravis; ITP; Kawasaki disease and systemic vasculitides."""
        ids = set(self.part(data, "list").index)
        named = {
            "primary-immunodeficiency",
            "cvid",
            "xla",
            "gbs",
            "cidp",
            "myasthenia-gravis",
            "itp-adult",
            "itp-child",
            "kawasaki-disease",
        }
        assert named <= ids
        assert [i for i in ids if "vasculitis" in i]

    def test_the_articles_future_uses_are_present(self, data):
        """Alzheimer's disease, chronic pain syndromes, and states after a virus infection."""
        ids = set(self.part(data, "future").index)
        assert {"alzheimers-disease", "complex-regional-pain-syndrome", "long-covid"} <= ids
