"""The chart of doses: every schedule is in it, and it says what it shows."""

from __future__ import annotations

import pytest

import ivig_explainer as ivig
from ivig_explainer.charts.doses import LOOKS, PHASES, doses
from ivig_explainer.dataset import read_descriptor
from ivig_explainer.dosing import around, courses, near
from ivig_explainer.selection import ROLES

COURSES = courses(ivig.load())


def test_every_schedule_is_in_one_mark():
    """The numbers of the table add up to the schedules; there are as many marks as rows."""
    chart = doses(COURSES)
    assert chart.table["Schedules"].sum() == len(COURSES)
    assert sum(len(trace.x) for trace in chart.figure.data) == len(chart.table)


def test_title_is_the_finding():
    """It names the middle schedule of both jobs."""
    middle = COURSES.groupby("role")["middle"].median()
    assert f"{middle['replacement']:.2g} g/kg" in doses(COURSES).title
    assert f"{middle['immunomodulation']:.2g} g/kg" in doses(COURSES).title


def test_description_counts_what_the_line_meets():
    """Who cannot see the line reads the same counts."""
    found = near(COURSES, 0.4)
    assert f"Replaces missing antibody {(found['role'] == 'replacement').sum()}" in doses(COURSES, 0.4).description


@pytest.mark.parametrize("dose", [0.2, 1, 2.5])
def test_line_and_band(dose):
    """The line stands at the dose, the band covers what counts as the same."""
    band, line = doses(COURSES, dose).figure.layout.shapes
    assert (band.x0, band.x1) == around(dose)
    assert line.x0 == line.x1 == dose
    assert not doses(COURSES).figure.layout.shapes


def test_roles_differ_in_colour_and_symbol():
    """Colour is never alone."""
    assert set(LOOKS) == set(ROLES)
    for look in ("light", "dark", "symbol"):
        assert len({getattr(line, look) for line in LOOKS.values()}) == len(ROLES)


def test_every_phase_has_words():
    """No enum value reaches the page."""
    fields = next(r for r in read_descriptor(ivig.load().folder)["resources"] if r["name"] == "regimens")["schema"]["fields"]
    assert set(PHASES) == set(next(f for f in fields if f["name"] == "phase")["constraints"]["enum"])


def test_a_part_of_the_tables():
    """With one role only, the chart still has a title and no gap."""
    chart = doses(COURSES[COURSES["role"] == "replacement"], 1, "dark")
    assert "nan" not in chart.title + chart.description
    assert chart.table["What IVIG does"].unique().tolist() == [ROLES["replacement"]]


def test_it_is_small_enough_for_a_slider():
    """What every move of the slider sends."""
    assert len(doses(COURSES, 1).figure.to_json()) < 15_000
