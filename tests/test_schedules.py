"""A worked example begins with the lowest dose and the fewest days of its schedule, and says what that left open."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from ivig_explainer.infusion import DAYS, LIMITS
from ivig_explainer.schedules import allows, start


def row(per: str, g=(None, None), days=(None, None), grams=(None, None)):
    ends = {"dose_g_per_kg": g, "dose_g": grams, "days": days}
    return SimpleNamespace(per=per, **{f"{name}_{end}": pair[i] for name, pair in ends.items() for i, end in enumerate(("low", "high"))})


class TestStart:
    @pytest.mark.parametrize(
        ("regimen", "dose", "days", "open_parts"),
        [
            (row("total-course", (2, 2), (2, 5)), 2, 2, {"days"}),
            (row("total-course", (1, 2), (2, 2)), 1, 2, {"dose"}),
            (row("total-course", (1, 1)), 1, 1, {"days"}),
            (row("day", (0.4, 0.4), (5, 5)), 2, 5, set()),
            (row("day", (1, 1), (1, 2)), 1, 1, {"days"}),
            (row("infusion", (0.4, 0.6)), 0.4, 1, {"dose"}),
            (row("total-course", (pd.NA, 2.0), (2, 2)), 2, 2, {"dose"}),
            (row("day", grams=(25, 25), days=(3, 3)), 1.5, 3, {"dose"}),
        ],
    )
    def test_by_hand(self, regimen, dose, days, open_parts):
        """A dose a day is multiplied by the days, one in grams is divided by the weight, here 50 kg."""
        begin = start(regimen, 50)
        assert (begin.dose_g_per_kg, begin.days) == (dose, days)
        assert set(begin.choices) == open_parts

    @pytest.mark.parametrize("weight", [3, 70, 150])
    def test_every_schedule_begins_with_numbers_that_make_a_plan(self, data, weight):
        """No schedule by weight leads to a dose or to days that the model refuses; one in grams does not at 70 kg."""
        _, low, high, _ = LIMITS["dose_g_per_kg"]
        for regimen in data.regimens.itertuples():
            if weight == 70 or not pd.isna(regimen.dose_g_per_kg_high):
                begin = start(regimen, weight)
                assert low <= begin.dose_g_per_kg <= high, regimen.id
                assert begin.days in DAYS, regimen.id


class TestAllows:
    def test_only_a_course_may_be_shared_differently(self):
        """A dose in all holds for all the days that it names; a dose a day or an infusion for no other number."""
        assert [days for days in DAYS if allows(row("total-course", (2, 2), (2, 4)), days)] == [2, 3, 4]
        assert not any(allows(row("day", (0.4, 0.4), (2, 5)), days) for days in DAYS)
        assert not any(allows(row("total-course", (2, 2)), days) for days in DAYS)
