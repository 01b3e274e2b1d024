"""What every way of asking has in common, and what the forms share of the tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.question import GENERAL, Row


class Form:
    """One way of asking. A case is a subject with the key of its right answer.

    A choice may be used only where `holds` settles it: None means that the tables leave open whether it is right. Most tables
    are lists of what somebody said, so that what they do not hold is not wrong for that.
    """

    kind = ""
    name = ""
    levels: tuple[int, ...] = (1, 2, 3)
    most = 4  # choices of a question
    fewest = 3
    once = False  # whether a second question with the same answer would be tedious

    def cases(self, data: Dataset, level: int) -> Iterable[tuple[str, str]]:
        """Yield every subject of a level with the key of its right answer."""
        raise NotImplementedError

    def others(self, data: Dataset, subject: str, right: str, level: int) -> Iterable[str]:
        """Return the keys that may serve as wrong answers, those to prefer first, wherever order matters."""
        raise NotImplementedError

    def holds(self, data: Dataset, subject: str, key: str) -> bool | None:
        """Whether a choice is right, by the tables; None where they do not settle it."""
        raise NotImplementedError

    def prompt(self, data: Dataset, subject: str, right: str, level: int) -> str:
        """Return the question in words."""
        raise NotImplementedError

    def text(self, data: Dataset, key: str) -> str:
        """Return a choice in words."""
        raise NotImplementedError

    def explain(self, data: Dataset, subject: str, right: str, wrong: list[str]) -> tuple[str, tuple[str, ...]]:
        """Return why the answer is right, in one to three sentences, and the ids of its sources."""
        raise NotImplementedError

    def condition(self, data: Dataset, subject: str, right: str) -> str:
        """Return the condition whose card tells more, or ""."""
        return subject

    def category(self, data: Dataset, subject: str, right: str) -> str:
        """Return the category that the question counts for."""
        condition = self.condition(data, subject, right)
        return conditions(data)[condition].category if condition else GENERAL

    def pick(self, data: Dataset, subject: str, right: str, level: int, dice: Random) -> list[str]:
        """Return the keys of wrong answers, as many as there may be, no two alike in words."""
        found = [key for key in self.others(data, subject, right, level) if key != right and self.holds(data, subject, key) is False]
        dice.shuffle(found)
        picked: list[str] = []
        for key in found:
            if len(picked) < self.most - 1 and all(self.apart(data, key, other) for other in (right, *picked)):
                picked.append(key)
        return picked

    def apart(self, data: Dataset, key: str, other: str) -> bool:
        """Whether two choices differ in what they say."""
        return self.text(data, key).casefold() != self.text(data, other).casefold()

    def rows(self, data: Dataset, subject: str, right: str, keys: list[str]) -> tuple[Row, ...]:
        """Return the forest plot that belongs to the question, rows in the order of `keys`."""
        return ()


@cache
def conditions(data: Dataset) -> dict[str, tuple]:
    """Return the rows of `conditions` by id."""
    return {row.id: row for row in data.conditions.itertuples(index=False)}


@cache
def of(data: Dataset, table: str, column: str = "condition") -> dict[str, list]:
    """Return the rows of a table by the value of a column."""
    groups: dict[str, list] = {}
    for row in getattr(data, table).itertuples(index=False):
        groups.setdefault(getattr(row, column), []).append(row)
    return groups


@cache
def at_level(data: Dataset, level: int) -> tuple[str, ...]:
    """Return the conditions that may be asked about at a level, as `LEVEL_RULE` states."""
    strengths = grading.grade(data)
    current = data.statuses[~data.statuses["historical"].astype(bool)]
    licensed = set(current.loc[current["status"] == "licensed", "condition"])

    def known(row) -> bool:
        if level == 3:
            return True
        return row.detail_level == "full" and (level == 2 or bool(row.article_part) or row.id in licensed or strengths[row.id] == "strong")

    return tuple(row.id for row in conditions(data).values() if known(row))


@cache
def neighbours(data: Dataset, condition: str) -> tuple[str, ...]:
    """Return the other conditions of the same category that have a record of their own.

    Wrong answers never come from another category: who asks for one category would know the right one by that alone.
    """
    rows = conditions(data)
    own = rows[condition].category
    return tuple(row.id for row in rows.values() if row.category == own and row.id != condition and row.detail_level == "full")


def full_name(data: Dataset, condition: str) -> str:
    """Return a condition's name, with its abbreviation where it has one that the name does not hold."""
    row = conditions(data)[condition]
    short = row.abbreviations[0] if row.abbreviations else ""
    return f"{row.name} ({short})" if short and short not in row.name and "(" not in row.name else row.name


def sentence(text: object) -> str:
    """Return a text with a capital letter and a full stop, missing text as ""."""
    if not isinstance(text, str) or not text.strip():
        return ""
    text = text.strip()
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def inside(text: str) -> str:
    """Return a text as it stands inside a sentence: a capital only where the word has others.

    >>> inside("Relapse rate"), inside("SF-36 score"), inside("IVIG")
    ('relapse rate', 'SF-36 score', 'IVIG')
    """
    return text if text[1:2].isupper() or text[1:2] in "-0123456789" else text[0].lower() + text[1:]


def joined(words: Iterable[str]) -> str:
    """Return words as a list.

    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def unique(sources: Iterable[str]) -> tuple[str, ...]:
    """Return source ids once each, in order."""
    return tuple(dict.fromkeys(sources))


def missing(value: object) -> bool:
    """Whether a cell is empty."""
    return not isinstance(value, tuple) and bool(pd.isna(value))
