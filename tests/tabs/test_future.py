"""The tab Future: every study that decides is told, and a failure as plainly as a success."""

import re

import pytest

from ivig_explainer import charts, grading, trials
from ivig_explainer.app import Session
from ivig_explainer.tabs import future
from ivig_explainer.widgets import Frame


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def table(data):
    return trials.trials(data, tuple(c for _, ids in future.FIELDS.values() for c in ids))


class TestTrials:
    def test_every_comparative_study_is_a_trial(self, data, table):
        """No study that counts for a grade is left out, and none is counted twice."""
        for condition, some in table.groupby("condition"):
            counted = grading.counted_rows(data.evidence[data.evidence["condition"] == condition])
            assert len(some) == counted["study_id"].nunique()

    def test_results_agree_with_the_grade(self, data, table):
        """A condition graded as without benefit has a negative randomised trial and no positive one."""
        levels = grading.grade(data)
        for condition, some in table.groupby("condition"):
            randomised = some[some["randomised"]]
            if levels[condition] == "no-benefit" and len(randomised):
                assert "negative" in set(randomised["result"])
                assert "positive" not in set(randomised["result"])

    def test_the_chart_draws_each_dated_trial_once(self, table):
        """As many points as trials with a printed year; the table holds them all."""
        chart = charts.trials(table)
        assert sum(len(trace.x) for trace in chart.figure.data) == table["year"].notna().sum()
        assert len(chart.table) == len(table)

    def test_area_grows_with_people(self, table):
        """Of two dated trials the one with more people has the larger mark."""
        sizes = {}
        for trace in charts.trials(table).figure.data:
            sizes |= dict(zip(trace.text, trace.marker.size, strict=True))
        dated = table.dropna(subset=["year", "participants"]).sort_values("participants")
        drawn = [next(size for text, size in sizes.items() if row.study in text) for row in dated.itertuples()]
        assert drawn == sorted(drawn)


class TestPage:
    def test_the_article_s_three_hopes_are_answered(self, session):
        """Alzheimer's disease, chronic pain and post-viral states each have a heading and at least one study."""
        html = future.build(session).html
        for title, ids in future.FIELDS.values():
            assert f"<h2>{title}</h2>" in html.replace("&#x27;", "'")
            assert any(f'data-value="{condition}"' in html for condition in ids)

    def test_a_negative_trial_is_named_negative(self, session):
        """The large Alzheimer's trial stands there as negative, in the same list as the others."""
        assert re.search(r'data-mark="trial-negative">Negative</span> <strong>[^<]*GAP', future.build(session).html)

    def test_running_trials_are_marked(self, session, data):
        """Each trial without a result so far is marked as running."""
        running = data.facts[(data.facts["topic"] == "pipeline") & (data.facts["state"] == "running")]
        assert future.build(session).html.count("trial-running") == len(running) > 0

    def test_a_mark_opens_the_card(self, session, table):
        """Choosing a point of the chart opens its condition on Explore."""
        tab = future.build(session)
        tab.children["chart"]._msg_callbacks(tab.children["chart"], {"action": "choose", "value": "condition:pots"}, [])
        assert (session.view.tab, session.view.condition) == ("explore", "pots")
