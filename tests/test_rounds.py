"""A round: missed questions come back by the stated rule, and score, streak and weak groups are counted rightly."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.quiz.rounds import GAPS, Round, ranked


def play(here: Round, answers: list[bool]) -> tuple[Round, list[int]]:
    """Return the round after these answers (True is right), and the places that were asked."""
    asked = []
    for good in answers:
        if here.done:
            break
        asked.append(here.place)
        here = here.answer(0 if good else 1, 0)
    return here, asked


class TestRepetition:
    def test_a_missed_question_comes_back_after_three_others(self):
        """Then, once it is right, after six others; then it is done with."""
        here, asked = play(Round.begin(12), [False] + [True] * 20)
        first, second, third = [place for place, question in enumerate(asked) if question == 0]
        assert second - first - 1 == GAPS[0]
        assert third - second - 1 == GAPS[1]
        assert here.done
        assert len(asked) == 14

    def test_missed_again_it_begins_anew(self):
        """A second miss brings it back after three others again."""
        _, asked = play(Round.begin(20), [False, True, True, True, False] + [True] * 30)
        places = [place for place, question in enumerate(asked) if question == 0]
        assert [b - a - 1 for a, b in pairwise(places)] == [GAPS[0], GAPS[0], GAPS[1]]

    def test_the_last_question_is_not_asked_twice_running_once_it_is_right(self):
        """Where nothing else is left, a right answer ends the round."""
        here, asked = play(Round.begin(1), [False, True, True])
        assert asked == [0, 0]
        assert here.done

    def test_nothing_comes_back_in_an_exam(self):
        """Each question once, whatever the answers."""
        here, asked = play(Round.begin(5, repeats=False), [False] * 9)
        assert asked == [0, 1, 2, 3, 4]
        assert here.done
        assert here.missed == (0, 1, 2, 3, 4)

    @given(st.integers(1, 15), st.lists(st.booleans(), max_size=80))
    def test_every_question_is_asked_and_the_round_ends(self, size, answers):
        """After whatever answers, right ones bring every round to its end, each question asked, no more than two boxes after a miss."""
        here, asked = play(Round.begin(size), answers)
        here, more = play(here, [True] * 200)
        assert here.done
        assert set(asked + more) == set(range(size))
        assert [place for place, _ in here.first] == list(dict.fromkeys(asked + more))


class TestCounting:
    def test_the_score_counts_first_tries(self):
        """A question that was missed and then answered rightly does not count as right."""
        here, _ = play(Round.begin(3), [True, False, True, True, True])
        assert (here.score, here.missed) == (2, (1,))

    @given(st.lists(st.booleans(), min_size=1, max_size=30))
    def test_streaks(self, answers):
        """The present row and the longest one, as text would show them."""
        here, asked = play(Round.begin(30, repeats=False), answers)
        runs = "".join("x" if good else " " for good in answers[: len(asked)])
        assert here.streak == len(runs) - len(runs.rstrip("x"))
        assert here.longest == max(map(len, runs.split(" ")))

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
    def test_the_weakest_group_comes_first(self, answers):
        """By the share of right answers; every answer is counted once."""
        rows = ranked([group for group, _ in answers], [good for _, good in answers])
        shares = [good / size for _, good, size in rows]
        assert shares == sorted(shares)
        assert sum(size for _, _, size in rows) == len(answers)
        assert sum(good for _, good, _ in rows) == sum(good for _, good in answers)
