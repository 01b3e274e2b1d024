"""The questions: one right answer by the tables, read here anew from the rows, and none told by its own wording."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer import grading, quiz
from ivig_explainer.quiz import FORMS, GENERAL, KINDS, LEVELS, MIXED, questions
from ivig_explainer.quiz.wording import telling
from ivig_explainer.selection import CATEGORIES

DATA = ivig.load()
CONDITIONS = DATA.conditions.set_index("id")
EVIDENCE = DATA.evidence.set_index("id")
MECHANISMS = DATA.mechanisms.set_index("id")
PRODUCTS = DATA.products.set_index("id")
REACTIONS = DATA.adverse_reactions.set_index("id")
ALL = [question for level in LEVELS for question in questions(DATA, 1, level, size=10_000)]
REPEATED = [question for seed in range(2, 8) for level in LEVELS for question in questions(DATA, seed, level, size=70)]


# --- the truth, read from the rows of the tables and from nothing of the generator ---

LINE = {
    "first": {"first-line", "first-line-alternative"},
    "second": {"second-line"},
    "rescue": {"rescue"},
    "never": {"not-recommended"},
}
NOT_SO = {
    "first": {"second-line", "rescue", "not-recommended"},
    "second": {"first-line", "first-line-alternative", "not-recommended"},
    "rescue": {"first-line", "first-line-alternative"},
    "never": {"first-line", "first-line-alternative", "second-line"},
}


def by_line(condition: str, asked: str) -> bool | None:
    line = CONDITIONS.loc[condition, "line_of_therapy"]
    if pd.isna(line):
        return None
    return True if line in LINE[asked] else False if line in NOT_SO[asked] else None


def said(condition: str, region: str, *, licence: bool) -> set[str]:
    """Return the statuses in force of a region."""
    rows = DATA.statuses
    rows = rows[(rows["condition"] == condition) & (rows["jurisdiction"] == region) & ~rows["historical"].astype(bool)]
    return set(rows.loc[(rows["kind"] == "licence") == licence, "status"])


def pays(condition: str, region: str, asked: str) -> bool | None:
    statuses = said(condition, region, licence=False)
    if len(statuses) != 1:
        return None
    return statuses == {{"routine": "funded-routinely", "refused": "not-funded"}[asked]}


def by_licence(condition: str, key: str) -> bool | None:
    where = []
    for region in ("US", "EU"):
        statuses = said(condition, region, licence=True)
        if not statuses:
            return None
        where.append("licensed" in statuses)
    return where == [key in ("both", "US"), key in ("both", "EU")]


def tied(condition: str, mechanism: str) -> bool | None:
    pairs = DATA.condition_mechanisms
    if ((pairs["condition"] == condition) & (pairs["mechanism"] == mechanism)).any():
        return True
    brings, calms = MECHANISMS.loc[mechanism, "family"] == "replacement", CONDITIONS.loc[condition, "role"] == "immunomodulation"
    return False if brings == calms and (pairs["condition"] == condition).any() else None


def gives(condition: str, key: str) -> bool | None:
    """Whether a schedule of the condition gives the dose; False only where every one of its schedules excludes it by a tenth or more."""
    low, high = map(float, key.split(":"))
    spans = []
    for row in DATA.regimens[DATA.regimens["condition"] == condition].itertuples():
        low_end, high_end = row.dose_g_per_kg_low, row.dose_g_per_kg_high
        if pd.isna(low_end) and pd.isna(high_end):
            return None  # grams for anybody
        fewest, most = (row.days_low, row.days_high) if row.per == "day" else (1, 1)
        least = 0 if pd.isna(low_end) or pd.isna(fewest) else low_end * fewest
        spans.append((least, float("inf") if pd.isna(high_end) or pd.isna(most) else high_end * most))
    if not spans:
        return None
    if any(least <= high + 1e-9 and low <= greatest + 1e-9 for least, greatest in spans):
        return True
    return False if all(high * 1.1 < least or low > greatest * 1.1 for least, greatest in spans) else None


def graded(condition: str, key: str) -> bool | None:
    level = grading.grade(DATA)[condition]
    if level == "limited":
        return None
    return {"strong": "favour", "moderate": "favour"}.get(level, level) == key


def forbids(product: str, word: str) -> bool | None:
    statements = PRODUCTS.loc[product, "contraindications"]
    return any(word in statement for statement in statements) if statements else None


def forbidden(factor: str) -> bool:
    named = {statement for statements in DATA.products["contraindications"] for statement in statements}
    return bool(named & set(DATA.risk_factors.loc[DATA.risk_factors["factor"] == factor, "matched_text"]))


def first_action(reaction: str, measure: str) -> bool | None:
    """Only what the tables name elsewhere, and what contradicts the reaction's own list, is no first action."""
    own = REACTIONS.loc[reaction, "management"]
    if measure == own[0]:
        return True
    if measure in own:
        return None
    if measure.startswith("stop"):
        return False if own[0].startswith("slow") and not any("stop" in other for other in own) else None
    if measure.startswith("slow"):
        return False if own[0].startswith("stop") else None
    if measure.startswith(("passes", "watch")):
        return False if REACTIONS.loc[reaction, "severity"] == "serious" else None
    return False if sum(measure in management for management in REACTIONS["management"]) == 1 else None


def interval(row: str) -> tuple[float, float]:
    """Return an interval, turned so that above 1 favours IVIG."""
    low, high, better = EVIDENCE.loc[row, ["ci_low", "ci_high", "better_when"]]
    return (low, high) if better == "higher" else (1 / high, 1 / low)


def reads(row: str, key: str) -> bool | None:
    low, high = interval(row)
    if 1 in (low, high):
        return None
    return key == ("better" if low > 1 else "worse" if high < 1 else "open")


def narrowest(subject: str, row: str) -> bool:
    (low, high), (other_low, other_high) = interval(subject), interval(row)
    return row == subject or other_high / other_low < high / low


TRUTH = {
    "indication.place": by_line,
    "indication.with-place": lambda asked, condition: by_line(condition, asked),
    "mechanism.role": lambda condition, role: CONDITIONS.loc[condition, "role"] == role,
    "mechanism.in-role": lambda role, condition: CONDITIONS.loc[condition, "role"] == role,
    "mechanism.tied": tied,
    "mechanism.how-sure": lambda mechanism, confidence: MECHANISMS.loc[mechanism, "confidence"] == confidence,
    "mechanism.arms": lambda _, m: {"Fab": True, "Fc": False}.get(MECHANISMS.loc[m, "part"]),
    "mechanism.sure": lambda _, m: MECHANISMS.loc[m, "confidence"] == "hypothesis",
    "dose.course": gives,
    "country.pays": lambda subject, condition: pays(condition, *subject.split(":")),
    "country.payer": lambda subject, region: pays(subject.split(":")[0], region, subject.split(":")[1]),
    "country.licence": by_licence,
    "effect.grade": graded,
    "effect.with-grade": lambda asked, condition: graded(condition, asked),
    "effect.trial": lambda row, direction: EVIDENCE.loc[row, "direction"] == direction,
    "contraindication.label": lambda _, factor: forbidden(factor),
    "contraindication.brand": forbids,
    "contraindication.of-brand": lambda word, product: forbids(product, word),
    "contraindication.boxed": lambda _, reaction: bool(REACTIONS.loc[reaction, "boxed_warning"]),
    "reaction.first": first_action,
    "forest.one": reads,
    "forest.clear": lambda asked, row: reads(row, asked),
    "forest.precise": narrowest,
}


def words(text: str) -> set[str]:
    """Return the words that mean something, cut to their beginnings."""
    found = re.findall(r"\w+", text)
    return {word.casefold()[:5] for word in found if (len(word) > 3 or re.search(r"\w[A-Z]", word)) and word.casefold() not in EMPTY}


EMPTY = set(
    re.findall(
        r"\w+",
        """with that which these from this where when what does have been into than their they them there about after before other
        people person given ivig immunoglobulin treatment study studies trial sources tables condition conditions disease syndrome""",
    )
)


class TestTruth:
    def test_there_are_a_thousand(self):
        """The tables yield more than a thousand questions, and every form of asking is among them."""
        assert len(ALL) > 1000
        assert {question.form for question in ALL} == set(FORMS) == set(TRUTH)

    @pytest.mark.parametrize("form", TRUTH)
    def test_one_choice_is_right_and_the_others_are_wrong(self, form):
        """By the rows of the tables the answer holds and no other choice does; no choice is one that they leave open."""
        found = [question for question in (*ALL, *REPEATED) if question.form == form]
        for question in found:
            verdicts = [TRUTH[form](question.subject, key) for key in question.keys]
            assert verdicts == [place == question.answer for place in range(len(verdicts))], question

    def test_generator_and_tables_agree(self):
        """The predicate that the questions are made with says of every choice what the rows say."""
        for question in ALL:
            for place, key in enumerate(question.keys):
                assert quiz.holds(DATA, question.form, question.subject, key) == (place == question.answer)

    def test_a_dose_that_no_schedule_names_is_left_open_where_it_lies_near(self):
        """Not in the tables is not wrong: between "given" and "excluded" the predicate answers None."""
        assert quiz.holds(DATA, "dose.course", "mis-c", "2:2") is True
        assert quiz.holds(DATA, "dose.course", "mis-c", "2.1:2.1") is None
        assert quiz.holds(DATA, "dose.course", "mis-c", "0.4:0.4") is False

    def test_a_country_without_a_position_is_unknown(self):
        """Where a region says nothing of a condition, no choice may rest on it."""
        silent = next(c for c in CONDITIONS.index if not said(c, "AU", licence=False))
        assert quiz.holds(DATA, "country.payer", f"{silent}:refused", "AU") is None
        assert quiz.holds(DATA, "country.pays", "AU:routine", silent) is None

    def test_measures_that_suit_any_reaction_are_never_choices(self):
        """Oxygen, support and a report are right nearly everywhere."""
        keys = {key for question in ALL if question.form == "reaction.first" for key in question.keys}
        assert not [key for key in keys if re.search(r"supportive|oxygen|report", key)]


class TestWording:
    def test_no_two_choices_are_alike(self):
        """Choices differ in their words, whatever the case of the letters."""
        for question in (*ALL, *REPEATED):
            assert len({choice.casefold() for choice in question.choices}) == len(question.choices) >= 3

    def test_no_two_doses_mean_the_same(self):
        """Doses overlap nowhere, so that no choice holds another."""
        for question in (*ALL, *REPEATED):
            if question.kind == "dose":
                spans = [tuple(map(float, key.split(":"))) for key in question.keys]
                for (low, high), (other_low, other_high) in combinations(spans, 2):
                    assert high < other_low or other_high < low, question

    def test_no_word_of_the_prompt_marks_the_right_choice(self):
        """A word that stands in prompt and right choice stands in every wrong choice too."""
        for question in (*ALL, *REPEATED):
            wrong = [choice for place, choice in enumerate(question.choices) if place != question.answer]
            marks = words(question.prompt) & words(question.choices[question.answer])
            assert not marks - set.intersection(*map(words, wrong)), question

    def test_no_abbreviation_of_the_right_condition_stands_in_the_prompt(self):
        """Where choices are conditions the prompt names none of them, by whatever name."""
        for question in ALL:
            if question.keys[question.answer] in CONDITIONS.index:
                row = CONDITIONS.loc[question.keys[question.answer]]
                for name in (row["name"], *row.abbreviations, *row.synonyms):
                    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question.prompt), question

    def test_the_length_does_not_tell(self):
        """The right choice is the longest about as often as chance has it, and never stands far out."""
        for question in (*ALL, *REPEATED):
            right = len(question.choices[question.answer])
            others = [len(choice) for place, choice in enumerate(question.choices) if place != question.answer]
            assert right <= 12 or right <= 1.6 * max(others), question
        for kind in KINDS:
            found = [question for question in ALL if question.kind == kind]
            longest = sum(max(question.choices, key=len) == question.choices[question.answer] for question in found)
            chance = sum(1 / len(question.choices) for question in found)
            assert longest < chance + 0.25 * len(found), kind

    def test_every_dose_has_its_unit(self):
        """No choice is told by being the only one with a unit."""
        for question in ALL:
            if question.kind == "dose":
                assert all(choice.endswith(" g/kg") for choice in question.choices)

    def test_nobody_is_told_what_to_do(self):
        """The quiz teaches and does not advise."""
        for question in ALL:
            assert "you should" not in " ".join([question.prompt, *question.choices, question.explanation]).casefold()

    def test_what_gives_itself_away_is_found(self):
        """A shared word, and a choice that is much longer than the others."""
        assert telling("What is done in haemolysis?", ["Check haemoglobin", "Give oxygen"], 0)
        assert telling("Which?", ["One that is very much longer than all of the others", "Short one here", "Another short"], 0)
        assert not telling("Which is it?", ["Check haemoglobin", "Give oxygen"], 0)


class TestExplanation:
    def test_every_answer_tells_why_and_names_its_sources(self):
        """An explanation in one to three sentences, and sources that are in the tables."""
        known = set(DATA.sources["id"])
        for question in ALL:
            assert 15 < len(question.explanation) < 800, question
            assert len(re.split(r"(?<=[a-z0-9)”%])[.!?](?=\s+[A-Z])", question.explanation)) <= 3, question
            assert question.sources, question
            assert set(question.sources) <= known, question

    def test_every_question_leads_somewhere(self):
        """To the card of a condition of its category, or, where it is about IVIG itself, to no card."""
        for question in ALL:
            if question.category == GENERAL:
                assert question.condition == ""
            else:
                assert CONDITIONS.loc[question.condition, "category"] == question.category

    def test_a_forest_plot_shows_the_rows_that_are_asked_about(self):
        """One row, or a row for each choice, with the numbers of the table turned so that right is in favour of IVIG."""
        for question in ALL:
            if question.kind == "forest":
                keys = question.keys if len(question.rows) > 1 else (question.subject,)
                assert [(row.low, row.high) for row in question.rows] == [interval(key) for key in keys]
            else:
                assert question.rows == ()


class TestDraw:
    @settings(max_examples=40)
    @given(
        st.integers(1, 9999),
        st.sampled_from([*LEVELS, MIXED]),
        st.lists(st.sampled_from([*CATEGORIES, GENERAL]), max_size=3, unique=True),
        st.lists(st.sampled_from(list(KINDS)), max_size=3, unique=True),
        st.integers(1, 30),
    )
    def test_the_same_settings_give_the_same_quiz(self, seed, level, categories, kinds, size):
        """A class with one number gets one quiz, of what was asked for, no question twice."""
        found = questions(DATA, seed, level, categories, kinds, size)
        assert found == questions(DATA, seed, level, categories[::-1], kinds[::-1], size)
        assert len(found) <= size
        assert len({question.id for question in found}) == len(found)
        for question in found:
            assert level in (question.level, MIXED)
            assert not categories or question.category in categories
            assert not kinds or question.kind in kinds

    def test_another_number_gives_another_quiz(self):
        """Of a hundred numbers no two give the same ten questions."""
        quizzes = {tuple(q.prompt + "".join(q.choices) for q in questions(DATA, seed, 2)) for seed in range(100)}
        assert len(quizzes) == 100

    def test_kinds_take_turns(self):
        """A quiz of as many questions as there are kinds holds each of them."""
        for level in LEVELS:
            assert len({question.kind for question in questions(DATA, 5, level, size=len(KINDS))}) == len(KINDS)

    def test_every_category_of_conditions_is_asked_about(self):
        """No category is left out at the intermediate level."""
        assert {question.category for question in ALL if question.level == 2} == {*CATEGORIES, GENERAL}

    def test_a_quiz_about_one_condition_names_no_other(self):
        """The subject is the condition and the choices are no conditions: else the right one would be known."""
        for condition in ("cidp", "itp-adult", "kawasaki-disease"):
            found = questions(DATA, 3, MIXED, condition=condition, size=40)
            assert len(found) >= 5
            for question in found:
                assert question.condition == condition
                assert not set(question.keys) & set(CONDITIONS.index)

    def test_wrong_conditions_are_of_the_same_category(self):
        """Who asks for one category would else know the right one by that alone."""
        for question in (*ALL, *REPEATED):
            if set(question.keys) <= set(CONDITIONS.index):
                assert len(set(CONDITIONS.loc[list(question.keys), "category"])) == 1

    def test_the_right_answer_stands_anywhere(self):
        """Among four choices each place is right about as often as another."""
        places = Counter(question.answer for question in (*ALL, *REPEATED) if len(question.choices) == 4)
        share = {place: size / places.total() for place, size in places.items()}
        assert set(share) == {0, 1, 2, 3}
        assert all(0.2 < part < 0.3 for part in share.values()), share

    def test_levels_keep_to_their_rule(self):
        """Introductory questions are about conditions that are well known; intermediate ones about those with a record."""
        for question in ALL:
            if question.condition and question.level < 3 and question.form != "country.payer":
                assert CONDITIONS.loc[question.condition, "detail_level"] == "full"

    def test_nothing_suits_an_impossible_wish(self):
        """Contraindications of a dermatological condition are no questions, and that is no error."""
        assert questions(DATA, 1, 1, ["Dermatological"], ["contraindication"]) == []
