"""A comparison tells everything that the cards tell, and calls different only what is known to differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer.comparison import DIFFERS, SAME, compare
from ivig_explainer.selection import REGIONS, STATUSES
from ivig_explainer.wording import dose

DATA = ivig.load()
IDS = DATA.conditions["id"].tolist()
some = st.lists(st.sampled_from(IDS), min_size=2, max_size=4, unique=True)


def line(lines, heading: str):
    return next(line for line in lines if line.heading == heading)


class TestCompare:
    @given(some)
    def test_every_row_of_the_conditions_stands_in_its_column(self, ids):
        """No schedule, no position and no fact of a condition is left out, and none stands with another condition."""
        lines = compare(DATA, ids)
        texts = [{item.text for line in lines for item in line.cells[place]} for place in range(len(ids))]
        notes = [" ".join(item.note for line in lines for item in line.cells[place]) for place in range(len(ids))]
        for place, condition in enumerate(ids):
            for row in DATA.regimens[DATA.regimens["condition"] == condition].itertuples():
                assert dose(row) in texts[place]
                assert row.issuer in notes[place]
            for row in DATA.statuses[DATA.statuses["condition"] == condition].itertuples():
                assert row.native_term in notes[place]
            for fact in DATA.facts.loc[DATA.facts["condition"] == condition, "fact"]:
                assert fact in texts[place]

    @given(some.flatmap(lambda ids: st.tuples(st.just(ids), st.permutations(ids))))
    def test_the_order_of_the_conditions_changes_no_verdict(self, orders):
        """Whatever stands first, the same lines differ."""
        one, other = ({line.heading: line.verdict for line in compare(DATA, order)} for order in orders)
        assert one == other

    @given(some)
    def test_what_is_unknown_is_no_difference(self, ids):
        """A line with an empty cell has no verdict; one that is the same has equal texts; one that differs has not."""
        for found in compare(DATA, ids):
            texts = [{item.text for item in cell} for cell in found.cells]
            if found.verdict == SAME:
                assert all(text == texts[0] for text in texts)
            if found.verdict == DIFFERS:
                assert all(texts)
                assert any(text != texts[0] for text in texts)

    @given(some)
    def test_shared_is_what_every_condition_has(self, ids):
        """A shared statement stands in every column; one that stands in every column of a compared line is shared."""
        for found in compare(DATA, ids):
            common = set.intersection(*({item.text for item in cell} for cell in found.cells))
            assert {item.text for cell in found.cells for item in cell if item.shared} == (common if found.verdict else set()) or (
                not found.verdict and not all(found.cells)
            )

    def test_access_by_hand(self):
        """In the United States CIDP is licensed and Guillain-Barré syndrome is not; the rows of the tables say so."""
        found = line(compare(DATA, ["cidp", "gbs"]), REGIONS["US"])
        assert [{item.text for item in cell} for cell in found.cells] == [{STATUSES["licensed"]}, {STATUSES["not-licensed"]}]
        assert found.verdict == DIFFERS

    def test_mechanisms_by_hand(self):
        """The mechanisms shared by two conditions are those that the table of pairs gives to both."""
        pairs = DATA.condition_mechanisms.groupby("condition")["mechanism"].agg(set)
        names = DATA.mechanisms.set_index("id")["name"]
        found = line(compare(DATA, ["cidp", "mmn"]), "How it is thought to act")
        shared = {item.text.rpartition(" (")[0] for item in found.cells[0] if item.shared}
        assert shared == {names[mechanism] for mechanism in pairs["cidp"] & pairs["mmn"]}

    @pytest.mark.parametrize("ids", [[], ["cidp"], ["cidp", "cidp"], IDS[:5]])
    def test_too_few_or_too_many_are_refused(self, ids):
        """Two to four different conditions can stand side by side."""
        with pytest.raises(ValueError, match="2 to 4 different ones"):
            compare(DATA, ids)

    def test_a_small_package_compares(self, small):
        """Tables with few rows give the lines that they have."""
        found = compare(small, ["cidp", "itp"])
        assert line(found, "Category").verdict == DIFFERS
        assert line(found, "What IVIG does").verdict == SAME
        assert line(found, "Course").verdict == DIFFERS
