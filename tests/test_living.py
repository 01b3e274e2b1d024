"""What is told of living with IVIG is computed from rows, and what is counted differently is kept apart."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer import living

FOUND = living.association(ivig.load())
TROUGHS = st.floats(FOUND.troughs[0], FOUND.troughs[-1])


class TestBeforeAfter:
    def test_each_row_is_a_row_of_the_evidence(self, data):
        """Before and after are the comparison's value and IVIG's value, as the table prints them."""
        evidence = data.evidence.set_index("id")
        table = living.before_after(data)
        assert len(table) > 5
        for row in table.itertuples():
            source = evidence.loc[row.id]
            assert (row.before, row.after, row.unit) == (source["control_value"], source["ivig_value"], source["unit"])
            assert source["comparison"] == "before-after"
            assert row.sources

    def test_bases_are_never_mixed(self, data):
        """A basis holds one kind of unit: shares of people never stand among rates."""
        for basis, some in living.before_after(data).groupby("basis"):
            shares = {unit.startswith("%") for unit in some["unit"]}
            assert shares == {basis.startswith("people")}
            assert {"a year" in unit for unit in some["unit"]} <= {basis == "people-a-year"} or not shares.pop()


class TestAssociation:
    def test_it_is_the_row_of_the_meta_analysis(self, data):
        """Ratio and interval for each 1 g/L are the row's, which prints them for each 100 mg/dL."""
        row = data.evidence.set_index("id").loc[living.PNEUMONIA_RATIO]
        assert (FOUND.ratio, FOUND.low, FOUND.high) == (row["estimate"], row["ci_low"], row["ci_high"])
        assert "100 mg/dL" in row["outcome"]

    def test_it_agrees_with_the_rates_that_the_source_prints(self):
        """From the lowest to the highest printed trough the ratio gives the printed rates, but for rounding."""
        ratio = FOUND.relative(FOUND.troughs[-1], FOUND.troughs[0])[0]
        assert ratio == pytest.approx(FOUND.rates[-1] / FOUND.rates[0], rel=0.02)

    @given(TROUGHS, TROUGHS)
    def test_the_interval_holds_the_ratio(self, trough, reference):
        """Whichever of the two troughs is higher, the ends stand on either side of the ratio."""
        ratio, low, high = FOUND.relative(trough, reference)
        assert low <= ratio * (1 + 1e-12)
        assert ratio <= high * (1 + 1e-12)

    @given(TROUGHS, TROUGHS)
    def test_turning_the_comparison_round_inverts_it(self, trough, reference):
        """Twice as many one way is half as many the other."""
        assert FOUND.relative(trough, reference)[0] * FOUND.relative(reference, trough)[0] == pytest.approx(1)

    @pytest.mark.parametrize(("given", "taken"), [(7, 7), (-3, "first"), (1e9, "last"), ("x", 8), (None, 8), ([], 8), (float("nan"), 8)])
    def test_nothing_outside_the_source_is_computed(self, given, taken):
        """A trough beyond what the source prints becomes the nearest that it prints; what is no number the usual one."""
        wanted = {"first": FOUND.troughs[0], "last": FOUND.troughs[-1]}.get(taken, taken)
        assert FOUND.within(given, 8) == wanted

    def test_without_its_rows_there_is_none(self, small):
        """A data set that does not hold the meta-analysis gives nothing rather than a guess."""
        assert living.association(small) is None


class TestSerious:
    def test_every_result_is_there_and_the_limit_is_apart(self, data):
        """Each row of the series but the limit makes one result."""
        rows = data.figures[data.figures["series"] == living.SERIOUS]
        table, limit = living.serious(data)
        assert set(table["id"]) | {living.SERIOUS_LIMIT} == set(rows["id"])
        assert limit == rows.set_index("id").loc[living.SERIOUS_LIMIT, "high"]

    def test_upper_limits_are_those_that_the_notes_print(self, data):
        """Every note that names an upper limit gives its number, and no limit lies below its rate."""
        table, _ = living.serious(data)
        told = table["note"].str.contains(r"[Uu]pper .*limit \d", na=False)
        assert told.sum() >= 4
        assert table.loc[told, "upper"].notna().all()
        assert all(f"{row.upper:g}" in row.note for row in table[told].itertuples())
        known = table.dropna(subset=["rate", "upper"])
        assert (known["upper"] >= known["rate"]).all()


class TestArms:
    def test_only_shares_of_people_against_placebo(self, data):
        """Every row compares with placebo and lies between 0 and 100 %."""
        table = living.arms(data, ("cidp", "mmn"))
        evidence = data.evidence.set_index("id")
        assert {evidence.loc[row, "comparison"] for row in table["id"]} == {"placebo-or-none"}
        assert table[["ivig", "placebo"]].stack().between(0, 100).all()
        assert "% change" not in set(table["unit"])

    def test_intervals_are_printed_ones(self, data):
        """Where the row prints an interval its ends stand in the words; where it prints none the words are empty."""
        evidence = data.evidence.set_index("id")
        for row in living.arms(data, ("cidp", "mmn")).itertuples():
            source = evidence.loc[row.id]
            assert bool(row.interval) == (not pd.isna(source["ci_low"]))
            assert not row.interval or f"{source['ci_high']:g}" in row.interval


class TestUses:
    def test_a_list_is_one_series(self, data):
        """Each list holds the rows of its own series and no others, with one unit."""
        uses = living.uses(data)
        assert set(uses) == set(living.USES)
        for series, table in uses.items():
            rows = data.figures[data.figures["series"] == series]
            assert sorted(table["value"]) == sorted(rows["value"])
            assert table["unit"].nunique() == 1

    def test_a_list_of_shares_is_no_more_than_its_whole(self, data):
        """Shares of one whole come to 100 % at most."""
        for table in living.uses(data).values():
            if table["unit"].iloc[0].startswith("%"):
                assert table["value"].sum() <= 100.5

    def test_grams_stand_beside_their_own_share(self, data):
        """In the UK list grams over shares give the same total in every row, but for the rounding of the share."""
        table = living.uses(data)["uk-neurology-share-2010-11"]
        large = table[table["value"] > 5]
        totals = large["grams"] / large["value"]
        assert totals.max() / totals.min() < 1.01


class TestHistory:
    def test_the_short_history_is_what_matters_most(self, data):
        """Importance 1 leaves out all else; importance 3 leaves out nothing."""
        short = set(data.timeline["id"]) - set(living.left_out(data, 1))
        assert short == set(data.timeline.loc[data.timeline["importance"] == 1, "id"])
        assert living.left_out(data, 3) == []

    def test_a_kind_leaves_out_the_others(self, data):
        """Only events of the kind are kept."""
        kept = data.timeline[~data.timeline["id"].isin(living.left_out(data, 3, "safety"))]
        assert set(kept["kind"]) == {"safety"}


def test_events_are_in_order_of_time(data):
    """However the table is sorted, the history runs forward."""
    shuffled = replace(data, timeline=data.timeline.sample(frac=1, random_state=1))
    years = data.timeline.set_index("id")["year"]
    told = [years[event] for event, _, _ in living.history(shuffled)]
    assert told == sorted(told)
