"""The tab Quiz: the address makes the quiz, a round is played through, and what is missed is told at the end."""

from __future__ import annotations

import re

import pytest

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.quiz import questions
from ivig_explainer.tabs import quiz as tab
from ivig_explainer.tabs.explore import _Explore
from ivig_explainer.view import View

DATA = ivig.load()


def opened(query: str = "quiz.form.seed=7&quiz.form.size=5") -> tab._Quiz:
    """Return the tab as an address opens it."""
    session = Dashboard(DATA).session
    session.show(View.from_query(f"tab=quiz&{query}", DATA)[0])
    return tab._Quiz(session)


def answer(page: tab._Quiz, *, rightly: bool) -> None:
    """Answer the present question."""
    question = page.asked[page.round.place]
    right = question.answer
    page._answer("answer", str(right if rightly else (right + 1) % len(question.choices)))


def shown(page: tab._Quiz) -> str:
    """Return which part is seen."""
    (part,) = {"setup", "play", "result"} - set(page.page.hidden)
    return part


class TestAddress:
    def test_an_address_makes_the_quiz(self):
        """The same address gives the same questions to everybody, as the pure function makes them."""
        page = opened("quiz.form.seed=7&quiz.form.level=2&quiz.form.kinds=dose&quiz.form.categories=Neurological&quiz.form.size=5")
        assert page.questions == questions(DATA, 7, 2, ["Neurological"], ["dose"], 5)
        assert page.questions == opened(page.session.view.to_query()).questions

    def test_a_quiz_without_a_number_gets_one_when_it_begins(self):
        """The number then stands in the address, so that the quiz can be shared."""
        page = opened("")
        assert "quiz.form" not in page.session.view.to_query()
        page._act("start", "")
        seed = page.session.view.part("quiz.form")["seed"][0]
        assert page.asked == questions(DATA, int(seed), 1)

    def test_a_new_quiz_has_another_number(self):
        """The button "New quiz" draws one and begins at once."""
        page = opened()
        page._act("start", "")
        page._act("new", "")
        assert page.session.view.part("quiz.form")["seed"] == (str(page.settings.seed),)
        assert shown(page) == "play"

    @pytest.mark.parametrize("part", ["seed=0", "seed=1e99", "level=9", "kinds=magic", "size=1000", "mode=<b>", "condition=cipd"])
    def test_nonsense_is_dropped_with_a_notice(self, part):
        """A part that makes no sense leaves a quiz that can be played, and the visitor is told."""
        page = opened(f"quiz.form.{part}")
        assert page.questions
        assert page.session.frame.notices

    def test_a_card_leads_to_its_questions(self):
        """The button "Test yourself" opens a quiz about the condition, at all levels."""
        session = Dashboard(DATA).session
        _Explore(session)._act("quiz", "cidp")
        assert (session.view.tab, session.view.part("quiz.form")) == ("quiz", {"condition": ("cidp",), "level": ("0",)})
        assert {question.condition for question in tab._Quiz(session).questions} == {"cidp"}

    def test_a_wish_that_nothing_fits_says_so(self):
        """No question, no button to start, and no error when it is pressed all the same."""
        page = opened("quiz.form.kinds=contraindication&quiz.form.categories=Dermatological")
        assert "no such question" in page.start.html
        assert 'data-action="start"' not in page.start.html
        page._act("start", "")
        assert shown(page) == "setup"


class TestStudy:
    def test_an_answer_is_judged_at_once(self):
        """Sign and word at the choices, the explanation, and a sentence for screen readers."""
        page = opened()
        page._act("start", "")
        question = page.asked[0]
        answer(page, rightly=False)
        assert page.choices.verdicts[question.answer] == tab.MISSED
        assert tab.WRONG in page.choices.verdicts
        assert "✗ Not right" in page.feedback.html
        assert question.choices[question.answer] in page.session.frame.announcement

    def test_a_question_is_answered_once(self):
        """A second answer to the same question, or one that is none, changes nothing."""
        page = opened()
        page._act("start", "")
        page._answer("answer", "17")
        page._answer("answer", "-1")
        assert page.round.log == ()
        answer(page, rightly=True)
        before = page.round
        page._answer("answer", "0")
        assert page.round == before

    def test_a_perfect_round_ends_after_its_questions(self):
        """Five of five, no mistakes to review."""
        page = opened()
        page._act("start", "")
        for _ in range(5):
            answer(page, rightly=True)
            page._act("next", "")
        assert shown(page) == "result"
        assert "5 of 5 right" in page.result.html
        assert 'data-action="missed"' not in page.result.html

    def test_missed_questions_can_be_repeated_alone(self):
        """The button begins a round of the missed ones."""
        page = opened()
        page._act("start", "")
        answer(page, rightly=False)
        missed = page.asked[0]
        page._act("finish", "")
        page._act("missed", "")
        assert page.asked == [missed]

    def test_a_question_opens_its_card(self):
        """The button after the answer leads to the condition."""
        page = opened("quiz.form.seed=7&quiz.form.kinds=dose")
        page._act("start", "")
        answer(page, rightly=True)
        condition = re.search(r'data-action="card" data-value="([^"]+)"', page.feedback.html).group(1)
        page._act("card", condition)
        assert (page.session.view.tab, page.session.view.condition) == ("explore", page.asked[0].condition)


class TestExam:
    def test_nothing_is_told_before_the_end(self):
        """No verdict and no explanation while the exam runs; then the score, and the weakest category first."""
        page = opened("quiz.form.seed=7&quiz.form.mode=exam&quiz.form.size=10")
        page._act("start", "")
        asked = page.asked
        for place in range(10):
            assert page.feedback.html == ""
            assert page.choices.verdicts == []
            answer(page, rightly=place % 2 == 0)
        assert shown(page) == "result"
        assert "5 of 10 right" in page.result.html
        table = page.result.html.partition("By category")[2].partition("</table>")[0]
        shares = [int(good) / int(size) for good, size in re.findall(r"<td>(\d+) of (\d+)</td>", table)]
        assert shares == sorted(shares)
        assert len(shares) == len({question.category for question in asked})

    def test_every_mistake_is_reviewed(self):
        """Each missed question with the answer given, the right one and why."""
        page = opened("quiz.form.seed=7&quiz.form.mode=exam&quiz.form.size=5")
        page._act("start", "")
        for _ in range(5):
            answer(page, rightly=False)
        assert page.result.html.count("✗ Your answer") == 5
        assert page.result.html.count("✓ Right: ") == 5

    def test_finishing_early_counts_what_was_answered(self):
        """One of one, and four that were not answered."""
        page = opened("quiz.form.seed=7&quiz.form.mode=exam&quiz.form.size=5")
        page._act("start", "")
        answer(page, rightly=True)
        page._act("finish", "")
        assert "1 of 1 right" in page.result.html
        assert "4 were not answered" in page.result.html


class TestFiles:
    @pytest.mark.parametrize(("action", "ending"), [("print", ".html"), ("anki", ".apkg")])
    def test_the_files_of_the_page_are_those_of_the_quiz(self, action, ending, monkeypatch):
        """Sheet and deck hold the questions of this quiz."""
        page = opened()
        saved = []
        monkeypatch.setattr(page.session.frame, "save", lambda name, mime, content: saved.append((name, content)))
        page._act(action, "")
        ((name, content),) = saved
        assert name.endswith(ending)
        assert len(content) > 1000
