"""Texts are found by the words that they hold, in any order, in any spelling, with one typo where a word is nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivig_explainer.textsearch import Texts

TEXTS = Texts(
    [
        "Is IVIG safe in pregnancy?",
        "Haemolysis: the breakdown of red blood cells",
        "Guillain–Barré syndrome. https://doi.org/10.1056/NEJMoa1 aan-2012",
        "A headache after IVIG",
    ]
)


class TestFind:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", [0, 1, 2, 3]),
            ("  ", [0, 1, 2, 3]),
            ("?!", [0, 1, 2, 3]),
            ("ivig", [0, 3]),
            ("IVIG safe", [0]),
            ("safe ivig", [0]),
            ("preg", [0]),
            ("hemolysis", [1]),
            ("haemolysis", [1]),
            ("haemol", [1]),
            ("ha", [1]),
            ("barre", [2]),
            ("10.1056/nejm", [2]),
            ("https://doi.org/10.1056/NEJMoa1", [2]),
            ("aan-2012", [2]),
            ("ache", [3]),
            ("che", []),
            ("ivig cells", []),
            ("xyzzy", []),
        ],
    )
    def test_by_hand(self, query, found):
        """Every word must begin a word; from four letters on it may also stand inside one."""
        assert TEXTS.find(query) == found

    @pytest.mark.parametrize(("query", "found"), [("hedache", [3]), ("pregnanyc", [0]), ("ivig hedache", [3]), ("haemolisys", [])])
    def test_one_typo_is_forgiven(self, query, found):
        """A word that is nowhere stands for those that are one letter or one swap away from it; two are too many."""
        assert TEXTS.find(query) == found

    def test_a_word_that_is_somewhere_is_taken_as_it_stands(self):
        """What is spelt right does not find its neighbours."""
        assert Texts(["trial of doses", "trail of doses"]).find("trial") == [0]

    def test_no_text_finds_nothing(self):
        """Without texts nothing is found."""
        assert Texts([]).find("a") == Texts([]).find("") == []
        assert len(Texts([])) == 0

    @given(st.text(max_size=120))
    def test_no_query_breaks_it(self, query):
        """Whatever is typed, positions are of the index and in order."""
        found = TEXTS.find(query)
        assert found == sorted(set(found))
        assert set(found) <= set(range(len(TEXTS)))

    @given(st.lists(st.text(alphabet="abcdeé ", max_size=30), max_size=6))
    def test_a_text_is_found_by_itself(self, texts):
        """Every text holds its own words."""
        index = Texts(texts)
        assert all(i in index.find(text) for i, text in enumerate(texts))
