"""Find texts by the words that they hold: questions, terms, sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz.distance import OSA

from ivig_explainer.search import SHORTEST_WITH_TYPO, normalise

SHORTEST_INSIDE = 4  # shorter words are found only where a word begins
_BRITISH = re.compile(r"[a-z]*[ao]e[a-z]*")
_DIGRAPH = re.compile("([ao])e")


class Texts:
    """An index of texts, by position.

    >>> Texts(["The anaemia of IgG", "A headache"]).find("anemia igg")
    [0]
    >>> Texts(["The anaemia of IgG", "A headache"]).find("headahce")
    [1]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [_indexed(text) for text in texts]

    def __len__(self) -> int:
        return len(self._texts)

    def find(self, query: str) -> list[int]:
        """Return, in order, the positions of the texts that hold every word of `query`; all of them for no word.

        A word is found at the beginning of a word, a longer one also inside. A word that is nowhere is forgiven one typo.
        """
        found = range(len(self._texts))
        for word in normalise(query).split():
            forms = self._forms(word)
            found = [i for i in found if any(_holds(self._texts[i], form) for form in forms)]
        return list(found)

    def _forms(self, word: str) -> list[str]:
        """Return the word, or where it is nowhere the words that are one typo away from it."""
        if len(word) < SHORTEST_WITH_TYPO or any(_holds(text, word) for text in self._texts):
            return [word]
        return [own for own in self._vocabulary if abs(len(own) - len(word)) <= 1 and OSA.distance(word, own, score_cutoff=1) <= 1]

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted({word for text in self._texts for word in text.split() if len(word) >= SHORTEST_WITH_TYPO - 1})


def _indexed(text: str) -> str:
    """Return what is searched: the plain words, and those with ae or oe as one has typed them up to their a or o."""
    halves = {_DIGRAPH.sub(r"\1", word) for word in _BRITISH.findall(text.casefold())}
    return " ".join(["", normalise(text), *sorted(halves)])


def _holds(text: str, word: str) -> bool:
    return f" {word}" in text or (len(word) >= SHORTEST_INSIDE and word in text)
