"""A view is what its address says; what makes no sense in an address is dropped with a sentence."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import selections

import ivig_explainer as ivig
from ivig_explainer.selection import Selection
from ivig_explainer.tabs import TAB_BUILDERS
from ivig_explainer.view import CHARTS, LONGEST_QUERY, TABS, THEMES, View

DATA = ivig.load()
views = st.builds(
    View,
    tab=st.sampled_from(list(TABS)),
    selection=selections(st.text(max_size=60)),
    condition=st.sampled_from(["", "cidp", "gbs"]),
    chart=st.sampled_from(list(CHARTS)),
    theme=st.sampled_from(THEMES),
)


class TestAddress:
    @given(views)
    def test_every_view_survives_its_address(self, view):
        """Reading back what was written gives the same view and drops nothing."""
        assert View.from_query(view.to_query(), DATA) == (view, ())
        assert View.from_query("?" + view.to_query(), DATA) == (view, ())

    def test_the_usual_view_has_an_empty_address(self):
        """What is as usual is left out."""
        assert View().to_query() == ""
        assert View(theme="dark").to_query() == "theme=dark"

    def test_the_address_of_the_design(self):
        """The address that the design gives as its example opens the view that it describes."""
        query = "tab=explore&category=Neurological&evidence=strong&region=AU&q=neuropathy&condition=cidp&theme=dark"
        selection = Selection(category=("Neurological",), evidence=("strong",), region=("AU",), q="neuropathy")
        assert View.from_query(query, DATA) == (View("explore", selection, "cidp", "categories", "dark"), ())

    @given(st.text())
    def test_no_address_breaks_the_reader(self, text):
        """Any text gives a view that has an address of its own."""
        view, dropped = View.from_query(text, DATA)
        assert View.from_query(view.to_query(), DATA)[0] == view
        assert all(isinstance(sentence, str) and len(sentence) < 250 for sentence in dropped)

    @given(
        st.lists(st.tuples(st.sampled_from(["tab", "chart", "theme", "condition", "category", "q", "x"]), st.text(max_size=50)), max_size=8)
    )
    def test_whatever_stands_after_a_known_name_is_taken_or_dropped(self, pairs):
        """Known names with any values give a view of known tabs, charts, themes and conditions."""
        view, _ = View.from_query(urlencode(pairs), DATA)
        assert view.tab in TABS
        assert view.chart in CHARTS
        assert view.theme in THEMES
        assert view.condition in {"", *DATA.conditions["id"]}

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("tab=magic", "tab 'magic' is not known here and was left out"),
            ("chart=pie", "chart 'pie' is not known here and was left out"),
            ("theme=pink", "theme 'pink' is not known here and was left out"),
            ("condition=cipd", "condition 'cipd' is not known here and was left out"),
            ("category=Neurology", "category 'Neurology' is not known here and was left out"),
            ("colour=red", "'colour' is no part of an address here and was left out"),
        ],
    )
    def test_a_part_that_makes_no_sense_is_dropped_with_a_sentence(self, query, sentence):
        """The rest of the address is kept."""
        assert View.from_query(f"{query}&age=adults", DATA) == (View(selection=Selection(age=("adults",))), (sentence,))

    def test_a_very_long_address_is_dropped_as_a_whole(self):
        """8 kB are more than any view of ours needs."""
        assert View.from_query("q=" + "x" * 8192, DATA) == (
            View(),
            (f"the address is longer than {LONGEST_QUERY} characters and was left out",),
        )

    def test_the_longest_address_of_a_view_is_within_the_limit(self):
        """Everything chosen, with the longest search in a script of three bytes a letter, still has an address that works."""
        from ivig_explainer.selection import FILTERS, LONGEST_SEARCH

        everything = Selection(**{name: tuple(choices) for name, (_, choices) in FILTERS.items()}, q="免" * LONGEST_SEARCH)
        view = View(tab="explore", selection=everything, condition=max(DATA.conditions["id"], key=len), chart="tree", theme="light")
        assert View.from_query(view.to_query(), DATA) == (view, ())


class TestTabs:
    def test_every_tab_of_the_navigation_can_be_built(self):
        """The tabs of the navigation are those that have a builder, in the same order."""
        assert list(TABS) == list(TAB_BUILDERS)
