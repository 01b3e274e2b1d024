"""The tab Questions: opened by keyboard, filtered as one types, its links lead where they say."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ivig_explainer.tabs import passages

from .test_accessibility import RULES


def questions(page: Page):
    return page.locator(".ivig-tab-questions .ivig-question")


def type_filter(page: Page, text: str) -> None:
    page.get_by_label("Find in questions and glossary").fill(text)


def test_the_keyboard_opens_an_answer(visit, data):
    """Tab reaches a question, Enter opens it: short answer, longer one, sources."""
    page = visit("/?tab=questions")
    expect(questions(page)).to_have_count(len(passages.names(data, "questions-")))
    summary = questions(page).first.locator("summary")
    page.get_by_role("button", name="Open all answers").focus()
    page.keyboard.press("Tab")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(questions(page).first.locator(".ivig-questions-short")).to_be_visible()
    expect(questions(page).first.get_by_role("heading", name="Sources")).to_be_visible()


def test_the_reading_level_chooses_the_longer_answer(visit):
    """Plain and student texts stand in the page; the one that is chosen is seen."""
    page = visit("/?tab=questions&text=plain")
    questions(page).first.locator("summary").click()
    expect(questions(page).first.locator(".ivig-plain")).to_be_visible()
    expect(questions(page).first.locator(".ivig-student")).to_be_hidden()
    page.locator(".ivig-text").select_option("student")
    expect(questions(page).first.locator(".ivig-plain")).to_be_hidden()
    expect(questions(page).first.locator(".ivig-student")).to_be_visible()


def test_the_filter_narrows_as_one_types_and_keeps_what_is_open(visit):
    """Questions and terms without the words go, an open answer stays open, the count is read out."""
    page = visit("/?tab=questions")
    headaches = page.locator('[data-part="questions-09-headaches"]')
    headaches.locator("summary").click()
    type_filter(page, "headache")
    expect(page.locator('[data-part="questions-03-how-it-is-made"]')).to_be_hidden()
    expect(page.locator('[data-part="term-fcrn"]')).to_be_hidden()
    expect(headaches.locator(".ivig-questions-short")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ of \d+ questions, \d+ of \d+ terms$"))
    type_filter(page, "")
    expect(page.locator('[data-part="term-fcrn"]')).to_be_visible()


def test_a_hopeless_filter_offers_a_way_out(visit):
    """What was typed is shown as text, and one button shows everything again."""
    page = visit("/?tab=questions")
    type_filter(page, "<b>xyzzyplugh</b>")
    expect(page.locator(".ivig-tab-questions .ivig-empty")).to_contain_text("<b>xyzzyplugh</b>")
    page.get_by_role("button", name="Clear the filter").click()
    expect(questions(page).first).to_be_visible()
    expect(page.get_by_label("Find in questions and glossary")).to_have_value("")


def test_a_related_term_opens_its_answer(visit):
    """The article's term leads to its question, unfolds it, and gives it the focus."""
    page = visit("/?tab=questions")
    page.get_by_role("link", name="life expectancy after IVIG").click()
    answer = page.locator('[data-part="questions-17-life-expectancy"]')
    expect(answer.locator(".ivig-questions-short")).to_be_visible()
    expect(answer.locator("summary")).to_be_focused()
    expect(answer.locator("summary")).to_contain_text("asked by readers of the article")


def test_see_also_leads_to_the_term(visit):
    """A related term of the glossary is shown and has the focus."""
    page = visit("/?tab=questions")
    link = page.locator('.ivig-questions-glossary a[data-action="term"]').first
    target = link.get_attribute("data-value")
    link.click()
    expect(page.locator(f'[data-part="term-{target}"]')).to_be_focused()
    expect(page.locator(f'[data-part="term-{target}"]')).to_be_in_viewport()


def test_a_citation_of_the_glossary_unfolds_the_sources(visit):
    """The list at the end is folded; following a number opens it at its entry."""
    page = visit("/?tab=questions")
    mark = page.locator(".ivig-questions-glossary .ivig-cite a").first
    target = mark.get_attribute("href")
    mark.click()
    expect(page.locator(target)).to_be_in_viewport()


def test_all_answers_open_with_one_button(visit):
    """For reading through or printing, all answers open; the focus stays on the button."""
    page = visit("/?tab=questions")
    page.get_by_role("button", name="Open all answers").click()
    expect(page.get_by_role("button", name="Close all answers")).to_be_focused()
    expect(questions(page).last.locator(".ivig-questions-short")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, width, scheme):
    """With an answer open, no rule of WCAG 2.2 AA is broken, and nothing is wider than the page."""
    page = visit("/?tab=questions", width, 800, scheme)
    questions(page).nth(7).locator("summary").click()
    expect(questions(page).nth(7).locator(".ivig-questions-short")).to_be_visible()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
