"""A plan's numbers follow from dose, weight, product and the product's own rate table; what makes no sense gives no plan."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivig_explainer.infusion import (
    DAYS,
    GROUPS,
    SESSIONS,
    WEIGHT_SOURCES,
    InputError,
    Order,
    Person,
    Vials,
    capped_rate,
    clock,
    faults,
    ml_per_h,
    nearest_vials,
    plan,
    rate_tables,
    sessions,
    splits,
    vials,
)

STEPWISE = ("octagam-10", "itp-adult")
RANGED = ("panzyga", "primary-immunodeficiency")
PARTIAL = ("gamunex-c", "cidp")
NO_TABLE = ("yimmugo", "cidp")
SEVENTY = Person(70)

few = settings(max_examples=40, deadline=None)
weights = st.floats(0.5, 350)
doses = st.floats(0.05, 5)
sizes = st.lists(st.sampled_from([0.5, 1, 2, 2.5, 5, 10, 20, 25, 30, 40]), min_size=1, max_size=6, unique=True).map(tuple)


def order(use: tuple[str, str] = STEPWISE, dose: float = 0.4, person: Person = SEVENTY, **other: object) -> Order:
    return Order(person, dose, *use, **other)


@cache
def every_table(data):
    return [table for product in data.products["id"] for table in rate_tables(data, product)]


def second_by_second(table, mg_per_kg: float, *, longest: bool) -> float:
    """Return the minutes that a dose takes, by letting it drip for one second after the other."""
    timeline = [
        step.rate_mg_per_kg_min for step in table.steps[:-1] for _ in range(60 * (step.minutes_high if longest else step.minutes_low))
    ]
    given_mg_per_kg = 0.0
    for second in itertools.count(1):
        rate = timeline[second - 1] if second <= len(timeline) else table.steps[-1].rate_mg_per_kg_min
        given_mg_per_kg += rate / 60
        if given_mg_per_kg >= mg_per_kg:
            return second / 60
    raise AssertionError


class TestByHand:
    def test_dose_and_volume(self, data):
        """70 kg × 0.4 g/kg = 28 g; 28 g × 1000 ÷ 100 mg/mL = 280 mL."""
        found = plan(data, order())
        assert found.grams == pytest.approx(28)
        assert found.ml_per_day == pytest.approx(280)

    def test_a_five_per_cent_product_has_twice_the_volume(self, data):
        """28 g × 1000 ÷ 50 mg/mL = 560 mL."""
        assert plan(data, order(("octagam-5", "primary-immunodeficiency"))).ml_per_day == pytest.approx(560)

    def test_days_share_the_dose(self, data):
        """70 kg × 2 g/kg = 140 g; over 5 days 28 g and 280 mL a day."""
        found = plan(data, order(dose=2, days=5))
        assert (found.grams, found.grams_per_day, found.ml_per_day) == pytest.approx((140, 28, 280))

    def test_drip_rate(self):
        """0.5 mg/kg/min × 70 kg × 60 ÷ 100 mg/mL = 21 mL/h; at 50 mg/mL 42."""
        assert ml_per_h(0.5, 70, 100) == 21
        assert ml_per_h(0.5, 70, 50) == 42

    @pytest.mark.parametrize(("figure", "ml_per_kg_min"), [("rate-70kg-start", 0.01), ("rate-70kg-first-max", 0.08)])
    def test_drip_rate_agrees_with_a_hospital_table(self, data, figure, ml_per_kg_min):
        """A Canadian table prints 42 and 336 mL/h for 70 kg at 0.01 and 0.08 mL/kg/min, which is 1 and 8 mg/kg/min of 10%."""
        printed = data.figures.set_index("id")["value"][figure]
        assert ml_per_h(ml_per_kg_min * 100, 70, 100) == pytest.approx(printed)

    def test_the_conversion_is_written_out(self, data):
        """Octagam 10% starts at 1 mg/kg/min: 1 × 70 × 60 ÷ 100 = 42."""
        expected = "mL/h = mg/kg/min × kg × 60 ÷ (mg/mL): 1 × 70 × 60 ÷ 100 = 42 mL/h"
        assert plan(data, order()).conversion == expected

    def test_steps(self, data):
        """Octagam 10% in ITP, 400 mg/kg: 1, 2 and 4 mg/kg/min for 30 min each give 30 + 60 + 120 = 210 mg/kg.

        The other 190 need 190 ÷ 8 = 23.75 min at 8 mg/kg/min: 113.75 min in all. At 70 kg and 100 mg/mL the rates are 42,
        84, 168 and 336 mL/h; the volumes 21, 42, 84 and 336 × 23.75 ÷ 60 = 133 mL. The step at 12 is not reached.
        """
        [run] = plan(data, order()).runs
        assert [s.rate_mg_per_kg_min for s in run.segments] == [1, 2, 4, 8]
        assert [s.ml_per_h for s in run.segments] == pytest.approx([42, 84, 168, 336])
        assert [s.start_min for s in run.segments] == pytest.approx([0, 30, 60, 90])
        assert [s.minutes for s in run.segments] == pytest.approx([30, 30, 30, 23.75])
        assert [s.ml for s in run.segments] == pytest.approx([21, 42, 84, 133])
        assert run.minutes == pytest.approx(113.75)

    def test_the_highest_rate_lasts_until_the_dose_is_in(self, data):
        """At 2 g/kg the four steps of 30 min give 450 mg/kg; 1550 ÷ 12 = 129.17 min follow: 249.17 min."""
        assert plan(data, order(dose=2)).minutes == pytest.approx((120 + 1550 / 12,) * 2)

    def test_a_range_of_minutes_makes_a_range_of_durations(self, data):
        """Panzyga, people used to it, 400 mg/kg: 1 for 30 min, then 4 and 8 for 15 to 30 min, then 14.

        Short steps: 30 + 60 + 120 = 210 in 60 min, 190 ÷ 14 = 13.57: 73.57 min.
        Long steps: 30 + 120 + 240 = 390 in 90 min, 10 ÷ 14 = 0.71: 90.71 min.
        """
        found = plan(data, order(RANGED, group="experienced"))
        assert found.minutes == pytest.approx((60 + 190 / 14, 90 + 10 / 14))
        assert found.duration == "1 h 14 min to 1 h 31 min"

    def test_first_and_highest_rate_bound_the_duration(self, data):
        """Gamunex-C in CIDP, 400 mg/kg: 400 ÷ 8 = 50 min at the highest rate, 400 ÷ 2 = 200 min at the first."""
        found = plan(data, order(PARTIAL))
        assert found.minutes == pytest.approx((50, 200))
        assert found.table.untimed == (2,)
        assert "first and a highest rate" in found.reason
        assert "For step 2 no time is stated." in found.reason

    def test_vials_to_open_and_the_nearest_whole_vials(self, data):
        """28 g of Privigen (2.5, 5, 10, 20 or 40 g): 30 g are opened, and 27.5 g is 0.5 g away, nearer than 30 g."""
        found = plan(data, order(("privigen", "cidp")))
        assert str(found.vials) == "1 × 20 g + 1 × 10 g"
        assert (found.vials.grams, found.vials.number) == (30, 2)
        assert found.nearest_vials.grams == 27.5

    def test_a_cap_holds_the_rate_down(self, data):
        """At most 3.3 mg/kg/min, 400 mg/kg: 30 + 60 mg/kg in 60 min, then 310 ÷ 3.3 = 93.94 min: 153.94 min."""
        found = plan(data, order(cap_mg_per_kg_min=3.3))
        assert [s.rate_mg_per_kg_min for s in found.runs[0].segments] == [1, 2, 3.3]
        assert found.minutes == pytest.approx((60 + 310 / 3.3,) * 2)

    def test_a_cap_at_a_printed_rate_ends_the_rise_there(self, data):
        """At most 4 mg/kg/min, 400 mg/kg: 90 mg/kg in 60 min, then 310 ÷ 4 = 77.5 min in one step, not 30 and 47.5."""
        found = plan(data, order(cap_mg_per_kg_min=4))
        assert [s.rate_mg_per_kg_min for s in found.runs[0].segments] == [1, 2, 4]
        assert found.minutes == pytest.approx((137.5, 137.5))

    def test_a_cap_below_the_first_rate_is_the_only_rate(self, data):
        """400 mg/kg at 0.5 mg/kg/min take 800 min, also where the table gives only a first and a highest rate."""
        for use in (STEPWISE, PARTIAL):
            found = plan(data, order(use, cap_mg_per_kg_min=0.5))
            assert found.minutes == pytest.approx((800, 800))
            assert "at the cap" in found.reason

    def test_a_cap_above_the_table_changes_nothing(self, data):
        assert plan(data, order(cap_mg_per_kg_min=20)).runs == plan(data, order()).runs

    def test_a_dose_that_is_in_before_the_minutes_differ_has_one_duration(self, data):
        """Panzyga, used to it: 0.15 g/kg over 5 days is 30 mg/kg a day, all in the first 30 min."""
        [run] = plan(data, order(RANGED, 0.15, days=5, group="experienced")).runs
        assert run.minutes == pytest.approx(30)
        assert len(run.segments) == 1

    @pytest.mark.parametrize(("minutes", "words"), [(0, "0 min"), (59.6, "1 h"), (119.4, "1 h 59 min"), (1440, "24 h")])
    def test_times_in_words(self, minutes, words):
        assert clock(minutes) == words


class TestWeight:
    def test_ideal_weight_of_a_man(self):
        """180 cm × 0.393701 = 70.866 inches; 50 + 2.3 × 10.866 = 74.99 kg."""
        assert Person(100, 180, "male").ideal_weight_kg == pytest.approx(74.99, abs=0.005)

    def test_ideal_weight_of_a_woman(self):
        """165 cm × 0.393701 = 64.961 inches; 45.5 + 2.3 × 4.961 = 56.91 kg."""
        assert Person(100, 165, "female").ideal_weight_kg == pytest.approx(56.91, abs=0.005)

    def test_adjusted_weight(self):
        """74.99 + 0.4 × (100 − 74.99) = 74.99 + 10.00 = 85.0 kg."""
        assert Person(100, 180, "male").adjusted_weight_kg == pytest.approx(85.0, abs=0.01)

    @given(st.floats(152, 250), st.sampled_from([("female", 45.5), ("male", 50)]))
    @few
    def test_ideal_weight_agrees_with_the_metric_form(self, height, sex):
        """Intensive care writes the same rule as 50 or 45.5 kg plus 0.91 kg for every cm above 152.4."""
        name, base = sex
        assert Person(70, height, name).ideal_weight_kg == pytest.approx(base + 0.91 * (height - 152.4), abs=0.5)

    @given(st.floats(20, 350), st.floats(152, 250), st.sampled_from(["female", "male"]))
    @few
    def test_no_basis_counts_more_than_the_actual_weight(self, weight, height, sex):
        """Ideal is at most adjusted, and adjusted at most actual, in whoever is heavier than ideal; else actual counts."""
        person = Person(weight, height, sex)
        ideal, adjusted, actual = (person.dosing_weight_kg(basis) for basis in ("ideal", "adjusted", "actual"))
        assert ideal <= adjusted + 1e-9 <= actual + 2e-9
        if weight <= person.ideal_weight_kg:
            assert ideal == adjusted == actual

    def test_dose_and_rate_are_counted_on_the_same_weight(self, data):
        """With adjusted weight the grams fall, 85.0 × 0.4 = 34.0 instead of 40, and the session stays as long."""
        person = Person(100, 180, "male")
        actual, adjusted = (plan(data, order(person=person, basis=basis)) for basis in ("actual", "adjusted"))
        assert (actual.grams, adjusted.grams) == pytest.approx((40, 34.0), abs=0.01)
        assert actual.minutes == pytest.approx(adjusted.minutes)

    def test_the_rule_is_cited(self, data):
        """The source of the weight rule is in the table of sources, and a plan that uses the rule names it."""
        assert set(WEIGHT_SOURCES) <= set(data.sources["id"])
        assert set(WEIGHT_SOURCES) <= set(plan(data, order(person=Person(100, 180, "male"), basis="ideal")).sources)
        assert not set(WEIGHT_SOURCES) & set(plan(data, order()).sources)

    def test_without_height_or_sex_there_is_no_ideal_weight(self):
        for person in (Person(70), Person(70, 170), Person(70, None, "male"), Person(70, 151, "male")):
            assert person.ideal_weight_kg is None
            assert person.adjusted_weight_kg is None


class TestVials:
    @given(st.floats(0.1, 60), sizes)
    @few
    def test_they_reach_the_dose_and_spare_less_than_the_smallest(self, grams, sizes):
        """The vials hold the dose, and no vial of the set could have been left unopened."""
        found = vials(grams, sizes)
        assert found.grams >= grams - 1e-6
        assert found.grams - grams < min(sizes)
        assert all(found.grams - size < grams for size, _ in found.counts)

    @given(st.integers(1, 24), st.sampled_from([(5, 10, 20), (2.5, 5, 10), (2, 5, 10), (1, 2.5, 5, 10), (3, 7)]))
    @few
    def test_no_other_set_does_better(self, grams, sizes):
        """Every set of vials tried out one by one: none has less to spare, and none as much with fewer vials."""
        tried = [
            (sum(n * size for n, size in zip(counts, sizes, strict=True)), sum(counts))
            for counts in itertools.product(*(range(int((grams + max(sizes)) // size) + 2) for size in sizes))
        ]
        to_open, nearest = vials(grams, sizes), nearest_vials(grams, sizes)
        assert (to_open.grams, to_open.number) == min(t for t in tried if t[0] >= grams)
        away, total, number = min((abs(t - grams), t, n) for t, n in tried if n)
        assert (abs(nearest.grams - grams), nearest.grams, nearest.number) == (away, total, number)

    def test_at_least_one_vial(self):
        """A dose of 0.2 g is nearest to nothing, but no dose is no treatment: the smallest vial it is."""
        assert nearest_vials(0.2, (5, 10)) == Vials(((5, 1),))

    def test_rounding_errors_open_no_vial(self):
        """50 × 1.1 is 55.00000000000001 to a computer, and 55 g to us."""
        assert vials(50 * 1.1, (1, 5, 10)).grams == 55

    def test_of_two_equally_near_sets_the_smaller_counts(self):
        """27.5 g lie halfway between 25 and 30 g."""
        assert nearest_vials(27.5, (5, 10, 20)).grams == 25

    def test_unknown_sizes_make_no_vials(self):
        assert vials(28, ()) is None
        assert nearest_vials(28, ()) is None


class TestRules:
    @given(st.data(), weights, doses, st.sampled_from(DAYS))
    @few
    def test_what_runs_in_is_the_dose(self, data, draw, weight, dose, days):
        """For every table, at every rate step by step, the volume infused is the day's grams over the concentration."""
        table = draw.draw(st.sampled_from(every_table(data)))
        found = plan(data, Order(Person(weight), dose, table.product, table.condition, days, group=table.group))
        concentration = data.products.set_index("id")["concentration_pct"][table.product] / 100  # g/mL
        for run in found.runs:
            drawn = sum(segment.ml_per_h / 60 * segment.minutes for segment in run.segments)
            assert drawn == pytest.approx(weight * dose / days / concentration)
            assert run.ml == pytest.approx(drawn)
        assert found.runs[0].minutes <= found.runs[-1].minutes

    @given(st.sampled_from([(*STEPWISE, "all"), (*RANGED, "experienced"), ("bivigam", "primary-immunodeficiency", "all")]), doses)
    @settings(max_examples=12, deadline=None)
    def test_dripping_second_by_second_takes_as_long(self, data, use, dose):
        """A simulation that knows only the table and the clock ends within a second of the computed minutes."""
        product, condition, group = use
        found = plan(data, order((product, condition), dose, group=group))
        for minutes, longest in zip(found.minutes, (False, True), strict=True):
            assert second_by_second(found.table, dose * 1000, longest=longest) == pytest.approx(minutes, abs=1.01 / 60)

    @given(st.data(), st.floats(1.05, 3), doses)
    @few
    def test_a_faster_table_is_sooner_done(self, data, draw, factor, dose):
        """If all rates rise by the same factor, every session shortens; if only the highest does, none lengthens."""
        table = draw.draw(st.sampled_from(every_table(data)))
        rates = data.infusion_rates
        all_faster = rates.assign(rate_mg_per_kg_min=rates["rate_mg_per_kg_min"] * factor)
        highest = rates["rate_mg_per_kg_min"].where(~rates["is_maximum"].astype(bool), rates["rate_mg_per_kg_min"] * factor)
        asked = order((table.product, table.condition), dose, group=table.group)
        before = plan(data, asked).minutes
        faster, top_faster = (
            plan(replace(data, infusion_rates=changed), asked).minutes for changed in (all_faster, rates.assign(rate_mg_per_kg_min=highest))
        )
        assert all(new < old for new, old in zip(faster, before, strict=True))
        assert all(new <= old for new, old in zip(top_faster, before, strict=True))

    @given(st.data(), weights, doses)
    @few
    def test_splitting_conserves_grams(self, data, draw, weight, dose):
        """Over 1 to 5 days the days add up to the same grams, each day is shorter, and all days together never are."""
        table = draw.draw(st.sampled_from(every_table(data)))
        found = splits(data, Order(Person(weight), dose, table.product, table.condition, group=table.group))
        assert [p.order.days for p in found] == list(DAYS)
        assert [p.grams_per_day * p.order.days for p in found] == pytest.approx([weight * dose] * 5)
        for fewer, more in itertools.pairwise(found):
            assert all(m < f for m, f in zip(more.minutes, fewer.minutes, strict=True))
            in_all = [(m * more.order.days, f * fewer.order.days) for m, f in zip(more.minutes, fewer.minutes, strict=True)]
            assert all(m >= f - 1e-6 for m, f in in_all)

    @given(weights, weights, doses)
    @few
    def test_weight_does_not_change_the_time(self, data, one, other, dose):
        """Dose and rate both grow with weight, so that a session of the same g/kg lasts as long in a baby and a giant."""
        times = [plan(data, order(dose=dose, person=Person(weight))).minutes for weight in (one, other)]
        assert times[0] == pytest.approx(times[1])


class TestRealData:
    @pytest.mark.parametrize("group", GROUPS)
    def test_every_product_gives_a_plan_or_a_reason(self, data, group):
        """At 70 kg and 0.4 g/kg each product given into a vein has a duration or says why it has none, for every condition with rates."""
        products = data.products[data.products["route"] != "SC"]["id"]
        for product, condition in itertools.product(products, sorted(set(data.infusion_rates["condition"]))):
            found = plan(data, order((product, condition), group=group))
            assert found.reason
            assert (found.minutes is None) == (found.table is None) == ("so there is no duration" in found.reason)
            assert set(found.sources) <= set(data.sources["id"])

    def test_a_product_for_under_the_skin_has_no_plan_and_a_reason(self, data):
        """Every product that is given under the skin only is refused by name; one given both ways is not."""
        for product in data.products.itertuples():
            found = faults(data, order((product.id, "primary-immunodeficiency")))
            assert list(found) == ["product"] * (product.route == "SC")
            assert all(f"{product.brand} is given under the skin only" in sentence for sentence in found.values())

    def test_every_row_of_rates_is_in_a_table(self, data):
        assert sum(len(table.steps) for table in every_table(data)) == len(data.infusion_rates)

    def test_tables_rise_from_the_first_to_the_highest_rate(self, data):
        """Rates rise, only the last row is marked the highest, and none is above the highest of the product's label."""
        limits = data.products.set_index("id")["max_rate_mg_per_kg_min"]
        for table in every_table(data):
            rates = [step.rate_mg_per_kg_min for step in table.steps]
            assert rates == sorted(set(rates)), table
            assert [step.number for step in table.steps] == list(range(1, len(rates) + 1))
            assert pd.isna(limits[table.product]) or rates[-1] <= limits[table.product] + 1e-9
        marked = data.infusion_rates.groupby(["product", "condition", "patient_group"])["is_maximum"]
        assert (marked.sum() == 1).all()
        assert marked.last().all()

    def test_which_tables_fix_a_session(self, data):
        """A table is complete where steps between the first and the highest rate are printed, with their minutes."""
        complete = {(t.product, t.condition, t.group) for t in every_table(data) if t.complete}
        assert complete == {
            ("bivigam", "primary-immunodeficiency", "all"),
            ("gammaplex-10", "primary-immunodeficiency", "all"),
            ("octagam-10", "itp-adult", "all"),
            ("octagam-5", "primary-immunodeficiency", "all"),
            ("panzyga", "itp-adult", "all"),
            ("panzyga", "primary-immunodeficiency", "experienced"),
        }

    def test_a_table_of_two_rows_says_that_steps_are_missing(self, data):
        """Where we take two rows for a first and a highest rate, the note of a row, or the missing minutes, bear it out."""
        for table in every_table(data):
            if len(table.steps) == 2:
                words = " ".join(table.notes).lower()
                assert "raised" in words or "only the first and the highest" in words or table.steps[0].minutes_low is None, table

    def test_a_measured_session_is_as_long_as_a_computed_one(self, data):
        """In a trial Gammaplex 10% ran for 111 min on average: between the computed times for 0.3 and 0.8 g/kg."""
        measured = data.figures.set_index("id")["value"]["infusion-time-gammaplex10"]
        low, high = (plan(data, order(("gammaplex-10", "primary-immunodeficiency"), dose)).minutes[0] for dose in (0.3, 0.8))
        assert low < measured < high

    def test_no_table_for_the_condition_names_those_there_are(self, data):
        found = plan(data, order(("octagam-10", "gbs")))
        assert found.runs == ()
        assert found.minutes is None
        assert found.duration == "not known"
        assert found.conversion == ""
        assert "Dermatomyositis" in found.reason
        assert "none for Guillain-Barré syndrome" in found.reason
        assert found.ml_per_day == pytest.approx(280)

    def test_no_table_at_all(self, data):
        assert plan(data, order(NO_TABLE)).reason == "The tables hold no infusion rates for Yimmugo, so there is no duration."

    def test_former_names_are_left_out(self, data):
        assert plan(data, order(PARTIAL)).product.brand == "Gamunex-C"


class TestSessions:
    def test_small_and_large_doses_on_one_product(self, data):
        """Octagam 10%: 0.4 g/kg takes 113.75 min, 1 g/kg 120 + 550 ÷ 12 = 165.83, 2 g/kg in one day 249.17.

        2 g/kg over five days is 0.4 g/kg a day. At most at 3.3 mg/kg/min, 2 g/kg takes 60 + 1910 ÷ 3.3 = 638.79 min.
        """
        found = sessions(data)
        times = {(s.plan.order.dose_g_per_kg, s.plan.order.days, s.plan.order.cap_mg_per_kg_min): s.plan.minutes[0] for s in found}
        assert times[0.4, 1, None] == pytest.approx(113.75)
        assert times[1, 1, None] == pytest.approx(120 + 550 / 12)
        assert times[2, 2, None] == pytest.approx(times[1, 1, None])
        assert times[2, 5, None] == pytest.approx(times[0.4, 1, None])
        assert times[2, 1, None] == pytest.approx(120 + 1550 / 12)
        assert times[2, 1, 3.3] == pytest.approx(60 + 1910 / 3.3)

    def test_one_session_takes_two_hours_another_all_day(self, data):
        """Rounded to hours the shortest takes 2, the longest 11."""
        hours = [round(s.plan.minutes[0] / 60) for s in sessions(data)]
        assert (min(hours), max(hours)) == (2, 11)

    def test_labels_tell_them_apart(self, data):
        labels = [s.label for s in sessions(data)]
        assert labels[0] == "0.4 g/kg in one day, a dose that replaces antibody"
        assert labels[-1] == "2 g/kg in one day, not faster than 3.3 mg/kg/min"
        assert len(set(labels)) == len(labels)

    def test_the_cap_comes_from_the_tables(self, data):
        """Only products for which the tables print a lower highest rate are shown with it."""
        assert capped_rate(data, "octagam-10") == 3.3
        assert capped_rate(data, "bivigam") is None
        assert len(sessions(data, "bivigam", "primary-immunodeficiency")) == len(SESSIONS)


class TestImpossibleInput:
    @pytest.mark.parametrize(
        ("field", "asked", "allowed"),
        [
            ("weight_kg", order(person=Person(0)), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(900)), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(-70)), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(float("nan"))), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(float("inf"))), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person("70")), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(None)), "0.5 to 350 kg"),
            ("weight_kg", order(person=Person(True)), "0.5 to 350 kg"),
            ("height_cm", order(person=Person(70, 20)), "40 to 250 cm"),
            ("height_cm", order(person=Person(70, None, "male"), basis="ideal"), "from 152 to 250 cm"),
            ("height_cm", order(person=Person(40, 140, "male"), basis="adjusted"), "from 152 cm"),
            ("sex", order(person=Person(70, 170, "other")), "female or male"),
            ("sex", order(person=Person(70, 170), basis="adjusted"), "female or male"),
            ("basis", order(basis="lean"), "actual, adjusted, ideal"),
            ("dose_g_per_kg", order(dose=40), "0.05 to 5 g/kg"),
            ("dose_g_per_kg", order(dose=0), "0.05 to 5 g/kg"),
            ("days", order(days=0), "1 to 5"),
            ("days", order(days=6), "1 to 5"),
            ("days", order(days=2.5), "1 to 5"),
            ("days", order(days=True), "1 to 5"),
            ("days", order(days="2"), "1 to 5"),
            ("cap_mg_per_kg_min", order(cap_mg_per_kg_min=0), "0.1 to 20 mg/kg/min"),
            ("product", order(("aspirin", "cidp")), "octagam-10"),
            ("product", order(("hizentra", "cidp")), "under the skin only"),
            ("condition", order(("octagam-10", "hiccups")), "conditions table"),
            ("group", order(group="everyone"), "all, first-infusions, experienced"),
        ],
    )
    def test_the_fault_names_its_field_and_what_is_allowed(self, data, field, asked, allowed):
        """There is no plan; the error names the field and says in a sentence what may be entered."""
        assert list(faults(data, asked)) == [field]
        with pytest.raises(InputError, match=field) as caught:
            plan(data, asked)
        assert caught.value.field == field
        assert allowed in caught.value.sentence
        assert caught.value.sentence.endswith(".")

    def test_all_faults_are_told_at_once(self, data):
        wrong = Order(Person(0, 20, "x"), 40, "aspirin", "hiccups", 0, "lean", "nobody", 99)
        found = faults(data, wrong)
        fields = {"weight_kg", "height_cm", "sex", "dose_g_per_kg", "product", "condition", "days", "basis", "group", "cap_mg_per_kg_min"}
        assert set(found) == fields
        with pytest.raises(InputError) as caught:
            splits(data, replace(wrong))
        assert fields - set(caught.value.faults) <= {"days"}
        assert all(field in str(caught.value) for field in caught.value.faults)

    @pytest.mark.parametrize("weight", [0.5, 350])
    @pytest.mark.parametrize("dose", [0.05, 5])
    def test_the_limits_themselves_are_allowed(self, data, weight, dose):
        for days in DAYS:
            found = plan(data, order(dose=dose, person=Person(weight), days=days))
            assert found.vials.grams >= found.grams_per_day - 1e-6

    def test_sound_input_has_no_fault(self, data):
        assert faults(data, order(person=Person(100, 180, "male"), basis="adjusted", days=5, cap_mg_per_kg_min=3.3)) == {}
