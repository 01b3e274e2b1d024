"""The tab Quiz in a browser: played by keyboard, as an exam on a phone, from a card, and a guess before a chart."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivig_explainer import Selection, quiz
from ivig_explainer.bets import bet
from ivig_explainer.quiz import MIXED

from .screen import choose, expect_query
from .test_accessibility import CUT, RULES, SMALL, THEMES, overflow, press_through, set_theme

QUERY = "tab=quiz&quiz.form.seed=7&quiz.form.size=5"


def expect_readable(page: Page) -> None:
    """Axe finds nothing in both themes, nothing is cut off, and every control is large enough for a finger."""
    for theme in THEMES:
        set_theme(page, theme)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
    page.locator(".ivig-theme").select_option("auto")
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []
    assert overflow(page) == 0


def expect_question(page: Page, question: quiz.Question) -> None:
    expect(page.locator(".ivig-choices legend")).to_have_text(" ".join(question.prompt.split()))
    expect(page.locator(".ivig-choices legend")).to_be_focused()


def test_a_round_by_keyboard(at, data):
    """Numbers choose and Enter answers; the verdict is told in words, Enter goes on, and what was missed comes back."""
    asked = quiz.questions(data, 7, 1, size=5)
    page = at(QUERY)
    page.get_by_role("button", name="Start").press("Enter")
    expect_question(page, asked[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Choose an answer first")).to_have_count(1)
    page.keyboard.press(str((asked[0].answer + 1) % len(asked[0].choices) + 1))
    page.keyboard.press("Enter")
    expect(page.locator(".ivig-quiz-feedback")).to_contain_text("✗ Not right.")
    expect(page.get_by_role("status").filter(has_text=asked[0].choices[asked[0].answer])).to_have_count(1)
    expect(page.locator(".ivig-choices input:not(:disabled)")).to_have_count(0)
    expect_readable(page)
    for question in (*asked[1:4], asked[0], asked[4], asked[0]):
        page.locator(".ivig-quiz-feedback [data-action=next]").focus()
        page.keyboard.press("Enter")
        expect_question(page, question)
        page.keyboard.press(str(question.answer + 1))
        page.keyboard.press("Enter")
        expect(page.locator(".ivig-quiz-feedback")).to_contain_text("✓ Right.")
        expect(page.locator("[data-action=next]")).to_be_focused()
        if page.locator("[data-action=next]").inner_text() == "See the result":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="4 of 5 right at first try")).to_be_focused()
    expect_readable(page)


def test_an_exam_on_a_phone(at, data):
    """Nothing is told before the end; then the score, and every mistake with the right answer. The address has the quiz."""
    asked = quiz.questions(data, 7, 2, kinds=["forest"], size=5)
    query = QUERY + "&quiz.form.level=2&quiz.form.kinds=forest&quiz.form.mode=exam"
    page = at(query, 390, 844)
    page.get_by_role("button", name="Start").click()
    for place, question in enumerate(asked):
        expect_question(page, question)
        expect(page.locator(".ivig-choices .ivig-forest")).to_be_visible()
        if not place:
            expect_readable(page)
        chosen = question.answer if place % 2 else (question.answer + 1) % len(question.choices)
        page.locator(".ivig-choices-line").nth(chosen).click()
        page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("heading", name=f"{len(asked) // 2} of {len(asked)} right")).to_be_focused()
    expect(page.locator(".ivig-quiz-review:visible")).to_have_count(len(asked) - len(asked) // 2)
    expect_readable(page)
    expect_query(page, query)


def test_from_the_card_to_its_questions_and_back(at, data):
    """The button "Test yourself" asks about the condition, and the question leads back to the card."""
    page = at("tab=explore&condition=cidp")
    page.locator(".ivig-card").get_by_role("button", name="Test yourself").click()
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".ivig-choices legend")).to_contain_text("CIDP")
    page.locator(".ivig-choices-line").first.click()
    page.get_by_role("button", name="Check").click()
    page.locator(".ivig-quiz-feedback [data-action=card]").click()
    expect(page.locator(".ivig-card h2")).to_have_text(data.conditions.set_index("id").loc["cidp", "name"])


def test_the_setup_can_be_read_by_everybody(at, data):
    """All fields, on a phone and on a desktop."""
    page = at(QUERY)
    expect(page.locator(".ivig-quiz-count")).to_have_text("Quiz number 7: 5 questions.")
    expect_readable(page)
    assert [stop["name"] for stop in press_through(page) if not (stop["seen"] and stop["marked"])] == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect_readable(page)
    page.get_by_label("Mixed").check()
    expect_query(page, f"{QUERY}&quiz.form.level={MIXED}")


@pytest.mark.parametrize("category", ["Neurological"])
def test_a_guess_before_the_chart(at, data, category):
    """The chart is away while the guess is open; then guess and truth stand in words. Another filter asks again."""
    page = at("tab=explore")
    page.get_by_role("button", name="Guess first").click()
    expect(page.locator(".ivig-bet-open")).to_be_focused()
    expect(page.locator(".ivig-tab-explore .ivig-chart")).to_be_hidden()
    expect(page.locator(".ivig-tab-explore .ivig-table")).to_be_hidden()
    choose(page, "category", category)
    shown = Selection(category=(category,)).apply(data)
    expect(page.locator(".ivig-bet-open label")).to_contain_text(f"Of these {len(shown)} conditions")
    expect_readable(page)
    page.locator(".ivig-bet-open input").press("Home")
    page.get_by_role("button", name="Show the chart").click()
    truth = bet(data, shown, "categories").truth
    expect(page.locator(".ivig-bet-told")).to_contain_text(f"In fact {truth} (")
    expect(page.locator(".ivig-tab-explore .ivig-chart")).to_be_visible()
    expect_readable(page)
    page.get_by_role("button", name="Stop guessing").click()
    expect(page.get_by_role("button", name="Guess first")).to_be_focused()
