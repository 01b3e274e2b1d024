"""The access map: which position a cell shows, how far countries are apart, and what the questions mean."""

from __future__ import annotations

import random
import re

import pandas as pd
import pytest

from ivig_explainer import access, grading
from ivig_explainer.access import OPENNESS, Cell, Product
from ivig_explainer.selection import CATEGORIES, REGIONS, STATUSES

BASIS = {"status_basis": "source", "native_term": "a term", "body": "A body", "secondary": "false", "sources": "alpha-2001"}


def put(package, *positions: dict) -> None:
    """Replace all positions of the package; `kind`, `jurisdiction` and `historical` have usual values."""
    header = package.read("statuses")[0]
    usual = BASIS | {"condition": "cidp", "jurisdiction": "UK", "kind": "funding", "historical": "false", "checked_on": "2026-01-31"}
    rows = [usual | {"id": f"p-{number}"} | position for number, position in enumerate(positions)]
    package.write("statuses", [header, *([row.get(column, "") for column in header] for row in rows)])


def row(**statuses: str) -> access.Row:
    """Return a condition's cells: a status by country, all in force; "old:" and "group:" before it say what it is."""
    cells = {}
    for region in REGIONS:
        how, _, status = statuses.get(region, "").rpartition(":")
        kind = "licence" if "licensed" in status else "funding"
        cells[region] = Cell("x", region, status, kind if status else "", historical=how == "old", group="g" if how == "group" else "")
    return cells


class TestShown:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({"status": "not-funded"}, {"status": "funded-routinely", "historical": "true"}),
            ({"status": "exceptional-only"}, {"status": "funded-routinely", "scope": "Infants; intramuscular product, not IVIG"}),
            ({"status": "exceptional-only", "kind": "funding"}, {"status": "funded-routinely", "kind": "utilisation"}),
            ({"status": "exceptional-only", "kind": "utilisation"}, {"status": "licensed", "kind": "licence"}),
            ({"status": "funded-routinely", "scope": "Acute"}, {"status": "funded-with-conditions", "scope": "Long-term use"}),
            ({"status": "not-funded", "as_of": "2024"}, {"status": "not-funded", "as_of": "2019-05"}),
            ({"status": "not-funded", "as_of": "2019"}, {"status": "not-funded"}),
        ],
        ids=["in force", "IVIG", "funding", "advice", "goes furthest", "newest", "dated"],
    )
    @pytest.mark.parametrize("turned", [False, True])
    def test_one_of_two_positions_is_shown(self, package, first, second, turned):
        """In force before replaced, IVIG before others, funding before advice before licence, the most open first, then the newest."""
        put(package, *((second, first) if turned else (first, second)))
        cell = access.rows(package.load())["cidp"]["UK"]
        assert cell.status == first["status"]
        assert cell.scope == first.get("scope", "")
        assert cell.as_of == first.get("as_of", "")
        assert cell.historical is False
        assert cell.more == 1

    def test_a_cell_holds_the_bodys_words_date_and_sources(self, package):
        """What is shown is told as the table has it."""
        put(package, {"status": "not-funded", "native_term": "Red", "as_of": "2020-03", "sources": "beta-2002; alpha-2001"})
        cell = access.rows(package.load())["cidp"]["UK"]
        assert (cell.body, cell.native_term, cell.as_of) == ("A body", "Red", "2020-03")
        assert cell.sources == ("beta-2002", "alpha-2001")
        assert next(access.about(cell, package.load())) == "A body, 2020-03: “Red”."

    def test_nothing_recorded_is_no_position(self, small):
        """A country without a row has an empty cell."""
        cell = access.rows(small)["tetanus"]["AU"]
        assert (cell.status, cell.counts, cell.sources) == ("", False, ())

    def test_every_condition_has_a_cell_for_every_country(self, data):
        """Conditions and countries are those of the tables and of the filters."""
        rows = access.rows(data)
        assert list(rows) == list(data.conditions["id"])
        assert {tuple(row) for row in rows.values()} == {tuple(REGIONS)}


class TestGroups:
    @pytest.fixture
    def grouped(self, package):
        """CVID as one of a group that is licensed in the US and funded in the UK, and has a position of its own in Australia."""
        package.put("conditions", 2, "name", "Primary deficiency (all types)")
        for line in (2, 3):
            package.put("conditions", line, "subcategory", "Primary")
        put(
            package,
            {"status": "licensed", "kind": "licence", "jurisdiction": "US", "native_term": "PI"},
            {"status": "funded-routinely"},
            {"status": "exceptional-only"},
            {"status": "funded-routinely", "jurisdiction": "CA", "historical": "true"},
            {"status": "licensed", "kind": "licence", "jurisdiction": "EU", "native_term": "PID"},
            {"condition": "cvid", "status": "exceptional-only", "jurisdiction": "AU"},
            {"condition": "cvid", "status": "licensed", "kind": "licence", "jurisdiction": "EU", "native_term": "PID"},
        )
        package.put("product_indications", 2, "jurisdiction", "EU")
        return package.load()

    def test_an_empty_cell_shows_the_position_of_its_group(self, grouped):
        """It is marked as the group's, keeps the group's source, and does not count as a position on the condition."""
        cell = access.rows(grouped)["cvid"]["US"]
        assert (cell.condition, cell.status, cell.group, cell.counts) == ("cvid", "licensed", "cidp", False)
        assert cell.sources == ("alpha-2001",)
        assert "Nothing is recorded for this condition itself" in " ".join(access.about(cell, grouped))

    def test_further_positions_of_a_group_stand_elsewhere(self, grouped):
        """What a cell counts as more stands on the condition's own card: the group's other rows do not."""
        assert access.rows(grouped)["cidp"]["UK"].more == 1
        assert access.rows(grouped)["cvid"]["UK"].more == 0

    def test_its_own_position_comes_first(self, grouped):
        """A cell with a row of its own shows that."""
        cell = access.rows(grouped)["cvid"]["AU"]
        assert (cell.status, cell.group, cell.counts) == ("exceptional-only", "", True)

    def test_a_groups_history_is_not_passed_on(self, grouped):
        """What was replaced for the group tells nothing about its members."""
        assert access.rows(grouped)["cvid"]["CA"].status == ""

    def test_the_same_wording_covers_the_same_products(self, grouped):
        """A licence in the group's own words has the group's products behind it."""
        assert access.rows(grouped)["cvid"]["EU"].products == (Product("Brand 10%", "IV"),)

    def test_the_groups_of_the_tables(self, data):
        """The two groups are those whose names say so; members share their subcategory; HIV in children is no lack of antibody."""
        names = data.conditions.set_index("id")["name"]
        found = access.groups(data)
        assert all(re.search("all types|all causes", names[group]) for group in found.values())
        subcategories = data.conditions.set_index("id")["subcategory"]
        assert all(subcategories[member] == subcategories[group] for member, group in found.items())
        assert not set(found) & {*found.values(), "paediatric-hiv"}
        assert {"cvid", "xla", "scid"} <= {member for member, group in found.items() if group == "primary-immunodeficiency"}


class TestDisagreement:
    @pytest.mark.parametrize(
        ("cells", "steps"),
        [
            (row(), (0, 0)),
            (row(UK="not-funded"), (0, 0)),
            (row(US="licensed", UK="funded-routinely"), (0, 0)),
            (row(UK="funded-routinely", AU="funded-with-conditions"), (1, 1)),
            (row(US="not-licensed", EU="licensed"), (2, 2)),
            (row(UK="exceptional-only", CA="not-funded", AU="funded-routinely"), (3, 6)),
            (row(UK="funded-routinely", AU="old:not-funded"), (0, 0)),
            (row(UK="funded-routinely", AU="group:not-funded"), (0, 0)),
        ],
    )
    def test_by_hand(self, cells, steps):
        """The distance between the extremes and the sum over all pairs; unknown, historical and a group's positions do not count."""
        assert access.disagreement(cells) == steps

    def test_it_lies_on_the_scale(self, data):
        """No condition is further apart than the scale is long, nor apart with fewer than two positions."""
        for cells in access.rows(data).values():
            steps, total = access.disagreement(cells)
            assert 0 <= steps <= max(OPENNESS.values()) - min(OPENNESS.values())
            assert (steps == 0) == (total == 0)
            assert steps == 0 or access.positions(cells) > 1

    def test_every_status_is_on_the_scale(self):
        """The scale, the symbols and the words know every status."""
        assert set(OPENNESS) == set(access.SYMBOLS) == set(access.WORDS) == set(STATUSES)
        assert len(set(access.SYMBOLS.values())) == len(STATUSES)


class TestQuestions:
    @pytest.mark.parametrize(
        ("question", "cells", "holds"),
        [
            ("disagree", row(US="licensed", UK="funded-with-conditions"), False),
            ("disagree", row(US="licensed", UK="exceptional-only"), True),
            ("eu-not-us", row(EU="licensed"), True),
            ("eu-not-us", row(EU="licensed", US="not-licensed"), True),
            ("eu-not-us", row(EU="licensed", US="old:licensed"), True),
            ("eu-not-us", row(EU="licensed", US="licensed"), False),
            ("eu-not-us", row(EU="licensed", US="group:licensed"), False),
            ("eu-not-us", row(EU="group:licensed"), False),
            ("us-not-eu", row(US="licensed"), True),
            ("us-not-eu", row(US="licensed", EU="group:licensed"), False),
            ("us-not-eu", row(US="old:licensed"), False),
            ("funded-unlicensed", row(UK="funded-with-conditions"), True),
            ("funded-unlicensed", row(AU="funded-routinely", US="not-licensed"), True),
            ("funded-unlicensed", row(AU="funded-routinely", US="old:licensed"), True),
            ("funded-unlicensed", row(AU="funded-routinely", EU="group:licensed"), False),
            ("funded-unlicensed", row(AU="old:funded-routinely"), False),
            ("funded-unlicensed", row(CA="funded-routinely"), False),
            ("funded-unlicensed", row(UK="exceptional-only"), False),
            ("licensed-refused", row(US="licensed", UK="not-funded"), True),
            ("licensed-refused", row(US="licensed", AU="old:not-funded"), False),
            ("licensed-refused", row(US="not-licensed", UK="not-funded"), False),
        ],
    )
    def test_by_hand(self, question, cells, holds):
        """Each question has one exact meaning; what is unknown is no refusal, and a group's licence is no lack of one."""
        assert access.QUESTIONS[question].holds(cells) is holds

    def test_a_licensed_product_is_a_licence(self):
        """Where a licensed product stands behind a cell, the condition is not licensed nowhere."""
        cells = row(UK="funded-routinely")
        cells["UK"] = Cell("x", "UK", "funded-routinely", "funding", products=(Product("B", "IV"),))
        assert not access.QUESTIONS["funded-unlicensed"].holds(cells)

    @pytest.mark.parametrize(("here", "there", "question"), [("EU", "US", "eu-not-us"), ("US", "EU", "us-not-eu")])
    def test_licensed_here_and_not_there_by_the_table(self, data, here, there, question):
        """The answer is what a plain look into the table of positions gives, members of a licensed group left out."""
        current = data.statuses[~data.statuses["historical"].astype(bool) & (data.statuses["status"] == "licensed")]
        licensed = {region: set(current[current["jurisdiction"] == region]["condition"]) for region in (here, there)}
        covered = {member for member, group in access.groups(data).items() if group in licensed[there]}
        assert access.answer(data, question) == licensed[here] - licensed[there] - covered

    def test_an_unknown_question(self, data):
        """It raises KeyError."""
        with pytest.raises(KeyError):
            access.answer(data, "magic")


class TestOrder:
    @pytest.mark.parametrize("sort", access.SORTS)
    def test_an_order_keeps_every_condition(self, data, sort):
        """Sorting neither loses nor doubles a condition, whatever order they came in."""
        shuffled = data.conditions.sample(frac=1, random_state=1)
        assert access.ordered(data, shuffled, sort) == access.ordered(data, data.conditions, sort)
        assert sorted(access.ordered(data, shuffled, sort)) == sorted(data.conditions["id"])

    def test_each_order_falls_as_it_should(self, data):
        """Categories in the order of the filters, the strongest evidence first, the greatest disagreement first, names as in a book."""
        by_id = data.conditions.set_index("id")
        levels, rows = list(grading.LEVELS), access.rows(data)
        keys = {
            "category": lambda i: CATEGORIES.index(by_id.loc[i, "category"]),
            "evidence": lambda i: levels.index(grading.grade(data)[i]),
            "disagreement": lambda i: -access.disagreement(rows[i])[0],
            "name": lambda i: by_id.loc[i, "name"].casefold(),
        }
        for sort, key in keys.items():
            found = [key(i) for i in access.ordered(data, data.conditions, sort)]
            assert found == sorted(found)


class TestWords:
    def test_the_finding_of_a_question_counts_its_answer(self, data):
        """The number in the title is that of the conditions shown for which the answer is yes."""
        some = random.Random(1).sample(list(data.conditions["id"]), 60)
        for question, asked in access.QUESTIONS.items():
            size = len(access.answer(data, question) & set(some))
            assert access.finding(data, some, question) == f"{size or 'None'} of 60 conditions {'are' if size > 1 else 'is'} {asked.claim}"

    def test_the_finding_without_a_question(self, small):
        """Of the small table's positions none can be compared with another."""
        expected = "None of 4 conditions has a position in more than one country"
        assert access.finding(small, small.conditions["id"]) == expected
        assert access.finding(small, []) == "No condition is selected"

    def test_what_is_no_funding_says_so(self):
        """Advice is told as advice, history as history, and a second-hand reading as that."""
        cell = Cell("x", "CA", "not-funded", "utilisation", "Ontario", "Do not use", historical=True, secondary=True, more=2)
        text = " ".join(access.about(cell, None))
        for part in ("Ontario, undated: “Do not use”.", "Historical", "not a decision about funding", "third party", "2 more positions"):
            assert part in text
        assert access.words(cell) == ("Advised against", "Not adv.")


class TestTables:
    """The real tables do not contradict themselves."""

    def cells(self, data) -> list[Cell]:
        return [cell for cells in access.rows(data).values() for cell in cells.values() if cell.status]

    def test_every_cell_has_a_source(self, data):
        """Each position leads to a source of the table of sources."""
        known = set(data.sources["id"])
        assert [cell for cell in self.cells(data) if not cell.sources or not set(cell.sources) <= known] == []

    def test_a_licence_names_its_products_or_says_that_none_is_known(self, data):
        """Every licensed US and EU cell lists brands of the table, or the sentence that there are none."""
        licensed = [cell for cell in self.cells(data) if cell.status == "licensed" and cell.jurisdiction in ("US", "EU")]
        assert licensed
        brands = set(data.products["brand"])
        for cell in licensed:
            text = " ".join(access.about(cell, data))
            assert {product.brand for product in cell.products} <= brands
            assert all(product.brand in text for product in cell.products)
            assert cell.products or "No product with this indication is in the tables." in text

    @pytest.mark.parametrize("region", ["US", "EU"])
    def test_licences_and_products_agree(self, data, region):
        """What is licensed in force has a product, and what a product is licensed for is licensed: one table does not deny the other."""
        here = data.statuses[data.statuses["jurisdiction"] == region]
        in_force = here[~here["historical"].astype(bool)]
        products = set(data.product_indications[data.product_indications["jurisdiction"] == region]["condition"])
        assert set(in_force[in_force["status"] == "licensed"]["condition"]) == products
        assert not set(in_force[in_force["status"] == "not-licensed"]["condition"]) & products

    def test_only_a_licence_is_a_licence(self, data):
        """A regulator licenses or does not; who pays or advises never does."""
        licences = data.statuses["status"].isin(["licensed", "not-licensed"])
        assert (licences == (data.statuses["kind"] == "licence")).all()

    def test_a_term_of_a_body_has_one_meaning(self, data):
        """The same words of the same body stand for the same place on our scale, wherever they occur."""
        meanings = data.statuses.groupby(["body", "native_term"])["status"].nunique()
        assert list(meanings[meanings > 1].index) == []

    @pytest.mark.parametrize(
        ("pattern", "status"),
        [
            (r"^Established", "funded-routinely"),
            (r"^Emerging", "funded-with-conditions"),
            (r"^Exceptional circumstances", "exceptional-only"),
            (r"not supported|shown to be ineffective|^Do Not Use", "not-funded"),
            (r"approval not required", "funded-routinely"),
            (r"approval required", "funded-with-conditions"),
            (r"requires IFR|Not for Routine Use", "exceptional-only"),
            (r"^Off-Label|^Not approved", "not-licensed"),
        ],
    )
    def test_plain_terms_are_mapped_plainly(self, data, pattern, status):
        """Words that leave no doubt stand where a reader would put them."""
        found = data.statuses[data.statuses["native_term"].str.contains(pattern, case=False)]
        assert len(found)
        assert pd.unique(found["status"]).tolist() == [status]

    def test_a_row_is_shown_as_it_says(self, data):
        """Where a row explains as what it is shown, its status is that."""
        words = {"funded routinely", "funded with conditions", "exceptional only", "not funded", "not licensed"}
        told = data.statuses["detail"].fillna("").str.extractall(rf"shown as ({'|'.join(words)})", re.IGNORECASE)[0].droplevel("match")
        assert len(told) > 100
        wrong = told.str.lower().str.replace(" ", "-") != data.statuses["status"].loc[told.index]
        assert list(data.statuses["id"].loc[told.index[wrong]]) == []
