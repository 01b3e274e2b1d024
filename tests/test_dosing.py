"""Doses of one course, by hand and over the real tables."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from ivig_explainer.dosing import around, courses, near


@pytest.fixture
def some(data):
    """The real data set with four schedules written by hand."""
    columns = ["id", "condition", "phase", "dose_g_per_kg_low", "dose_g_per_kg_high", "per", "days_low", "days_high", "sources"]
    rows = [
        ("daily", "gbs", "single-course", 0.4, 0.4, "day", 2, 5, ("a",)),
        ("whole", "cidp", "induction", 1.0, 2.0, "total-course", 2, 5, ("a",)),
        ("upto", "cidp", "maintenance", None, 1.0, "infusion", None, None, ("a",)),
        ("grams", "cidp", "maintenance", None, None, "infusion", None, None, ("a",)),
    ]
    return courses(dataclasses.replace(data, regimens=pd.DataFrame(rows, columns=columns))).set_index("id")


class TestCourses:
    def test_a_daily_dose_is_multiplied_by_its_days(self, some):
        """0.4 g/kg a day for 2 to 5 days is 0.8 to 2 g/kg; its middle is 1.4."""
        assert some.loc["daily", ["low", "high", "middle"]].tolist() == pytest.approx([0.8, 2.0, 1.4])

    def test_a_dose_in_all_is_not_multiplied(self, some):
        """The days of a course change nothing where the dose is that of the whole course."""
        assert some.loc["whole", ["low", "high"]].tolist() == [1.0, 2.0]

    def test_up_to_is_both_ends(self, some):
        """Where only the upper end is given, the schedule stands there."""
        assert some.loc["upto", ["low", "high"]].tolist() == [1.0, 1.0]

    def test_what_is_not_by_weight_is_left_out(self, some):
        """A fixed dose in grams cannot stand on the axis."""
        assert "grams" not in some.index

    def test_the_role_is_the_conditions(self, some, data):
        """A schedule does what IVIG does in its condition."""
        assert some.loc["daily", "role"] == data.conditions.set_index("id").loc["gbs", "role"]

    def test_real_schedules_are_all_there(self, data):
        """Every regimen with a dose by weight has one row, with low <= middle <= high."""
        found = courses(data)
        by_weight = data.regimens[data.regimens[["dose_g_per_kg_low", "dose_g_per_kg_high"]].notna().any(axis=1)]
        assert found["id"].tolist() == by_weight["id"].tolist()
        assert (found["low"] <= found["middle"]).all()
        assert (found["middle"] <= found["high"]).all()


class TestNear:
    def test_ends_count(self, some):
        """2 g/kg, give or take a tenth, is 1.8 to 2.2; a range that reaches into it counts."""
        assert around(2) == (1.8, 2.2)
        assert set(near(some, 2).index) == {"daily", "whole"}
        assert set(near(some, 1.1).index) == {"daily", "whole", "upto"}

    def test_far_from_everything(self, some):
        """A dose that nobody gives has no rows."""
        assert near(some, 0.2).empty
