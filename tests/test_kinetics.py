"""Serum IgG over time: the models are those of the tables, the solution is right, and it is held against what was measured.

Each check has a calculation beside it that shares no code with the module. The tolerances:

- 1e-6 relative: closed forms. The module is exact too, so only rounding separates the two.
- 0.5 %: numerical integration, which is not exact (Runge-Kutta steps of an hour; trapezia between rows a day apart).
- a factor (1.35 to 1.75): models against measurements in other people. Where a model falls outside, the test says so.
"""

from __future__ import annotations

import dataclasses
import math
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer import kinetics
from ivig_explainer.kinetics import (
    NOT_MODELLED,
    Model,
    Scaled,
    Schedule,
    curve,
    models,
    peaks_and_troughs,
    simulate,
    steady_state,
    trough_target,
    unusable,
)

ALL = models(ivig.load())
WITH_SC = {name: model for name, model in ALL.items() if "SC" in model.routes}
# Fitted to people, children among them, on replacement doses. The two others are held against measurements by themselves.
REPLACEMENT = sorted(set(ALL) - {"cheng-2026", "tortorici-2021-cidp"})
WEIGHT = 70.0  # the reference person of the review (70 kg); the tables do not give the weights of the people measured
FOUR_WEEKLY = Schedule(0.4, 28)

PLAIN = dataclasses.replace(
    ALL["lee-2021"],
    clearance_l_per_day=Scaled(0.15),
    central_volume_l=Scaled(5.0),
    reference_weight_kg=None,
    absorption_per_day=0.3,
    bioavailability=0.7,
)

any_model = st.sampled_from(sorted(ALL)).map(ALL.get)
any_dose = st.floats(0.05, 1.0)
any_weight = st.floats(5, 130)
any_start = st.floats(0, 15)


@pytest.fixture(params=sorted(ALL))
def model(request: pytest.FixtureRequest) -> Model:
    return ALL[request.param]


def figure(data: ivig.Dataset, row: str) -> pd.Series:
    return data.figures.set_index("id").loc[row]


def schedules(model: Model) -> list[Schedule]:
    return [FOUR_WEEKLY, Schedule(0.6, 21)] + [Schedule(0.1, 7, "SC", 2)] * ("SC" in model.routes)


def trough(model: Model, dose: float, days: float, route: str = "IV") -> float:
    return steady_state(model, Schedule(dose, days, route), WEIGHT, 4).trough


def runge_kutta(model: Model, schedule: Schedule, weight: float, start: float, days: int) -> np.ndarray:
    """Return IgG at the end of each hour by fourth-order Runge-Kutta, the person's own production written out."""
    p = model.at(weight)
    two = model.compartments == 2
    grams = schedule.dose_g_per_kg * weight
    production = p.clearance_l_per_day * start

    def slope(state: np.ndarray, drip: float) -> np.ndarray:
        depot, blood, tissue = state
        level, beside = blood / p.central_volume_l, tissue / p.peripheral_volume_l if two else 0.0
        swap = p.exchange_l_per_day * (level - beside) if two else 0.0
        under_skin = schedule.route == "SC"
        return np.array(
            [
                drip * p.bioavailability * under_skin - p.absorption_per_day * depot,
                drip * (not under_skin) + production + p.absorption_per_day * depot - p.clearance_l_per_day * level - swap,
                swap,
            ]
        )

    state = np.array([0.0, start * p.central_volume_l, start * p.peripheral_volume_l if two else 0.0])
    step, levels = 1 / 24, []
    for hour in range(days * 24):
        running = hour % round(schedule.interval_days * 24) < schedule.infusion_hours
        drip = grams / (schedule.infusion_hours / 24) if running else 0.0
        a = slope(state, drip)
        b = slope(state + step / 2 * a, drip)
        c = slope(state + step / 2 * b, drip)
        d = slope(state + step * c, drip)
        state = state + step / 6 * (a + 2 * b + 2 * c + d)
        levels.append(state[1] / p.central_volume_l)
    return np.array(levels)


class TestModels:
    def test_every_series_is_either_usable_or_explained(self, data):
        rows = data.figures[data.figures["topic"] == "population-model"]
        assert set(models(data)) | set(unusable(data)) == set(rows["series"])
        assert not set(models(data)) & set(unusable(data))
        assert all(reason.endswith(".") and reason.count(".") == 1 for reason in unusable(data).values())

    def test_lean_body_mass_cannot_be_had_from_weight(self, data):
        assert set(unusable(data)) == {"li-2022", "li-2024-mmn"}
        assert all("lean body mass" in reason for reason in unusable(data).values())

    def test_parameters_are_those_of_the_series(self, data, model):
        """Every parameter stands in a row of that series, and every number of a row that matters is in the model."""
        rows = data.figures[(data.figures["topic"] == "population-model") & (data.figures["series"] == model.id)]
        held = [model.reference_weight_kg, model.absorption_per_day, model.bioavailability, model.own_igg_g_per_l, model.clearance_cv_pct]
        for name in ("clearance_l_per_day", "central_volume_l", "intercompartmental_clearance_l_per_day", "peripheral_volume_l"):
            scaled = getattr(model, name)
            held += [scaled.value, scaled.exponent] if scaled else []
        held = {value for value in held if value}
        variants = rows["name"].str.contains("variability|secondary antibody deficiency|secondary immunodeficiency:|in secondary")
        assert held <= set(rows["value"])
        assert set(rows.loc[~variants, "value"]) <= held

    def test_models_say_in_whom_and_by_which_source(self, data, model):
        rows = data.figures[data.figures["series"] == model.id]
        assert model.population == rows["population"].iloc[0]
        assert model.population.startswith(str(model.people))
        assert set(model.sources) == {source for sources in rows["sources"] for source in sources}
        assert set(model.sources) <= set(data.sources["id"])
        assert any("transcription" in note for note in model.notes)

    def test_people(self):
        assert {name: model.people for name, model in ALL.items()} == {
            "cheng-2026": 64,
            "landersdorfer-2013": 151,
            "lee-2021": 10,
            "luo-2020": 202,
            "navarro-mora-2022": 95,
            "tortorici-2019": 187,
            "tortorici-2021-cidp": 235,
            "zhang-2020": 173,
        }

    def test_weight_terms_reach_as_far_as_the_notes_say(self):
        """Read in the model files of nlmixr2lib, to which the tables' sources lead."""
        doubled = {name: (model.at(2 * model.reference_weight_kg), model) for name, model in ALL.items() if model.reference_weight_kg}
        grows = {
            name: (
                round(math.log2(big.clearance_l_per_day / m.clearance_l_per_day.value), 3),
                round(math.log2(big.central_volume_l / m.central_volume_l.value), 3),
                round(math.log2(big.exchange_l_per_day / m.intercompartmental_clearance_l_per_day.value), 3),
                round(math.log2(big.peripheral_volume_l / m.peripheral_volume_l.value), 3),
            )
            for name, (big, m) in doubled.items()
            if m.compartments == 2
        }
        assert grows == {
            "cheng-2026": (0.75, 1, 0.75, 1),
            "luo-2020": (0.881, 0.501, 0, 0),
            "navarro-mora-2022": (0.744, 0.686, 0, 1.04),
            "tortorici-2019": (0.796, 1.1, 0, 0),
            "tortorici-2021-cidp": (0.615, 0.773, 0.615, 0.773),
            "zhang-2020": (0.768, 0.448, 0, 0),
        }
        assert ALL["landersdorfer-2013"].at(20) == ALL["landersdorfer-2013"].at(120)

    def test_compartments_and_routes(self):
        assert [name for name, model in ALL.items() if model.compartments == 1] == ["lee-2021"]
        assert sorted(WITH_SC) == ["landersdorfer-2013", "luo-2020", "navarro-mora-2022", "tortorici-2021-cidp", "zhang-2020"]

    def test_own_igg_is_handled_as_the_model_states(self):
        assert ALL["lee-2021"].own_igg_g_per_l is None
        assert any("subtracted" in note for note in ALL["lee-2021"].notes)
        assert ALL["zhang-2020"].own_igg_note == "Fixed, not estimated."
        assert ALL["tortorici-2021-cidp"].own_igg_note.startswith("Observed median")

    def test_a_weight_beyond_the_people_is_told(self):
        assert not ALL["zhang-2020"].covers(10)
        assert ALL["zhang-2020"].covers(13)
        assert ALL["tortorici-2019"].covers(10), "the tables give no weights for it"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (lambda t: t[t["id"] != "pk-zhang-2020-q"], "The tables lack its inter-compartmental clearance."),
            (lambda t: t[t["id"] != "pk-zhang-2020-reference-weight"], "The tables lack its reference body weight."),
            (lambda t: t.assign(value=t["value"].mask(t["id"] == "pk-zhang-2020-cl")), "The tables lack its clearance."),
            (
                lambda t: t.assign(unit=t["unit"].mask(t["id"] == "pk-zhang-2020-cl", "mL/h")),
                "Its clearance is in mL/h, and L/day is needed.",
            ),
            (
                lambda t: t.assign(note=t["note"].str.replace("No weight term. ", "")),
                "The tables do not say whether its inter-compartmental clearance and peripheral volume depends on weight.",
            ),
            (
                lambda t: t.assign(note=t["note"].str.replace("Two compartments. ", "")),
                "The tables do not say whether it has one compartment or two.",
            ),
            (lambda t: pd.concat([t, t[t["id"] == "pk-zhang-2020-vc"]]), "The tables give its central volume more than once."),
            (
                lambda t: t.assign(population=t["population"].mask(t["id"] == "pk-zhang-2020-vc", "others")),
                "Its rows differ in population, so they may not belong to one model.",
            ),
        ],
    )
    def test_a_model_with_a_gap_is_not_guessed_at(self, data, change, reason):
        """What a row does not say is never made up: the model drops out, with the reason."""
        rows = data.figures[data.figures["series"] == "zhang-2020"]
        broken = dataclasses.replace(data, figures=change(rows))
        assert unusable(broken) == {"zhang-2020": reason}
        assert models(broken) == {}

    def test_what_is_not_modelled_is_said(self):
        said = " ".join(NOT_MODELLED)
        assert all(word in said for word in ("FcRn", "Illness", "loss of protein", "Laboratories", "starting IgG"))
        assert all(sentence.endswith(".") for sentence in NOT_MODELLED)


class TestClosedForms:
    """Expected: textbook formulas for one compartment, given here in full. Tolerance: 1e-6 relative."""

    @given(dose=any_dose, days=st.integers(7, 56), hours=st.floats(1, 12), start=any_start)
    def test_one_compartment_by_vein(self, dose, days, hours, start):
        """Trough = start + R/CL (1 - e^-kT) e^-k(t-T) / (1 - e^-kt), peak the same without the second decay."""
        k, run = 0.15 / 5.0, hours / 24
        plateau = dose * WEIGHT / run / 0.15
        peak = plateau * (1 - math.exp(-k * run)) / (1 - math.exp(-k * days))
        found = steady_state(PLAIN, Schedule(dose, days, "IV", hours), WEIGHT, start)
        assert found.peak == pytest.approx(start + peak, rel=1e-6)
        assert found.trough == pytest.approx(start + peak * math.exp(-k * (days - run)), rel=1e-6)
        assert found.mean == pytest.approx(start + dose * WEIGHT / (0.15 * days), rel=1e-6)

    def test_one_compartment_under_the_skin(self):
        """After one dose: C = F R ka/V [ (e^-kt (e^kT - 1))/k - (e^-at (e^aT - 1))/a ] / (a - k), with a = ka."""
        k, a, run, rate = 0.15 / 5.0, 0.3, 2 / 24, 0.1 * WEIGHT / (2 / 24)
        points = simulate(PLAIN, Schedule(0.1, 84, "SC", 2), WEIGHT, 0, 12).iloc[1:]
        t = points["day"].to_numpy()
        slow = np.exp(-k * t) * (math.exp(k * run) - 1) / k
        fast = np.exp(-a * t) * (math.exp(a * run) - 1) / a
        expected = 0.7 * rate * a / 5.0 * (slow - fast) / (a - k)
        assert points["igg_g_per_l"].to_numpy() == pytest.approx(expected, rel=1e-6)

    def test_absorption_as_fast_as_elimination(self):
        """Where ka = CL/V the formula above divides by zero; its limit is F D k t e^-kt / V for a short infusion.

        A quarter of an hour is not a moment, hence 0.5 %.
        """
        k = 0.15 / 5.0
        even = dataclasses.replace(PLAIN, absorption_per_day=k)
        points = simulate(even, Schedule(0.1, 84, "SC", 0.25), WEIGHT, 0, 12).iloc[5:]
        t = points["day"].to_numpy()
        assert points["igg_g_per_l"].to_numpy() == pytest.approx(0.7 * 0.1 * WEIGHT * k * t * np.exp(-k * t) / 5.0, rel=0.005)

    def test_half_life_of_one_compartment(self):
        assert PLAIN.half_life_days(WEIGHT) == pytest.approx(math.log(2) * 5.0 / 0.15)

    def test_half_life_is_what_the_tail_of_the_curve_shows(self, model):
        """Long after one dose the level above the start halves in one half-life (0.5 %, since other terms linger)."""
        half_life = model.half_life_days(WEIGHT)
        points = simulate(model, Schedule(1, 84), WEIGHT, 0, 12)
        day, level = points["day"].to_numpy(), points["igg_g_per_l"].to_numpy()
        ratio = np.interp(83, day, level) / np.interp(63, day, level)
        assert -20 * math.log(2) / math.log(ratio) == pytest.approx(half_life, rel=0.005)


class TestMassBalance:
    """At steady state what goes in goes out: area under the curve x CL = dose x F + production x interval. 0.5 %."""

    def test_area_over_one_interval(self, model):
        for schedule in schedules(model):
            weeks = 12 * model.half_life_days(WEIGHT) / 7
            points = simulate(model, schedule, WEIGHT, 4, weeks)
            person = model.at(WEIGHT)
            doses = len(peaks_and_troughs(points, schedule))
            start, end = (doses - 1) * schedule.interval_days, doses * schedule.interval_days
            last = points[points["day"].between(start - 1e-6, end + 1e-6)]
            area = np.trapezoid(last["igg_g_per_l"], last["day"])
            fraction = person.bioavailability if schedule.route == "SC" else 1
            given_g = schedule.dose_g_per_kg * WEIGHT * fraction
            produced_g = person.clearance_l_per_day * 4 * schedule.interval_days
            assert area * person.clearance_l_per_day == pytest.approx(given_g + produced_g, rel=0.005)
            found = steady_state(model, schedule, WEIGHT, 4)
            assert found.mean == pytest.approx(area / schedule.interval_days, rel=0.005)
            assert found.trough == pytest.approx(last["igg_g_per_l"].iloc[-1], rel=1e-3)
            assert found.peak == pytest.approx(last["igg_g_per_l"].max(), rel=1e-3)


class TestSecondMethod:
    """Expected: Runge-Kutta with steps of one hour, written above, production included. Tolerance: 0.5 % over 12 weeks."""

    @pytest.mark.parametrize("weight", [20.0, 70.0])
    def test_agrees_over_twelve_weeks(self, model, weight):
        for schedule in schedules(model):
            points = simulate(model, schedule, weight, 4, 12)
            hours = (points["day"].to_numpy() * 24)[1:]
            stepped = runge_kutta(model, schedule, weight, 4, 84)
            # rows of the module are seldom on the hour: read the other curve between its hours
            expected = np.interp(hours, np.arange(1, len(stepped) + 1), stepped)
            assert points["igg_g_per_l"].to_numpy()[1:] == pytest.approx(expected, rel=0.005)


class TestMeasured:
    """Models against figures of the tables, all from other people than the models' own. The factor is stated in each test.

    People are taken to weigh 70 kg, by the review that lists the models; the sources of the figures give no weights.
    """

    @pytest.mark.parametrize("name", REPLACEMENT)
    def test_trough_rise_per_100_mg_per_kg(self, data, name):
        """Regressions over trials found 73 and 121 mg/dL a month; the models give 98 to 121. 1 % for rounding at the edge."""
        low = figure(data, "trough-per-100mgkg-73")["value"]
        high = figure(data, "trough-per-100mgkg-121")["value"]
        rise = (trough(ALL[name], 0.5, 28) - trough(ALL[name], 0.4, 28)) * 100
        assert low <= rise <= high * 1.01

    def test_trough_rise_of_the_two_others_is_smaller(self, data):
        """The models in children and in CIDP clear IgG faster: 49 and 21 mg/dL, outside what was measured in replacement."""
        low = figure(data, "trough-per-100mgkg-73")["value"]
        rises = {name: (trough(ALL[name], 0.5, 28) - trough(ALL[name], 0.4, 28)) * 100 for name in ("cheng-2026", "tortorici-2021-cidp")}
        assert rises["cheng-2026"] == pytest.approx(49, abs=1)
        assert rises["tortorici-2021-cidp"] == pytest.approx(21, abs=1)
        assert max(rises.values()) < low

    @pytest.mark.parametrize("name", sorted(set(WITH_SC) & set(REPLACEMENT)))
    def test_rise_under_the_skin(self, data, name):
        """A regression found 84 mg/dL per 100 mg/kg a month; the models give 97 to 111. Factor 1.35."""
        measured = figure(data, "igg-rise-per-100mgkg-sc")["value"]
        rise = (trough(ALL[name], 0.125, 7, "SC") - trough(ALL[name], 0.1, 7, "SC")) * 100
        assert measured / 1.35 < rise < measured * 1.35

    @pytest.mark.parametrize(("row", "dose"), [("rise-0-2gkg", 0.2), ("rise-0-4gkg", 0.4)])
    def test_peak_after_one_dose(self, data, model, row, dose):
        """Four and six healthy volunteers rose by 4.0 and 8.8 g/L; the models give 2.7 to 4.6 and 5.4 to 9.1. Factor 1.75.

        All but one of the eight models fall short of the 8.8 (0.61 to 1.04 of it).
        """
        measured = figure(data, row)
        before = measured["comparison_value"]
        rise = simulate(model, Schedule(dose, 28), WEIGHT, before, 4)["igg_g_per_l"].max() - before
        assert 1 / 1.75 < rise / (measured["value"] - before) < 1.75

    @pytest.mark.parametrize("name", REPLACEMENT)
    def test_half_life(self, data, name):
        """Half-lives measured in primary immunodeficiency: 24.5 to 41 days; the models' terminal ones: 23 to 48. Factor 1.25."""
        measured = data.figures.loc[data.figures["series"] == "half-life-pid", "value"]
        assert measured.min() / 1.25 < ALL[name].half_life_days(WEIGHT) < measured.max() * 1.25

    def test_half_life_of_the_two_others(self, data):
        """In children 28 days, as in the adults. In CIDP 11: less than half the shortest in primary immunodeficiency."""
        measured = data.figures.loc[data.figures["series"] == "half-life-pid", "value"]
        assert measured.min() < ALL["cheng-2026"].half_life_days(WEIGHT) < measured.max()
        assert ALL["tortorici-2021-cidp"].half_life_days(WEIGHT) < measured.min() / 2

    @pytest.mark.parametrize("name", REPLACEMENT)
    def test_troughs_of_trials(self, data, name):
        """Mean troughs of trials: 6.6 to 12.8 g/L on 387 to 560 mg/kg every 3 to 4 weeks; the models: 7.8 to 13.7. 10 %."""
        measured = figure(data, "trough-range-trials")
        lowest, highest = trough(ALL[name], 0.387, 28), trough(ALL[name], 0.560, 21)
        assert measured["low"] / 1.1 < lowest < highest < measured["high"] * 1.1

    @pytest.mark.parametrize("name", REPLACEMENT)
    def test_doubling_a_dose_in_cvid(self, data, name):
        """From 200 to 400 mg/kg every 3 weeks raised the trough of 7 people by 2.2 g/L; the models say 2.9 to 3.5. Factor 1.65."""
        measured = figure(data, "trough-200-vs-400")
        rise = trough(ALL[name], 0.4, 21) - trough(ALL[name], 0.2, 21)
        assert 1 < rise / (measured["value"] - measured["comparison_value"]) < 1.65

    @pytest.mark.parametrize("name", sorted(set(WITH_SC) & set(REPLACEMENT)))
    def test_trough_gained_by_the_weekly_route(self, data, name):
        """Trials, which mix equal and raised doses, gained 73 mg/dL: between what the models give at equal dose and at 1.37 times."""
        measured = figure(data, "sc-trough-gain")["value"] / 100
        factor = figure(data, "sc-factor-hizentra")["value"]
        by_vein = trough(ALL[name], 0.45, 28)
        assert trough(ALL[name], 0.45 / 4, 7, "SC") - by_vein < measured < trough(ALL[name], factor * 0.45 / 4, 7, "SC") - by_vein

    def test_high_doses_are_overstated_by_models_of_low_ones(self, data):
        """Two weeks after 2 g/kg in Guillain-Barré syndrome IgG had risen by 7.8 g/L (SD: 2.2 to 13.4).

        The model fitted to such doses says 9.0, the one in children 7.1. Those of replacement say 12.8 to 18.8, all of them
        above the mean and most above the range: what `NOT_MODELLED` says of the receptor.
        """
        measured = figure(data, "delta-igg-gbs")
        rises = {name: simulate(model, Schedule(2, 14), WEIGHT, 10, 2)["igg_g_per_l"].iloc[-1] - 10 for name, model in ALL.items()}
        assert measured["low"] < rises["tortorici-2021-cidp"] < measured["high"]
        assert measured["low"] < rises["cheng-2026"] < measured["high"]
        assert all(rises[name] > 1.5 * measured["value"] for name in REPLACEMENT)

    def test_swing_as_another_implementation_found(self):
        """Source nlmixr2lib-vanderzeeuw-2026 prints the median swing, (peak - trough)/trough: roughly 80 % by vein, 5 % under the skin.

        It covers two models that the tables lack or cannot use, and gives doses in an instant: within 15 points, and within 2.
        """
        vein = [steady_state(ALL[name], FOUR_WEEKLY, WEIGHT, 4) for name in REPLACEMENT]
        skin = [steady_state(ALL[name], Schedule(0.1, 7, "SC"), WEIGHT, 4) for name in set(WITH_SC) & set(REPLACEMENT)]
        assert np.median([s.peak / s.trough - 1 for s in vein]) == pytest.approx(0.80, abs=0.15)
        assert np.median([s.peak / s.trough - 1 for s in skin]) == pytest.approx(0.05, abs=0.02)


class TestProperties:
    @given(model=any_model, dose=any_dose, weight=any_weight, start=any_start, days=st.integers(7, 42))
    def test_doubling_the_dose_doubles_the_rise(self, model, dose, weight, start, days):
        once = simulate(model, Schedule(dose, days), weight, start, 12)["igg_g_per_l"] - start
        twice = simulate(model, Schedule(2 * dose, days), weight, start, 12)["igg_g_per_l"] - start
        assert twice.to_numpy() == pytest.approx(2 * once.to_numpy(), rel=1e-9, abs=1e-9)

    @given(model=any_model, weight=any_weight, start=any_start)
    def test_no_dose_stays_at_the_start(self, model, weight, start):
        nothing = curve("nothing", model, Schedule(0, 28), weight, start, 24)
        assert nothing.points["igg_g_per_l"].to_numpy() == pytest.approx(start)
        assert dataclasses.astuple(nothing.steady) == pytest.approx((start, start, start))
        assert nothing.settled_week == 0

    @given(model=st.sampled_from(sorted(WITH_SC)).map(ALL.get), dose=st.floats(0.2, 1.0), weight=any_weight, start=any_start)
    def test_weekly_under_the_skin_swings_less(self, model, dose, weight, start):
        """The same grams a month: a quarter every week under the skin, or all by vein every four weeks."""
        monthly = steady_state(model, Schedule(dose, 28), weight, start)
        weekly = steady_state(model, Schedule(dose / 4, 7, "SC"), weight, start)
        assert weekly.peak / weekly.trough < monthly.peak / monthly.trough

    @given(model=any_model, dose=any_dose, weight=any_weight, start=any_start)
    def test_trough_lies_below_mean_and_mean_below_peak(self, model, dose, weight, start):
        found = steady_state(model, Schedule(dose, 28), weight, start)
        assert start < found.trough < found.mean < found.peak

    @given(model=any_model, dose=any_dose, days=st.integers(7, 42))
    def test_troughs_climb_to_the_steady_one(self, model, dose, days):
        found = curve("x", model, Schedule(dose, days), WEIGHT, 4, 52)
        troughs = [*found.extremes["trough_g_per_l"], found.steady.trough]
        assert all(a <= b + 1e-9 for a, b in pairwise(troughs))

    @given(model=any_model, dose=any_dose, days=st.integers(7, 42), weeks=st.integers(6, 60))
    def test_settled_is_the_first_trough_within_five_per_cent(self, model, dose, days, weeks):
        found = curve("x", model, Schedule(dose, days), WEIGHT, 4, weeks)
        troughs = {0.0: 4.0} | dict(zip(found.extremes["trough_day"] / 7, found.extremes["trough_g_per_l"], strict=True))
        near = [week for week, level in troughs.items() if abs(level - found.steady.trough) <= 0.05 * found.steady.trough]
        assert found.settled_week == (pytest.approx(near[0]) if near else None)

    def test_units(self):
        """0.4 g/kg at 70 kg is 28 g; in a volume of 5 L that is 5.6 g/L, before any of it has left."""
        still = dataclasses.replace(PLAIN, clearance_l_per_day=Scaled(1e-9))
        assert simulate(still, FOUR_WEEKLY, 70, 0, 4)["igg_g_per_l"].iloc[-1] == pytest.approx(28 / 5)
        assert simulate(still, Schedule(0.4, 84, "SC"), 70, 0, 12)["igg_g_per_l"].iloc[-1] == pytest.approx(0.7 * 28 / 5)

    @given(days=st.integers(1, 84), weeks=st.integers(1, 60))
    def test_rows(self, days, weeks):
        """Days rise from 0, stay within the weeks, are at most a day apart, and hit every dose."""
        points = simulate(PLAIN, Schedule(0.1, days), WEIGHT, 4, weeks)
        assert list(points.columns) == ["day", "igg_g_per_l"]
        day = points["day"].to_numpy()
        assert day[0] == 0
        assert day[-1] <= weeks * 7 + 1e-6
        assert day[-1] > weeks * 7 - 1 - 1e-6
        assert np.diff(day).min() > 0
        assert np.diff(day).max() <= 1 + 1e-9
        assert all(np.isclose(day, due).any() for due in range(0, weeks * 7 + 1, days))

    @given(days=st.integers(7, 84), weeks=st.integers(1, 60))
    def test_one_peak_and_trough_for_each_finished_interval(self, days, weeks):
        schedule = Schedule(0.1, days)
        found = peaks_and_troughs(simulate(PLAIN, schedule, WEIGHT, 4, weeks), schedule)
        assume(weeks * 7 >= days)
        assert found["dose"].tolist() == list(range(1, weeks * 7 // days + 1))
        assert found["trough_day"].to_numpy() == pytest.approx(days * found["dose"].to_numpy())
        assert found["peak_day"].to_numpy() == pytest.approx(days * (found["dose"].to_numpy() - 1) + 4 / 24)

    def test_an_interval_that_is_not_over_has_no_trough(self):
        schedule = Schedule(0.4, 28)
        assert peaks_and_troughs(simulate(PLAIN, schedule, WEIGHT, 4, 3), schedule).empty


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"dose_g_per_kg": -0.1}, "dose_g_per_kg must be between 0 and 3 g/kg, not -0.1"),
            ({"dose_g_per_kg": 400}, "dose_g_per_kg must be between 0 and 3 g/kg, not 400"),
            ({"dose_g_per_kg": math.nan}, "dose_g_per_kg must be between 0 and 3 g/kg, not nan"),
            ({"dose_g_per_kg": "0.4"}, "dose_g_per_kg must be between 0 and 3 g/kg, not 0.4"),
            ({"dose_g_per_kg": None}, "dose_g_per_kg must be between 0 and 3 g/kg, not None"),
            ({"interval_days": 0}, "interval_days must be between 1 and 84 days, not 0"),
            ({"interval_days": math.inf}, "interval_days must be between 1 and 84 days, not inf"),
            ({"route": "oral"}, "route must be one of IV, SC, not 'oral'"),
            ({"infusion_hours": 0}, "infusion_hours must be between 0.25 and 12 hours, not 0"),
            ({"infusion_hours": 13}, "infusion_hours must be between 0.25 and 12 hours, not 13"),
        ],
    )
    def test_schedule(self, values, message):
        with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared below
            Schedule(**({"dose_g_per_kg": 0.4, "interval_days": 28} | values))
        assert str(error.value) == message

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"weight_kg": 0}, "weight_kg must be between 1 and 250 kg, not 0"),
            ({"starting_igg_g_per_l": -1}, "starting_igg_g_per_l must be between 0 and 40 g/L, not -1"),
            ({"weeks": 0}, "weeks must be between 1 and 260 weeks, not 0"),
        ],
    )
    def test_simulation(self, values, message):
        with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole message is compared below
            simulate(PLAIN, FOUR_WEEKLY, **({"weight_kg": 70, "starting_igg_g_per_l": 4, "weeks": 12} | values))
        assert str(error.value) == message

    def test_a_route_that_the_model_does_not_know(self):
        with pytest.raises(ValueError, match=r"route must be IV for Lee 2021 .*, not 'SC'"):
            simulate(ALL["lee-2021"], Schedule(0.1, 7, "SC"), 70, 4, 12)

    def test_every_dose_and_interval_of_the_tables_but_courses_is_allowed(self, data):
        """Every dose that a regimen gives as one infusion can be asked for; so can intervals of up to 12 weeks."""
        single = data.regimens[data.regimens["per"] == "infusion"]
        assert single["dose_g_per_kg_high"].max() <= kinetics.DOSE_G_PER_KG[1]
        assert data.regimens["dose_g_per_kg_high"].max() <= kinetics.DOSE_G_PER_KG[1]


class TestSpeed:
    def test_one_simulation_takes_under_20_ms(self, model):
        """A slider drives it. The best of five runs of a year counts, so that a busy machine does not fail it."""
        runs = []
        for _ in range(5):
            began = time.perf_counter()
            simulate(model, Schedule(0.1, 7), WEIGHT, 4, 52)
            runs.append(time.perf_counter() - began)
        assert min(runs) < 0.020


def test_trough_target_comes_from_the_tables(data):
    target = trough_target(data)
    row = figure(data, "trough-target-ontario")
    assert (target.low, target.high, target.sources) == (row["low"], row["high"], row["sources"])


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Schedule(0.4, 28), "0.4 g/kg by vein every 4 weeks"),
        (Schedule(0.1, 7, "SC"), "0.1 g/kg under the skin every week"),
        (Schedule(0.02, 1, "SC"), "0.02 g/kg under the skin every day"),
        (Schedule(0.4, 10), "0.4 g/kg by vein every 10 days"),
        (Schedule(0.05, 3.5, "SC"), "0.05 g/kg under the skin every 3.5 days"),
    ],
)
def test_schedule_in_words(schedule, words):
    assert schedule.words() == words
