"""Frequencies keep their base, and every figure about reactions belongs to one topic."""

from __future__ import annotations

import pandas as pd
import pytest

from ivig_explainer import reactions
from ivig_explainer.reactions import ANY, BASES, ONSETS, SEVERITIES


def all_topics(data):
    return [*ANY, *data.adverse_reactions["id"]]


class TestFigures:
    def test_every_figure_belongs_to_one_topic(self, data):
        """No number about reactions is left out, and none is counted for two topics."""
        found = [row for topic in all_topics(data) for row in reactions.figures(data, topic)["id"]]
        known = data.figures.loc[data.figures["topic"] == "adverse-reactions", "id"]
        assert sorted(found) == sorted(known)

    def test_numbers_on_one_axis_share_their_base(self, data):
        """Within a panel all rows are counted per the same thing; a row without a series has a panel of its own."""
        for topic in reactions.topics(data):
            rows = reactions.frequencies(data, topic)
            assert (rows.groupby("panel")["frequency_basis"].nunique() == 1).all(), topic
            assert rows.loc[rows["series"].isna(), "panel"].is_unique

    def test_haemolysis_of_two_groups_is_never_on_one_axis(self, data):
        """1.6% of people on any IVIG and 36% or 32% at high dose in groups A, B and AB stand in three panels."""
        rows = reactions.frequencies(data, "haemolysis").set_index("id")
        ids = ["ae-haemolysis-any-use", "ae-haemolysis-high-dose-patients", "ae-haemolysis-high-dose-infusions"]
        assert rows.loc[ids, "panel"].nunique() == 3

    def test_ratios_and_reports_are_no_frequency(self, data):
        """Odds ratios, percentage points, shares of reports and numbers without a base are kept apart."""
        for topic in all_topics(data):
            rows = reactions.frequencies(data, topic)
            assert set(rows["unit"]) <= {"% of patients", "% of infusions", "% of courses", "per 10,000 administrations"}
            assert set(rows["frequency_basis"]) <= set(BASES)
            assert len(rows) + len(reactions.other_numbers(data, topic)) == len(reactions.figures(data, topic))

    def test_per_10_000_becomes_per_cent(self, data):
        """7.34 per 10,000 administrations are 0.0734% of administrations."""
        rows = reactions.frequencies(data, "anaphylaxis").set_index("id")
        assert rows.loc["ae-anaphylaxis-rate", "pct"] == pytest.approx(0.0734)

    def test_topics_are_those_with_a_frequency(self, data):
        """A topic is offered where there is something to draw."""
        assert set(reactions.topics(data)) == {t for t in all_topics(data) if not reactions.frequencies(data, t).empty}


class TestWords:
    def test_the_words_cover_the_table(self, data):
        """Every severity, onset and base of the table has its words."""
        table = data.adverse_reactions
        assert set(table["severity"]) == set(SEVERITIES)
        assert set(table["onset"]) == set(ONSETS)
        assert set(table["frequency_basis"].dropna()) <= set(BASES)

    def test_an_unknown_frequency_has_no_words(self):
        """Where no number is known nothing is said."""
        assert reactions.frequency(float("nan"), float("nan"), pd.NA) == ""

    def test_the_serious_come_first(self, data):
        """Order is severity, then the table's."""
        order = reactions.ordered(data.adverse_reactions)["severity"].map(list(SEVERITIES).index)
        assert order.is_monotonic_increasing
