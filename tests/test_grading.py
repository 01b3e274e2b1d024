"""The level of a condition follows from its studies by the stated rule, and only from rows that count."""

from __future__ import annotations

import dataclasses
from itertools import count

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.grading import COUNTED, LEVELS, RULE, Study, counted_rows, grade, level, studies

DIRECTIONS = ("favours-ivig", "favours-comparator", "no-difference", "uncertain")
NEVER = ("combination", "dose", "before-after", "single-arm", "expected", "subcutaneous", "mixed")
YES, NO, WORSE, UNSURE = "favours-ivig", "no-difference", "favours-comparator", "uncertain"


def row(direction: str, study: str = "", **other: object) -> dict:
    """Return one row of evidence: by default of a randomised trial against placebo."""
    usual = {"study": study, "study_id": study, "comparison": "placebo-or-none", "outcome_kind": "efficacy"}
    usual |= {"design": "rct", "randomised": True, "measure": "RR"}
    return usual | {"direction": direction} | other


def observed(direction: str, study: str = "", **other: object) -> dict:
    return row(direction, study, **({"design": "cohort", "randomised": False} | other))


def versus(direction: str, study: str = "", **other: object) -> dict:
    """Return a row of a randomised trial against another treatment."""
    return row(direction, study, **({"comparison": "active"} | other))


def pooled(direction: str, study: str = "", **other: object) -> dict:
    return row(direction, study, **({"design": "systematic-review"} | other))


def graded(*rows: dict) -> str:
    """Return the level of a condition with these rows; rows without a study are a study each."""
    numbers = count()
    table = pd.DataFrame([r | {"study_id": r["study_id"] or f"study-{next(numbers)}"} for r in rows], columns=list(row("")))
    return level(studies(counted_rows(table)))


class TestRule:
    @pytest.mark.parametrize(
        ("expected", "rows"),
        [
            ("strong", [pooled(YES)]),
            ("strong", [row(YES), row(YES)]),
            ("strong", [row(YES), versus(YES)]),
            ("strong", [row(YES), row(YES), row(NO)]),
            ("strong", [pooled(YES), row(YES), row(WORSE)]),
            ("strong", [row(YES), row(YES), row(YES), row(YES), row(NO), row(NO)]),
            ("strong", [row(YES), row(YES), row(UNSURE), row(UNSURE), row(UNSURE)]),
            ("strong", [row(YES), row(YES), versus(NO), versus(NO)]),
            ("moderate", [row(YES)]),
            ("moderate", [versus(YES)]),
            ("moderate", [row(YES), row(UNSURE)]),
            ("moderate", [row(YES), versus(NO)]),
            ("moderate", [row(YES), observed(NO), observed(WORSE)]),
            ("moderate", [versus(NO), versus(NO)]),
            ("moderate", [pooled(NO, comparison="active")]),
            ("moderate", [versus(NO), versus(NO), row(YES), row(NO)]),
            ("moderate", [pooled(NO, comparison="active"), row(YES), row(NO)]),
            ("limited", [observed(YES)]),
            ("limited", [observed(YES), observed(YES), observed(YES)]),
            ("limited", [pooled(YES, randomised=False)]),
            ("limited", [versus(NO)]),
            ("limited", [versus(NO), observed(YES)]),
            ("limited", [row(UNSURE)]),
            ("limited", [row(UNSURE), observed(UNSURE)]),
            ("conflicting", [row(YES), row(NO)]),
            ("conflicting", [pooled(YES), row(NO)]),
            ("conflicting", [row(YES), versus(WORSE)]),
            ("conflicting", [row(YES), row(YES), row(NO), row(WORSE)]),
            ("conflicting", [row(YES), row(YES), row(YES), row(NO), row(NO)]),
            ("conflicting", [versus(NO), versus(NO), row(YES), row(NO), row(NO)]),
            ("conflicting", [observed(YES), observed(NO)]),
            ("no-benefit", [row(NO)]),
            ("no-benefit", [row(WORSE)]),
            ("no-benefit", [versus(WORSE)]),
            ("no-benefit", [pooled(NO), row(NO)]),
            ("no-benefit", [row(NO), versus(NO), versus(NO)]),
            ("no-benefit", [row(NO), observed(YES), observed(YES), observed(YES)]),
            ("no-benefit", [observed(NO)]),
            ("no-benefit", [observed(NO), observed(UNSURE)]),
            ("not-graded", []),
            ("not-graded", [row(YES, comparison="dose"), row(YES, comparison="single-arm"), row(YES, outcome_kind="harm")]),
            ("not-graded", [row(UNSURE, measure="none")]),
        ],
    )
    def test_studies_give_the_level_that_the_rule_states(self, expected, rows):
        """Each level is reached by what `RULE` says of it, worked out by hand."""
        assert graded(*rows) == expected

    def test_every_level_has_a_label_and_a_rule(self):
        """What a level is called and what it takes are stated for the same levels, in the same order."""
        assert list(LEVELS) == list(RULE)
        assert all(LEVELS.values())
        assert all(sentence.endswith(".") for sentence in RULE.values())

    def test_randomised_evidence_outranks_any_number_of_observations(self):
        """Where a randomised trial decides, non-randomised comparisons change nothing."""
        for rows in ([row(YES)], [row(NO)], [row(YES), row(NO)], [row(YES), row(YES)], [versus(NO), versus(NO)]):
            assert graded(*rows, *[observed(NO)] * 5, *[observed(YES)] * 9) == graded(*rows)


class TestStudies:
    @pytest.mark.parametrize(
        ("verdict", "rows"),
        [
            ("favour", [row(YES)]),
            ("favour", [row(YES), row(UNSURE), row(UNSURE)]),
            ("favour", [row(YES), row(YES), row(NO)]),
            ("favour", [row(YES), observed(NO), observed(NO)]),
            ("against", [row(NO)]),
            ("against", [row(WORSE), row(UNSURE)]),
            ("against", [row(YES), row(NO), row(NO)]),
            ("against", [versus(WORSE)]),
            ("against", [row(NO), observed(YES), observed(YES)]),
            ("equal", [versus(NO)]),
            ("equal", [versus(NO), versus(NO), versus(YES)]),
            ("undecided", [row(UNSURE)]),
            ("undecided", [row(YES), row(NO)]),
            ("undecided", [versus(YES), versus(WORSE)]),
        ],
    )
    def test_the_rows_of_one_study_give_one_verdict(self, verdict, rows):
        """A study favours, is against, finds equal, or is undecided by most of its telling rows; randomised ones speak for it."""
        table = pd.DataFrame(rows).assign(study_id="one", study="One")
        [study] = studies(table)
        assert (study.name, study.verdict) == ("One", verdict)

    def test_rows_of_one_study_count_once(self):
        """Three outcomes of one trial are one trial."""
        assert graded(row(YES, "one"), row(YES, "one"), row(YES, "one")) == "moderate"
        assert graded(row(YES, "one"), row(YES, "two")) == "strong"

    def test_pooled_means_a_review_of_randomised_trials(self):
        """A review is a pooled analysis only where what it pools was randomised."""
        [study] = studies(pd.DataFrame([pooled(YES, "a")]))
        assert study == Study("a", randomised=True, pooled=True, verdict="favour")
        [study] = studies(pd.DataFrame([pooled(YES, "a", randomised=False)]))
        assert study == Study("a", randomised=False, pooled=False, verdict="favour")


counting = st.builds(
    row,
    st.sampled_from(DIRECTIONS),
    st.sampled_from(["a", "b", "c", "d", "e", "f"]),
    comparison=st.sampled_from(COUNTED),
    design=st.sampled_from(["systematic-review", "rct", "cohort"]),
    randomised=st.booleans(),
)
never_counting = st.one_of(
    st.builds(row, st.sampled_from(DIRECTIONS), st.sampled_from("abcdefgh"), comparison=st.sampled_from(NEVER), randomised=st.booleans()),
    st.builds(row, st.sampled_from(DIRECTIONS), st.sampled_from("abcdefgh"), outcome_kind=st.sampled_from(["harm", "resource"])),
    st.builds(row, st.just(UNSURE), st.sampled_from("abcdefgh"), measure=st.just("none")),
)


class TestWhatCounts:
    @given(st.lists(counting, max_size=8), st.lists(never_counting, max_size=8), st.randoms())
    def test_a_row_that_does_not_count_never_changes_a_level(self, rows, more, random):
        """Comparisons of doses, before and after, single arms, other routes, harms, and trials without a result change nothing."""
        mixed = [*rows, *more]
        random.shuffle(mixed)
        assert graded(*mixed) == graded(*rows)

    @given(st.lists(counting, max_size=8), st.randoms())
    def test_the_order_of_rows_does_not_matter(self, rows, random):
        """A level is a matter of what was found, not of what stands first."""
        shuffled = list(rows)
        random.shuffle(shuffled)
        assert graded(*shuffled) == graded(*rows)

    @given(st.lists(counting, max_size=8))
    def test_every_set_of_rows_has_a_level(self, rows):
        """Whatever was found has one of the levels; without a row it is not graded."""
        assert graded(*rows) in LEVELS
        assert (graded(*rows) == "not-graded") == (not rows)

    @given(st.lists(counting, max_size=8))
    def test_one_more_trial_never_points_the_wrong_way(self, rows):
        """One more randomised trial in favour never lowers a level; one that found no benefit never raises it."""
        ladder = {"no-benefit": 0, "conflicting": 1, "limited": 2, "not-graded": 2, "moderate": 3, "strong": 4}
        assert set(ladder) == set(LEVELS)
        now = ladder[graded(*rows)]
        assert ladder[graded(*rows, row(NO, "new"))] <= now <= ladder[graded(*rows, row(YES, "new"))]


def counts(r: dict) -> bool:
    """Whether a row of the evidence may decide a level."""
    silent = r["measure"] == "none" and r["direction"] == UNSURE
    return r["comparison"] in ("placebo-or-none", "active") and r["outcome_kind"] == "efficacy" and not silent


def by_hand(rows: list[dict]) -> str:
    """Return the level of one condition by the words of `RULE`, written anew in plain Python over plain rows."""
    found: dict[str, list[dict]] = {}
    for r in filter(counts, rows):
        found.setdefault(r["study_id"], []).append(r)
    tally = dict.fromkeys([(chance, verdict) for chance in (True, False) for verdict in ("for", "against", "equal", "open")], 0)
    pools = set()
    for study in found.values():
        chance = any(r["randomised"] for r in study)
        telling = [r for r in study if r["randomised"]] or study
        good = [r for r in telling if r["direction"] == YES]
        same = [r for r in telling if r["direction"] == NO]
        worse = [r for r in telling if r["direction"] == WORSE]
        missed = worse + [r for r in same if r["comparison"] == "placebo-or-none"]
        if len(good) > len(same + worse):
            verdict = "for"
        elif len(missed) > len(good):
            verdict = "against"
        else:
            verdict = "equal" if len(same) > len(good) else "open"
        tally[chance, verdict] += 1
        if any(r["randomised"] and r["design"] == "systematic-review" for r in study):
            pools.add(verdict)
    good, bad, equal = (tally[True, verdict] for verdict in ("for", "against", "equal"))
    if good and good >= 2 * bad:
        return "strong" if good > 1 or "for" in pools else "moderate"
    if (equal > 1 or "equal" in pools) and good >= bad:
        return "moderate"
    if good or bad:
        return "conflicting" if good else "no-benefit"
    good, bad = tally[False, "for"], tally[False, "against"]
    if good and bad:
        return "conflicting"
    if bad and not any(size for (chance, _), size in tally.items() if chance):
        return "no-benefit"
    return "limited" if found else "not-graded"


class TestRealEvidence:
    def test_every_condition_has_one_level(self, data):
        """The levels are indexed by the ids of the conditions, in their order."""
        levels = grade(data)
        assert levels.index.tolist() == data.conditions["id"].tolist()
        assert set(levels) <= set(LEVELS)

    def test_levels_are_those_of_a_second_reckoning(self, data):
        """The rule, written a second time in plain Python, gives every condition the same level."""
        rows = data.evidence.to_dict("records")
        expected = {i: by_hand([r for r in rows if r["condition"] == i]) for i in data.conditions["id"]}
        assert grade(data).to_dict() == expected

    def test_no_level_rests_on_a_row_that_does_not_count(self, data):
        """Levels stay when the rows that do not count are left out, and when each of them says the opposite."""
        evidence = data.evidence
        counted = evidence.apply(counts, axis=1).astype(bool)
        opposite = evidence["direction"].replace({YES: WORSE, WORSE: YES, NO: YES})
        flipped = evidence.assign(direction=evidence["direction"].where(counted, opposite))
        assert 0 < (flipped["direction"] != evidence["direction"]).sum() <= (~counted).sum()
        for other in (evidence[counted], flipped):
            assert grade(dataclasses.replace(data, evidence=other)).to_dict() == grade(data).to_dict()

    def test_what_is_not_graded_has_no_counted_row(self, data):
        """A condition is not graded exactly where none of its rows compares IVIG with its absence or another treatment."""
        levels = grade(data)
        comparing = data.evidence[data.evidence.apply(counts, axis=1).astype(bool)]
        assert set(levels.index[levels != "not-graded"]) == set(comparing["condition"])

    @pytest.mark.parametrize("condition", ["cidp", "gbs", "itp-adult", "kawasaki-disease", "mmn"])
    def test_uses_that_trials_established_are_backed(self, data, condition):
        """The uses that national lists and reviews call established do not come out as unproven."""
        assert grade(data)[condition] in ("strong", "moderate")

    def test_a_use_that_trials_refuted_is_not_backed(self, data):
        """The large trials in Alzheimer's disease found no benefit."""
        assert grade(data)["alzheimers-disease"] == "no-benefit"
