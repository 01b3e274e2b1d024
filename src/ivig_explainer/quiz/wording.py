"""Whether the wording of a question gives its answer away to somebody who knows nothing of the matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

STEM = 5  # words that begin with the same letters count as the same: haemolysis, haemoglobin
LONGER = 1.6  # a right answer so much longer, or a wrong one so much shorter, than all others would stand out
SHORT = 12  # below so many letters nobody compares lengths
_WORD = re.compile(r"[^\W_]+")
_COMMON = set(
    _WORD.findall("""
    with that which these from this where when what does have been into than their they them there about after before other
    people person given ivig immunoglobulin treatment study studies trial sources tables condition conditions disease syndrome
""")
)


def telling(prompt: str, choices: Sequence[str], answer: int) -> str:
    """Return how the wording tells the answer, or "" where it does not.

    A word of the prompt that stands in the right choice must stand in every wrong one too; and the right choice must not stand
    out by its length.

    >>> telling("What is done in aseptic meningitis?", ["rule out infectious meningitis", "give oxygen at once"], 0)
    'the word "menin" stands in prompt and right choice'
    """
    right, wrong = choices[answer], [choice for place, choice in enumerate(choices) if place != answer]
    shared = stems(prompt) & stems(right)
    if shared := shared - set.intersection(*map(stems, wrong)):
        return f'the word "{min(shared)}" stands in prompt and right choice'
    longest, shortest = max(map(len, wrong)), min(map(len, wrong))
    if len(right) > SHORT and len(right) > LONGER * longest:
        return "the right choice is much the longest"
    if shortest > SHORT and len(right) * LONGER < shortest:
        return "the right choice is much the shortest"
    return ""


def stems(text: str) -> set[str]:
    """Return the beginnings of the words that carry meaning: those of four letters or more, and abbreviations of any length.

    >>> sorted(stems("Is CIDP treated with FcRn blockers?"))
    ['block', 'cidp', 'fcrn', 'treat']
    """
    words = [word for word in _WORD.findall(text) if len(word) > 3 or (len(word) > 1 and any(c.isupper() for c in word[1:]))]
    return {word.lower()[:STEM] for word in words if word.lower() not in _COMMON}
