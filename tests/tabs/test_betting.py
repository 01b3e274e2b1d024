"""Guess first: the chart is hidden while a guess is open, guess and truth are told, and each new selection asks again."""

from __future__ import annotations

from dataclasses import replace

import pytest

import ivig_explainer as ivig
from ivig_explainer import Selection
from ivig_explainer.app import Dashboard
from ivig_explainer.bets import bet
from ivig_explainer.tabs.explore import _Explore

DATA = ivig.load()


@pytest.fixture
def explore() -> _Explore:
    session = Dashboard(DATA).session
    session.change(tab="explore")
    return _Explore(session)


def test_nobody_is_asked_who_did_not_wish_it(explore):
    """There is a button, and the chart is seen; another selection asks nothing either."""
    assert 'data-action="guess"' in explore.betting.layout.html
    explore.session.select(category=("Neurological",))
    assert explore.layout.hidden == []
    assert 'data-action="guess"' in explore.betting.layout.html


def test_chart_and_table_are_hidden_while_a_guess_is_open(explore):
    """Both would tell; they come back with the verdict."""
    explore.betting._act("guess", "")
    assert explore.layout.hidden == ["stage", "table"]
    truth = bet(DATA, DATA.conditions, "categories").truth
    explore.betting.form.values = {"guess": truth}
    explore.betting._act("bet", "")
    assert explore.layout.hidden == []
    assert "exactly right" in explore.betting.layout.html
    assert f"You guessed {truth} of" in explore.session.frame.announcement


def test_a_new_selection_asks_again_before_it_shows(explore):
    """Until the visitor stops; the question is about what is selected now."""
    explore.betting._act("guess", "")
    explore.session.select(category=("Neurological",))
    shown = Selection(category=("Neurological",)).apply(DATA)
    assert explore.layout.hidden == ["stage", "table"]
    assert explore.betting.form.fields[0]["max"] == len(shown)
    explore.betting._act("stop", "")
    explore.session.select(category=("Haematological",))
    assert explore.layout.hidden == []


def test_another_theme_does_not_ask_again(explore):
    """What was guessed stays told while only the looks change."""
    explore.betting._act("guess", "")
    explore.betting._act("bet", "")
    explore.session.change(theme="dark")
    assert explore.layout.hidden == []
    assert "You guessed" in explore.betting.layout.html


def test_where_nothing_can_be_guessed_nothing_is_hidden(explore):
    """A chart without a bet, and a search that finds nothing, show what there is."""
    explore.betting._act("guess", "")
    for view in (replace(explore.session.view, chart="tree"), replace(explore.session.view, selection=Selection(q="xyzzyplugh"))):
        explore.session.show(view)
        assert explore.layout.hidden == []
        assert explore.betting.layout.html == ""


@pytest.mark.parametrize("guess", [None, "many", -5, 10_000, 12.0])
def test_no_guess_breaks_it(explore, guess):
    """Whatever the form holds, the verdict is about a number from none to all."""
    explore.betting._act("guess", "")
    explore.betting.form.values = {"guess": guess}
    explore.betting._act("bet", "")
    assert "You guessed" in explore.betting.layout.html
