"""A view is what its address says; what makes no sense in an address is dropped with a sentence."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import selections

import ivig_explainer as ivig
from ivig_explainer.access import QUESTIONS, SORTS
from ivig_explainer.selection import Selection
from ivig_explainer.tabs import TAB_BUILDERS
from ivig_explainer.view import CHARTS, LONGEST_QUERY, TABS, THEMES, View

DATA = ivig.load()
PARTS = st.dictionaries(
    st.sampled_from(["living.trough.reference", "infusion.form.weight_kg", "sources.library.text"]),
    st.text(min_size=1, max_size=40),
    max_size=3,
).map(lambda parts: tuple(sorted((name, value) for name, value in parts.items() if value.encode("utf-8", "ignore").decode() == value)))
views = st.builds(
    View,
    tab=st.sampled_from(list(TABS)),
    selection=selections(st.text(max_size=60)),
    condition=st.sampled_from(["", "cidp", "gbs"]),
    chart=st.sampled_from(list(CHARTS)),
    theme=st.sampled_from(THEMES),
    compare=st.lists(st.sampled_from(["cidp", "gbs", "mmn", "itp", "kawasaki-disease"]), unique=True, max_size=4).map(
        lambda ids: tuple(i for i in ids if i in set(DATA.conditions["id"]))
    ),
    parts=PARTS,
    sort=st.sampled_from(list(SORTS)),
    question=st.sampled_from(["", *QUESTIONS]),
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
            ("sort=colour", "sort 'colour' is not known here and was left out"),
            ("question=why", "question 'why' is not known here and was left out"),
            ("theme=pink", "theme 'pink' is not known here and was left out"),
            ("condition=cipd", "condition 'cipd' is not known here and was left out"),
            ("category=Neurology", "category 'Neurology' is not known here and was left out"),
            ("compare=cipd", "compare 'cipd' is not known here and was left out"),
            ("magic.form.dose=1", "'magic.form.dose' is no part of an address here and was left out"),
            ("living.trough.reference=" + "9" * 400, "'living.trough.reference' is no part of an address here and was left out"),
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

    def test_a_fifth_condition_is_not_compared(self):
        """Four columns are what a page can hold side by side; the first four asked for are kept, and the visitor is told."""
        asked = list(DATA.conditions["id"][:5])
        view, dropped = View.from_query(urlencode([("compare", condition) for condition in asked]), DATA)
        assert view.compare == tuple(asked[:4])
        assert dropped == ("only 4 conditions can be compared; the others were left out",)


class TestKeep:
    def test_a_place_holds_what_was_kept_last(self):
        """Keeping replaces all that stood at the place, and nothing that stands at another."""
        view = View().keep("living.trough", {"reference": "5", "trough": "9"}).keep("living.used", {"list": "london"})
        assert view.keep("living.trough", {"trough": "8"}).part("living.trough") == {"trough": ("8",)}
        assert view.keep("living.trough", {}).parts == (("living.used.list", "london"),)

    def test_a_list_keeps_its_values_in_order(self):
        """Each value of a list is a pair of its own in the address."""
        view = View().keep("safety.factors", {"person": ["old", "clots"]})
        assert view.part("safety.factors") == {"person": ("old", "clots")}
        assert View.from_query(view.to_query(), DATA) == (view, ())

    def test_empty_text_is_as_usual(self):
        """What is empty does not stand in the address."""
        assert View().keep("living.history", {"kind": ""}) == View()


class TestTabs:
    def test_every_tab_of_the_navigation_can_be_built(self):
        """The tabs of the navigation are those that have a builder, in the same order."""
        assert list(TABS) == list(TAB_BUILDERS)
