"""Find conditions by name, synonym, abbreviation or ICD-10 code, forgiving case, accents and one typo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import pandas as pd
from rapidfuzz.distance import OSA

# Ranks, best first. A query has the rank of its worst word, unless the whole of it is a name.
EXACT, NAME, OTHER_NAME, INSIDE, TYPO = range(5)
SHORTEST_WITH_TYPO = 5

_ICD10 = re.compile(r"[a-z][0-9]{1,2}(\.[0-9]{0,2})?")


def normalise(text: str) -> str:
    """Return `text` without case, accents, punctuation and the British ae and oe.

    >>> normalise("Guillain–Barré, haemolytic")
    'guillain barre hemolytic'
    """
    return _plain(text).replace("ae", "e").replace("oe", "e")


def _plain(text: str) -> str:
    bare = text.casefold()
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9.]+", " ", bare).split()
    return " ".join(word.strip(".") for word in words if word.strip("."))


def _words(texts: Iterable[str]) -> list[str]:
    """Return the words to find, in both spellings: "leuka", on the way to leukaemia, begins only the British one."""
    return list(dict.fromkeys(word for text in texts for word in f"{normalise(text)} {_plain(text)}".split()))


class Searcher:
    """An index of the conditions, by position."""

    def __init__(self, conditions: pd.DataFrame) -> None:
        others = conditions["synonyms"] + conditions["abbreviations"]
        self.names = [normalise(name) for name in conditions["name"]]
        self.others = [[normalise(other) for other in row] for row in others]
        self.name_words = [_words([name]) for name in conditions["name"]]
        self.other_words = [_words(row) for row in others]
        self.abbreviations = [{normalise(a) for a in row} for row in conditions["abbreviations"]]
        self.codes = [[code.casefold() for code in row] for row in conditions["icd10"]]
        self.ranks = lru_cache(maxsize=64)(self._ranks)

    def _ranks(self, query: str) -> dict[int, int]:
        """Return the rank of every condition that matches, by its position."""
        words = normalise(query).split()
        if not words:
            return {}
        phrase = " ".join(words)
        ranks = {}
        for position in range(len(self.names)):
            if self._is_exact(position, phrase):
                ranks[position] = EXACT
            else:
                found = [self._word_rank(position, word) for word in words]
                if None not in found:
                    ranks[position] = max(found)
        return ranks

    def _is_exact(self, position: int, phrase: str) -> bool:
        return phrase == self.names[position] or phrase in self.others[position] or phrase in self.codes[position]

    def _word_rank(self, position: int, word: str) -> int | None:
        if word in self.abbreviations[position]:
            return NAME
        if _ICD10.fullmatch(word) and any(_has_code(code, word) for code in self.codes[position]):
            return OTHER_NAME
        name, others = self.name_words[position], self.other_words[position]
        if any(own.startswith(word) for own in name):
            return NAME
        if any(own.startswith(word) for own in others):
            return OTHER_NAME
        if len(word) > 2 and any(word in own for own in name + others):
            return INSIDE
        if len(word) >= SHORTEST_WITH_TYPO and any(_one_typo(word, own) for own in name + others):
            return TYPO
        return None


def _one_typo(word: str, own: str) -> bool:
    """Whether one letter was changed, left out, added, or swapped with its neighbour."""
    return abs(len(word) - len(own)) <= 1 and OSA.distance(word, own, score_cutoff=1) <= 1


def _has_code(code: str, word: str) -> bool:
    """Whether a code, or a range such as d80-d83, holds what was typed.

    >>> _has_code("d80-d83", "d81.0"), _has_code("g61.8", "g61"), _has_code("g61.8", "g62"), _has_code("o36.0-o36.1", "o36.9")
    (True, True, False, False)
    """
    first, _, last = code.partition("-")
    if first.startswith(word) or last.startswith(word):
        return True
    return bool(last) and first <= word[: len(first)] and word[: len(last)] <= last
