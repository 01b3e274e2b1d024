"""The picture of IgG over time says in words, numbers, lines and symbols the same thing, and none of it by colour alone."""

from __future__ import annotations

import dataclasses
import math

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer.charts.kinetics import LINES, MARKED_DOSES, kinetics, spread
from ivig_explainer.charts.style import Chart, palette
from ivig_explainer.kinetics import Curve, Schedule, curve, models, steady_state, trough_target

DATA = ivig.load()
ALL = models(DATA)
TARGET = trough_target(DATA)
MONTHLY = Schedule(0.4, 28)
WEEKLY = Schedule(0.1, 7, "SC")
SPREAD = spread(ALL, MONTHLY, 70, 4, 26, TARGET)


def luo(schedule: Schedule = MONTHLY, label: str = "monthly", weeks: float = 52, start: float = 4) -> Curve:
    return curve(label, ALL["luo-2020"], schedule, 70, start, weeks)


def keys(chart: Chart) -> list[go.Scatter]:
    """Return what the legend shows."""
    return [trace for trace in chart.figure.data if trace.showlegend is not False]


def of(chart: Chart, label: str, mode: str) -> list[go.Scatter]:
    return [trace for trace in chart.figure.data if trace.name == label and trace.mode == mode]


def luminance(colour: str) -> float:
    """Return relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestWords:
    def test_one_curve_says_where_and_when_it_settles(self):
        """8.2 g/L after 20 weeks: the fifth trough is the first within 5 % of the steady one (`kinetics.curve`)."""
        assert kinetics([luo()]).title == "Trough settles at 8.2 g/L after 20 weeks"

    def test_and_how_that_stands_to_the_target(self):
        assert kinetics([luo()], TARGET).title.endswith(", above the target of 5 to 7 g/L")
        assert kinetics([luo(Schedule(0.2, 28))], TARGET).title.endswith(", within the target of 5 to 7 g/L")
        assert kinetics([luo(Schedule(0.2, 28), start=1)], TARGET).title.endswith(", below the target of 5 to 7 g/L")

    def test_what_has_not_settled_is_not_called_settled(self):
        chart = kinetics([luo(weeks=8)])
        assert chart.title == "Trough is 6.7 g/L after 8 weeks, on its way to 8.2 g/L"
        assert "None" not in chart.title + chart.description
        assert kinetics([luo(weeks=2)]).title.startswith("Trough is 4.0 g/L after 2 weeks")

    def test_no_dose(self):
        assert kinetics([luo(Schedule(0, 28))]).title == "Trough stays near its start at 4.0 g/L"

    def test_several_curves_name_the_lowest_and_the_highest(self):
        chart = kinetics([luo(), luo(WEEKLY, "weekly")])
        assert chart.title == "Troughs settle at 7.9 g/L (weekly) to 8.2 g/L (monthly)"

    def test_equal_curves_are_not_ranked(self):
        assert kinetics([luo(), luo(label="again")]).title == "Troughs of all 2 settle at 8.2 g/L"

    def test_nothing_to_draw(self):
        chart = kinetics([], TARGET)
        assert (chart.title, chart.description) == ("No schedule is chosen", "There is nothing to draw.")
        assert chart.table.empty

    def test_description_tells_who_what_and_which_model(self):
        said = kinetics([luo(), luo(WEEKLY, "weekly")], TARGET).description
        for part in ("0.4 g/kg by vein every 4 weeks", "0.1 g/kg under the skin every week", "70 kg", "Luo 2020", "14.5 g/L", "Ontario"):
            assert part in said

    def test_a_weight_beyond_the_models_people_is_told(self):
        small = curve("small", ALL["luo-2020"], MONTHLY, 10, 4, 26)
        assert "Luo 2020 (primary immunodeficiency) (13 to 135 kg)" in kinetics([small]).description

    @pytest.mark.parametrize("chart", [kinetics([luo()], TARGET), SPREAD])
    def test_nobody_is_told_what_to_do(self, chart):
        assert "should" not in (chart.title + chart.description).lower()


class TestPicture:
    def test_troughs_are_filled_and_peaks_open(self):
        chart = kinetics([luo(weeks=24)])
        troughs, peaks = of(chart, "monthly", "markers")
        assert (troughs.marker.symbol, peaks.marker.symbol) == ("circle", "circle-open")
        found = luo(weeks=24).extremes
        assert list(troughs.y) == pytest.approx(found["trough_g_per_l"].tolist(), abs=0.005)
        assert list(peaks.y) == pytest.approx(found["peak_g_per_l"].tolist(), abs=0.005)
        assert list(troughs.x) == [4, 8, 12, 16, 20, 24]

    def test_the_line_is_the_simulation(self):
        found = luo()
        (line,) = of(kinetics([found]), "monthly", "lines")
        assert list(line.x) == pytest.approx((found.points["day"] / 7).tolist(), abs=5e-4)
        assert list(line.y) == pytest.approx(found.points["igg_g_per_l"].tolist(), abs=0.005)

    def test_many_doses_are_marked_now_and_then_and_the_last_always(self):
        troughs, _ = of(kinetics([luo(WEEKLY, "weekly")]), "weekly", "markers")
        assert len(troughs.x) <= MARKED_DOSES
        assert troughs.x[-1] == 52

    def test_target_is_shaded_named_and_edged(self):
        drawn = kinetics([luo()], TARGET).figure
        band, *edges = drawn.layout.shapes
        assert (band.y0, band.y1) == (TARGET.low, TARGET.high)
        assert [edge.y0 for edge in edges] == [TARGET.low, TARGET.high]
        assert drawn.layout.annotations[0].text == "trough target 5 to 7 g/L"
        assert not kinetics([luo()]).figure.layout.shapes

    def test_one_curve_needs_no_legend_and_several_do(self):
        assert not kinetics([luo()]).figure.layout.showlegend
        assert kinetics([luo(), luo(WEEKLY, "weekly")]).figure.layout.showlegend

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_curves_differ_in_colour_and_dash_and_symbol(self, theme):
        """Any one of the three is enough to tell eight curves apart."""
        chart = spread(ALL, MONTHLY, 70, 4, 26, theme=theme)
        for look in (lambda t: t.line.color, lambda t: t.line.dash, lambda t: t.marker.symbol):
            assert len({look(key) for key in keys(chart)}) == len(ALL)

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_every_colour_stands_out_from_the_page(self, theme):
        """WCAG 2.2, 1.4.11: at least 3:1 for what is needed to understand a picture."""
        surface = palette(theme).surface
        assert min(contrast(line.dark if theme == "dark" else line.light, surface) for line in LINES) >= 3

    def test_legend_shows_dash_and_symbol(self):
        for key, line in zip(keys(SPREAD), LINES, strict=False):
            assert (key.mode, key.line.dash, key.marker.symbol) == ("lines+markers", line.dash, line.symbol)

    def test_axes_carry_units(self):
        layout = kinetics([luo()]).figure.layout
        assert "weeks" in layout.xaxis.title.text
        assert "g/L" in layout.yaxis.title.text

    def test_a_years_curve_is_small_enough_for_a_slider(self):
        """What every move of a slider sends: under 10 kB for one curve."""
        assert len(kinetics([luo()], TARGET).figure.to_json()) < 10_000


class TestTable:
    def test_holds_every_peak_and_trough(self):
        found = luo(weeks=24)
        table = kinetics([found]).table
        assert len(table) == len(found.extremes) + 1
        assert table["Peak (g/L)"].tolist()[:-1] == pytest.approx(found.extremes["peak_g_per_l"].tolist(), abs=0.05)
        assert table["Trough (g/L)"].tolist()[:-1] == pytest.approx(found.extremes["trough_g_per_l"].tolist(), abs=0.05)

    def test_ends_with_what_it_settles_at(self):
        last = kinetics([luo()]).table.iloc[-1]
        steady = luo().steady
        assert last["Dose"] == "settled"
        assert last["Trough in week"] == 20
        assert last["Trough (g/L)"] == pytest.approx(steady.trough, abs=0.05)
        assert last["Peak (g/L)"] == pytest.approx(steady.peak, abs=0.05)
        assert last["Mean (g/L)"] == pytest.approx(steady.mean, abs=0.05)

    @given(dose=st.floats(0, 2), days=st.integers(7, 42), weeks=st.integers(1, 60), start=st.floats(0, 15))
    def test_any_schedule_can_be_drawn(self, dose, days, weeks, start):
        """Whatever the sliders say: a title without gaps, and as many rows as intervals that are over, and one."""
        chart = kinetics([luo(Schedule(dose, days), weeks=weeks, start=start)], TARGET)
        assert len(chart.table) == weeks * 7 // days + 1
        assert "nan" not in chart.title + chart.description


class TestSpread:
    def test_draws_every_usable_model(self):
        assert [key.name for key in keys(SPREAD)] == [model.name for model in ALL.values()]
        assert SPREAD.table["Model"].tolist() == [model.name for model in ALL.values()]

    def test_title_is_the_spread(self):
        troughs = [steady_state(model, MONTHLY, 70, 4).trough for model in ALL.values()]
        assert f"{min(troughs):.1f} to {max(troughs):.1f} g/L" in SPREAD.title
        assert "which of 8 models" in SPREAD.title

    def test_table_gives_people_and_numbers(self):
        for row, model in zip(SPREAD.table.to_dict("records"), ALL.values(), strict=True):
            steady = steady_state(model, MONTHLY, 70, 4)
            assert row["People it was fitted to"] == model.population
            assert row["Half-life (days)"] == pytest.approx(model.half_life_days(70), abs=0.05)
            assert row["Trough (g/L)"] == pytest.approx(steady.trough, abs=0.05)
            assert row["Peak (g/L)"] == pytest.approx(steady.peak, abs=0.05)
            assert row["Mean (g/L)"] == pytest.approx(steady.mean, abs=0.05)

    def test_description_says_that_the_distance_is_a_lesson_and_that_people_differ_too(self):
        assert "part of what is not known" in SPREAD.description
        assert "clearance varied between people by 14 to 53 % (CV)" in SPREAD.description

    def test_models_without_the_route_are_named_not_dropped_in_silence(self):
        chart = spread(ALL, WEEKLY, 70, 4, 26)
        assert len(chart.table) == 5
        assert "Without parameters for this route: Cheng 2026" in chart.description

    def test_no_model_with_the_route(self):
        chart = spread({"lee-2021": ALL["lee-2021"]}, WEEKLY, 70, 4, 26)
        assert chart.title == "No model covers this route"
        assert chart.table.empty

    def test_agreement_is_said_too(self):
        assert spread(ALL, Schedule(0, 28), 70, 4, 26).title == "The trough settles at 4.0 g/L, whichever model is asked"

    def test_peaks_are_left_to_the_table(self):
        """Eight sawteeth with both ends marked cannot be read."""
        assert all(len(of(SPREAD, model.name, "markers")) == 1 for model in ALL.values())


class TestRefusals:
    def test_more_curves_than_lines(self):
        many = [dataclasses.replace(luo(), label=str(i)) for i in range(len(LINES) + 1)]
        with pytest.raises(ValueError, match="at most 8 curves can be told apart, not 9"):
            kinetics(many)

    def test_two_curves_with_one_label(self):
        with pytest.raises(ValueError, match="label of its own"):
            kinetics([luo(), luo()])

    def test_an_impossible_weight(self):
        with pytest.raises(ValueError, match="weight_kg must be between 1 and 250 kg, not nan"):
            spread(ALL, MONTHLY, math.nan, 4, 26)
