"""How much room text takes, for exports that cannot ask a browser. Estimates are generous, so that nothing overflows."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iljtfrI.,;:'|!()[] ")
_WIDE = frozenset("mwMW@%")


def width_em(text: str) -> float:
    """Return the width of a line in multiples of its type size.

    >>> round(width_em("mass"), 2), width_em("免疫")
    (2.44, 2.0)
    """
    return sum(map(_letter_em, text))


def _letter_em(letter: str) -> float:
    if letter in _NARROW:
        return 0.32
    if letter in _WIDE or unicodedata.east_asian_width(letter) in "WF":
        return 0.88 if letter in _WIDE else 1.0
    return 0.68 if letter.isupper() else 0.52


def wrapped(text: str, room_em: float) -> list[str]:
    """Return text in lines of at most `room_em` times the type size; words longer than that are broken.

    >>> wrapped("one two three", 4)
    ['one two', 'three']
    """
    lines = []
    for paragraph in text.splitlines() or [""]:
        line, used = "", 0.0
        for word in _words(paragraph, room_em):
            size = width_em(word)
            if line and used + 0.32 + size > room_em:
                lines.append(line)
                line, used = word, size
            else:
                line, used = (f"{line} {word}", used + 0.32 + size) if line else (word, size)
        lines.append(line)
    return lines


def _words(text: str, room_em: float) -> list[str]:
    words = []
    for word in text.split():
        while width_em(word) > room_em:
            end = next(n for n in range(1, len(word) + 1) if width_em(word[: n + 1]) > room_em or n == len(word))
            words.append(word[:end])
            word = word[end:]  # noqa: PLW2901 (the rest of it is broken in turn)
        words.append(word)
    return words
