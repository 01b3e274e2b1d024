"""Bets: the truth is that of the tables for the conditions shown, and a guess is judged in words."""

from __future__ import annotations

import pytest

import ivig_explainer as ivig
from ivig_explainer import Selection, charts, grading
from ivig_explainer.bets import BETS, Bet, bet, judge

DATA = ivig.load()


class TestBet:
    @pytest.mark.parametrize("selection", [Selection(), Selection(category=("Neurological",)), Selection(age=("children",), q="syndrome")])
    def test_the_truth_is_what_the_chart_of_categories_tells(self, selection):
        """The number is that of the strong and moderate columns of the chart's own table."""
        shown = selection.apply(DATA)
        table = charts.categories(shown, grading.grade(DATA)).table
        assert bet(DATA, shown, "categories").truth == table[["Strong", "Moderate"]].to_numpy().sum()
        assert bet(DATA, shown, "categories").size == len(shown)

    def test_the_truth_of_the_evidence_view_is_a_count_of_grades(self):
        """As many as the filter for "no benefit" would show."""
        assert bet(DATA, DATA.conditions, "evidence").truth == len(Selection(evidence=("no-benefit",)).apply(DATA))

    def test_the_truth_of_the_access_map_counts_licences_in_force(self):
        """As many as the filters for the United States and "licensed" would show."""
        assert bet(DATA, DATA.conditions, "access").truth == len(Selection(region=("US",), status=("licensed",)).apply(DATA))

    def test_there_is_no_bet_on_other_charts_or_on_too_little(self):
        """A chart without a bet, no condition, and a single one offer none."""
        assert bet(DATA, DATA.conditions, "tree") is None
        for chart in BETS:
            assert bet(DATA, DATA.conditions.iloc[:0], chart) is None
            assert bet(DATA, DATA.conditions.iloc[:1], chart) is None


class TestJudge:
    def test_it_tells_how_far_off_in_words(self):
        """Too many, too few, or exactly right; guess, truth and size are all told."""
        placed = Bet("How many?", 40, 10, "have it")
        assert "12 too many" in judge(placed, 22)
        assert "10 too few" in judge(placed, 0)
        assert "exactly right" in judge(placed, 10)
        assert "10 (25%) have it" in judge(placed, 22)
