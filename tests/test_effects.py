"""Effects are turned towards IVIG, computed only where that is right, and kept apart from what cannot be compared."""

from __future__ import annotations

import csv
from math import inf, isclose, log

import numpy as np
import pytest
from effect_rows import arms, counted, difference, ratio, table
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from ivig_explainer.effects import PEOPLE, RATIO, REASONS, VERDICTS, compare, events_behind, newcombe, turn

positive = st.floats(1e-3, 1e3)
triples = st.lists(positive, min_size=3, max_size=3).map(sorted)
groups = st.integers(1, 400).flatmap(lambda people: st.tuples(st.integers(0, people), st.just(people)))


def one(row: dict):
    """Return the effect of one row that is comparable."""
    [effect], others = compare(table(row))
    assert others == ()
    return effect


def reason(row: dict) -> str:
    """Return why one row is not comparable."""
    effects, [apart] = compare(table(row))
    assert effects == ()
    return apart.reason


class TestTurning:
    @given(triples, st.booleans())
    def test_turning_twice_changes_nothing(self, triple, of_ratio):
        """The other side of the other side is where one came from."""
        low, estimate, high = triple
        assert np.allclose(turn(*turn(estimate, low, high, of_ratio), of_ratio), (estimate, low, high), rtol=1e-12)

    @given(triples, st.booleans())
    def test_the_interval_still_holds_its_estimate(self, triple, of_ratio):
        """The ends of an interval change places, so that it still runs from the lower to the higher."""
        low, estimate, high = triple
        turned, start, end = turn(estimate, low, high, of_ratio)
        assert start <= turned <= end

    @given(triples)
    def test_a_ratio_keeps_its_distances_on_a_log_axis(self, triple):
        """Turned, a ratio is mirrored at 1: each end is as far from the estimate as before, on the other side."""
        low, estimate, high = triple
        turned, start, end = turn(estimate, low, high, ratio=True)
        assert isclose(log(turned), -log(estimate), abs_tol=1e-9)
        assert isclose(log(end) - log(turned), log(estimate) - log(low), abs_tol=1e-9)
        assert isclose(log(turned) - log(start), log(high) - log(estimate), abs_tol=1e-9)

    def test_an_end_at_nothing_becomes_one_without_end(self):
        """A ratio's interval from 0 has, turned, no upper end, and the other way round."""
        assert turn(0.5, 0.0, 0.8, ratio=True) == (2.0, 1.25, inf)
        assert turn(2.0, 1.25, inf, ratio=True) == (0.5, 0.0, 0.8)

    @pytest.mark.parametrize(
        ("row", "drawn"),
        [
            (ratio(2, 1, 4, better_when="higher"), (2, 1, 4)),
            (ratio(0.5, 0.25, 1, better_when="lower"), (2, 1, 4)),
            (difference(3, 1, 5, better_when="higher"), (3, 1, 5)),
            (difference(-3, -5, -1, better_when="lower"), (3, 1, 5)),
            (difference(3, 1, 5, better_when="lower"), (-3, -5, -1)),
            (arms(20, 50, better_when="lower"), (30, None, None)),
            (arms(20, 50, better_when="higher"), (-30, None, None)),
        ],
    )
    def test_more_is_in_favour_of_ivig(self, row, drawn):
        """Whatever is better when lower is turned; what is better when higher stays."""
        effect = one(row)
        assert (effect.estimate, effect.low, effect.high) == drawn

    def test_half_an_interval_is_none(self):
        """Where only one end is known there is nothing to draw, but the words keep it."""
        effect = one(ratio(0.74, 0.61, better_when="lower"))
        assert (effect.low, effect.high, effect.level) == (None, None, None)
        assert "0.61" in effect.words[0]

    @pytest.mark.parametrize(("level", "told"), [(None, 95.0), (90.0, 90.0), (98.0, 98.0)])
    def test_an_interval_keeps_its_level(self, level, told):
        """An interval printed at another level than 95% is not taken for one of 95%, and says so."""
        effect = one(ratio(2, 1, 4, ci_level_pct=level))
        assert effect.level == told
        assert f"{told:g}% interval" in effect.words[0]


class TestScales:
    def test_only_what_is_measured_alike_shares_a_scale(self):
        """Ratios of all kinds are one scale, shares of people are one, and every other unit is one of its own."""
        rows = [
            *(ratio(2, 1, 4, measure=measure) for measure in ("RR", "OR", "HR", "IRR")),
            *(arms(1, 2, unit=unit) for unit in ("% of patients", "% of infants", "% of children (estimated)")),
            {"measure": "RD", "unit": "percentage points", "estimate": 5.0},
            *(arms(1, 2, unit=unit) for unit in ("% of patients a year", "% change", "days", "days (median)")),
            {"measure": "SMD", "unit": "points", "estimate": 0.5},
            difference(1, unit="days"),
        ]
        effects, others = compare(table(*rows))
        assert [e.scale for e in effects] == [
            *[RATIO] * 4,
            *[PEOPLE] * 4,
            *("% of patients a year", "% change", "days", "days (median)"),
            *("standard deviations", "days"),
        ]
        assert others == ()


class TestComputedInterval:
    @given(groups, groups, st.sampled_from([80.0, 90.0, 95.0, 99.0]))
    def test_it_agrees_with_an_independent_one(self, first, second, level):
        """Newcombe's interval is the one that statsmodels gives, whatever the counts."""
        independent = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=1 - level / 100)
        assert np.allclose(newcombe(*first, *second, level), np.multiply(independent, 100), atol=1e-6)

    @given(groups, groups)
    def test_it_holds_the_difference_and_stays_within_bounds(self, first, second):
        """The interval holds the difference of the shares and never leaves -100 to 100 points."""
        low, high = newcombe(*first, *second)
        difference = 100 * (first[0] / first[1] - second[0] / second[1])
        assert -100 - 1e-9 <= low <= difference + 1e-9
        assert difference - 1e-9 <= high <= 100 + 1e-9

    @given(groups, groups)
    def test_exchanging_the_groups_mirrors_it(self, first, second):
        """Seen from the other group, the interval is the same with its sign changed."""
        low, high = newcombe(*first, *second)
        assert np.allclose(newcombe(*second, *first), (-high, -low))

    def test_counts_give_the_estimate_too(self):
        """The difference is that of the counts, not of the rounded shares; of a bad outcome it is turned."""
        effect = one(counted(6, 75, 18, 78, better_when="lower"))
        assert effect.computed
        assert effect.estimate == pytest.approx(100 * (18 / 78 - 6 / 75))
        assert (effect.low, effect.high) == pytest.approx(newcombe(18, 78, 6, 75))

    @pytest.mark.parametrize(
        "other",
        [
            {"comparator": "Placebo (crossover)"},
            {"caveat": "A cross-over trial."},
            {"note": "Crossover; both periods pooled."},
            {"design": "systematic-review"},
            {"unit": "% of children (estimated)"},
            {"unit": "% of eyes"},
            {"ivig_n": None, "ivig_events": None},
        ],
    )
    def test_it_is_left_out_where_it_would_be_wrong(self, other):
        """The same people twice, pooled trials, shares estimated over time, no people, or no counts: no interval of ours."""
        effect = one(counted(6, 75, 18, 78) | other)
        assert not effect.computed
        assert effect.low is None

    def test_printed_numbers_are_never_replaced(self):
        """An effect that the source prints stays, with its interval or without, also where counts are known."""
        effect = one(counted(6, 75, 18, 78) | {"measure": "RD", "estimate": -15.0})
        assert (effect.estimate, effect.low, effect.computed) == (-15.0, None, False)

    @given(groups, st.integers(0, 2))
    def test_counts_are_only_derived_where_one_fits(self, group, digits):
        """The number of people that a printed share comes from is the true one, or is not given."""
        events, people = group
        assert events_behind(round(100 * events / people, digits), people) in (events, None)


class TestVerdict:
    @pytest.mark.parametrize(
        ("verdict", "row"),
        [
            ("for", ratio(2, 1.2, 4)),
            ("for", ratio(0.5, 0.2, 0.9, better_when="lower")),
            ("against", ratio(0.5, 0.2, 0.9)),
            ("chance", ratio(2, 1.0, 4)),
            ("chance", difference(2, -1, 4)),
            ("for", ratio(2, 0.9, 4, ci_level_pct=99.0, p_value="0.03")),
            ("chance", ratio(2, 0.9, 4, ci_level_pct=99.0)),
            ("chance", ratio(2, 0.9, 4, p_value="0.03")),
            ("for", ratio(2, p_value="<0.05")),
            ("against", difference(2, p_value="0.01", better_when="lower")),
            ("chance", ratio(2, p_value="0.05")),
            ("chance", ratio(2, p_value=">0.2")),
            ("chance", arms(40, 20, p_value="not significant")),
            ("unknown", ratio(2, p_value="<0.1")),
            ("unknown", arms(40, 20)),
            ("for", counted(18, 78, 6, 75)),
            ("chance", counted(18, 78, 6, 75, p_value="0.2")),
        ],
    )
    def test_numbers_decide_it(self, verdict, row):
        """A printed interval decides, then a printed p value, then an interval of ours; without any it stays open."""
        assert one(row).verdict == verdict
        assert verdict in VERDICTS


class TestApart:
    @pytest.mark.parametrize(
        ("expected", "row"),
        [
            *((comparison, ratio(2, 1, 4, comparison=comparison)) for comparison in ("dose", "before-after", "single-arm", "expected")),
            *((comparison, ratio(2, 1, 4, comparison=comparison)) for comparison in ("subcutaneous", "mixed", "combination")),
            ("resource", ratio(2, 1, 4, outcome_kind="resource")),
            ("no-number", {"measure": "none"}),
            ("no-number", {"measure": "single", "estimate": 63.0}),
            ("no-number", {"measure": "RR"}),
            ("no-number", arms(20, 10) | {"control_value": None}),
            ("totals", arms(23, 42, unit="infections in the arm over a year")),
            ("no-side", ratio(2, 1, 4, better_when=None)),
        ],
    )
    def test_what_cannot_be_compared_says_why(self, expected, row):
        """Each row that must not share an axis stands apart with one reason, a sentence."""
        assert reason(row) == expected
        assert REASONS[expected].endswith(".")


def raw_rows(data) -> list[dict[str, str]]:
    """Return the rows of evidence as they stand in the file."""
    with (data.folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def raw(data) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in raw_rows(data)}


@pytest.fixture(scope="module")
def real(data):
    """All effects of the real tables, and what stands apart."""
    return compare(data.evidence)


class TestRealEvidence:
    def test_every_row_is_an_effect_or_stands_apart(self, data, real):
        """No row is lost, none is both."""
        effects, others = real
        assert sorted([e.id for e in effects] + [o.id for o in others]) == sorted(data.evidence["id"])

    def test_effects_compare_ivig_with_its_absence_or_another_treatment(self, real, raw):
        """Nothing that compares something else is drawn."""
        assert {raw[e.id]["comparison"] for e in real[0]} == {"placebo-or-none", "active"}

    def test_what_stands_apart_for_its_comparison_has_that_comparison(self, real, raw):
        """A reason that is a kind of comparison is the row's own; the others concern rows that could have been compared."""
        for other in real[1]:
            comparison = raw[other.id]["comparison"]
            assert other.reason == comparison or comparison in ("placebo-or-none", "active")

    @pytest.mark.parametrize(
        ("row", "measure"),
        [
            ("anca-vasculitis-jayne-2000-response", "OR"),
            ("autoimmune-encephalitis-dubey-2020-responders", "OR"),
            ("neonatal-sepsis-inis-2011-death-or-disability", "RR"),
        ],
    )
    def test_printed_rows_are_what_their_counts_give(self, real, raw, row, measure):
        """Estimate and interval that statsmodels computes from the counts, turned by hand, are those that are drawn."""
        cells = raw[row]
        events, people, others, other_people = (int(cells[n]) for n in ("ivig_events", "ivig_n", "control_events", "control_n"))
        independent = Table2x2([[events, people - events], [others, other_people - others]])
        if measure == "OR":
            expected = (independent.oddsratio, *independent.oddsratio_confint())
        else:
            expected = (independent.riskratio, *independent.riskratio_confint())
        if cells["better_when"] == "lower":
            expected = (1 / expected[0], 1 / expected[2], 1 / expected[1])
        [effect] = [e for e in real[0] if e.id == row]
        assert (effect.estimate, effect.low, effect.high) == pytest.approx(expected, rel=0.02)

    @pytest.mark.parametrize(
        "row",
        [
            "kawasaki-disease-newburger-1986-coronary-7-weeks",
            "covid-19-gharebaghi-2020-mortality",
            "obstetric-antiphospholipid-syndrome-dendrinos-2009-live-birth",
        ],
    )
    def test_computed_rows_are_what_statsmodels_computes(self, real, raw, row):
        """The difference and its interval follow from the counts of the file, the groups exchanged where less is better."""
        cells = raw[row]
        ivig, control = ((int(cells[f"{arm}_events"]), int(cells[f"{arm}_n"])) for arm in ("ivig", "control"))
        first, second = (ivig, control) if cells["better_when"] == "higher" else (control, ivig)
        low, high = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
        [effect] = [e for e in real[0] if e.id == row]
        assert effect.computed
        assert effect.estimate == pytest.approx(100 * (first[0] / first[1] - second[0] / second[1]))
        assert (effect.low, effect.high) == pytest.approx((100 * low, 100 * high))

    def test_intervals_are_computed_for_separate_groups_only(self, real, raw):
        """No interval of ours is given to a crossover trial or a pooled analysis, and counts fit the printed shares."""
        computed = [e for e in real[0] if e.computed]
        assert len(computed) >= 20
        for effect in computed:
            cells = raw[effect.id]
            text = " ".join(cells.values()).casefold()
            assert "crossover" not in text
            assert "cross-over" not in text
            assert cells["design"] != "systematic-review"
            for (events, people), arm in zip((effect.counts[:2], effect.counts[2:]), ("ivig", "control"), strict=True):
                assert 100 * events / people == pytest.approx(float(cells[f"{arm}_value"]), abs=0.6)

    def test_every_interval_holds_its_estimate(self, real):
        """Turned or not, printed or computed."""
        assert all(e.low <= e.estimate <= e.high for e in real[0] if e.low is not None)

    def test_what_is_beyond_chance_is_what_the_curator_read(self, real, raw):
        """Where the numbers decide, the row's direction says the same, or that doubts remain; never the opposite."""
        allowed = {
            "for": {"favours-ivig"},
            "against": {"favours-comparator", "uncertain"},
            "chance": {"no-difference", "uncertain"},
        }
        for effect in real[0]:
            if effect.verdict != "unknown":
                assert raw[effect.id]["direction"] in allowed[effect.verdict], effect.id
