"""How many people stand behind a level, and which study speaks best for it, follow from the rows by the stated rules."""

from __future__ import annotations

import pandas as pd
import pytest

from ivig_explainer import grading
from ivig_explainer.studies import SPEAKS, WORDS, behind, best, people

COLUMNS = {
    "study": "A",
    "study_id": "a",
    "year": pd.NA,
    "design": "rct",
    "randomised": True,
    "n_participants": pd.NA,
    "comparison": "placebo-or-none",
    "outcome_kind": "efficacy",
    "outcome": "Response",
    "measure": "none",
    "estimate": None,
    "ci_low": None,
    "ci_high": None,
    "unit": None,
    "p_value": None,
    "ivig_value": None,
    "control_value": None,
    "direction": "favours-ivig",
    "sources": ("alpha",),
}


def row(study: str, n: object = pd.NA, **other: object) -> dict:
    """Return one row of evidence of a randomised trial in favour, against placebo."""
    return COLUMNS | {"study": study.upper(), "study_id": study, "n_participants": n} | other


def pooled(study: str, n: object = pd.NA, **other: object) -> dict:
    return row(study, n, design="systematic-review", **other)


def table(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


class TestPeople:
    @pytest.mark.parametrize(
        ("expected", "rows"),
        [
            (0, []),
            (0, [row("a")]),
            (40, [row("a", 40)]),
            (40, [row("a", 40), row("a", 31), row("a")]),
            (70, [row("a", 40), row("b", 30)]),
            (40, [row("a", 40), row("b", 900, randomised=False, design="cohort")]),
            (235, [pooled("review", 235), row("a", 40), row("b", 30)]),
            (300, [pooled("review", 235), row("a", 200), row("b", 100)]),
            (582, [pooled("old", 536), pooled("new", 582)]),
            (40, [pooled("review"), row("a", 40)]),
            (40, [pooled("review", 999, randomised=False), row("a", 40)]),
        ],
    )
    def test_no_one_is_counted_twice(self, expected, rows):
        """Trials are added, each with its largest row; a review stands for all its trials, or for none where they are more."""
        assert people(table(*rows).itertuples() if rows else []) == expected

    def test_real_numbers_against_a_second_reckoning(self, data):
        """Counted anew with pandas over the real rows, every condition has the same number of people."""
        rows = grading.counted_rows(data.evidence)
        rows = rows[rows["randomised"].astype(bool)]
        sizes = rows.assign(pool=rows["design"] == "systematic-review").groupby(["condition", "study_id", "pool"])["n_participants"].max()
        sizes = sizes.fillna(0).reset_index()
        for condition, found in behind(data).items():
            here = sizes[sizes["condition"] == condition]
            expected = max([here.loc[~here["pool"], "n_participants"].sum(), *here.loc[here["pool"], "n_participants"]])
            assert found.people == expected, condition


class TestBest:
    @pytest.mark.parametrize(
        ("expected", "level", "rows"),
        [
            ("a", "moderate", [row("a", 40)]),
            ("b", "strong", [row("a", 40), row("b", 90)]),
            ("review", "strong", [row("a", 400), pooled("review", 90)]),
            ("a", "strong", [row("a", 40), row("b", 90, direction="no-difference")]),
            ("b", "no-benefit", [row("a", 900, randomised=False, design="cohort"), row("b", 9, direction="no-difference")]),
            ("review", "moderate", [row("a", 90), pooled("review", 50, direction="no-difference", comparison="active")]),
            ("b", "conflicting", [row("a", 40), row("b", 90, direction="no-difference")]),
        ],
    )
    def test_the_best_study_is_chosen_by_the_stated_order(self, expected, level, rows):
        """It speaks for the level; randomised before not, pooled before single, then the largest."""
        found = table(*rows)
        chosen, _ = best(list(found.itertuples()), grading.studies(found), level)
        assert chosen.study_id == expected

    def test_its_best_row_says_what_the_study_says(self):
        """Of a study in favour, a row in favour is told, with an interval where one has it."""
        found = table(
            row("a", 40, direction="no-difference", measure="RR", estimate=1.0, ci_low=0.5, ci_high=2.0),
            row("a", 40),
            row("a", 40, measure="RR", estimate=2.0, ci_low=1.5, ci_high=3.0),
        )
        chosen, _ = best(list(found.itertuples()), grading.studies(found), "moderate")
        assert (chosen.estimate, chosen.ci_low) == (2.0, 1.5)

    def test_every_graded_condition_has_a_best_study_that_speaks_for_its_level(self, data):
        """The study that is named has, by the rule of the grades, a verdict that the level asks for."""
        levels = grading.grade(data)
        assert set(behind(data)) == set(levels.index[levels != "not-graded"])
        for condition, found in behind(data).items():
            verdicts = {study.name: study.verdict for study in grading.by_condition(data)[condition]}
            rows = data.evidence[(data.evidence["condition"] == condition) & (data.evidence["study"] == found.study)]
            names = set(data.evidence.loc[data.evidence["study_id"].isin(rows["study_id"]), "study"])
            assert {verdicts[name] for name in names & set(verdicts)} & set(SPEAKS[found.level]), condition
            assert found.found in WORDS.values()
            assert found.sources


class TestLabels:
    def test_an_abbreviation_that_two_conditions_share_is_no_label(self, data):
        """Two conditions with the same abbreviation are told by their names."""
        labels = [found.label for found in behind(data).values()]
        assert len(set(labels)) == len(labels)
        names = data.conditions.set_index("id")["name"]
        assert behind(data)["itp-adult"].label == names["itp-adult"]
        assert behind(data)["cidp"].label == "CIDP"
