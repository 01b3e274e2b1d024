"""Conditions are found by what people type: any of their names or codes, in any spelling, with one typo."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer.search import EXACT, INSIDE, NAME, OTHER_NAME, TYPO, Searcher, normalise

REAL = ivig.load().conditions
FINDER = Searcher(REAL)


def searcher(*rows: dict) -> Searcher:
    """Return a searcher of a few conditions."""
    usual = {"name": "", "synonyms": (), "abbreviations": (), "icd10": ()}
    return Searcher(pd.DataFrame([usual | row for row in rows]))


def found(text: str, *rows: dict) -> dict[int, int]:
    return searcher(*rows).ranks(text)


class TestNormalise:
    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("CIDP", "cidp"),
            ("Guillain–Barré", "guillain barre"),
            ("Sjögren's", "sjogren s"),
            ("haemolytic", "hemolytic"),
            ("oedema", "edema"),
            ("  two   words ", "two words"),
            ("G61.8", "g61.8"),
            ("et al.", "et al"),
            ("...", ""),
            ("免疫", ""),
            ("<script>", "script"),
        ],
    )
    def test_case_accents_punctuation_and_british_vowels_go(self, text, plain):
        """What people type differently is made alike; what cannot match is dropped."""
        assert normalise(text) == plain

    @given(st.text())
    def test_normal_text_is_normal(self, text):
        """Normalising never fails, and what it returns holds only letters, digits, inner points and single blanks."""
        plain = normalise(text)
        assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789. ")
        assert plain == " ".join(plain.split())


class TestRanks:
    def test_a_whole_name_ranks_before_a_part_of_one(self):
        """The condition whose name was typed comes before conditions that contain it."""
        ranks = found("myositis", {"name": "Inclusion body myositis"}, {"name": "Myositis"})
        assert ranks == {0: NAME, 1: EXACT}

    def test_synonyms_abbreviations_and_codes_are_exact_too(self):
        """The whole of a synonym, an abbreviation or a code is as good as the name."""
        row = {"name": "Immune thrombocytopenia", "synonyms": ("Werlhof disease",), "abbreviations": ("ITP",), "icd10": ("D69.3",)}
        assert [found(text, row) for text in ("werlhof disease", "itp", "d69.3")] == [{0: EXACT}] * 3

    def test_the_beginning_of_a_word_is_enough(self):
        """Words are found from their beginning; in the name before in other names."""
        rows = ({"name": "Motor neuropathy"}, {"name": "Other", "synonyms": ("a neuropathy of nerves",)})
        assert found("neuro", *rows) == {0: NAME, 1: OTHER_NAME}

    def test_three_letters_inside_a_word_are_enough(self):
        """From three letters on, the inside of a word counts, after every beginning."""
        assert found("neuro", {"name": "Polyneuropathy"}) == {0: INSIDE}
        assert found("ne", {"name": "Polyneuropathy"}) == {}

    def test_all_words_must_match(self):
        """A query has the rank of its worst word, and none where a word is not found."""
        row = {"name": "Motor neuropathy", "synonyms": ("MMN of Lewis",)}
        assert found("motor lewis", row) == {0: OTHER_NAME}
        assert found("motor elephant", row) == {}

    def test_the_order_of_words_does_not_matter(self):
        """Words may stand in any order."""
        assert found("neuropathy motor", {"name": "Motor neuropathy"}) == {0: NAME}

    @pytest.mark.parametrize("text", ["GUILLAIN-BARRE", "guillain barré", "Guillain–Barré", " guillain   barre "])
    def test_case_accents_and_dashes_are_forgiven(self, text):
        """However a name is typed, it is the name."""
        assert found(text, {"name": "Guillain-Barré"}) == {0: EXACT}

    @pytest.mark.parametrize(
        ("typed", "name"),
        [("hemolytic anemia", "Haemolytic anaemia"), ("haemolytic anaemia", "Hemolytic anemia"), ("edema", "Oedema"), ("foetal", "Fetal")],
    )
    def test_british_and_american_spelling_are_one(self, typed, name):
        """ae, oe and e are the same, either way round."""
        assert found(typed, {"name": name}) == {0: EXACT}

    @pytest.mark.parametrize("text", ["", "   ", "...", "—", "免疫"])
    def test_a_search_without_letters_finds_nothing(self, text):
        """Where nothing is left to look for, nothing is found."""
        assert found(text, {"name": "Myositis"}) == {}


class TestTypos:
    @pytest.mark.parametrize(
        "typed",
        [
            "kawasaky",  # changed
            "kwasaki",  # missing
            "kawassaki",  # extra
            "kawaskai",  # swapped
        ],
    )
    def test_one_typo_of_each_kind_is_forgiven(self, typed):
        """One letter may be changed, missing, extra, or swapped with its neighbour; such a match ranks last."""
        assert found(typed, {"name": "Kawasaki disease"}) == {0: TYPO}

    @pytest.mark.parametrize("typed", ["kavvasaki", "kwaskai", "kawasakkii"])
    def test_two_typos_are_not(self, typed):
        """Two typos in one word are another word."""
        assert found(typed, {"name": "Kawasaki disease"}) == {}

    @pytest.mark.parametrize(("typed", "name"), [("lipus", "Lupus"), ("luups", "Lupus")])
    def test_five_letters_may_have_a_typo(self, typed, name):
        """The shortest word in which a typo is forgiven has five letters."""
        assert found(typed, {"name": name}) == {0: TYPO}

    @pytest.mark.parametrize(("typed", "name"), [("pein", "Pain"), ("ipt", "ITP"), ("cipd", "CIDP"), ("gsb", "GBS")])
    def test_shorter_words_may_not(self, typed, name):
        """In four letters or fewer, one letter makes another word or abbreviation."""
        assert found(typed, {"name": name, "abbreviations": (name,)}) == {}

    def test_each_word_may_have_its_own_typo(self):
        """A typo in each of two words is forgiven."""
        assert found("guilain barrre", {"name": "Guillain-Barré syndrome"}) == {0: TYPO}


class TestCodes:
    @pytest.mark.parametrize(
        ("typed", "code", "rank"),
        [
            ("G61.8", "G61.8", EXACT),
            ("g61", "G61.8", OTHER_NAME),
            ("g6", "G61.8", OTHER_NAME),
            ("G61.", "G61.8", OTHER_NAME),
            ("D80-D83", "D80-D83", OTHER_NAME),
            ("D81", "D80-D83", OTHER_NAME),
            ("D83", "D80-D83", OTHER_NAME),
            ("d81.0", "D80-D83", OTHER_NAME),
            ("d8", "D80-D83", OTHER_NAME),
        ],
    )
    def test_a_code_is_found_by_its_beginning_and_inside_a_range(self, typed, code, rank):
        """The beginning of a code, and any code of a range, finds the condition."""
        [(position, got)] = found(typed, {"name": "Other", "icd10": (code,)}).items()
        assert position == 0
        assert got <= rank

    @pytest.mark.parametrize(
        ("typed", "code"), [("g62", "G61.8"), ("g61.9", "G61.8"), ("d84", "D80-D83"), ("d79", "D80-D83"), ("e81", "D80-D83")]
    )
    def test_another_code_is_not_found(self, typed, code):
        """A code outside finds nothing: codes know no typo."""
        assert found(typed, {"name": "Other", "icd10": (code,)}) == {}


class TestRealConditions:
    @pytest.mark.parametrize("position", range(len(REAL)), ids=REAL["id"])
    def test_a_conditions_own_name_puts_it_first(self, position):
        """Searching a condition's name finds it with the best rank there is."""
        assert FINDER.ranks(REAL["name"].iloc[position])[position] == EXACT

    def test_every_synonym_and_abbreviation_is_exact(self):
        """Every other name that the tables give finds its condition with the best rank."""
        missed = [
            (row.id, other)
            for position, row in enumerate(REAL.itertuples())
            for other in (*row.synonyms, *row.abbreviations)
            if FINDER.ranks(other).get(position) != EXACT
        ]
        assert missed == []

    @given(st.data())
    def test_a_name_half_typed_is_not_lost(self, draw):
        """While a name is being typed, from its first letter on, its condition is never out of the results."""
        position = draw.draw(st.integers(0, len(REAL) - 1))
        name = REAL["name"].iloc[position]
        length = draw.draw(st.integers(1, len(name)))
        assert position in FINDER.ranks(name[:length]) or not normalise(name[:length])

    @pytest.mark.parametrize(
        ("typed", "condition"),
        [
            ("ha", "haemolytic-uraemic-syndrome"),
            ("acute leuka", "acute-leukaemia-children"),
            ("aplastic ana", "aplastic-anaemia"),
            ("scleromyxo", "scleromyxoedema"),
        ],
    )
    def test_a_word_may_stop_inside_a_british_vowel(self, typed, condition):
        """Whoever has typed "leuka" on the way to leukaemia sees leukaemia."""
        position = REAL["id"].tolist().index(condition)
        assert position in FINDER.ranks(typed)

    @pytest.mark.parametrize(
        ("typed", "condition"),
        [
            ("guillain barre", "gbs"),
            ("CIDP", "cidp"),
            ("chronic inflammatory demyelinating polyradiculoneuropathy", "cidp"),
            ("kawasaky", "kawasaki-disease"),
            ("hemolytic anemia", "autoimmune-haemolytic-anaemia"),
            ("hypogammaglobulinemia", "secondary-hypogammaglobulinaemia"),
            ("miasthenia", "myasthenia-gravis"),
            ("G61.0", "gbs"),
            ("ITP", "itp-adult"),
        ],
    )
    def test_what_people_type_finds_what_they_mean(self, typed, condition):
        """Abbreviations, American spelling, a lost accent, a typo and a code lead to the condition."""
        position = REAL["id"].tolist().index(condition)
        assert position in FINDER.ranks(typed)

    @given(st.text(max_size=300))
    def test_no_text_breaks_the_search(self, text):
        """Whatever is typed, the positions are of the table and the ranks are known."""
        ranks = FINDER.ranks(text)
        assert set(ranks) <= set(range(len(REAL)))
        assert set(ranks.values()) <= {EXACT, NAME, OTHER_NAME, INSIDE, TYPO}
