"""A selection is what its address says, and selects what plain Python over plain rows selects."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CHOICES, selections

import ivig_explainer as ivig
from ivig_explainer import grading
from ivig_explainer.dataset import shipped
from ivig_explainer.selection import AGES, CATEGORIES, COURSES, FILTERS, LONGEST_SEARCH, REGIONS, ROLES, STATUSES, Selection

DATA = ivig.load()
# A second implementation, row by row over the files themselves.


@cache
def rows(table: str) -> list[dict[str, str]]:
    with (shipped("data") / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def items(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


@cache
def plain(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return "".join(c if c.isascii() and (c.isalnum() or c == ".") else " " for c in letters)


def american(text: str) -> str:
    return plain(text).replace("ae", "e").replace("oe", "e")


@cache
def typos(word: str) -> frozenset[str]:
    """Return every word that one typo makes of `word`, by making them all."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return frozenset(
        [a + b[1:] for a, b in cuts if b]
        + [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
        + [a + c + b[1:] for a, b in cuts if b for c in letters]
        + [a + c + b for a, b in cuts for c in letters]
    )


def found(condition: dict[str, str], q: str) -> bool:
    """Whether every word of the search is, or with a typo could be, in a name of the condition, or begins a code of it."""
    names = " ".join([condition["name"], *items(condition["synonyms"]), *items(condition["abbreviations"])])
    words = [*american(names).split(), *plain(names).split()]

    def holds(word: str) -> bool:
        if any(name.startswith(word) or (len(word) > 2 and word in name) for name in words):
            return True
        if len(word) >= 5 and any(word in typos(name) for name in words):
            return True
        for code in items(condition["icd10"]):
            first, _, last = code.lower().partition("-")
            if word[0].isalpha() and word[1:2].isdigit() and (first.startswith(word) or (last and first[:3] <= word[:3] <= last[:3])):
                return True
        return False

    return all(holds(word) for word in american(q).split())


def selected(selection: Selection) -> set[str]:
    """Return the ids that a selection means."""
    levels = grading.grade(DATA)
    ids = set()
    for condition in rows("conditions"):
        places = [
            s
            for s in rows("statuses")
            if s["condition"] == condition["id"]
            and s["historical"] == "false"
            and (not selection.region or s["jurisdiction"] in selection.region)
            and (not selection.status or s["status"] in selection.status)
        ]
        ages = {"both": {"children", "adults"}, "": set()}.get(condition["ages"], {condition["ages"]})
        if (
            (not selection.category or condition["category"] in selection.category)
            and (not selection.role or condition["role"] in selection.role)
            and (not selection.evidence or levels[condition["id"]] in selection.evidence)
            and (not (selection.region or selection.status) or places)
            and (not selection.age or ages & set(selection.age))
            and (not selection.course or condition["course"] in selection.course)
            and (not selection.q or found(condition, selection.q))
        ):
            ids.add(condition["id"])
    return ids


def shown(selection: Selection, data=DATA) -> list[str]:
    return selection.apply(data)["id"].tolist()


class TestNormalForm:
    def test_the_order_and_repetition_of_choices_do_not_matter(self):
        """Equal selections are equal however they were put together."""
        one = Selection(category=("Neurological", "Dermatological", "Neurological"), q="  two   words ")
        other = Selection(category=("Dermatological", "Neurological"), q="two words")
        assert one == other
        assert one.to_query() == other.to_query()

    @pytest.mark.parametrize("name", FILTERS)
    def test_an_unknown_choice_is_refused_by_name(self, name):
        """A filter names the choice that it does not have, and those that it has."""
        with pytest.raises(ValueError, match=f"{name} has no choice 'magic'; it has .*{CHOICES[name][0]}"):
            Selection(**{name: ("magic",)})

    def test_the_longest_search_is_allowed_and_one_more_is_not(self):
        """A search text has at most 200 characters."""
        assert LONGEST_SEARCH == 200
        assert Selection(q="x" * 200).q == "x" * 200
        with pytest.raises(ValueError, match="longer than 200"):
            Selection(q="x" * 201)

    def test_only_a_selection_without_parts_is_false(self):
        """Nothing chosen is false; a choice or a search is true."""
        assert not Selection()
        assert not Selection(q="   ")
        assert Selection(q="x")
        assert Selection(age=("adults",))


class TestAddress:
    @given(selections(st.text(max_size=40)))
    def test_every_selection_survives_its_address(self, selection):
        """Reading back what was written gives the same selection and drops nothing."""
        assert Selection.from_query(selection.to_query()) == (selection, ())
        assert Selection.from_query("?" + selection.to_query()) == (selection, ())

    @given(st.text())
    def test_no_address_breaks_the_reader(self, text):
        """Any text gives a selection, and sentences of bounded length for what was dropped."""
        selection, dropped = Selection.from_query(text)
        assert isinstance(selection, Selection)
        assert all(len(sentence) < 250 for sentence in dropped)

    @given(st.lists(st.tuples(st.sampled_from([*FILTERS, "q", "other"]), st.text(max_size=300))))
    def test_whatever_stands_after_a_known_name_is_taken_or_dropped(self, pairs):
        """Known names with any values give a selection that has an address of its own."""
        from urllib.parse import urlencode

        selection, _ = Selection.from_query(urlencode(pairs))
        assert Selection.from_query(selection.to_query()) == (selection, ())

    def test_unknown_values_are_dropped_with_a_sentence(self):
        """What is known stays; each unknown value gets its sentence."""
        selection, dropped = Selection.from_query("role=replacement&role=magic&age=dogs")
        assert selection == Selection(role=("replacement",))
        assert dropped == ("role 'magic' is not known here and was left out", "age 'dogs' is not known here and was left out")

    def test_a_long_unknown_value_is_cut_in_its_sentence(self):
        """8 kB of text in a filter make a short sentence."""
        selection, [sentence] = Selection.from_query("role=" + "x" * 8192)
        assert not selection
        assert sentence.startswith("role 'xxxx")
        assert len(sentence) < 100

    def test_a_long_search_is_dropped_with_a_sentence(self):
        """8 kB of search text are left out, and the sentence names the limit."""
        assert Selection.from_query("age=adults&q=" + "x" * 8192) == (
            Selection(age=("adults",)),
            ("the search text is longer than 200 characters and was left out",),
        )

    def test_html_in_the_search_is_only_text(self):
        """Markup is searched for like any other text, and comes back as it was typed."""
        selection, dropped = Selection.from_query("q=%3Cscript%3Ealert(1)%3C/script%3E")
        assert selection.q == "<script>alert(1)</script>"
        assert dropped == ()
        assert shown(selection) == []
        assert "<" not in selection.to_query()

    @pytest.mark.parametrize("query", ["", "?", "&", "=", "&&=&", "%", "q=", "role=", "tab=explore&condition=cidp"])
    def test_an_address_without_a_selection_selects_all(self, query):
        """Empty parts, and parts that belong to others, select nothing and are not complained of."""
        assert Selection.from_query(query) == (Selection(), ())

    @pytest.mark.parametrize("q", ["\ud800", "a\udfffb"])
    def test_half_a_character_does_not_break_the_address(self, q):
        """What a browser may send as half of a surrogate pair still has an address."""
        assert isinstance(Selection(q=q).to_query(), str)


class TestApply:
    @given(selections())
    def test_it_selects_what_a_second_implementation_selects(self, selection):
        """Row by row over the files, in plain Python, the same conditions are selected."""
        assert set(shown(selection)) == selected(selection)

    @pytest.mark.parametrize("name", FILTERS)
    def test_each_choice_alone_selects_what_a_second_implementation_selects(self, name):
        """Every choice of every filter, by itself, selects the same conditions."""
        for value in CHOICES[name]:
            assert set(shown(Selection(**{name: (value,)}))) == selected(Selection(**{name: (value,)})), value

    def test_nothing_chosen_shows_all_by_name(self):
        """Without a choice all conditions are shown, in the order of their names, whatever their case."""
        names = Selection().apply(DATA)["name"].tolist()
        assert len(names) == len(rows("conditions"))
        assert names == sorted(names, key=str.casefold)

    def test_a_search_shows_the_best_match_first(self, small):
        """The exact match comes before others, then names in their order."""
        assert shown(Selection(q="itp"), small) == ["itp"]
        assert shown(Selection(q="thrombocyto"), small) == ["itp"]
        assert shown(Selection(q="immun"), small) == ["cvid", "itp"]
        assert shown(Selection(q="chronic"), small) == ["cidp"]

    def test_region_and_status_must_hold_in_one_row(self, small):
        """With both chosen, the status must hold in one of the regions; a historical status counts for nothing."""
        assert shown(Selection(region=("US",)), small) == ["cidp"]
        assert shown(Selection(region=("UK",), status=("funded-with-conditions",)), small) == ["itp"]
        assert shown(Selection(region=("UK",), status=("licensed",)), small) == []
        assert shown(Selection(status=("licensed",)), small) == ["cidp"]
        assert shown(Selection(region=("UK", "US"), status=("licensed",)), small) == ["cidp"]

    def test_both_ages_are_found_by_either(self, small):
        """A condition of both ages is found under children and under adults; one of unknown age under neither."""
        assert set(shown(Selection(age=("children",)), small)) == {"cidp", "itp"}
        assert set(shown(Selection(age=("adults",)), small)) == {"cidp", "cvid"}
        assert set(shown(Selection(age=("adults", "children")), small)) == {"cidp", "cvid", "itp"}

    @given(selections(), st.sampled_from(list(FILTERS)), st.data())
    def test_another_choice_within_a_filter_never_loses_conditions(self, selection, name, draw):
        """Within a chosen filter, one choice more shows the same conditions or more."""
        chosen = getattr(selection, name) or (CHOICES[name][0],)
        more = (*chosen, draw.draw(st.sampled_from(CHOICES[name])))
        assert set(shown(replace(selection, **{name: chosen}))) <= set(shown(replace(selection, **{name: more})))

    @given(selections(), st.sampled_from(list(FILTERS)), st.data())
    def test_another_filter_never_gains_conditions(self, selection, name, draw):
        """One filter more shows the same conditions or fewer."""
        choice = (draw.draw(st.sampled_from(CHOICES[name])),)
        assert set(shown(replace(selection, **{name: choice}))) <= set(shown(selection.without(name)))


class TestCounts:
    @given(selections())
    def test_a_count_is_what_the_choice_would_show(self, selection):
        """The count of a choice is the number of conditions with that choice alone in its filter, the other parts kept."""
        counts = selection.counts(DATA)
        assert {name: list(choices) for name, choices in counts.items()} == CHOICES
        for name, choices in counts.items():
            for value, size in choices.items():
                assert size == len(replace(selection, **{name: (value,)}).apply(DATA)), (name, value)

    def test_counts_of_the_small_package(self, small):
        """With nothing chosen, the counts are those of the four hand-written conditions."""
        counts = Selection().counts(small)
        assert counts["role"] == {"replacement": 1, "immunomodulation": 2, "passive-immunity": 1}
        assert counts["age"] == {"children": 2, "adults": 2}
        assert counts["region"] == {"US": 1, "EU": 0, "UK": 1, "AU": 0, "CA": 0}
        assert counts["evidence"]["moderate"] == 1
        assert counts["evidence"]["not-graded"] == 3


class TestCostliest:
    @given(selections())
    def test_it_is_the_part_whose_removal_shows_most(self, selection):
        """No other part's removal shows more conditions; where none shows any, there is none."""
        parts = [name for name in (*FILTERS, "q") if getattr(selection, name)]
        sizes = {name: len(selected(replace(selection, **{name: "" if name == "q" else ()}))) for name in parts}
        costliest = selection.costliest(DATA)
        if not any(sizes.values()):
            assert costliest is None
        else:
            assert costliest[1] == max(sizes.values()) == sizes[costliest[0]]

    def test_by_hand(self, small):
        """Of four conditions, two are immunomodulation and one passive immunity: dropping the category shows most."""
        selection = Selection(category=("Neurological",), role=("replacement", "passive-immunity"))
        assert shown(selection, small) == []
        assert selection.costliest(small) == ("category", 2)
        assert Selection(q="zzz", role=("replacement",)).costliest(small) == ("q", 1)
        assert Selection(category=("Other",), q="zzz").costliest(small) is None


class TestChoices:
    @pytest.mark.parametrize(
        ("table", "column", "choices"),
        [
            ("conditions", "category", CATEGORIES),
            ("conditions", "role", ROLES),
            ("conditions", "course", COURSES),
            ("statuses", "jurisdiction", REGIONS),
            ("statuses", "status", STATUSES),
        ],
    )
    def test_a_filter_offers_every_value_of_its_column(self, table, column, choices):
        """No value of the tables is out of a filter's reach."""
        assert {row[column] for row in rows(table)} - {""} <= set(choices)

    def test_ages_are_children_adults_or_both(self):
        """The ages of the tables are the two choices, or both."""
        assert {row["ages"] for row in rows("conditions")} - {"", "both"} <= set(AGES)
