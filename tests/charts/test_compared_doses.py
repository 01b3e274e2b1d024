"""The chart of compared doses: every schedule of the conditions, to scale on one axis."""

from __future__ import annotations

import pytest

import ivig_explainer as ivig
from ivig_explainer.charts.compared_doses import compared_doses
from ivig_explainer.dosing import courses

COURSES = courses(ivig.load())
IDS = ("cidp", "gbs", "mmn", "itp-adult")


def chart(ids=IDS, theme="light"):
    return compared_doses(COURSES, ids, ids, theme)


def test_every_schedule_is_in_one_mark():
    """The numbers of the table add up to the schedules of the conditions; there are as many marks as rows."""
    found = chart()
    assert found.table["Schedules"].sum() == COURSES["condition"].isin(IDS).sum()
    assert sum(len(trace.x) for trace in found.figure.data) == len(found.table)


def test_bars_reach_from_the_lowest_to_the_highest_dose():
    """Each condition's bars end where its schedules do."""
    for place, trace in enumerate(chart().figure.data):
        some = COURSES[COURSES["condition"] == IDS[place]]
        lows = [x - minus for x, minus in zip(trace.x, trace.error_x.arrayminus, strict=True)]
        highs = [x + plus for x, plus in zip(trace.x, trace.error_x.array, strict=True)]
        assert min(lows) == pytest.approx(some["low"].min(), abs=1e-3)
        assert max(highs) == pytest.approx(some["high"].max(), abs=1e-3)


def test_the_axis_begins_at_nothing():
    """Doses are to scale: the axis is linear, starts at zero and holds the largest."""
    axis = chart().figure.layout.xaxis
    some = COURSES[COURSES["condition"].isin(IDS)]
    assert axis.type in (None, "linear")
    assert axis.range[0] == 0
    assert axis.range[1] >= some["high"].max()


def test_conditions_differ_by_symbol_and_colour():
    """Colour is never alone."""
    looks = [(trace.marker.color, trace.marker.symbol) for trace in chart().figure.data]
    assert len({colour for colour, _ in looks}) == len({symbol for _, symbol in looks}) == len(IDS)


def test_no_schedule_is_said():
    """Conditions without a dose by body weight give a sentence in place of a picture."""
    without = sorted(set(ivig.load().conditions["id"]) - set(COURSES["condition"]))[:2]
    found = chart(without)
    assert found.title.startswith("No schedule by body weight")
    assert not found.figure.data
